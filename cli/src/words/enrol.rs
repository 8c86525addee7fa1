//! Words about a device's enrolments.

use super::errors;
use mykarte::record::labels::Language;

/// Columns of the labels.
pub const LABELS: usize = 14;

/// A label in front of a value.
pub fn label(key: &str, language: Language) -> &'static str {
    let (ja, en) = match key {
        "id" => ("  登録番号", "  enrolment"),
        "last" => ("  最後の受取", "  received"),
        "list" => ("  鍵リスト", "  key list"),
        "publisher" => ("  配信サーバー", "  publisher"),
        "state" => ("  状態", "  state"),
        "aside" => ("  取り分け", "  set aside"),
        _ => ("  公開鍵", "  public key"),
    };
    language.pick(ja, en)
}

/// `番号 1.2、2026-03-03 00:00 発行`.
pub fn last(number: &str, issued: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("番号 {number}、{issued} 発行"),
        Language::En => format!("number {number}, issued {issued}"),
    }
}

/// Which key list is known.
pub fn list_number(number: u64, language: Language) -> String {
    match language {
        Language::Ja => format!("第{number}号"),
        Language::En => format!("number {number}"),
    }
}

/// A package that named another person.
pub fn set_aside(number: &str, issued: &str, differs: &str, language: Language) -> String {
    let (ja, en) = errors::differing(differs);
    match language {
        Language::Ja => format!("別の人のパッケージ（{ja}が違う） 番号 {number}、{issued} 発行"),
        Language::En => format!("a package of another person ({en} differs), number {number}, issued {issued}"),
    }
}

/// What could not be erased when it was ended.
pub fn traces_erased(language: Language) -> &'static str {
    language.pick("前に終えた登録の鍵の跡を消しました。", "traces of keys that were ended before are erased.")
}

/// Keys that cannot be read.
pub fn damaged(language: Language) -> &'static str {
    language.pick(
        "鍵が壊れている登録（病院で enrol をやり直してください。記録はそのままです）",
        "an enrolment with damaged keys (enrol again at the hospital; the record stays)",
    )
}

/// The vault has some at this hospital.
pub fn enrolled_before(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "このファイルには、同じ病院への登録がほかに{count}件あります。別の人の分でなければ、はじめの記録を受け取ったときに前の登録は終わります。"
        ),
        Language::En => format!(
            "this vault has {count} more at the same hospital; unless it is another person's, it ends with the first package that is received."
        ),
    }
}

/// What to do with the public key.
pub fn hand_over(language: Language) -> &'static str {
    language.pick(
        "この公開鍵を病院の窓口に渡してください（秘密ではありません）。病院は seal --recipient で使います。",
        "Hand this public key to the hospital's desk (it is no secret); the hospital gives it to `seal --recipient`.",
    )
}

/// Durable, but not on the medium.
pub fn enrolled_but_not_written(error: &str, vault: &str, language: Language) -> String {
    match language {
        Language::Ja => {
            format!("{error} 登録は済んでいます。公開鍵は mykarte enrol --vault {vault} --out FILE で書き出せます。")
        }
        Language::En => {
            format!("{error} The enrolment is made; `mykarte enrol --vault {vault} --out FILE` writes the public key.")
        }
    }
}

/// Nothing to list.
pub fn none(language: Language) -> &'static str {
    language.pick(
        "病院への登録がありません。病院の鍵リストとルート鍵で登録します: enrol --list FILE --root KEY",
        "there is no enrolment; begin one with the hospital's key list and root key: enrol --list FILE --root KEY.",
    )
}

/// Of several, which.
pub fn which_to_write(language: Language) -> &'static str {
    language.pick(
        "どの登録の公開鍵か選んでください: --enrolment に登録番号（先頭8桁以上）を付けます。壊れている登録は書き出せません。",
        "choose whose public key it is: --enrolment and 8 digits or more of the enrolment's id. A damaged one cannot be written.",
    )
}

/// None or several of this id.
pub fn which(found: usize, language: Language) -> &'static str {
    match found {
        0 => language.pick(
            "その登録番号はありません。enrol --vault だけで一覧できます。",
            "there is no such enrolment; `enrol --vault V` alone lists them.",
        ),
        _ => language.pick(
            "この桁で始まる登録が2つ以上あります。もっと長く指定してください。",
            "several enrolments begin so; give more digits.",
        ),
    }
}

/// The question.
pub fn end_question(language: Language) -> &'static str {
    language.pick(
        "この登録を終えますか? 鍵は消え、元に戻せません（記録は残ります） [y/N]: ",
        "End this enrolment? Its keys are destroyed for good (the record stays) [y/N]: ",
    )
}

/// Answered with no.
pub fn not_ended(language: Language) -> &'static str {
    language.pick("登録を終えていません。", "the enrolment is not ended.")
}

/// Nobody answered.
pub fn nobody_ends(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。登録を終えていません。上の登録でよければ --yes を付けてください。",
        "there is no terminal to confirm on; the enrolment is not ended. If it is the one above, add --yes.",
    )
}

/// What stays.
pub fn after_end(language: Language) -> &'static str {
    language.pick(
        "受け取った記録はそのままです（消すには vault delete）。この登録へのパッケージはもう開きません。",
        "The record that it received stays (`vault delete` deletes it). Packages for this enrolment open no more.",
    )
}
