//! One secret: typed at a hidden prompt, or one line of stdin.

use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::words::errors;
use mykarte::vault::VaultError;
use std::fs::File;
use std::io::{ErrorKind, Read};
use zeroize::Zeroizing;

/// No secret is longer; a file sent to stdin by mistake is not read to its end.
const LONGEST: usize = 4096;

/// What a line of stdin holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// The first: what opens the vault.
    Passcode,
    /// The first: what opens the vault without it.
    RecoveryCode,
    /// The second: the passcode from now on.
    NewPasscode,
    /// The first: what opens the file of a root key.
    Root,
    /// The first: what opens the file of signing keys.
    Signing,
    /// The second: the same, where the root key's comes first.
    SigningAfterRoot,
}

impl Line {
    /// Whether it opens a file of keys, which takes a passcode alone.
    pub fn is_of_keys(self) -> bool {
        matches!(self, Line::Root | Line::Signing | Line::SigningAfterRoot)
    }
}

/// What opens a vault. An empty line on a terminal is no try: somebody pressed Enter while waiting.
pub fn secret(line: Line, stdin: bool, out: &Out) -> Result<Zeroizing<String>, Failure> {
    if stdin {
        return line_of_stdin(line, out);
    }
    loop {
        let typed = match line {
            // 27 characters, and only their check character tells a slip: stars show how many there are.
            Line::RecoveryCode => prompt(out, out.pick("復旧コード: ", "Recovery code: "), Some('*'))?,
            Line::Root => hidden(out, out.pick("ルート鍵のパスコード: ", "Passcode of the root key: "))?,
            Line::Signing | Line::SigningAfterRoot => {
                hidden(out, out.pick("署名鍵のパスコード: ", "Passcode of the signing keys: "))?
            }
            Line::Passcode | Line::NewPasscode => hidden(out, out.pick("パスコード: ", "Passcode: "))?,
        };
        if !typed.is_empty() {
            return Ok(typed);
        }
    }
}

/// The next line of stdin.
pub fn line_of_stdin(line: Line, out: &Out) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let read = read_line(&mut bytes);
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    // What is longer is no secret, and its rest must not pass for the next line.
    if read.is_err() || text.is_empty() || text.len() == LONGEST {
        return Err(Failure::Refused(errors::no_line(line, out.language).to_string()));
    }
    let not_text = |_| Failure::Refused(errors::vault(&VaultError::PasscodeNotText, out.language));
    Ok(Zeroizing::new(std::str::from_utf8(text).map_err(not_text)?.to_string()))
}

/// A line and its end, byte by byte: the standard library keeps what it reads of stdin in a buffer that nobody wipes.
fn read_line(line: &mut Vec<u8>) -> std::io::Result<()> {
    #[cfg(unix)]
    let mut stdin = File::from(std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned()?);
    #[cfg(windows)]
    let mut stdin = File::from(std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned()?);
    let mut byte = Zeroizing::new([0]);
    while line.len() < LONGEST && !line.ends_with(b"\n") {
        match stdin.read(byte.as_mut_slice()) {
            Ok(0) => break,
            Ok(_) => line.extend_from_slice(byte.as_slice()),
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Asks without showing anything.
pub fn hidden(out: &Out, text: &str) -> Result<Zeroizing<String>, Failure> {
    prompt(out, text, None)
}

fn prompt(out: &Out, text: &str, mask: Option<char>) -> Result<Zeroizing<String>, Failure> {
    let config = rpassword::ConfigBuilder::new();
    let config = match mask {
        Some(mask) => config.password_feedback_mask(mask),
        None => config,
    };
    let kept = Keep::new();
    let typed = rpassword::prompt_password_with_config(text, config.build());
    drop(kept);
    match typed {
        Ok(typed) => Ok(Zeroizing::new(typed)),
        Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::UnexpectedEof) => {
            Err(Failure::Refused(errors::stopped(out.language).to_string()))
        }
        Err(_) => Err(Failure::Refused(errors::no_terminal(out.language).to_string())),
    }
}
