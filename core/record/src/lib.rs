//! The patient's record: what it is and how it is built from clinical entries.
//!
//! ```text
//! ssmix2::clinical::Entries --build--> Record --lines--> chunks of JSON lines
//!      (one message)         merge,              (what the vault seals and
//!                            pair, version        a page, a search read)
//! ```
//!
//! Everything here is pure and deterministic: the same files give the same
//! record in whatever order they were read. The record shows what the hospital
//! sent; what is derived (an end date, a pairing) says from what.

pub mod about;
pub mod build;
pub mod catalogue;
pub mod codes;
pub mod fold;
pub mod follow;
pub mod labels;
pub mod lines;
pub mod model;
pub mod pairs;
pub mod profile;
pub mod report;
pub mod says;
pub mod search;
pub mod series;
pub mod summary;
pub mod tables;
pub mod timeline;
pub mod titles;

pub use build::{FileInput, Identity, Role, build};
pub use model::{Entry, Mark, Nothing, Record, Section, SectionState, Status};
pub use report::ImportReport;
pub use summary::{Counts, Summary};
