//! Secrets that cross the boundary. They come in as bytes that the caller wipes, and none is ever part of a value that
//! prints itself.

use crate::error::MyKarteError;
use crate::guard::guarded;
use mykarte::vault::{self, BiometricSecret, InstallationSecret, Passcode};
use zeroize::Zeroizing;

/// A recovery code that was just made. It is not in the vault: once this object is gone, only the paper has it.
#[derive(uniffi::Object)]
pub struct RecoveryCode {
    code: vault::RecoveryCode,
}

#[uniffi::export]
impl RecoveryCode {
    /// The code as it is written down, groups of five. Show or print it, keep it nowhere.
    pub fn dangerous_text(&self) -> Result<String, MyKarteError> {
        guarded(|| Ok(self.code.dangerous_text().to_string()))
    }
}

impl RecoveryCode {
    pub(crate) fn of(code: vault::RecoveryCode) -> RecoveryCode {
        RecoveryCode { code }
    }
}

pub(crate) fn installation(bytes: &[u8]) -> Result<InstallationSecret, MyKarteError> {
    Ok(InstallationSecret::from_bytes(exactly_32(bytes)?))
}

pub(crate) fn biometric(bytes: &[u8]) -> Result<BiometricSecret, MyKarteError> {
    Ok(BiometricSecret::from_bytes(exactly_32(bytes)?))
}

/// Nothing but zeros is a secret that was wiped, never one that was made.
fn exactly_32(bytes: &[u8]) -> Result<&[u8; 32], MyKarteError> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| MyKarteError::WrongSecretLength { length })?;
    if bytes == &[0; 32] { Err(MyKarteError::WipedSecret) } else { Ok(bytes) }
}

/// A passcode as UTF-8. One with a NUL was wiped: nobody types it.
pub(crate) fn passcode(bytes: &[u8]) -> Result<Passcode, MyKarteError> {
    if bytes.contains(&0) { Err(MyKarteError::WipedSecret) } else { Ok(Passcode::new(bytes)?) }
}

/// A code as UTF-8, the same way.
pub(crate) fn typed_code(typed: &[u8]) -> Result<vault::RecoveryCode, MyKarteError> {
    if typed.contains(&0) {
        return Err(MyKarteError::WipedSecret);
    }
    let typed = std::str::from_utf8(typed).map_err(|_| MyKarteError::NotText)?;
    Ok(vault::RecoveryCode::parse(&Zeroizing::new(typed.to_string()))?)
}
