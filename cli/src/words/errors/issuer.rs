//! Why the counter or the issuer cannot go on.

use super::state::state;
use super::{Asked, import, issuing, keys};
use crate::print::line::safe;
use mykarte::package::{IssueError, KeysError};
use mykarte::record::labels::Language;
use mykarte_issuer::admission::AdmissionError;
use mykarte_issuer::counter::CounterError;
use mykarte_issuer::error::{IssuerError, NotIssued};
use mykarte_issuer::link::LinkError;
use mykarte_issuer::paper::PaperError;
use mykarte_issuer::settings::SettingsError;
use mykarte_wire::problem::Kind;
use std::path::{Path, PathBuf};

/// The settings.
pub fn settings(error: &SettingsError, language: Language) -> String {
    let (ja, en) = match error {
        SettingsError::Unreadable { path, detail } => (
            format!(
                "{}: 読めません（{detail}）。--settings で指定するか、mykarte-issuer init で作ってください。",
                path.display()
            ),
            format!(
                "{}: cannot be read ({detail}); name it with --settings, or make it with mykarte-issuer init.",
                path.display()
            ),
        ),
        SettingsError::Malformed { path, detail } => (
            format!("{}: 設定が正しくありません。{detail}", path.display()),
            format!("{}: the settings are not right. {detail}", path.display()),
        ),
        SettingsError::NoToken { path } => (
            format!(
                "{}: 配信サーバーとの合言葉（link.token）ではありません。バックアップから戻すか、link new-token で作り直してください。",
                path.display()
            ),
            format!(
                "{}: this is no token of the link; bring it back from a copy, or make a new one with link new-token.",
                path.display()
            ),
        ),
        SettingsError::OpenToken { path } => (
            format!(
                "{}: ほかの利用者も読める状態です。chmod 600 で直し、読まれたおそれがあれば link new-token で替えてください。",
                path.display()
            ),
            format!(
                "{}: others can read this secret; chmod 600, and make a new one with link new-token if somebody did.",
                path.display()
            ),
        ),
        other => (other.to_string(), other.to_string()),
    };
    language.pick(&ja, &en).trim_end().to_owned()
}

/// The publisher.
pub fn link(error: &LinkError, language: Language) -> String {
    let (ja, en): (String, String) = match error {
        LinkError::Address => (
            "配信サーバーのアドレスは https:// で始まるものにしてください（試験で同じ機械に置くときだけ http://127.0.0.1 と --dangerous-single-host）。".into(),
            "the publisher's address has to begin with https:// (for a trial on one machine: http://127.0.0.1 and --dangerous-single-host).".into(),
        ),
        LinkError::NotPlain => (
            "配信サーバーのアドレスに利用者名（@）・? ・# は使えません。https://ホスト または https://ホスト/パス にしてください。".into(),
            "the publisher's address has no user name (@), query (?) or fragment (#): https://host or https://host/path.".into(),
        ),
        LinkError::Roots => ("ca の証明書を読めません（PEM 形式です）。".into(), "the certificate of `ca` cannot be read (PEM).".into()),
        LinkError::Unreachable { detail } => (
            format!("配信サーバーにつながりません（{}）。アドレス・ネットワーク・証明書を確かめてください。", safe(detail)),
            format!("the publisher does not answer ({}); check address, network and certificate.", safe(detail)),
        ),
        LinkError::Refused(problem) => return refused(problem.kind(), &problem.title, language),
        LinkError::NotAPublisher { status } => (
            format!("そのアドレスで答えたのは配信サーバーのプログラムではありません（{status}）。アドレスを確かめてください。"),
            format!("what answers at that address is no publisher ({status}); check the address."),
        ),
        LinkError::Endless { most } => (
            format!("配信サーバーが {most}件を超える登録を名乗っています。これほどの病院はありません。配信サーバーの台帳と、侵入されていないかを調べてください。"),
            error.to_string(),
        ),
        other => (other.to_string(), other.to_string()),
    };
    language.pick(&ja, &en).to_owned()
}

fn refused(kind: Kind, title: &str, language: Language) -> String {
    let (ja, en) = match kind {
        Kind::Token => (
            "配信サーバーが合言葉を認めません。publisher.toml の link_token_hash を確かめてください。",
            "the publisher does not know the link's token; check link_token_hash in publisher.toml.",
        ),
        Kind::Conflict => (
            "配信サーバーにあるものと食い違います。鍵リストが古くないか確かめてください（鍵のフォルダが古い複製のおそれがあります。手引きの6章「鍵リストが食い違うとき」）。",
            "this contradicts what the publisher has; the folder of keys may be an old copy (the guide, chapter 6).",
        ),
        Kind::Unavailable => (
            "配信サーバーの台帳か保存先が答えません。配信サーバーの管理者に知らせてください。",
            "the publisher's database or copies do not answer; tell whoever runs it.",
        ),
        Kind::StaleKey => (
            "端末の鍵が新しくなりました。もう一度 issue を実行してください。",
            "the device has a newer key; run `issue` again.",
        ),
        _ => {
            return format!(
                "{}{}",
                language.pick("配信サーバーが断りました: ", "the publisher refuses: "),
                safe(title)
            );
        }
    };
    language.pick(ja, en).to_owned()
}

/// The counter.
pub fn counter(error: &CounterError, language: Language) -> String {
    let (ja, en) = match error {
        CounterError::Admission(error) => return admission(*error, language).to_owned(),
        CounterError::Link(error) => return link(error, language),
        CounterError::State(error) => return state(error, language),
        CounterError::NoBirthDate => (
            "ストレージに日まで分かる生年月日がありません。病院のシステムで直してから登録してください。",
            "the storage has no birth date that is exact to the day; correct it in the hospital's system first.",
        ),
        CounterError::NoSuchTicket => ("その登録票番号はありません。", "no such ticket was printed here."),
        CounterError::Cancelled => {
            ("この登録票は取り消し済みです。新しく作ってください。", "the ticket was taken back; print a new one.")
        }
        CounterError::Confirmed => (
            "この登録票の登録は確認済みです。取り消すには withdraw で撤回してください。",
            "the ticket has become an enrolment; to undo it, withdraw.",
        ),
        CounterError::ConfirmedThere => return confirmed_there(language).to_owned(),
        CounterError::NotCompared => (
            "まだ確認番号を見くらべていません。confirm をもう一度実行してください。",
            "no digits were compared yet; run confirm again.",
        ),
        CounterError::Forged => (
            "配信サーバーから届いた申込みが、この登録票で作られたものではありません。登録票を取り消し、管理者に知らせてください。",
            "what came from the publisher was not made with this ticket; take it back and tell the administrator.",
        ),
        other => {
            let text = safe(&other.to_string());
            return format!("{}{text}", language.pick("登録票を作れません: ", "no ticket can be made: "));
        }
    };
    language.pick(ja, en).to_owned()
}

/// The publisher has a confirmation that is not known here.
fn confirmed_there(language: Language) -> &'static str {
    language.pick(
        "配信サーバーではこの登録票の登録が確認済みですが、発行側の台帳にはありません（台帳を確認より前のバックアップから戻したときに起こります）。withdraw --unknown でその登録を終わらせ、新しい登録票で登録し直してください（手引きの7章）。",
        "at the publisher the enrolment of this ticket is confirmed, and this database does not know of it, as after it was restored from a backup that is older. End it with withdraw --unknown, and enrol again with a new ticket (the guide, chapter 7).",
    )
}

fn admission(error: AdmissionError, language: Language) -> &'static str {
    let (ja, en) = match error {
        AdmissionError::Staff => ("職員IDがありません（--staff）。", "the staff id is missing (--staff)."),
        AdmissionError::Consent => {
            ("同意文の版がありません（--consent）。", "the version of the consent text is missing (--consent).")
        }
        AdmissionError::Relation => ("続柄がありません（--proxy）。", "the proxy's relation is missing (--proxy)."),
        AdmissionError::Over => ("代理の期限（--until）が過ぎています。", "the proxy's last day (--until) has passed."),
        _ => ("200文字より長い項目があります。短くしてください。", "a text is longer than 200 characters; shorten it."),
    };
    language.pick(ja, en)
}

/// The sheet.
pub fn paper(error: &PaperError, language: Language) -> String {
    match error {
        PaperError::NoFont => language
            .pick(
                "日本語のフォントがありません。apt install fonts-ipafont-gothic を実行するか、--font FILE で指定してください。",
                "there is no Japanese font; apt install fonts-ipafont-gothic, or name one with --font FILE.",
            )
            .to_owned(),
        other => format!("{}{other}{}", language.pick("登録票を作れません（", "no sheet can be made: "), language.pick("）。", ".")),
    }
}

/// A page for a browser in its place.
pub fn no_pdf(error: &PaperError, language: Language) -> String {
    let after = language.pick(
        " 代わりに HTML を作りました（ブラウザーで A4 に印刷できます）。",
        " An HTML page was made instead; a browser prints it on A4.",
    );
    format!("{}{after}", paper(error, language))
}

/// A storage that is not there.
pub fn no_storage(path: &Path, language: Language) -> String {
    format!("{}: {}", path.display(), language.pick("ストレージのフォルダがありません。", "there is no such storage."))
}

/// Why nothing could begin.
pub fn issuer(error: &IssuerError, language: Language) -> String {
    match error {
        IssuerError::Link(error) => link(error, language),
        IssuerError::State(error) => state(error, language),
        IssuerError::Keys(error) => keys(error, Path::new("issuer.mykarte-keys"), language),
        IssuerError::Import(error) => {
            import(error, &Asked { storages: &[], patient: "", vault: Path::new("") }, language)
        }
        IssuerError::NobodyEnrolled => super::super::issuer::nobody(language).to_owned(),
        IssuerError::NoSuchEnrolment => super::super::issuer::which_enrolment(language).to_owned(),
        IssuerError::ConfirmedThere => confirmed_there(language).to_owned(),
        other => other.to_string(),
    }
}

/// Why one could not be issued.
pub fn not_issued(why: &NotIssued, patient: &str, storages: &[PathBuf], language: Language) -> String {
    let asked = Asked { storages, patient, vault: Path::new("") };
    let text = match why {
        NotIssued::Issue(IssueError::Import(error)) => import(error, &asked, language),
        NotIssued::Issue(error) => issuing(error, &asked, language),
        NotIssued::Keys(KeysError::StaleOffer) => language
            .pick(
                "配信サーバーから届いた端末の鍵が、前に使ったものより古いか、別の端末のものです（配信サーバーか端末をバックアップから戻すとこうなります）。withdraw --enrolment で終えて、登録し直してください。",
                "the device's key that the publisher has is older than one that was used, or another device's, as after publisher or device were restored from a backup: end it with withdraw --enrolment, and enrol again.",
            )
            .to_owned(),
        NotIssued::Keys(error) => keys(error, Path::new("issuer.mykarte-keys"), language),
        NotIssued::Link(error) => link(error, language),
        NotIssued::State(error) => state(error, language),
        NotIssued::OtherBirthDate => language
            .pick(
                "ストレージの生年月日が登録のときと違います。別の人の番号になっていないか、窓口で確かめてください。",
                "the storage has another birth date than at the counter; make sure that the id is still this person's.",
            )
            .to_owned(),
        NotIssued::Withdrawn => language
            .pick("発行の途中で撤回されました。発行していません。", "withdrawn meanwhile; nothing was issued.")
            .to_owned(),
        NotIssued::Unknown => language
            .pick(
                "配信サーバーがこの登録を知りません。withdraw してから登録し直してください。",
                "the publisher does not know this enrolment; withdraw it and enrol again.",
            )
            .to_owned(),
        NotIssued::EndedThere => language
            .pick(
                "配信サーバーではこの登録は終わっていますが、発行側の台帳では続いていて、端末で終えた証拠もありません。撤回したあとで発行側の台帳をバックアップから戻したのなら、もう一度 withdraw してください。心当たりがなければ患者さんに確かめ、受け取りを続ける方なら withdraw してから登録し直します。",
                "at the publisher this enrolment has ended; here it goes on, and nothing shows that its device ended it. If it was withdrawn before this database was restored from a backup, withdraw it once more. Else ask the patient; who wants to go on is withdrawn and enrolled again.",
            )
            .to_owned(),
        NotIssued::ForeignKey => language
            .pick(
                "配信サーバーから届いた鍵が、この端末のものではありません。発行していません。管理者に知らせてください。",
                "the publisher brought a key that is not this device's; nothing was issued. Tell the administrator.",
            )
            .to_owned(),
        _ => language
            .pick("中止しました。もう一度実行すると続きから発行します。", "stopped; run it again to go on.")
            .to_owned(),
    };
    format!("{}{}: {text}", language.pick("患者 ", "patient "), safe(patient))
}

/// Why a withdrawal did not go through.
pub fn withdrawing(error: &IssuerError, language: Language) -> String {
    match error {
        IssuerError::NobodyEnrolled | IssuerError::NoSuchEnrolment | IssuerError::ConfirmedThere => {
            issuer(error, language)
        }
        error => {
            let after = language.pick(
                " 発行は止まっています。つながったら、もう一度 withdraw を実行してください。",
                " Nothing more is issued; withdraw again when it can be reached.",
            );
            format!("{}{after}", issuer(error, language))
        }
    }
}
