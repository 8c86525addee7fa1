//! Why something is not fetched, one variant a cause, each with its next step. What the vault holds is as it was.

use super::HttpError;
use crate::package::ReceiveError;
use mykarte_vault::VaultError;
use mykarte_vault::package::PackageError;
use mykarte_vault::ticket::TicketError;
use mykarte_wire::address::AddressError;

/// Why something is not fetched, or an enrolment not begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// The package, the key list, the enrolment or the vault.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// What was scanned, or the number that the digits are made with.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// No answer, or not all of it.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// An address that anybody on the way could read.
    #[error("the ticket's address is not https; ask the counter for another ticket")]
    InsecureAddress,
    /// A birth date that is no date.
    #[error("the birth date is no date of the form YYYY-MM-DD; type it again")]
    NoDate,
    /// The publisher knows no such ticket.
    #[error("the publisher knows no such ticket; ask the counter for a new one")]
    TicketUnknown,
    /// Its time is over.
    #[error("the ticket has expired; ask the counter for a new one")]
    TicketExpired,
    /// Another request was made with it, by another device or with another birth date.
    #[error("the ticket was used already; type the birth date as the first time, or ask the counter for a new one")]
    TicketUsed,
    /// Too many wrong birth dates.
    #[error("too many wrong birth dates; ask the counter for a new ticket")]
    TicketLocked,
    /// The counter took it back.
    #[error("the counter took the ticket back; ask for a new one")]
    TicketCancelled,
    /// Another birth date than the hospital's records have.
    #[error("the birth date is not the one in the hospital's records; type it again")]
    WrongBirthDate {
        /// How often another one may be tried, where the publisher says so.
        remaining: Option<u32>,
    },
    /// The vault holds this enrolment without a publisher.
    #[error("this enrolment has no publisher: its packages are handed over; receive them as files")]
    NoPublisher,
    /// Neither of the two tokens is taken.
    #[error("the publisher does not know this device any more; enrol again at the hospital (the record stays)")]
    TokenRefused,
    /// Withdrawn, or ended by a device: nothing is kept of it there.
    #[error("the enrolment has ended; nothing more comes for it (the record stays)")]
    Ended,
    /// Too many calls, or the publisher cannot answer now.
    #[error("the publisher cannot answer now; try later")]
    TryLater,
    /// An answer that no publisher gives: often the page of a network that wants a login.
    #[error("this answer is not a publisher's ({what}); check the network, and update the program")]
    NotAPublisher {
        /// What was expected.
        what: &'static str,
    },
    /// A refusal that has no variant of its own.
    #[error("the publisher refused the call (status {status}); update the program, or ask the hospital")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// More bytes than any package may have.
    #[error("what the publisher sends is larger than any package; tell the hospital")]
    TooLarge,
    /// The package was replaced while it was fetched, twice.
    #[error("the package changes while it is fetched; try later")]
    Changing,
    /// All bytes came, and they are not those that were announced.
    #[error(
        "what came is not the package that was announced ({what}); try again, and tell the hospital if it stays so"
    )]
    NotAsAnnounced {
        /// `length` or `hash`.
        what: &'static str,
    },
    /// A package of another enrolment.
    #[error("the publisher sent a package of another enrolment; nothing was taken, tell the hospital")]
    OtherEnrolment,
    /// The person stopped it.
    #[error("stopped; nothing was changed")]
    Cancelled,
    /// The vault was locked while the network was waited for.
    #[error("the vault was locked meanwhile; unlock it and try again")]
    Locked,
}

impl From<VaultError> for DownloadError {
    fn from(error: VaultError) -> Self {
        Self::Receive(error.into())
    }
}

impl From<AddressError> for DownloadError {
    fn from(_: AddressError) -> Self {
        Self::InsecureAddress
    }
}

impl From<PackageError> for DownloadError {
    fn from(error: PackageError) -> Self {
        Self::Receive(error.into())
    }
}

impl DownloadError {
    /// Whether the same call may go well in a moment.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let is_of_network = |error: &HttpError| *error != HttpError::Untrusted;
        matches!(self, Self::TryLater) || matches!(self, Self::Http(error) if is_of_network(error))
    }
}
