//! Why nothing is fetched, or a ticket not taken, by what can be done about it.

use super::{MyKarteError, PackageProblem};
use mykarte::download::{DownloadError, HttpError};
use mykarte::vault::ticket::TicketError;

/// What is wrong with a network or a publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, uniffi::Enum)]
pub enum NetworkProblem {
    /// No way to the server: check the network, try again.
    #[error("unreachable")]
    Unreachable,
    /// Its certificate is not trusted; nothing was sent. Use another network, or ask the hospital.
    #[error("certificate not trusted")]
    Untrusted,
    /// Nothing came for too long: try again.
    #[error("timed out")]
    TimedOut,
    /// The connection broke: try again, what came is kept.
    #[error("broken")]
    Broken,
    /// The publisher cannot answer now, or the package changes while it is fetched: try later.
    #[error("try later")]
    TryLater,
    /// Not a publisher's answer: often the page of a network that wants a login.
    #[error("not a publisher's answer")]
    NotAPublisher,
    /// What came is not what was announced, or larger than any package: try again, then tell the hospital.
    #[error("not as announced")]
    NotAsAnnounced,
    /// A refusal that this version does not know: update the app.
    #[error("refused")]
    Refused,
}

/// What is wrong with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, uniffi::Enum)]
pub enum TicketProblem {
    /// Another code, or not all of it: scan it again.
    #[error("not a ticket")]
    NotATicket,
    /// Its address is one that anybody on the way could read: ask for another ticket.
    #[error("address not secure")]
    InsecureAddress,
    /// The publisher knows no such ticket: ask for a new one.
    #[error("unknown")]
    Unknown,
    /// Its time is over: ask for a new one.
    #[error("expired")]
    Expired,
    /// Another device used it, or this one with another birth date: type that one, or ask for a new ticket.
    #[error("used")]
    Used,
    /// Too many wrong birth dates: ask for a new one.
    #[error("locked")]
    Locked,
    /// The counter took it back: ask for a new one.
    #[error("cancelled")]
    Cancelled,
    /// The number behind the digits is not the one that the ticket fixed: somebody may stand in between. Show no digits, tell
    /// the counter.
    #[error("forged digits")]
    ForgedDigits,
}

impl From<DownloadError> for MyKarteError {
    fn from(error: DownloadError) -> Self {
        use {NetworkProblem as Network, TicketProblem as Ticket};
        let network = |problem| Self::NetworkFailed { problem };
        let ticket = |problem| Self::TicketRefused { problem };
        match error {
            DownloadError::Receive(error) => error.into(),
            DownloadError::Ticket(TicketError::NewerFormat { format }) => Self::NewerFormat { format },
            DownloadError::Ticket(TicketError::OtherNonce) => ticket(Ticket::ForgedDigits),
            DownloadError::Ticket(TicketError::Offer(error)) => error.into(),
            DownloadError::Ticket(TicketError::Vault(error)) => error.into(),
            DownloadError::Ticket(_) => ticket(Ticket::NotATicket),
            DownloadError::InsecureAddress => ticket(Ticket::InsecureAddress),
            DownloadError::TicketUnknown => ticket(Ticket::Unknown),
            DownloadError::TicketExpired => ticket(Ticket::Expired),
            DownloadError::TicketUsed => ticket(Ticket::Used),
            DownloadError::TicketLocked => ticket(Ticket::Locked),
            DownloadError::TicketCancelled => ticket(Ticket::Cancelled),
            DownloadError::WrongBirthDate { remaining } => Self::WrongBirthDate { remaining },
            DownloadError::NoDate => Self::invalid("birthDate"),
            DownloadError::NoPublisher => Self::NoSuchRecord,
            DownloadError::TokenRefused => Self::DeviceUnknown,
            DownloadError::Ended => Self::EnrolmentEnded,
            DownloadError::OtherEnrolment => Self::refused(PackageProblem::OtherDevice),
            DownloadError::Cancelled => Self::Cancelled,
            DownloadError::Locked => Self::Locked,
            DownloadError::Http(error) => network(match error {
                HttpError::Unreachable => Network::Unreachable,
                HttpError::Untrusted => Network::Untrusted,
                HttpError::TimedOut => Network::TimedOut,
                HttpError::Broken => Network::Broken,
            }),
            DownloadError::TryLater | DownloadError::Changing => network(Network::TryLater),
            DownloadError::NotAPublisher { .. } => network(Network::NotAPublisher),
            DownloadError::TooLarge | DownloadError::NotAsAnnounced { .. } => network(Network::NotAsAnnounced),
            // Those that a newer core may add.
            _ => network(Network::Refused),
        }
    }
}
