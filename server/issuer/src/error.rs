//! Why a package is not issued, or an enrolment not withdrawn.

use crate::link::LinkError;
use mykarte::ImportError;
use mykarte::package::{IssueError, KeysError};
use mykarte_state::StateError;

/// Why nothing could be done at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// The publisher.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The database.
    #[error(transparent)]
    State(#[from] StateError),
    /// The hospital's keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The storages.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Nobody of this id was ever enrolled.
    #[error("nobody of this patient id was ever given a ticket")]
    NobodyEnrolled,
    /// The patient has no such enrolment.
    #[error("this patient has no such enrolment; `list` shows them")]
    NoSuchEnrolment,
    /// The publisher has a confirmation of one of the patient's tickets, and this side does not.
    #[error(
        "at the publisher a ticket of this patient is confirmed, and not here: this database is from before that. `withdraw --unknown` ends the enrolment"
    )]
    ConfirmedThere,
}

/// Why one patient's package was not issued. The others are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotIssued {
    /// The record cannot be read, or not be sealed.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The storage says another birth date than at the counter.
    #[error("the storage has another birth date than at the counter; ask the patient to the counter")]
    OtherBirthDate,
    /// It was withdrawn while the run went on.
    #[error("the enrolment was withdrawn meanwhile; nothing was issued")]
    Withdrawn,
    /// The publisher does not know the enrolment.
    #[error("the publisher does not know this enrolment; withdraw it and enrol again")]
    Unknown,
    /// The publisher says that it has ended, and its device has not signed that.
    #[error("at the publisher this enrolment has ended; withdraw it, and enrol again if the patient did not want that")]
    EndedThere,
    /// What the publisher brought is not this device's key.
    #[error("the publisher brought a key that is not this device's; tell the administrator")]
    ForeignKey,
    /// The hospital's keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The publisher.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The database.
    #[error(transparent)]
    State(#[from] StateError),
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
}

impl NotIssued {
    /// The word in the audit chain.
    pub fn word(&self) -> &'static str {
        match self {
            NotIssued::Issue(IssueError::Import(ImportError::NoSuchPatient { .. })) => "no-such-patient",
            NotIssued::Issue(_) => "not-sealed",
            NotIssued::OtherBirthDate => "other-birth-date",
            NotIssued::Withdrawn => "withdrawn",
            NotIssued::Unknown => "unknown-to-publisher",
            NotIssued::EndedThere => "ended-at-publisher",
            NotIssued::ForeignKey => "foreign-key",
            NotIssued::Keys(_) => "keys",
            NotIssued::Link(_) => "publisher",
            NotIssued::State(_) => "state",
            NotIssued::Stopped => "stopped",
        }
    }
}

impl From<ImportError> for NotIssued {
    fn from(error: ImportError) -> Self {
        NotIssued::Issue(error.into())
    }
}
