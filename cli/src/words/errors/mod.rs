//! Every error as one sentence that says what to do.
//!
//! A sentence names the operator's own arguments and nothing that came from a
//! file but ids he has to choose from.

mod vault;

pub use vault::vault;

use super::record::plural;
use mykarte::import::Losses;
use mykarte::record::labels::{self, Language};
use mykarte::record::lines::LinesError;
use mykarte::ssmix2::storage::StorageError;
use mykarte::vault::VaultError;
use mykarte::{ImportError, ReadError};
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

/// Why an import did not happen.
pub fn import(error: &ImportError, asked: &Asked<'_>, language: Language) -> String {
    let (ja, en) = match error {
        ImportError::Storage(error) => return storage(error, asked.storages, language),
        ImportError::Vault(error) => return vault_at(error, asked.vault, language),
        ImportError::EmptyStorage => (
            "患者のフォルダが1つもありません。SS-MIX2 標準化ストレージのルートを指定してください。".to_string(),
            "there is no patient folder; give the root of an SS-MIX2 storage.".to_string(),
        ),
        ImportError::NoSuchPatient { nearest } => no_such_patient(asked.patient, nearest),
        ImportError::NothingUsable { quarantined, unreadable } => (
            format!(
                "患者 {} 本人のデータがありません（隔離 {quarantined}件・読めない {unreadable}件）。患者IDと元のファイルを inspect で確かめてください。",
                asked.patient
            ),
            format!(
                "there is nothing of patient {}'s own ({} of another patient or none, {unreadable} unreadable); look at the files with inspect.",
                asked.patient,
                plural(*quarantined, "file")
            ),
        ),
        ImportError::SeveralFacilities { facilities } => (
            format!("複数の医療機関のフォルダです（{}）。1つずつ取り込んでください。", facilities.join("、")),
            format!("these are folders of several facilities ({}); import each on its own.", facilities.join(", ")),
        ),
        ImportError::FacilityUnknown => (
            "医療機関が分かりません。--hospital ID=名称 で指定してください。".into(),
            "the facility is not known; name it with --hospital ID=NAME.".into(),
        ),
        ImportError::RootsDisagree { field } => {
            let (ja, en) = if *field == "sex" { ("性別", "sex") } else { ("生年月日", "birth date") };
            (
                format!(
                    "指定したフォルダの患者基本情報どうしで{ja}が違います。別人の可能性があります。1つずつ取り込んで確かめてください。"
                ),
                format!(
                    "the patient basics of the given folders differ in {en}; they may be two persons. Import each on its own."
                ),
            )
        }
        ImportError::IdentityDiffers { field } => identity_differs(field),
        ImportError::WouldLose { losses } => would_lose(losses),
        ImportError::StoredDamaged { entries, losses } => stored_damaged(*entries, losses),
        ImportError::StoredMemosDamaged => (
            "保存済みの記録の非常時メモが壊れていて読めません。そのファイルは残し、別の --vault に取り込んでください。"
                .into(),
            "emergency memos of the stored record are damaged; keep that file and import into another --vault.".into(),
        ),
        ImportError::Lines(LinesError::EntryTooLarge { file, bytes }) => (
            format!("{file}番のファイルに大きすぎる項目があります（{bytes}バイト）。そのファイルを確かめてください。"),
            format!("file number {file} holds an entry that is too large ({bytes} bytes); check that file."),
        ),
        ImportError::Lines(LinesError::NotJson { file }) => (
            format!("{file}番のファイルの項目を保存できません。プログラムの不具合として報告してください。"),
            format!("an entry of file number {file} cannot be stored; please report this as a defect."),
        ),
        ImportError::Cancelled => {
            ("中止しました。何も書き込んでいません。".into(), "stopped; nothing was written.".into())
        }
        ImportError::NoThreads => (
            "並列処理を始められません。--threads 1 でやり直してください。".into(),
            "the system starts no worker threads; try --threads 1.".into(),
        ),
    };
    language.pick(&ja, &en).to_string()
}

fn no_such_patient(patient: &str, nearest: &[String]) -> (String, String) {
    if nearest.is_empty() {
        return (
            format!("患者 {patient} のフォルダがありません。patients で一覧できます。"),
            format!("there is no patient {patient}; `patients` lists them."),
        );
    }
    (
        format!("患者 {patient} のフォルダがありません。近いID: {}", nearest.join("、")),
        format!("there is no patient {patient}; near ids: {}", nearest.join(", ")),
    )
}

fn identity_differs(field: &str) -> (String, String) {
    let (ja, en) = match field {
        "birth_date" => ("生年月日", "birth date"),
        "sex" => ("性別", "sex"),
        _ => ("カナ氏名", "kana name"),
    };
    (
        format!("保存済みの記録と{ja}が違います。同じ人であることを確かめてから --replace を付けてください。"),
        format!("the stored record has another {en}; make sure that it is the same person, then add --replace."),
    )
}

fn would_lose(losses: &Losses) -> (String, String) {
    (
        format!(
            "保存済みの記録にあって今回ないものがあります（{}）。それでよければ --replace を付けてください。",
            list(losses, Language::Ja)
        ),
        format!(
            "the stored record holds what this import lacks ({}); if that is right, add --replace.",
            list(losses, Language::En)
        ),
    )
}

/// Nobody can compare with what cannot be read; what is missing beside it is said as well.
fn stored_damaged(entries: u32, losses: &Losses) -> (String, String) {
    let (count_ja, count_en) = match entries {
        0 => (String::new(), "parts".to_string()),
        n => (format!("（{n}件）"), plural(n as usize, "entry")),
    };
    let (more_ja, more_en) = match losses.total() {
        0 => (String::new(), String::new()),
        _ => (
            format!("、今回ないものもあります（{}）", list(losses, Language::Ja)),
            format!(", and this import lacks more ({})", list(losses, Language::En)),
        ),
    };
    (
        format!(
            "保存済みの記録に壊れて読めない部分があります{count_ja}{more_ja}。別の --vault に取り込むか、失ってよければ --replace を付けてください。"
        ),
        format!(
            "{count_en} of the stored record cannot be read{more_en}; import into another --vault, or add --replace to give them up."
        ),
    )
}

fn list(losses: &Losses, language: Language) -> String {
    let row = |(section, loss): (&mykarte::record::Section, &mykarte::import::SectionLoss)| {
        let name = labels::section(*section, language);
        let period = crate::print::dates::period(loss.from.as_ref(), loss.to.as_ref());
        let count = loss.entries;
        let text = match language {
            Language::Ja => format!("{name} {count}件 {period}"),
            Language::En => format!("{name} {count} {period}"),
        };
        text.trim_end().to_string()
    };
    let rows = losses.0.iter().filter(|(_, l)| l.entries > 0).map(row);
    rows.collect::<Vec<_>>().join(language.pick("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mykarte::vault::{Part, WeakReason};

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
            ImportError::NoSuchPatient { nearest: vec!["124".into(), "132".into()] },
            ImportError::NoSuchPatient { nearest: vec![] },
            ImportError::NothingUsable { quarantined: 1, unreadable: 2 },
            ImportError::SeveralFacilities { facilities: vec!["1".into(), "2".into()] },
            ImportError::FacilityUnknown,
            ImportError::RootsDisagree { field: "sex" },
            ImportError::IdentityDiffers { field: "sex" },
            ImportError::WouldLose { losses: Losses::default() },
            ImportError::StoredDamaged { entries: 3, losses: Losses::default() },
            ImportError::StoredMemosDamaged,
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
