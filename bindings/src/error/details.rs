//! What the cases of an error name.

use crate::values::RecordSection;

/// Why a passcode is refused for a new vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PasscodeWeakness {
    /// Fewer than six characters.
    TooShort,
    /// One of the commonest.
    TooCommon,
    /// Some other rule of a newer version.
    Other,
}

/// A way to unlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum KeyKind {
    /// Passcode, with the installation secret where the vault has one.
    Passcode,
    /// The secret that the platform gives out after a look at face or finger.
    Biometric,
    /// The code on paper.
    RecoveryCode,
    /// A kind this version does not know; it is left alone.
    Unknown,
}

/// The part of a vault that is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum DamagedPart {
    /// The file as a whole: nothing can be read.
    File,
    /// The keys: another way to unlock may still open it.
    Keys,
    /// The list of records.
    Head,
    /// One record as a whole.
    Record,
    /// A record's summary.
    Summary,
    /// Some entries of a record.
    Entries,
}

/// What is the matter with a folder that was to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum InputProblem {
    /// Nothing there.
    NotFound,
    /// A file where a folder was expected.
    NotAFolder,
    /// A zip archive: unpack it first.
    Zip,
    /// Not readable: permission, or a device that fails.
    Unreadable,
    /// The append log of a storage instead of the storage.
    TransactionStorage,
    /// No patient folder below it.
    NoPatients,
}

/// What an import would lose of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Loss {
    /// The section.
    pub section: RecordSection,
    /// How many entries.
    pub entries: u32,
}
