//! The recovery code: 130 random bits in Crockford's base 32, with his check character.
//!
//! 26 characters without I, L, O and U, and one that tells a slip of the pen before any key is derived. What is read back
//! may be in lower or full-width letters, with or without hyphens; `O` is 0, `I` and `L` are 1.
//! <https://www.crockford.com/base32.html>

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::secret::make_random;

/// Values 0 to 31, then the five more that only a check character has.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
/// Characters that carry 5 bits each.
const SYMBOLS: usize = 26;
/// Characters of a written group.
const GROUP: usize = 5;

/// A recovery code. Printed once, kept on paper.
#[derive(Clone)]
pub struct RecoveryCode(Box<Zeroizing<[u8; SYMBOLS]>>);

impl RecoveryCode {
    /// Makes a new random code.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make() -> Result<Self, VaultError> {
        let random = Zeroizing::new(make_random::<SYMBOLS>()?);
        // 32 divides 256: every character is equally likely.
        Ok(Self(Box::new(Zeroizing::new(random.map(|byte| ALPHABET[usize::from(byte % 32)])))))
    }

    /// Reads a code as somebody typed it.
    ///
    /// # Errors
    /// [`VaultError::RecoveryCodeMistyped`] when characters are missing, foreign, or contradict the check character.
    pub fn parse(typed: &str) -> Result<Self, VaultError> {
        let mut symbols = Zeroizing::new([0; SYMBOLS + 1]);
        let mut count = 0;
        for c in typed.nfkc().filter(|c| !c.is_whitespace() && !is_hyphen(*c) && !is_invisible(*c)) {
            *symbols.get_mut(count).ok_or(VaultError::RecoveryCodeMistyped)? = symbol(c)?;
            count += 1;
        }
        let code = Self(Box::new(Zeroizing::new(*symbols.first_chunk().ok_or(VaultError::RecoveryCodeMistyped)?)));
        let whole = count == SYMBOLS + 1 && code.0.iter().all(|s| ALPHABET[..32].contains(s));
        if whole && symbols[SYMBOLS] == code.check() { Ok(code) } else { Err(VaultError::RecoveryCodeMistyped) }
    }

    /// The code as it is written down: groups of five, the check character last.
    #[must_use]
    pub fn dangerous_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + 1 + SYMBOLS / GROUP));
        for (at, symbol) in self.0.iter().copied().chain([self.check()]).enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(symbol));
        }
        text
    }

    /// The number that the symbols write, modulo 37.
    fn check(&self) -> u8 {
        let value = |symbol: &u8| ALPHABET.iter().position(|known| known == symbol).unwrap_or(0);
        ALPHABET[self.0.iter().fold(0, |rest, symbol| (rest * 32 + value(symbol)) % 37)]
    }

    /// What its key is derived from: the 26 characters as ASCII.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | 'ー' | '_')
}

/// What pasted text brings along: soft hyphen, zero-width blanks and marks, byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn symbol(c: char) -> Result<u8, VaultError> {
    let upper = c.to_ascii_uppercase();
    let meant = match upper {
        'O' => '0',
        'I' | 'L' => '1',
        // The wave dash of Japanese keyboards.
        '\u{301C}' => '~',
        other => other,
    };
    let found = u8::try_from(meant).ok().filter(|byte| ALPHABET.contains(byte));
    found.ok_or(VaultError::RecoveryCodeMistyped)
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZERO: &str = "00000-00000-00000-00000-00000-00";

    /// Fixed: 130 bits of zero have the check character 0; of one, 1; and 31 + 32 = 63 = 26 (mod 37), `T`.
    #[test]
    fn check_characters_are_crockfords() {
        let text = |typed: &str| RecoveryCode::parse(typed).map(|code| code.dangerous_text().to_string());
        assert_eq!(text(ZERO).as_deref(), Ok(ZERO));
        assert_eq!(text("00000-00000-00000-00000-00000-11").as_deref(), Ok("00000-00000-00000-00000-00000-11"));
        assert_eq!(text("00000-00000-00000-00000-00001-ZT").as_deref(), Ok("00000-00000-00000-00000-00001-ZT"));
        assert_eq!(text("00000-00000-00000-00000-00001-ZV"), Err(VaultError::RecoveryCodeMistyped));
    }

    /// 26 characters of 32 kinds are 130 bits only if each kind is as likely. Of 5,200 each should come 162 times; fewer than
    /// 80 or more than 260 would be 6 standard deviations and more from it.
    #[test]
    fn each_character_of_a_new_code_is_as_likely() {
        let mut counts = [0; 32];
        for _ in 0..200 {
            for symbol in RecoveryCode::make().unwrap().0.iter() {
                counts[ALPHABET.iter().position(|known| known == symbol).unwrap()] += 1;
            }
        }
        assert!(counts.iter().all(|count| (80..260).contains(count)), "{counts:?}");
    }

    #[test]
    fn sloppy_writing_is_read() {
        for typed in [
            "000000000000000000000000000",
            "ooooo ooooo OOOOO 00000 00000 oo",
            "０００００－０００００－０００００－０００００－０００００－００",
            " 00000−00000–00000-00000─00000-00\n",
            "\u{FEFF}00000-00000\u{200B}-00000-00000-00000-00",
        ] {
            assert_eq!(RecoveryCode::parse(typed).unwrap().dangerous_text().as_str(), ZERO, "{typed}");
        }
        assert_eq!(RecoveryCode::parse("0000000000000000000000000iL").unwrap().bytes(), b"00000000000000000000000001");
        for typed in ["", "0", "00000-00000-00000-00000-00000-0", "00000-00000-00000-00000-00000-000", "あ"] {
            assert_eq!(RecoveryCode::parse(typed).unwrap_err(), VaultError::RecoveryCodeMistyped, "{typed}");
        }
        assert_eq!(format!("{:?}", RecoveryCode::parse(ZERO).unwrap()), "RecoveryCode([redacted])");
    }

    proptest! {
        /// One wrong character, or two neighbours swapped, never passes.
        #[test]
        fn slips_are_noticed(at in 0..SYMBOLS, by in 1_usize..32, swap in 0..SYMBOLS - 1) {
            let code = RecoveryCode::make().unwrap();
            let text = code.dangerous_text().replace('-', "");
            let again = RecoveryCode::parse(&text).unwrap();
            prop_assert_eq!(again.bytes(), code.bytes());
            let mut wrong = text.clone().into_bytes();
            let value = ALPHABET.iter().position(|s| *s == wrong[at]).unwrap();
            wrong[at] = ALPHABET[(value + by) % 32];
            prop_assert!(RecoveryCode::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
            let mut swapped = text.clone().into_bytes();
            swapped.swap(swap, swap + 1);
            prop_assert_eq!(RecoveryCode::parse(std::str::from_utf8(&swapped).unwrap()).is_ok(), swapped == text.as_bytes());
        }
    }
}
