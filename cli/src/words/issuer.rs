//! Words of the counter and its administrator.

use chrono::NaiveDate;
use mykarte::record::labels::Language;
use mykarte_issuer::counter::Seen;
use mykarte_issuer::model::{End, Enrolled};
use mykarte_state::audit::{Flaw, Tail, Verdict};

pub use super::errors::issuer::{
    counter, head_refused, heads, issuer, link, no_pdf, no_storage, not_issued, paper, settings, state, withdrawing,
};

/// The system gives no randomness.
pub fn no_randomness(language: Language) -> &'static str {
    language.pick(
        "乱数を得られません。何も作っていません。OS を確かめてください。",
        "the operating system gives no random numbers; nothing was made.",
    )
}

/// In front of the line for `publisher.toml`.
pub fn for_publisher(language: Language) -> &'static str {
    language.pick("公開側（publisher.toml）にこの行を書きます:", "this line belongs into publisher.toml:")
}

/// What comes next.
pub fn after_init(language: Language) -> &'static str {
    language.pick(
        "link.token は秘密です（公開側には置きません）。次に mykarte-issuer check で確かめます。",
        "link.token is a secret and stays here. Next: mykarte-issuer check.",
    )
}

/// Nothing is wrong.
pub fn all_is_well(language: Language) -> &'static str {
    language.pick("設定にあるものはすべて使えます。", "everything that the settings name is there and answers.")
}

/// The signing keys lie elsewhere.
pub fn no_issuer_keys(language: Language) -> &'static str {
    language.pick(
        "署名鍵がありません。mykarte keys new-signing で作るか、設定の keys を確かめてください。",
        "there are no signing keys; make them with mykarte keys new-signing, or check `keys` in the settings.",
    )
}

/// Nobody sets the clock.
pub fn clock(language: Language) -> &'static str {
    language.pick(
        "この端末の時計は時刻サーバーに合っていません。監査記録にもそう残ります（timedatectl で確かめてください）。",
        "no time server sets this computer's clock; the audit records will say so (see timedatectl).",
    )
}

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
    let number = &id[..id.len().min(8)];
    match language {
        Language::Ja => format!("受付番号: {number}"),
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
    let number = &id[..id.len().min(8)];
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
        Seen::Compare { digits, .. } => (format!("番号 {digits}"), format!("digits {digits}")),
        Seen::Confirmed(_) => ("登録は確認済みです。".into(), "confirmed already.".into()),
        Seen::Locked => (
            "生年月日の間違いが10回になり、この用紙は使えません。本人を確かめて、新しく作ってください。".into(),
            "ten wrong birth dates: the ticket is locked. Check the identity again and print a new one.".into(),
        ),
        Seen::Expired => {
            ("用紙の期限が切れました。新しく作ってください。".into(), "the ticket has expired; print a new one.".into())
        }
        Seen::Cancelled => (
            "この用紙は取り消し済みです。新しく作ってください。".into(),
            "the ticket was taken back; print a new one.".into(),
        ),
    };
    language.pick(&ja, &en).to_owned()
}

/// Six digits, in two groups as the phone shows them.
pub fn digits(digits: &str, language: Language) -> String {
    let (first, second) = digits.split_at(digits.len().min(3));
    match language {
        Language::Ja => format!("番号: {first} {second}"),
        Language::En => format!("digits: {first} {second}"),
    }
}

/// The question.
pub fn same_digits_question(language: Language) -> &'static str {
    language.pick(
        "患者さんのスマートフォンに同じ番号が出ていますか? [y/N]: ",
        "Does the patient's phone show the same digits? [y/N]: ",
    )
}

/// They do not.
pub fn digits_differ(language: Language) -> &'static str {
    language.pick(
        "登録していません。用紙を取り消しました。番号が違ったときは、別の端末が使われたおそれがあります。新しい用紙でやり直し、続くときは管理者に知らせてください。",
        "nothing was enrolled, and the ticket was taken back. If the digits differed another device may have been used: start again with a new ticket, and tell the administrator if it happens again.",
    )
}

/// Typed digits that are not those of the request.
pub fn other_digits(language: Language) -> &'static str {
    language.pick(
        "番号が違います。何も変えていません。スマートフォンの6けたを確かめてください。違うままなら cancel で取り消してください。",
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
        "記録は次の issue（夜間など）で届きます。すぐ渡すときは mykarte-issuer issue を実行してください。",
        "the record comes with the next `issue`; for it now, run mykarte-issuer issue.",
    )
}

/// A ticket that is none any more.
pub fn cancelled(language: Language) -> &'static str {
    language.pick("用紙を取り消しました。", "the ticket was taken back.")
}

/// None or several.
pub fn which_ticket(found: usize, language: Language) -> &'static str {
    match found {
        0 => language.pick(
            "その受付番号はありません。用紙の番号（8けた以上）を確かめてください。",
            "there is no such ticket; give its number as on the sheet, 8 digits or more.",
        ),
        _ => language.pick("受付番号は8けた以上で指定してください。", "give 8 digits or more of the ticket's number."),
    }
}

/// Nobody of this id.
pub fn nobody(language: Language) -> &'static str {
    language.pick("登録がありません。患者IDを確かめてください。", "nobody is enrolled under this id; check it.")
}

/// What a run did.
pub fn issued(issued: usize, unchanged: usize, ended: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("発行 {issued}件   変更なし {unchanged}件   端末で終了 {ended}件"),
        Language::En => format!("issued {issued}   unchanged {unchanged}   ended by their devices {ended}"),
    }
}

/// Enrolments that the publisher had forgotten to have ended.
pub fn ended_again(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "公開側では、終わったはずの登録 {count}件が続いていたので、もう一度終わらせました（公開側の台帳を控えから戻したときなどに起こります）。"
        ),
        Language::En => format!(
            "{count} enrolments that have ended went on at the publisher (as after a restored backup); they were ended there again."
        ),
    }
}

/// Before the question.
pub fn to_be_withdrawn(patient: &str, enrolments: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("撤回する患者: {patient}（登録 {enrolments}件）"),
        Language::En => format!("to be withdrawn: patient {patient} ({enrolments} enrolments)"),
    }
}

/// The question.
pub fn withdraw_question(language: Language) -> &'static str {
    language.pick(
        "発行を止め、公開側のパッケージと鍵をすべて消しますか? 元に戻せません [y/N]: ",
        "Stop issuing and delete packages and keys everywhere? This cannot be undone [y/N]: ",
    )
}

/// Answered with no.
pub fn not_withdrawn(language: Language) -> &'static str {
    language.pick("撤回していません。", "nothing was withdrawn.")
}

/// Nobody answered.
pub fn nobody_withdraws(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。撤回していません。上の患者でよければ --yes を付けてください。",
        "there is no terminal to confirm on; nothing was withdrawn. If it is the patient above, add --yes.",
    )
}

/// One of them.
pub fn withdrawn_enrolment(id: &str, language: Language) -> String {
    let number = &id[..id.len().min(8)];
    match language {
        Language::Ja => format!("登録 {number}"),
        Language::En => format!("enrolment {number}"),
    }
}

/// What a place said when it was asked again.
pub fn is_gone(gone: bool, language: Language) -> &'static str {
    match gone {
        true => language.pick("残っていません", "nothing is left"),
        false => language.pick("残っているか、答えません", "something is left, or it does not answer"),
    }
}

/// Everything is.
pub fn all_gone(language: Language) -> &'static str {
    language.pick(
        "撤回しました。どこにも残っていないことを確かめました。端末にある記録は患者さんのものとして残ります。",
        "withdrawn; every place was asked again and has nothing. What is on the phone stays the patient's.",
    )
}

/// Not everything.
pub fn something_left(language: Language) -> &'static str {
    language.pick(
        "発行は止まりましたが、上の保存先に残っています。つながるようにして、もう一度 withdraw を実行してください。",
        "nothing more is issued, but something is left above; make that place reachable and withdraw again.",
    )
}

/// What an enrolment is.
pub fn end(enrolled: &Enrolled, language: Language) -> String {
    let (ja, en) = match (enrolled.end, &enrolled.last) {
        (None, None) => ("未発行", "nothing issued"),
        (None, Some(_)) => ("発行中", "receives"),
        (Some(End::Withdrawing), _) => ("撤回（残りあり）", "withdrawn, something is left"),
        (Some(End::Withdrawn), _) => ("撤回", "withdrawn"),
        (Some(End::Device), _) => ("端末で終了", "ended by its device"),
    };
    language.pick(ja, en).to_owned()
}

/// What the walk found.
pub fn verdict(verdict: &Verdict, language: Language) -> String {
    if language == Language::En {
        return verdict.to_string();
    }
    let records = format!("監査記録 {}件を確かめました。", verdict.intact);
    let broken = verdict.broken.map(|broken| {
        let what = match broken.flaw {
            Flaw::Changed => "が書き換えられています",
            Flaw::Missing => "がありません",
            Flaw::OutOfOrder => "に別の記録があります",
            Flaw::PlaceDiffers => "までのどこかから書き直されています",
        };
        format!("第{}号{what}。", broken.number)
    });
    let tail = match verdict.tail {
        Tail::Unproven => {
            "末尾が切り取られていないかは、別の場所の署名（--head FILE）がないと分かりません。".to_owned()
        }
        Tail::Vouched { count, .. } => format!("別の場所の署名が第{count}号までを保証しています。"),
        Tail::HeadRefused { .. } => "--head はこの発行側の署名ではありません。".to_owned(),
        Tail::OtherChain => "--head は別の監査記録のものです。".to_owned(),
    };
    format!("{records}{}{tail}", broken.unwrap_or_default())
}
