//! An open record read in other ways than section by section: timeline, series,
//! search; each held against all entries of the record.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::record::Section;
use mykarte::record::lines::ChunkMeta;
use mykarte::record::search::Query;
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, Damage, RecordLines, StoreOptions, Watch, store_record};
use mykarte_synth::{Options, generate};
use mykarte_tests::hospital::watched;
use mykarte_tests::phone::files;
use mykarte_tests::{import, request, storage};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

fn vault(dir: &tempfile::TempDir) -> Vault {
    let passcode = Passcode::new("避難袋の奥にしまった古い鍵".as_bytes()).unwrap();
    Vault::create(dir.path().join("v"), &passcode, KdfParams::dangerous_floor()).unwrap()
}

/// Runs `look` on three synthetic years in a vault.
fn with_three_years(look: impl FnOnce(&dyn Fn() -> RecordLines<'static>)) {
    let dir = tempfile::tempdir().unwrap();
    let storage = dir.path().join("s");
    let truth = generate(&Options::three_years(2), &storage).unwrap();
    let imported = import(&request(&[&storage], truth.patients.keys().next().unwrap())).unwrap();
    let mut vault = vault(&dir);
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    store_record(&mut vault, imported, StoreOptions { replace: false, threads: 1 }, &watch).unwrap();
    // Leaked: the record borrows it, and the process of the test ends.
    let archive: &'static Archive = Box::leak(Box::new(Archive::of(vault)));
    let id = archive.records().unwrap()[0].id;
    look(&|| archive.record(id).unwrap());
}

fn entries(record: &RecordLines<'_>, section: Section) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    record.each(section, |line| all.push(line.to_vec()));
    all
}

/// The date of an entry as text, filled up to the second: what sorting needs.
fn date(line: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(line).unwrap();
    let text = value["date"].as_str()?;
    Some(format!("{text}{}", &"0000-01-01T00:00:00"[text.len()..]))
}

#[test]
fn pages_of_the_timeline_are_all_entries_by_date() {
    with_three_years(|open| {
        let record = open();
        let mut want: Vec<(Section, Vec<u8>)> =
            Section::ALL.into_iter().flat_map(|s| entries(&record, s).into_iter().map(move |line| (s, line))).collect();
        want.sort_by_key(|(_, line)| std::cmp::Reverse(date(line)));
        let (mut got, mut more) = (Vec::new(), true);
        while more {
            let page = record.timeline(None, None, got.len(), 97);
            assert_eq!(page.damage, Damage::default());
            more = page.more;
            got.extend(page.entries.into_iter().map(|e| (e.section, e.line)));
        }
        assert_eq!(got, want);
        let (from, to) = ("2023-02".parse().unwrap(), "2023-04".parse().unwrap());
        let spring = open().timeline(Some(from), Some(to), 0, 9999).entries;
        let in_spring = want
            .into_iter()
            .filter(|(_, line)| date(line).is_none_or(|d| ("2023-02-01".."2023-05-01").contains(&d.as_str())));
        assert_eq!(spring.into_iter().map(|e| (e.section, e.line)).collect::<Vec<_>>(), in_spring.collect::<Vec<_>>());
    });
}

#[test]
fn series_of_all_items_hold_every_result_once() {
    with_three_years(|open| {
        let record = open();
        let items = record.lab_items();
        assert!(items.items.len() > 20 && items.items.is_sorted_by_key(|item| std::cmp::Reverse(item.count)));
        let mut seen = HashSet::new();
        for item in &items.items {
            let series = record.series(&item.id);
            assert_eq!((series.points.len(), series.damage), (item.count as usize, Damage::default()));
            assert!(series.points.is_sorted_by_key(|p| p.date.map(|d| d.at)));
            seen.extend(series.points.iter().map(|p| p.id.to_string()));
        }
        let id = |line: &Vec<u8>| serde_json::from_slice::<Value>(line).unwrap()["id"].as_str().unwrap().to_string();
        assert_eq!(seen, entries(&record, Section::Labs).iter().map(id).collect());
    });
}

#[test]
fn a_second_search_finds_what_the_first_and_each_entry_say() {
    with_three_years(|open| {
        let record = open();
        for words in ["クレアチニン", "ｸﾚｱﾁﾆﾝ 血清", "mg／dl", "2023-05", "の", "無い言葉"] {
            let query = Query::new(words).unwrap();
            for section in Section::ALL {
                let alone: Vec<_> = entries(&record, section).into_iter().filter(|l| query.matches(l)).collect();
                for record in [&open(), &record, &record] {
                    let mut hits = Vec::new();
                    record.search(section, &query, |_, line| hits.push(line.to_vec()));
                    assert_eq!(hits, alone, "{words} in {section:?}");
                }
            }
        }
    });
}

#[test]
fn damaged_chunks_are_counted_and_hide_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut vault = vault(&dir);
    let draft = vault.begin(None).unwrap();
    let lab = r#"{"id":"a","date":"2024-05-01","status":"final","source":[1],"item":{"display":"CRP"},"value":"NEG","group":{"order":{}}}"#;
    let whole = [&b"[]\n"[..], lab.as_bytes(), b"\n"].concat();
    let day = "2024-05-01".parse().ok();
    let meta = |entries| serde_json::to_vec(&ChunkMeta { entries, from: day, to: day, undated: Some(0) }).unwrap();
    let chunks =
        vec![draft.seal("labs", 0, &meta(5), b"noise").unwrap(), draft.seal("labs", 1, &meta(1), &whole).unwrap()];
    vault.commit(draft, b"", b"", chunks).unwrap();
    let archive = Archive::of(vault);
    let record = archive.record(archive.records().unwrap()[0].id).unwrap();
    let damage = Damage { chunks: 1, entries: 5 };
    let timeline = record.timeline(None, None, 0, 50);
    assert_eq!((timeline.entries.len(), timeline.damage), (1, damage));
    assert_eq!(timeline.entries[0].line, lab.as_bytes());
    assert_eq!(record.timeline(None, "2023".parse().ok(), 0, 50), mykarte::Timeline::default());
    let items = record.lab_items();
    assert_eq!((items.items.len(), items.damage), (1, damage));
    let series = record.series(&items.items[0].id);
    assert_eq!((series.points.len(), series.damage), (1, damage));
    let mut hits = 0;
    assert_eq!(record.search(Section::Labs, &Query::new("neg").unwrap(), |_, _| hits += 1), damage);
    assert_eq!(hits, 1);
}

/// Whoever imports many patients looks for their folders once, and reads the same of each.
#[test]
fn an_index_of_patients_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let truth = generate(&Options::new(3).patients(4).years(1), dir.path()).unwrap();
    let storages = [dir.path().to_path_buf()];
    let index = mykarte::PatientIndex::of(&storages).unwrap();
    assert_eq!(index.len(), truth.patients.len());
    let read = |id: &str| {
        let request = request(&[dir.path()], id);
        watched(|watch| (mykarte::read_record(&request, watch), mykarte::read_indexed(&request, &index, watch)))
    };
    for id in truth.patients.keys() {
        // The id as it is typed on a Japanese keyboard, too.
        for typed in [id.clone(), id.chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect()] {
            let (walked, indexed) = read(&typed);
            let (walked, indexed) = (walked.unwrap(), indexed.unwrap());
            assert_eq!((walked.record, walked.report.list), (indexed.record, indexed.report.list));
        }
    }
    let (walked, indexed) = read("0000001");
    let texts = [walked.unwrap_err(), indexed.unwrap_err()].map(|error| format!("{error:?}"));
    assert!(texts[0] == texts[1] && texts[0].starts_with("NoSuchPatient"), "{texts:?}");
}

/// One volume lies in a folder that looks like a patient's from above.
#[test]
fn an_index_of_several_volumes_leaves_none_out() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("volume1"), dir.path().join("backup/-"));
    storage::write(&files()[..2], &one);
    storage::write(&files()[2..], &two);
    let request = request(&[&one, &two], storage::PATIENT);
    let index = mykarte::PatientIndex::of(&request.storages).unwrap();
    let indexed = watched(|watch| mykarte::read_indexed(&request, &index, watch)).unwrap();
    assert_eq!(indexed.record.labs.len(), 2);
    assert_eq!(indexed.record, import(&request).unwrap().record);
}

#[test]
fn an_index_serves_its_own_storages_and_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    storage::write(&files(), &one);
    storage::write(&files()[..1], &two);
    let index = mykarte::PatientIndex::of(std::slice::from_ref(&one)).unwrap();
    let read = |at: &std::path::Path| {
        let request = request(&[at], storage::PATIENT);
        watched(|watch| mykarte::read_indexed(&request, &index, watch))
    };
    assert!(matches!(read(&two), Err(mykarte::ImportError::OtherIndex)));
    // The same folder by another way is the same storage.
    assert_eq!(read(&dir.path().join("two/../one")).unwrap().record.labs.len(), 2);
    let text = format!("{index:?}");
    assert!(!text.contains(storage::PATIENT) && !text.contains("one"), "{text}");
}
