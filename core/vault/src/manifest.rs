//! The sealed manifest of a generation: every chunk with its place, its hash and the caller's few bytes about it.
//!
//! It is read only when a record's sections are asked for, so that unlocking costs the same for one year and for 25.
//! Chunks lie in the file under numbers that say nothing; the manifest alone knows which number is which section.

use zeroize::Zeroizing;

use crate::aead::{self, Fields, Purpose};
use crate::codec::{Reader, Writer, count};
use crate::error::{Limit, Part, VaultError};
use crate::header::Header;
use crate::ids::RecordId;
use crate::pack::{MAX_PLAIN, pack, unpack};
use crate::secret::Key;

/// The most bytes of a section name.
pub(crate) const MAX_SECTION: usize = 64;
/// The most opaque bytes beside a chunk.
pub(crate) const MAX_META: usize = 4 << 10;

/// One chunk's line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ManifestEntry {
    /// Which of the generation's chunk rows.
    pub(crate) index: u32,
    pub(crate) section: Zeroizing<String>,
    pub(crate) seq: u32,
    pub(crate) plain_len: u32,
    pub(crate) hash: [u8; 32],
    pub(crate) meta: Zeroizing<Vec<u8>>,
}

/// All chunks of one generation, ordered by section and sequence.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Manifest(Vec<ManifestEntry>);

impl Manifest {
    /// Orders the entries and checks that each section runs from 0 without gap or repetition.
    pub(crate) fn new(mut entries: Vec<ManifestEntry>) -> Result<Self, VaultError> {
        entries.sort_by(|a, b| (a.section.as_str(), a.seq).cmp(&(b.section.as_str(), b.seq)));
        let mut due = 0;
        for (at, entry) in entries.iter().enumerate() {
            if at == 0 || entries[at - 1].section != entry.section {
                due = 0;
            }
            if entry.seq < due {
                return Err(VaultError::DuplicateChunk { seq: entry.seq });
            }
            if entry.seq > due {
                return Err(VaultError::MissingChunk { seq: due });
            }
            due += 1;
        }
        Ok(Self(entries))
    }

    pub(crate) fn entries(&self) -> &[ManifestEntry] {
        &self.0
    }

    pub(crate) fn find(&self, section: &str, seq: u32) -> Result<&ManifestEntry, VaultError> {
        self.0
            .binary_search_by(|entry| (entry.section.as_str(), entry.seq).cmp(&(section, seq)))
            .map(|at| &self.0[at])
            .map_err(|_| VaultError::NoSuchChunk)
    }

    pub(crate) fn seal(&self, generation_key: &Key, header: &Header, place: &Fields) -> Result<Vec<u8>, VaultError> {
        let plain = self.encode();
        if plain.len() > MAX_PLAIN {
            return Err(VaultError::TooLarge { limit: Limit::Manifest, size: plain.len(), max: MAX_PLAIN });
        }
        aead::seal(&header.derive_key(generation_key, Purpose::Manifest), place, &pack(&plain))
    }

    pub(crate) fn open(
        generation_key: &Key,
        header: &Header,
        place: &Fields,
        sealed: &[u8],
    ) -> Result<Self, VaultError> {
        aead::open(&header.derive_key(generation_key, Purpose::Manifest), place, sealed)
            .and_then(|packed| unpack(&packed))
            .and_then(|plain| Self::decode(&plain))
            .ok_or(VaultError::damaged(Part::Manifest))
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new();
        writer.u32(count(self.0.len()));
        for entry in &self.0 {
            writer.u32(entry.index);
            writer.field(entry.section.as_bytes());
            writer.u32(entry.seq);
            writer.u32(entry.plain_len);
            writer.raw(&entry.hash);
            writer.field(&entry.meta);
        }
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut entries = Vec::new();
        for _ in 0..reader.u32()? {
            entries.push(ManifestEntry {
                index: reader.u32()?,
                section: Zeroizing::new(std::str::from_utf8(reader.field()?).ok()?.to_owned()),
                seq: reader.u32()?,
                plain_len: reader.u32()?,
                hash: reader.array()?,
                meta: Zeroizing::new(reader.field()?.to_vec()),
            });
        }
        reader.end()?;
        Self::new(entries).ok()
    }
}

/// The place of one record's manifest.
pub(crate) fn manifest_place(header: &Header, record: RecordId, generation: u64) -> Fields {
    header.place_in(Purpose::Manifest, record, generation)
}

/// The place of one chunk: its section and sequence included (D12).
pub(crate) fn chunk_place(header: &Header, record: RecordId, generation: u64, section: &str, seq: u32) -> Fields {
    header.place_in(Purpose::Chunk, record, generation).bytes(section.as_bytes()).u32(seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(section: &str, seq: u32) -> ManifestEntry {
        ManifestEntry {
            index: seq,
            section: Zeroizing::new(section.to_owned()),
            seq,
            plain_len: 10,
            hash: [4; 32],
            meta: Zeroizing::new(b"{}".to_vec()),
        }
    }

    #[test]
    fn gaps_and_repetitions_are_named() {
        let refused = |entries| Manifest::new(entries).err();
        assert_eq!(refused(vec![entry("a", 0), entry("a", 0)]), Some(VaultError::DuplicateChunk { seq: 0 }));
        assert_eq!(refused(vec![entry("a", 0), entry("a", 2)]), Some(VaultError::MissingChunk { seq: 1 }));
        assert_eq!(refused(vec![entry("a", 0), entry("b", 1)]), Some(VaultError::MissingChunk { seq: 0 }));
        let manifest = Manifest::new(vec![entry("b", 1), entry("a", 0), entry("b", 0)]).unwrap();
        assert_eq!(manifest.find("b", 1).unwrap().seq, 1);
        assert_eq!(manifest.find("b", 2).err(), Some(VaultError::NoSuchChunk));
    }

    #[test]
    fn a_manifest_round_trips_in_its_generation_only() {
        let key = Key::make().unwrap();
        let header = Header::make(&key, false).unwrap();
        let record = RecordId::make().unwrap();
        let place = manifest_place(&header, record, 3);
        let manifest = Manifest::new(vec![entry("labs", 0), entry("labs", 1), entry("basics", 0)]).unwrap();
        let sealed = manifest.seal(&key, &header, &place).unwrap();
        assert!(Manifest::open(&key, &header, &place, &sealed).unwrap() == manifest);
        let older = manifest_place(&header, record, 2);
        assert_eq!(Manifest::open(&key, &header, &older, &sealed).err(), Some(VaultError::damaged(Part::Manifest)));
        let encoded = manifest.encode();
        assert!((0..encoded.len()).all(|end| Manifest::decode(&encoded[..end]).is_none()));
    }

    /// D12: section, sequence, record, generation and vault each make another place.
    #[test]
    fn a_chunk_opens_in_its_own_place_only() {
        let key = Key::make().unwrap();
        let header = Header::make(&key, false).unwrap();
        let [record, other] = [RecordId::from_bytes([1; 16]), RecordId::from_bytes([2; 16])];
        let sealed = aead::seal(&key, &chunk_place(&header, record, 3, "labs", 7), b"plain").unwrap();
        assert!(aead::open(&key, &chunk_place(&header, record, 3, "labs", 7), &sealed).is_some());
        let elsewhere = [
            chunk_place(&header, record, 3, "labs", 8),
            chunk_place(&header, record, 3, "lab", 7),
            chunk_place(&header, record, 4, "labs", 7),
            chunk_place(&header, other, 3, "labs", 7),
            chunk_place(&Header { vault_id: [0; 16], ..header.clone() }, record, 3, "labs", 7),
            chunk_place(&Header { suite: 2, ..header.clone() }, record, 3, "labs", 7),
            header.place_in(Purpose::Manifest, record, 3).bytes(b"labs").u32(7),
        ];
        assert!(elsewhere.iter().all(|place| aead::open(&key, place, &sealed).is_none()));
    }
}
