//! One bad segment hides no good one: each segment of the invented patient's messages, removed and garbled in turn.
#![allow(clippy::unwrap_used)]

use mykarte::record::Section;
use mykarte_tests::{import, request, section};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What becomes of a segment.
type Way = fn(&[u8]) -> Vec<u8>;

const WAYS: [Way; 3] = [
    |_| Vec::new(),
    |_| b"QQQ|1|^~\\&\r".to_vec(),
    // Japanese that does not end, bytes of no encoding, too many of everything.
    |segment| [&segment[..3.min(segment.len())], b"|\x1b$B!!\xff\x80|^^^&&&~~|\\Z|\r"].concat(),
];

/// Segments of which each holds one thing, and nothing else needs it.
const LEAVES: [&[u8]; 5] = [b"OBX", b"AL1", b"PRB", b"NTE", b"RXR"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

/// The files of every entry, by its id.
type Entries = BTreeMap<String, BTreeSet<u64>>;

fn entries(root: &Path) -> Entries {
    let imported = import(&request(&[root], "0000311")).unwrap();
    let sources = |entry: &Value| entry["source"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    let all = Section::ALL.into_iter().flat_map(|of| section(&imported, of));
    all.map(|entry| (entry["id"].as_str().unwrap().to_owned(), sources(&entry))).collect()
}

#[test]
fn a_bad_segment_takes_nothing_along() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("1310000001");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/demo"), &root);
    let whole = entries(&root);
    let mut tried = 0;
    for file in files(&root) {
        let bytes = fs::read(&file).unwrap();
        let segments: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\r').collect();
        for at in 0..segments.len() {
            for way in WAYS {
                let bad = way(segments[at]);
                let message: Vec<&[u8]> = [&segments[..at], &[&bad], &segments[at + 1..]].concat();
                fs::write(&file, message.concat()).unwrap();
                check(&whole, &entries(&root), &file, segments[at]);
                tried += 1;
            }
        }
        fs::write(&file, bytes).unwrap();
    }
    assert!(tried > 300, "{tried}");
}

/// What is gone is of this file; where nothing hangs on the segment, one thing is.
fn check(whole: &Entries, found: &Entries, file: &Path, segment: &[u8]) {
    let what = format!("{} of {}", String::from_utf8_lossy(&segment[..3]), file.file_name().unwrap().display());
    let mut lost = whole.iter().filter(|(id, _)| !found.contains_key(*id)).map(|(_, files)| files);
    if let Some(first) = lost.next() {
        let (others, shared): (Vec<_>, _) = (lost.clone().collect(), lost.fold(first.clone(), |a, b| &a & b));
        assert!(!shared.is_empty(), "{what}: other files' entries are gone, too");
        assert!(others.is_empty() || !LEAVES.iter().any(|leaf| segment.starts_with(leaf)), "{what}: {}", others.len());
    }
}
