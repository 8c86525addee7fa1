//! A chunk of a record as others may write it: refused by its limits, or every line is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{DEMO, edited};
use mykarte_record::lines::{self, Chunk, Head, Labs, limits};
use mykarte_record::model::Prescription;
use mykarte_record::search::{Index, Query};
use ssmix2::clinical::Lab;
use std::sync::LazyLock;

static LABS: LazyLock<Vec<u8>> = LazyLock::new(|| lines::write(&DEMO.labs).unwrap().remove(0).bytes);
static DRUGS: LazyLock<Vec<u8>> = LazyLock::new(|| lines::write(&DEMO.prescriptions).unwrap().remove(0).bytes);

fuzz_target!(|input: &[u8]| {
    let Some((first, input)) = input.split_first() else { return };
    let bytes = match first % 3 {
        0 => input.to_vec(),
        1 => edited(&LABS, input),
        _ => edited(&DRUGS, input),
    };
    let Ok((entries, expanded)) = limits::check(&bytes) else { return };
    assert!(expanded <= limits::MAX_EXPANDED);
    let chunk = Chunk::open(&bytes).unwrap();
    assert_eq!((chunk.len(), chunk.dates().len()), (entries, entries));
    let lines: Vec<Vec<u8>> = (0..entries).map(|at| chunk.line(at)).collect();
    assert!(lines.iter().map(Vec::len).sum::<usize>() <= expanded);
    let (query, mut labs) = (Query::new("クレアチニン").unwrap(), Labs::of(&chunk));
    let hits = Index::of(&chunk).hits(&query);
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(hits.contains(&at), query.matches(line));
        let read = lines::read::<Lab>(line).ok();
        assert!(read.is_none() || serde_json::from_slice::<Head>(line).is_ok());
        assert_eq!(labs.entry(at), read);
        let _ = lines::read::<Prescription>(line);
    }
});
