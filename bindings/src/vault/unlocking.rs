//! What a locked vault shows, and the ways in.

use super::{Open, State, Vault};
use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::secrets;
use mykarte::Archive;
use mykarte::vault::Unlock;
use std::sync::PoisonError;
use std::time::Duration;

/// What a vault shows without a secret: which screen to offer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Outside {
    /// The ways to unlock it.
    pub keys: Vec<crate::error::KeyKind>,
    /// The passcode also needs the installation secret.
    pub needs_installation_secret: bool,
    /// Wrong passcodes since the last success.
    pub tries: u32,
    /// How long until the next passcode is taken; zero for now.
    pub retry_after: Duration,
}

#[uniffi::export]
impl Vault {
    /// What it shows from outside. Counts no try; waits for an unlocking that is under way.
    pub fn look(&self) -> Result<Outside, MyKarteError> {
        guarded(|| {
            let _turn = self.turn();
            if let Some(open) = &self.inner().open {
                return Ok(Outside::of_open(open.archive.vault()));
            }
            let outside = mykarte::vault::Vault::look(&self.path)?;
            Ok(Outside {
                keys: outside.slots.into_iter().map(Into::into).collect(),
                needs_installation_secret: outside.needs_installation_secret,
                tries: outside.tries,
                retry_after: outside.retry_after,
            })
        })
    }

    /// Unlocks with passcode (UTF-8) and installation secret. Wipe both afterwards. Takes about a tenth of a second. An
    /// empty passcode is `InvalidArgument` and no try.
    pub fn unlock(&self, passcode: &[u8], installation_secret: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| {
            let (passcode, secret) = (secrets::passcode(passcode)?, secrets::installation(installation_secret)?);
            self.unlock_with(Unlock::PasscodeWithSecret(&passcode, &secret))
        })
    }

    /// Unlocks a vault that has no installation secret, as the command line makes it.
    pub fn unlock_with_passcode_only(&self, passcode: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| self.unlock_with(Unlock::Passcode(&secrets::passcode(passcode)?)))
    }

    /// Unlocks with the secret that the platform gave out after a look at face or finger. Takes no time.
    pub fn unlock_with_biometric_secret(&self, secret: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| self.unlock_with(Unlock::Biometric(&secrets::biometric(secret)?)))
    }

    /// Unlocks with the recovery code as it was typed (UTF-8). Then set a new passcode.
    pub fn unlock_with_recovery_code(&self, typed: &[u8]) -> Result<(), MyKarteError> {
        guarded(|| self.unlock_with(Unlock::Recovery(&secrets::typed_code(typed)?)))
    }
}

impl Vault {
    fn unlock_with(&self, unlock: Unlock<'_>) -> Result<(), MyKarteError> {
        // Before the wait: a lock meanwhile is meant for this one, too.
        let epoch = self.inner().epoch;
        let _turn = self.turn();
        self.check_still_locked(epoch)?;
        // The key derivation takes its time; a screen that asks for the state does not wait for it.
        let archive = Archive::open(&self.path, unlock)?;
        let mut state = self.inner();
        if state.epoch != epoch {
            return Err(MyKarteError::Locked);
        }
        state.open = Some(Open::of(archive, epoch));
        Ok(())
    }

    fn check_still_locked(&self, epoch: u64) -> Result<(), MyKarteError> {
        match &*self.inner() {
            State { open: Some(_), .. } => Err(MyKarteError::AlreadyUnlocked),
            state if state.epoch != epoch => Err(MyKarteError::Locked),
            _ => Ok(()),
        }
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outside {
    /// Once it is open nothing was wrong.
    fn of_open(vault: &mykarte::vault::Vault) -> Outside {
        Outside {
            keys: vault.slots().into_iter().map(|slot| slot.kind.into()).collect(),
            needs_installation_secret: vault.needs_installation_secret(),
            tries: 0,
            retry_after: Duration::ZERO,
        }
    }
}
