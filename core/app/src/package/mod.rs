//! Packages: a hospital issues a patient's record to one device, and the device receives it.
//!
//! ```text
//! hospital   Imported --issue--> package                       issue, keys, root
//! device     enrol --offer--> (the hospital learns the device's key)   enrol
//!            package --receive--> Arrival --accept--> vault    receive, content, swap, changes, last_changes
//!            record --provenance--> who issued what is held    provenance, trust, lists
//! ```
//!
//! `docs/package-format.md` has the bytes, `docs/adr/0011-package.md` the reasons. Everything works on bytes: whether they
//! come from a network or a USB stick makes no difference.

mod changes;
mod content;
mod enrol;
mod error;
mod issue;
mod keys;
mod last_changes;
mod ledger;
mod lists;
mod provenance;
mod receive;
mod root;
mod swap;
mod trust;

pub use crate::label::Quarantined;
pub use changes::{GoneRow, Why};
pub use content::Taken;
pub use enrol::EnrolmentInfo;
pub(crate) use enrol::{Held, find, held, part, ready};
pub use error::{IssueError, KeysError, ReceiveError};
pub use issue::{IssueRequest, Issued, issue};
pub(crate) use keys::is_key;
pub use keys::{Issuer, holds_keys};
pub use last_changes::Changes;
pub(crate) use lists::keep_lists;
pub use provenance::{Provenance, Signed, Unconfirmed};
pub use receive::{Arrival, Person, Received, Warning};
pub use root::Root;
