//! Why a package is refused, by what can be done about it.

use super::MyKarteError;
use crate::package::time;
use mykarte::package::ReceiveError;
use mykarte::vault::package::PackageError;

/// What is wrong with a package, key list or key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, uniffi::Enum)]
pub enum PackageProblem {
    /// Another kind of file.
    #[error("not a package")]
    NotAPackage,
    /// Cut short, or something is appended: fetch it again.
    #[error("incomplete")]
    Incomplete,
    /// Sealed for another device, or for an enrolment or key that is no more: give the hospital the current public key.
    #[error("for another device")]
    OtherDevice,
    /// Of another hospital than the enrolment's.
    #[error("of another hospital")]
    OtherHospital,
    /// Signed with a key or epoch that the key list does not have: fetch the newest list, then receive it again.
    #[error("newer key list needed")]
    KeyListTooOld,
    /// Signed with a key that the hospital has revoked: ask the hospital for a new package.
    #[error("key revoked")]
    KeyCompromised,
    /// A signature does not hold: fetch it again from the hospital itself.
    #[error("signature not valid")]
    SignatureInvalid,
    /// Signed by the hospital, and not as it has to be: tell the hospital.
    #[error("malformed")]
    Malformed,
    /// Another package of the same number was received: ask the hospital for a new one.
    #[error("number used twice")]
    SameNumber,
    /// The text or file is no key, or a weak one: compare it with the paper.
    #[error("not a key")]
    NotAKey,
    /// The key list is not of the root key on the paper.
    #[error("another root key")]
    OtherRootKey,
    /// The key list is older than the one that is known, or contradicts it; the known one stays.
    #[error("older key list")]
    OlderKeyList,
    /// The vault holds a record of the same patient that does not belong to this enrolment: delete that one first.
    #[error("another record is in the way")]
    OthersRecord,
    /// The keys of the enrolment are damaged: enrol again. The record stays.
    #[error("enrolment damaged")]
    EnrolmentDamaged,
    /// Accepted already, or the vault has changed since: receive it again.
    #[error("receive it again")]
    Stale,
}

/// What differs between two persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PersonDifference {
    /// The patient's id at the hospital.
    PatientId,
    /// The birth date.
    BirthDate,
}

impl From<PackageError> for MyKarteError {
    fn from(error: PackageError) -> Self {
        use PackageProblem as Problem;
        let problem = match error {
            PackageError::NewerFormat { format } => return Self::NewerFormat { format },
            PackageError::UnknownSuite { suite } => return Self::NewerSuite { suite },
            PackageError::Vault(error) => return error.into(),
            PackageError::Older { offered, held } => {
                return Self::OlderPackage { offered: time(offered.1), held: time(held.1) };
            }
            PackageError::NotAPackage => Problem::NotAPackage,
            PackageError::WrongLength => Problem::Incomplete,
            PackageError::OtherDevice | PackageError::DoesNotOpen => Problem::OtherDevice,
            PackageError::OtherHospital { .. } => Problem::OtherHospital,
            PackageError::UnknownKey { .. } | PackageError::UnknownEpoch { .. } => Problem::KeyListTooOld,
            PackageError::CompromisedKey { .. } => Problem::KeyCompromised,
            PackageError::OuterSignature { .. }
            | PackageError::InnerSignature { .. }
            | PackageError::ListSignature { .. }
            | PackageError::OfferSignature { .. } => Problem::SignatureInvalid,
            PackageError::SameNumber => Problem::SameNumber,
            PackageError::WeakKey | PackageError::NotAKey => Problem::NotAKey,
            PackageError::OtherRoot => Problem::OtherRootKey,
            PackageError::ListRolledBack { .. } | PackageError::ListForked { .. } | PackageError::KeyRevived { .. } => {
                Problem::OlderKeyList
            }
            // What only a hospital's own key can have signed, and what a newer core may add.
            _ => Problem::Malformed,
        };
        Self::refused(problem)
    }
}

impl From<ReceiveError> for MyKarteError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Package(error) => error.into(),
            ReceiveError::Vault(error) => error.into(),
            ReceiveError::Import(error) => error.into(),
            ReceiveError::Read(error) => error.into(),
            ReceiveError::NotEnrolled => Self::refused(PackageProblem::OtherDevice),
            ReceiveError::EnrolmentDamaged => Self::refused(PackageProblem::EnrolmentDamaged),
            ReceiveError::UnknownForm => Self::NewerRecord,
            ReceiveError::Inconsistent { .. } => Self::refused(PackageProblem::Malformed),
            ReceiveError::Quarantined { differs } => Self::OtherPerson {
                differs: match differs {
                    "birth_date" => PersonDifference::BirthDate,
                    _ => PersonDifference::PatientId,
                },
            },
            ReceiveError::OthersRecord => Self::refused(PackageProblem::OthersRecord),
            ReceiveError::NotConfirmed => Self::NotConfirmed,
            ReceiveError::Stale => Self::refused(PackageProblem::Stale),
        }
    }
}
