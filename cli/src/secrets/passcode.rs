//! A new passcode: typed twice, not weak, and a word of warning when it is short.

use super::ask;
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

/// Asks for it twice.
pub fn twice(out: &Out) -> Result<New, Failure> {
    let text = out.pick("新しいパスコード（12文字以上を推奨）: ", "New passcode (12 or more): ");
    let first = ask::hidden(out, text)?;
    let new = read(&first, out)?;
    let again = ask::hidden(out, out.pick("もう一度: ", "Once more: "))?;
    if *first != *again {
        return Err(Failure::Refused(errors::two_passcodes_differ(out.language).to_string()));
    }
    Ok(new)
}

/// As it was given, unless it is weak.
pub fn read(text: &str, out: &Out) -> Result<New, Failure> {
    let refused = |error: VaultError| Failure::Refused(errors::vault(&error, out.language));
    let passcode = Passcode::new(text.as_bytes()).map_err(refused)?;
    passcode.check_strength().map_err(refused)?;
    Ok(New { passcode, short: text.chars().count() < ADVISED })
}
