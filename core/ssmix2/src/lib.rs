//! An SS-MIX2 storage on disk, read into typed clinical entries.
//!
//! The way of a file, one direction:
//!
//! ```text
//! storage::walk -> storage::name -> framing -> charset -> message -> types -> clinical
//!  (folders)       (file name)      (segments) (text)     (fields)   (XPN..)   (entries)
//! ```
//!
//! Only [`storage`] touches the disk; everything behind it is pure. Nothing is
//! thrown away in silence: what a reader does not use is counted field by field
//! ([`message::Message::unread_fields`]), what it cannot read becomes a
//! [`diagnostic::Diagnostic`] that names the place and never the content.

pub mod charset;
pub mod clinical;
pub mod diagnostic;
pub mod escape;
pub mod framing;
pub mod kind;
pub mod message;
pub mod storage;
pub mod types;

pub use diagnostic::{Code, Diagnostic, Location, Severity};
pub use kind::DataType;
