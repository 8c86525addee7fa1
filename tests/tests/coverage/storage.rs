//! The marker storage, imported: which text of the record came from which field.

use mykarte::record::Section;
use mykarte::{Imported, record::report::Reason};
use mykarte_synth::{Marker, Options, Storage, generate_in_memory};
use mykarte_tests::{import, request, section};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What one import of marker files gave.
pub struct Reading {
    /// Every text of the record with its path: `labs.group.specimen.code`.
    pub leaves: Vec<(String, String)>,
    /// Kind and field of the report's unused fields: (`OMP-01`, `PV1-36`).
    pub unused: BTreeSet<(String, String)>,
    /// What became of each file, by file name.
    pub fates: BTreeMap<String, Reason>,
}

/// The marker storage as generated, and its cancel messages once more as
/// current files: with flag 0 nobody opens them.
pub struct Readings {
    pub markers: Vec<Marker>,
    pub plain: Reading,
    pub cancels: Reading,
}

/// Generates and imports both.
pub fn read() -> Readings {
    let storage = generate_in_memory(&Options::new(1).markers(true));
    let plain = import_files(storage.files.iter().cloned(), &storage);
    let cancelled = storage.files.iter().filter_map(|(path, bytes)| {
        let path = path.to_str()?.strip_suffix("_0")?;
        Some((PathBuf::from(format!("{path}_1")), bytes.clone()))
    });
    let cancels = import_files(cancelled, &storage);
    Readings { markers: storage.markers, plain, cancels }
}

fn import_files(files: impl Iterator<Item = (PathBuf, Vec<u8>)>, storage: &Storage) -> Reading {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let patient = storage.truth.patients.keys().next().unwrap();
    reading(&import(&request(&[dir.path()], patient)).unwrap())
}

fn reading(imported: &Imported) -> Reading {
    let mut leaves = Vec::new();
    for part in Section::ALL {
        for entry in section(imported, part) {
            walk(part.key(), &entry, &mut leaves);
        }
    }
    let unused = imported.report.unused_fields.iter().map(|u| (u.kind.clone(), u.field.clone())).collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_string();
    let fates = imported.report.list.iter().map(|f| (name(&f.path), f.reason)).collect();
    Reading { leaves, unused, fates }
}

/// Collects the texts below `value`. Ids are digests and say nothing of a field.
fn walk(path: &str, value: &Value, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter().filter(|(key, _)| *key != "source") {
                walk(&format!("{path}.{key}"), inner, leaves);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(path, item, leaves)),
        Value::String(text) => leaves.push((path.to_string(), text.clone())),
        other => leaves.push((path.to_string(), other.to_string())),
    }
}

impl Readings {
    /// The reading that a kind is looked for in.
    pub fn of(&self, kind: &str) -> &Reading {
        let cancels = ["A23", "A55", "A27", "A11", "A52", "A53", "A26", "A12", "A25", "A13"];
        if cancels.iter().any(|event| kind.ends_with(event)) { &self.cancels } else { &self.plain }
    }
}

impl Reading {
    /// Whether a text stands below one of the keys.
    pub fn holds(&self, keys: &[String], marker: &str) -> bool {
        let below = |place: &str| {
            keys.iter().any(|key| place.strip_prefix(key.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.')))
        };
        self.places(marker).into_iter().any(below)
    }

    /// The paths at which a marker stands; a time is written as ISO 8601 there.
    pub fn places(&self, marker: &str) -> BTreeSet<&str> {
        let written = as_time(marker);
        let holds = |text: &str| text.contains(marker) || written.as_ref().is_some_and(|w| text == w);
        self.leaves.iter().filter(|(_, text)| holds(text)).map(|(path, _)| path.as_str()).collect()
    }
}

/// `20241231120000` or `19610102` as the record writes it.
fn as_time(marker: &str) -> Option<String> {
    if !marker.bytes().all(|b| b.is_ascii_digit()) || !matches!(marker.len(), 8 | 14) {
        return None;
    }
    let day = format!("{}-{}-{}", &marker[..4], &marker[4..6], &marker[6..8]);
    Some(match marker.len() {
        14 => format!("{day}T{}:{}:{}", &marker[8..10], &marker[10..12], &marker[12..14]),
        _ => day,
    })
}
