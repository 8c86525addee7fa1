//! Words of `issue` and `list`: who has what, and what came of a run.

use super::short;
use crate::print::line::safe;
use mykarte::record::labels::Language;
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::admission::Receiver;
use mykarte_issuer::issue::Outcome;
use mykarte_issuer::model::{End, Enrolled};

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
