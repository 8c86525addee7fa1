//! Texts and numbers as they stand on the page.

use crate::words;
use ssmix2::Severity;
use ssmix2::types::Timestamp;

/// Characters of one text that are shown: a path is at most half of it.
const LONGEST: usize = 400;

/// A text of the report: no markup, one line, no character that turns the rest of the line around.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len().min(2 * LONGEST));
    for (at, c) in text.chars().enumerate() {
        match c {
            _ if at == LONGEST => {
                escaped.push_str("…（以下略）");
                break;
            }
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            c if c.is_control() || turns(c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Unicode's controls of writing direction.
fn turns(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `1,234,567`.
pub(super) fn number(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The number of things in a list.
pub(super) fn size(length: usize) -> String {
    number(length as u64)
}

/// `2026年11月22日 16時38分`.
pub(super) fn moment(at: &Timestamp) -> String {
    at.at.format("%Y年%-m月%-d日 %-H時%M分").to_string()
}

/// A severity in a word, with a sign of its own for those who do not see its colour.
pub(super) fn severity(severity: Severity) -> String {
    let (class, sign) = match severity {
        Severity::Error => ("error", "×"),
        Severity::Warning => ("warning", "▲"),
        Severity::Info => ("info", "※"),
    };
    format!("<span class=\"severity {class}\">{sign} {}</span>", words::severity(severity))
}

/// What a list leaves out, said below it; nothing where nothing is left out.
pub(super) fn more(left: usize, what: &str) -> String {
    match left {
        0 => String::new(),
        left => format!("<p class=\"more\">ほかに {}{what}。JSON の報告にすべてあります。</p>\n", size(left)),
    }
}
