//! What is said about secrets: where to give them, how long to wait, what they cannot do.

use super::vault::seconds;
use crate::secrets::Line;
use mykarte::record::labels::Language;
use std::time::Duration;

/// Wrong passcodes before this one: it is tried after a wait. `by_code`: a recovery code could be given instead.
pub fn waiting(wait: Duration, by_code: bool, language: Language) -> String {
    let seconds = seconds(wait);
    let (ja, en) = match by_code {
        true => (
            "（復旧コードなら --recovery-code-stdin ですぐ開けます）",
            " (the recovery code opens at once: --recovery-code-stdin)",
        ),
        false => ("", ""),
    };
    match language {
        Language::Ja => format!("パスコードの間違いが続いたため、{seconds} 秒待ってから試します{ja}。"),
        Language::En => format!("wrong passcodes before this one: it is tried in {seconds} seconds{en}."),
    }
}

/// A line of stdin that is not there.
pub fn no_line(line: Line, language: Language) -> &'static str {
    let (ja, en) = match line {
        Line::Passcode => (
            "標準入力にパスコードがありません。1行目にパスコードを渡してください。",
            "there is no passcode on stdin; give it as the first line.",
        ),
        Line::RecoveryCode => (
            "標準入力に復旧コードがありません。1行目に復旧コードを渡してください。",
            "there is no recovery code on stdin; give it as the first line.",
        ),
        Line::NewPasscode => (
            "標準入力に新しいパスコードがありません。2行目に渡してください（何も変えていません）。",
            "there is no new passcode on stdin; give it as the second line (nothing was changed).",
        ),
        Line::Root => (
            "標準入力にルート鍵のパスコードがありません。1行目に渡してください。",
            "there is no passcode of the root key on stdin; give it as the first line.",
        ),
        Line::Signing => (
            "標準入力に署名鍵のパスコードがありません。1行目に渡してください。",
            "there is no passcode of the signing keys on stdin; give it as the first line.",
        ),
        Line::SigningAfterRoot => (
            "標準入力に署名鍵のパスコードがありません。2行目に渡してください（1行目はルート鍵）。",
            "there is no passcode of the signing keys on stdin; give it as the second line (the first is the root key's).",
        ),
    };
    language.pick(ja, en)
}

/// Somebody pressed Ctrl-C.
pub fn stopped(language: Language) -> &'static str {
    language.pick("中止しました。何も書き込んでいません。", "stopped; nothing was written.")
}

/// Nobody can be asked.
pub fn no_terminal(language: Language) -> &'static str {
    language.pick(
        "パスコードを入力する端末がありません。--passcode-stdin で渡してください。",
        "there is no terminal to type the passcode on; use --passcode-stdin.",
    )
}

/// Typed twice, and not the same.
pub fn two_passcodes_differ(language: Language) -> &'static str {
    language.pick("2度の入力が違います。はじめから入力してください。", "the two do not agree; start again.")
}

/// The code is in the file, and nobody has seen it.
pub fn code_not_shown(language: Language) -> &'static str {
    language.pick(
        "復旧コードを表示できませんでした。recovery-code new で作り直してください。",
        "the recovery code could not be shown; make another with `recovery-code new`.",
    )
}

/// A vault that an app on a phone made: its passcode is half of what opens it.
pub fn device_only(language: Language) -> &'static str {
    language.pick(
        "パスコードのほかに端末の秘密も要るファイルです。パスコードと鍵は、作成した端末のアプリで変えてください。",
        "its passcode works with a secret of the device only; change passcode and keys in the app that made it.",
    )
}

/// A new vault has no recovery code yet.
pub fn no_vault_yet(language: Language) -> &'static str {
    language.pick(
        "新しいファイルにはまだ復旧コードがありません。--passcode-stdin か端末でパスコードを決めてください。",
        "a new file has no recovery code yet; choose its passcode with --passcode-stdin or on a terminal.",
    )
}
