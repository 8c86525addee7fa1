//! Against what one would pick instead: SQLCipher for the record, Python's HL7 libraries for the files. `tests/versus/run`
//! builds them and starts this: `versus FOLDER SQLCIPHER PYTHON`. Each does the same in turn, some rounds; medians are
//! printed. Nothing here asserts a time.
#![allow(clippy::print_stdout)]

mod files;
mod other;
mod record;

use mykarte_synth::Options;
use mykarte_tests::measure::{Failure, Storage, median};
use other::Other;
use serde_json::Value;
use std::path::Path;

const ROUNDS: usize = 7;
/// One that all can look for, and one that is too short for an index of trigrams.
const WORDS: [&str; 2] = ["クレアチニン", "貧血"];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, dir, sqlcipher, python] = arguments.as_slice() else { return Err("FOLDER SQLCIPHER PYTHON".into()) };
    let dir = Path::new(dir);
    // What an earlier run left.
    let _ = std::fs::remove_dir_all(dir);
    let storage = Storage::make(&dir.join("storage"), &Options::heavy_25_years(1))?;
    println!(
        "one patient of 25 years: {} files, {:.1} MB; medians of {ROUNDS} rounds",
        storage.files,
        storage.bytes as f64 / 1e6
    );
    record::compare(dir, &storage, sqlcipher)?;
    files::compare(dir, &storage, python)
}

/// The median of what the rounds say under a key; 0 where they say nothing.
fn middle(rounds: &[Value], at: &str) -> f64 {
    median(rounds.iter().map(|round| round.pointer(at).and_then(Value::as_f64).unwrap_or_default()).collect())
}
