//! What the fuzz targets share: committed bytes to begin with, changes to them, and a record.

use mykarte::{ImportRequest, Watch, read_record};
use mykarte_record::Record;
use mykarte_vault::{Vault, VaultError};
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

/// Every chunk, label and summary that a vault gives out; what is damaged is left out.
pub fn readable(vault: &Vault) -> Result<Vec<Vec<u8>>, VaultError> {
    let mut seen = Vec::new();
    for record in vault.records()? {
        seen.push(record.label.to_vec());
        seen.extend(record.catalogue.ok().map(|bytes| bytes.to_vec()));
        for section in vault.sections(record.id).into_iter().flatten() {
            for chunk in section.chunks {
                seen.push(chunk.meta.to_vec());
                seen.extend(vault.chunk(record.id, &section.section, chunk.seq).ok().map(|bytes| bytes.to_vec()));
            }
        }
    }
    Ok(seen)
}
