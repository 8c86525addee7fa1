//! Why a ticket or a request is refused.

use crate::error::VaultError;
use crate::package::{PackageError, SignatureFlaw};

/// Why a ticket or a request is refused, one variant a cause, each with its next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// Something else, or a slip in it.
    #[error("this is no ticket, or not all of it; scan the code again")]
    NotATicket,
    /// Written by a newer version.
    #[error("the ticket has format {format}, newer than this program reads; update the program")]
    NewerFormat {
        /// The format that it states.
        format: u32,
    },
    /// An address or a date that does not fit.
    #[error("the publisher's address is longer than 200 bytes or not ASCII; shorten it")]
    Address,
    /// Not a request as this program writes it.
    #[error("this is no enrolment request; update the program")]
    NotARequest,
    /// Not signed with the ticket's key.
    #[error("the request was not made with this ticket ({flaw:?}); make a new ticket")]
    Signature {
        /// What is wrong with it.
        flaw: SignatureFlaw,
    },
    /// The nonce is not the one that the ticket committed to.
    #[error("the number that the hospital showed is not the one it fixed on the ticket; make a new ticket")]
    OtherNonce,
    /// The device's key in a request.
    #[error(transparent)]
    Offer(#[from] PackageError),
    /// Randomness.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
