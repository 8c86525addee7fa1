//! Re-imports into a vault whose stored generation is whole, damaged, or of another person's hand.

use super::{StoreOptions, Stored, store_record};
use crate::archive::Archive;
use crate::error::{ImportError, ReadError};
use crate::import::{Imported, Watch};
use crate::label::Label;
use mykarte_record::lines::{self, ChunkMeta};
use mykarte_record::profile::Profile;
use mykarte_record::report::ImportReport;
use mykarte_record::{Entry, Record, Section, Status, Summary};
use mykarte_vault::{KdfParams, Passcode, Vault};
use serde_json::{Value, json};
use ssmix2::Code;
use ssmix2::clinical::Memo;
use std::sync::atomic::AtomicBool;

const CHEAP: KdfParams = KdfParams { m_kib: 19 * 1024, t: 2, p: 1 };

fn vault() -> (tempfile::TempDir, Vault) {
    let dir = tempfile::tempdir().expect("a folder");
    let passcode = Passcode::new("避難袋の奥にしまった古い鍵".as_bytes()).expect("a passcode");
    let vault = Vault::create(dir.path().join("v"), &passcode, CHEAP).expect("a vault");
    (dir, vault)
}

fn summary() -> Summary {
    serde_json::from_value(json!({
        "patient_id": "1", "hospital": { "id": "1319999999" }, "imported_at": "2026-03-12T10:00:00",
        "counts": {}, "withheld": {}, "other_patient_files": 0,
        "sections": { "memos": { "entries": 0, "carriers_read": 0, "carriers_unreadable": 0 } },
    }))
    .expect("a summary")
}

pub(super) fn memo(id: &str, date: &str, text: &str) -> Entry<Memo> {
    let body = json!({ "text": text });
    Entry {
        id: id.into(),
        date: date.parse().ok(),
        status: Status::Registered,
        marks: vec![],
        source: Default::default(),
        body: serde_json::from_value(body).expect("a memo"),
    }
}

pub(super) fn imported(memos: Vec<Entry<Memo>>) -> Imported {
    let record = Record {
        summary: summary(),
        basics: vec![],
        allergies: vec![],
        diagnoses: vec![],
        admissions: vec![],
        prescriptions: vec![],
        injections: vec![],
        labs: vec![],
        memos,
        others: vec![],
        answered_orders: vec![],
        retracted: vec![],
        spans: Default::default(),
    };
    let report: ImportReport = serde_json::from_value(json!({
        "format": 1, "hospital": { "id": "1319999999" }, "patient_id": "1", "imported_at": "2026-03-12T10:00:00",
        "read": 1, "files": {}, "list": [{ "number": 7, "path": "a", "reason": "used" }],
        "findings": [], "unused_fields": [], "withheld": {}, "kept_out": { "entries": [] },
    }))
    .expect("a report");
    Imported { record, report, profile: Profile::full(), other_facilities: vec![] }
}

fn store(vault: &mut Vault, imported: Imported, replace: bool) -> Result<Stored, ImportError> {
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    store_record(vault, imported, StoreOptions { replace, threads: 1 }, &watch)
}

/// A generation whose chunk of `section` is no chunk, and whose summary is `catalogue`.
fn store_damaged(vault: &mut Vault, section: Option<Section>, catalogue: &[u8]) {
    let draft = vault.begin(None).expect("a draft");
    let meta = serde_json::to_vec(&ChunkMeta { entries: 5, ..ChunkMeta::default() }).expect("JSON");
    let chunks = section.map(|s| draft.seal(s.key(), 0, &meta, b"noise").expect("a chunk"));
    vault.commit(draft, &Label::of(&summary()).write(), catalogue, chunks.into_iter().collect()).expect("stored");
}

fn stored_memos(vault: Vault) -> Vec<Entry<Value>> {
    let archive = Archive::of(vault);
    let id = archive.records().expect("records")[0].id;
    let mut memos = Vec::new();
    let record = archive.record(id).expect("a record");
    record.each(Section::Memos, |line| memos.push(lines::read(line).expect("a memo")));
    memos
}

#[test]
fn memos_of_both_generations_are_united_by_date() {
    let (_dir, mut vault) = vault();
    store(&mut vault, imported(vec![memo("a", "2026-03-11", "old"), memo("b", "2026-03-13", "both")]), false)
        .expect("stored");
    let again = imported(vec![memo("b", "2026-03-13", "both"), memo("c", "2026-03-12", "new")]);
    let stored = store(&mut vault, again, false).expect("stored");
    let summary: Summary = serde_json::from_slice(&stored.head.catalogue.expect("a summary")).expect("JSON");
    assert_eq!((stored.updated, summary.counts.memos), (true, 1), "one was carried over and counted");
    let memos = stored_memos(vault);
    assert_eq!(memos.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["b", "c", "a"]);
    assert_eq!(memos[2].body["text"], "old");
}

#[test]
fn carried_memos_are_cut_into_chunks_by_bytes() {
    let (_dir, mut vault) = vault();
    let large = |id: &str| memo(id, "2026-03-11", &"x".repeat(600_000));
    store(&mut vault, imported(vec![large("a"), large("b")]), false).expect("stored");
    let stored = store(&mut vault, imported(vec![large("c")]), false).expect("stored");
    let sections = vault.sections(stored.head.id).expect("sections");
    let metas: Vec<ChunkMeta> =
        sections[0].chunks.iter().map(|c| serde_json::from_slice(&c.meta).expect("meta")).collect();
    assert!(metas.len() > 1 && metas.iter().all(|m| m.from.is_some() && m.to.is_some()), "{metas:?}");
    assert_eq!(stored_memos(vault).len(), 3);
}

#[test]
fn a_damaged_chunk_stops_a_re_import_until_told() {
    let (_dir, mut vault) = vault();
    let whole = serde_json::to_vec(&summary()).expect("JSON");
    store_damaged(&mut vault, Some(Section::Labs), &whole);
    let refused = store(&mut vault, imported(vec![]), false);
    assert!(matches!(refused, Err(ImportError::StoredDamaged { entries: 5, .. })), "{refused:?}");
    assert!(store(&mut vault, imported(vec![]), true).is_ok());
}

#[test]
fn a_summary_that_cannot_be_read_stops_a_re_import_until_told() {
    let (_dir, mut vault) = vault();
    store_damaged(&mut vault, None, b"noise");
    assert!(matches!(store(&mut vault, imported(vec![]), false), Err(ImportError::StoredDamaged { .. })));
    assert!(store(&mut vault, imported(vec![]), true).is_ok());
}

#[test]
fn damaged_memos_are_never_replaced() {
    let (_dir, mut vault) = vault();
    let whole = serde_json::to_vec(&summary()).expect("JSON");
    store_damaged(&mut vault, Some(Section::Memos), &whole);
    for replace in [false, true] {
        let refused = store(&mut vault, imported(vec![]), replace);
        assert!(matches!(refused, Err(ImportError::StoredMemosDamaged)), "{refused:?}");
    }
}

#[test]
fn an_entry_that_is_too_large_is_cut_and_said() {
    let (_dir, mut vault) = vault();
    let mut large = memo("a", "2026-03-11", &"x".repeat(1_200_000));
    large.source.push(7);
    let mut new = imported(vec![large, memo("b", "2026-03-10", "small")]);
    new.record.summary.name = Some("x".repeat(1_200_000));
    let report = store(&mut vault, new, false).expect("stored").report;
    assert_eq!(report.list[0].codes, [Code::EntryTooLarge]);
    assert_eq!((report.findings[0].code, report.findings[0].count), (Code::EntryTooLarge, 2));
    let memos = stored_memos(vault);
    assert_eq!(memos[0].body["text"], "（大きすぎるため省略: 1200000 バイト）");
    assert_eq!(memos[1].body["text"], "small");
}

/// The number of one hospital is another person's elsewhere.
#[test]
fn a_patient_of_several_hospitals_is_not_deleted_without_naming_one() {
    let (_dir, mut vault) = vault();
    for hospital in ["1319999999", "1320000000"] {
        let mut imported = imported(vec![]);
        imported.record.summary.hospital.id = hospital.into();
        store(&mut vault, imported, false).expect("stored");
    }
    let mut archive = Archive::of(vault);
    let error = archive.delete_patient("1", None).expect_err("two people");
    assert!(
        matches!(&error, ReadError::SeveralHospitals { hospitals } if hospitals[..] == ["1319999999", "1320000000"])
    );
    assert_eq!(archive.records().expect("records").len(), 2);
    assert_eq!(archive.delete_patient("1", Some("1320000000")).expect("deleted"), 1);
    assert_eq!(archive.delete_patient("1", None).expect("one is left"), 1);
}
