//! The command line as its users meet it: real processes, real files, exit codes.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod canary;
mod compare;
mod crashed;
mod demo;
mod guide;
mod hospital;
mod hospital_keys;
mod import;
mod inspect;
mod keys;
mod killed;
mod online;
mod packages;
mod preview;
mod profile;
mod provided;
mod readme;
mod samples;
mod second_place;
mod second_reader;
mod server;
mod service;
mod show;
mod support;
mod terminal;
mod vault;
mod verify;
mod withholding;
