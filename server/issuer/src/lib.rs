//! The issuer, inside the hospital: enrols patients at a counter and issues their packages. It opens every connection itself.
//!
//! ```text
//! admission  on whose word        counter  ticket, digits, confirmation     paper    the sheet with the ticket
//! issue      what is due          withdraw nothing more, and nothing left   record   what the audit chain says
//! model      what is remembered   link     the line to the publisher        settings what stands in issuer.toml
//! keep       what is forgotten    unknown  what only the publisher has      key_list what phones trust
//! ```

// In tests a failed unwrap is a failed test.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod admission;
pub mod counter;
pub mod error;
pub mod issue;
pub mod keep;
pub mod key_list;
pub mod link;
pub mod model;
pub mod paper;
pub mod record;
pub mod settings;
pub mod unknown;
pub mod withdraw;
