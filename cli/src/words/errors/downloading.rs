//! Why nothing is fetched, and why a ticket is not taken.

use super::receiving;
use mykarte::download::{DownloadError, HttpError};
use mykarte::record::labels::Language;
use mykarte::vault::ticket::TicketError;
use std::path::Path;

/// Why something is not fetched, or an enrolment not begun.
pub fn downloading(error: &DownloadError, vault: &Path, language: Language) -> String {
    use DownloadError as E;
    let (ja, en) = match error {
        E::Receive(error) => return receiving(error, vault, language),
        E::Ticket(error) => return ticket(error, language).to_string(),
        E::Http(error) => return network(*error, language).to_string(),
        E::WrongBirthDate { remaining } => return wrong_birth_date(*remaining, language),
        E::NotAsAnnounced { .. } => (
            "届いたものが、配信サーバーの知らせたパッケージと違います。もう一度試し、同じなら病院に知らせてください。",
            "what came is not the package that the publisher announced; try again, and tell the hospital if it stays so.",
        ),
        E::InsecureAddress => (
            "登録票の配信先が https ではありません。窓口で登録票を作り直してもらってください。",
            "the ticket's address is not https; ask the counter for another ticket.",
        ),
        E::NoDate => {
            ("生年月日を日付として読めません。もう一度入力してください。", "the birth date is no date; type it again.")
        }
        E::TicketUnknown => (
            "この登録票は使えません（配信サーバーが知らない登録票です）。窓口で新しい登録票をもらってください。",
            "the publisher knows no such ticket; ask the counter for a new one.",
        ),
        E::TicketExpired => (
            "登録票の期限が切れています。窓口で新しい登録票をもらってください。",
            "the ticket has expired; ask the counter for a new one.",
        ),
        E::TicketUsed => (
            "登録票は使われています。はじめと同じ生年月日でもう一度試すか、窓口で新しい登録票をもらってください。",
            "the ticket was used already; type the birth date as the first time, or ask the counter for a new one.",
        ),
        E::TicketLocked => (
            "生年月日の誤りが続いたため、この登録票は使えなくなりました。窓口で新しい登録票をもらってください。",
            "too many wrong birth dates; ask the counter for a new ticket.",
        ),
        E::TicketCancelled => (
            "窓口が登録票を取り消しました。新しい登録票をもらってください。",
            "the counter took the ticket back; ask for a new one.",
        ),
        E::NoPublisher => (
            "この登録には配信サーバーがありません。パッケージは receive でファイルから受け取ってください。",
            "this enrolment has no publisher; take its packages as files with `receive`.",
        ),
        E::TokenRefused => (
            "配信サーバーはこの端末を知りません（バックアップから戻した端末でもこうなります）。病院で登録し直してください。記録はそのままです。",
            "the publisher does not know this device any more (so it is after a restore, too); enrol again at the hospital. The record stays.",
        ),
        E::Ended => (
            "この登録は終わっています。新しい記録は届きません（記録はそのままです）。enrol --end で片付けられます。",
            "the enrolment has ended; nothing more comes for it, and the record stays. `enrol --end` clears it away.",
        ),
        E::TryLater => (
            "配信サーバーがいま応じられません。しばらくしてからもう一度試してください。",
            "the publisher cannot answer now; try later.",
        ),
        E::NotAPublisher { .. } => (
            "配信サーバーのものではない応答です。ログインの要る無線 LAN でないか確かめ、続くなら病院に知らせてください。",
            "this answer is no publisher's; check whether the network wants a login, and tell the hospital if it stays so.",
        ),
        E::TooLarge => (
            "配信サーバーが、パッケージの限度より大きいものを送ってきました。受け取っていません。病院に知らせてください。",
            "the publisher sends more than any package may have; nothing was taken. Tell the hospital.",
        ),
        E::Changing => (
            "受け取る間にパッケージが何度も変わりました。しばらくしてからもう一度試してください。",
            "the package changed while it was fetched; try later.",
        ),
        E::OtherEnrolment => (
            "別の登録のパッケージが届きました。受け取っていません。病院に知らせてください。",
            "the publisher sent a package of another enrolment; nothing was taken. Tell the hospital.",
        ),
        E::Cancelled => ("中止しました。何も変えていません。", "stopped; nothing was changed."),
        E::Locked => (
            "途中で保管ファイルが閉じられました。開いてもう一度試してください。",
            "the vault was locked meanwhile; open it and try again.",
        ),
        // What is refused for another reason, today or by a later version.
        _ => (
            "配信サーバーに断られました。プログラムを更新するか、病院に問い合わせてください。",
            "the publisher refused the call; update the program, or ask the hospital.",
        ),
    };
    language.pick(ja, en).to_string()
}

fn wrong_birth_date(remaining: Option<u32>, language: Language) -> String {
    match (remaining, language) {
        (Some(0), Language::Ja) => {
            "生年月日が病院の記録と違います。もう試せません。窓口で新しい登録票をもらってください。".into()
        }
        (Some(0), Language::En) => {
            "the birth date is not the one in the hospital's records, and no try is left; ask the counter for a new ticket.".into()
        }
        (Some(n), Language::Ja) => format!("生年月日が病院の記録と違います。あと{n}回試せます。"),
        (Some(n), Language::En) => {
            format!("the birth date is not the one in the hospital's records; {} left.", super::super::record::plural(n as usize, "try"))
        }
        (None, Language::Ja) => "生年月日が病院の記録と違います。もう一度入力してください。".into(),
        (None, Language::En) => "the birth date is not the one in the hospital's records; type it again.".into(),
    }
}

fn ticket(error: &TicketError, language: Language) -> &'static str {
    match error {
        TicketError::NewerFormat { .. } => language.pick(
            "新しい形式の登録票です。プログラムを更新してください。",
            "the ticket is of a newer format; update the program.",
        ),
        TicketError::OtherNonce => language.pick(
            "病院の示した確認番号が、登録票で決められたものと違います。通信に割り込まれているおそれがあります。確認せず、窓口に知らせてください。",
            "the number that the hospital showed is not the one fixed on the ticket: somebody may stand in between. Do not confirm, tell the counter.",
        ),
        _ => not_a_ticket(language),
    }
}

fn network(error: HttpError, language: Language) -> &'static str {
    let (ja, en) = match error {
        HttpError::Unreachable => (
            "配信サーバーにつながりません。ネットワークを確かめて、もう一度試してください。",
            "the publisher cannot be reached; check the network and try again.",
        ),
        HttpError::Untrusted => (
            "配信サーバーの証明書を信頼できません。何も送っていません。別のネットワークで試すか、病院に確かめてください（院内の認証局は --ca）。",
            "the publisher's certificate is not trusted, and nothing was sent; use another network, or ask the hospital (--ca for its own authority).",
        ),
        HttpError::TimedOut => {
            ("配信サーバーの応答がありません。もう一度試してください。", "the publisher does not answer; try again.")
        }
        HttpError::Broken => ("通信が途中で切れました。もう一度試してください。", "the connection broke; try again."),
    };
    language.pick(ja, en)
}

/// Neither a ticket nor a file.
pub fn not_a_ticket(language: Language) -> &'static str {
    language.pick(
        "登録票として読めません。QR コード全体の画像（PNG）か、MYKARTE1: で始まる文字列の全部を指定してください。",
        "this is no ticket; give a picture of the whole QR code (PNG), or all of the text that begins with MYKARTE1:.",
    )
}

/// A picture without one.
pub fn no_code(language: Language) -> &'static str {
    language.pick(
        "画像から QR コードを読み取れません。明るく、全体が写るように撮り直してください。",
        "no QR code can be read from the picture; take it again, in good light and with the whole code.",
    )
}

/// A file of certificates that holds none.
pub fn no_certificate(language: Language) -> &'static str {
    language.pick(
        "証明書がありません。認証局の PEM ファイルを指定してください。",
        "there is no certificate in it; give the PEM file of a certificate authority.",
    )
}

/// Nobody to ask for the birth date.
pub fn no_birth_date(language: Language) -> &'static str {
    language.pick(
        "生年月日を入力する端末がありません。--birth-date を付けてください。",
        "there is no terminal to type the birth date on; add --birth-date.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_sentence_of_its_own_with_a_next_step() {
        use DownloadError as E;
        let all = || {
            vec![
                E::Ticket(TicketError::NotATicket),
                E::Ticket(TicketError::NewerFormat { format: 2 }),
                E::Ticket(TicketError::OtherNonce),
                E::Http(HttpError::Unreachable),
                E::Http(HttpError::Untrusted),
                E::Http(HttpError::TimedOut),
                E::Http(HttpError::Broken),
                E::InsecureAddress,
                E::NoDate,
                E::TicketUnknown,
                E::TicketExpired,
                E::TicketUsed,
                E::TicketLocked,
                E::TicketCancelled,
                E::WrongBirthDate { remaining: Some(0) },
                E::WrongBirthDate { remaining: Some(1) },
                E::WrongBirthDate { remaining: None },
                E::NoPublisher,
                E::TokenRefused,
                E::Ended,
                E::TryLater,
                E::NotAPublisher { what: "x" },
                E::Refused { status: 418 },
                E::TooLarge,
                E::Changing,
                E::NotAsAnnounced { what: "hash" },
                E::OtherEnrolment,
                E::Cancelled,
                E::Locked,
            ]
        };
        for language in [Language::Ja, Language::En] {
            let mut texts: Vec<String> = all().iter().map(|e| downloading(e, Path::new("v"), language)).collect();
            for text in &texts {
                assert!(text.ends_with(['。', '.']) && !text.contains('\n') && !text.contains('{'), "{text}");
            }
            let count = texts.len();
            texts.sort();
            texts.dedup();
            assert_eq!(texts.len(), count, "two causes, one sentence");
        }
    }
}
