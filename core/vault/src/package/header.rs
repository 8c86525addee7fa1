//! The outside of a package: 132 bytes in the clear, the outer signature behind them.
//!
//! Nothing here comes from the record but its padded length. Ids are random or hashes of public keys.

use std::fmt;

use super::error::PackageError;
use super::keys::SIGNATURE;
use super::{FORMAT, SUITE};
use crate::codec::Reader;
use crate::ids::{EnrolmentId, HospitalId, KeyId};

pub(super) const MAGIC: &[u8; 8] = b"MYKARTEP";
/// Bytes of the header.
pub(super) const HEADER: usize = 132;
/// Bytes of one sealed chunk.
pub(super) const CHUNK: usize = 64 << 10;
/// The most chunks: 64 MiB.
pub(super) const MAX_CHUNKS: u32 = 1024;

/// Which of an enrolment's packages: a later one has a higher number. A hospital that lost count raises the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssueNumber {
    /// The hospital's epoch, from 1; the root key alone raises it.
    pub epoch: u32,
    /// Counts the packages of one enrolment within an epoch, from 1.
    pub counter: u64,
}

impl fmt::Display for IssueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.counter)
    }
}

/// What anybody sees of a package without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outside {
    /// The hospital that issued it.
    pub hospital: HospitalId,
    /// The key that signed it.
    pub signing_key: KeyId,
    /// Whose it is, to those who know.
    pub enrolment: EnrolmentId,
    /// The device key that opens it.
    pub recipient: KeyId,
    /// Which of the enrolment's packages.
    pub number: IssueNumber,
    /// Sealed chunks of 64 KiB.
    pub chunks: u32,
    /// HPKE's encapsulated key.
    pub(super) encapsulated: [u8; 32],
}

impl Outside {
    pub(super) fn encode(&self) -> [u8; HEADER] {
        let payload = u64::from(self.chunks) * CHUNK as u64;
        let fields: [&[u8]; 11] = [
            MAGIC,
            &FORMAT.to_be_bytes(),
            &SUITE.to_be_bytes(),
            self.hospital.as_bytes(),
            self.signing_key.as_bytes(),
            self.enrolment.as_bytes(),
            self.recipient.as_bytes(),
            &self.number.epoch.to_be_bytes(),
            &self.number.counter.to_be_bytes(),
            &payload.to_be_bytes(),
            &self.encapsulated,
        ];
        fields.concat().try_into().expect("the fields have 132 bytes")
    }

    /// Reads the outside of a package; believes nothing of it.
    ///
    /// # Errors
    /// [`PackageError::NotAPackage`], [`PackageError::NewerFormat`], [`PackageError::UnknownSuite`],
    /// [`PackageError::WrongLength`].
    pub fn read(package: &[u8]) -> Result<Self, PackageError> {
        let rest = package.strip_prefix(MAGIC).ok_or(PackageError::NotAPackage)?;
        let (outside, payload) = Self::decode(rest).ok_or(PackageError::WrongLength)??;
        let there = package.len().checked_sub(HEADER + SIGNATURE).map(|there| there as u64);
        let is_whole = there == Some(payload) && payload.is_multiple_of(CHUNK as u64);
        if is_whole && (2..=MAX_CHUNKS).contains(&outside.chunks) {
            Ok(outside)
        } else {
            Err(PackageError::WrongLength)
        }
    }

    fn decode(bytes: &[u8]) -> Option<Result<(Self, u64), PackageError>> {
        let mut reader = Reader::new(bytes);
        let format = reader.u32()?;
        if format != FORMAT {
            return Some(Err(PackageError::NewerFormat { format }));
        }
        let suite = reader.u32()?;
        if suite != SUITE {
            return Some(Err(PackageError::UnknownSuite { suite }));
        }
        let mut outside = Self {
            hospital: HospitalId::from_bytes(reader.array()?),
            signing_key: KeyId::from_bytes(reader.array()?),
            enrolment: EnrolmentId::from_bytes(reader.array()?),
            recipient: KeyId::from_bytes(reader.array()?),
            number: IssueNumber { epoch: reader.u32()?, counter: reader.u64()? },
            chunks: 0,
            encapsulated: [0; 32],
        };
        let payload = reader.u64()?;
        outside.encapsulated = reader.array()?;
        outside.chunks = u32::try_from(payload / CHUNK as u64).unwrap_or(u32::MAX);
        Some(Ok((outside, payload)))
    }
}
