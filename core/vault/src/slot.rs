//! Key slots: each wraps the data key for one way of unlocking, and each alone suffices (D10).
//!
//! Kinds: 1 *passcode*, here; 2 *biometric* and 3 *recovery code*, reserved: their KEK is HKDF over a 32-byte secret or
//! the code's bits with the slot's salt, their KDF costs are zero. A slot of a kind this version does not know is left
//! alone and stays in the table. The sealed head holds every slot's digest, so a swapped, replayed or added one is seen.

use crate::aead::{self, Fields, Purpose};
use crate::error::{Part, VaultError};
use crate::header::{FLAG_INSTALLATION_SECRET, Header};
use crate::kdf::{self, KdfParams, SALT_LEN};
use crate::secret::{Key, Passcode, make_random};

/// At most this many slots in all (D11).
pub(crate) const MAX_SLOTS: usize = 8;

/// Slot kind: passcode.
pub(crate) const KIND_PASSCODE: u32 = 1;

/// One row of the slot table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) id: u32,
    pub(crate) kind: u32,
    pub(crate) kdf: KdfParams,
    pub(crate) salt: [u8; SALT_LEN],
    /// The sealed data key.
    pub(crate) wrapped: Vec<u8>,
}

impl Slot {
    /// A passcode slot that wraps `data_key`.
    pub(crate) fn make_passcode(
        header: &Header,
        id: u32,
        passcode: &Passcode,
        kdf: KdfParams,
        data_key: &Key,
    ) -> Result<Self, VaultError> {
        let mut slot = Self { id, kind: KIND_PASSCODE, kdf, salt: make_random()?, wrapped: Vec::new() };
        let kek = slot.derive_kek(header, passcode)?;
        slot.wrapped = aead::seal(&kek, &slot.place(header), data_key.bytes())?;
        Ok(slot)
    }

    /// The data key, if the passcode is right. A failed tag and a failed commitment are one error (D12).
    pub(crate) fn unwrap_passcode(&self, header: &Header, passcode: &Passcode) -> Result<Key, VaultError> {
        let kek = self.derive_kek(header, passcode)?;
        aead::open(&kek, &self.place(header), &self.wrapped)
            .and_then(|plain| Key::from_slice(&plain))
            .filter(|data_key| header.commits_to(data_key))
            .ok_or(VaultError::WrongPasscode)
    }

    /// KEK = HKDF(salt = the slot's, input = Argon2id output [|| installation secret]). The secret comes with a later
    /// version of this crate; the header's flag already says whether it is needed.
    fn derive_kek(&self, header: &Header, passcode: &Passcode) -> Result<Key, VaultError> {
        if header.flags & FLAG_INSTALLATION_SECRET != 0 {
            return Err(VaultError::InstallationSecretNeeded);
        }
        let stretched = kdf::derive_from_passcode(passcode, &self.salt, self.kdf)?;
        let info = Fields::new(Purpose::Kek).bytes(&header.vault_id).u32(self.kind).u32(header.flags);
        Ok(aead::derive_key(&self.salt, stretched.bytes(), &info))
    }

    fn place(&self, header: &Header) -> Fields {
        header
            .place(Purpose::Slot)
            .u32(self.id)
            .u32(self.kind)
            .u32(self.kdf.m_kib)
            .u32(self.kdf.t)
            .u32(self.kdf.p)
            .bytes(&self.salt)
    }

    /// What the sealed head keeps of this slot.
    pub(crate) fn derive_digest(&self, header: &Header) -> [u8; 32] {
        aead::derive_hash(self.place(header).bytes(&self.wrapped).as_bytes())
    }
}

/// The passcode slot of a table read from a file; there is at most one (D11).
pub(crate) fn find_passcode(slots: &[Slot]) -> Result<&Slot, VaultError> {
    let mut passcodes = slots.iter().filter(|slot| slot.kind == KIND_PASSCODE);
    match (passcodes.next(), passcodes.next()) {
        (Some(slot), None) => Ok(slot),
        (None, _) => Err(VaultError::NoPasscodeSlot),
        (Some(_), Some(_)) => Err(VaultError::damaged(Part::SlotTable)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> (Header, Key, Passcode, Slot) {
        let data_key = Key::make().unwrap();
        let header = Header::make(&data_key).unwrap();
        let passcode = Passcode::new("ＡＢＣ７２９４".as_bytes()).unwrap();
        let slot = Slot::make_passcode(&header, 1, &passcode, KdfParams::dangerous_floor(), &data_key).unwrap();
        (header, data_key, passcode, slot)
    }

    #[test]
    fn a_slot_opens_for_its_passcode_in_its_place_only() {
        let (header, data_key, passcode, slot) = setup();
        assert_eq!(slot.unwrap_passcode(&header, &passcode).unwrap().bytes(), data_key.bytes());
        let half_width = Passcode::new(b"ABC7294").unwrap();
        assert_eq!(slot.unwrap_passcode(&header, &half_width).unwrap().bytes(), data_key.bytes());

        let wrong = Err(VaultError::WrongPasscode);
        let refused =
            |header: &Header, slot: &Slot, passcode: &Passcode| slot.unwrap_passcode(header, passcode).map(|_| ());
        assert_eq!(refused(&header, &slot, &Passcode::new(b"ABC7295").unwrap()), wrong);
        assert_eq!(refused(&header, &Slot { id: 2, ..slot.clone() }, &passcode), wrong);
        let costlier = KdfParams { t: slot.kdf.t + 1, ..slot.kdf };
        assert_eq!(refused(&header, &Slot { kdf: costlier, ..slot.clone() }, &passcode), wrong);
        assert_eq!(refused(&Header { vault_id: [0; 16], ..header.clone() }, &slot, &passcode), wrong);
        let flagged = Header { flags: FLAG_INSTALLATION_SECRET, ..header };
        assert_eq!(refused(&flagged, &slot, &passcode), Err(VaultError::InstallationSecretNeeded));
    }

    /// A crafted vault whose slot leads to a key that the header does not commit to is refused.
    #[test]
    fn a_slot_with_another_data_key_is_refused_as_a_wrong_passcode() {
        let (header, _, passcode, _) = setup();
        let other = Key::make().unwrap();
        let crafted = Slot::make_passcode(&header, 1, &passcode, KdfParams::dangerous_floor(), &other).unwrap();
        assert_eq!(crafted.unwrap_passcode(&header, &passcode).unwrap_err(), VaultError::WrongPasscode);
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let (header, _, _, slot) = setup();
        let digest = slot.derive_digest(&header);
        let bent = [
            Slot { id: 2, ..slot.clone() },
            Slot { kind: 3, ..slot.clone() },
            Slot { kdf: KdfParams { p: 2, ..slot.kdf }, ..slot.clone() },
            Slot { salt: [0; 16], ..slot.clone() },
            Slot { wrapped: vec![0; 72], ..slot.clone() },
        ];
        assert!(bent.iter().all(|bent| bent.derive_digest(&header) != digest));
        assert_eq!(find_passcode(&[]), Err(VaultError::NoPasscodeSlot));
        assert_eq!(find_passcode(&[slot.clone(), slot]), Err(VaultError::damaged(Part::SlotTable)));
    }
}
