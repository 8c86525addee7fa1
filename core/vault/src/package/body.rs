//! The body of a package: an index, then the parts of the record, each one zstd frame.
//!
//! `field(index frame) || frame || frame ...`, cut into chunks. The index names each part and hashes its plaintext; its own
//! hash stands in the manifest.

use std::fmt;

use zeroize::Zeroizing;

use super::error::{Bomb, PackageError};
use crate::aead;
use crate::codec::{Reader, Writer, count};
use crate::draft::Packed;
use crate::error::VaultError;
use crate::manifest::{MAX_META, MAX_SECTION};
use crate::pack::{self, FrameFlaw, MAX_PLAIN};

/// Plain bytes of all parts (D14).
const MAX_TOTAL: u64 = 64 << 20;
/// How many times larger than its frames the plaintext may be, above [`RATIO_FREE`].
const MAX_RATIO: u64 = 200;
/// Below this the ratio does not matter.
const RATIO_FREE: u64 = 1 << 20;
/// Plain bytes of the index: with the manifest it fits into one chunk of a vault.
const MAX_INDEX: usize = MAX_PLAIN - (64 << 10);
/// The most parts.
const MAX_PARTS: u32 = 1 << 14;

/// One part of a record: the same as a chunk of a vault, and still plaintext.
#[derive(Clone)]
pub struct Part {
    /// Its section.
    pub section: Zeroizing<String>,
    /// Its number within the section, from 0.
    pub seq: u32,
    /// The caller's few bytes about it.
    pub meta: Zeroizing<Vec<u8>>,
    /// Its content, compressed.
    pub packed: Packed,
    /// SHA-256 of its content.
    hash: [u8; 32],
}

impl Part {
    /// Compresses and hashes a part, before its place is known.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] above 1 MiB.
    pub fn new(plain: &[u8]) -> Result<Self, VaultError> {
        Ok(Self {
            section: Zeroizing::default(),
            seq: 0,
            meta: Zeroizing::default(),
            packed: Packed::new(plain)?,
            hash: aead::derive_hash(plain),
        })
    }

    /// The part in its place.
    #[must_use]
    pub fn at(mut self, section: &str, seq: u32, meta: &[u8]) -> Self {
        self.section = Zeroizing::new(section.to_owned());
        self.seq = seq;
        self.meta = Zeroizing::new(meta.to_vec());
        self
    }

    /// Its content.
    ///
    /// # Errors
    /// [`PackageError::Malformed`]; never of a part that was made here or came out of a package.
    pub fn plain(&self) -> Result<Zeroizing<Vec<u8>>, PackageError> {
        Ok(pack::open_frame(&self.packed.frame)?)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({:?})", self.packed)
    }
}

impl From<FrameFlaw> for PackageError {
    fn from(flaw: FrameFlaw) -> Self {
        let bomb = match flaw {
            FrameFlaw::NotOne => Bomb::Frames,
            FrameFlaw::SizeMissing => Bomb::SizeMissing,
            FrameFlaw::TooLarge => Bomb::Part,
            FrameFlaw::Window => Bomb::Window,
            FrameFlaw::Dictionary => Bomb::Dictionary,
            FrameFlaw::Broken => return Self::Malformed,
        };
        bomb.into()
    }
}

/// A line of the index.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct IndexLine {
    pub section: Zeroizing<String>,
    pub seq: u32,
    pub plain_len: u32,
    pub frame_len: u32,
    pub hash: [u8; 32],
    pub meta: Zeroizing<Vec<u8>>,
}

/// What the manifest has to say of a body.
pub(super) struct Body {
    pub bytes: Zeroizing<Vec<u8>>,
    pub plain_len: u64,
    pub index_hash: [u8; 32],
}

/// Joins parts, ordered by section and number.
pub(super) fn join(parts: &[&Part]) -> Result<Body, PackageError> {
    let line = |part: &&Part| IndexLine {
        section: part.section.clone(),
        seq: part.seq,
        plain_len: part.packed.plain_len,
        frame_len: count(part.packed.frame.len()),
        hash: part.hash,
        meta: part.meta.clone(),
    };
    let lines: Vec<IndexLine> = parts.iter().map(line).collect();
    let plain_len = lines.iter().map(|line| u64::from(line.plain_len)).sum();
    let index = encode(&lines);
    let too_long = |line: &IndexLine| line.section.len() > MAX_SECTION || line.meta.len() > MAX_META;
    if index.len() > MAX_INDEX || plain_len > MAX_TOTAL || lines.iter().any(too_long) {
        return Err(PackageError::TooLarge);
    }
    // Nobody would open an index with gaps.
    decode(&index)?;
    let frame = pack::frame(&index);
    let frames: usize = parts.iter().map(|part| part.packed.frame.len()).sum();
    check_ratio(plain_len, frames as u64).map_err(|_| PackageError::TooLarge)?;
    let mut writer = Writer::with_capacity(4 + frame.len() + frames);
    writer.field(&frame);
    parts.iter().for_each(|part| writer.raw(&part.packed.frame));
    Ok(Body { bytes: writer.finish(), plain_len, index_hash: aead::derive_hash(&index) })
}

/// Takes a body apart. Nothing is unpacked before the limits on all of it hold. Returns the plain index, too, to be kept.
pub(super) fn split(body: &Body) -> Result<(Vec<Part>, Zeroizing<Vec<u8>>), PackageError> {
    let mut reader = Reader::new(&body.bytes);
    let index = pack::open_frame(reader.field().ok_or(PackageError::Malformed)?)?;
    if index.len() > MAX_INDEX {
        return Err(Bomb::Parts.into());
    }
    if aead::derive_hash(&index) != body.index_hash {
        return Err(PackageError::Malformed);
    }
    let lines = decode(&index)?;
    let sum = |of: fn(&IndexLine) -> u32| lines.iter().map(|line| u64::from(of(line))).sum::<u64>();
    let (plain, frames) = (sum(|line| line.plain_len), sum(|line| line.frame_len));
    if plain.max(body.plain_len) > MAX_TOTAL {
        return Err(Bomb::Total.into());
    }
    check_ratio(plain, frames)?;
    if plain != body.plain_len {
        return Err(PackageError::Malformed);
    }
    let mut parts = Vec::with_capacity(lines.len());
    for line in lines {
        let frame = reader.bytes(line.frame_len as usize).ok_or(PackageError::Malformed)?;
        let (packed, plain) = Packed::of_frame(frame)?;
        if packed.plain_len != line.plain_len || aead::derive_hash(&plain) != line.hash {
            return Err(PackageError::Malformed);
        }
        parts.push(Part { section: line.section, seq: line.seq, meta: line.meta, packed, hash: line.hash });
    }
    reader.end().ok_or(PackageError::Malformed)?;
    Ok((parts, index))
}

fn check_ratio(plain: u64, frames: u64) -> Result<(), PackageError> {
    let is_bomb = plain > RATIO_FREE && plain / MAX_RATIO > frames;
    if is_bomb { Err(Bomb::Ratio.into()) } else { Ok(()) }
}

fn encode(lines: &[IndexLine]) -> Zeroizing<Vec<u8>> {
    let mut writer = Writer::new();
    writer.u32(count(lines.len()));
    for line in lines {
        writer.field(line.section.as_bytes());
        writer.u32(line.seq);
        writer.u32(line.plain_len);
        writer.u32(line.frame_len);
        writer.raw(&line.hash);
        writer.field(&line.meta);
    }
    writer.finish()
}

/// The lines of an index, ordered by section and number, none twice and none missing.
pub(super) fn decode(index: &[u8]) -> Result<Vec<IndexLine>, PackageError> {
    let mut reader = Reader::new(index);
    let n = reader.u32().ok_or(PackageError::Malformed)?;
    if n > MAX_PARTS {
        return Err(Bomb::Parts.into());
    }
    let mut line = || {
        Some(IndexLine {
            section: Zeroizing::new(std::str::from_utf8(reader.field()?).ok()?.to_owned()),
            seq: reader.u32()?,
            plain_len: reader.u32()?,
            frame_len: reader.u32()?,
            hash: reader.array()?,
            meta: Zeroizing::new(reader.field()?.to_vec()),
        })
    };
    let lines: Vec<IndexLine> = (0..n).map(|_| line()).collect::<Option<_>>().ok_or(PackageError::Malformed)?;
    reader.end().ok_or(PackageError::Malformed)?;
    let follows = |pair: &[IndexLine]| match pair[0].section.as_str().cmp(&pair[1].section) {
        std::cmp::Ordering::Less => pair[1].seq == 0,
        std::cmp::Ordering::Equal => pair[1].seq == pair[0].seq.wrapping_add(1),
        std::cmp::Ordering::Greater => false,
    };
    let in_order = lines.first().is_none_or(|first| first.seq == 0) && lines.windows(2).all(follows);
    let fits = lines.iter().all(|line| line.section.len() <= MAX_SECTION && line.meta.len() <= MAX_META);
    if in_order && fits { Ok(lines) } else { Err(PackageError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts whose index has so many plain bytes.
    fn parts_with_index(len: usize) -> Vec<Part> {
        let part = Part::new(b"").unwrap();
        let line = encode(&[]).len();
        let of_one = |meta: usize| {
            let one = part.clone().at("a", 0, &vec![0; meta]);
            let body = join(&[&one]).unwrap();
            let mut reader = Reader::new(&body.bytes);
            pack::open_frame(reader.field().unwrap()).unwrap().len() - line
        };
        let (full, empty) = (of_one(MAX_META), of_one(0));
        let (many, rest) = ((len - line) / full - 1, (len - line) % full + full);
        let last = [rest / 2, rest - rest / 2].map(|share| share - empty);
        let metas = std::iter::repeat_n(MAX_META, many).chain(last);
        metas.enumerate().map(|(seq, meta)| part.clone().at("a", seq as u32, &vec![0; meta])).collect()
    }

    #[test]
    fn an_index_of_a_package_fits_a_chunk_of_a_vault() {
        for (len, fits) in [(MAX_PLAIN - (64 << 10), true), (MAX_PLAIN - (64 << 10) + 1, false), (MAX_PLAIN, false)] {
            let parts = parts_with_index(len);
            let joined = join(&parts.iter().collect::<Vec<_>>());
            assert_eq!(joined.err(), (!fits).then_some(PackageError::TooLarge), "{len}");
        }
    }

    /// Joined and taken apart, or why not.
    fn there_and_back(parts: &[Part]) -> Result<usize, PackageError> {
        split(&join(&parts.iter().collect::<Vec<_>>())?).map(|(parts, _)| parts.len())
    }

    #[test]
    fn every_limit_holds_at_its_end() {
        let too_large = Err(PackageError::TooLarge);
        let part = Part::new(b"").unwrap();
        for (section, meta, expected) in [
            (MAX_SECTION, MAX_META, Ok(1)),
            (MAX_SECTION + 1, 0, too_large.clone()),
            (0, MAX_META + 1, too_large.clone()),
        ] {
            let one = part.clone().at(&"a".repeat(section), 0, &vec![0; meta]);
            assert_eq!(there_and_back(&[one]), expected, "{section}, {meta}");
        }
        let most = MAX_PARTS as usize;
        for (parts, expected) in [(most, Ok(most)), (most + 1, Err(Bomb::Parts.into()))] {
            let parts: Vec<Part> = (0..parts).map(|seq| part.clone().at("a", seq as u32, b"")).collect();
            assert_eq!(there_and_back(&parts), expected);
        }
        // Half of what may be a part does not shrink, so the ratio is no matter.
        let mut large = vec![0; MAX_PLAIN];
        let noise = (0_u32..).flat_map(|n| aead::derive_hash(&n.to_be_bytes()));
        large[..MAX_PLAIN / 2].iter_mut().zip(noise).for_each(|(byte, noise)| *byte = noise);
        let large = Part::new(&large).unwrap();
        let most = usize::try_from(MAX_TOTAL).unwrap() / MAX_PLAIN;
        let mut parts: Vec<Part> = (0..most).map(|seq| large.clone().at("a", seq as u32, b"")).collect();
        assert_eq!(there_and_back(&parts), Ok(most));
        parts.push(Part::new(b"1").unwrap().at("b", 0, b""));
        assert_eq!(there_and_back(&parts), too_large);
        // And an index that is as long as it may be is taken apart, too.
        let parts = parts_with_index(MAX_INDEX);
        assert_eq!(there_and_back(&parts), Ok(parts.len()));
    }

    #[test]
    fn the_ratio_counts_above_a_mebibyte_and_from_two_hundred_on() {
        for (plain, frames, is_bomb) in [
            (1 << 20, 0, false),
            ((1 << 20) + 1, 0, true),
            (200 << 20, 1 << 20, false),
            ((200 << 20) + 199, 1 << 20, false),
            ((200 << 20) + 200, 1 << 20, true),
        ] {
            assert_eq!(check_ratio(plain, frames).is_err(), is_bomb, "{plain} of {frames}");
        }
    }
}
