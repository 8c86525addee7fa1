//! Words about profiles: what they show, what they keep out, and why a file of one is not read.

use crate::print::line;
use mykarte::record::build::rules::Rule;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::Shape;
use mykarte::record::profile::document::Code;
use std::fmt::Display;
use std::io::ErrorKind;

/// Shown or not.
pub fn mark(shown: bool) -> &'static str {
    if shown { "○" } else { "×" }
}

/// `GEMINI 標準（gemini-standard 第1版）`.
pub fn name(name: &str, id: &str, version: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("{name}（{id} 第{version}版）"),
        Language::En => format!("{name} ({id}, version {version})"),
    }
}

/// The same of what travels with a record.
pub fn shape(shape: &Shape, language: Language) -> String {
    name(&shape.name, &shape.id, shape.version, language)
}

/// Why something was kept out.
pub fn rule(rule: Rule, language: Language) -> &'static str {
    let (ja, en) = match rule {
        Rule::Department => ("診療科の除外", "department excluded"),
        Rule::Drug => ("薬の除外", "drug excluded"),
        Rule::Test => ("検査項目の除外", "test excluded"),
        Rule::Confidential => ("機密区分のある病名", "confidential diagnosis"),
        Rule::Unaware => ("本人が知らない病名", "the patient does not know"),
        Rule::Withheld => ("非開示リスト", "withholding list"),
        Rule::SameOrganism => ("出さない菌の検査", "of an organism that is kept out"),
        Rule::SameDisease => ("出さない病名と同じ病気", "same disease as one kept out"),
        Rule::SameOrder => ("出さないオーダと同じオーダ", "same order as one kept out"),
        Rule::Period => ("期間より前", "before the period"),
        Rule::Section => ("区分を出さない", "section not shown"),
        Rule::Field => ("出さない項目だけの記録", "only of a hidden field"),
    };
    language.pick(ja, en)
}

/// An import without `--profile`.
pub fn full_is_used(language: Language) -> &'static str {
    language.pick(
        "プロファイルの指定がないため、すべての項目を取り込みます（full）。選ぶには --profile を付けます。",
        "no profile is given: every field is taken in (full). --profile chooses another.",
    )
}

/// The name of a secret diagnosis in what is shown.
pub fn residue(entries: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "出さない病名の名前などが、患者に見える{entries}件の文章に残っています。profile preview で確かめてください。"
        ),
        Language::En => format!(
            "the name of a diagnosis that is kept out, or the like, still stands in {}; look at them with `profile preview`.",
            super::record::plural(entries, "shown entry")
        ),
    }
}

/// Before the list of these entries.
pub fn residue_in(language: Language) -> &'static str {
    language.pick(
        "出さない病名の名前などが、患者に見える次の記録の文章に残っています。",
        "the name of a diagnosis that is kept out, or the like, still stands in these shown entries:",
    )
}

/// Where the entries of a rule are not named here.
pub fn listed_by(section: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("（--section {section} で1件ずつ見られます）"),
        Language::En => format!(" (--section {section} lists them)"),
    }
}

/// Entries that are not named here.
pub fn more_entries(more: usize, section: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("ほか {more}件（--section {section} ですべて見られます）"),
        Language::En => format!("and {more} more (--section {section} lists them all)"),
    }
}

/// What is not provided of a section, in lines; none where everything is.
pub fn not_provided(fields: &[&str], language: Language) -> Vec<String> {
    let (head, comma) = labels::fields_not_provided(language);
    line::wrapped(head, fields, comma)
}

/// Whom patients may ask.
pub fn contact(contact: &str, language: Language) -> String {
    format!("{}: {contact}", language.pick("問い合わせ先", "contact"))
}

/// `エラー 2件、注意 1件`.
pub fn numbers(errors: usize, warnings: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("エラー {errors}件、注意 {warnings}件"),
        Language::En => {
            let plural = super::record::plural;
            format!("{}, {}", plural(errors, "error"), plural(warnings, "warning"))
        }
    }
}

/// After the problems of a profile that was to be used.
pub fn not_usable(file: impl Display, errors: usize, warnings: usize, language: Language) -> String {
    let numbers = numbers(errors, warnings, language);
    match language {
        Language::Ja => {
            format!("{file}: プロファイルを使えません（{numbers}）。直して profile check で確かめてください。")
        }
        Language::En => {
            format!("{file}: this profile cannot be used ({numbers}); correct it and run `profile check`.")
        }
    }
}

/// A code with its system, if it has one.
pub fn code(code: &Code) -> String {
    code.system.as_ref().map_or_else(|| code.code.clone(), |system| format!("{system} {}", code.code))
}

/// Codes by the list of `exclude` that they belong into: `診療科 08、薬 YJ 1149019F1`. An order of something else than drugs
/// and tests may be named in either list, and its code is said once.
pub fn codes<'a>(
    departments: impl IntoIterator<Item = &'a String>,
    drugs: impl IntoIterator<Item = &'a Code>,
    tests: impl IntoIterator<Item = &'a Code>,
    language: Language,
) -> String {
    let (drugs, tests): (Vec<&Code>, Vec<&Code>) = (drugs.into_iter().collect(), tests.into_iter().collect());
    let mut all: Vec<String> = Vec::new();
    let mut add = |ja, en, code: &str| all.push(format!("{} {code}", language.pick(ja, en)));
    departments.into_iter().for_each(|code| add("診療科", "department", code));
    drugs.iter().filter(|c| !tests.contains(c)).for_each(|c| add("薬", "drug", &code(c)));
    for test in &tests {
        match drugs.contains(test) {
            true => add("薬・検査項目", "drug or test", &code(test)),
            false => add("検査項目", "test", &code(test)),
        }
    }
    all.join(language.pick("、", ", "))
}

/// Exclusions of a profile that name nothing of a patient.
pub fn unmatched(codes: &str, language: Language) -> String {
    format!("{}: {codes}", language.pick("この患者で一致しなかった除外", "exclusions that match nothing here"))
}

/// One version, two contents.
pub fn same_version(language: Language) -> &'static str {
    language.pick(
        "版が同じで内容が違います。version を 1 増やしてください。",
        "the version is the same and the content is not; raise version by 1.",
    )
}

/// Why the text of a profile or list is not read.
pub enum Unreadable {
    NoList,
    Io(ErrorKind),
    TooLarge,
    NotText,
}

/// The sentence of it.
pub fn unreadable(why: &Unreadable, language: Language) -> &'static str {
    let (ja, en) = match why {
        Unreadable::NoList => (
            "非開示リストのファイルがありません。--withhold のパスを確かめてください。",
            "there is no such withholding list; check the path given with --withhold.",
        ),
        Unreadable::Io(ErrorKind::NotFound) => (
            "ファイルがありません。パスを確かめてください（付属のプロファイルは profile list で一覧できます）。",
            "no such file; check the path (`profile list` lists the bundled profiles).",
        ),
        Unreadable::Io(ErrorKind::IsADirectory) => {
            ("フォルダです。ファイルを1つ指定してください。", "this is a folder; give one file.")
        }
        Unreadable::Io(ErrorKind::PermissionDenied) => {
            ("読む権限がありません。権限を確かめてください。", "no permission to read it; check its permissions.")
        }
        Unreadable::Io(_) => {
            ("ファイルを読めません。ディスクと接続を確かめてください。", "the file cannot be read; check the disk.")
        }
        Unreadable::TooLarge => (
            "1 MiB を超えるファイルです。プロファイルか非開示リストのファイルを指定してください。",
            "the file is larger than 1 MiB; give a file of a profile or a withholding list.",
        ),
        Unreadable::NotText => (
            "UTF-8 の文章ではありません。編集ソフトで UTF-8 にして保存し直してください。",
            "the file is not UTF-8; save it as UTF-8 in the editor.",
        ),
    };
    language.pick(ja, en)
}

/// Why no new profile was written.
pub fn not_written(kind: ErrorKind, language: Language) -> &'static str {
    let (ja, en) = match kind {
        ErrorKind::AlreadyExists => (
            "同じ名前のものがあります（そのままです）。別の名前にしてください。",
            "something is there already and is left as it is; choose another name.",
        ),
        ErrorKind::NotFound => {
            ("書き出し先のフォルダがありません。パスを確かめてください。", "there is no such folder; check the path.")
        }
        ErrorKind::StorageFull => {
            ("空き容量がありません。空けてからやり直してください。", "no space left; free some and try again.")
        }
        _ => ("ここには書き込めません。別の場所にしてください。", "cannot be written here; choose another place."),
    };
    language.pick(ja, en)
}

/// The name of a setting, `sections.labs.period`; what has none is said as it is written.
pub fn setting(key: &str, language: Language) -> &str {
    let (ja, en) = match key {
        "acknowledged" => ("承認", "acknowledgements"),
        "approved_by" => ("承認した人", "approved by"),
        "based_on" => ("もとにしたプロファイル", "based on"),
        "code" => ("コード", "code"),
        "confidential_diagnoses" => ("機密区分のある病名", "confidential diagnoses"),
        "contact" => ("問い合わせ先", "contact"),
        "date" => ("承認した日", "date"),
        "departments" => ("診療科", "departments"),
        "drugs" => ("薬", "drugs"),
        "exclude" => ("除外", "excluded"),
        "id" => ("識別子", "id"),
        "item" => ("区分", "section"),
        "message" => ("患者への言葉", "message"),
        "months" => ("月数", "months"),
        "name" => ("名前", "name"),
        "period" => ("期間", "period"),
        "reason" => ("理由", "reason"),
        "system" => ("体系", "system"),
        "tests" => ("検査項目", "tests"),
        "unaware_diagnoses" => ("本人が知らない病名", "undisclosed diagnoses"),
        "university" => ("大学・病院", "university"),
        "version" => ("版", "version"),
        "withholding" => ("非開示リスト", "withholding list"),
        _ => return key,
    };
    language.pick(ja, en)
}

/// How far back.
pub fn months(months: u64, language: Language) -> String {
    match language {
        Language::Ja => format!("{months}か月"),
        Language::En => super::record::plural(months as usize, "month"),
    }
}
