//! The ticket: how a phone and a hospital that have only a sheet of paper in common learn each other's keys.
//!
//! ```text
//! counter   ticket (secret, root pin, commitment to a nonce) --QR--> phone
//! phone     request = offer + proof of the birth date, signed with the ticket's key --publisher--> counter
//! counter   nonce revealed --publisher--> phone        both show the same six digits; staff compare, then confirm
//! ```
//!
//! The secret is on the paper and on the phone only. The publisher gets a [`Verifier`]: the public half of a key made from
//! the secret, and a hash that tells a right birth date from a wrong one without telling it. Because the nonce is fixed
//! before the phone's keys are known and shown only afterwards, nobody can choose keys so that the digits agree: who
//! photographs the paper guesses once in a million. `docs/download-protocol.md` describes every byte.

mod digits;
mod error;
mod paper;
mod request;
#[cfg(test)]
mod tests;

pub use crate::ids::TicketId;
pub use digits::{Commitment, Nonce};
pub use error::TicketError;
pub use paper::{Ticket, Verifier};
pub use request::Request;

/// The version of tickets and requests.
const FORMAT: u32 = 1;
