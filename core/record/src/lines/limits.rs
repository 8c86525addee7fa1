//! Limits on chunks that others wrote (design D14), checked before a chunk is read as one.
//!
//! A line may name shared values, which may name values before them: a few bytes can stand for gigabytes. So the lengths
//! are added up first, and only then anything is expanded.

use super::{Chunk, split};
use ssmix2::types::shared;

/// JSON may be nested so deep.
pub const MAX_DEPTH: usize = 16;
/// Bytes that the entries of one chunk may have when their shared values are put in.
pub const MAX_EXPANDED: usize = 16 << 20;
/// The same of all chunks of a record. A heavy one of 25 years has 36 MB, at most 1.3 MB a chunk.
pub const MAX_EXPANDED_IN_ALL: usize = 128 << 20;

/// Why a chunk is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Nested deeper than [`MAX_DEPTH`].
    Depth,
    /// Larger than [`MAX_EXPANDED`].
    Expanded,
    /// No chunk at all, or an entry that is no JSON object.
    NotLines,
}

/// Checks a chunk; returns how many entries it has, and their [`expanded_length`].
///
/// # Errors
/// The first limit that it exceeds.
pub fn check(bytes: &[u8]) -> Result<(usize, usize), Excess> {
    let expanded = expanded_length(bytes)?;
    let chunk = Chunk::open(bytes).ok_or(Excess::NotLines)?;
    for i in 0..chunk.len() {
        check_json(&chunk.line(i))?;
    }
    Ok((chunk.len(), expanded))
}

/// Checks one JSON object, expanded.
///
/// # Errors
/// [`Excess::Depth`], [`Excess::NotLines`].
pub fn check_json(json: &[u8]) -> Result<(), Excess> {
    if depth(json) > MAX_DEPTH {
        return Err(Excess::Depth);
    }
    // What is skipped is not held to be UTF-8 when it is read from bytes.
    let text = std::str::from_utf8(json).map_err(|_| Excess::NotLines)?;
    let is_object = text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if is_object { Ok(()) } else { Err(Excess::NotLines) }
}

/// Bytes of all entries with their shared values put in, without putting them in.
///
/// # Errors
/// [`Excess::Expanded`] above [`MAX_EXPANDED`]; [`Excess::Depth`] of the table; [`Excess::NotLines`].
pub fn expanded_length(bytes: &[u8]) -> Result<usize, Excess> {
    let mut lines = split(bytes).filter(|line| !line.is_empty());
    let table = lines.next().ok_or(Excess::NotLines)?;
    if depth(table) > MAX_DEPTH {
        return Err(Excess::Depth);
    }
    let table: Vec<&serde_json::value::RawValue> = serde_json::from_slice(table).map_err(|_| Excess::NotLines)?;
    let (mut lengths, mut total) = (Vec::with_capacity(table.len()), 0);
    let values = table.iter().map(|value| (value.get().as_bytes(), true));
    for (text, is_value) in values.chain(lines.map(|line| (line, false))) {
        let length = shared::expanded_length(text, &lengths);
        total = length.saturating_add(total);
        if total > MAX_EXPANDED {
            return Err(Excess::Expanded);
        }
        if is_value {
            lengths.push(length);
        }
    }
    Ok(total)
}

/// How deep arrays and objects are nested.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text) = (0_usize, 0, false);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_text => drop(bytes.next()),
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_texts() {
        assert_eq!([&b"1"[..], b"{}", b"[{}]", br#"{"a":"[[[\"[["}"#, b"[[],[[]]]"].map(depth), [0, 1, 2, 1, 3]);
    }

    #[test]
    fn good_chunks_pass_and_say_how_many_entries_they_have() {
        assert_eq!(
            check(b"[{\"a\":1}]\n{\"id\":\"a\",\"x\":{\"@\":0}}\n{\"id\":\"b\"}\n").map(|(entries, _)| entries),
            Ok(2)
        );
        assert_eq!(check(b"[]\n"), Ok((0, 0)));
    }

    #[test]
    fn bombs_are_refused_before_they_are_expanded() {
        // Value n is ten times value n - 1: the last has 10^20 bytes.
        let value = |n: usize| format!("[{}]", vec![format!("{{\"@\":{}}}", n - 1); 10].join(","));
        let table: Vec<String> = ["1".into()].into_iter().chain((1..20).map(value)).collect();
        let bomb = format!("[{}]\n{{\"x\":{{\"@\":19}}}}\n", table.join(","));
        assert_eq!(check(bomb.as_bytes()), Err(Excess::Expanded));
        let nested = |n: usize| format!("[]\n{{\"x\":{}{}}}\n", "[".repeat(n), "]".repeat(n));
        assert_eq!(check(nested(MAX_DEPTH - 1).as_bytes()).map(|(entries, _)| entries), Ok(1));
        assert_eq!(check(nested(MAX_DEPTH).as_bytes()), Err(Excess::Depth));
        // Each value is a little deeper than the one before it, none of them too deep as written.
        let value = |n: usize| format!("[{{\"@\":{}}}]", n - 1);
        let table: Vec<String> = ["[1]".into()].into_iter().chain((1..20).map(value)).collect();
        let staircase = format!("[{}]\n{{\"x\":{{\"@\":19}}}}\n", table.join(","));
        assert_eq!(check(staircase.as_bytes()), Err(Excess::Depth));
    }

    #[test]
    fn what_is_no_chunk_is_refused() {
        for text in ["", "{}\n", "[]\n1\n", "[]\n{\"a\":}\n", "[]\n{\n", "[\n{}\n", "[]\n{} {}\n"] {
            assert_eq!(check(text.as_bytes()), Err(Excess::NotLines), "{text}");
        }
        // JSON is UTF-8, also where nobody looks: a search would end there.
        for bytes in [&b"[]\n{\"unknown\":\"\xE4\"}\n"[..], b"[\"\xE4\"]\n{\"a\":{\"@\":0}}\n"] {
            assert_eq!(check(bytes), Err(Excess::NotLines));
        }
    }
}
