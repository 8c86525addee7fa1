//! What is wrong with a profile or a withholding list, line by line, and what to write instead.

use mykarte::record::catalogue;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::check::What;
use mykarte::record::profile::document::Vital;
use mykarte::record::profile::withhold::WithholdingError;
use mykarte::record::{Section, catalogue::Part};

/// A problem in words.
pub fn what(what: &What, language: Language) -> String {
    let (ja, en) = match what {
        What::NotJson => (
            "ここで JSON として読めなくなります。この行か前の行のカンマ・引用符・括弧を確かめてください。".into(),
            "no JSON from here on; check commas, quotes and brackets of this line and the one before.".into(),
        ),
        What::WrongValue { expected } => return wrong_value(expected, language),
        What::UnknownKey { key, nearest } => unknown_key(key, nearest.as_deref()),
        What::RepeatedKey { key } => {
            (format!("「{key}」が2度あります。1つにしてください。"), format!("'{key}' stands twice; keep one."))
        }
        What::GoesWith { key, owner } => (
            format!("「{key}」は「{owner}」といつも一緒です。この行を消して {owner} で選んでください。"),
            format!("'{key}' always goes with '{owner}'; remove this line and set {owner}."),
        ),
        What::Subject { key } => (
            format!("「{key}」は区分を出せば必ず出ます。この行を消してください。"),
            format!("'{key}' is there whenever its section is; remove this line."),
        ),
        What::BadId => (
            "識別子は英小文字・数字・ハイフンで書いてください（最初は英小文字か数字）。".into(),
            "an id is made of a-z, 0-9 and hyphens, and begins with a letter or digit.".into(),
        ),
        What::Blank { key } => (
            format!("{key} に見える文字がありません。書くか、行を消してください。"),
            format!("{key} is blank; fill it or remove it."),
        ),
        What::ControlCharacter { key } => (
            format!("{key} に改行などの制御文字か、見えない文字があります。1行の文字で書いてください。"),
            format!("{key} holds a control or an invisible character; write plain text on one line."),
        ),
        What::NoVersion => ("version は 1 以上の整数にしてください。".into(), "version is counted from 1.".into()),
        What::UnknownFormat { .. } | What::NoPeriodHere { .. } | What::BadPeriod { .. } => limits(what, language),
        What::NotAcknowledged { item } => not_acknowledged(*item, language),
        What::Repeats { item } => (
            format!("{}の承認（acknowledged）が2つあります。1つにしてください。", vital(*item, language)),
            format!("{} is acknowledged twice; keep one.", vital(*item, language)),
        ),
        warning => return self::warning(warning, language),
    };
    language.pick(&ja, &en).to_string()
}

fn unknown_key(key: &str, nearest: Option<&str>) -> (String, String) {
    match nearest {
        Some(near) => (
            format!("「{key}」というキーはありません。もしかして {near}"),
            format!("there is no '{key}'. Perhaps {near}"),
        ),
        None => (
            format!("「{key}」というキーはありません。書けるキーは profile schema で確かめられます。"),
            format!("there is no '{key}'; `profile schema` has the keys."),
        ),
    }
}

fn limits(what: &What, language: Language) -> (String, String) {
    match what {
        What::UnknownFormat { format } => (
            format!("書式 {format} はこの版では読めません。format は 1 にしてください。"),
            format!("form {format} is not known to this version; format is 1."),
        ),
        What::NoPeriodHere { section } => {
            let name = labels::section(*section, language);
            (
                format!("{name}は期間で区切れません。period を消してください。"),
                format!("{name} cannot be cut by age; remove period."),
            )
        }
        _ => (
            "期間は 1〜1800 か月で書いてください（5年なら 60）。".into(),
            "a period is 1 to 1800 months (60 for five years).".into(),
        ),
    }
}

fn not_acknowledged(item: Vital, language: Language) -> (String, String) {
    let (name, key) = (vital(item, language), item.section().key());
    (
        format!(
            "{name}を出さないなら、acknowledged に item \"{key}\"、reason、approved_by、date を書いてください。出すなら show を true に。"
        ),
        format!(
            "to hide {name}, add item \"{key}\", reason, approved_by and date to acknowledged; or set show to true."
        ),
    )
}

fn vital(item: Vital, language: Language) -> &'static str {
    labels::section(item.section(), language)
}

fn warning(what: &What, language: Language) -> String {
    let section = |section: &Section| labels::section(*section, language);
    let (ja, en) = match what {
        What::AllHidden => {
            ("どの区分も出していません。患者には何も見えません。".into(), "nothing at all is shown.".into())
        }
        What::NoUniversity => (
            "university がありません。患者に大学・病院の名前が示されません。".into(),
            "there is no university; patients are not told whose profile it is.".into(),
        ),
        What::NoContact => (
            "contact がありません。患者に問い合わせ先が示されません。".into(),
            "there is no contact; patients are told nobody to ask.".into(),
        ),
        What::IdentityHidden { key } => {
            let name = catalogue::label(Section::Basics, key, language);
            (
                format!("{name}を出していません。別人の記録に気づきにくくなります。"),
                format!("{name} is hidden; another person's record is hard to notice."),
            )
        }
        What::SubjectOnly { section: s } => {
            let subject = catalogue::fields(*s).find(|f| f.part == Part::Subject).map_or("", |f| f.name(language));
            (
                format!("{}は{subject}のほかに何も出していません。fields を確かめてください。", section(s)),
                format!("{}: nothing but {subject} is shown; check its fields.", section(s)),
            )
        }
        What::FieldsOfHidden { section: s } => (
            format!("{}は出さないので、ここの項目は出ません。", section(s)),
            format!("{} is hidden, and so are these fields.", section(s)),
        ),
        What::MessageOfShown { section: s } => (
            format!("{}は出すので、この message はだれにも見えません。", section(s)),
            format!("{} is shown, so nobody sees this message.", section(s)),
        ),
        What::ReasonsWithoutDiagnoses => (
            "病名を出さないので、入院の事由（入院時病名）も出ません。".into(),
            "reasons for admission come from the diagnoses, which are hidden.".into(),
        ),
        What::DrugsInOthers { item } => (
            format!("{}を出さなくても、その他の明細に薬の名前が出ることがあります。", vital(*item, language)),
            format!("{}: hidden, but drugs may stand in the lines of Others.", vital(*item, language)),
        ),
        What::ThinsOutDrugs { key } => (
            format!(
                "{key} により、医師が知るべき薬が出ないことがあります。断り書きは一般的なものだけです。承認者に確かめてください。"
            ),
            format!(
                "{key} may keep out drugs that a doctor has to know of, with a general notice only; ask whoever approves."
            ),
        ),
        What::NeedlessAcknowledgement { item } => (
            format!("{}は出すので、承認（acknowledged）は要りません。", vital(*item, language)),
            format!("{} is shown and needs no acknowledgement.", vital(*item, language)),
        ),
        other => return codes(other, language),
    };
    language.pick(&ja, &en).to_string()
}

fn codes(what: &What, language: Language) -> String {
    let (ja, en) = match what {
        What::ExclusionOfHidden { key } => (
            format!("{key} の効く区分を1つも出していません。"),
            format!("all sections that {key} could match are hidden."),
        ),
        What::NeverMatches { code } => (
            format!("コード「{code}」はこの体系の形でなく、何にも当たりません。桁数と空白を確かめてください。"),
            format!("'{code}' is no code of this system and never matches; check its length and spaces."),
        ),
        What::UnknownDepartment { code } => (
            format!("診療科「{code}」は標準の表（0069）にありません。病院独自のコードならこのままで構いません。"),
            format!("'{code}' is no department of table 0069; right only if it is the hospital's own code."),
        ),
        // Every other kind has its words above.
        _ => (String::new(), String::new()),
    };
    language.pick(&ja, &en).to_string()
}

/// A value of the wrong kind: the parser's words, in Japanese where they are known.
fn wrong_value(expected: &str, language: Language) -> String {
    if language == Language::En {
        return expected.to_string();
    }
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_string();
    if let Some(rest) = expected.strip_prefix("missing field ") {
        return format!("「{}」がありません。書き加えてください。", quoted(rest));
    }
    if let Some((what, all)) = expected.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        let all: Vec<&str> = all.split('`').skip(1).step_by(2).collect();
        return format!("「{}」は使えません。{} のどれかです。", quoted(what), all.join("・"));
    }
    let kind = match expected.rsplit_once("expected ").map(|(_, kind)| kind) {
        Some("a boolean") => "true か false を、引用符なしで書いてください。",
        Some("u32") => "0 以上の整数を、引用符なしで書いてください。",
        Some("a string" | "string") => "引用符で囲んだ文字を書いてください。",
        Some("a map") => "{ } で囲んで書いてください。",
        Some("a sequence") => "[ ] で囲んで並べてください。",
        Some(kind) if kind.starts_with("struct ") => "{ } で囲んで書いてください。",
        None => return "この値は読めません。日付なら 2026-04-01 のように書いてください。".to_string(),
        Some(_) => return format!("この値は読めません（{expected}）。profile schema で確かめてください。"),
    };
    format!("値の種類が違います。{kind}")
}

/// What is wrong with a withholding list, and in which line, if it is known.
pub fn withholding(error: &WithholdingError, language: Language) -> (usize, String) {
    let (line, ja, en) = match error {
        WithholdingError::Form { line, expected } => return (*line, wrong_value(expected, language)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parsers_words_become_japanese() {
        for (said, want) in [
            ("invalid type: string \"yes\", expected a boolean", "true か false"),
            ("missing field `show`", "「show」がありません"),
            ("unknown variant `drugs`, expected one of `allergies`, `labs`", "allergies・labs のどれか"),
            ("input contains invalid characters", "2026-04-01"),
            ("invalid type: map, expected a string", "引用符で囲んだ文字"),
        ] {
            assert!(wrong_value(said, Language::Ja).contains(want), "{said}");
            assert_eq!(wrong_value(said, Language::En), said);
        }
    }
}
