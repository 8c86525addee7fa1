//! A copy for a new phone: the same records, and no way in but the recovery code.
//!
//! The passcode and the biometric secret stay behind, since they are bound to the old device; on the new one the code
//! opens the copy, and a passcode is set there.

use std::path::Path;

use super::Vault;
use crate::error::{Part, VaultError};
use crate::head::derive_digests;
use crate::slot::Slot;
use crate::store::create;
use crate::unlock::SlotKind;

impl Vault {
    /// Writes a consistent copy with the recovery slot only. Nothing there is replaced, nothing here is changed.
    ///
    /// # Errors
    /// [`VaultError::NoSlot`] without a recovery code; [`VaultError::Damaged`] when its slot is, or the file's pages;
    /// those of creating a file.
    ///
    /// # Returns
    /// How many parts of the records were damaged already and are so in the copy: keep the source then.
    pub fn copy(&self, path: impl AsRef<Path>) -> Result<u32, VaultError> {
        // A damaged slot of another kind does not matter: it stays behind.
        let slots: Vec<Slot> = self.slots.iter().filter(|slot| slot.kind() == SlotKind::Recovery).cloned().collect();
        let [slot] = &slots[..] else { return Err(VaultError::NoSlot { kind: SlotKind::Recovery }) };
        if !self.head.covers_slot(&self.header, slot) {
            return Err(VaultError::damaged(Part::SlotTable));
        }
        let damaged = self.count_damage()?;
        let mut head = self.head.clone();
        head.slots = derive_digests(&self.header, &slots);
        let sealed_head = self.next_head(&mut head, &self.header, &self.data_key)?;
        let current: Vec<i64> = self.head.records.iter().map(|entry| entry.row).collect();
        create::copy(&self.path, &self.sealed_head, path.as_ref(), &slots, &sealed_head, &current)?;
        Ok(damaged)
    }

    /// Catalogues, manifests and chunks that cannot be read.
    fn count_damage(&self) -> Result<u32, VaultError> {
        let mut damaged = 0;
        for record in self.records()? {
            damaged += u32::from(record.catalogue.is_err());
            let Ok(sections) = self.sections(record.id) else {
                damaged += 1;
                continue;
            };
            for section in &sections {
                let unread = |seq: &u32| self.chunk(record.id, &section.section, *seq).is_err();
                damaged += section.chunks.iter().map(|chunk| chunk.seq).filter(unread).count() as u32;
            }
        }
        Ok(damaged)
    }
}
