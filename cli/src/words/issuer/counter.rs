//! Words of the counter: a ticket, six digits.

use super::short;
use chrono::NaiveDate;
use mykarte::record::labels::Language;
use mykarte_issuer::counter::Seen;

/// Whom the storage knows by the id, for staff to compare.
pub fn is_for(person: &str, born: Option<NaiveDate>, language: Language) -> String {
    let born = born.map(|born| born.to_string()).unwrap_or_default();
    match language {
        Language::Ja => format!("登録する方: {person}  生年月日 {born}"),
        Language::En => format!("to be enrolled: {person}  born {born}"),
    }
}

/// The ticket's number, as on the sheet.
pub fn ticket_number(id: &str, language: Language) -> String {
    let number = short(id);
    match language {
        Language::Ja => format!("登録票番号: {number}"),
        Language::En => format!("ticket: {number}"),
    }
}

/// Nobody has used the ticket.
pub fn not_asked_yet(language: Language) -> &'static str {
    language.pick(
        "患者さんがまだコードを読み取っていません。読み取ってから、もう一度実行してください。",
        "no phone has used the ticket yet; run this again when it has.",
    )
}

/// The files hold the ticket's secret.
pub fn destroy_files(language: Language) -> &'static str {
    language.pick(
        "印刷したら、上のファイルは消してください（コードに秘密が入っています）。",
        "delete the files above when they are printed: the code holds a secret.",
    )
}

/// How to go on at another time.
pub fn confirm_later(id: &str, language: Language) -> String {
    let number = short(id);
    match language {
        Language::Ja => format!(
            "この登録はまだ確認されていません。続きは mykarte-issuer confirm --ticket {number} --staff ID で行います。"
        ),
        Language::En => {
            format!("not confirmed yet; go on with mykarte-issuer confirm --ticket {number} --staff ID.")
        }
    }
}

/// How far a ticket is.
pub fn seen(seen: &Seen, language: Language) -> String {
    let (ja, en) = match seen {
        Seen::Waiting { wrong: 0 } => {
            ("患者さんがコードを読み取るのを待っています。".into(), "waiting for the phone.".into())
        }
        Seen::Waiting { wrong } => (
            format!("待っています（生年月日の間違い {wrong}回、10回で使えなくなります）。"),
            format!("waiting ({wrong} wrong birth dates; the tenth locks the ticket)."),
        ),
        Seen::Compare { digits, .. } => (format!("確認番号 {digits}"), format!("digits {digits}")),
        Seen::Confirmed(_) => ("登録は確認済みです。".into(), "confirmed already.".into()),
        Seen::Locked => (
            "生年月日の間違いが10回になり、この登録票は使えません。本人を確かめて、新しく作ってください。".into(),
            "ten wrong birth dates: the ticket is locked. Check the identity again and print a new one.".into(),
        ),
        Seen::Expired => (
            "登録票の期限が切れました。新しく作ってください。".into(),
            "the ticket has expired; print a new one.".into(),
        ),
        Seen::Cancelled => (
            "この登録票は取り消し済みです。新しく作ってください。".into(),
            "the ticket was taken back; print a new one.".into(),
        ),
    };
    language.pick(&ja, &en).to_owned()
}

/// Six digits, in two groups as the phone shows them.
pub fn digits(digits: &str, language: Language) -> String {
    let (first, second) = digits.split_at(digits.len().min(3));
    match language {
        Language::Ja => format!("確認番号: {first} {second}"),
        Language::En => format!("digits: {first} {second}"),
    }
}

/// The question.
pub fn same_digits_question(language: Language) -> &'static str {
    language.pick(
        "患者さんのスマートフォンに同じ確認番号が出ていますか? [y/N]: ",
        "Does the patient's phone show the same digits? [y/N]: ",
    )
}

/// They do not.
pub fn digits_differ(language: Language) -> &'static str {
    language.pick(
        "登録していません。登録票を取り消しました。確認番号が違ったときは、別の端末が使われたおそれがあります。新しい登録票でやり直し、続くときは管理者に知らせてください。",
        "nothing was enrolled, and the ticket was taken back. If the digits differed another device may have been used: start again with a new ticket, and tell the administrator if it happens again.",
    )
}

/// The phone shows the digits from now on, and nobody has read them out yet.
pub fn read_digits_out(id: &str, language: Language) -> String {
    let number = short(id);
    match language {
        Language::Ja => format!(
            "いま端末に確認番号が出ます。患者さんに読み上げてもらい、その6けたを付けて、もう一度実行してください: mykarte-issuer confirm --ticket {number} --staff ID --digits 6けた"
        ),
        Language::En => format!(
            "the phone shows the digits now. Have the patient read them out, and run this again with them: mykarte-issuer confirm --ticket {number} --staff ID --digits DIGITS."
        ),
    }
}

/// The same where they can be typed at once.
pub fn heard_digits_question(language: Language) -> &'static str {
    language.pick(
        "いま端末に確認番号が出ます。患者さんが読み上げた6けた: ",
        "The phone shows the digits now. The six that the patient reads out: ",
    )
}

/// Typed digits that are not those of the request.
pub fn other_digits(language: Language) -> &'static str {
    language.pick(
        "確認番号が違います。何も変えていません。スマートフォンの6けたを確かめてください。違うままなら cancel で取り消してください。",
        "these are not the digits; nothing was changed. Look at the phone again; if they stay different, cancel the ticket.",
    )
}

/// It is.
pub fn enrolled(language: Language) -> &'static str {
    language.pick("登録しました。", "enrolled.")
}

/// What comes next.
pub fn now_issue(language: Language) -> &'static str {
    language.pick(
        "記録は次の issue（夜間など）で届きます。すぐ渡すときは mykarte-issuer issue --patient ID を実行してください。",
        "the record comes with the next `issue`; for it now, run mykarte-issuer issue --patient ID.",
    )
}

/// A ticket that is none any more.
pub fn cancelled(language: Language) -> &'static str {
    language.pick("登録票を取り消しました。", "the ticket was taken back.")
}

/// None or several.
pub fn which_ticket(found: usize, language: Language) -> &'static str {
    match found {
        0 => language.pick(
            "その登録票番号はありません。登録票に印刷された番号（8けた以上）を確かめてください。",
            "there is no such ticket; give its number as on the sheet, 8 digits or more.",
        ),
        _ => {
            language.pick("登録票番号は8けた以上で指定してください。", "give 8 digits or more of the ticket's number.")
        }
    }
}
