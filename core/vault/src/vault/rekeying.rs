//! A new data key with new slots around it: for a secret that somebody has seen (ADR 0007).
//!
//! The old slots and the old commitment go in the transaction that brings the new ones, so each new slot is opened once
//! before it is written, and compared with the file after. No chunk is rewritten: what the data key wraps are the keys
//! of the generations.

use super::Vault;
use super::keys::{check_slot, unlock_of};
use crate::aead::{self, Purpose};
use crate::error::VaultError;
use crate::header::Header;
use crate::kdf::KdfParams;
use crate::secret::{Key, Passcode};
use crate::slot::Slot;
use crate::unlock::{BiometricSecret, InstallationSecret, RecoveryCode, Unlock};

/// The slots a vault shall have after [`Vault::rekey`]. One of them must open without the device's keystore.
#[derive(Debug, Clone, Copy)]
pub struct NewSlots<'a> {
    /// The passcode, with the installation secret exactly where the vault has one.
    pub passcode: Option<(&'a Passcode, Option<&'a InstallationSecret>)>,
    /// A new biometric secret.
    pub biometric: Option<&'a BiometricSecret>,
    /// A new recovery code.
    pub recovery: Option<&'a RecoveryCode>,
    /// Costs of the passcode.
    pub params: KdfParams,
}

impl Vault {
    /// A new data key with new slots: for a secret that somebody has seen. No data is rewritten; what was copied before
    /// still opens with the old secrets.
    ///
    /// # Errors
    /// [`VaultError::LastSlot`] when none of the new slots opens without the device's keystore; those of
    /// [`Self::change_passcode`]; [`VaultError::Damaged`] when a record's key is.
    pub fn rekey(&mut self, new: NewSlots<'_>) -> Result<(), VaultError> {
        let data_key = Key::make()?;
        let header = self.header.with_key(&data_key);
        let passcode = new.passcode.map(|(passcode, secret)| unlock_of(passcode, secret));
        if let Some((passcode, _)) = new.passcode {
            passcode.check_strength()?;
            new.params.check()?;
        }
        let ways = [passcode, new.biometric.map(Unlock::Biometric), new.recovery.map(Unlock::Recovery)];
        let mut slots = Vec::new();
        for (id, unlock) in (self.next_slot()..).zip(ways.into_iter().flatten()) {
            let slot = Slot::make(&header, id, &unlock, new.params, &data_key)?;
            // The old slots go with the commit: that the new ones open is known before, that they arrived after it.
            check_slot(&slot, &header, &unlock, &data_key)?;
            slots.push(slot);
        }
        if !slots.iter().any(|slot| slot.opens_anywhere(&header)) {
            return Err(VaultError::LastSlot);
        }
        self.put_keys(header, slots, data_key)?;
        self.opened_by = None;
        Ok(())
    }

    /// Every generation's key under another data key.
    pub(super) fn wrap_again(&self, header: &Header, data_key: &Key) -> Result<Vec<(i64, Vec<u8>)>, VaultError> {
        let wrapping = header.derive_key(data_key, Purpose::GenerationKey);
        self.read(|conn| {
            let wrap = |entry: &crate::head::RecordEntry| {
                let key = self.generation_key(conn, entry)?;
                let place = header.place_in(Purpose::GenerationKey, entry.id, entry.generation);
                Ok((entry.row, aead::seal(&wrapping, &place, key.bytes())?))
            };
            self.head.records.iter().map(wrap).collect()
        })
    }
}
