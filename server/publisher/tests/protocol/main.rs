//! The publisher as its callers see it: over HTTP, with its own database and copies.

#![allow(clippy::unwrap_used)]

mod enrolling;
mod fetching;
mod killed;
mod nonsense;
mod support;
mod withdrawing;
