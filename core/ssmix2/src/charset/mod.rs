//! Bytes of one segment -> text, and which encoding a file is in.
//!
//! JIS (ISO-2022-JP), Shift_JIS/CP932, EUC-JP and UTF-8 storages all exist in
//! the field. The bytes decide, never MSH-18 (design D1). Text follows the
//! WHATWG index, so JIS 215D is U+FF0D. What cannot be decoded becomes U+FFFD
//! *and* a diagnostic with its offset.

mod detect;
mod jis;

pub use detect::detect;

use crate::diagnostic::Code;
use crate::framing::BOM;

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Charset {
    /// 7-bit ISO-2022-JP with the tolerance real storages need; pure ASCII too.
    Jis,
    /// Shift_JIS with the NEC and IBM extensions (CP932).
    Cp932,
    /// EUC-JP.
    EucJp,
    /// UTF-8, with or without a byte order mark.
    Utf8,
}

/// A finding while decoding: what, and the byte offset inside the segment.
pub type Finding = (Code, usize);

/// Decodes one segment and appends the text to `out`. The shift state starts
/// as ASCII. Findings are reported by their offset in `bytes`.
pub fn decode_segment(charset: Charset, bytes: &[u8], out: &mut String, note: &mut dyn FnMut(Finding)) {
    match charset {
        Charset::Jis => jis::decode(bytes, out, note),
        Charset::Cp932 => decode_with(encoding_rs::SHIFT_JIS, bytes, out, note),
        Charset::EucJp => decode_with(encoding_rs::EUC_JP, bytes, out, note),
        Charset::Utf8 => decode_with(encoding_rs::UTF_8, bytes.strip_prefix(BOM).unwrap_or(bytes), out, note),
    }
}

/// Decodes all segments of a file at once, a CR between them. `false`, with `out`
/// untouched, where a segment needs [`decode_segment`].
pub fn decode_clean<'b>(charset: Charset, segments: impl Iterator<Item = &'b [u8]>, out: &mut String) -> bool {
    charset == Charset::Jis && jis::decode_clean(segments, out)
}

/// Decodes a run of bytes by a WHATWG decoder; one finding per bad sequence.
fn decode_with(
    encoding: &'static encoding_rs::Encoding,
    bytes: &[u8],
    out: &mut String,
    note: &mut dyn FnMut(Finding),
) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut at = 0;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len() - at);
        out.reserve(room.unwrap_or(bytes.len() * 3));
        let (result, read) = decoder.decode_to_string_without_replacement(&bytes[at..], out, true);
        at += read;
        match result {
            encoding_rs::DecoderResult::InputEmpty => return,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(bad, after) => {
                let start = at.saturating_sub(usize::from(bad) + usize::from(after));
                let cut = at >= bytes.len() && bad == 1 && bytes.last().is_some_and(|b| *b >= 0x80);
                note((if cut { Code::TruncatedCharacter } else { Code::UndecodableCharacter }, start));
                out.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(charset: Charset, bytes: &[u8]) -> (String, Vec<Finding>) {
        let (mut out, mut found) = (String::new(), Vec::new());
        decode_segment(charset, bytes, &mut out, &mut |f| found.push(f));
        (out, found)
    }

    #[test]
    fn cp932_trail_bytes_that_look_like_delimiters() {
        // ソ 83 5C, 表 95 5C, ポ 83 7C: the trail bytes are `\` and `|`.
        let (out, found) = text(Charset::Cp932, b"PID|\x83\x5C\x95\x5C\x83\x7C|M");
        assert_eq!((out.as_str(), found.len()), ("PID|ソ表ポ|M", 0));
    }

    #[test]
    fn bad_bytes_become_one_mark_and_one_finding_each() {
        let (out, found) = text(Charset::Utf8, b"a\xFFb\xFEc");
        assert_eq!(out, "a\u{FFFD}b\u{FFFD}c");
        assert_eq!(found, vec![(Code::UndecodableCharacter, 1), (Code::UndecodableCharacter, 3)]);
    }

    #[test]
    fn a_character_cut_at_the_end_is_said_to_be_cut() {
        for (charset, bytes) in [(Charset::Cp932, &b"a\x83"[..]), (Charset::EucJp, b"a\xA5")] {
            let (out, found) = text(charset, bytes);
            assert_eq!((out.as_str(), found.as_slice()), ("a\u{FFFD}", &[(Code::TruncatedCharacter, 1)][..]));
        }
    }
}
