//! Helpers of the end-to-end tests: import a storage in memory and look at it
//! the way `show --json` prints it.

pub mod canary;
pub mod cases;
pub mod hospital;
pub mod measure;
pub mod online;
pub mod phone;
pub mod profiles;
pub mod publisher;
pub mod reader;
pub mod storage;

use mykarte::record::{Record, Section};
use mykarte::ssmix2::types::Timestamp;
use mykarte::{ImportError, ImportRequest, Imported, Watch, read_record};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// A request with everything at its default.
pub fn request(storages: &[&Path], patient_id: &str) -> ImportRequest {
    ImportRequest {
        storages: storages.iter().map(|p| p.to_path_buf()).collect(),
        patient_id: patient_id.to_string(),
        hospital: None,
        accept_other_patient: false,
        threads: 2,
        imported_at: a_time(),
        shaping: Default::default(),
    }
}

/// A fixed time of import.
pub fn a_time() -> Timestamp {
    "2026-04-01T09:00:00".parse().expect("a time in the written form")
}

/// Runs an import without a vault.
pub fn import(request: &ImportRequest) -> Result<Imported, ImportError> {
    read_record(request, &Watch { progress: &|_| (), cancel: &AtomicBool::new(false) })
}

/// One section as `show --json SECTION` prints it.
pub fn section(imported: &Imported, section: Section) -> Vec<Value> {
    entries(&imported.record, section)
}

/// The same of a record.
pub fn entries(record: &Record, section: Section) -> Vec<Value> {
    fn values<T: serde::Serialize>(entries: &[T]) -> Vec<Value> {
        entries.iter().map(|e| serde_json::to_value(e).expect("entries are JSON")).collect()
    }
    match section {
        Section::Basics => values(&record.basics),
        Section::Allergies => values(&record.allergies),
        Section::Diagnoses => values(&record.diagnoses),
        Section::Admissions => values(&record.admissions),
        Section::Prescriptions => values(&record.prescriptions),
        Section::Injections => values(&record.injections),
        Section::Labs => values(&record.labs),
        Section::Memos => values(&record.memos),
        Section::Others => values(&record.others),
    }
}

/// The summary as JSON.
pub fn summary(imported: &Imported) -> Value {
    serde_json::to_value(&imported.record.summary).expect("a summary is JSON")
}

/// The folder with the conformance samples, where it is there. It is no part of
/// the repository; tests that need it say so and pass without it.
pub fn samples() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let found = dir.is_dir().then_some(dir);
    if found.is_none() {
        skipped("conformance samples not found");
    }
    found
}

/// Says on stderr why a test passes without having tested anything.
#[allow(clippy::print_stderr)]
pub fn skipped(why: &str) {
    eprintln!("{why}: skipped");
}
