//! A new passcode: typed twice, not weak, and a word of warning when it is short.

use super::ask::{self, Line};
use crate::failure::Failure;
use crate::out::Out;
use crate::words::errors;
use mykarte::vault::{Passcode, VaultError};

/// Characters below which a copied file is soon opened by trying: this vault has no installation secret.
const ADVISED: usize = 12;

/// The passcode a vault shall have from now on.
pub struct New {
    /// The passcode itself.
    pub passcode: Passcode,
    short: bool,
}

impl New {
    /// Says so when the passcode is short.
    pub fn warn_if_short(&self, out: &Out) {
        if self.short {
            out.warn(out.pick(
                "パスコードが12文字未満です。ファイルが複製されると総当たりで開かれるおそれがあります。",
                "the passcode has fewer than 12 characters; whoever copies the file may open it by trying.",
            ));
        }
    }
}

/// Asks for it twice, and again after a weak one or a slip.
pub fn twice(line: Line, out: &Out) -> Result<New, Failure> {
    let (ja, en) = match line {
        Line::Root => ("ルート鍵の新しいパスコード", "New passcode of the root key"),
        Line::Signing | Line::SigningAfterRoot => ("署名鍵の新しいパスコード", "New passcode of the signing keys"),
        Line::Passcode | Line::RecoveryCode | Line::NewPasscode => ("新しいパスコード", "New passcode"),
    };
    let advice = out.pick("（12文字以上を推奨）: ", " (12 characters or more advised): ");
    let text = format!("{}{advice}", out.pick(ja, en));
    loop {
        let first = ask::hidden(out, &text)?;
        let new = match check(&first, out) {
            Ok(new) => new,
            Err(why) => {
                out.error(&why);
                continue;
            }
        };
        if *first == *ask::hidden(out, out.pick("もう一度: ", "Once more: "))? {
            return Ok(new);
        }
        out.error(errors::two_passcodes_differ(out.language));
    }
}

/// As it was given, unless it is weak.
pub fn read(text: &str, out: &Out) -> Result<New, Failure> {
    check(text, out).map_err(Failure::Refused)
}

fn check(text: &str, out: &Out) -> Result<New, String> {
    let refused = |error: VaultError| errors::vault(&error, out.language);
    let passcode = Passcode::new(text.as_bytes()).map_err(refused)?;
    passcode.check_strength().map_err(refused)?;
    Ok(New { passcode, short: text.chars().count() < ADVISED })
}
