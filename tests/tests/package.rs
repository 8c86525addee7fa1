//! Packages, from the storage to the vault of a device: the same record as by a direct import, and whatever is not there any
//! more is said.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::Shaping;
use mykarte::package::{Provenance, ReceiveError, Warning};
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte::record::profile::document::may_have_period;
use mykarte_tests::hospital::{Hospital, ISSUED_AT, accept, device, receive, store, watched, whole};
use mykarte_tests::phone::{Place, files, imported, lab};
use mykarte_tests::storage::{self, file};
use mykarte_tests::{entries, import, profiles, request, samples};

#[test]
fn a_package_gives_the_same_record_as_a_direct_import() {
    let Some(samples) = samples() else { return };
    let storage = samples.join("twins-small/storage");
    for profile in ["full", "gemini-standard"] {
        let mut patients: Vec<String> = Vec::new();
        mykarte::list_patients(std::slice::from_ref(&storage), |line| patients.push(line.id.to_string())).unwrap();
        assert_eq!(patients.len(), 5);
        for patient in patients {
            let dir = tempfile::tempdir().unwrap();
            let mut request = request(&[&storage], &patient);
            request.shaping = Shaping { profile: Profile::find(profile).unwrap(), withholding: None };
            let mut direct = device(dir.path(), "direct");
            let imported = import(&request).unwrap();
            let facility = imported.record.summary.hospital.id.clone();
            store(&mut direct, imported);

            let mut hospital = Hospital::make(dir.path(), &facility);
            let mut phone = device(dir.path(), "phone");
            let offer = phone.enrol(hospital.list.clone()).unwrap();
            let package = hospital.issue(import(&request).unwrap(), &offer);
            let received = receive(&mut phone, &package).unwrap();
            assert_eq!(whole(&phone), whole(&direct));
            assert!(received.gone.is_empty() && !received.was_there);
            assert_eq!(phone.changed_since_signed(received.record).unwrap(), Some(Vec::new()));
        }
    }
}

/// Every fixture case, as its own profile shapes it: the device has nothing to take out, and shows the same.
#[test]
fn every_fixture_case_is_received_as_it_was_issued() {
    let mut issued = 0;
    for case in mykarte_tests::cases::all() {
        let Ok(request) = mykarte_tests::cases::request_of(&case) else { continue };
        let read = || import(&request);
        let Ok(first) = read() else { continue };
        let dir = tempfile::tempdir().unwrap();
        let mut hospital = Hospital::make(dir.path(), &first.record.summary.hospital.id);
        let mut phone = device(dir.path(), "phone");
        let offer = phone.enrol(hospital.list.clone()).unwrap();
        let package = hospital.issue(read().unwrap(), &offer);
        let arrival = phone.receive(&package, ISSUED_AT).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
        assert_eq!(arrival.warnings(), [], "{}", case.display());
        accept(&mut phone, arrival).unwrap();
        let (held, sealed) = (whole(&phone), storage::sealed(&first));
        for section in Section::ALL {
            assert_eq!(entries(&held, section), entries(&sealed, section), "{} {section:?}", case.display());
        }
        issued += 1;
    }
    assert!(issued > 80, "only {issued} cases");
}

/// Periods are cut once more where the record arrives, and an honest one loses nothing by it, whatever fields are hidden.
#[test]
fn periods_take_nothing_from_an_honest_record() {
    let Some(samples) = samples() else { return };
    let storage = samples.join("twins-small/storage");
    let mut patients: Vec<String> = Vec::new();
    mykarte::list_patients(std::slice::from_ref(&storage), |line| patients.push(line.id.to_string())).unwrap();
    for (at, patient) in patients.iter().enumerate() {
        let months = [1, 6, 18, 40, 70][at % 5];
        for hides in [false, true] {
            let profile = profiles::profile(|profile| {
                let cut = Section::ALL.into_iter().filter(|section| may_have_period(*section));
                cut.for_each(|section| profiles::period(profile, section, months));
                for (section, key) in [(Section::Diagnoses, "end"), (Section::Prescriptions, "days")] {
                    if hides {
                        profiles::hide_field(profile, section, key);
                    }
                }
                if hides {
                    profiles::hide_section(profile, Section::Others);
                }
            });
            let mut request = request(&[&storage], patient);
            request.shaping = Shaping { profile, withholding: None };
            let imported = import(&request).unwrap();
            let dir = tempfile::tempdir().unwrap();
            let mut hospital = Hospital::make(dir.path(), &imported.record.summary.hospital.id);
            let mut phone = device(dir.path(), "phone");
            let offer = phone.enrol(hospital.list.clone()).unwrap();
            let package = hospital.issue(imported, &offer);
            assert_eq!(phone.receive(&package, ISSUED_AT).unwrap().warnings(), [], "{patient}, {months} months");
        }
    }
}

#[test]
fn nothing_is_taken_before_somebody_says_that_it_is_the_right_person() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert!(arrival.needs_confirmation());
    let person = arrival.person();
    assert_eq!((person.name.as_deref(), person.patient_id.as_str()), (Some("見本 花子"), "1234567"));
    assert_eq!(person.birth_date.unwrap().to_string(), "1957-03-08");
    let refused = watched(|watch| place.phone.accept(arrival, false, watch));
    assert!(matches!(refused, Err(ReceiveError::NotConfirmed)));
    assert!(place.phone.records().unwrap().is_empty());

    receive(&mut place.phone, &package).unwrap();
    let package = place.issue(&files());
    assert!(!place.phone.receive(&package, ISSUED_AT).unwrap().needs_confirmation(), "once an enrolment");
}

#[test]
fn a_package_of_another_person_is_set_aside() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let mut other = imported(&files()[..2]);
    other.record.summary.birth_date = Some("1957-03-09".parse().unwrap());
    let package = place.hospital.issue(other, &place.offer());
    for _ in 0..2 {
        let refused = place.phone.receive(&package, ISSUED_AT);
        assert!(matches!(refused, Err(ReceiveError::Quarantined { differs: "birth_date" })));
    }
    assert_eq!(place.labs(), 2);
    let info = place.phone.enrolments().unwrap().remove(0);
    let noted: Vec<(&str, &str)> = info.quarantined.iter().map(|q| (q.number.as_str(), q.differs.as_str())).collect();
    assert_eq!(noted, [("1.2", "birth_date")]);
    // A profile that hides the birth date for once does not make it forgotten.
    let hidden = storage::imported(&files(), profiles::without_field(Section::Basics, "birth_date"));
    let package = place.hospital.issue(hidden, &place.offer());
    receive(&mut place.phone, &package).unwrap();
    let mut other = imported(&files());
    other.record.summary.birth_date = Some("1957-03-09".parse().unwrap());
    let package = place.hospital.issue(other, &place.offer());
    assert!(matches!(place.phone.receive(&package, 0), Err(ReceiveError::Quarantined { differs: "birth_date" })));
    // The right one comes all the same.
    let package = place.issue(&files()[..2]);
    receive(&mut place.phone, &package).unwrap();
    assert_eq!(place.labs(), 1);
}

#[test]
fn a_wrong_clock_changes_nothing_but_a_warning() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let ten_years = 10 * 365 * 24 * 60 * 60;
    let warnings = |place: &mut Place, now| place.phone.receive(&package, now).unwrap().warnings().to_vec();
    assert_eq!(warnings(&mut place, ISSUED_AT), []);
    assert_eq!(warnings(&mut place, ISSUED_AT - ten_years), [Warning::IssuedInFuture { days: 3650 }]);
    assert_eq!(warnings(&mut place, ISSUED_AT + ten_years), [Warning::IssuedLongAgo { days: 3649 }]);
    for now in [0, u64::MAX] {
        let arrival = place.phone.receive(&package, now).unwrap();
        accept(&mut place.phone, arrival).unwrap();
        assert_eq!(place.labs(), 2);
    }
}

#[test]
fn what_a_profile_hides_is_taken_out_on_the_device_too() {
    let mut place = Place::make();
    // A hospital's program that forgot to hide the flags it says it hides.
    let mut leaky = imported(&files());
    let hidden = storage::imported(&files(), profiles::without_field(Section::Labs, "flags"));
    leaky.record.summary = hidden.record.summary.clone();
    let package = place.hospital.issue(leaky, &place.offer());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert!(matches!(arrival.warnings(), [Warning::TakenOut(taken)] if taken.sections == [Section::Labs]));
    accept(&mut place.phone, arrival).unwrap();
    assert_eq!(entries(&whole(&place.phone), Section::Labs), entries(&storage::sealed(&hidden), Section::Labs));
}

/// Periods, too: the hospital's program states one and forgot to cut it.
#[test]
fn what_a_period_cuts_is_taken_out_on_the_device_too() {
    let mut place = Place::make();
    let all = [files(), vec![lab("20100101", 3, "28", "F")]].concat();
    let mut leaky = imported(&all);
    let cut = storage::imported(&all, profiles::profile(|profile| profiles::period(profile, Section::Labs, 60)));
    assert_eq!((leaky.record.labs.len(), cut.record.labs.len()), (3, 2));
    let sections = std::mem::take(&mut leaky.record.summary.sections);
    leaky.record.summary = cut.record.summary.clone();
    leaky.record.summary.sections = sections;
    let package = place.hospital.issue(leaky, &place.offer());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert!(matches!(arrival.warnings(), [Warning::TakenOut(taken)] if taken.sections == [Section::Labs]));
    accept(&mut place.phone, arrival).unwrap();
    assert_eq!(profiles::ids(&whole(&place.phone), Section::Labs), profiles::ids(&cut.record, Section::Labs));
}

/// What many results share is written once, and put in again where it is read: such a chunk is cut where it is made, for the
/// device would refuse it.
#[test]
fn results_that_share_a_long_comment_are_received() {
    let mut place = Place::make();
    let long = "x".repeat(60_000);
    let result = |n: usize| format!("OBX|{n}|NM|{n:05}^項目{n}^99X||{n}|U/L||||F");
    let segments: Vec<String> = ["OBR|1|1||A^血液^99X|||20240301".to_string(), format!("NTE|1||{long}")]
        .into_iter()
        .chain((1..=400).map(result))
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let all = [files()[0].clone(), file("20240301", "OML-11", "OML^O33", &segments).order(1)];
    let package = place.issue(&all);
    receive(&mut place.phone, &package).unwrap();
    let record = whole(&place.phone);
    assert_eq!(record.labs.len(), 400);
    let json = serde_json::to_string(&record.labs[0]).unwrap();
    assert!(json.contains(&long), "the comment is the group's: {}", &json[..300]);
}

#[test]
fn the_same_package_restores_what_an_import_has_replaced() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    store(&mut place.phone, imported(&files()[..2]));
    assert_eq!((place.labs(), place.phone.provenance(record).unwrap()), (1, Provenance::Imported));
    assert!(!receive(&mut place.phone, &package).unwrap().was_there);
    assert_eq!(place.labs(), 2);
    assert!(matches!(place.phone.provenance(record).unwrap(), Provenance::Confirmed(_)));
}
