//! The core as Kotlin and Swift see it: typed, synchronous, and every call throws one kind of error.
//!
//! ```text
//! vault, keys, secrets -> Vault: create, unlock, lock, pause, keys, anchor, delete
//! import, report       -> Vault: a storage folder becomes a record; relay tells the listener
//! package              -> Vault: enrol, receive, key lists; PatientRecord: provenance
//! download             -> Vault: enrol with a ticket, fetch, revoke, over the app's HTTP
//! record, pages        -> PatientRecord: summary and sections
//! finding              -> PatientRecord: search, timeline, series
//! labels, notices      -> words, and what a university's profile says
//! values               -> what a record is made of; cross turns the core's types into them
//! guard, error         -> a panic, too, is an error
//! ```
//!
//! The apps are thin: what is decided is decided in the core. Threads belong to the app; every object may be used from
//! any of them. `bindings/README.md` has an example in each language.

// In tests a failed unwrap is a failed test.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cross;
pub mod download;
pub mod error;
pub mod finding;
mod guard;
pub mod import;
pub mod keys;
pub mod labels;
pub mod notices;
pub mod package;
pub mod pages;
pub mod record;
pub mod report;
pub mod secrets;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod values;
pub mod vault;

/// Wipes every block of memory when it is given back: patient text and keys pass through many of them.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

uniffi::setup_scaffolding!();
