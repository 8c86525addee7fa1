//! Packages, from the storage to the vault of a device: the same record as by a direct import, and whatever is not there any
//! more is said.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::Shaping;
use mykarte::package::{Provenance, ReceiveError, Received, Warning, Why};
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte_tests::hospital::{Hospital, ISSUED_AT, accept, device, receive, store, watched, whole};
use mykarte_tests::phone::{Place, files, imported, lab, with_bent_byte};
use mykarte_tests::storage::{self, file, memo};
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
fn what_is_gone_is_listed_with_its_reason() {
    let mut place = Place::make();
    let mut all = files();
    all.push(lab("20100101", 3, "28", "F"));
    all.push(file("20240401", "ADT-61", "ADT^A60", &["IAM|1|DA^薬剤^HL70127|X^卵^99A|||A"]));
    let package = place.issue(&all);
    receive(&mut place.phone, &package).unwrap();

    // One result is taken back, one file is not there any more, one section is hidden.
    let now = [files()[0].clone(), lab("20240301", 1, "30", "D"), all[3].clone(), all[4].clone()];
    let without = profiles::without_sections(&[Section::Allergies]);
    let package = place.hospital.issue(storage::imported(&now, without), &place.offer());
    assert_eq!(
        gone(&receive(&mut place.phone, &package).unwrap()),
        [(Section::Allergies, Why::Profile, 1), (Section::Labs, Why::Retracted, 1), (Section::Labs, Why::Unknown, 1)]
    );
    // One is beyond the period; under a period nothing is said of what was deleted, for it may have been beyond it, too.
    let period = profiles::profile(|profile| profiles::period(profile, Section::Labs, 60));
    let package = place.hospital.issue(storage::imported(&files()[..2], period), &place.offer());
    let received = receive(&mut place.phone, &package).unwrap();
    assert_eq!(gone(&received), [(Section::Labs, Why::Period, 1)]);
    assert_eq!(received.gone[0].from.unwrap().to_string(), "2010-01-01");
}

/// The id of a result is its place in its file: when another item stands there, the one before is gone and listed.
#[test]
fn a_result_whose_place_another_item_took_is_listed_as_gone() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let request = "OBR|1|1||A^血液^99X|||20240301";
    let other = file("20240301", "OML-11", "OML^O33", &[request, "OBX|1|NM|3B045^GPT^JC10||22|U/L|||||F"]).order(1);
    let package = place.issue(&[files()[0].clone(), other, files()[2].clone()]);
    let received = receive(&mut place.phone, &package).unwrap();
    assert_eq!(gone(&received), [(Section::Labs, Why::Unknown, 1)]);
}

fn gone(received: &Received) -> Vec<(Section, Why, usize)> {
    received.gone.iter().map(|row| (row.section, row.why, row.entries)).collect()
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

#[test]
fn emergency_memos_are_never_lost() {
    let mut place = Place::make();
    let mut all = files();
    all.push(memo("20240402", "避難所にて発熱"));
    let package = place.issue(&all);
    receive(&mut place.phone, &package).unwrap();
    for profile in [Profile::full(), profiles::without_sections(&[Section::Memos])] {
        let package = place.hospital.issue(storage::imported(&files(), profile), &place.offer());
        let received = receive(&mut place.phone, &package).unwrap();
        let record = whole(&place.phone);
        assert_eq!((received.carried_memos, record.memos.len()), (1, 1));
        assert_eq!(record.summary.counts.memos, 1);
        assert!(!record.summary.hides(Section::Memos));
        let changed = place.phone.changed_since_signed(received.record).unwrap();
        assert_eq!(changed, Some(vec!["memos".to_string(), "summary".to_string()]), "no more than that");
        let is_signed = |section| place.phone.is_signed(received.record, section).unwrap();
        assert_eq!((is_signed(Section::Memos), is_signed(Section::Labs)), (Some(false), Some(true)));
    }
}

/// A page of the file went bad in which memos lie: a package that brings the same memos again mends it, one that does not is
/// refused, for they would be lost.
#[test]
fn damaged_memos_are_mended_by_a_package_that_holds_them() {
    let mut place = Place::make();
    let with_memo = [files(), vec![memo("20240402", "避難所にて発熱")]].concat();
    let package = place.issue(&with_memo);
    receive(&mut place.phone, &package).unwrap();
    let again = place.issue(&with_memo);
    let without = place.issue(&files());
    with_bent_byte(place, memos_alone_are_damaged, |open| {
        refused_for_memos(receive(&mut open(), &without));
        let mut phone = open();
        receive(&mut phone, &again).unwrap();
        assert_eq!(whole(&phone).memos.len(), 1);
    });
}

/// Memos that were taken over are in no package: not even the same package may replace them unread.
#[test]
fn damaged_memos_that_were_taken_over_are_not_given_up() {
    let mut place = Place::make();
    let package = place.issue(&[files(), vec![memo("20240402", "避難所にて発熱")]].concat());
    receive(&mut place.phone, &package).unwrap();
    let other = [files(), vec![memo("20240403", "解熱")]].concat();
    let same = place.issue(&other);
    assert_eq!(receive(&mut place.phone, &same).unwrap().carried_memos, 1);
    let next = place.issue(&other);
    with_bent_byte(place, memos_alone_are_damaged, |open| {
        refused_for_memos(receive(&mut open(), &same));
        refused_for_memos(receive(&mut open(), &next));
    });
}

fn memos_alone_are_damaged(archive: &mykarte::Archive) -> bool {
    let Ok(records) = archive.records() else { return false };
    let Some(Ok(record)) = records.first().map(|info| archive.record(info.id)) else { return false };
    let is_whole = |section: &Section| record.each(*section, |_| ()) == mykarte::Damage::default();
    let damaged: Vec<Section> = Section::ALL.into_iter().filter(|section| !is_whole(section)).collect();
    damaged == [Section::Memos]
}

fn refused_for_memos<T: std::fmt::Debug>(result: Result<T, ReceiveError>) {
    assert!(matches!(result, Err(ReceiveError::Import(mykarte::ImportError::StoredMemosDamaged))), "{result:?}");
}
