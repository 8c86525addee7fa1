//! Folding: two spellings of one word compare and search as equal.
//!
//! Full and half width, katakana and hiragana, letter case, blanks, and the many
//! hyphens and minus signs: `ソリタ－Ｔ３号`, `ソリタ−T3号` and `そりた-t3 号` are
//! one word. A kana keyboard types the long-vowel mark ー for a hyphen, so it is
//! folded with them on both sides: a typist's choice does not matter.

use unicode_normalization::UnicodeNormalization;

/// Folds a text. Deterministic; never longer than a few bytes a character.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the folded text.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let kept = text.bytes().filter(|b| !char::from(*b).is_whitespace());
        out.extend(kept.map(|b| char::from(b.to_ascii_lowercase())));
    } else if text.chars().all(is_plain) {
        out.extend(text.chars().map(ssmix2::types::half_width).filter_map(fold_char));
    } else {
        // Composed again, because a detached sound mark (ス゛) joins its letter only now.
        out.extend(text.nfkc().filter_map(fold_char).nfc());
    }
}

/// Characters that NFKC leaves alone, or whose change `half_width` makes: nearly
/// all of a record, and several times faster than NFKC.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\0'..='\u{7F}' | '\u{3001}'..='\u{3015}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FE}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{FF01}'..='\u{FF5E}' | '\u{3000}' | '\u{2212}')
}

/// One character after NFKC: lower case, hiragana to katakana, one hyphen,
/// no blanks.
fn fold_char(c: char) -> Option<char> {
    Some(match c {
        // With the iteration marks ゝ and ゞ.
        '\u{3041}'..='\u{3096}' | '\u{309D}' | '\u{309E}' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FE63}' | '\u{FF0D}' | '\u{2500}' => '-',
        '\u{301C}' | '\u{FF5E}' => '~',
        // Blanks without width are none to Unicode.
        '\u{200B}' | '\u{FEFF}' => return None,
        c if c.is_whitespace() => return None,
        c if c.is_ascii() => c.to_ascii_lowercase(),
        c => c.to_lowercase().next().unwrap_or(c),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All of these are one word.
    fn same(words: &[&str]) {
        for word in words {
            assert_eq!(fold(word), fold(words[0]), "{word} is {}", words[0]);
        }
    }

    #[test]
    fn spellings_of_one_drug() {
        same(&["ソリタ-T3号", "ソリタ－Ｔ３号", "ソリタ−Ｔ３号", "そりた ‐ｔ３号", "ｿﾘﾀ-T3号", "ソリタ―Ｔ３号"]);
    }

    #[test]
    fn half_and_full_width() {
        same(&["CRP(定量)1.5%", "ＣＲＰ（定量）１．５％", "ｃｒｐ（定量)１.5%"]);
        same(&["クレアチニン", "ｸﾚｱﾁﾆﾝ"]);
        same(&["ガーゼ・パッド", "ｶﾞｰｾﾞ･ﾊﾟｯﾄﾞ", "カ゛ーセ゛・ハ゜ッド"]);
        same(&["ヴァイタル「ア」、。", "ｳﾞｧｲﾀﾙ｢ｱ｣､｡"]);
    }

    #[test]
    fn katakana_and_hiragana() {
        same(&["アレルギー ヴヵヶ", "あれるぎー ゔゕゖ"]);
        same(&["いすゞ", "イスヾ"]);
        same(&["こゝろ", "コヽロ"]);
    }

    #[test]
    fn hyphens_and_minus_signs() {
        let signs = "\u{2D}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{FF0D}\u{FE63}\u{2500}";
        for sign in signs.chars() {
            assert_eq!(fold(&format!("γ{sign}GTP")), "γ-gtp", "{:04X}", u32::from(sign));
            assert_eq!(fold(&format!("{sign}")), "-", "{:04X} alone", u32::from(sign));
        }
    }

    #[test]
    fn the_long_vowel_mark_is_a_typists_hyphen() {
        same(&["ビール", "ﾋﾞｰﾙ", "びーる", "ビ－ル"]);
        same(&["メホリタ－Ｔ９", "メホリターt9"]);
    }

    #[test]
    fn letter_case_and_blanks() {
        same(&["HbA1c ΑΩ Éß", "hba1c αω éß", "ＨＢＡ１Ｃ　Αω É ß"]);
        same(&["ab", "a b", "a　b", "a\u{A0}b", "a\tb", "a\u{2009}b", "a\u{200B}b", "\u{FEFF}ab"]);
    }

    #[test]
    fn circled_numbers_and_squared_units() {
        assert_eq!(fold("①"), "1");
        assert_eq!(fold("㎎／㎗"), fold("mg/dL"));
    }

    #[test]
    fn different_words_stay_different() {
        assert_ne!(fold("はは"), fold("ばば"));
        assert_ne!(fold("ビタミン"), fold("ヒタミン"));
    }

    /// What Japanese texts are made of, sound marks and compatibility forms among it.
    fn japanese() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[ -~\u{3000}-\u{30FF}\u{FF01}-\u{FF9F}\u{4E00}-\u{4E20}\u{2010}-\u{2015}\u{2212}\u{2460}-\u{2465}\u{F900}-\u{F910}]{0,12}")
            .expect("a pattern")
    }

    proptest! {
        #[test]
        fn the_short_way_folds_as_the_long_one(text in japanese()) {
            let long: String = text.nfkc().filter_map(fold_char).nfc().collect();
            prop_assert_eq!(fold(&text), long);
        }

        #[test]
        fn folding_twice_changes_nothing(text in japanese()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
