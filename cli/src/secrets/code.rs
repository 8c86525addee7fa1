//! A new recovery code on the screen: once, on stderr, where no redirected output takes it along.

use crate::failure::Failure;
use crate::out::Out;
use crate::words::errors;
use mykarte::package::holds_keys;
use mykarte::vault::{RecoveryCode, Vault};

/// Shows a code that is durable in the file by now. Where it is kept depends on what the file holds.
pub fn show(code: &RecoveryCode, vault: &Vault, out: &Out) -> Result<(), Failure> {
    let text = code.dangerous_text();
    let keep = match holds_keys(vault) {
        Ok(true) => out.pick(
            "紙に書き写し、鍵の媒体とは別の場所（金庫など）に保管してください。",
            "Write it on paper and keep it apart from the media with the keys, in a safe.",
        ),
        _ => out.pick(
            "紙に書き写し、端末とは別の場所に保管してください。",
            "Write it on paper and keep it apart from the device.",
        ),
    };
    let told = out.reveal(&[
        out.pick("復旧コード（表示するのは今回だけです）:", "Recovery code (shown this once only):"),
        "",
        // Not through a line of ours: nothing of it is kept.
        &text,
        "",
        keep,
    ]);
    told.map_err(|_| Failure::Refused(errors::code_not_shown(out.language).to_string()))
}
