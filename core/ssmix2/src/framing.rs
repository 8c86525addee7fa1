//! Raw bytes of a file -> raw segments.
//!
//! CR, LF, VT, FS, NUL and SUB never occur inside a two-byte character of any
//! Japanese encoding, so the bytes are cut there *before* anything is decoded
//! (design D1): a shift state left open by one segment cannot swallow the next.
//! The cut is lossless: [`join`] gives back every input byte.

use memchr::memchr3;

/// One segment as it lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawSegment<'a> {
    /// Byte offset of `body` in the file.
    pub offset: usize,
    /// The bytes between two terminators; may be empty at the file's start.
    pub body: &'a [u8],
    /// The terminator bytes behind it: CR, LF, CRLF, blank lines, FS and the like.
    pub end: &'a [u8],
}

/// UTF-8 byte order mark.
pub const BOM: &[u8] = &[0xEF, 0xBB, 0xBF];

fn is_terminator(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0x0B | 0x1C | 0x00 | 0x1A)
}

/// Cuts a file into segments. A byte order mark stays in the first body; a
/// leading VT (MLLP start block) is an empty first segment.
pub fn split(bytes: &[u8]) -> Vec<RawSegment<'_>> {
    let mut segments = Vec::with_capacity(bytes.len() / 100 + 1);
    let mut start = 0;
    while start < bytes.len() {
        let body_len = body_len(&bytes[start..]);
        let body_end = start + body_len;
        let run = bytes[body_end..].iter().take_while(|b| is_terminator(**b)).count();
        segments.push(RawSegment {
            offset: start,
            body: &bytes[start..body_end],
            end: &bytes[body_end..body_end + run],
        });
        start = body_end + run;
    }
    segments
}

/// Length up to the first terminator: two passes of `memchr`, each over the
/// length found so far, so that a file is scanned a constant number of times.
fn body_len(bytes: &[u8]) -> usize {
    let line = memchr3(b'\r', b'\n', 0x1C, bytes).unwrap_or(bytes.len());
    memchr3(0x0B, 0x00, 0x1A, &bytes[..line]).unwrap_or(line)
}

/// The inverse of [`split`].
pub fn join(segments: &[RawSegment<'_>]) -> Vec<u8> {
    segments.iter().flat_map(|s| [s.body, s.end]).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bodies(bytes: &[u8]) -> Vec<&[u8]> {
        split(bytes).into_iter().map(|s| s.body).filter(|b| !b.is_empty()).collect()
    }

    #[test]
    fn every_line_end_gives_the_same_segments() {
        let want: Vec<&[u8]> = vec![b"MSH|1", b"PID|2", b"PV1"];
        for text in [
            "MSH|1\rPID|2\rPV1",
            "MSH|1\nPID|2\nPV1\n",
            "MSH|1\r\nPID|2\r\n\r\nPV1\r\n",
            "\u{b}MSH|1\rPID|2\rPV1\r\u{1c}\r",
            "MSH|1\rPID|2\rPV1\r\u{1c}",
            "MSH|1\rPID|2\rPV1\r\0\u{1a}",
        ] {
            assert_eq!(bodies(text.as_bytes()), want, "{text:?}");
        }
    }

    proptest! {
        /// Master property of design D2: no byte is lost.
        #[test]
        fn join_gives_back_every_byte(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert_eq!(join(&split(&bytes)), bytes);
        }

        #[test]
        fn bodies_hold_no_terminator(bytes in proptest::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), Just(0x1c), any::<u8>()], 0..200)) {
            for s in split(&bytes) {
                prop_assert!(!s.body.iter().any(|b| is_terminator(*b)));
            }
        }
    }
}
