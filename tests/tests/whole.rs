//! A profile is applied again where the record arrives: it changes nothing, and a stricter one hides as much there as it
//! would have in the hospital.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::record::profile::apply::apply;
use mykarte::record::profile::{GEMINI_STANDARD, Profile};
use mykarte::record::{Record, Section};
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, Damage, Imported, Shaping, StoreOptions, Watch, store_record};
use mykarte_synth::{Options, generate};
use mykarte_tests::{import, request, section};
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::AtomicBool;

fn imported(storage: &Path, patient: &str, profile: &Profile) -> Imported {
    let mut request = request(&[storage], patient);
    request.shaping = Shaping { profile: profile.clone(), withholding: None };
    import(&request).unwrap()
}

/// Through a vault and back.
fn stored(imported: Imported) -> Record {
    let dir = tempfile::tempdir().unwrap();
    let passcode = Passcode::new("避難袋の奥にしまった古い鍵".as_bytes()).unwrap();
    let mut vault = Vault::create(dir.path().join("v"), &passcode, KdfParams::dangerous_floor()).unwrap();
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    store_record(&mut vault, imported, StoreOptions::default(), &watch).unwrap();
    let archive = Archive::of(vault);
    let info = archive.records().unwrap().remove(0);
    let (record, damage) = archive.record(info.id).unwrap().whole(info.summary.unwrap()).unwrap();
    assert_eq!(damage, Damage::default());
    record
}

/// What a screen can show of it, without the report of the import. Files are numbered when a record is stored, so a record
/// that was not, or that lost more on the device, is numbered here.
fn shown(record: Record) -> Vec<Value> {
    let mut summary = serde_json::to_value(&record.summary).unwrap();
    summary.as_object_mut().unwrap().remove("report");
    let report = serde_json::from_value(report()).unwrap();
    let mut imported = Imported { record, report, profile: Profile::full(), other_facilities: vec![] };
    imported.number_files();
    let entries = Section::ALL.into_iter().flat_map(|part| section(&imported, part));
    std::iter::once(summary).chain(entries).collect()
}

fn report() -> Value {
    serde_json::json!({
        "format": 1, "hospital": { "id": "" }, "patient_id": "", "imported_at": "2026", "read": 0, "files": {},
        "list": [], "findings": [], "unused_fields": [], "withheld": {}, "kept_out": { "entries": [] },
    })
}

#[test]
fn on_the_device_a_profile_hides_what_it_hides_in_the_hospital() {
    let dir = tempfile::tempdir().unwrap();
    let truth = generate(&Options::three_years(5), dir.path()).unwrap();
    let patient = truth.patients.keys().next().unwrap();
    let standard = Profile::find("gemini-standard").unwrap();
    let strict = GEMINI_STANDARD.replace("\"flags\": true", "\"flags\": false").replacen(
        "\"show\": true,\n      \"fields\": {\n        \"value\"",
        "\"show\": true, \"period\": { \"months\": 12 },\n      \"fields\": {\n        \"value\"",
        1,
    );
    let strict = Profile::parse(&strict).unwrap();
    assert!(strict.document().sections[&Section::Labs].period.is_some());
    let full = stored(imported(dir.path(), patient, &Profile::full()));
    assert!(full.injections.iter().any(|i| !i.body.administrations.is_empty()));
    for profile in [&Profile::full(), &standard, &strict] {
        let in_hospital = imported(dir.path(), patient, profile).record;
        let again = apply(profile, stored(imported(dir.path(), patient, profile))).0;
        assert_eq!(shown(again), shown(in_hospital.clone()), "{}: once more", profile.document().id);
        let (on_device, _) = apply(profile, full.clone());
        let (mut device, mut hospital) = (shown(on_device), shown(in_hospital));
        // The device has no files: it keeps the times of the whole record.
        for summary in [&mut device[0], &mut hospital[0]] {
            for key in ["as_of", "first_care_date", "last_care_date"] {
                summary.as_object_mut().unwrap().remove(key);
            }
        }
        assert_eq!(device, hospital, "{}: on the device", profile.document().id);
    }
}
