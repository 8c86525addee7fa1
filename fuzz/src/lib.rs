//! What the fuzz targets share: committed bytes to begin with, changes to them, and a record.

use mykarte::{ImportRequest, Watch, read_record};
use mykarte_record::Record;
use mykarte_vault::{ChunkIndex, RecordHead, SectionIndex, Vault, VaultError};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

/// Bytes of `original` overwritten as `edits` says: how many, from where, and with what, one after the other. A count of 0
/// cuts the end off. So a few bytes of input reach any place of a large file.
pub fn edited(original: &[u8], mut edits: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    while let [count, high, middle, low, rest @ ..] = edits {
        let at = u32::from_be_bytes([0, *high, *middle, *low]) as usize % (original.len() + 1);
        if *count == 0 {
            bytes.truncate(at);
        }
        let (new, rest) = rest.split_at(rest.len().min(usize::from(*count)));
        if let Some(place) = bytes.get_mut(at..at + new.len()) {
            place.copy_from_slice(new);
        }
        edits = rest;
    }
    bytes
}

/// The record of the invented patient of `fixtures/demo`.
pub static DEMO: LazyLock<Record> = LazyLock::new(|| {
    let request = ImportRequest {
        storages: vec![repository("fixtures/demo")],
        patient_id: "0000311".into(),
        hospital: None,
        accept_other_patient: false,
        threads: 1,
        imported_at: "2026-04-01T09:00:00".parse().unwrap(),
        shaping: Default::default(),
    };
    read_record(&request, &Watch { progress: &|_| (), cancel: &AtomicBool::new(false) }).unwrap().record
});

/// A committed file.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The bytes of a committed file.
pub fn committed(path: &str) -> Vec<u8> {
    std::fs::read(repository(path)).unwrap()
}

/// A vector of `core/vault`.
pub fn vector(name: &str) -> Vec<u8> {
    committed(&format!("core/vault/tests/vectors/{name}"))
}

/// All that a vault holds, each in its place: record and label, section and number of a chunk. Damage is an error there.
pub type Contents = Vec<(Vec<u8>, Option<Vec<u8>>, Option<Vec<(String, Chunks)>>)>;

/// Number, meta and bytes of each chunk of a section.
pub type Chunks = Vec<(u32, Vec<u8>, Option<Vec<u8>>)>;

/// Reads all of it.
pub fn contents(vault: &Vault) -> Result<Contents, VaultError> {
    let chunks = |id, section: &SectionIndex| {
        let chunk = |chunk: &ChunkIndex| {
            let bytes = vault.chunk(id, &section.section, chunk.seq).ok();
            (chunk.seq, chunk.meta.to_vec(), bytes.map(|bytes| bytes.to_vec()))
        };
        (section.section.to_string(), section.chunks.iter().map(chunk).collect())
    };
    let record = |record: &RecordHead| {
        let sections = vault.sections(record.id).ok();
        let sections = sections.map(|all| all.iter().map(|section| chunks(record.id, section)).collect());
        let summary = record.catalogue.as_ref().ok().map(|bytes| bytes.to_vec());
        ([&record.id.as_bytes()[..], &record.label].concat(), summary, sections)
    };
    Ok(vault.records()?.iter().map(record).collect())
}

/// Whether this is what was there, or an error in its place: nothing else, nowhere else, and nothing missing unsaid.
pub fn is_said(found: &Contents, original: &Contents) -> bool {
    let same = |found: &Option<Vec<u8>>, original: &Option<Vec<u8>>| found.is_none() || found == original;
    let chunks = |(found, chunks): &(String, Chunks), (original, all): &(String, Chunks)| {
        let mut pairs = chunks.iter().zip(all);
        found == original
            && chunks.len() == all.len()
            && pairs.all(|(a, b)| (a.0, &a.1) == (b.0, &b.1) && same(&a.2, &b.2))
    };
    found.len() == original.len()
        && found.iter().zip(original).all(|(a, b)| {
            let sections = match (&a.2, &b.2) {
                (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| chunks(a, b)),
                (found, _) => found.is_none(),
            };
            a.0 == b.0 && same(&a.1, &b.1) && sections
        })
}
