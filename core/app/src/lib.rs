//! The use cases: import a record, issue and receive it, fetch it, open it, read it, search it.
//!
//! The only crate the outside calls. It joins [`ssmix2`] (files to entries),
//! [`mykarte_record`] (entries to a record) and [`mykarte_vault`] (bytes to a
//! sealed file), which do not know each other.

pub mod archive;
pub mod download;
pub mod error;
mod identity;
pub mod import;
pub mod kept;
mod label;
pub mod package;
pub mod series;
pub mod stack;
pub mod timeline;
mod whole;

pub use archive::{Archive, Damage, Page, RecordInfo, RecordLines};
pub use error::{ImportError, NotFound, ReadError};
pub use import::{
    ImportRequest, Imported, Inspect, Inspected, PatientIndex, Shaping, Step, StoreOptions, Stored, Watch,
    list_patients, read_indexed, read_inspected, read_record, store_record,
};
pub use mykarte_record as record;
pub use mykarte_vault as vault;
pub use series::{LabItems, Series};
pub use ssmix2;
pub use timeline::{Timeline, TimelineEntry};

/// Now, in Japanese local time (design: no daylight saving, no zone stored).
pub fn now() -> ssmix2::types::Timestamp {
    let jst = chrono::Utc::now().naive_utc() + chrono::TimeDelta::hours(9);
    ssmix2::types::Timestamp { at: jst, precision: ssmix2::types::Precision::Second }
}
