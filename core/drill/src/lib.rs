//! The drill: what patients would and would not see of a storage, before the disaster asks.
//!
//! Nothing here reads an HL7 field by itself: the drill makes the record of each patient as an import does, looks at the
//! files beside the reader, and counts.
//!
//! ```text
//! patients (an index) -> each on one thread: import without a vault --files--> mojibake, required fields
//!                                                 | record
//!                                                 `--> content, fields that are there --> one count over all --> report
//! ```
//!
//! Two storages are held against each other in the same way: two records of each patient, what the second lost of the
//! first, one count.

pub mod baseline;
mod beside;
pub mod checks;
mod compare;
mod content;
mod each;
mod files;
mod forms;
mod mask;
pub mod mojibake;
mod noted;
pub mod page;
mod patient;
mod people;
mod reissue;
pub mod report;
pub mod request;
mod required;
mod rest;
mod roots;
mod run;
mod spellings;
mod stopped;
mod sums;
mod tally;
mod texts;
pub mod words;

pub use each::Each;
pub use report::{Report, Verdict};
pub use request::{Request, Who};
pub use run::{Progress, compare, run};
