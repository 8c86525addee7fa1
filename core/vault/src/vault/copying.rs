//! A copy for a new phone: the same records, and no way in but the recovery code.
//!
//! The passcode and the biometric secret stay behind, since they are bound to the old device; on the new one the code
//! opens the copy, and a passcode is set there.

use std::path::Path;

use super::Vault;
use crate::error::VaultError;
use crate::head::derive_digests;
use crate::slot::{Slot, find};
use crate::store::create;
use crate::unlock::SlotKind;

impl Vault {
    /// Writes a consistent copy with the recovery slot only. Nothing there is replaced, nothing here is changed.
    ///
    /// # Errors
    /// [`VaultError::NoSlot`] without a recovery code; those of creating a file.
    pub fn copy(&self, path: impl AsRef<Path>) -> Result<(), VaultError> {
        self.check_writable()?;
        let slots: Vec<Slot> = find(&self.slots, SlotKind::Recovery)?.into_iter().cloned().collect();
        let mut head = self.head.clone();
        head.slots = derive_digests(&self.header, &slots);
        let sealed_head = self.next_head(&mut head, &self.header, &self.data_key)?;
        let current: Vec<i64> = self.head.records.iter().map(|entry| entry.row).collect();
        create::copy(&self.path, &self.sealed_head, path.as_ref(), &slots, &sealed_head, &current)
    }
}
