//! The publisher, outside the hospital: enrols phones by ticket and hands them sealed packages.
//!
//! It has ciphertext, ticket verifiers, hashes of tokens and random ids. It cannot open a package, make a ticket or name a
//! patient, and opens no connection into the hospital: the issuer comes to it. `docs/download-protocol.md` says what is said.
//!
//! ```text
//! http     calls in, answers out           model    tickets and enrolments, from document to document
//! service  one call, one transaction       packages the copies that keep ciphertext
//! settings what stands in publisher.toml   record   what the audit chain says
//! start    looking around before it serves backup   a copy of what it needs to go on
//! shares   how much each caller has at once
//! ```

// In tests a failed unwrap is a failed test.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod backup;
pub mod error;
pub mod http;
pub mod model;
pub mod packages;
pub mod record;
pub mod service;
pub mod settings;
mod shares;
pub mod start;
