//! Words around a record: whose it is, where from, what became of its files.

use crate::print::line::safe;
use mykarte::record::Summary;
use mykarte::record::labels::Language;
use mykarte::record::report::Reason;
use mykarte::record::summary::{Hospital, Withheld};
use mykarte::record::tables::{self, Table};

/// `患者 太郎（カンジャ タロウ） ID 9999013`.
pub fn person(summary: &Summary, language: Language) -> String {
    let unnamed = language.pick("氏名なし", "no name");
    let name = summary.name.as_deref().or(summary.name_kana.as_deref()).unwrap_or(unnamed);
    let kana = summary.name_kana.as_deref().filter(|k| *k != name).map(|k| format!("（{k}）")).unwrap_or_default();
    safe(&format!("{name}{kana}  ID {}", summary.patient_id))
}

/// `登呂病院（1310000001）`, or the id alone.
pub fn hospital(hospital: &Hospital) -> String {
    match &hospital.name {
        Some(name) if *name != hospital.id => format!("{name}（{}）", hospital.id),
        _ => hospital.id.clone(),
    }
}

/// `--hospital` against what root folder or MSH-4 say.
pub fn other_facilities(stated: &str, named: &[String], language: Language) -> String {
    let named = safe(&named.join(language.pick("、", ", ")));
    match language {
        Language::Ja => format!(
            "ファイルの施設は {named} となっていますが、{stated} のものとして扱いました。同じ医療機関か確かめてください。"
        ),
        Language::En => {
            format!(
                "the files name facility {named}; they were taken as those of {stated}. Make sure that it is the same."
            )
        }
    }
}

/// The label of a code, or the code itself.
pub fn label(table: Table, code: &str, language: Language) -> String {
    let found = match language {
        Language::Ja => tables::label(table, code),
        Language::En => tables::label_en(table, code).or_else(|| tables::label(table, code)),
    };
    found.unwrap_or(code).to_string()
}

/// What became of a file.
pub fn reason(reason: Reason, language: Language) -> &'static str {
    let (ja, en) = match reason {
        Reason::Used => ("使用", "used"),
        Reason::Superseded => ("旧版", "superseded"),
        Reason::Deleted => ("削除", "deleted"),
        Reason::Quarantined => ("隔離", "quarantined"),
        Reason::Unknown => ("対象外", "unknown"),
        Reason::Unreadable => ("読めない", "unreadable"),
    };
    language.pick(ja, en)
}

/// `10件を隔離しました（PID-3 が違う）`.
pub fn left_out(reason: Reason, count: usize, why: &str, language: Language) -> String {
    let (ja, en) = match reason {
        Reason::Quarantined => ("件を隔離しました", "quarantined"),
        Reason::Unreadable => ("件を読めませんでした", "not readable"),
        _ => ("件は対象外です", "of no known kind"),
    };
    match language {
        Language::Ja => format!("{count}{ja}（{why}）"),
        Language::En => format!("{count} {en} ({why})"),
    }
}

/// Characters that could not be read.
pub fn garbled(places: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("読めない文字が{places}か所あります"),
        Language::En => format!("{} not readable", plural(places as usize, "character")),
    }
}

/// Files taken in although PID-3 differs.
pub fn other_patient(files: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("PID-3 が違う{files}件を承認により取り込みました（印付き）"),
        Language::En => format!("{} with another PID-3 taken in, marked", plural(files as usize, "file")),
    }
}

/// The same beside the name of whoever was imported; another person's id is not said.
pub fn includes_other_patient(files: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("他の患者IDの電文 {files}件を含む"),
        Language::En => format!("with {} under another patient id", plural(files as usize, "message")),
    }
}

/// Entries whose long texts were left out.
pub fn too_large(entries: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("大きすぎる{entries}件の長い文章を省略しました"),
        Language::En => format!("long texts left out of {} too large", plural(entries as usize, "entry")),
    }
}

/// `1 file`, `2 files`, `2 entries`.
pub fn plural(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

/// Kept out of the record by rule: `規則により載せていないもの: 削除された病名 1`.
pub fn withheld(withheld: &Withheld, language: Language) -> Option<String> {
    let rows = [
        (withheld.diagnoses_deleted, "削除された病名", "deleted diagnoses"),
        (withheld.labs_deleted_or_wrong, "取り消された検査値", "retracted lab values"),
        (withheld.labs_replaced, "差し替えられた検査値", "replaced lab values"),
        (withheld.allergies_deleted, "削除されたアレルギー", "deleted allergies"),
        (withheld.lab_orders_with_results, "結果のある検査オーダ", "lab orders that have results"),
    ];
    let said: Vec<String> = rows
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, ja, en)| format!("{} {count}", language.pick(ja, en)))
        .collect();
    let head = language.pick("規則により載せていないもの", "kept out by rule");
    (!said.is_empty()).then(|| format!("{head}: {}", said.join("   ")))
}
