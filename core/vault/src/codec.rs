//! Bytes in and out for the sealed structures: big-endian integers and length-prefixed fields, nothing else.
//!
//! What is read here was authenticated before, yet every length is checked all the same: a reader of bytes never trusts.

use zeroize::Zeroizing;

/// Builds a structure. Keys, labels and section names pass through it: it is wiped when dropped, and so is each smaller
/// buffer that it outgrew.
pub(crate) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self::with_capacity(256)
    }

    /// For what is large, or goes on growing when it is finished.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let len = self.0.len() + bytes.len();
        if len > self.0.capacity() {
            // A vector that grows by itself leaves a copy behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(len.next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        debug_assert!(len <= self.0.capacity());
        self.0.extend_from_slice(bytes);
    }

    /// What is in it so far.
    pub(crate) fn written(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.raw(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.raw(&value.to_be_bytes());
    }

    /// A field of up to 4 GiB; callers check their own, far lower limits before.
    pub(crate) fn field(&mut self, bytes: &[u8]) {
        self.u32(count(bytes.len()));
        self.raw(bytes);
    }

    pub(crate) fn finish(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

/// A length or count as the format writes it.
pub(crate) fn count(len: usize) -> u32 {
    u32::try_from(len).expect("every caller limits its input to a few MiB")
}

/// Takes a structure apart; every step is `None` when the bytes run out.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn field(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.u32()?).ok()?;
        self.bytes(len)
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    /// `Some` when nothing is left over.
    pub(crate) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// `length (4) || body || zeros` up to a multiple of `step`, so that the size tells little about the content.
pub(crate) fn pad(body: &[u8], step: usize) -> Zeroizing<Vec<u8>> {
    let full = (body.len() + 4).next_multiple_of(step);
    let mut padded = Writer::with_capacity(full);
    padded.field(body);
    let mut padded = padded.finish();
    padded.resize(full, 0);
    padded
}

/// The body of a padded value.
pub(crate) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    Reader::new(padded).field()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that outgrows its buffer many times over has what was written, and each time room before it writes.
    #[test]
    fn a_writer_grows() {
        let mut writer = Writer::with_capacity(0);
        for n in 0..3000_u32 {
            writer.u32(n);
            writer.field(&vec![7; n as usize % 5]);
        }
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        for n in 0..3000 {
            assert_eq!((reader.u32(), reader.field().map(<[u8]>::len)), (Some(n), Some(n as usize % 5)));
        }
        assert!(reader.end().is_some());
    }

    #[test]
    fn padding_round_trips_in_steps() {
        for len in [0, 1, 1019, 1020, 1021, 5000] {
            let body = vec![9; len];
            let padded = pad(&body, 1024);
            assert_eq!(padded.len() % 1024, 0);
            assert!(padded.len() < len + 4 + 1024);
            assert_eq!(unpad(&padded), Some(body.as_slice()));
        }
        assert_eq!(unpad(&[0, 0, 0, 9, 1]), None);
        assert_eq!(unpad(&[0, 0]), None);
    }
}
