//! What can go wrong, one variant a cause, each with its next step.
//!
//! No variant carries a path, a key, a label or any sealed byte (D15): these texts may be logged and shown. The same
//! error for a failed tag and a failed commitment keeps an attacker from learning which of the two it was (D12).

use std::time::Duration;

use crate::kdf::KdfParams;
use crate::unlock::SlotKind;

/// The part of a vault that was found damaged or tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The SQLite file itself: its pages, free list or journal.
    Database,
    /// The tables are not those of this format.
    Schema,
    /// The plain header row.
    Header,
    /// The table of key slots.
    SlotTable,
    /// The sealed head: counter, slots and current generations.
    Head,
    /// The wrapped key of one generation.
    GenerationKey,
    /// The sealed manifest of one generation.
    Manifest,
    /// The sealed catalogue (summary) of one record.
    Catalogue,
    /// One sealed chunk.
    Chunk,
}

/// Why a passcode is refused for a new vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WeakReason {
    /// Fewer than [`crate::Passcode::MIN_CHARS`] characters after normalisation.
    TooShort,
    /// One of the twenty commonest passcodes.
    TooCommon,
}

/// An input that exceeds a limit of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Plain bytes of one chunk.
    Chunk,
    /// Bytes of a section name.
    Section,
    /// Opaque bytes beside one chunk.
    Meta,
    /// Opaque label of a record.
    Label,
    /// Opaque catalogue of a record.
    Catalogue,
    /// The manifest: too many chunks in one generation.
    Manifest,
    /// The sealed head: too many records or labels too long.
    Head,
}

/// Any failure of the vault. Nothing was changed by the call that returned it, unless the variant says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The passcode may not protect a new vault.
    #[error("the passcode is too weak ({reason:?}); choose a longer, less common one")]
    WeakPasscode {
        /// What is weak about it.
        reason: WeakReason,
    },
    /// The passcode's bytes are not UTF-8 text.
    #[error("the passcode is not UTF-8 text; type it again")]
    PasscodeNotText,
    /// No character was typed: never right, so nothing was tried and nothing counted.
    #[error("the passcode is empty; type it")]
    EmptyPasscode,
    /// Wrong passcode, or its key slot is damaged: the two cannot be told apart.
    #[error("the passcode does not open this vault ({tries} wrong so far); type it again")]
    WrongPasscode {
        /// Wrong ones since the last success, this one included.
        tries: u32,
        /// How long until the next is taken; zero for now.
        retry_after: Duration,
    },
    /// Too many wrong passcodes; this one was not tried. The recovery code and biometrics are not delayed.
    #[error("too many wrong passcodes; try again in {} seconds, or use the recovery code", retry_after.as_secs() + 1)]
    TooManyTries {
        /// Wrong ones since the last success.
        tries: u32,
        /// How long until the next is taken.
        retry_after: Duration,
    },
    /// The recovery code is another vault's or an older one's, or its slot is damaged.
    #[error("the recovery code does not open this vault; check that it is the latest one of this vault")]
    WrongRecoveryCode,
    /// The recovery code as typed contradicts its check character: no key was tried.
    #[error("the recovery code was mistyped; compare it with the paper, character by character")]
    RecoveryCodeMistyped,
    /// The biometric secret is another vault's or an older one's, or its slot is damaged.
    #[error("biometrics no longer open this vault; unlock with the passcode and set them up again")]
    WrongBiometricSecret,
    /// The vault has no slot of this kind.
    #[error("this vault cannot be unlocked that way ({kind:?}); use another one")]
    NoSlot {
        /// The kind that was asked for.
        kind: SlotKind,
    },
    /// The vault has no installation secret; the passcode alone opens it.
    #[error("this vault needs no installation secret; unlock it with the passcode alone")]
    NoInstallationSecret,
    /// Without this slot nothing would open the vault once the device's keystore is gone.
    #[error("this is the last way to open the vault without the device's keystore; add another one first")]
    LastSlot,
    /// No slot has this number.
    #[error("there is no such key slot; list the slots")]
    NoSuchSlot,
    /// There is no room for one more slot.
    #[error("the vault has as many key slots as it can hold; remove one first")]
    TooManySlots,
    /// The vault's file is closed for the time being.
    #[error("the vault is paused; resume it first")]
    Paused,
    /// A deleted record can no longer be read, but its ciphertext could not be removed from the file yet.
    #[error(
        "the record is deleted and its key destroyed, but traces are left in the file; erase the leftovers when it can be written"
    )]
    NotYetErased,
    /// The data key belongs to another vault, or the header is damaged.
    #[error("the data key does not open this vault; unlock with the passcode")]
    WrongDataKey,
    /// The vault needs a secret that only the installation that made it holds (D10).
    #[error("this vault opens only in the installation that made it; use its recovery code or a copy made there")]
    InstallationSecretNeeded,
    /// KDF costs outside what this program accepts (D11); refused before any memory is taken.
    #[error("key derivation costs {params:?} are outside the accepted bounds; the file is damaged or hostile")]
    KdfOutOfBounds {
        /// The refused costs.
        params: KdfParams,
    },
    /// The memory for key derivation cannot be had now.
    #[error("not enough memory to unlock; close other programs and try again")]
    OutOfMemory,
    /// The operating system gave no random bytes.
    #[error("the system gives no random numbers; restart the device and try again")]
    NoRandomness,
    /// A new vault was asked for where something already is.
    #[error("a file is already there and is left as it is; choose another name or open it")]
    AlreadyExists,
    /// A journal of an earlier vault lies beside the new one's name; SQLite would replay it into the new file.
    #[error("the journal of an earlier vault lies beside this name; move it away or choose another name")]
    LeftoverJournal,
    /// No file at that path.
    #[error("no vault there; check the name")]
    NotFound,
    /// The file is something else.
    #[error("this file is not a vault; choose another file")]
    NotAVault,
    /// The file is shorter than its header says.
    #[error("the vault file is cut short; fetch a complete copy (this one is left as it is)")]
    Truncated,
    /// The file was written by a newer version.
    #[error("the vault has format {format}, newer than this program reads; update the program")]
    NewerFormat {
        /// The format version the file states.
        format: u32,
    },
    /// The header names an unknown cipher suite.
    #[error("the vault uses cipher suite {suite}, unknown to this program; update the program")]
    UnknownSuite {
        /// The suite id the file states.
        suite: u32,
    },
    /// A part of the vault is damaged or was tampered with. The rest stays readable; the file is never changed (D16).
    #[error("the vault is damaged ({part:?}); what is intact stays readable, keep the file and use a copy to write")]
    Damaged {
        /// Which part.
        part: Part,
    },
    /// Another program holds the file's lock.
    #[error("the vault is in use by another program; close it there and try again")]
    InUse,
    /// The file was changed by someone else since it was opened here.
    #[error("the vault was changed by another program; open it again")]
    ChangedElsewhere,
    /// The file or its folder cannot be written. Reading goes on.
    #[error("the vault cannot be written here; reading still works; check permissions or move it")]
    ReadOnly,
    /// No space left.
    #[error("no space left on the device; free some and try again (nothing was lost)")]
    DiskFull,
    /// Another failure of the file system.
    #[error("the file system refused ({kind:?}); try again or check the device")]
    Io {
        /// The kind of failure.
        kind: std::io::ErrorKind,
    },
    /// Another failure inside SQLite.
    #[error("the database failed with code {code}; try again")]
    Database {
        /// SQLite's extended result code.
        code: i32,
    },
    /// The vault holds no such record.
    #[error("the vault holds no such record; list the records")]
    NoSuchRecord,
    /// The record holds no such chunk.
    #[error("the record holds no such chunk; list its sections")]
    NoSuchChunk,
    /// An input exceeds a limit of the format.
    #[error("{size} bytes exceed the limit of {max} ({limit:?}); split the input")]
    TooLarge {
        /// Which limit.
        limit: Limit,
        /// The size given, in bytes.
        size: usize,
        /// The greatest size allowed, in bytes.
        max: usize,
    },
    /// A chunk was sealed by another draft, or the draft by another vault.
    #[error("a chunk or draft of another vault or import was handed in; seal again with this draft")]
    ForeignDraft,
    /// The record got a newer generation since the draft began.
    #[error("the record has changed since this import began; begin again")]
    StaleDraft,
    /// One (section, sequence) was sealed twice.
    #[error("the chunk with sequence {seq} was handed in twice")]
    DuplicateChunk {
        /// The sequence number.
        seq: u32,
    },
    /// The sequence numbers of a section do not run from 0 without a gap.
    #[error("the chunk with sequence {seq} of a section is missing")]
    MissingChunk {
        /// The sequence number.
        seq: u32,
    },
}

impl VaultError {
    pub(crate) const fn damaged(part: Part) -> Self {
        Self::Damaged { part }
    }
}

impl From<std::io::Error> for VaultError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::NotFound => Self::NotFound,
            Kind::AlreadyExists => Self::AlreadyExists,
            Kind::StorageFull | Kind::QuotaExceeded => Self::DiskFull,
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Self::ReadOnly,
            Kind::OutOfMemory => Self::OutOfMemory,
            Kind::IsADirectory => Self::NotAVault,
            kind => Self::Io { kind },
        }
    }
}
