//! Any bytes as a message of each data type, of a memo and of another document: read, built into a record, shaped by a
//! profile, written as chunks, and read back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_record::build::{FileInput, Identity, Role, build, prepare, rules::Rules};
use mykarte_record::lines::{self, Chunk, limits};
use mykarte_record::profile::{Profile, apply::apply};
use mykarte_record::{Entry, Record};
use serde::{Serialize, de::DeserializeOwned};
use ssmix2::DataType;
use ssmix2::clinical::{Context, check_id, read, sender, stamp};
use ssmix2::message::File;
use ssmix2::storage::{FileName, Kind};
use ssmix2::types::FieldCache;
use std::cell::RefCell;
use std::sync::LazyLock;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile::find("gemini-standard").unwrap());

/// Behind the 26 data types: a memo and a document.
fn kind(number: u8) -> Kind {
    let at = usize::from(number) % (DataType::ALL.len() + 2);
    match (DataType::ALL.get(at), at - at.min(DataType::ALL.len())) {
        (Some(kind), _) => Kind::Standard(*kind),
        (None, 0) => Kind::Extended(["L-EMERGENCY-MEMO", "非常時メモ", "99MYKARTE", "", "", ""].map(String::from)),
        (None, _) => Kind::Extended(["", "", "", "18842-5", "退院時サマリー", "LN"].map(String::from)),
    }
}

fn record(kind: &Kind, bytes: &[u8]) -> Record {
    let cache = RefCell::new(FieldCache::default());
    let file = File::decode(bytes, 1);
    let mut files = Vec::new();
    for (number, message) in (1..).zip(file.messages(1, &cache)) {
        let name = FileName::parse("1203457_20240401_OMP-01_000000000000101_20240401093000000_01_1").unwrap();
        let mut entries = read(&message, Context { kind, name: &name });
        prepare(&mut entries);
        let (_, _) = (check_id(&message, "1203457"), sender(&message));
        let _ = (message.take_diagnostics(), message.unread_fields());
        let role = if number == 2 { Role::History } else { Role::Current };
        let (kind, stamp) = (kind.clone(), stamp(&message));
        files.push(FileInput { file: number, folder: 0, kind, name, role, other_patient: false, stamp, entries });
    }
    let identity = Identity {
        hospital: Default::default(),
        patient_id: "1203457".into(),
        imported_at: "2026-04-01T09:00:00".parse().unwrap(),
    };
    let (rules, older) = (PROFILE.rules(None, "1203457"), files.clone());
    build(&identity, files.clone(), &older, &[], &rules);
    build(&identity, files, &[], &[], &Rules::default()).0
}

fn round_trip<T: Serialize + DeserializeOwned>(entries: &[Entry<T>]) {
    let mut back = Vec::new();
    let mut is_cut = false;
    for block in lines::write(entries).unwrap() {
        limits::check(&block.bytes).unwrap();
        let chunk = Chunk::open(&block.bytes).unwrap();
        assert_eq!(chunk.dates().len(), chunk.len());
        back.extend((0..chunk.len()).map(|at| lines::read::<T>(&chunk.line(at)).unwrap()));
        is_cut |= !block.too_large.is_empty();
    }
    // Where a value stood in its message is not written.
    let json = |entries: &[Entry<T>]| serde_json::to_string(entries).unwrap();
    assert!(is_cut || json(&back) == json(entries));
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let record = record(&kind(*first), bytes);
    round_trip(&record.basics);
    round_trip(&record.allergies);
    round_trip(&record.diagnoses);
    round_trip(&record.admissions);
    round_trip(&record.prescriptions);
    round_trip(&record.injections);
    round_trip(&record.labs);
    round_trip(&record.memos);
    round_trip(&record.others);
    let once = apply(&PROFILE, record).0;
    assert_eq!(apply(&PROFILE, once.clone()).0, once);
});
