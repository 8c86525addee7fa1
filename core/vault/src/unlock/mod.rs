//! The ways to unlock (D10): a passcode, alone or with the platform's installation secret; a biometric secret; a
//! recovery code. Each opens its own slot and needs no other.

mod recovery;
pub(crate) mod tries;

use std::fmt;

use crate::error::VaultError;
use crate::secret::{Key, Passcode};

pub use recovery::RecoveryCode;

/// What a caller unlocks with.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Unlock<'a> {
    /// The passcode of a vault without an installation secret.
    Passcode(&'a Passcode),
    /// The passcode of a vault that also needs the secret its platform keeps.
    PasscodeWithSecret(&'a Passcode, &'a InstallationSecret),
    /// The secret that the platform gives out after a look at face or finger.
    Biometric(&'a BiometricSecret),
    /// The code on paper.
    Recovery(&'a RecoveryCode),
}

impl Unlock<'_> {
    /// A slip of the finger and no try.
    pub(crate) fn is_empty_passcode(&self) -> bool {
        matches!(self, Self::Passcode(passcode) | Self::PasscodeWithSecret(passcode, _) if passcode.is_empty())
    }
}

impl<'a> From<&'a Passcode> for Unlock<'a> {
    fn from(passcode: &'a Passcode) -> Self {
        Self::Passcode(passcode)
    }
}

/// Which way of unlocking a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SlotKind {
    /// Passcode, with the installation secret where the vault has one.
    Passcode,
    /// Biometric secret.
    Biometric,
    /// Recovery code.
    Recovery,
    /// A kind this version does not know; it is left alone.
    Unknown,
}

macro_rules! platform_secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Key);

        impl $name {
            /// Makes a new random secret.
            ///
            /// # Errors
            /// [`VaultError::NoRandomness`].
            pub fn make() -> Result<Self, VaultError> {
                Ok(Self(Key::make()?))
            }

            /// From the 32 bytes the platform kept; the caller wipes its copy.
            #[must_use]
            pub fn from_bytes(bytes: &[u8; 32]) -> Self {
                Self(Key::copy_of(bytes))
            }

            /// The bytes for the platform to keep; the caller wipes its copy.
            #[must_use]
            pub fn dangerous_bytes(&self) -> &[u8; 32] {
                self.0.bytes()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

platform_secret! {
    /// 32 bytes that the platform keeps for this installation, not bound to biometrics, so that a copied file and a
    /// guessed passcode do not suffice (D10).
    InstallationSecret
}
platform_secret! {
    /// A second, different 32-byte secret that the platform gives out after a biometric check (D10).
    BiometricSecret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_keep_their_bytes_and_print_nothing() {
        let secret = InstallationSecret::from_bytes(&[7; 32]);
        assert_eq!(secret.dangerous_bytes(), &[7; 32]);
        assert_ne!(
            BiometricSecret::make().unwrap().dangerous_bytes(),
            BiometricSecret::make().unwrap().dangerous_bytes()
        );
        assert_eq!(
            format!("{:?}", Unlock::Biometric(&BiometricSecret::from_bytes(&[1; 32]))),
            "Biometric(BiometricSecret([redacted]))"
        );
    }
}
