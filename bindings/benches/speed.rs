//! The calls that `SpeedTest.kt` and `SpeedTests.swift` time, from Rust: what the boundary itself costs is the difference.
//!
//! `bindings/bench` runs all three on one vault with 25 years of results.

// A program for the terminal: it prints.
#![allow(clippy::print_stdout)]

use mykarte_ffi::error::MyKarteError;
use mykarte_ffi::import::ImportRequest;
use mykarte_ffi::vault::create_vault;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo test` builds it too, and gives it no storage.
    let Ok(work) = std::env::var("MYKARTE_WORK") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("record.mykarte-vault").to_string_lossy().into_owned();
    let vault = create_vault(path, "避難所 shelter 2026".as_bytes(), &[7; 32])?.vault;
    let request = ImportRequest {
        storages: vec![format!("{work}/heavy")],
        patient_id: "1234567".into(),
        hospital_id: None,
        hospital_name: None,
        profile: None,
        accept_other_patient: false,
        replace: false,
    };
    let outcome = vault.import_record(request, None, None)?;
    let record = std::sync::Arc::clone(&vault).record(outcome.record.id)?;
    let page = median(100, || record.labs(12_000, 50).map(|page| page.reports.len()))?;
    let many = median(20, || record.labs(0, 5_000).map(|page| page.reports.len()))?;
    println!("  rust    a page of 50 {page:6.2} ms            5,000 labs {many:6.1} ms");
    Ok(())
}

fn median(rounds: usize, call: impl Fn() -> Result<usize, MyKarteError>) -> Result<f64, MyKarteError> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        std::hint::black_box(call()?);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[rounds / 2])
}
