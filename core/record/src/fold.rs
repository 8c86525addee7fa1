//! Folding: two spellings of one word compare and search as equal.
//!
//! Full and half width, katakana and hiragana, letter case, and the many
//! hyphens: `ソリタ－Ｔ３号`, `ソリタ−T3号` and `そりた-t3号` are one word.
//! The long-vowel mark ー is a letter in kana words and is folded with the
//! hyphens on both sides, so that a typist's choice does not matter.

use unicode_normalization::UnicodeNormalization;

/// Folds a text. Deterministic; never longer than a few bytes a character.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        out.extend(text.chars().filter_map(fold_char));
        return out;
    }
    // Composed again, because a detached sound mark (ス゛) joins its letter only now.
    out.extend(text.nfkc().filter_map(fold_char).nfc());
    out
}

/// One character after NFKC: lower case, hiragana to katakana, one hyphen,
/// no blanks.
fn fold_char(c: char) -> Option<char> {
    Some(match c {
        '\u{3041}'..='\u{3096}' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FE63}' | '\u{FF0D}' | '\u{2500}' => '-',
        '\u{301C}' | '\u{FF5E}' => '~',
        c if c.is_whitespace() => return None,
        c if c.is_ascii() => c.to_ascii_lowercase(),
        c => c.to_lowercase().next().unwrap_or(c),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_drug() {
        let want = fold("ソリタ-T3号");
        for text in ["ソリタ－Ｔ３号", "ソリタ−Ｔ３号", "そりた ‐ｔ３号", "ｿﾘﾀｰT3号", "ソリタ―Ｔ３号"]
        {
            assert_eq!(fold(text), want, "{text}");
        }
    }

    #[test]
    fn sound_marks_and_circled_numbers() {
        assert_eq!(fold("ｶﾞｰｾﾞ"), fold("ガーゼ"));
        assert_eq!(fold("ス゛"), fold("ズ"));
        assert_eq!(fold("①"), "1");
        assert_eq!(fold("CRP"), fold("ｃｒｐ"));
    }

    #[test]
    fn different_words_stay_different() {
        assert_ne!(fold("はは"), fold("ばば"));
        assert_ne!(fold("ビタミン"), fold("ヒタミン"));
    }
}
