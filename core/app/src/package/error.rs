//! Why a package is not issued or not taken, each with its next step.

use crate::error::{ImportError, ReadError};
use mykarte_vault::VaultError;
use mykarte_vault::package::PackageError;

/// Why a package is not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The record.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The package.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The keys are of another facility than the storage.
    #[error(
        "the keys are of facility {keys}, the storage is of {storage}: use that hospital's keys, or name it with --hospital"
    )]
    OtherFacility {
        /// The facility of the keys.
        keys: String,
        /// That of the record.
        storage: String,
    },
    /// The recipient's key was made for another hospital.
    #[error("the recipient's key was made for another hospital: enrol the device at this one")]
    OfferOfOtherHospital,
    /// The key list does not say that this key signs.
    #[error("the signing key is not active in the key list: make a new one with `mykarte keys new-signing`")]
    KeyNotActive,
}

/// Why a hospital's keys cannot be made, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file they are sealed in.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A key or the key list.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The file is a vault, but holds no keys.
    #[error("this file holds no hospital keys; choose another file")]
    NoKeys,
    /// A root key was expected, or a signing key.
    #[error("this file holds keys of another kind; choose another file")]
    OtherKind,
    /// The key list is not of this root key.
    #[error("the key list is not of this root key; use the files of one hospital together")]
    OtherRoot,
    /// The root key has signed another list since: a second one of the same number would come of it.
    #[error("the root key has signed list {last} since, this is {given}; use the list that it signed last")]
    NotLastList {
        /// Number of the list that it signed last.
        last: u64,
        /// Number of this one.
        given: u64,
    },
    /// The list has no such key.
    #[error("the key list has no such key; list the keys")]
    NoSuchKey,
    /// No key that signs.
    #[error("none of these keys is active in the key list; make a new signing key")]
    NoActiveKey,
    /// A device's key of another enrolment or an older one.
    #[error("this device's key is older than one that was used, or of another device; ask for the newest")]
    StaleOffer,
    /// A package of a later epoch was issued already: numbers would be used twice.
    #[error("the key list is older than one that packages were issued with; use the newest key list")]
    StaleList,
}

/// Why a package is not taken. The record that is held stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The package itself.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The stored record.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The vault's records.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault holds no enrolment that the package is for.
    #[error("this package is for another device or an enrolment that was ended; ask the hospital")]
    NotEnrolled,
    /// The enrolment's keys cannot be read.
    #[error("the keys of this enrolment are damaged; enrol again at the hospital (the record stays)")]
    EnrolmentDamaged,
    /// The record inside is of a form that this version does not know.
    #[error("the record is of a form this version does not know; update the program")]
    UnknownForm,
    /// Parts of the record contradict the manifest, the key list or each other.
    #[error("the record in the package contradicts its manifest ({what}); tell the hospital")]
    Inconsistent {
        /// What: `facility`, `patient`, `birth_date`, `person` (the summary and the basics name two), `profile`, `counts`,
        /// `parts`.
        what: &'static str,
    },
    /// Another person: set aside, nothing was changed.
    #[error("the package names another person than before ({differs} differs); it was set aside: ask the hospital")]
    Quarantined {
        /// `patient_id` or `birth_date`.
        differs: &'static str,
    },
    /// A record of the same facility and patient that another enrolment or another hospital's key stands behind.
    #[error("the vault holds a record of the same patient that does not belong to this enrolment; delete it first")]
    OthersRecord,
    /// Nobody said that this is the right person, or that what would be gone may go.
    #[error("name and birth date, and what would be gone, have to be confirmed first")]
    NotConfirmed,
    /// The vault has changed since the package was checked.
    #[error("the record has changed since the package was checked; receive it again")]
    Stale,
}
