//! Texts of patients in a report that goes to a meeting: what kind of characters they are stays, what they say goes.

/// The most characters of a text that are shown.
const LONGEST: usize = 40;

/// Kanji, kana, letters and digits by one sign each; delimiters, question marks and other signs stay, for they are often
/// what is wrong.
pub fn mask(text: &str) -> String {
    let mut masked: String = text.chars().take(LONGEST).map(sign).collect();
    if text.chars().nth(LONGEST).is_some() {
        masked.push('…');
    }
    masked
}

fn sign(c: char) -> char {
    match c {
        '0'..='9' | '０'..='９' => '9',
        'a'..='z' | 'A'..='Z' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' => 'x',
        'ぁ'..='ゖ' => 'あ',
        'ァ'..='ヺ' => 'ア',
        '\u{FF66}'..='\u{FF9F}' => 'ｱ',
        _ if c.is_control() => ' ',
        _ if c.is_ascii() || is_sign(c) => c,
        _ => '字',
    }
}

/// Signs of JIS X 0208 and what a decoder leaves: they say nothing of anybody.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{301F}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
        || matches!(c, '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}' | '\u{2010}'..='\u{2027}' | '\u{FFFD}' | '→' | '※')
}

/// A name of a file or a code: what is not ASCII may be somebody's.
pub fn mask_foreign(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { sign(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_left() {
        assert_eq!(
            mask("山田^花子^^^^^L^I~ヤマダ^ハナコ 1945-03-11 Ｔａｒｏ"),
            "字字^字字^^^^^x^x~アアア^アアア 9999-99-99 xxxx"
        );
        assert_eq!(mask("????ｱｲ･〓"), "????ｱｱ･〓");
        // Radicals, Braille, private planes: no letters, and names all the same.
        assert_eq!(mask("⼭⽥^花⼦⠃\u{F0000}"), "字字^字字字字");
        assert_eq!(mask_foreign("2024/山田花子.txt"), "2024/字字字字.txt");
    }
}
