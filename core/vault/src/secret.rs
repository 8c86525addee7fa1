//! Secrets as types of their own (D15): they wipe themselves, print `[redacted]` and compare in constant time.
//!
//! Keys live on the heap behind a `Box`, so that moving a value moves a pointer and leaves no copy on the stack.

use std::fmt;

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{VaultError, WeakReason};

/// The twenty commonest passcodes of six characters and more; compared in lower case.
const COMMONEST: [&str; 20] = [
    "000000",
    "00000000",
    "111111",
    "11111111",
    "112233",
    "121212",
    "123123",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "654321",
    "666666",
    "abc123",
    "iloveyou",
    "password",
    "password1",
    "qwerty",
    "qwerty123",
];

/// Fills an array with random bytes from the operating system.
pub(crate) fn make_random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::NoRandomness)?;
    Ok(bytes)
}

/// A 256-bit key of any purpose inside this crate.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key(Box<[u8; 32]>);

impl Key {
    /// An all-zero key to be filled in place by a key derivation.
    pub(crate) fn empty() -> Self {
        Self(Box::new([0; 32]))
    }

    pub(crate) fn make() -> Result<Self, VaultError> {
        let mut key = Self::empty();
        getrandom::fill(key.0.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
        Ok(key)
    }

    /// Takes exactly 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::copy_of)
    }

    pub(crate) fn copy_of(bytes: &[u8; 32]) -> Self {
        let mut key = Self::empty();
        key.0.copy_from_slice(bytes);
        key
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; 32] {
        &mut self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The data key (DEK) of a vault: whoever holds it reads everything, without passcode or key derivation.
#[derive(Clone)]
pub struct DataKey(Key);

impl DataKey {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0
    }

    /// Makes a data key from bytes kept elsewhere.
    #[must_use]
    pub fn dangerous_from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Key::copy_of(bytes))
    }

    /// Shows the key's bytes; the caller answers for wiping every copy.
    #[must_use]
    pub fn dangerous_bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey([redacted])")
    }
}

impl PartialEq for DataKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes().ct_eq(other.0.bytes()).into()
    }
}

impl Eq for DataKey {}

/// A passcode as the user typed it, NFKC-normalised (D11: `１２３４５６` opens what `123456` sealed).
pub struct Passcode(Zeroizing<String>);

impl Passcode {
    /// The fewest characters (after normalisation) a new vault accepts.
    pub const MIN_CHARS: usize = 6;

    /// Normalises a passcode. Its strength is judged only where a vault is created, so that whatever once sealed a
    /// vault can open it.
    ///
    /// # Errors
    /// [`VaultError::PasscodeNotText`] when the bytes are not UTF-8.
    pub fn new(bytes: &[u8]) -> Result<Self, VaultError> {
        let text = std::str::from_utf8(bytes).map_err(|_| VaultError::PasscodeNotText)?;
        // The exact capacity first: a growing String would leave copies behind that nobody wipes.
        let len = text.nfkc().map(char::len_utf8).sum();
        let mut normal = Zeroizing::new(String::with_capacity(len));
        normal.extend(text.nfkc());
        Ok(Self(normal))
    }

    /// Whether this passcode may protect a new vault.
    ///
    /// # Errors
    /// [`VaultError::WeakPasscode`] when it is shorter than [`Self::MIN_CHARS`] or one of the twenty commonest.
    pub fn check_strength(&self) -> Result<(), VaultError> {
        if self.0.chars().count() < Self::MIN_CHARS {
            return Err(VaultError::WeakPasscode { reason: WeakReason::TooShort });
        }
        if COMMONEST.iter().any(|common| common.eq_ignore_ascii_case(&self.0)) {
            return Err(VaultError::WeakPasscode { reason: WeakReason::TooCommon });
        }
        Ok(())
    }

    /// Nothing is left of it after normalisation: no vault has such a passcode.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passcode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(text: &str) -> Option<WeakReason> {
        match Passcode::new(text.as_bytes()).unwrap().check_strength() {
            Err(VaultError::WeakPasscode { reason }) => Some(reason),
            _ => None,
        }
    }

    #[test]
    fn passcodes_are_normalised_to_nfkc() {
        let vectors: [(&str, &str); 5] =
            [("１２３４５６", "123456"), ("ｶﾞｷﾞｸﾞ", "ガギグ"), ("か\u{3099}", "が"), ("①㈱", "1(株)"), ("plain", "plain")];
        for (typed, normal) in vectors {
            assert_eq!(Passcode::new(typed.as_bytes()).unwrap().bytes(), normal.as_bytes());
        }
        assert_eq!(Passcode::new(&[0xFF]).unwrap_err(), VaultError::PasscodeNotText);
    }

    #[test]
    fn weak_passcodes_are_named() {
        assert_eq!(weak("72946"), Some(WeakReason::TooShort));
        assert_eq!(weak("１２３４５６"), Some(WeakReason::TooCommon));
        assert_eq!(weak("PassWord"), Some(WeakReason::TooCommon));
        assert_eq!(weak("729461"), None);
        assert_eq!(weak("ひみつのかぎ"), None);
        assert!(COMMONEST.iter().all(|common| common.chars().count() >= Passcode::MIN_CHARS));
    }

    #[test]
    fn secrets_print_nothing() {
        let key = DataKey::dangerous_from_bytes(&[7; 32]);
        let shown = format!("{key:?} {:?} {:?}", key.key(), Passcode::new(b"hunter22").unwrap());
        assert_eq!(shown, "DataKey([redacted]) [redacted] Passcode([redacted])");
        assert!(key == key.clone() && key != DataKey::dangerous_from_bytes(&[8; 32]));
    }
}
