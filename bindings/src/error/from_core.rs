//! The core's errors, sorted by what an app can do about them. What an app cannot act on, and every id or path, stays
//! behind.

use super::{DamagedPart, InputProblem, KeyKind, Loss, MyKarteError, PasscodeWeakness};
use mykarte::record::profile::check::Problem;
use mykarte::ssmix2::storage::StorageError;
use mykarte::vault::{Part, SlotKind, VaultError, WeakReason};
use mykarte::{ImportError, ReadError};

impl From<SlotKind> for KeyKind {
    fn from(kind: SlotKind) -> Self {
        match kind {
            SlotKind::Passcode => Self::Passcode,
            SlotKind::Biometric => Self::Biometric,
            SlotKind::Recovery => Self::RecoveryCode,
            _ => Self::Unknown,
        }
    }
}

impl From<Part> for DamagedPart {
    fn from(part: Part) -> Self {
        match part {
            Part::Header | Part::SlotTable => Self::Keys,
            Part::Head => Self::Head,
            Part::GenerationKey | Part::Manifest => Self::Record,
            Part::Catalogue => Self::Summary,
            Part::Chunk => Self::Entries,
            _ => Self::File,
        }
    }
}

impl From<WeakReason> for PasscodeWeakness {
    fn from(reason: WeakReason) -> Self {
        match reason {
            WeakReason::TooShort => Self::TooShort,
            WeakReason::TooCommon => Self::TooCommon,
            _ => Self::Other,
        }
    }
}

impl From<VaultError> for MyKarteError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::WrongPasscode { tries, retry_after } => Self::WrongPasscode { tries, retry_after },
            VaultError::TooManyTries { tries, retry_after } => Self::TooManyTries { tries, retry_after },
            VaultError::WeakPasscode { reason } => Self::WeakPasscode { weakness: reason.into() },
            VaultError::PasscodeNotText => Self::NotText,
            VaultError::EmptyPasscode => Self::invalid("passcode"),
            VaultError::WrongRecoveryCode => Self::WrongRecoveryCode,
            VaultError::RecoveryCodeMistyped => Self::RecoveryCodeMistyped,
            VaultError::WrongBiometricSecret => Self::WrongBiometricSecret,
            VaultError::NoSlot { kind } => Self::NoSuchKey { kind: kind.into() },
            VaultError::NoSuchSlot => Self::NoSuchKey { kind: KeyKind::Unknown },
            VaultError::InstallationSecretNeeded => Self::InstallationSecretNeeded,
            VaultError::NoInstallationSecret => Self::NoInstallationSecret,
            VaultError::LastSlot => Self::LastKey,
            VaultError::TooManySlots => Self::TooManyKeys,
            VaultError::Paused => Self::Paused,
            VaultError::AlreadyExists => Self::AlreadyExists,
            VaultError::LeftoverJournal => Self::LeftoverJournal,
            VaultError::NotFound => Self::NoVault,
            VaultError::NotAVault => Self::NotAVault,
            VaultError::Truncated => Self::Corrupt { part: DamagedPart::File },
            VaultError::Damaged { part } => Self::Corrupt { part: part.into() },
            VaultError::KdfOutOfBounds { .. } | VaultError::WrongDataKey => Self::Corrupt { part: DamagedPart::Keys },
            VaultError::NewerFormat { format } => Self::NewerFormat { format },
            VaultError::UnknownSuite { suite } => Self::NewerSuite { suite },
            VaultError::InUse => Self::InUse,
            VaultError::ChangedElsewhere => Self::ChangedElsewhere,
            VaultError::StaleDraft => Self::RecordChanged,
            VaultError::NoSuchRecord | VaultError::NoSuchChunk => Self::NoSuchRecord,
            VaultError::ReadOnly => Self::ReadOnly,
            VaultError::DiskFull => Self::StorageFull,
            VaultError::OutOfMemory => Self::OutOfMemory,
            VaultError::NotYetErased => Self::NotYetErased,
            VaultError::Io { kind } => Self::System { reason: kind.to_string() },
            VaultError::Database { code } => Self::System { reason: format!("database code {code}") },
            VaultError::NoRandomness => Self::System { reason: "no random numbers".into() },
            // Limits and misuse of the draft: what the core never does.
            _ => Self::Defect { place: "vault".into() },
        }
    }
}

impl From<ReadError> for MyKarteError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Vault(error) => error.into(),
            ReadError::UnknownForm => Self::NewerRecord,
            ReadError::NoSuchRecord => Self::NoSuchRecord,
            // The bindings always name one.
            ReadError::SeveralHospitals { .. } => Self::invalid("hospitalId"),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl From<StorageError> for MyKarteError {
    fn from(error: StorageError) -> Self {
        let (input, problem) = match error {
            StorageError::NotFound { input } => (input, InputProblem::NotFound),
            StorageError::NotAFolder { input } => (input, InputProblem::NotAFolder),
            StorageError::Zip { input } => (input, InputProblem::Zip),
            StorageError::Unreadable { input, .. } => (input, InputProblem::Unreadable),
            StorageError::TransactionStorage { input } => (input, InputProblem::TransactionStorage),
        };
        Self::UnreadableInput { input: count(input), problem }
    }
}

impl From<ImportError> for MyKarteError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Storage(error) => error.into(),
            ImportError::Vault(error) => error.into(),
            ImportError::EmptyStorage => Self::UnreadableInput { input: 0, problem: InputProblem::NoPatients },
            ImportError::NoSuchPatient { nearest } => Self::NoSuchPatient { similar: count(nearest.len()) },
            ImportError::NothingUsable { quarantined, unreadable } => {
                Self::NothingOfThisPatient { quarantined: count(quarantined), unreadable: count(unreadable) }
            }
            ImportError::SeveralFacilities { facilities } => {
                Self::SeveralHospitals { hospitals: count(facilities.len()) }
            }
            ImportError::FacilityUnknown => Self::HospitalUnknown,
            ImportError::IdentityDiffers { field } => Self::IdentityDiffers { field: field.into() },
            ImportError::RootsDisagree { field } => Self::FoldersDisagree { field: field.into() },
            ImportError::WouldLose { losses } => Self::WouldLose { losses: losses_of(&losses) },
            ImportError::StoredDamaged { entries, losses } => {
                Self::StoredDamaged { entries, losses: losses_of(&losses) }
            }
            ImportError::ProfileDiffers { .. } => Self::ProfileDiffers,
            ImportError::MemosHidden { .. } | ImportError::StoredMemosDamaged => Self::MemosWouldBeLost,
            ImportError::WithholdingMissing
            | ImportError::WithholdingNotDeclared
            | ImportError::WithheldNotFound { .. }
            | ImportError::WithheldAmbiguous { .. } => Self::WithholdingListNeeded,
            ImportError::Cancelled => Self::Cancelled,
            ImportError::NoThreads => Self::System { reason: "no worker threads".into() },
            ImportError::Lines(_) => Self::Defect { place: "lines".into() },
            // The bindings read without an index.
            ImportError::OtherIndex => Self::Defect { place: "index".into() },
        }
    }
}

impl MyKarteError {
    /// A new vault was to be made: what is not found is its folder.
    pub(crate) fn of_creation(error: VaultError) -> Self {
        if error == VaultError::NotFound { Self::NoFolder } else { error.into() }
    }
}

fn losses_of(losses: &mykarte::import::Losses) -> Vec<Loss> {
    losses.0.iter().map(|(section, loss)| Loss { section: (*section).into(), entries: count(loss.entries) }).collect()
}

impl From<Vec<Problem>> for MyKarteError {
    fn from(problems: Vec<Problem>) -> Self {
        let mut errors = problems.iter().filter(|problem| problem.is_error());
        let line = errors.next().map_or(0, |problem| count(problem.line));
        Self::ProfileRefused { errors: 1 + count(errors.count()), line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mykarte::NotFound;
    use mykarte::record::Section;

    #[test]
    fn nothing_of_a_patient_crosses_with_an_error() {
        let not_found = NotFound { section: Section::Labs, id: "胃癌-1".into(), has_other_title: false };
        for error in [
            ImportError::NoSuchPatient { nearest: vec!["胃癌-1".into()] },
            ImportError::SeveralFacilities { facilities: vec!["胃癌-1".into()] },
            ImportError::ProfileDiffers { stored: "胃癌-1".into(), same_version: false },
            ImportError::WithheldNotFound { entries: vec![not_found] },
            ImportError::WithheldAmbiguous { entries: vec![(Section::Labs, "胃癌-1".into())] },
        ] {
            let error = MyKarteError::from(error);
            assert!(!format!("{error:?} {error}").contains("胃癌"), "{error:?}");
        }
    }

    #[test]
    fn a_cause_keeps_what_an_app_acts_on() {
        let storage = StorageError::Zip { input: 2 };
        let problem = InputProblem::Zip;
        assert_eq!(MyKarteError::from(storage), MyKarteError::UnreadableInput { input: 2, problem });
        let part = DamagedPart::Entries;
        assert_eq!(MyKarteError::from(VaultError::Damaged { part: Part::Chunk }), MyKarteError::Corrupt { part });
        assert_eq!(MyKarteError::from(VaultError::NewerFormat { format: 9 }), MyKarteError::NewerFormat { format: 9 });
    }
}
