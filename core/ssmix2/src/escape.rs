//! HL7 escape sequences in leaf text (HL7 v2.5 chapter 2.7).
//!
//! Applied after all splitting. A sequence that is unknown or not closed stays
//! as it is: a dose written `4\5` must keep its second half.

use std::borrow::Cow;

/// A text with its escapes replaced; `stray` is true when a backslash was kept
/// because it opens no escape that we know.
#[derive(Debug, PartialEq, Eq)]
pub struct Unescaped<'a> {
    /// The text to show.
    pub text: Cow<'a, str>,
    /// A backslash was kept as text.
    pub stray: bool,
}

/// Replaces the escapes of `text`. `escape` is MSH-2's third character and
/// `delimiters` are field, component, subcomponent and repetition separator.
pub fn unescape<'a>(text: &'a str, escape: char, delimiters: [char; 4]) -> Unescaped<'a> {
    if !text.contains(escape) {
        return Unescaped { text: Cow::Borrowed(text), stray: false };
    }
    let (mut out, mut stray, mut rest) = (String::with_capacity(text.len()), false, text);
    while let Some(start) = rest.find(escape) {
        out.push_str(&rest[..start]);
        let after = &rest[start + escape.len_utf8()..];
        let known = after
            .find(escape)
            .and_then(|end| replacement(&after[..end], escape, delimiters).map(|new| (new, end + escape.len_utf8())));
        match known {
            Some((new, used)) => {
                out.push_str(&new);
                rest = &after[used..];
            }
            None => {
                stray = true;
                out.push(escape);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Unescaped { text: Cow::Owned(out), stray }
}

/// What stands for the body of an escape, `None` if we do not know it.
fn replacement(
    body: &str,
    escape: char,
    [field, component, subcomponent, repetition]: [char; 4],
) -> Option<Cow<'static, str>> {
    let one = |c: char| Some(Cow::Owned(c.to_string()));
    match body {
        "F" => one(field),
        "S" => one(component),
        "T" => one(subcomponent),
        "R" => one(repetition),
        "E" => one(escape),
        // Highlighting and layout say nothing about the content.
        "H" | "N" | ".fi" | ".nf" => Some(Cow::Borrowed("")),
        ".br" | ".ce" => Some(Cow::Borrowed("\n")),
        _ if body.starts_with(".sp") => new_lines(body[3..].trim()),
        _ if [".in", ".ti", ".sk"].iter().any(|p| body.starts_with(p)) => {
            let count = body[3..].trim();
            count.bytes().all(|b| b.is_ascii_digit() || b == b'+' || b == b'-').then_some(Cow::Borrowed(" "))
        }
        _ => body.strip_prefix('X').and_then(hex_text).map(Cow::Owned),
    }
}

fn new_lines(count: &str) -> Option<Cow<'static, str>> {
    let count: usize = if count.is_empty() { 1 } else { count.trim_start_matches('+').parse().ok()? };
    Some(Cow::Owned("\n".repeat(count.min(20))))
}

/// `\X0D\`, `\X41\`: line ends and ASCII. Other bytes depend on a character set
/// that the message does not reliably name, so they stay as written.
fn hex_text(digits: &str) -> Option<String> {
    if digits.is_empty() || digits.len() % 2 == 1 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = String::new();
    let mut last = 0;
    for i in (0..digits.len()).step_by(2) {
        let byte = u8::from_str_radix(&digits[i..i + 2], 16).ok()?;
        match byte {
            b'\n' if last == b'\r' => {}
            b'\r' | b'\n' => out.push('\n'),
            b'\t' | 0x20..=0x7E => out.push(char::from(byte)),
            _ => return None,
        }
        last = byte;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STANDARD: [char; 4] = ['|', '^', '&', '~'];

    fn text(s: &str) -> (String, bool) {
        let u = unescape(s, '\\', STANDARD);
        (u.text.into_owned(), u.stray)
    }

    #[test]
    fn known_escapes() {
        assert_eq!(text(r"m\S\2"), ("m^2".into(), false));
        assert_eq!(text(r"\F\\S\\T\\R\\E\"), (r"|^&~\".into(), false));
        assert_eq!(text(r"a\.br\b\X0D0A\c\X41\"), ("a\nb\ncA".into(), false));
        assert_eq!(text(r"\H\太\N\ \.sp2\x"), ("太 \n\nx".into(), false));
        assert_eq!(text(r"日\T\b é\T\b"), ("日&b é&b".into(), false));
    }

    #[test]
    fn unknown_and_unterminated_stay_as_text() {
        for s in [r"4\5", r"10\S", r"\Zxx\", r"\XZZ\", r"C:\dir", r"\"] {
            assert_eq!(text(s), (s.to_string(), true), "{s}");
        }
        assert_eq!(text(r"コピー/10\S\"), ("コピー/10^".into(), false));
    }

    proptest! {
        #[test]
        fn text_without_a_backslash_is_untouched(s in "[^\\\\]{0,60}") {
            prop_assert_eq!(text(&s), (s, false));
        }

        /// Writing the five delimiters as escapes and reading them gives the text back.
        #[test]
        fn escaping_round_trips(s in "[a-c|^&~\\\\日本]{0,40}") {
            let mut written = String::new();
            for c in s.chars() {
                match c {
                    '|' => written.push_str(r"\F\"), '^' => written.push_str(r"\S\"), '&' => written.push_str(r"\T\"),
                    '~' => written.push_str(r"\R\"), '\\' => written.push_str(r"\E\"), c => written.push(c),
                }
            }
            prop_assert_eq!(text(&written), (s, false));
        }
    }
}
