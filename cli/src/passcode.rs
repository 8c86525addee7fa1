//! The passcode: by hidden prompt, or one line of stdin. Never an argument or
//! an environment variable, which other programs can see.

use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::words::errors;
use mykarte::vault::{Passcode, VaultError};
use std::io::{BufRead, ErrorKind, Read};
use zeroize::Zeroizing;

/// No passcode is longer; a file sent to stdin by mistake is not read to its end.
const LONGEST: u64 = 4096;

/// Where the passcode comes from.
pub struct Source {
    /// `--passcode-stdin`.
    pub stdin: bool,
}

impl Source {
    /// The passcode of a vault that exists.
    pub fn open(&self, out: &Out) -> Result<Passcode, Failure> {
        let text = match self.stdin {
            true => line_of_stdin(out)?,
            false => prompt(out, out.pick("パスコード: ", "Passcode: "))?,
        };
        Ok(read(&text, out)?.0)
    }

    /// The passcode of a vault that will be made: typed twice, not weak.
    pub fn make(&self, out: &Out) -> Result<New, Failure> {
        if self.stdin {
            return strong(read(&line_of_stdin(out)?, out)?, out);
        }
        let first = prompt(out, out.pick("新しいパスコード（12文字以上を推奨）: ", "New passcode (12 or more): "))?;
        let new = strong(read(&first, out)?, out)?;
        let again = prompt(out, out.pick("もう一度: ", "Once more: "))?;
        if *first != *again {
            let (ja, en) = ("2度の入力が違います。もう一度やり直してください。", "the two do not agree; start again.");
            return Err(Failure::Refused(out.pick(ja, en).to_string()));
        }
        Ok(new)
    }
}

/// The passcode of a new vault.
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

/// Characters below which a copied file is soon opened by trying: this vault has no installation secret.
const ADVISED: usize = 12;

fn read(text: &str, out: &Out) -> Result<(Passcode, usize), Failure> {
    let passcode = Passcode::new(text.as_bytes()).map_err(|e| refused(&e, out))?;
    Ok((passcode, text.chars().count()))
}

fn strong((passcode, length): (Passcode, usize), out: &Out) -> Result<New, Failure> {
    passcode.check_strength().map_err(|e| refused(&e, out))?;
    Ok(New { passcode, short: length < ADVISED })
}

fn refused(error: &VaultError, out: &Out) -> Failure {
    Failure::Refused(errors::vault(error, out.language))
}

fn line_of_stdin(out: &Out) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST as usize + 1));
    let mut limited = std::io::stdin().lock().take(LONGEST);
    let read = limited.read_until(b'\n', &mut bytes);
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if read.is_err() || line.is_empty() {
        let (ja, en) = (
            "標準入力にパスコードがありません。1行目にパスコードを渡してください。",
            "there is no passcode on stdin; give it as the first line.",
        );
        return Err(Failure::Refused(out.pick(ja, en).to_string()));
    }
    let text = std::str::from_utf8(line).map_err(|_| refused(&VaultError::PasscodeNotText, out))?;
    Ok(Zeroizing::new(text.to_string()))
}

fn prompt(out: &Out, text: &str) -> Result<Zeroizing<String>, Failure> {
    let kept = Keep::new();
    let typed = rpassword::prompt_password(text);
    drop(kept);
    match typed {
        Ok(typed) => Ok(Zeroizing::new(typed)),
        Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::UnexpectedEof) => {
            let (ja, en) = ("中止しました。何も書き込んでいません。", "stopped; nothing was written.");
            Err(Failure::Refused(out.pick(ja, en).to_string()))
        }
        Err(_) => {
            let (ja, en) = (
                "パスコードを入力する端末がありません。--passcode-stdin で渡してください。",
                "there is no terminal to type the passcode on; use --passcode-stdin.",
            );
            Err(Failure::Refused(out.pick(ja, en).to_string()))
        }
    }
}
