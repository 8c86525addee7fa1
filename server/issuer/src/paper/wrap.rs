//! Text in lines.

use super::font::Ruler;

/// May not begin a line.
const CLOSERS: &str = "、。，．,.・：:；;！？!?）)」』】〕〉》ー〜ぁぃぅぇぉっゃゅょァィゥェォッャュョ々";
/// May not end a line.
const OPENERS: &str = "（(「『【〔〈《";

/// Our own text, broken at `|` only.
pub(super) fn ours(text: &str, size: f32, width: f32, ruler: &Ruler) -> Vec<String> {
    fill(text.split('|'), size, width, ruler)
}

/// A text of the settings: broken at its blanks and before its brackets; where that is not enough, between any two
/// characters that Japanese typesetting lets part, never in a number.
pub(super) fn foreign(text: &str, size: f32, width: f32, ruler: &Ruler) -> Vec<String> {
    let marked = text.replace(' ', " \n").replace('（', "\n（");
    let lines = fill(marked.split('\n'), size, width, ruler);
    if lines.iter().all(|line| ruler.width(line, size) <= width) {
        return lines;
    }
    fill(pieces(text).iter().map(String::as_str), size, width, ruler)
}

/// As many pieces to a line as fit. A piece wider than a line stays whole: whoever places the line notices.
fn fill<'a>(pieces: impl Iterator<Item = &'a str>, size: f32, width: f32, ruler: &Ruler) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces {
        let longer = format!("{line}{piece}");
        if !line.is_empty() && ruler.width(longer.trim_end(), size) > width {
            lines.push(line.trim_end().to_owned());
            line = piece.trim_start().to_owned();
        } else {
            line = longer;
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        match pieces.last_mut() {
            Some(piece) if stick(piece.chars().next_back(), c) => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

fn stick(before: Option<char>, c: char) -> bool {
    let in_word = |c: char| c.is_ascii() && c != ' ';
    CLOSERS.contains(c) || before.is_some_and(|b| OPENERS.contains(b) || (in_word(b) && in_word(c)))
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn numbers_stay_whole_and_brackets_stay_with_their_words() {
        assert_eq!(pieces("電話 03-1234、（平日）"), ["電", "話", " ", "03-1234、", "（平", "日）"]);
    }
}
