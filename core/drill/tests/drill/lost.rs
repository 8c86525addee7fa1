//! Every field that a re-issue may lose: emptied in all files of a data type at once, it is named, or it is one of those
//! of which the record holds nothing.

use super::compare::held_against;
use super::edits::in_fields;
use super::{files, storage};
use mykarte_synth::Options;
use std::collections::BTreeSet;
use std::path::Path;

/// The data types that sections other than 「その他」 are made of.
const KINDS: [&str; 9] = ["ADT-00", "ADT-12", "ADT-22", "ADT-52", "ADT-61", "PPR-01", "OMP-01", "OMP-12", "OML-11"];

/// Nothing is lost with these, by what they are.
const HELD_ELSEWHERE: &[(&str, &[&str])] = &[
    ("what ADT-00 says of the person stands in every message", &["PID-5", "PID-7", "PID-8"]),
    ("what ADT-61 says of the allergy, too", &["AL1-2", "AL1-3"]),
    (
        "numbers of rows",
        &[
            "AL1-1", "DB1-1", "IAM-1", "IN1-1", "NK1-1", "NTE-1", "OBR-1", "OBX-1", "PID-1", "PV1-1", "RXA-1", "RXA-2",
            "SPM-1", "TQ1-1",
        ],
    ),
    (
        "the event: its time is the movement's, its writer is shown nowhere",
        &["EVN-2", "EVN-4", "EVN-5", "EVN-6", "EVN-7"],
    ),
    ("the visit: its order says it, too", &["PV1-2", "PV1-3", "PV1-7", "PV1-10", "ORC-17"]),
    (
        "the hospital, the kind of order, when the person was last changed",
        &["ORC-18", "ORC-21", "ORC-22", "ORC-23", "ORC-29", "PID-33"],
    ),
    ("what OBR or PRB say, too", &["ORC-1", "ORC-2", "ORC-9", "ORC-10", "PRB-4", "OBR-16"]),
    ("the name as a whole, beside its parts", &["PRB-17"]),
    ("the type of a value that is read by what it is", &["OBX-2"]),
];

/// Bytes as letters, so that Japanese stays what it is.
fn letters(path: &Path) -> String {
    std::fs::read(path).unwrap().into_iter().map(char::from).collect()
}

fn places_of(text: &str) -> impl Iterator<Item = (String, usize)> {
    text.split('\r').map(in_fields).filter(|fields| fields[0].len() == 3 && fields[0] != "MSH").flat_map(|fields| {
        let filled: Vec<usize> = (1..fields.len()).filter(|at| !fields[*at].is_empty()).collect();
        filled.into_iter().map(move |at| (fields[0].clone(), at))
    })
}

fn emptied(text: &str, segment: &str, number: usize) -> Vec<u8> {
    let line = |line: &str| {
        let mut fields = in_fields(line);
        if fields[0] == segment && fields.len() > number {
            fields[number].clear();
        }
        fields.join("|")
    };
    text.split('\r').map(line).collect::<Vec<_>>().join("\r").chars().map(|letter| letter as u8).collect()
}

#[test]
fn no_field_that_the_record_holds_is_lost_in_silence() {
    let options = Options::new(11).patients(1).years(2);
    let (old, new) = (storage(&options), storage(&options));
    let mut silent = BTreeSet::new();
    for kind in KINDS {
        let is_of_kind = |path: &&std::path::PathBuf| path.to_str().unwrap().contains(&format!("_{kind}_"));
        let texts: Vec<_> =
            files(new.path()).iter().filter(is_of_kind).map(|path| (path.clone(), letters(path))).collect();
        let places: BTreeSet<_> = texts.iter().flat_map(|(_, text)| places_of(text)).collect();
        assert!(places.len() > 10, "{kind}: {places:?}");
        for (segment, number) in places {
            for (path, text) in &texts {
                std::fs::write(path, emptied(text, &segment, number)).unwrap();
            }
            if held_against(old.path(), new.path()).findings.is_empty() {
                silent.insert((kind, format!("{segment}-{number}")));
            }
        }
        for (path, text) in &texts {
            std::fs::write(path, emptied(text, "", 0)).unwrap();
        }
    }
    let held: BTreeSet<&str> = HELD_ELSEWHERE.iter().flat_map(|(_, places)| *places).copied().collect();
    let is_held = |place: &str| held.contains(place);
    let lost: Vec<_> = silent.iter().filter(|(_, place)| !is_held(place)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let not_so: Vec<_> = held.iter().filter(|place| !silent.iter().any(|(_, of)| of == *place)).collect();
    assert!(not_so.is_empty(), "{not_so:?}");
}
