//! The `ETag` of a package: its SHA-256, so that whoever has it knows what to expect, and two publishers say the same.

use data_encoding::HEXLOWER;

/// The header's value: hexadecimal digits in quotes.
#[must_use]
pub fn write(hash: &[u8; 32]) -> String {
    format!("\"{}\"", HEXLOWER.encode(hash))
}

/// Reads it back; `None` for another program's tag, and for a weak one, which says nothing of single bytes.
#[must_use]
pub fn read(tag: &str) -> Option<[u8; 32]> {
    let text = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_back_and_a_weak_or_foreign_one_is_none() {
        let hash = [0xA5; 32];
        let tag = write(&hash);
        assert_eq!(read(&tag), Some(hash));
        let weak = format!("W/{tag}");
        assert!([weak.as_str(), &tag[1..], "\"\"", "\"0123\"", ""].iter().all(|tag| read(tag).is_none()));
    }
}
