//! The accidents that turn Japanese text into other valid text, and how each is undone.
//!
//! Each takes the text back to the bytes it was wrongly read from and reads those rightly. Where the result is better
//! Japanese than the text itself, that is what happened: chance hardly ever makes valid bytes of another encoding.

use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// What happened to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accident {
    /// UTF-8 read as CP932: `縺ゅ≧`.
    Utf8AsCp932,
    /// EUC-JP read as CP932: half-width kana, `､｢､､`.
    EucAsCp932,
    /// CP932 read as EUC-JP.
    Cp932AsEuc,
    /// UTF-8, CP932 or EUC-JP read as a Western character set: `ã‚¢`, `ƒe`.
    AsWestern,
    /// Two-byte characters read from their second byte on.
    Desynchronised,
    /// The escape before two-byte characters is gone: `%F%9%H`.
    EscapeLost,
    /// The escape behind two-byte characters is gone: what follows was read as kanji.
    EscapeSwallowed,
    /// Characters replaced by question marks.
    QuestionMarks,
    /// Characters written as their numbers: `&#12450;`, `\u30a2`.
    Numbers,
    /// Hardly a character that anybody writes; what happened is not known.
    Implausible,
}

impl Accident {
    /// Those that can be undone, the surest first.
    pub const UNDOABLE: [Accident; 7] = [
        Accident::Utf8AsCp932,
        Accident::AsWestern,
        Accident::EucAsCp932,
        Accident::Cp932AsEuc,
        Accident::EscapeLost,
        Accident::Desynchronised,
        Accident::EscapeSwallowed,
    ];

    /// All of them.
    pub const ALL: [Accident; 10] = [
        Accident::Utf8AsCp932,
        Accident::EucAsCp932,
        Accident::Cp932AsEuc,
        Accident::AsWestern,
        Accident::Desynchronised,
        Accident::EscapeLost,
        Accident::EscapeSwallowed,
        Accident::QuestionMarks,
        Accident::Numbers,
        Accident::Implausible,
    ];

    /// The name in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Accident::Utf8AsCp932 => "utf8_as_cp932",
            Accident::EucAsCp932 => "euc_as_cp932",
            Accident::Cp932AsEuc => "cp932_as_euc",
            Accident::AsWestern => "as_western",
            Accident::Desynchronised => "desynchronised",
            Accident::EscapeLost => "escape_lost",
            Accident::EscapeSwallowed => "escape_swallowed",
            Accident::QuestionMarks => "question_marks",
            Accident::Numbers => "numbers",
            Accident::Implausible => "implausible",
        }
    }

    /// Of fewer characters nothing can be told.
    pub fn evidence(self) -> usize {
        match self {
            Accident::Utf8AsCp932 | Accident::AsWestern => 2,
            _ => 3,
        }
    }

    /// The texts that may have been there before; what cannot be told is U+FFFD.
    pub fn undone(self, text: &str) -> Vec<String> {
        match self {
            Accident::Utf8AsCp932 => again(text, SHIFT_JIS, UTF_8).into_iter().collect(),
            Accident::EucAsCp932 => again(text, SHIFT_JIS, EUC_JP).into_iter().collect(),
            Accident::Cp932AsEuc => again(text, EUC_JP, SHIFT_JIS).into_iter().collect(),
            Accident::AsWestern => {
                [UTF_8, SHIFT_JIS, EUC_JP].iter().filter_map(|right| again(text, WINDOWS_1252, right)).collect()
            }
            Accident::Desynchronised => shifted(text),
            Accident::EscapeLost => pairs_of_ascii(text),
            Accident::EscapeSwallowed => ascii_of_pairs(text).into_iter().collect(),
            Accident::QuestionMarks | Accident::Numbers | Accident::Implausible => Vec::new(),
        }
    }
}

/// What `wrong` made of it back to bytes, read as `right`. A character that `wrong` does not know was put in for a byte
/// it could not read.
fn again(text: &str, wrong: &'static Encoding, right: &'static Encoding) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() * 2);
    for c in text.chars() {
        let mut utf8 = [0; 4];
        let (encoded, _, unknown) = wrong.encode(c.encode_utf8(&mut utf8));
        match unknown {
            true => bytes.push(0xFF),
            false => bytes.extend_from_slice(&encoded),
        }
    }
    let (again, _) = right.decode_without_bom_handling(&bytes);
    (again != text).then(|| again.into_owned())
}

/// The rows and cells of JIS X 0208; `None` for other characters.
fn jis(c: char) -> Option<[u8; 2]> {
    let mut utf8 = [0; 4];
    let (bytes, _, unknown) = EUC_JP.encode(c.encode_utf8(&mut utf8));
    match *bytes {
        [a @ 0xA1..=0xFE, b @ 0xA1..=0xFE] if !unknown => Some([a & 0x7F, b & 0x7F]),
        _ => None,
    }
}

/// Bytes of JIS X 0208 as text.
fn read(pairs: &[u8]) -> String {
    let euc: Vec<u8> = pairs.iter().map(|byte| byte | 0x80).collect();
    EUC_JP.decode_without_bom_handling(&euc).0.into_owned()
}

/// The runs of two-byte characters, each from its second byte on.
fn shifted(text: &str) -> Vec<String> {
    let bytes: Vec<u8> = text.chars().filter_map(jis).flatten().collect();
    match bytes.len() {
        // Of less nothing can be told.
        0..6 => Vec::new(),
        n => vec![read(&bytes[1..n - 1])],
    }
}

/// ASCII as pairs, from its first and from its second character on.
fn pairs_of_ascii(text: &str) -> Vec<String> {
    let graphic: Vec<u8> = text.bytes().filter(u8::is_ascii_graphic).collect();
    let from = |start: usize| graphic.get(start..).map(|bytes| read(&bytes[..bytes.len() & !1]));
    [from(0), from(1)].into_iter().flatten().filter(|text| !text.is_empty()).collect()
}

/// Pairs as ASCII.
fn ascii_of_pairs(text: &str) -> Option<String> {
    let bytes: Vec<u8> = text.chars().filter_map(jis).flatten().collect();
    (bytes.len() >= 6).then(|| String::from_utf8_lossy(&bytes).into_owned())
}
