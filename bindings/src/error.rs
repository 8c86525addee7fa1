//! What can go wrong, as an app can act on it.
//!
//! One case a thing to do. No case holds a name, an id, a key or a path; the app says it in its own words and keeps the
//! numbers (tries, delays, counts) that it needs for them.

mod details;
mod download;
mod from_core;
mod package;

pub use details::{DamagedPart, InputProblem, KeyKind, Loss, PasscodeWeakness};
pub use download::{NetworkProblem, TicketProblem};
pub use package::{PackageProblem, PersonDifference};

use std::time::{Duration, SystemTime};

/// Every failure of this library. Nothing was changed by the call that threw it, unless the case says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum MyKarteError {
    /// The passcode does not open this vault. Ask again, after the delay it names.
    #[error("wrong passcode ({tries} wrong so far)")]
    WrongPasscode {
        /// Wrong ones since the last success, this one included.
        tries: u32,
        /// How long until the next is taken; zero for now.
        retry_after: Duration,
    },
    /// Too many wrong passcodes; this one was not tried. The other ways to unlock are not delayed.
    #[error("too many wrong passcodes")]
    TooManyTries {
        /// Wrong ones since the last success.
        tries: u32,
        /// How long until the next is taken.
        retry_after: Duration,
    },
    /// The passcode may not protect a vault: ask for another one.
    #[error("weak passcode")]
    WeakPasscode {
        /// What is weak about it.
        weakness: PasscodeWeakness,
    },
    /// The passcode or code is not UTF-8 text.
    #[error("not UTF-8 text")]
    NotText,
    /// The recovery code is another vault's or an older one's.
    #[error("wrong recovery code")]
    WrongRecoveryCode,
    /// The recovery code contradicts its check character: it was mistyped.
    #[error("recovery code mistyped")]
    RecoveryCodeMistyped,
    /// Biometrics no longer open this vault: unlock with the passcode and set them up again.
    #[error("wrong biometric secret")]
    WrongBiometricSecret,
    /// A secret of the platform is not 32 bytes long.
    #[error("a secret has {length} bytes instead of 32")]
    WrongSecretLength {
        /// Its length in bytes.
        length: u32,
    },
    /// A secret was wiped or closed before the call: nothing was tried.
    #[error("the secret was wiped")]
    WipedSecret,
    /// The vault has no such way to unlock: offer another.
    #[error("no such way to unlock")]
    NoSuchKey {
        /// The way that was asked for.
        kind: KeyKind,
    },
    /// The passcode also needs the installation secret of the device that made the vault: use the recovery code.
    #[error("installation secret needed")]
    InstallationSecretNeeded,
    /// The vault has no installation secret: unlock with the passcode alone.
    #[error("no installation secret")]
    NoInstallationSecret,
    /// The last way to open the vault without this device's keystore: add another first.
    #[error("last key that opens anywhere")]
    LastKey,
    /// The vault has as many keys as it can hold: remove one first.
    #[error("too many keys")]
    TooManyKeys,
    /// The vault is locked: unlock it.
    #[error("locked")]
    Locked,
    /// The object was closed before the call. Only Kotlin closes objects.
    #[error("closed")]
    Closed,
    /// The vault is open already: lock it first.
    #[error("already unlocked")]
    AlreadyUnlocked,
    /// The vault is paused: resume it.
    #[error("paused")]
    Paused,
    /// Something is already at this path and is left as it is.
    #[error("already exists")]
    AlreadyExists,
    /// The journal of an earlier vault lies beside this name: choose another, or move it away.
    #[error("a journal is in the way")]
    LeftoverJournal,
    /// No folder in which the vault could be made.
    #[error("no such folder")]
    NoFolder,
    /// No vault at this path.
    #[error("no vault there")]
    NoVault,
    /// The file is something else.
    #[error("not a vault")]
    NotAVault,
    /// A part of the vault is damaged. What is intact stays readable; never delete the file.
    #[error("damaged")]
    Corrupt {
        /// Which part.
        part: DamagedPart,
    },
    /// Written by a newer version: update the app.
    #[error("newer format {format}")]
    NewerFormat {
        /// The version the file states.
        format: u32,
    },
    /// Sealed by a newer version with other ciphers: update the app.
    #[error("newer cipher suite {suite}")]
    NewerSuite {
        /// The suite the file states.
        suite: u32,
    },
    /// The record is of a form this version does not know: update the app.
    #[error("newer form of record")]
    NewerRecord,
    /// Opened by another `Vault` object or program: close it there.
    #[error("in use")]
    InUse,
    /// The file is no longer the one that was opened: lock and unlock again.
    #[error("changed elsewhere")]
    ChangedElsewhere,
    /// The record has a newer generation: ask the vault for it again.
    #[error("the record has changed")]
    RecordChanged,
    /// The vault holds no such record or enrolment.
    #[error("no such record or enrolment")]
    NoSuchRecord,
    /// Cannot be written here; reading goes on.
    #[error("read-only")]
    ReadOnly,
    /// No space left; nothing was lost.
    #[error("storage full")]
    StorageFull,
    /// Not enough memory: close other apps.
    #[error("out of memory")]
    OutOfMemory,
    /// The record can no longer be read, but its ciphertext is still in the file: call `eraseLeftovers` when it can be written.
    #[error("deleted but not yet erased")]
    NotYetErased,
    /// Another failure of system or database: try again.
    #[error("the system failed ({reason})")]
    System {
        /// In the words of the system's table of errors.
        reason: String,
    },
    /// The input of an import cannot be read.
    #[error("unreadable input")]
    UnreadableInput {
        /// Which of the given folders, from 0.
        input: u32,
        /// What is the matter with it.
        problem: InputProblem,
    },
    /// No folder of this patient in the storage: check the id.
    #[error("no such patient")]
    NoSuchPatient {
        /// Ids in the storage that look alike.
        similar: u32,
    },
    /// Everything there names another patient, or cannot be read.
    #[error("nothing of this patient")]
    NothingOfThisPatient {
        /// Files that name another patient or none.
        quarantined: u32,
        /// Files that cannot be read.
        unreadable: u32,
    },
    /// The folders belong to several hospitals: import each on its own.
    #[error("several hospitals")]
    SeveralHospitals {
        /// How many.
        hospitals: u32,
    },
    /// Nothing in the files names the hospital: give its id.
    #[error("hospital unknown")]
    HospitalUnknown,
    /// The stored record has another birth date, sex or name: check that it is the same person, then use `replace`.
    #[error("identity differs in {field}")]
    IdentityDiffers {
        /// `birth_date`, `sex`, `name_kana` or `hospital`.
        field: String,
    },
    /// The given folders name two persons: import each on its own. `replace` does not help.
    #[error("the folders differ in {field}")]
    FoldersDisagree {
        /// `birth_date` or `sex`.
        field: String,
    },
    /// Parts of the stored record are damaged, so nobody can say what the new one lacks: import again with `replace`.
    #[error("the stored record is damaged")]
    StoredDamaged {
        /// Entries in the damaged parts; 0 when that is not known.
        entries: u32,
        /// What is lost beside them.
        losses: Vec<Loss>,
    },
    /// The stored record holds what the new one lacks: show it, and import again with `replace`.
    #[error("the import would lose entries")]
    WouldLose {
        /// How many of which section.
        losses: Vec<Loss>,
    },
    /// The stored record was shaped by another profile: import again with `replace` if that is meant.
    #[error("another profile")]
    ProfileDiffers,
    /// The stored record holds emergency memos that would be lost: import into another vault.
    #[error("emergency memos would be lost")]
    MemosWouldBeLost,
    /// The profile has errors.
    #[error("the profile has errors (line {line})")]
    ProfileRefused {
        /// How many.
        errors: u32,
        /// The line of the first, from 1; 0 for the document as a whole.
        line: u32,
    },
    /// The profile needs its hospital's withholding list: such an import is for the hospital's own tools.
    #[error("withholding list needed")]
    WithholdingListNeeded,
    /// A package, key list or key is refused; what the vault holds stays as it is.
    #[error("package refused: {problem}")]
    PackageRefused {
        /// What to do about it.
        problem: PackageProblem,
    },
    /// The package is older than the record that is held; the newer one stays.
    #[error("older package")]
    OlderPackage {
        /// When it was issued.
        offered: SystemTime,
        /// When what is held was issued.
        held: SystemTime,
    },
    /// The package names another person than the enrolment; it was noted as set aside. Ask the hospital.
    #[error("another person's package")]
    OtherPerson {
        /// What differs.
        differs: PersonDifference,
    },
    /// Nobody has said that name and birth date are right, or that all of a section may go: ask, and accept again.
    #[error("not confirmed")]
    NotConfirmed,
    /// The birth date is not the one in the hospital's records: ask again, and enrol again with the same ticket.
    #[error("wrong birth date")]
    WrongBirthDate {
        /// How often another one may be tried, where the publisher says so.
        remaining: Option<u32>,
    },
    /// A ticket is refused.
    #[error("ticket refused: {problem}")]
    TicketRefused {
        /// What to do about it.
        problem: TicketProblem,
    },
    /// The network or the publisher failed; what the vault holds stays as it is.
    #[error("network failed: {problem}")]
    NetworkFailed {
        /// What to do about it.
        problem: NetworkProblem,
    },
    /// The publisher does not know this device any more, as after a restore from a backup: enrol again. The record stays.
    #[error("device unknown to the publisher")]
    DeviceUnknown,
    /// The hospital or a device has ended the enrolment: nothing more comes for it. The record stays.
    #[error("the enrolment has ended")]
    EnrolmentEnded,
    /// Stopped by `cancel`; nothing was written.
    #[error("cancelled")]
    Cancelled,
    /// The listener threw; nothing was written. What it threw stays with it: no exception crosses the library.
    #[error("the listener failed")]
    ListenerFailed,
    /// A value handed in is none: a date that does not exist, words without a letter, an empty passcode, a text that is no
    /// Unicode (`text`).
    #[error("invalid {argument}")]
    InvalidArgument {
        /// Which.
        argument: String,
    },
    /// A defect of this library. The call did nothing that lasts; the vault is as usable as before.
    #[error("a defect at {place}")]
    Defect {
        /// File and line of the source, nothing else.
        place: String,
    },
}

impl MyKarteError {
    pub(crate) fn refused(problem: PackageProblem) -> Self {
        Self::PackageRefused { problem }
    }

    pub(crate) fn invalid(argument: &str) -> Self {
        Self::InvalidArgument { argument: argument.into() }
    }
}

/// What an error says, in English and without patient text, for a log: an app has its own words for its users.
#[uniffi::export]
pub fn error_text(error: MyKarteError) -> Result<String, MyKarteError> {
    crate::guard::guarded(|| Ok(error.to_string()))
}
