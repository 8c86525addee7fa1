//! Values of the wrong kind, and what to write instead.

use mykarte::record::profile::check::Wanted;

/// A value of another kind than it must be.
pub fn wrong(wanted: &Wanted) -> (String, String) {
    let (ja, en) = match wanted {
        Wanted::Text => ("引用符で囲んだ文字を書いてください。".to_string(), "write a text in quotes.".to_string()),
        Wanted::Switch => {
            ("true か false を、引用符なしで書いてください。".into(), "write true or false without quotes.".into())
        }
        Wanted::Whole { min, max } if min == max => {
            (format!("{min} を、引用符なしで書いてください。"), format!("write {min} without quotes."))
        }
        Wanted::Whole { min, max } => (
            format!("{min} から {max} までの整数を、引用符なしで書いてください。"),
            format!("write a whole number from {min} to {max} without quotes."),
        ),
        Wanted::Date => (
            "ある日付を \"2026-04-01\" のように、引用符で囲んで書いてください。".into(),
            "write a day as \"2026-04-01\", in quotes.".into(),
        ),
        Wanted::OneOf(words) => (
            format!("{} のどれかを、引用符で囲んで書いてください。", words.join("・")),
            format!("write one of {}, in quotes.", words.join(", ")),
        ),
        Wanted::List => ("[ ] で囲んで並べてください。".into(), "write a list in [ ].".into()),
        Wanted::Group => ("{ } で囲んで書いてください。".into(), "write settings in { }.".into()),
        Wanted::Months { found } => as_in(&format!("{{ \"months\": {} }}", found.unwrap_or(60))),
        Wanted::Code { system, found } => code(system, found.as_deref()),
        Wanted::Unknown => {
            ("profile schema で確かめてください。".into(), "`profile schema` says what may stand here.".into())
        }
    };
    (format!("値の種類が違います。{ja}"), format!("a value of another kind: {en}"))
}

fn as_in(example: &str) -> (String, String) {
    (format!("{example} のように書いてください。"), format!("write {example}."))
}

fn code(system: &str, found: Option<&str>) -> (String, String) {
    let code = found.unwrap_or("…");
    let (ja, en) = as_in(&format!("{{ \"code\": \"{code}\" }}"));
    let with = format!("{{ \"system\": \"{system}\", \"code\": \"{code}\" }}");
    (format!("{ja}体系も決めるなら {with} です。"), format!("{en} With its system: {with}."))
}

/// A period in years.
pub fn years(months: Option<u32>) -> (String, String) {
    let months = months.unwrap_or(60);
    (
        format!("期間は月数で書きます。years の代わりに \"months\": {months} と書いてください。"),
        format!("a period is counted in months; write \"months\": {months} instead of years."),
    )
}

/// A text without a word. What need not be written can be left out.
pub fn blank(key: &str) -> (String, String) {
    match key {
        "contact" | "message" | "system" => {
            (format!("{key} が空です。書くか、行を消してください。"), format!("{key} is blank; fill it or remove it."))
        }
        "code" => ("コード（code）が空です。コードを書いてください。".into(), "the code is blank; write one.".into()),
        _ => (format!("{key} は空にできません。書いてください。"), format!("{key} may not be blank; fill it.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_shows_what_was_meant() {
        let months = wrong(&Wanted::Months { found: Some(24) });
        assert!(months.0.contains(r#"{ "months": 24 }"#) && months.1.contains(r#"{ "months": 24 }"#));
        let code = wrong(&Wanted::Code { system: "YJ", found: Some("1136".into()) });
        assert!(code.0.contains(r#"{ "code": "1136" }"#) && code.0.contains(r#""system": "YJ", "code": "1136""#));
        assert!(years(None).0.contains(r#""months": 60"#));
    }

    #[test]
    fn what_must_be_there_is_not_to_be_removed() {
        assert!(blank("contact").0.contains("行を消して"));
        for key in ["name", "acknowledged.reason", "code"] {
            assert!(!blank(key).0.contains("消して"), "{key}");
        }
    }
}
