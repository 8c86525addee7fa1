//! A copy for a new phone: the same records, and no way in but the recovery code.
//!
//! The passcode and the biometric secret stay behind, since they are bound to the old device; on the new one the code
//! opens the copy, and a passcode is set there. The code is the present one, or a new one for the copy alone: a vault
//! that is damaged and has none is not written to, and its records can be taken away all the same.

use std::path::Path;

use super::{RecordHead, Vault};
use crate::error::{Part, VaultError};
use crate::head::derive_digests;
use crate::slot::Slot;
use crate::store::create;
use crate::unlock::{RecoveryCode, SlotKind, Unlock};

impl Vault {
    /// Writes a consistent copy with a recovery slot only: for `new_code`, else the present one. Nothing there is
    /// replaced, nothing here is changed.
    ///
    /// # Errors
    /// [`VaultError::NoSlot`] with neither code; [`VaultError::Damaged`] when the present slot is, or the file's pages;
    /// those of creating a file.
    ///
    /// # Returns
    /// How many parts of the records were damaged already and are so in the copy: keep the source then.
    pub fn copy(&self, path: impl AsRef<Path>, new_code: Option<&RecoveryCode>) -> Result<u32, VaultError> {
        let slot = match new_code {
            Some(code) => self.make_slot(&Unlock::Recovery(code))?,
            None => self.present_code()?,
        };
        let damaged = self.count_damage()?;
        let mut head = self.head.clone();
        head.slots = derive_digests(&self.header, std::slice::from_ref(&slot));
        let sealed_head = self.next_head(&mut head, &self.header, &self.data_key)?;
        let current: Vec<i64> = self.head.records.iter().map(|entry| entry.row).collect();
        create::copy(&self.path, &self.sealed_head, path.as_ref(), &[slot], &sealed_head, &current)?;
        Ok(damaged)
    }

    /// The recovery slot, if it is the one the head names. A damaged slot of another kind does not matter.
    fn present_code(&self) -> Result<Slot, VaultError> {
        let kind = SlotKind::Recovery;
        let slots: Vec<&Slot> = self.slots.iter().filter(|slot| slot.kind() == kind).collect();
        let [slot] = slots[..] else { return Err(VaultError::NoSlot { kind }) };
        let current = self.head.covers_slot(&self.header, slot);
        if current { Ok(slot.clone()) } else { Err(VaultError::damaged(Part::SlotTable)) }
    }

    /// Catalogues, manifests and chunks that cannot be read. Reads every byte of the vault.
    ///
    /// # Errors
    /// As [`Self::records`].
    pub fn count_damage(&self) -> Result<u32, VaultError> {
        Ok(self.records()?.iter().map(|record| self.count_damage_of(record)).sum())
    }

    /// The same of one record.
    #[must_use]
    pub fn count_damage_of(&self, record: &RecordHead) -> u32 {
        let catalogue = u32::from(record.catalogue.is_err());
        let Ok(sections) = self.sections(record.id) else { return catalogue + 1 };
        let chunks = sections.iter().flat_map(|section| section.chunks.iter().map(move |chunk| (section, chunk.seq)));
        let unread = chunks.filter(|(section, seq)| self.chunk(record.id, &section.section, *seq).is_err());
        catalogue + unread.count() as u32
    }
}
