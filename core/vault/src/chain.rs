//! Hash chains: records that were written once and are noticed when they are changed, left out or put in another order.
//!
//! A chain does not see its own tail cut off. A [`Head`] does: how many records there were and how they hash, signed, kept
//! somewhere else.

use std::fmt;

use crate::aead::{self, Fields, Purpose};
use crate::codec::{Reader, Writer};
use crate::ids::ChainId;
use crate::package::{SIGNATURE, SignatureFlaw, SigningKey, VerifyingKey};

/// The version of heads.
const FORMAT: u32 = 1;

/// Where a chain stands: SHA-256 over the place before it and the record.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(pub [u8; 32]);

impl Place {
    /// Before the first record of a chain.
    #[must_use]
    pub fn start(chain: ChainId) -> Self {
        Self(aead::derive_hash(Fields::new(Purpose::ChainStart).bytes(chain.as_bytes()).as_bytes()))
    }

    /// After one more record.
    #[must_use]
    pub fn after(self, number: u64, record: &[u8]) -> Self {
        Self(aead::derive_hash(Fields::new(Purpose::ChainLink).bytes(&self.0).u64(number).bytes(record).as_bytes()))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// How far a chain had come, to be signed and kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Which chain.
    pub chain: ChainId,
    /// How many records.
    pub count: u64,
    /// Where they led.
    pub place: Place,
    /// When, in Unix seconds.
    pub at: u64,
}

impl Head {
    /// The head as it is kept elsewhere.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u32(FORMAT);
        writer.raw(self.chain.as_bytes());
        writer.u64(self.count);
        writer.raw(&self.place.0);
        writer.u64(self.at);
        let mut bytes = writer.finish().to_vec();
        let signature = key.sign(&signed_text(&bytes));
        bytes.extend_from_slice(&signature);
        bytes
    }

    /// Reads a head and checks its signature.
    ///
    /// # Errors
    /// [`SignatureFlaw`]: it is none, or not of this key.
    pub fn read(bytes: &[u8], key: &VerifyingKey) -> Result<Self, SignatureFlaw> {
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(SignatureFlaw::Missing)?;
        key.verify(&signed_text(body), signature)?;
        Self::decode(body).ok_or(SignatureFlaw::NotCanonical)
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        reader.u32().filter(|format| *format == FORMAT)?;
        let chain = ChainId::from_bytes(reader.array()?);
        let head = Self { chain, count: reader.u64()?, place: Place(reader.array()?), at: reader.u64()? };
        reader.end()?;
        Some(head)
    }
}

fn signed_text(body: &[u8]) -> Fields {
    Fields::new(Purpose::ChainHead).bytes(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_and_its_order_count() {
        let chain = ChainId::make().unwrap();
        let walk = |records: &[&[u8]]| {
            (1..).zip(records).fold(Place::start(chain), |place, (number, record)| place.after(number, record))
        };
        let all = walk(&[b"a", b"b", b"c"]);
        for other in [&[&b"a"[..], b"c", b"b"][..], &[b"a", b"b"], &[b"a", b"b", b"d"], &[b"ab", b"c"]] {
            assert_ne!(walk(other), all);
        }
        assert_ne!(Place::start(chain), Place::start(ChainId::make().unwrap()));
    }

    #[test]
    fn a_head_is_its_keys_word() {
        let (key, other) = (SigningKey::make().unwrap(), SigningKey::make().unwrap());
        let chain = ChainId::make().unwrap();
        let head = Head { chain, count: 7, place: Place::start(chain), at: 1_780_000_000 };
        let signed = head.sign(&key);
        assert_eq!(Head::read(&signed, &key.verifying_key()), Ok(head));
        assert_eq!(Head::read(&signed, &other.verifying_key()), Err(SignatureFlaw::Wrong));
        for at in 0..signed.len() {
            let mut bent = signed.clone();
            bent[at] ^= 1;
            assert!(Head::read(&bent, &key.verifying_key()).is_err(), "byte {at}");
        }
        assert!(Head::read(&signed[1..], &key.verifying_key()).is_err());
    }
}
