//! A university's profile: what it hides is gone, what it shows is untouched, whatever it is (design D9).
//!
//! | module | what it holds against the record |
//! |---|---|
//! | `codes` | each code that a preview names, excluded |
//! | `complete` | every value has one field, and every field a value |
//! | `cuts` | periods, numbers of what is withheld, the list of what went |
//! | `fields` | each field off, and on again |
//! | `sections` | each section off: entries, numbers, dates |
//! | `traces` | dates, numbers of files, findings |
//! | `laws` | random profiles: twice, in any order, no group split |
//! | `stored` | the vault, and what every patient is told |
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "profile/codes.rs"]
mod codes;
#[path = "profile/complete.rs"]
mod complete;
#[path = "profile/cuts.rs"]
mod cuts;
#[path = "profile/fields.rs"]
mod fields;
#[path = "profile/laws.rs"]
mod laws;
#[path = "record_doc/rare.rs"]
mod rare;
#[path = "profile/records.rs"]
mod records;
#[path = "profile/sections.rs"]
mod sections;
#[path = "profile/stored.rs"]
mod stored;
#[path = "profile/traces.rs"]
mod traces;
