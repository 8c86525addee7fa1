//! Key slots: each wraps the data key for one way of unlocking, and each alone suffices (D10).
//!
//! A slot's key (KEK) comes from what unlocks it: 1 *passcode*, Argon2id and, where the header says so, the installation
//! secret behind it; 2 *biometric*, a secret of the platform; 3 *recovery code*, its 26 characters. The last two need no
//! stretching, their costs are zero. A slot of a kind this version does not know is left alone and stays in the table.
//! The sealed head holds every slot's digest, so a swapped, replayed or added one is seen.

use zeroize::Zeroizing;

use crate::aead::{self, Fields, Purpose};
use crate::error::{Part, VaultError};
use crate::header::Header;
use crate::kdf::{self, KdfParams, SALT_LEN};
use crate::secret::{Key, make_random};
use crate::unlock::{SlotKind, Unlock};

/// At most this many slots in all (D11).
pub(crate) const MAX_SLOTS: usize = 8;

/// The costs of a slot whose secret is not guessed.
const NO_COSTS: KdfParams = KdfParams { m_kib: 0, t: 0, p: 0 };

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

impl SlotKind {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Self::Unknown => 0,
            Self::Passcode => 1,
            Self::Biometric => 2,
            Self::Recovery => 3,
        }
    }

    const fn of(number: u32) -> Self {
        match number {
            1 => Self::Passcode,
            2 => Self::Biometric,
            3 => Self::Recovery,
            _ => Self::Unknown,
        }
    }
}

impl Unlock<'_> {
    pub(crate) const fn kind(&self) -> SlotKind {
        match self {
            Self::Passcode(_) | Self::PasscodeWithSecret(..) => SlotKind::Passcode,
            Self::Biometric(_) => SlotKind::Biometric,
            Self::Recovery(_) => SlotKind::Recovery,
        }
    }
}

impl Slot {
    /// A slot that wraps `data_key` for `unlock`. `costs` are those of a passcode.
    pub(crate) fn make(
        header: &Header,
        id: u32,
        unlock: &Unlock<'_>,
        costs: KdfParams,
        data_key: &Key,
    ) -> Result<Self, VaultError> {
        let kind = unlock.kind();
        let kdf = if kind == SlotKind::Passcode { costs } else { NO_COSTS };
        let mut slot = Self { id, kind: kind.number(), kdf, salt: make_random()?, wrapped: Vec::new() };
        let kek = slot.derive_kek(header, unlock)?;
        slot.wrapped = aead::seal(&kek, &slot.place(header), data_key.bytes())?;
        Ok(slot)
    }

    /// The data key, or `None`: a failed tag and a failed commitment are one (D12).
    pub(crate) fn unwrap(&self, header: &Header, unlock: &Unlock<'_>) -> Result<Option<Key>, VaultError> {
        let kek = self.derive_kek(header, unlock)?;
        Ok(aead::open(&kek, &self.place(header), &self.wrapped)
            .and_then(|plain| Key::from_slice(&plain))
            .filter(|data_key| header.commits_to(data_key)))
    }

    /// Refuses, before anything is derived or counted, what this slot can never be opened with, and costs it may not have.
    pub(crate) fn check(&self, header: &Header, unlock: &Unlock<'_>) -> Result<(), VaultError> {
        match unlock {
            Unlock::Passcode(_) if header.needs_installation_secret() => Err(VaultError::InstallationSecretNeeded),
            Unlock::PasscodeWithSecret(..) if !header.needs_installation_secret() => {
                Err(VaultError::NoInstallationSecret)
            }
            Unlock::Passcode(_) | Unlock::PasscodeWithSecret(..) => self.kdf.check(),
            Unlock::Biometric(_) | Unlock::Recovery(_) if self.kdf != NO_COSTS => {
                Err(VaultError::KdfOutOfBounds { params: self.kdf })
            }
            Unlock::Biometric(_) | Unlock::Recovery(_) => Ok(()),
        }
    }

    pub(crate) fn kind(&self) -> SlotKind {
        SlotKind::of(self.kind)
    }

    /// Whether it opens without the device's keystore (D10).
    pub(crate) fn opens_anywhere(&self, header: &Header) -> bool {
        match self.kind() {
            SlotKind::Recovery => true,
            SlotKind::Passcode => !header.needs_installation_secret(),
            SlotKind::Biometric | SlotKind::Unknown => false,
        }
    }

    /// KEK = HKDF(salt = the slot's, input = what unlocks, info = vault, kind and flags).
    fn derive_kek(&self, header: &Header, unlock: &Unlock<'_>) -> Result<Key, VaultError> {
        self.check(header, unlock)?;
        let mut input = Zeroizing::new(Vec::with_capacity(64));
        match unlock {
            Unlock::Passcode(passcode) => {
                input.extend_from_slice(kdf::derive_from_passcode(passcode, &self.salt, self.kdf)?.bytes());
            }
            Unlock::PasscodeWithSecret(passcode, secret) => {
                input.extend_from_slice(kdf::derive_from_passcode(passcode, &self.salt, self.kdf)?.bytes());
                input.extend_from_slice(secret.dangerous_bytes());
            }
            Unlock::Biometric(secret) => input.extend_from_slice(secret.dangerous_bytes()),
            Unlock::Recovery(code) => input.extend_from_slice(code.bytes()),
        }
        let info = Fields::new(Purpose::Kek).bytes(&header.vault_id).u32(self.kind).u32(header.flags);
        Ok(aead::derive_key(&self.salt, &input, &info))
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

/// The slots that `unlock` may open, the newest first. One of each kind, but two passcodes while one is being changed
/// (ADR 0007): more are no work of ours, and each would cost a key derivation. One that can never open (a bent kind or
/// cost) is passed over as long as there is another.
pub(crate) fn find<'s>(slots: &'s [Slot], header: &Header, unlock: &Unlock<'_>) -> Result<Vec<&'s Slot>, VaultError> {
    let kind = unlock.kind();
    let (mut found, mut refused) = (Vec::new(), VaultError::NoSlot { kind });
    for slot in slots.iter().filter(|slot| slot.kind() == kind) {
        match slot.check(header, unlock) {
            Ok(()) => found.push(slot),
            Err(error) => refused = error,
        }
    }
    found.sort_by_key(|slot| std::cmp::Reverse(slot.id));
    let most = if kind == SlotKind::Passcode { 2 } else { 1 };
    match found.len() {
        0 => Err(refused),
        count if count > most => Err(VaultError::damaged(Part::SlotTable)),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Passcode;
    use crate::unlock::{BiometricSecret, InstallationSecret, RecoveryCode};

    const FLOOR: KdfParams = KdfParams::dangerous_floor();

    fn setup() -> (Header, Key, Passcode, Slot) {
        let data_key = Key::make().unwrap();
        let header = Header::make(&data_key, false).unwrap();
        let passcode = Passcode::new("ＡＢＣ７２９４".as_bytes()).unwrap();
        let slot = Slot::make(&header, 1, &Unlock::Passcode(&passcode), FLOOR, &data_key).unwrap();
        (header, data_key, passcode, slot)
    }

    fn opens(slot: &Slot, header: &Header, unlock: &Unlock<'_>, data_key: &Key) -> bool {
        slot.unwrap(header, unlock).unwrap().is_some_and(|key| key.bytes() == data_key.bytes())
    }

    #[test]
    fn a_slot_opens_for_its_passcode_in_its_place_only() {
        let (header, data_key, passcode, slot) = setup();
        let right = Unlock::Passcode(&passcode);
        assert!(opens(&slot, &header, &right, &data_key));
        let half_width = Passcode::new(b"ABC7294").unwrap();
        assert!(opens(&slot, &header, &Unlock::Passcode(&half_width), &data_key));

        let refused =
            |header: &Header, slot: &Slot, unlock: &Unlock<'_>| slot.unwrap(header, unlock).unwrap().is_none();
        assert!(refused(&header, &slot, &Unlock::Passcode(&Passcode::new(b"ABC7295").unwrap())));
        assert!(refused(&header, &Slot { id: 2, ..slot.clone() }, &right));
        let costlier = KdfParams { t: slot.kdf.t + 1, ..slot.kdf };
        assert!(refused(&header, &Slot { kdf: costlier, ..slot.clone() }, &right));
        assert!(refused(&Header { vault_id: [0; 16], ..header.clone() }, &slot, &right));
    }

    #[test]
    fn every_kind_of_slot_opens_for_its_own_secret_alone() {
        let data_key = Key::make().unwrap();
        let header = Header::make(&data_key, true).unwrap();
        let passcode = Passcode::new(b"729461").unwrap();
        let (device, other) = (InstallationSecret::make().unwrap(), InstallationSecret::make().unwrap());
        let (face, code) = (BiometricSecret::make().unwrap(), RecoveryCode::make().unwrap());
        let ways = [Unlock::PasscodeWithSecret(&passcode, &device), Unlock::Biometric(&face), Unlock::Recovery(&code)];
        for unlock in &ways {
            let slot = Slot::make(&header, 1, unlock, FLOOR, &data_key).unwrap();
            assert!(opens(&slot, &header, unlock, &data_key));
            assert_eq!(slot.opens_anywhere(&header), unlock.kind() == SlotKind::Recovery);
        }
        let slot = Slot::make(&header, 1, &ways[0], FLOOR, &data_key).unwrap();
        assert!(!opens(&slot, &header, &Unlock::PasscodeWithSecret(&passcode, &other), &data_key));
        assert_eq!(
            slot.unwrap(&header, &Unlock::Passcode(&passcode)).err(),
            Some(VaultError::InstallationSecretNeeded)
        );
        let plain = Header { flags: 0, ..header.clone() };
        assert_eq!(slot.unwrap(&plain, &ways[0]).err(), Some(VaultError::NoInstallationSecret));
        let crafted = Slot { kdf: FLOOR, ..Slot::make(&header, 1, &ways[2], FLOOR, &data_key).unwrap() };
        assert_eq!(crafted.unwrap(&header, &ways[2]).err(), Some(VaultError::KdfOutOfBounds { params: FLOOR }));
    }

    /// A crafted vault whose slot leads to a key that the header does not commit to is refused.
    #[test]
    fn a_slot_with_another_data_key_does_not_open() {
        let (header, _, passcode, _) = setup();
        let (other, unlock) = (Key::make().unwrap(), Unlock::Passcode(&passcode));
        let crafted = Slot::make(&header, 1, &unlock, FLOOR, &other).unwrap();
        assert!(crafted.unwrap(&header, &unlock).unwrap().is_none());
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
    }

    #[test]
    fn slots_are_found_by_kind_and_never_too_many() {
        let (header, _, passcode, slot) = setup();
        let with_id = |id| Slot { id, ..slot.clone() };
        let ids = |slots: &[Slot]| {
            find(slots, &header, &Unlock::Passcode(&passcode)).map(|found| found.iter().map(|s| s.id).collect())
        };
        assert_eq!(ids(&[with_id(1), with_id(5)]), Ok(vec![5, 1]));
        assert_eq!(ids(&[]), Err(VaultError::NoSlot { kind: SlotKind::Passcode }));
        assert_eq!(ids(&[with_id(1), with_id(2), with_id(3)]), Err(VaultError::damaged(Part::SlotTable)));
        // A recovery slot whose kind was bent into a passcode's locks nobody out.
        let bent = Slot { kdf: NO_COSTS, ..with_id(2) };
        assert_eq!(ids(&[with_id(1), bent.clone()]), Ok(vec![1]));
        assert_eq!(ids(&[bent]), Err(VaultError::KdfOutOfBounds { params: NO_COSTS }));
        let codes = [1, 2].map(|id| Slot { id, kind: 3, kdf: NO_COSTS, ..slot.clone() });
        let code = RecoveryCode::make().unwrap();
        let found = find(&codes, &header, &Unlock::Recovery(&code)).map(|found| found.len());
        assert_eq!(found, Err(VaultError::damaged(Part::SlotTable)));
    }
}
