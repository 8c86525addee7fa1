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

/// Every entry by its id, and each line that the report says of findings, fields and files.
struct Read {
    entries: BTreeMap<String, Value>,
    lines: Vec<Value>,
}

fn read(root: &Path) -> Read {
    let imported = import(&request(&[root], "0000311")).unwrap();
    let all = Section::ALL.into_iter().flat_map(|of| section(&imported, of));
    let report = serde_json::to_value(&imported.report).unwrap();
    let lines = ["findings", "unused_fields", "list"].into_iter().flat_map(|of| report[of].as_array().unwrap());
    Read {
        entries: all.map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry)).collect(),
        lines: lines.cloned().collect(),
    }
}

impl Read {
    /// The number of a file in the report and in the entries.
    fn number(&self, file: &Path) -> u64 {
        let name = file.file_name().unwrap().to_str().unwrap();
        let is_it = |line: &&Value| line["path"].as_str().is_some_and(|path| path.ends_with(name));
        self.lines.iter().find(is_it).unwrap()["number"].as_u64().unwrap()
    }

    /// What is lost, changed or new in another: before and after.
    fn unlike<'a>(&'a self, other: &'a Self) -> Vec<(Option<&'a Value>, Option<&'a Value>)> {
        let ids: BTreeSet<&String> = self.entries.keys().chain(other.entries.keys()).collect();
        let pairs = ids.into_iter().map(|id| (self.entries.get(id), other.entries.get(id)));
        pairs.filter(|(before, after)| before != after).collect()
    }

    /// Whether a line that another lacks is about this file. Of more than three places the report names the first three.
    fn says_more_of(&self, number: u64, other: &Self) -> bool {
        let is_of = |line: &Value| {
            let places = line["examples"].as_array().into_iter().flatten();
            let is_named = places.clone().any(|place| place["file"] == number);
            line["number"] == number || is_named || line["count"].as_u64() > Some(places.count() as u64)
        };
        self.lines.iter().filter(|line| !other.lines.contains(line)).any(is_of)
    }
}

#[test]
fn a_bad_segment_takes_nothing_along() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("1310000001");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/demo"), &root);
    let whole = read(&root);
    let (mut tried, mut different) = (0, 0);
    for file in files(&root) {
        let bytes = fs::read(&file).unwrap();
        let segments: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\r').collect();
        for at in 0..segments.len() {
            for way in WAYS {
                let bad = way(segments[at]);
                let message: Vec<&[u8]> = [&segments[..at], &[&bad], &segments[at + 1..]].concat();
                fs::write(&file, message.concat()).unwrap();
                different += usize::from(check(&whole, &read(&root), &file, segments[at], bad.is_empty()));
                tried += 1;
            }
        }
        fs::write(&file, bytes).unwrap();
    }
    assert!(tried > 300 && different > tried / 2, "{different} of {tried}");
}

fn sources(entry: &Value) -> BTreeSet<u64> {
    entry["source"].as_array().unwrap().iter().filter_map(Value::as_u64).collect()
}

/// What is other than before was of this file, or was read together with it; and it is said, unless nobody can know of it.
/// Where nothing hangs on the segment, one entry is lost. Returns whether anything is other.
fn check(whole: &Read, found: &Read, file: &Path, segment: &[u8], is_removed: bool) -> bool {
    let what = format!("{} of {}", String::from_utf8_lossy(&segment[..3]), file.file_name().unwrap().display());
    let (unlike, number) = (whole.unlike(found), whole.number(file));
    let of_it = || unlike.iter().filter_map(|(before, _)| *before).filter(|entry| sources(entry).contains(&number));
    let together: BTreeSet<u64> = of_it().flat_map(sources).collect();
    for (before, after) in &unlike {
        let is_meant = match (before, after) {
            // A part of an order, or basics that another message has, too.
            (None, Some(new)) => sources(new).is_subset(&together) || new["marks"][0] == "from_other_message",
            (Some(before), _) => {
                let refers = |other: &Value| before.to_string().contains(&other["id"].to_string());
                sources(before).contains(&number) || after.is_some() && of_it().any(refers)
            }
            (None, None) => unreachable!("neither is in any record"),
        };
        assert!(is_meant, "{what}: another entry is another: {before:?} {after:?}");
    }
    let lost = unlike.iter().filter(|(_, after)| after.is_none()).count();
    assert!(lost < 2 || !LEAVES.iter().any(|leaf| segment.starts_with(leaf)), "{what}: {lost} are gone");
    assert!(is_removed || unlike.is_empty() || found.says_more_of(number, whole), "{what}: nothing is said of it");
    !unlike.is_empty()
}
