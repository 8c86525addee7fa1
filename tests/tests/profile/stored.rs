//! What a profile hides never reaches the vault: not sealed, not in the summary, not readable afterwards.

use super::records::MARKERS;
use mykarte::record::profile::{GEMINI_STANDARD, Profile};
use mykarte::record::{Record, Section};
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, ImportError, ImportRequest, Imported, Shaping, StoreOptions, Stored, Watch, store_record};
use mykarte_synth::{Marker, Options, generate_in_memory};
use mykarte_tests::profiles::{plaintext, without_field, without_sections};
use mykarte_tests::storage::{file, imported, memo};
use mykarte_tests::{entries, import, request};
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// The marker storage under a profile, and its table.
pub fn marked(profile: Profile) -> (Imported, Vec<Marker>) {
    let storage = generate_in_memory(&Options::new(1).markers(true));
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in &storage.files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let patient = storage.truth.patients.keys().next().unwrap();
    let shaping = Shaping { profile, withholding: None };
    let imported = import(&ImportRequest { shaping, ..request(&[dir.path()], patient) }).unwrap();
    (imported, storage.markers)
}

fn stored(imported: Imported, path: &Path) -> Vault {
    let mut vault =
        Vault::create(path, &Passcode::new(b"correct horse").unwrap(), KdfParams::dangerous_floor()).unwrap();
    add(&mut vault, imported).unwrap();
    vault
}

fn add(vault: &mut Vault, imported: Imported) -> Result<Stored, ImportError> {
    store(vault, imported, false)
}

fn replace(vault: &mut Vault, imported: Imported) -> Result<Stored, ImportError> {
    store(vault, imported, true)
}

fn store(vault: &mut Vault, imported: Imported, replace: bool) -> Result<Stored, ImportError> {
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    store_record(vault, imported, StoreOptions { replace, threads: 2 }, &watch)
}

/// Everything that opens with the passcode: summary, and each entry with its shared values.
fn opened(vault: Vault) -> (Value, Vec<(Section, Vec<Value>)>) {
    let archive = Archive::of(vault);
    let info = archive.records().unwrap().remove(0);
    let lines = archive.record(info.id).unwrap();
    let read = |section: Section| {
        let mut all = Vec::new();
        let damage = lines.each(section, |line| all.push(serde_json::from_slice(line).unwrap()));
        assert_eq!(damage.chunks, 0);
        (section, all)
    };
    (serde_json::to_value(info.summary.unwrap()).unwrap(), Section::ALL.map(read).into())
}

/// A memo of an older generation goes on, as the profile in force shows it and not as it was stored.
#[test]
fn a_memo_that_is_carried_over_follows_the_profile() {
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let dir = tempfile::tempdir().unwrap();
    let first = imported(&[base.clone(), memo("20240401", "歩行は可能")], Profile::full());
    let author = first.record.memos[0].body.author.clone().unwrap().name.to_string();
    let mut vault = stored(first, &dir.path().join("v"));
    let again = imported(std::slice::from_ref(&base), without_field(Section::Memos, "author"));
    let unasked = imported(std::slice::from_ref(&base), without_field(Section::Memos, "author"));
    assert!(
        matches!(add(&mut vault, unasked), Err(ImportError::ProfileDiffers { .. })),
        "another profile is confirmed"
    );
    replace(&mut vault, again).unwrap();
    let hidden = imported(&[base], without_sections(&[Section::Memos]));
    let refused = add(&mut vault, hidden);
    assert!(matches!(refused, Err(ImportError::MemosHidden { entries: 1 })), "a memo is never lost: {refused:?}");
    let (summary, sections) = opened(vault);
    let (_, memos) = sections.into_iter().find(|(section, _)| *section == Section::Memos).unwrap();
    assert_eq!((memos.len(), memos[0]["text"].as_str()), (1, Some("歩行は可能")));
    assert!(!memos[0].to_string().contains(&author), "{author} is hidden now: {}", memos[0]);
    assert_eq!((summary["counts"]["memos"].as_u64(), memos[0].get("author")), (Some(1), None));
}

/// Unique markers that a record shows, and those that it does not.
fn split<'a>(markers: &'a [Marker], record: &Record) -> (Vec<&'a str>, Vec<&'a str>) {
    let text = plaintext(record);
    let unique = markers.iter().filter(|m| m.unique && m.marker.chars().count() >= 4).map(|m| m.marker.as_str());
    unique.partition(|marker| text.contains(marker))
}

#[test]
fn the_vault_holds_what_the_profile_shows_and_nothing_else() {
    let (mut imported, markers) = marked(Profile::parse(GEMINI_STANDARD).unwrap());
    imported.number_files();
    let record = imported.record.clone();
    let (shown, hidden) = split(&markers, &record);
    let (in_full, _) = split(&markers, &MARKERS);
    let by_profile = in_full.iter().filter(|marker| hidden.contains(marker)).count();
    assert!(shown.len() > 20 && by_profile > 500, "{} shown, {by_profile} hidden by the profile", shown.len());
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("canary.vault");
    let vault = stored(imported, &path);
    let file = std::fs::read(&path).unwrap();
    let (summary, sections) = opened(vault);
    let text =
        format!("{summary}{}", sections.iter().flat_map(|(_, all)| all).map(Value::to_string).collect::<String>());
    for marker in &hidden {
        assert!(!text.contains(marker), "{marker} is hidden and can be read in the vault");
    }
    for marker in shown {
        assert!(text.contains(marker), "{marker} is shown and is not in the vault");
    }
    // Nothing lies there in the clear either, shown or not.
    let file = String::from_utf8_lossy(&file);
    let clear = in_full.iter().filter(|marker| file.contains(**marker)).count();
    assert_eq!(clear, 0);
    assert_eq!(summary, serde_json::to_value(&record.summary).unwrap());
    for (section, read) in sections {
        assert_eq!(read, entries(&record, section), "{}", section.key());
    }
}
