//! What can go wrong, each with a next step. No patient text, key or path.

use mykarte_record::lines::LinesError;
use mykarte_vault::VaultError;
use ssmix2::storage::StorageError;

/// Why an import did not happen. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The storage cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// No patient folder at all below the given paths.
    #[error("no patient folder below the given folders: is this the root of a standardised storage?")]
    EmptyStorage,
    /// No folder of that id; the nearest ids that exist.
    #[error("no such patient: check the id ({} similar ids found)", nearest.len())]
    NoSuchPatient {
        /// Ids that look alike.
        nearest: Vec<String>,
    },
    /// The index of patients was made of other storages than the ones to be read.
    #[error("the index of patients is of other storages: make one of these")]
    OtherIndex,
    /// The folder holds nothing of this patient's own.
    #[error(
        "nothing of this patient's own: {quarantined} files name another patient or none, {unreadable} could not be read"
    )]
    NothingUsable {
        /// Files whose PID-3 differs or is missing.
        quarantined: usize,
        /// Files that could not be read.
        unreadable: usize,
    },
    /// Roots of several facilities.
    #[error("the folders belong to {} facilities: import each on its own", facilities.len())]
    SeveralFacilities {
        /// Their ids.
        facilities: Vec<String>,
    },
    /// Nothing names the facility, or the files disagree.
    #[error("the facility is not known from the files: name it with --hospital ID")]
    FacilityUnknown,
    /// Another person's record under the same ids.
    #[error("the stored record of this id has another {field}: check that it is the same person, then use --replace")]
    IdentityDiffers {
        /// `birth_date`, `sex` or `name_kana`.
        field: &'static str,
    },
    /// The patient basics of two roots name two persons.
    #[error("the patient basics of the given roots differ in {field}: import each root on its own")]
    RootsDisagree {
        /// `birth_date` or `sex`.
        field: &'static str,
    },
    /// The new record lacks what the stored one holds.
    #[error("the stored record holds {} entries that the new one lacks: check the list, then use --replace", losses.total())]
    WouldLose {
        /// What, by section.
        losses: crate::import::Losses,
    },
    /// The stored record was shaped by another profile: this one may show what that one hid, or the other way round.
    #[error(
        "the stored record was shaped by another profile ({stored}): check that the change is meant, then use --replace"
    )]
    ProfileDiffers {
        /// Name, id and version of that profile.
        stored: String,
        /// Whether this one has the same id and version: it was changed without a new version.
        same_version: bool,
    },
    /// The profile hides the memos that the stored record holds; replaced, they would be lost.
    #[error("the stored record holds {entries} emergency memos that this profile hides: import into another vault")]
    MemosHidden {
        /// How many.
        entries: usize,
    },
    /// Parts of the stored record cannot be read, so nobody can say what the new one lacks.
    #[error(
        "{entries} entries of the stored record or its summary are damaged: import into another vault, or use --replace"
    )]
    StoredDamaged {
        /// Entries in the damaged parts; 0 when that is not known.
        entries: u32,
        /// What is lost beside them.
        losses: crate::import::Losses,
    },
    /// Emergency memos of the stored record cannot be read; replacing it would lose them.
    #[error("emergency memos of the stored record are damaged: keep that file and import into another vault")]
    StoredMemosDamaged,
    /// Entries that the withholding list names and that are not there: shown under another id, perhaps.
    #[error("{} entries of the withholding list are not in the record: check their ids with a preview", entries.len())]
    WithheldNotFound {
        /// Which.
        entries: Vec<NotFound>,
    },
    /// Entries of the withholding list that another entry of their file cannot be told from: a file that is sent again
    /// may hold them at other places.
    #[error("{} entries of the withholding list are not the only ones of their file about the same: list all of them", entries.len())]
    WithheldAmbiguous {
        /// Their sections and ids.
        entries: Vec<(mykarte_record::Section, String)>,
    },
    /// A withholding list beside a profile that does not declare one.
    #[error("the profile does not declare a withholding list: set \"withholding\": true, then all records say so")]
    WithholdingNotDeclared,
    /// A profile that declares a withholding list, and none was given.
    #[error("the profile declares a withholding list: give it with --withhold, an empty one if nothing is kept back")]
    WithholdingMissing,
    /// The record cannot be written.
    #[error(transparent)]
    Lines(#[from] LinesError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Stopped by the user.
    #[error("stopped; nothing was written")]
    Cancelled,
    /// The system gave no threads.
    #[error("the system starts no worker threads: use --threads 1")]
    NoThreads,
}

/// An entry of a withholding list that is not in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFound {
    /// Its section.
    pub section: mykarte_record::Section,
    /// Its id, as the list has it.
    pub id: String,
    /// The id is there, with another title.
    pub has_other_title: bool,
}

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The content is no record of this program's version.
    #[error("the record is of a form this version does not know: use a newer version")]
    UnknownForm,
    /// Not in this vault.
    #[error("no such record in this vault")]
    NoSuchRecord,
    /// Several hospitals gave this id to a patient, perhaps each to another person: one has to be named.
    #[error("{} hospitals have a patient of this id: name one", hospitals.len())]
    SeveralHospitals {
        /// Their ids.
        hospitals: Vec<String>,
    },
}
