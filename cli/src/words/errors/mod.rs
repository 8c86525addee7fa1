//! Every error as one sentence that says what to do.
//!
//! A sentence names the operator's own arguments and nothing that came from a
//! file but ids he has to choose from.

mod deleting;
mod downloading;
mod files;
mod import;
pub mod issuer;
mod keys;
mod package;
mod receiving;
mod secrets;
pub mod state;
mod vault;

use deleting::several_hospitals;
pub use deleting::{nobody_confirms, not_confirmed, nothing_to_delete};
pub use downloading::{downloading, no_birth_date, no_certificate, no_code, not_a_ticket};
pub use files::{unreadable, unwritable};
pub use import::import;
pub use keys::{is_of_keys, issuing, keys, opening_keys};
pub use package::{list, offer, package};
pub use receiving::{differing, receiving};
pub use secrets::{
    code_not_shown, device_only, no_line, no_terminal, no_vault_yet, stopped, two_passcodes_differ, waiting,
};
pub use vault::vault;

use mykarte::ReadError;
use mykarte::record::labels::Language;
use mykarte::ssmix2::storage::StorageError;
use mykarte::vault::VaultError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What the operator typed.
pub struct Asked<'a> {
    /// The storages.
    pub storages: &'a [PathBuf],
    /// The patient id.
    pub patient: &'a str,
    /// The vault.
    pub vault: &'a Path,
}

/// A sentence about a vault file.
pub fn vault_at(error: &VaultError, path: &Path, language: Language) -> String {
    format!("{}: {}", path.display(), vault(error, language))
}

/// A sentence about a vault file that was to be read: permission is wanted for that only.
pub fn opening(error: &VaultError, path: &Path, language: Language) -> String {
    if *error != VaultError::ReadOnly {
        return vault_at(error, path, language);
    }
    let (ja, en) = (
        "読む権限がありません。権限を確かめるか、読める利用者で実行してください。",
        "no permission to read; check permissions or run as a user who may.",
    );
    format!("{}: {}", path.display(), language.pick(ja, en))
}

/// Why a record cannot be read.
pub fn read(error: &ReadError, path: &Path, language: Language) -> String {
    let (ja, en) = match error {
        ReadError::Vault(error) => return opening(error, path, language),
        ReadError::UnknownForm => (
            "この版では読めない形式の記録です。新しい版を使ってください。",
            "a newer form of record; update the program.",
        ),
        ReadError::NoSuchRecord => ("この記録はありません。", "there is no such record."),
        ReadError::SeveralHospitals { hospitals } => return several_hospitals(hospitals, language),
    };
    format!("{}: {}", path.display(), language.pick(ja, en))
}

/// Why a storage cannot be used.
pub fn storage(error: &StorageError, storages: &[PathBuf], language: Language) -> String {
    let (input, ja, en) = match error {
        StorageError::NotFound { input } => {
            (input, "フォルダがありません。パスを確かめてください。", "no such folder; check the path.")
        }
        StorageError::NotAFolder { input } => (
            input,
            "ファイルです。ストレージのフォルダを指定してください。",
            "this is a file; give the folder of the storage.",
        ),
        StorageError::Zip { input } => (
            input,
            "zip ファイルです。展開したフォルダを指定してください。",
            "this is a zip file; unpack it and give the folder.",
        ),
        StorageError::Unreadable { input, kind: ErrorKind::PermissionDenied } => (
            input,
            "フォルダを読む権限がありません。読める権限で実行してください。",
            "no permission to read the folder; run with the permission.",
        ),
        StorageError::Unreadable { input, .. } => (
            input,
            "フォルダを読めません。接続とディスクを確かめてください。",
            "the folder cannot be read; check the connection and the disk.",
        ),
        StorageError::TransactionStorage { input } => (
            input,
            "トランザクションストレージです。標準化ストレージのフォルダを指定してください。",
            "this is a transaction storage; give the standardised storage.",
        ),
    };
    let path = storages.get(*input).map(|p| p.display().to_string()).unwrap_or_default();
    format!("{path}: {}", language.pick(ja, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mykarte::import::Losses;
    use mykarte::record::Section;
    use mykarte::vault::{Part, WeakReason};
    use mykarte::{ImportError, NotFound};

    fn storages() -> Vec<StorageError> {
        let input = 0;
        vec![
            StorageError::NotFound { input },
            StorageError::NotAFolder { input },
            StorageError::Zip { input },
            StorageError::Unreadable { input, kind: ErrorKind::PermissionDenied },
            StorageError::Unreadable { input, kind: ErrorKind::TimedOut },
            StorageError::TransactionStorage { input },
        ]
    }

    fn not_found(has_other_title: bool) -> NotFound {
        NotFound { section: Section::Labs, id: "a-1".into(), has_other_title }
    }

    fn vaults() -> Vec<VaultError> {
        vec![
            VaultError::WeakPasscode { reason: WeakReason::TooCommon },
            VaultError::WrongPasscode { tries: 1, retry_after: std::time::Duration::ZERO },
            VaultError::TooManyTries { tries: 5, retry_after: std::time::Duration::from_secs(30) },
            VaultError::RecoveryCodeMistyped,
            VaultError::NotYetErased,
            VaultError::NewerFormat { format: 2 },
            VaultError::UnknownSuite { suite: 7 },
            VaultError::Truncated,
            VaultError::Damaged { part: Part::Head },
            VaultError::DiskFull,
            VaultError::ReadOnly,
            VaultError::InUse,
            VaultError::Io { kind: ErrorKind::Other },
            VaultError::StaleDraft,
        ]
    }

    #[test]
    fn a_vault_that_may_not_be_read_says_so() {
        let error = ReadError::Vault(VaultError::ReadOnly);
        assert!(read(&error, Path::new("v"), Language::Ja).starts_with("v: 読む権限がありません"));
        let writing = ImportError::Vault(VaultError::ReadOnly);
        let asked = Asked { storages: &[], patient: "1", vault: Path::new("v") };
        assert!(import(&writing, &asked, Language::Ja).starts_with("v: ここには書き込めません"));
    }

    #[test]
    fn every_sentence_is_one_line_without_jargon() {
        let paths = [PathBuf::from("/data/export")];
        let asked = Asked { storages: &paths, patient: "123", vault: Path::new("/data/vault") };
        let mut all: Vec<ImportError> = storages().into_iter().map(ImportError::from).collect();
        all.extend(vaults().into_iter().map(ImportError::from));
        all.extend([
            ImportError::EmptyStorage,
            ImportError::OtherIndex,
            ImportError::NoSuchPatient { nearest: vec!["124".into(), "132".into()] },
            ImportError::NoSuchPatient { nearest: vec![] },
            ImportError::NothingUsable { quarantined: 1, unreadable: 2 },
            ImportError::SeveralFacilities { facilities: vec!["1".into(), "2".into()] },
            ImportError::FacilityUnknown,
            ImportError::RootsDisagree { field: "sex" },
            ImportError::IdentityDiffers { field: "sex" },
            ImportError::WouldLose { losses: Losses::default() },
            ImportError::ProfileDiffers { stored: "標準 std 1".into(), same_version: false },
            ImportError::ProfileDiffers { stored: "標準 std 1".into(), same_version: true },
            ImportError::MemosHidden { entries: 2 },
            ImportError::WithholdingMissing,
            ImportError::StoredDamaged { entries: 3, losses: Losses::default() },
            ImportError::StoredMemosDamaged,
            ImportError::WithheldNotFound { entries: [false, true].map(not_found).into() },
            ImportError::WithheldAmbiguous { entries: vec![(Section::Labs, "a-1".into())] },
            ImportError::WithholdingNotDeclared,
            ImportError::Cancelled,
            ImportError::NoThreads,
        ]);
        for error in all {
            for language in [Language::Ja, Language::En] {
                let text = import(&error, &asked, language);
                assert!(!text.contains('\n') && !text.contains("::") && !text.contains('{'), "{text}");
                let asks =
                    text.ends_with(['。', '.', '）', '2', '3']) || text.contains("近いID") || text.contains("near ids");
                assert!(asks && text.chars().count() > 10, "{text}");
            }
        }
    }
}
