//! Every sentence of the command line, Japanese and English, by topic.
//!
//! What a record shows of itself (sections, statuses, marks, the four kinds of
//! nothing) has its words in `mykarte::record::labels`.

pub mod audit;
pub mod codes;
pub mod download;
pub mod drill;
pub mod enrol;
pub mod errors;
pub mod help;
pub mod issuer;
pub mod keys;
pub mod package;
pub mod problems;
pub mod profile;
pub mod receive;
pub mod record;
pub mod usage;
pub mod withholding;
