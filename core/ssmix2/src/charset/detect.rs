//! Which encoding a file is in, by its bytes alone.
//!
//! Order: UTF-8 mark, any `ESC $` (JIS), all 7-bit (ASCII, read as JIS), valid
//! UTF-8; else CP932 or EUC-JP, whichever reads as the more plausible Japanese.

use super::Charset;
use crate::framing::BOM;
use memchr::memmem;

/// Decides for a whole file, because one segment may hold too little text.
pub fn detect(bytes: &[u8]) -> Charset {
    if bytes.starts_with(BOM) {
        Charset::Utf8
    } else if bytes.is_ascii() || memmem::find(bytes, b"\x1B$").is_some() {
        Charset::Jis
    } else if std::str::from_utf8(bytes).is_ok() {
        Charset::Utf8
    } else {
        let cp932 = plausibility(&encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0);
        let euc = plausibility(&encoding_rs::EUC_JP.decode_without_bom_handling(bytes).0);
        let utf8 = plausibility(&encoding_rs::UTF_8.decode_without_bom_handling(bytes).0);
        // A UTF-8 file with one bad byte is still a UTF-8 file.
        if utf8 > cp932 && utf8 > euc {
            Charset::Utf8
        } else if euc > cp932 {
            Charset::EucJp
        } else {
            Charset::Cp932
        }
    }
}

/// How much a text looks like Japanese: kana and common kanji count for it,
/// undecodable bytes and half-width kana (what EUC-JP looks like when it is
/// read as Shift_JIS) against it.
fn plausibility(text: &str) -> i64 {
    text.chars()
        .map(|c| match c {
            '\u{FFFD}' => -20,
            '\u{3041}'..='\u{30FF}' => 3,
            '\u{4E00}'..='\u{9FFF}' | '\u{FF10}'..='\u{FF5A}' => 2,
            '\u{FF61}'..='\u{FF9F}' | '\u{E000}'..='\u{F8FF}' | '\u{80}'..='\u{9F}' => -2,
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        let text = "MSH|^~\\&|A|登呂病院|||20240401||ADT^A08\rPID|0001||123||山田^花子~ヤマダ^ハナコ||19480405|F";
        let (sjis, ..) = encoding_rs::SHIFT_JIS.encode(text);
        let (euc, ..) = encoding_rs::EUC_JP.encode(text);
        let (jis, ..) = encoding_rs::ISO_2022_JP.encode(text);
        assert_eq!(detect(&sjis), Charset::Cp932);
        assert_eq!(detect(&euc), Charset::EucJp);
        assert_eq!(detect(&jis), Charset::Jis);
        assert_eq!(detect(text.as_bytes()), Charset::Utf8);
        assert_eq!(detect(b"MSH|^~\\&|A"), Charset::Jis);
        assert_eq!(detect(&[BOM, b"MSH|"].concat()), Charset::Utf8);
        let mut broken = text.as_bytes().to_vec();
        broken.push(0xFF);
        assert_eq!(detect(&broken), Charset::Utf8);
    }

    #[test]
    fn half_width_kana_alone_are_cp932() {
        assert_eq!(detect(b"MSH|^~\\&|\xD4\xCF\xC0\xDE^\xCA\xC5\xBA"), Charset::Cp932);
    }
}
