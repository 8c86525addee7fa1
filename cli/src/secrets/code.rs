//! A new recovery code on the screen: once, on stderr, where no redirected output takes it along.

use crate::failure::Failure;
use crate::out::Out;
use crate::words::errors;
use mykarte::vault::RecoveryCode;

/// Shows a code that is durable in the file by now.
pub fn show(code: &RecoveryCode, out: &Out) -> Result<(), Failure> {
    let text = code.dangerous_text();
    let told = out.reveal(&[
        out.pick("復旧コード（表示するのは今回だけです）:", "Recovery code (shown this once only):"),
        "",
        // Not through a line of ours: nothing of it is kept.
        &text,
        "",
        out.pick(
            "紙に書き写し、端末とは別の場所に保管してください。",
            "Write it on paper and keep it apart from the device.",
        ),
    ]);
    told.map_err(|_| Failure::Refused(errors::code_not_shown(out.language).to_string()))
}
