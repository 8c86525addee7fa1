//! Words about withholding lists. What stands in one is never repeated but ids; it names diseases.

use super::problems;
use super::record::plural;
use mykarte::NotFound;
use mykarte::record::Section;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::document::may_have_period;
use mykarte::record::profile::withhold::WithholdingError;

/// What is wrong with a list, and in which line, if it is known.
pub fn wrong(error: &WithholdingError, language: Language) -> (usize, String) {
    let (line, ja, en) = match error {
        WithholdingError::Empty => (
            0,
            "ファイルが空です。対象がいなければ { \"format\": 1, \"patients\": {} } と書いてください。".into(),
            "the file is empty; if nothing is kept back, write { \"format\": 1, \"patients\": {} }.".into(),
        ),
        WithholdingError::NotJson { line } => return (*line, problems::not_json(language).to_string()),
        WithholdingError::RepeatedPatient { line } => (
            *line,
            "同じ患者IDが2度あります。1つにまとめてください。".into(),
            "a patient id stands twice; put its entries together.".into(),
        ),
        WithholdingError::Form { line, expected } => return (*line, form(expected, language)),
        WithholdingError::UnknownFormat { format } => (
            0,
            format!("書式 {format} はこの版では読めません。format は 1 にしてください。"),
            format!("form {format} is not known to this version; format is 1."),
        ),
        WithholdingError::Blank => (
            0,
            "id・reason・approved_by のどれかが空の行があります。すべて書いてください。".into(),
            "an entry has a blank id, reason or approved_by; fill them all.".into(),
        ),
        WithholdingError::Section { section } => {
            let name = labels::section(*section, language);
            (
                0,
                format!("{name}は1件ずつ非開示にできません。その行を消してください。"),
                format!("entries of {name} are never kept back; remove that entry."),
            )
        }
    };
    (line, language.pick(&ja, &en).to_string())
}

/// A value of the wrong kind, from the parser's words, in which nothing of the list stands.
fn form(expected: &str, language: Language) -> String {
    let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>();
    let key = || quoted(expected).join("・");
    let sections: Vec<&str> =
        Section::ALL.into_iter().filter(|section| may_have_period(*section)).map(Section::key).collect();
    let (ja, en) = match expected.split_once(", expected ").unwrap_or((expected, "")) {
        (words, _) if words.starts_with("missing field") => {
            (format!("「{}」がありません。書き加えてください。", key()), format!("'{}' is missing; add it.", key()))
        }
        (words, _) if words.starts_with("duplicate field") => {
            (format!("「{}」が2度あります。1つにしてください。", key()), format!("'{}' stands twice; keep one.", key()))
        }
        ("unknown variant", _) => (
            format!("section は {} のどれかです。", sections.join("・")),
            format!("section is one of {}.", sections.join(", ")),
        ),
        ("unknown field", _) => (
            format!("ここに書けないキーがあります。書けるのは {} です。", key()),
            format!("a key that may not stand here; write {}.", quoted(expected).join(", ")),
        ),
        (_, kind) => kinds(kind),
    };
    language.pick(&ja, &en).to_string()
}

fn kinds(kind: &str) -> (String, String) {
    let (ja, en) = match kind {
        "u32" => ("0 以上の整数を、引用符なしで書いてください。", "write a whole number without quotes."),
        "a string" | "string" => ("引用符で囲んだ文字を書いてください。", "write a text in quotes."),
        "a sequence" => ("[ ] で囲んで並べてください。", "write a list in [ ]."),
        _ => ("{ } で囲んで書いてください。", "write it in { }."),
    };
    (format!("値の種類が違います。{ja}"), format!("a value of another kind: {en}"))
}

/// An entry of a list that is not there, or there under another title.
pub fn not_found(entry: &NotFound, language: Language) -> String {
    let (section, key, id) = (labels::section(entry.section, language), entry.section.key(), entry.id.trim());
    match (entry.has_other_title, language) {
        (true, Language::Ja) => format!(
            "非開示リストの{section} {id}: 題名が違います（id はあります）。profile preview の題名をそのまま書いてください（--withhold を外し --section {key}）。"
        ),
        (false, Language::Ja) => format!(
            "非開示リストの{section} {id} は、この患者の記録にありません（--withhold を外し --section {key} で番号を確かめられます）。"
        ),
        (true, Language::En) => format!(
            "{section} {id} of the withholding list has another title (the id is there); copy the title from `profile preview` (--section {key} without --withhold)."
        ),
        (false, Language::En) => format!(
            "{section} {id} of the withholding list is not in this patient's record (without --withhold, --section {key} lists the ids)."
        ),
    }
}

/// Entries of a list that are not the only ones of their file about the same.
pub fn ambiguous(entries: &[(Section, String)]) -> (String, String) {
    let list = |language: Language| {
        let one = |(section, id): &(Section, String)| format!("{} {id}", labels::section(*section, language));
        entries.iter().map(one).collect::<Vec<_>>().join(language.pick("、", ", "))
    };
    (
        format!(
            "非開示リストの項目と同じ内容の項目が同じファイルにほかにもあり、どれを指すか決められません（{}）。取り込みません。profile preview で確かめ、同じ内容の項目をすべてリストに書いてください。",
            list(Language::Ja)
        ),
        format!(
            "the withholding list names entries that are not the only ones of their file about the same ({}); nothing is imported. Look with `profile preview` and list all of them.",
            list(Language::En)
        ),
    )
}

/// What is not there in one sentence, where an import stops for it.
pub fn not_found_at_import(entries: &[NotFound]) -> (String, String) {
    let list = |other_title: bool, language: Language| {
        let one = |e: &NotFound| format!("{} {}", labels::section(e.section, language), e.id.trim());
        let all = entries.iter().filter(|e| e.has_other_title == other_title).map(one);
        Some(all.collect::<Vec<_>>().join(language.pick("、", ", "))).filter(|list| !list.is_empty())
    };
    let missing = (
        list(false, Language::Ja)
            .map(|l| format!("非開示リストの項目がこの患者の記録に見つかりません（{l}）。profile preview で番号を確かめてください。")),
        list(false, Language::En)
            .map(|l| format!("the withholding list names what this record does not have ({l}); check the ids with `profile preview`. ")),
    );
    let renamed = (
        list(true, Language::Ja)
            .map(|l| format!("非開示リストの題名が違います（id はあります: {l}）。profile preview の題名をそのまま書いてください。")),
        list(true, Language::En)
            .map(|l| format!("titles of the withholding list differ although the ids are there ({l}); copy them from `profile preview`. ")),
    );
    let both = |a: Option<String>, b: Option<String>| a.unwrap_or_default() + &b.unwrap_or_default();
    (
        both(missing.0, renamed.0) + "そのままでは表示されるおそれがあるため取り込みません。",
        both(missing.1, renamed.1) + "It might be shown as it is, so nothing is imported.",
    )
}

/// Why a preview ends.
pub fn does_not_fit(entries: usize, language: Language) -> String {
    match language {
        Language::Ja => {
            format!(
                "非開示リストに、この患者の記録と合わない項目が{entries}件あります。直してから、もう一度確かめてください。"
            )
        }
        Language::En => format!(
            "{} of the withholding list do not fit this patient's record; correct the list and look again.",
            plural(entries, "entry")
        ),
    }
}

/// How many entries a list keeps back.
pub fn kept_back(entries: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("この患者の非開示: {entries}件"),
        Language::En => format!("kept back from this patient by the list: {}", plural(entries, "entry")),
    }
}

/// Ids of a list that are nearly the patient's, of whom it has nothing.
pub fn near_patients(patient: &str, near: &[&str], language: Language) -> String {
    match language {
        Language::Ja => format!(
            "非開示リストに患者 {patient} の項目はなく、よく似たIDがあります: {}。書き間違いでないか確かめてください。",
            near.join("、")
        ),
        Language::En => format!(
            "the withholding list has nothing for patient {patient}, but ids that look alike: {}. Make sure that none is a slip.",
            near.join(", ")
        ),
    }
}

/// A preview of a profile that declares a list, without one.
pub fn not_given(language: Language) -> &'static str {
    language.pick(
        "非開示リストが渡されていないので、反映していません（--withhold で渡します）。",
        "no withholding list is given, so none is applied (--withhold gives one).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parsers_words_become_sentences() {
        for (said, want) in [
            ("missing field `title`", "「title」がありません"),
            ("duplicate field `format`", "「format」が2度"),
            ("unknown variant, expected one of `basics`, `labs`", "section は diagnoses・"),
            ("unknown field, expected `format` or `patients`", "書けるのは format・patients です"),
            ("invalid type, expected a string", "引用符で囲んだ文字"),
            ("invalid type, expected struct Withheld", "{ } で囲んで"),
        ] {
            let text = form(said, Language::Ja);
            assert!(text.contains(want) && !text.contains("expected") && !text.contains("invalid"), "{said}: {text}");
        }
    }
}
