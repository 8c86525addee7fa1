//! The sealed head: the one small row that says what is current (D12, D13).
//!
//! It holds a counter that grows with every commit, the digest of every slot, and for each record its current
//! generation with the hashes of that generation's manifest and catalogue. Everything hangs from it: a removed,
//! replayed or swapped slot, generation or chunk no longer matches. `(counter, hash of the sealed head)` is the *anchor*
//! a platform may keep to notice a whole file rolled back.

use zeroize::Zeroizing;

use crate::aead::{self, Purpose};
use crate::codec::{Reader, Writer, count, pad, unpad};
use crate::error::{Limit, Part, VaultError};
use crate::header::Header;
use crate::ids::RecordId;
use crate::secret::Key;
use crate::slot::{MAX_SLOTS, Slot};

/// Padding step: the head's size tells only roughly how many records there are.
const STEP: usize = 1024;
/// The most bytes a head may have; hundreds of records.
const MAX: usize = 1 << 20;
/// Bytes of one slot's digest with its number.
const SLOT: usize = 36;
/// The most bytes of a record's label.
const MAX_LABEL: usize = 16 << 10;

/// One record's line in the head.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecordEntry {
    pub(crate) id: RecordId,
    pub(crate) generation: u64,
    /// Row of the generation in the file.
    pub(crate) row: i64,
    pub(crate) manifest_hash: [u8; 32],
    pub(crate) catalogue_hash: [u8; 32],
    pub(crate) label: Zeroizing<Vec<u8>>,
}

/// The opened head.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) counter: u64,
    /// Seconds since 1970 by the clock of the writer: to be shown, never to be decided upon.
    pub(crate) written_at: u64,
    pub(crate) slots: Vec<(u32, [u8; 32])>,
    pub(crate) records: Vec<RecordEntry>,
}

impl Head {
    /// Whether the slot table in the file is the one this head was sealed over.
    pub(crate) fn covers(&self, header: &Header, slots: &[Slot]) -> bool {
        self.slots == derive_digests(header, slots)
    }

    /// Whether this one slot is current: a retired slot that was put back is not.
    pub(crate) fn covers_slot(&self, header: &Header, slot: &Slot) -> bool {
        self.slots.contains(&(slot.id, slot.derive_digest(header)))
    }

    pub(crate) fn record(&self, id: RecordId) -> Result<&RecordEntry, VaultError> {
        self.records.iter().find(|record| record.id == id).ok_or(VaultError::NoSuchRecord)
    }

    /// The head after `entry` became its record's current generation; counted on when it is sealed.
    pub(crate) fn with(&self, entry: RecordEntry) -> Self {
        let mut next = self.clone();
        match next.records.iter_mut().find(|record| record.id == entry.id) {
            Some(record) => *record = entry,
            None => next.records.push(entry),
        }
        next
    }

    pub(crate) fn seal(&self, header: &Header, data_key: &Key) -> Result<Vec<u8>, VaultError> {
        let plain = self.encode();
        // As if the slot table were full: a head filled by records must not shut out another passcode or code.
        let size = plain.len() + SLOT * MAX_SLOTS.saturating_sub(self.slots.len());
        if size > MAX {
            return Err(VaultError::TooLarge { limit: Limit::Head, size, max: MAX });
        }
        aead::seal(&header.derive_key(data_key, Purpose::Head), &header.place(Purpose::Head), &pad(&plain, STEP))
    }

    pub(crate) fn open(header: &Header, data_key: &Key, sealed: &[u8]) -> Result<Self, VaultError> {
        aead::open(&header.derive_key(data_key, Purpose::Head), &header.place(Purpose::Head), sealed)
            .and_then(|padded| Self::decode(unpad(&padded)?))
            .ok_or(VaultError::damaged(Part::Head))
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new();
        writer.u64(self.counter);
        writer.u64(self.written_at);
        writer.u32(count(self.slots.len()));
        for (id, digest) in &self.slots {
            writer.u32(*id);
            writer.raw(digest);
        }
        writer.u32(count(self.records.len()));
        for record in &self.records {
            writer.raw(record.id.as_bytes());
            writer.u64(record.generation);
            writer.u64(record.row.cast_unsigned());
            writer.raw(&record.manifest_hash);
            writer.raw(&record.catalogue_hash);
            writer.field(&record.label);
        }
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut head = Self { counter: reader.u64()?, written_at: reader.u64()?, ..Self::default() };
        for _ in 0..reader.u32()? {
            head.slots.push((reader.u32()?, reader.array()?));
        }
        for _ in 0..reader.u32()? {
            head.records.push(RecordEntry {
                id: RecordId::from_bytes(reader.array()?),
                generation: reader.u64()?,
                row: reader.u64()?.cast_signed(),
                manifest_hash: reader.array()?,
                catalogue_hash: reader.array()?,
                label: Zeroizing::new(reader.field()?.to_vec()),
            });
        }
        reader.end()?;
        (head.slots.len() <= MAX_SLOTS).then_some(head)
    }
}

/// The slot digests a head is sealed over, in the order of the table.
pub(crate) fn derive_digests(header: &Header, slots: &[Slot]) -> Vec<(u32, [u8; 32])> {
    slots.iter().map(|slot| (slot.id, slot.derive_digest(header))).collect()
}

/// Refuses a label that would not fit.
pub(crate) fn check_label(label: &[u8]) -> Result<(), VaultError> {
    if label.len() > MAX_LABEL {
        return Err(VaultError::TooLarge { limit: Limit::Label, size: label.len(), max: MAX_LABEL });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u8, generation: u64) -> RecordEntry {
        RecordEntry {
            id: RecordId::from_bytes([id; 16]),
            generation,
            row: 77,
            manifest_hash: [1; 32],
            catalogue_hash: [2; 32],
            label: Zeroizing::new(b"label".to_vec()),
        }
    }

    #[test]
    fn a_head_round_trips_and_only_in_its_vault() {
        let key = Key::make().unwrap();
        let header = Header::make(&key, false).unwrap();
        let head = Head { slots: vec![(1, [3; 32])], ..Head::default() }.with(entry(1, 1)).with(entry(2, 1));
        let sealed = head.seal(&header, &key).unwrap();
        assert_eq!(sealed.len(), STEP + aead::OVERHEAD);
        assert!(Head::open(&header, &key, &sealed).unwrap() == head);
        for other in [Header { vault_id: [0; 16], ..header.clone() }, Header { flags: 1, ..header.clone() }] {
            assert!(Head::open(&other, &key, &sealed).is_err());
        }
        assert_eq!(head.records.len(), 2);
    }

    #[test]
    fn a_new_generation_takes_its_records_place() {
        let head = Head::default().with(entry(1, 1)).with(entry(2, 1)).with(entry(1, 2));
        assert_eq!(head.records.len(), 2);
        assert_eq!(head.record(RecordId::from_bytes([1; 16])).unwrap().generation, 2);
        assert_eq!(head.record(RecordId::from_bytes([9; 16])).err(), Some(VaultError::NoSuchRecord));
        assert_eq!(check_label(&[0; MAX_LABEL]), Ok(()));
        assert!(check_label(&[0; MAX_LABEL + 1]).is_err());
    }

    #[test]
    fn records_leave_room_for_every_slot() {
        let key = Key::make().unwrap();
        let header = Header::make(&key, false).unwrap();
        let full = |slots: u32| Head { slots: (0..slots).map(|id| (id, [3; 32])).collect(), ..Head::default() };
        let grown = |mut head: Head| {
            let entries = (0u32..).map(|n| RecordEntry {
                id: RecordId::from_bytes([[0; 12].as_slice(), &n.to_be_bytes()].concat().try_into().unwrap()),
                label: Zeroizing::new(vec![0; MAX_LABEL]),
                ..entry(0, 1)
            });
            for entry in entries {
                let next = head.with(entry);
                if next.seal(&header, &key).is_err() {
                    return head;
                }
                head = next;
            }
            unreachable!("a head holds no endless records")
        };
        let head = grown(full(1));
        assert_eq!(head.records.len(), grown(full(MAX_SLOTS as u32)).records.len());
        assert!(Head { slots: full(MAX_SLOTS as u32).slots, ..head }.seal(&header, &key).is_ok());
    }

    #[test]
    fn a_cut_head_is_refused() {
        let encoded = Head::default().with(entry(1, 1)).encode();
        assert!((0..encoded.len()).all(|end| Head::decode(&encoded[..end]).is_none()));
    }
}
