//! Words of the counter and its administrator.

use crate::print::line::safe;
use chrono::NaiveDate;
use mykarte::record::labels::Language;
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::admission::Receiver;
use mykarte_issuer::counter::Seen;
use mykarte_issuer::issue::Outcome;
use mykarte_issuer::model::{End, Enrolled};
use std::path::Path;

pub use super::audit::{begins_anew, kept_heads, no_kept_heads, own_head_key, record, verdict};
pub use super::errors::issuer::{
    counter, head_refused, heads, issuer, link, no_pdf, no_storage, not_issued, paper, publisher_head, settings, state,
    withdrawing,
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
    language.pick("配信サーバー（publisher.toml）にこの行を書きます:", "this line belongs into publisher.toml:")
}

/// What comes next.
pub fn after_init(language: Language) -> &'static str {
    language.pick(
        "link.token は秘密です（配信サーバーには置きません）。次に mykarte-issuer check で確かめます。",
        "link.token is a secret and stays here. Next: mykarte-issuer check.",
    )
}

/// Nobody has chosen where signed heads are left.
pub fn no_heads(language: Language) -> &'static str {
    language.pick(
        "監査記録の署名を残すフォルダがまだ決まっていません。別の機械のフォルダを heads に書いてください（それまでは配信サーバーにだけ残ります）。",
        "no folder for the audit chain's signed heads is chosen: set `heads` to one on another machine. Until then the publisher alone keeps them.",
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
        "この機械の時計は時刻サーバーに合っていません。監査記録にもそう残ります（timedatectl で確かめてください）。",
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
        "記録は次の issue（夜間など）で届きます。すぐ渡すときは mykarte-issuer issue を実行してください。",
        "the record comes with the next `issue`; for it now, run mykarte-issuer issue.",
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

/// Nobody of this id.
pub fn nobody(language: Language) -> &'static str {
    language.pick("登録がありません。患者IDを確かめてください。", "nobody is enrolled under this id; check it.")
}

/// What a run did.
pub fn issued(outcome: &Outcome, language: Language) -> String {
    let Outcome { issued, unchanged, ended, proxies, .. } = outcome;
    match language {
        Language::Ja => {
            format!("発行 {issued}件   変更なし {unchanged}件   端末で終了 {ended}件   代理の期限で終了 {proxies}件")
        }
        Language::En => format!(
            "issued {issued}   unchanged {unchanged}   ended by their devices {ended}   ended with a proxy's last day {proxies}"
        ),
    }
}

/// Enrolments that the publisher had forgotten to have ended.
pub fn ended_again(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "配信サーバーでは、終わったはずの登録 {count}件が続いていたので、もう一度終わらせました（配信サーバーの台帳をバックアップから戻したときなどに起こります）。"
        ),
        Language::En => format!(
            "{count} enrolments that have ended went on at the publisher (as after a restored backup); they were ended there again."
        ),
    }
}

/// One has ended, and a place still has something of it or does not answer.
pub fn end_unfinished(patient: &str, enrolment: &str, language: Language) -> String {
    let (patient, number) = (safe(patient), short(enrolment));
    match language {
        Language::Ja => format!(
            "患者 {patient}: 登録 {number} は終わりましたが、配信サーバーから消えたことをまだ確かめられません。次の issue でもう一度消します。"
        ),
        Language::En => format!(
            "patient {patient}: enrolment {number} has ended, but the publisher has not shown yet that nothing is left; the next `issue` asks again."
        ),
    }
}

/// Only the publisher knows them.
pub fn unknown_enrolments(ids: &[EnrolmentId], language: Language) -> String {
    let numbers: Vec<String> = ids.iter().take(20).map(|id| short(&id.to_string()).to_owned()).collect();
    let (count, numbers, more) = (ids.len(), numbers.join(" "), if ids.len() > 20 { " …" } else { "" });
    match language {
        Language::Ja => format!(
            "発行側の台帳にない登録が配信サーバーに {count}件あります: {numbers}{more}。台帳をバックアップから戻したあとなら、手引き7章のとおり患者さんに登録し直してもらい、withdraw --unknown で終わらせてください。"
        ),
        Language::En => format!(
            "the publisher has {count} enrolments that are not known here: {numbers}{more}. After this side was restored from a backup their patients have to enrol again; `withdraw --unknown` ends these."
        ),
    }
}

/// Nothing to be ended.
pub fn nothing_unknown(language: Language) -> &'static str {
    language.pick(
        "発行側の台帳にない登録は、配信サーバーにありません。",
        "the publisher has no enrolment that is not known here.",
    )
}

/// Before the question.
pub fn to_be_withdrawn(patient: &str, enrolments: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("撤回する患者: {patient}（登録 {enrolments}件）"),
        Language::En => format!("to be withdrawn: patient {patient} ({enrolments} enrolments)"),
    }
}

/// Before the question, for one of them.
pub fn one_to_be_withdrawn(patient: &str, enrolment: &str, language: Language) -> String {
    let (patient, number) = (safe(patient), short(enrolment));
    match language {
        Language::Ja => format!("撤回する登録: 患者 {patient} の {number}（ほかの登録はそのまま）"),
        Language::En => format!("to be withdrawn: enrolment {number} of patient {patient} (others stay)"),
    }
}

/// None or several.
pub fn which_enrolment(language: Language) -> &'static str {
    language.pick(
        "その登録番号は、この患者の登録にありません。list --patient で見て、8けた以上で指定してください。",
        "this patient has no such enrolment; see list --patient, and give 8 digits or more.",
    )
}

/// The question.
pub fn withdraw_question(language: Language) -> &'static str {
    language.pick(
        "発行を止め、配信サーバーのパッケージと鍵をすべて消しますか? 元に戻せません [y/N]: ",
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
    let number = short(id);
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
        (Some(End::ProxyEnding), _) => ("代理の期限で終了（残りあり）", "proxy's last day passed, something is left"),
        (Some(End::ProxyOver), _) => ("代理の期限で終了", "proxy's last day passed"),
        (Some(End::Device), _) => ("端末で終了", "ended by its device"),
    };
    language.pick(ja, en).to_owned()
}

/// Who receives the record.
pub fn receiver(receiver: &Receiver, is_soon: bool, language: Language) -> String {
    match (receiver, language) {
        (Receiver::Patient, _) => language.pick("本人", "patient").to_owned(),
        (Receiver::Proxy { relation, until }, Language::Ja) => {
            format!("代理（{relation}）{until} まで{}", if is_soon { "  期限が近い" } else { "" })
        }
        (Receiver::Proxy { relation, until }, Language::En) => {
            format!("proxy ({relation}) until {until}{}", if is_soon { "  ends soon" } else { "" })
        }
    }
}

/// Below the list.
pub fn proxies_end_soon(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "代理の期限が60日以内に来る登録が {count}件あります。最後の日の翌日の issue で終わります。続ける方は、それまでに窓口で登録し直してください。"
        ),
        Language::En => format!(
            "{count} proxies' last days are within 60 days; the `issue` of the day after ends them. Who goes on being a proxy enrols again before."
        ),
    }
}

/// All of it is copied.
pub fn backed_up(folder: &Path, language: Language) -> String {
    match language {
        Language::Ja => format!("バックアップしました: {}（元の場所は where.txt）", folder.display()),
        Language::En => format!("backed up: {} (where each belongs: where.txt)", folder.display()),
    }
}

/// Its own programs copy it.
pub fn dump_postgresql(language: Language) -> &'static str {
    language.pick(
        "台帳は PostgreSQL にあるので入っていません。pg_dump で別に取ってください。",
        "the database is in PostgreSQL and is not in it; make a pg_dump, too.",
    )
}

/// What it holds, and what not.
pub fn backup_is_secret(language: Language) -> &'static str {
    language.pick(
        "患者さんの情報と秘密が入っています。院内の鍵のかかる所に置いてください。ルート鍵とパスコードは入っていません。",
        "it holds patients' data and secrets: keep it locked up, inside. The root key and passcodes are not in it.",
    )
}

/// Before another token.
pub fn new_token_question(language: Language) -> &'static str {
    language.pick(
        "配信サーバーとの合言葉を替えますか? 配信サーバーの設定も書き換えるまで、発行も窓口も止まります [y/N]: ",
        "Replace the link's token? Until the publisher's settings are changed, too, nothing can be issued [y/N]: ",
    )
}

/// Answered with no.
pub fn token_stays(language: Language) -> &'static str {
    language.pick("合言葉は替えていません。", "the token is as it was.")
}

/// Nobody answered.
pub fn nobody_renews(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。合言葉は替えていません。替えるなら --yes を付けてください。",
        "there is no terminal to confirm on; the token is as it was. To replace it, add --yes.",
    )
}

/// What comes next.
pub fn after_new_token(language: Language) -> &'static str {
    language.pick(
        "配信サーバーで上の行に書き換え、systemctl restart mykarte-publisher のあと、ここで mykarte-issuer check を実行してください。",
        "put that line into publisher.toml in place of the old one, restart the publisher, then run mykarte-issuer check here.",
    )
}

/// The number that staff use of a name.
fn short(id: &str) -> &str {
    &id[..id.len().min(8)]
}
