//! Words of `issue` and `list`: who has what, and what came of a run.

use super::short;
use crate::print::line::safe;
use mykarte::record::labels::Language;
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::admission::Receiver;
use mykarte_issuer::issue::Outcome;
use mykarte_issuer::model::{End, Enrolled};
use mykarte_state::Key;

/// Nobody of this id.
pub fn nobody(language: Language) -> &'static str {
    language.pick("登録がありません。患者IDを確かめてください。", "nobody is enrolled under this id; check it.")
}

/// Nobody at all.
pub fn nobody_yet(language: Language) -> &'static str {
    language.pick(
        "登録はまだ1件もありません。登録したはずなら、設定（--settings の state）が別の台帳を指していないか確かめてください。",
        "nobody is enrolled yet; if somebody is, `state` in the settings names another database.",
    )
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

/// Tickets that the publisher did not know to be taken back.
pub fn cancelled_again(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "配信サーバーでは、取り消したはずの登録票 {count}枚が使える状態だったので、もう一度取り消しました（取り消しが届かなかったときや、配信サーバーの台帳をバックアップから戻したときに起こります）。"
        ),
        Language::En => format!(
            "{count} tickets that were taken back could be used at the publisher (it did not hear, or was restored from a backup); they were taken back there again."
        ),
    }
}

/// The publisher could not be told.
pub fn tickets_left(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "取り消した登録票 {count}枚を、配信サーバーで確かめられませんでした。次の issue でもう一度取り消します。"
        ),
        Language::En => {
            format!("{count} tickets that were taken back could not be looked at there; the next `issue` tries again.")
        }
    }
}

/// Documents that cannot be read; how it goes on.
pub fn damaged(documents: &[Key], language: Language) -> String {
    let name = |kind: &str| match kind {
        Enrolled::KIND => language.pick("登録", "enrolment"),
        _ => language.pick("登録票", "ticket"),
    };
    let named = documents.iter().take(20).map(|key| format!("{} {}", name(key.kind), short(&key.id)));
    let (named, count) = (named.collect::<Vec<_>>().join("  "), documents.len());
    let more = if count > 20 { " …" } else { "" };
    match language {
        Language::Ja => format!(
            "発行側の台帳の {count}件が壊れていて読めません: {named}{more}。そのままにして、ほかの分を続けました。だれのものかは audit show で番号を探すと分かります。台帳をバックアップから戻すか、withdraw --patient で撤回して登録し直してください。"
        ),
        Language::En => format!(
            "{count} documents of this database cannot be read and were passed over; they stay as they are: {named}{more}. `audit show` says whose they are, by their numbers: restore a backup, or withdraw the patient and enrol again."
        ),
    }
}

/// One has ended, and a place still has something of it or does not answer.
pub fn end_unfinished(patient: Option<&str>, enrolment: &str, language: Language) -> String {
    let number = short(enrolment);
    let patient = patient.map(safe).unwrap_or_else(|| language.pick("（台帳にない）", "(not known here)").into());
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
