//! Any bytes in each encoding: text, with a finding for each character that was none. What another encoder wrote is
//! read as another decoder reads it.
#![no_main]

use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS, UTF_8};
use libfuzzer_sys::fuzz_target;
use ssmix2::charset::{Charset, decode_clean, decode_segment, detect};
use ssmix2::framing::BOM;

fn decode(charset: Charset, bytes: &[u8]) -> (String, usize) {
    let (mut text, mut findings) = (String::new(), 0);
    decode_segment(charset, bytes, &mut text, &mut |(_, at)| {
        assert!(at <= bytes.len());
        findings += 1;
    });
    (text, findings)
}

fuzz_target!(|bytes: &[u8]| {
    detect(bytes);
    for charset in [Charset::Jis, Charset::Cp932, Charset::EucJp] {
        let (text, findings) = decode(charset, bytes);
        assert!(findings > 0 || !text.contains(char::REPLACEMENT_CHARACTER), "{charset:?}: lost unsaid");
    }
    let (text, findings) = decode(Charset::Utf8, bytes);
    assert_eq!(findings == 0, text.as_bytes() == bytes.strip_prefix(BOM).unwrap_or(bytes));
    let mut clean = String::new();
    if decode_clean(Charset::Jis, [bytes].into_iter(), &mut clean) {
        assert_eq!(decode(Charset::Jis, bytes), (clean, 0));
    }
    // Segments have no line ends; the two marks below are read another way on purpose (design D1).
    let text: String = String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !c.is_control() && !"\u{a5}\u{203e}\u{feff}".contains(*c))
        .collect();
    let encodings =
        [(Charset::Jis, ISO_2022_JP), (Charset::Cp932, SHIFT_JIS), (Charset::EucJp, EUC_JP), (Charset::Utf8, UTF_8)];
    for (charset, encoding) in encodings {
        let (written, _, has_unmappable) = encoding.encode(&text);
        if !has_unmappable {
            let (read, _) = encoding.decode_without_bom_handling(&written);
            assert_eq!(decode(charset, &written), (read.into_owned(), 0), "{charset:?}");
        }
    }
});
