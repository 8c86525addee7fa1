//! The publisher as its callers see it: over HTTP, with its own database and copies.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod copies;
mod enrolling;
mod fetching;
mod heads;
mod killed;
mod many;
mod nonsense;
mod secrets;
mod shares;
mod support;
mod withdrawing;
