//! The phone's side of a publisher: enrolling with a ticket, and fetching packages over a network that may fail at any byte.
//!
//! ```text
//! enrolling   ticket + birth date -> key list, enrolment, request -> token          (each durable before the next)
//! state       waiting -> six digits, held against the ticket -> confirmed
//! fetching    key list, then the package (transfer: resumed, limited, hashed) -> Archive::receive -> Arrival
//! ending      the device's word that it wants no more: first here, then at the publisher
//! ```
//!
//! Below: `ask` is one call with its token and its problems, `link` what an enrolment remembers of its publisher, [`Http`]
//! the platform's own stack. `docs/download-protocol.md` has the protocol, ADR 0013 why HTTP is the platform's. Confirming,
//! warning and swapping stay where they are: nothing here changes a record, and no clock decides anything.

mod ask;
mod birth_date;
mod ending;
mod enrolling;
mod error;
mod fetching;
mod http;
pub(crate) mod link;
mod state;
mod transfer;
mod turns;

pub use birth_date::birth_date;
pub use ending::{revoke, tell_ended};
pub use enrolling::{enrol_with_ticket, give_up};
pub use error::DownloadError;
pub use fetching::{Fetched, ListNews, News, announce_next_key, fetch};
pub use http::{Http, HttpAnswer, HttpError, HttpRequest, Method};
pub use link::{Linked, linked};
pub use state::{EnrolmentState, enrolment_state};
pub use transfer::{DownloadWatch, Partial};
pub use turns::Turns;
