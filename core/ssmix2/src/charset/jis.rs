//! ISO-2022-JP of one segment, with the tolerance real storages need.
//!
//! We cut the text into runs at the escape sequences ourselves, because the
//! WHATWG decoder does not reset at a segment's end, turns `ESC ( J` backslashes
//! into yen signs (which destroys HL7 escapes) and marks harmless repeated
//! escapes as errors. The pairs inside a run go through `encoding_rs` as EUC-JP,
//! which is JIS with the high bits set, so NEC row 13 and the NEC-selected IBM
//! rows 89 to 92 (髙 﨑 濵) are read.

use super::{Finding, decode_with};
use crate::diagnostic::Code;
use memchr::memchr;
use std::cell::RefCell;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ascii,
    /// Half-width kana by `ESC ( I` or shift-out.
    Kana,
    /// Two bytes a character, JIS X 0208.
    Kanji,
    /// Two bytes a character, JIS X 0212 (supplementary kanji).
    Supplement,
}

const ESC: u8 = 0x1B;

/// The escape sequences we know, longest first where one begins another.
/// `ESC ( J` (JIS X 0201 Roman) is read as ASCII, or `\` and `~` would be lost.
const ESCAPES: &[(&[u8], State)] = &[
    (b"\x1B(B", State::Ascii),
    (b"\x1B$B", State::Kanji),
    (b"\x1B(J", State::Ascii),
    (b"\x1B$@", State::Kanji),
    (b"\x1B(I", State::Kana),
    (b"\x1B(H", State::Ascii),
    (b"\x1B$(B", State::Kanji),
    (b"\x1B$(@", State::Kanji),
    (b"\x1B$(D", State::Supplement),
    (b"\x1B$(Q", State::Kanji),
    (b"\x1B$(O", State::Kanji),
];

/// `ESC & @` announces a revision of the set that follows and changes nothing.
const REVISION: &[u8] = b"\x1B&@";

/// Decodes one segment; see [`super::decode_segment`].
pub(super) fn decode(bytes: &[u8], out: &mut String, note: &mut dyn FnMut(Finding)) {
    if !decode_clean([bytes].into_iter(), out) {
        decode_with_care(bytes, out, note);
    }
}

thread_local! {
    /// One buffer a thread, for all files.
    static EUC: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The way of nearly every file: only `ESC $ B` and `ESC ( B`, every run closed.
/// JIS with the high bits set is EUC-JP, so all segments are turned into EUC-JP,
/// a CR between them, and decoded at once. `false`, with `out` untouched, where
/// anything is out of the ordinary.
pub(super) fn decode_clean<'b>(segments: impl Iterator<Item = &'b [u8]>, out: &mut String) -> bool {
    EUC.with_borrow_mut(|euc| {
        euc.clear();
        for (number, segment) in segments.enumerate() {
            if number > 0 {
                euc.push(b'\r');
            }
            if !to_euc(segment, euc) {
                return false;
            }
        }
        let start = out.len();
        let mut decoder = encoding_rs::EUC_JP.new_decoder_without_bom_handling();
        out.reserve(decoder.max_utf8_buffer_length_without_replacement(euc.len()).unwrap_or(3 * euc.len()));
        let (result, _) = decoder.decode_to_string_without_replacement(euc, out, true);
        let whole = result == encoding_rs::DecoderResult::InputEmpty;
        if !whole {
            out.truncate(start);
        }
        whole
    })
}

/// Writes a segment as EUC-JP; `false` where it is not of the plain form.
fn to_euc(bytes: &[u8], euc: &mut Vec<u8>) -> bool {
    let mut rest = bytes;
    while let Some(escape) = memchr(ESC, rest) {
        let ascii = &rest[..escape];
        let Some(kanji) = rest[escape..].strip_prefix(b"\x1B$B") else { return false };
        let Some(end) = memchr(ESC, kanji) else { return false };
        let (run, after) = kanji.split_at(end);
        let Some(after) = after.strip_prefix(b"\x1B(B") else { return false };
        if !is_plain_ascii(ascii) || run.len() % 2 == 1 || !all(run, |b| (0x21..=0x7E).contains(&b)) {
            return false;
        }
        euc.extend_from_slice(ascii);
        euc.extend(run.iter().map(|b| b | 0x80));
        rest = after;
    }
    euc.extend_from_slice(rest);
    is_plain_ascii(rest)
}

fn is_plain_ascii(bytes: &[u8]) -> bool {
    all(bytes, |b| (0x20..0x7F).contains(&b))
}

/// Looks at every byte whatever it finds, which compilers turn into few
/// instructions for many bytes.
fn all(bytes: &[u8], holds: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |so_far, b| so_far & holds(*b))
}

/// Any segment, run by run.
fn decode_with_care(bytes: &[u8], out: &mut String, note: &mut dyn FnMut(Finding)) {
    let mut state = State::Ascii;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == ESC {
            at = match escape(&bytes[at..]) {
                Some((len, next)) => {
                    state = next.unwrap_or(state);
                    at + len
                }
                None => {
                    note((Code::UndecodableCharacter, at));
                    out.push(char::REPLACEMENT_CHARACTER);
                    at + 1
                }
            };
            continue;
        }
        let end = memchr(ESC, &bytes[at..]).map_or(bytes.len(), |n| at + n);
        let run = &bytes[at..end];
        let used = match state {
            State::Ascii => single_bytes(run, at, out, note),
            State::Kana => kana(run, at, out, note),
            State::Kanji | State::Supplement => {
                let closed = matches!(escape(&bytes[end..]), Some((_, Some(State::Ascii | State::Kana))));
                double_bytes(run, at, state, closed, out, note)
            }
        };
        // A run that ends early has met a byte that cannot belong to it.
        if used < run.len() {
            state = State::Ascii;
        }
        at += used;
    }
}

/// Length of the escape at the start of `bytes` and the state it switches to.
fn escape(bytes: &[u8]) -> Option<(usize, Option<State>)> {
    if bytes.starts_with(REVISION) {
        return Some((REVISION.len(), None));
    }
    let (sequence, state) = ESCAPES.iter().find(|(sequence, _)| bytes.starts_with(sequence))?;
    Some((sequence.len(), Some(*state)))
}

/// ASCII, and the half-width kana that some senders mix in as single 8-bit
/// bytes or between shift-out and shift-in.
fn single_bytes(run: &[u8], offset: usize, out: &mut String, note: &mut dyn FnMut(Finding)) -> usize {
    if let Ok(text) = std::str::from_utf8(run)
        && run.iter().all(|b| (0x20..0x80).contains(b) || *b == b'\t')
    {
        out.push_str(text);
        return run.len();
    }
    let mut shifted = false;
    for (i, &byte) in run.iter().enumerate() {
        match byte {
            0x0E => shifted = true,
            0x0F => shifted = false,
            0x21..=0x5F if shifted => out.push(half_width_kana(byte)),
            0x20..=0x7E | b'\t' => out.push(char::from(byte)),
            0xA1..=0xDF => {
                note((Code::EightBitKana, offset + i));
                out.push(half_width_kana(byte & 0x7F));
            }
            _ => {
                note((Code::UndecodableCharacter, offset + i));
                out.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    run.len()
}

fn half_width_kana(byte: u8) -> char {
    char::from_u32(0xFF61 + u32::from(byte) - 0x21).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Half-width kana after `ESC ( I`; ends at the first byte outside the set.
fn kana(run: &[u8], offset: usize, out: &mut String, note: &mut dyn FnMut(Finding)) -> usize {
    let used = run.iter().take_while(|b| (0x21..=0x5F).contains(*b)).count();
    out.extend(run[..used].iter().map(|b| half_width_kana(*b)));
    if used < run.len() {
        note((Code::UnterminatedRun, offset + used));
    }
    used
}

/// Two-byte characters. `closed`: an `ESC (` follows the run, as it should.
/// Returns how many bytes belong to the run.
fn double_bytes(
    run: &[u8],
    offset: usize,
    state: State,
    closed: bool,
    out: &mut String,
    note: &mut dyn FnMut(Finding),
) -> usize {
    let mut len = run.iter().take_while(|b| (0x21..=0x7E).contains(*b)).count();
    if !closed {
        if let Some(cut) = lost_terminator(&run[..len]) {
            len = cut;
        }
        note((Code::UnterminatedRun, offset + len));
    } else if len < run.len() {
        note((Code::UnterminatedRun, offset + len));
    }
    let pairs = &run[..len & !1];
    push_pairs(pairs, offset, state, out, note);
    if len % 2 == 1 {
        note((Code::TruncatedCharacter, offset + len - 1));
        out.push(char::REPLACEMENT_CHARACTER);
    }
    len
}

/// Where an open run really ended: at the first `|` in lead position, for only
/// the missing `ESC ( B` makes a field separator look like half a character.
/// 髙 is `|b`, and far more frequent than a field that begins with `b`.
fn lost_terminator(run: &[u8]) -> Option<usize> {
    let mut pairs = run.chunks(2).enumerate();
    pairs.find(|(_, pair)| pair[0] == b'|' && pair != b"|b").map(|(i, _)| 2 * i)
}

fn push_pairs(pairs: &[u8], offset: usize, state: State, out: &mut String, note: &mut dyn FnMut(Finding)) {
    // 128 characters cover nearly every run without a heap allocation.
    let mut buffer = [0u8; 384];
    for (n, block) in pairs.chunks(256).enumerate() {
        let mut len = 0;
        for pair in block.chunks_exact(2) {
            if state == State::Supplement {
                buffer[len] = 0x8F;
                len += 1;
            }
            buffer[len] = pair[0] | 0x80;
            buffer[len + 1] = pair[1] | 0x80;
            len += 2;
        }
        let width = if state == State::Supplement { 3 } else { 2 };
        decode_with(encoding_rs::EUC_JP, &buffer[..len], out, &mut |(_, at)| {
            note((Code::UndecodableCharacter, offset + n * 256 + at / width * 2));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> (String, Vec<Finding>) {
        let (mut out, mut found) = (String::new(), Vec::new());
        decode(bytes, &mut out, &mut |f| found.push(f));
        (out, found)
    }

    #[test]
    fn kanji_bytes_that_equal_every_delimiter() {
        // 日 467C `|`, 剤 3A5E `^`, 入 467E `~`, 目 4C5C `\`, ウ 2526 `&`.
        let (out, found) = text(b"A|\x1B$B\x46\x7C\x3A\x5E\x46\x7E\x4C\x5C\x25\x26\x1B(B|M");
        assert_eq!((out.as_str(), found.len()), ("A|日剤入目ウ|M", 0));
    }

    #[test]
    fn nec_and_ibm_rows_are_read() {
        let (out, found) = text(b"\x1B$B\x7C\x62\x36\x36\x79\x75\x2D\x21\x21\x5D\x1B(B");
        assert_eq!((out.as_str(), found.len()), ("髙橋﨑①\u{FF0D}", 0));
    }

    #[test]
    fn missing_terminator_at_the_end_and_before_a_pipe() {
        let (out, found) = text(b"NTE||\x1B$B\x46\x7C");
        assert_eq!((out.as_str(), found), ("NTE||日", vec![(Code::UnterminatedRun, 10)]));
        let (out, found) = text(b"PID|\x1B$B\x34\x35\x3C\x54|19480405|M");
        assert_eq!((out.as_str(), found.len()), ("PID|患者|19480405|M", 1));
        let (out, _) = text(b"PID|\x1B$B\x34\x35\x3C\x54|1|\x1B$B\x46\x7C\x1B(B|M");
        assert_eq!(out, "PID|患者|1|日|M");
    }

    #[test]
    fn a_closed_run_is_never_cut_at_a_pipe() {
        let (out, found) = text(b"\x1B$B\x34\x35\x7C\x62\x1B(B|x");
        assert_eq!((out.as_str(), found.len()), ("患髙|x", 0));
    }

    #[test]
    fn repeated_empty_and_roman_escapes_are_harmless() {
        let (out, found) = text(b"\x1B(B\x1B$B\x1B$B\x46\x7C\x1B(J\\S\\~\x1B(B\x1B$B\x1B(Bz");
        assert_eq!((out.as_str(), found.len()), ("日\\S\\~z", 0));
    }

    #[test]
    fn half_width_kana_in_three_ways() {
        assert_eq!(text(b"\x1B(I\x36\x45\x1B(B").0, "ｶﾅ");
        assert_eq!(text(b"\x0E\x36\x45\x0Fx").0, "ｶﾅx");
        let (out, found) = text(b"\xB6\xC5");
        assert_eq!((out.as_str(), found.len()), ("ｶﾅ", 2));
    }

    #[test]
    fn gaiji_and_a_cut_pair_are_marked_once_each() {
        let (out, found) = text(b"\x1B$B\x75\x21\x46\x1B(B|a");
        assert_eq!(out, "\u{FFFD}\u{FFFD}|a");
        assert_eq!(found, vec![(Code::UndecodableCharacter, 3), (Code::TruncatedCharacter, 5)]);
        assert_eq!(text(b"a\x1Bb").0, "a\u{FFFD}b");
    }

    #[test]
    fn supplementary_kanji() {
        // JIS X 0212 row 0x30 cell 0x22 is 丄.
        assert_eq!(text(b"\x1B$(D\x30\x22\x1B(B").0, "丄");
    }

    proptest! {
        /// Any bytes decode without a panic, and every mark has its finding.
        #[test]
        fn every_replacement_has_a_finding(bytes in proptest::collection::vec(
            prop_oneof![Just(0x1B), Just(b'$'), Just(b'B'), Just(b'('), Just(b'|'), any::<u8>()], 0..120)) {
            let (out, found) = text(&bytes);
            let marks = out.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
            let bad = found.iter().filter(|(code, _)| matches!(code, Code::UndecodableCharacter | Code::TruncatedCharacter)).count();
            prop_assert_eq!(marks, bad);
            prop_assert!(found.iter().all(|(_, at)| *at <= bytes.len()));
        }

        /// The short way gives what the careful one gives, or nothing.
        #[test]
        fn both_ways_agree(bytes in proptest::collection::vec(
            prop_oneof![Just(b"\x1B$B".to_vec()), Just(b"\x1B(B".to_vec()), Just(vec![0x46, 0x7C]), any::<u8>().prop_map(|b| vec![b & 0x7F])], 0..40)) {
            let bytes = bytes.concat();
            let (mut short, mut careful, mut found) = (String::new(), String::new(), 0);
            decode_with_care(&bytes, &mut careful, &mut |_| found += 1);
            if decode_clean([&bytes[..]].into_iter(), &mut short) {
                prop_assert_eq!(&short, &careful);
                prop_assert_eq!(found, 0);
            } else {
                prop_assert_eq!(short, "");
            }
        }

        /// Well-formed JIS agrees with the WHATWG decoder: level 1 kanji, NEC row 92.
        /// (Between two runs it wants a character, or it marks the escapes as an error.)
        #[test]
        fn agrees_with_the_whatwg_decoder(runs in proptest::collection::vec(
            ("[ -}]{1,9}", proptest::collection::vec((prop_oneof![0x30_u8..=0x4E, Just(0x7C)], 0x21_u8..=0x6E), 1..9)), 1..6)) {
            let mut bytes = Vec::new();
            for (ascii, pairs) in runs {
                bytes.extend(ascii.bytes());
                bytes.extend(b"\x1B$B");
                bytes.extend(pairs.into_iter().flat_map(|(row, cell)| [row, cell]));
                bytes.extend(b"\x1B(B");
            }
            let (want, _, bad) = encoding_rs::ISO_2022_JP.decode(&bytes);
            let (out, found) = text(&bytes);
            prop_assert_eq!(out, want);
            prop_assert_eq!(found.is_empty(), !bad);
        }
    }
}
