//! The records that profiles are tried on: between them every field of the catalogue has a value.

use super::rare;
use mykarte::record::Record;
use mykarte_synth::{Options, generate};
use mykarte_tests::{import, request};
use std::path::Path;
use std::sync::LazyLock;

/// Every field of every kind of message, each with a text that occurs nowhere else.
pub static MARKERS: LazyLock<Record> = LazyLock::new(|| synthetic(&Options::new(1).markers(true)));
/// What only a storage made by hand holds: a death, a drug taken when needed, an allergy stated in two ways.
pub static RARE: LazyLock<Record> = LazyLock::new(|| {
    of(|dir| {
        rare::write(dir);
        "1234567".to_string()
    })
});
/// Three years of somebody.
pub static YEARS: LazyLock<[Record; 3]> =
    LazyLock::new(|| [2, 7, 8].map(|seed| synthetic(&Options::three_years(seed))));

fn synthetic(options: &Options) -> Record {
    of(|dir| generate(options, dir).unwrap().patients.keys().next().unwrap().clone())
}

fn of(make: impl FnOnce(&Path) -> String) -> Record {
    let dir = tempfile::tempdir().unwrap();
    let patient = make(dir.path());
    import(&request(&[dir.path()], &patient)).unwrap().record
}
