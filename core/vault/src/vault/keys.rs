//! Key slots of an open vault: listing, adding, removing; changing the passcode.
//!
//! Every change writes the whole slot table and a new head in one transaction, reads it back, and only then lets go of
//! what it replaces. A passcode is changed in two: first the new slot beside the old one, then, when the new one has
//! been read back from the file and opened, the old one goes. A crash between leaves both, and either opens (ADR 0007).

use std::time::{SystemTime, UNIX_EPOCH};

use super::Vault;
use crate::error::{Part, VaultError};
use crate::head::{Head, derive_digests};
use crate::header::Header;
use crate::kdf::KdfParams;
use crate::secret::{Key, Passcode};
use crate::slot::{self, MAX_SLOTS, Slot};
use crate::store::write::{self, NewKeys};
use crate::store::{self, create, read};
use crate::unlock::{BiometricSecret, InstallationSecret, RecoveryCode, SlotKind, Unlock};

/// A way to unlock a vault, as the vault lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotInfo {
    /// Its number in the table.
    pub id: u32,
    /// What it is opened with.
    pub kind: SlotKind,
    /// Whether it opens without the device's keystore.
    pub opens_anywhere: bool,
    /// Costs of the key derivation; a passcode alone has any.
    pub kdf: Option<KdfParams>,
}

impl Vault {
    /// The ways to unlock this vault.
    #[must_use]
    pub fn slots(&self) -> Vec<SlotInfo> {
        let info = |slot: &Slot| SlotInfo {
            id: slot.id,
            kind: slot.kind(),
            opens_anywhere: slot.opens_anywhere(&self.header),
            kdf: (slot.kind() == SlotKind::Passcode).then_some(slot.kdf),
        };
        self.slots.iter().map(info).collect()
    }

    /// Whether the passcode also needs the platform's installation secret.
    #[must_use]
    pub fn needs_installation_secret(&self) -> bool {
        self.header.needs_installation_secret()
    }

    /// Whether this secret opens the vault already: whoever changes a secret should not choose the same one.
    ///
    /// # Errors
    /// Those of the key derivation.
    pub fn opens_with<'u>(&self, unlock: impl Into<Unlock<'u>>) -> Result<bool, VaultError> {
        let unlock = unlock.into();
        let slots = match slot::find(&self.slots, &self.header, &unlock) {
            Err(VaultError::NoSlot { .. }) => return Ok(false),
            found => found?,
        };
        for slot in slots {
            if slot.unwrap(&self.header, &unlock)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets a recovery code open the vault; an older one no longer does. The caller made the code and still has it
    /// whatever happens here: it must be shown also after an error that leaves open whether the file was changed.
    ///
    /// # Errors
    /// [`VaultError::TooManySlots`]; those of a write as in [`Self::commit`].
    pub fn set_recovery_code(&mut self, code: &RecoveryCode) -> Result<(), VaultError> {
        self.replace_slot(&Unlock::Recovery(code))
    }

    /// Lets a biometric secret open the vault; an older one no longer does.
    ///
    /// # Errors
    /// As [`Self::set_recovery_code`].
    pub fn set_biometric(&mut self, secret: &BiometricSecret) -> Result<(), VaultError> {
        self.replace_slot(&Unlock::Biometric(secret))
    }

    /// Removes a slot.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSlot`]; [`VaultError::LastSlot`] when none of the others opens without the device's keystore;
    /// those of a write.
    pub fn remove_slot(&mut self, id: u32) -> Result<(), VaultError> {
        let rest: Vec<Slot> = self.slots.iter().filter(|slot| slot.id != id).cloned().collect();
        if rest.len() == self.slots.len() {
            return Err(VaultError::NoSuchSlot);
        }
        if !rest.iter().any(|slot| slot.opens_anywhere(&self.header)) {
            return Err(VaultError::LastSlot);
        }
        self.put_slots(rest)
    }

    /// Sets or changes the passcode. The holder of an older copy of the file is not locked out: only [`Self::rekey`] and
    /// a new copy help against that.
    ///
    /// # Errors
    /// [`VaultError::WeakPasscode`], [`VaultError::KdfOutOfBounds`], [`VaultError::InstallationSecretNeeded`],
    /// [`VaultError::NoInstallationSecret`], [`VaultError::OutOfMemory`]; those of a write. If only the last step
    /// fails, both passcodes open.
    pub fn change_passcode(
        &mut self,
        passcode: &Passcode,
        secret: Option<&InstallationSecret>,
        params: KdfParams,
    ) -> Result<(), VaultError> {
        passcode.check_strength()?;
        params.check()?;
        let unlock = unlock_of(passcode, secret);
        let slot = Slot::make(&self.header, self.next_slot(), &unlock, params, &self.data_key)?;
        let new = slot.id;
        // Of two that an earlier change may have left, the one in use stays until the new one is verified: never three.
        let passcodes = || self.slots.iter().filter(|s| s.kind() == SlotKind::Passcode).map(|s| s.id);
        let in_use = passcodes().find(|id| Some(*id) == self.opened_by).or_else(|| passcodes().max());
        let keep = |s: &&Slot| s.kind() != SlotKind::Passcode || Some(s.id) == in_use;
        let mut both: Vec<Slot> = self.slots.iter().filter(keep).cloned().collect();
        both.push(slot);
        self.put_slots(both)?;
        self.check_opens(new, &unlock)?;
        let retired = self.slots.iter().filter(|s| s.kind() != SlotKind::Passcode || s.id == new).cloned().collect();
        self.put_slots(retired)?;
        self.opened_by = Some(new);
        Ok(())
    }

    pub(super) fn next_slot(&self) -> u32 {
        let last = self.head.slots.iter().map(|(id, _)| *id).chain(self.slots.iter().map(|s| s.id)).max();
        last.map_or(1, |id| id.saturating_add(1))
    }

    /// A slot for a secret that is not stretched.
    pub(super) fn make_slot(&self, unlock: &Unlock<'_>) -> Result<Slot, VaultError> {
        Slot::make(&self.header, self.next_slot(), unlock, KdfParams::default(), &self.data_key)
    }

    fn replace_slot(&mut self, unlock: &Unlock<'_>) -> Result<(), VaultError> {
        let slot = self.make_slot(unlock)?;
        let id = slot.id;
        let mut slots: Vec<Slot> = self.slots.iter().filter(|s| s.kind() != unlock.kind()).cloned().collect();
        slots.push(slot);
        self.put_slots(slots)?;
        self.check_opens(id, unlock)
    }

    fn put_slots(&mut self, slots: Vec<Slot>) -> Result<(), VaultError> {
        self.put_keys(self.header.clone(), slots, self.data_key.clone())
    }

    /// Whether a slot that was just written opens, as it stands in the file.
    fn check_opens(&self, id: u32, unlock: &Unlock<'_>) -> Result<(), VaultError> {
        let written = if self.sealed_head.is_empty() { self.slots.clone() } else { self.read(read::slots)? };
        let slot = written.iter().find(|slot| slot.id == id).ok_or(VaultError::damaged(Part::SlotTable))?;
        check_slot(slot, &self.header, unlock, &self.data_key)
    }

    /// Writes header, slots and, for a new data key, the wrapped keys of all generations.
    pub(super) fn put_keys(&mut self, header: Header, slots: Vec<Slot>, data_key: Key) -> Result<(), VaultError> {
        if slots.len() > MAX_SLOTS {
            return Err(VaultError::TooManySlots);
        }
        self.check_writable()?;
        let mut head = self.head.clone();
        head.slots = derive_digests(&header, &slots);
        if self.sealed_head.is_empty() {
            (self.header, self.slots, self.data_key, self.head) = (header, slots, data_key, head);
            return Ok(());
        }
        let generation_keys = if header == self.header { Vec::new() } else { self.wrap_again(&header, &data_key)? };
        let sealed_head = self.next_head(&mut head, &header, &data_key)?;
        let keys = NewKeys { header: &header, slots: &slots, generation_keys: &generation_keys };
        let written = write::put_keys(&self.path, &self.sealed_head, &keys, &sealed_head);
        self.settle(written, &sealed_head)?;
        (self.header, self.slots, self.data_key) = (header, slots, data_key);
        self.adopt(head, sealed_head)?;
        self.read(|conn| {
            let mut same = read::header(conn)?.0 == self.header && read::slots(conn)? == self.slots;
            for (row, key) in &generation_keys {
                same = same && read::generation_key(conn, *row)? == *key;
            }
            if same { Ok(()) } else { Err(VaultError::damaged(Part::SlotTable)) }
        })?;
        // No piece of a retired slot shall be left in a page. The change itself is durable; without space for this, the
        // next one does it.
        let _ = write::compact(&self.path);
        Ok(())
    }

    /// Counts a head on, dates it and seals it.
    pub(super) fn next_head(&self, head: &mut Head, header: &Header, data_key: &Key) -> Result<Vec<u8>, VaultError> {
        head.counter = self.head.counter + 1;
        head.written_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        head.seal(header, data_key)
    }

    /// Whether this vault may be written: its slot table is whole and its file open.
    ///
    /// # Errors
    /// [`VaultError::Paused`]; [`VaultError::Damaged`].
    pub fn check_writable(&self) -> Result<(), VaultError> {
        if self.paused {
            return Err(VaultError::Paused);
        }
        if self.slots_intact { Ok(()) } else { Err(VaultError::damaged(Part::SlotTable)) }
    }

    /// A commit that failed may be in the file all the same: the journal is gone, but the folder could not be synced. A power
    /// cut may bring the journal back then, and with it what was before, and another sync would not tell (a failed one
    /// may have lost what it was to save). A whole transaction more makes its own journal under that name, and is asked.
    pub(super) fn settle(&self, written: Result<(), VaultError>, sealed_head: &[u8]) -> Result<(), VaultError> {
        written.or_else(|error| {
            let found = store::open::open_read(&self.path).and_then(|conn| read::head(&conn));
            let durable = found.is_ok_and(|head| head == sealed_head) && write::again(&self.path, sealed_head).is_ok();
            if durable { Ok(()) } else { Err(error) }
        })
    }

    /// Takes over a state that is durable in the file.
    pub(super) fn adopt(&mut self, head: Head, sealed_head: Vec<u8>) -> Result<(), VaultError> {
        self.opened.replace(None);
        self.db = None;
        self.head = head;
        self.sealed_head = sealed_head;
        if self.lock.is_none() {
            // A new vault that somebody opened in this very moment: it is written all the same, and SQLite keeps us apart.
            self.lock = store::lock::Lock::take(&self.path).ok();
        }
        self.db = Some(store::open::open_read(&self.path)?);
        Ok(())
    }

    /// Writes a whole new vault and takes it over.
    pub(super) fn publish(
        &mut self,
        new: &[write::NewGeneration],
        head: Head,
        sealed_head: Vec<u8>,
    ) -> Result<(), VaultError> {
        create::publish(&self.path, &self.header, &self.slots, new, &sealed_head)?;
        self.adopt(head, sealed_head)
    }
}

/// Whether a slot gives back the data key.
pub(super) fn check_slot(slot: &Slot, header: &Header, unlock: &Unlock<'_>, data_key: &Key) -> Result<(), VaultError> {
    match slot.unwrap(header, unlock)? {
        Some(key) if key.bytes() == data_key.bytes() => Ok(()),
        _ => Err(VaultError::damaged(Part::SlotTable)),
    }
}

pub(super) fn unlock_of<'a>(passcode: &'a Passcode, secret: Option<&'a InstallationSecret>) -> Unlock<'a> {
    match secret {
        Some(secret) => Unlock::PasscodeWithSecret(passcode, secret),
        None => Unlock::Passcode(passcode),
    }
}
