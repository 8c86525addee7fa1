//! One bad segment hides no good one, and is named: each segment of the invented patient's messages, removed and garbled in turn.
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

/// The files of every entry, by its id, and each line that the report says of findings, fields and files.
struct Read {
    entries: BTreeMap<String, BTreeSet<u64>>,
    said: BTreeSet<String>,
}

fn read(root: &Path) -> Read {
    let imported = import(&request(&[root], "0000311")).unwrap();
    let sources = |entry: &Value| entry["source"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    let all = Section::ALL.into_iter().flat_map(|of| section(&imported, of));
    let report = serde_json::to_value(&imported.report).unwrap();
    let lines = ["findings", "unused_fields", "list"].into_iter().flat_map(|of| report[of].as_array().unwrap());
    Read {
        entries: all.map(|entry| (entry["id"].as_str().unwrap().to_owned(), sources(&entry))).collect(),
        said: lines.map(Value::to_string).collect(),
    }
}

#[test]
fn a_bad_segment_takes_nothing_along() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("1310000001");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/demo"), &root);
    let whole = read(&root);
    let mut tried = 0;
    for file in files(&root) {
        let bytes = fs::read(&file).unwrap();
        let segments: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\r').collect();
        for at in 0..segments.len() {
            for way in WAYS {
                let bad = way(segments[at]);
                let message: Vec<&[u8]> = [&segments[..at], &[&bad], &segments[at + 1..]].concat();
                fs::write(&file, message.concat()).unwrap();
                let what = format!(
                    "{} of {}",
                    String::from_utf8_lossy(&segments[at][..3]),
                    file.file_name().unwrap().display()
                );
                check(&whole, &read(&root), &what, segments[at], bad.is_empty());
                tried += 1;
            }
        }
        fs::write(&file, bytes).unwrap();
    }
    assert!(tried > 300, "{tried}");
}

/// What is gone is of this file, and said, unless nobody can know of it; where nothing hangs on the segment, one thing is.
fn check(whole: &Read, found: &Read, what: &str, segment: &[u8], is_removed: bool) {
    let mut lost = whole.entries.iter().filter(|(id, _)| !found.entries.contains_key(*id)).map(|(_, files)| files);
    let Some(first) = lost.next() else { return };
    let (others, shared) = (lost.clone().count(), lost.fold(first.clone(), |a, b| &a & b));
    assert!(!shared.is_empty(), "{what}: other files' entries are gone, too");
    assert!(others == 0 || !LEAVES.iter().any(|leaf| segment.starts_with(leaf)), "{what}: {others} more");
    assert!(is_removed || !found.said.is_subset(&whole.said), "{what}: lost, and nothing is said of it");
}
