//! Public keys and tickets as text: base 32 (RFC 4648), which a QR code holds in its dense mode and a person can read aloud.

use data_encoding::BASE32_NOPAD;

/// Characters of a written group.
const GROUP: usize = 4;

/// One line without gaps.
pub(crate) fn plain(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes)
}

/// In groups, to be compared by eye.
pub(crate) fn grouped(bytes: &[u8]) -> String {
    let text = plain(bytes);
    let groups: Vec<&str> = (0..text.len()).step_by(GROUP).map(|at| &text[at..text.len().min(at + GROUP)]).collect();
    groups.join("-")
}

/// Either, as somebody typed or pasted it.
pub(crate) fn read(typed: &str) -> Option<Vec<u8>> {
    let is_gap = |c: &char| c.is_whitespace() || *c == '-';
    let text: String = typed.chars().filter(|c| !is_gap(c)).map(|c| c.to_ascii_uppercase()).collect();
    BASE32_NOPAD.decode(text.as_bytes()).ok()
}
