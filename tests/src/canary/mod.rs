//! Looking for what must not be there: many texts and keys at once, in the bytes of files and of running processes.
//!
//! ```text
//! here -> what is looked for, in every spelling, and in which files      keys   -> the keys of a vault, from its document
//!                                                                        memory -> what a process can write to
//! ```

pub mod keys;
#[cfg(target_os = "linux")]
pub mod memory;

use aho_corasick::AhoCorasick;
use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is looked for, each with a name that may be printed.
pub struct Needles {
    names: Vec<String>,
    automaton: AhoCorasick,
}

/// Names of what was found, and how often.
pub type Found = BTreeMap<String, usize>;

impl Needles {
    /// Bytes by name; a name may have several.
    ///
    /// # Panics
    /// For fewer than eight bytes, which stand anywhere by chance.
    pub fn new(needles: impl IntoIterator<Item = (String, Vec<u8>)>) -> Needles {
        let (names, bytes): (Vec<String>, Vec<Vec<u8>>) = needles.into_iter().unzip();
        assert!(bytes.iter().all(|bytes| bytes.len() >= 8), "too short to be told from chance");
        Needles { names, automaton: AhoCorasick::new(bytes).expect("the list is short") }
    }

    /// Texts in every encoding, each under its own name.
    pub fn of_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Needles {
        Needles::new(texts.into_iter().flat_map(|text| spellings(text).into_iter().map(|bytes| (text.into(), bytes))))
    }

    /// Which of them stand in some bytes.
    pub fn found(&self, bytes: &[u8]) -> Found {
        let mut found = Found::new();
        for hit in self.automaton.find_overlapping_iter(bytes) {
            *found.entry(self.names[hit.pattern().as_usize()].clone()).or_default() += 1;
        }
        found
    }

    /// Which of them stand in the files of a folder, their names included, and where.
    pub fn found_in(&self, folder: &Path) -> BTreeMap<PathBuf, Found> {
        let searched = everything(folder).into_iter().map(|(path, bytes)| (self.found(&bytes), path));
        searched.filter(|(found, _)| !found.is_empty()).map(|(found, path)| (path, found)).collect()
    }
}

/// A text as a hospital's files, ours, and other programs may write it.
pub fn spellings(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let mut all = vec![text.as_bytes().to_vec()];
    all.extend([SHIFT_JIS, EUC_JP, ISO_2022_JP].map(|encoding| encoding.encode(text).0.into_owned()));
    all.push(utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    all.push(utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect());
    all.sort();
    all.dedup();
    all
}

/// Every file below a folder: its path, and behind that its bytes. One that goes while it is looked at is gone.
fn everything(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let all = entries.map(|path| match path.is_dir() {
        true => everything(&path),
        false => {
            let mut bytes = path.as_os_str().as_encoded_bytes().to_vec();
            bytes.extend(std::fs::read(&path).unwrap_or_default());
            vec![(path, bytes)]
        }
    });
    all.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_found_and_counted() {
        let needles = Needles::of_texts(["印0000001", "M0000002"]);
        for bytes in [&b"..\x1B$B0u\x1B(B0000001.."[..], "印0000001".as_bytes(), b"\x88\xF30000001", b"\xB0\xF50000001"]
        {
            assert_eq!(needles.found(bytes), Found::from([("印0000001".into(), 1)]), "{bytes:?}");
        }
        let wide: Vec<u8> = b"M0000002M0000002".iter().flat_map(|byte| [*byte, 0]).collect();
        // In big-endian too, between the first byte and the last.
        assert_eq!(needles.found(&wide)["M0000002"], 3);
        assert!(needles.found("印0000002 M0000001".as_bytes()).is_empty());
    }
}
