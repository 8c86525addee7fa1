//! Why nothing was deleted.

use crate::print::line::safe;
use mykarte::record::labels::Language;

/// No record of that patient; the ids that are there. Traces of one deleted before: removed just now, none, or unknown.
pub fn nothing_to_delete(patient: &str, there: &[String], traces: Option<bool>, language: Language) -> String {
    let (ja, en) = match traces {
        Some(true) => {
            ("（以前に削除した記録の跡が残っていたので消しました）", " (what an earlier deletion had left is gone now)")
        }
        Some(false) => ("（以前に削除した記録の跡もありません）", " (nor a trace of one deleted before)"),
        None => ("", ""),
    };
    let list = there.join(language.pick("、", ", "));
    match language {
        Language::Ja => {
            let there = if there.is_empty() { "なし（空のファイルです）。".to_string() } else { list };
            format!("患者 {patient} の記録はありません{ja}。何も削除していません。あるもの: {there}")
        }
        Language::En => {
            let there = if there.is_empty() { "none, the file is empty.".to_string() } else { list };
            format!("there is no record of patient {patient}{en}; nothing was deleted. There are: {there}")
        }
    }
}

/// The id is of several hospitals: perhaps of several people.
pub fn several_hospitals(hospitals: &[String], language: Language) -> String {
    let list = safe(&hospitals.join(language.pick("、", ", ")));
    match language {
        Language::Ja => {
            format!(
                "この患者IDは複数の医療機関にあります（{list}）。何も削除していません。--hospital ID で1つを指定してください。"
            )
        }
        Language::En => {
            format!(
                "several hospitals have a patient of this id ({list}); nothing was deleted. Name one: --hospital ID."
            )
        }
    }
}

/// Nobody to confirm.
pub fn nobody_confirms(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。何も削除していません。上の記録でよければ --yes を付けてください。",
        "there is no terminal to confirm on; nothing was deleted. If the list above is right, add --yes.",
    )
}

/// Another id was typed.
pub fn not_confirmed(language: Language) -> &'static str {
    language.pick(
        "入力が患者IDと違います。何も削除していません。確かめてやり直してください。",
        "that is not the patient id; nothing was deleted. Check it and start again.",
    )
}
