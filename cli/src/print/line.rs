//! A line: pieces of text with a style, made safe when it is printed.
//!
//! Text comes from files nobody vouches for. Control characters and
//! direction marks are shown, never obeyed: a drug name must not be able to move
//! the cursor or turn `05` into `50`.

use unicode_width::UnicodeWidthStr;

/// Columns of a line that is easy to read; longer ones are broken where that can be done well.
pub const WRAP: usize = 100;

/// How a piece looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// A heading, a name.
    Bold,
    /// Of less weight.
    Dim,
    /// To be noticed: a status that is not the usual one, a mark.
    Warn,
    /// To be noticed first: allergies, what could not be read.
    Alert,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Bold => "\x1b[1m",
            Style::Dim => "\x1b[2m",
            Style::Warn => "\x1b[33m",
            Style::Alert => "\x1b[1;31m",
        }
    }
}

/// One line of output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pieces: Vec<(Style, String)>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Line {
        Line::default()
    }

    /// Adds a piece; its text is made safe.
    pub fn styled(mut self, style: Style, text: impl AsRef<str>) -> Line {
        self.pieces.push((style, safe(text.as_ref())));
        self
    }

    /// Adds plain text.
    pub fn plain(self, text: impl AsRef<str>) -> Line {
        self.styled(Style::Plain, text)
    }

    /// Adds bold text.
    pub fn bold(self, text: impl AsRef<str>) -> Line {
        self.styled(Style::Bold, text)
    }

    /// Adds another line's pieces.
    pub fn join(mut self, other: Line) -> Line {
        self.pieces.extend(other.pieces);
        self
    }

    /// Adds blanks until the line is `width` columns wide.
    pub fn pad(self, width: usize) -> Line {
        let blanks = width.saturating_sub(self.width());
        if blanks == 0 { self } else { self.plain(" ".repeat(blanks)) }
    }

    /// Columns on a terminal.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text.width()).sum()
    }

    /// Whether it shows nothing.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|(_, text)| text.is_empty())
    }

    /// The text to print, without blanks at its end.
    pub fn render(&self, colour: bool) -> String {
        let mut text = String::new();
        for (style, piece) in self.pieces.iter().filter(|(_, piece)| !piece.is_empty()) {
            if colour && *style != Style::Plain {
                text.push_str(&format!("{}{piece}\x1b[0m", style.code()));
            } else {
                text.push_str(piece);
            }
        }
        text.truncate(text.trim_end_matches(' ').len());
        text
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Line {
        Line::new().plain(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Line {
        Line::new().plain(text)
    }
}

/// Items behind a head, in lines that are broken between items; none where there are no items. The first four columns are
/// left to an indent.
pub fn wrapped(head: &str, items: &[&str], comma: &str) -> Vec<String> {
    let (mut lines, mut open) = (Vec::new(), head.to_string());
    for (n, item) in items.iter().enumerate() {
        let end = if n + 1 < items.len() { comma } else { "" };
        if n > 0 && open.width() + item.width() + end.trim_end().width() > WRAP - 4 {
            lines.push(open.trim_end().to_string());
            open.clear();
        }
        open.push_str(item);
        open.push_str(end);
    }
    lines.extend((!items.is_empty()).then_some(open));
    lines
}

/// The text with everything that would act instead of being read made visible.
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // The pictures of Unicode for the controls of ASCII: ␛ for ESC.
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}')),
            '\x7f' => out.push('\u{2421}'),
            _ if acts(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
            _ => out.push(c),
        }
    }
    out
}

/// C1 controls, direction marks and overrides, line separators, invisible blanks and tags.
pub fn acts(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_that_should_be_read() {
        assert_eq!(safe("a\x1b[2Jb\r\n\u{9b}c\x7f"), "a␛[2Jb␍␊<U+009B>c␡");
        assert_eq!(safe("1日\u{202e}50mg\u{2066}"), "1日<U+202E>50mg<U+2066>");
        assert_eq!(safe("ソリタ－Ｔ３号　葛󠄀"), "ソリタ－Ｔ３号　葛󠄀");
    }

    #[test]
    fn long_lists_are_broken_between_items_and_lose_none() {
        let items = ["住所"; 40];
        let lines = wrapped("項目: ", &items, "、");
        assert!(lines.len() == 3 && lines.iter().all(|line| line.width() <= WRAP - 4), "{lines:?}");
        assert_eq!(lines.concat(), format!("項目: {}", items.join("、")));
        assert_eq!(wrapped("項目: ", &[], "、"), Vec::<String>::new());
    }

    #[test]
    fn columns_count_wide_characters_twice() {
        assert_eq!(Line::from("ALT（GPT）").width(), 10);
        assert_eq!(Line::from("病名").pad(6).plain("|").render(false), "病名  |");
        assert_eq!(Line::from("a").pad(6).render(false), "a");
        assert_eq!(Line::new().bold("x").render(true), "\x1b[1mx\x1b[0m");
    }
}
