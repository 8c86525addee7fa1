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
        _ if c.is_alphanumeric() || ('\u{E000}'..='\u{F8FF}').contains(&c) => '字',
        _ if c.is_control() => ' ',
        _ => c,
    }
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
    }
}
