//! Why an import did not happen.

use super::{Asked, storage, vault_at};
use crate::words::record::plural;
use crate::words::withholding;
use mykarte::ImportError;
use mykarte::import::Losses;
use mykarte::record::labels::{self, Language};
use mykarte::record::lines::LinesError;

/// Why an import did not happen.
pub fn import(error: &ImportError, asked: &Asked<'_>, language: Language) -> String {
    let (ja, en) = match error {
        ImportError::Storage(error) => return storage(error, asked.storages, language),
        ImportError::Vault(error) => return vault_at(error, asked.vault, language),
        ImportError::EmptyStorage => (
            "患者のフォルダが1つもありません。SS-MIX2 標準化ストレージのルートを指定してください。".to_string(),
            "there is no patient folder; give the root of an SS-MIX2 storage.".to_string(),
        ),
        ImportError::OtherIndex => (
            "患者の索引が別のストレージのものです。このストレージで作り直してください。".into(),
            "the index of patients is of other storages; make one of these.".into(),
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
        ImportError::ProfileDiffers { stored, same_version } => profile_differs(stored, *same_version),
        ImportError::MemosHidden { entries } => (
            format!(
                "保存済みの記録に、このプロファイルが隠す非常時メモが{entries}件あります。失われないよう取り込みません。別の --vault に取り込んでください。"
            ),
            format!(
                "the stored record holds {} that this profile hides; they would be lost. Import into another --vault.",
                plural(*entries, "emergency memo")
            ),
        ),
        ImportError::WithholdingMissing => (
            "このプロファイルは非開示リストを使うと宣言しています。--withhold で渡してください（対象がなければ空のリスト）。".into(),
            "the profile declares a withholding list; give it with --withhold (an empty one if nothing is kept back).".into(),
        ),
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
        ImportError::WithheldNotFound { entries } => withholding::not_found_at_import(entries),
        ImportError::WithheldAmbiguous { entries } => withholding::ambiguous(entries),
        ImportError::WithholdingNotDeclared => (
            "このプロファイルは非開示リストを使うと宣言していません。\"withholding\": true を加えてください（すべての患者に同じ断り書きが出ます）。".into(),
            "the profile does not declare a withholding list; add \"withholding\": true (all records then carry the same notice).".into(),
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
    if field == "hospital" {
        return (
            "同じ医療機関IDですが、保存済みの記録は別の名前の医療機関のものです。別の医療機関なら --hospital ID=名前 で区別し、名前が変わっただけなら --replace を付けてください。".into(),
            "the stored record has the same facility id but another facility name; tell them apart with --hospital ID=NAME, or add --replace if only the name has changed.".into(),
        );
    }
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

fn profile_differs(stored: &str, same_version: bool) -> (String, String) {
    let (ja, en) = match same_version {
        true => (
            "id と版が同じでも内容が違います（版を 1 増やしてください）。",
            " of the same id and version, but with other content (raise its version)",
        ),
        false => ("", ""),
    };
    (
        format!(
            "保存済みの記録は別のプロファイル（{stored}）によるものです。{ja}隠していたものが出たり、その逆になったりします。違いは profile diff で確かめ、変えてよければ --replace を付けてください。"
        ),
        format!(
            "the stored record was shaped by another profile ({stored}){en}; what it hid may be shown now, or the other way round. `profile diff` shows the differences; if the change is meant, add --replace."
        ),
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
