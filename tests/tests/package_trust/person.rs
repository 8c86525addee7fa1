//! A record does not become another person's, nor come back, without a person who says so.

use mykarte::Imported;
use mykarte::package::{ReceiveError, Warning};
use mykarte::vault::package::IssueNumber;
use mykarte_tests::hospital::{ISSUED_AT, accept, receive, store, watched, whole};
use mykarte_tests::phone::{Place, files, imported};
use mykarte_tests::storage::{FACILITY, PATIENT};

/// The same ids, and another person as far as a hospital's program can tell.
fn another(change: impl FnOnce(&mut Imported)) -> Imported {
    let mut other = imported(&files());
    change(&mut other);
    other
}

fn man() -> Imported {
    another(|other| {
        let (basics, summary) = (&mut other.record.basics[0].body, &mut other.record.summary);
        basics.name.kana = Some("ベツ タロウ".into());
        summary.name_kana = Some("ベツ タロウ".into());
        basics.sex = Some("M".into());
        summary.sex = Some("M".into());
    })
}

fn fields(warnings: &[Warning]) -> Vec<&str> {
    let field = |warning: &Warning| match warning {
        Warning::DiffersFromHeld { field } => Some(*field),
        _ => None,
    };
    warnings.iter().filter_map(field).collect()
}

#[test]
fn another_sex_and_name_within_an_enrolment_need_a_person_and_all_is_said() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let package = place.hospital.issue(man(), &place.offer());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!((fields(arrival.warnings()), arrival.needs_confirmation()), (vec!["sex", "name_kana"], true));
    let refused = watched(|watch| place.phone.accept(arrival, false, watch));
    assert!(matches!(refused, Err(ReceiveError::NotConfirmed)), "{refused:?}");
    assert_eq!(whole(&place.phone).summary.sex.as_deref(), Some("F"));

    receive(&mut place.phone, &package).unwrap();
    // From then on it is the record that is held.
    let package = place.hospital.issue(man(), &place.offer());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert!(!arrival.needs_confirmation() && arrival.warnings().is_empty(), "{:?}", arrival.warnings());
}

/// The manifest and the summary name the enrolment's person, the basics inside another one.
#[test]
fn basics_that_name_another_person_than_the_summary_are_not_taken() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let before = whole(&place.phone);
    let changes: [fn(&mut Imported); 5] = [
        |other| other.record.basics[0].body.birth_date = Some("1999-01-01".parse().unwrap()),
        |other| other.record.basics[0].body.name.kana = Some("ベツ タロウ".into()),
        |other| other.record.basics[0].body.name.kanji = Some("別 太郎".into()),
        |other| other.record.basics[0].body.sex = Some("M".into()),
        |other| other.record.summary.sex = Some("M".into()),
    ];
    for change in changes {
        let package = place.hospital.issue(another(change), &place.offer());
        let refused = place.phone.receive(&package, ISSUED_AT).map(drop);
        assert!(matches!(refused, Err(ReceiveError::Inconsistent { what: "person" })), "{refused:?}");
    }
    // One whose summary says nothing would be given another birth date on the device, when the profile is applied.
    let unsaid = another(|other| {
        other.record.summary.birth_date = None;
        other.record.basics[0].body.birth_date = Some("1999-01-01".parse().unwrap());
    });
    let package = place.hospital.issue(unsaid, &place.offer());
    let refused = place.phone.receive(&package, ISSUED_AT).map(drop);
    assert!(matches!(refused, Err(ReceiveError::Quarantined { differs: "birth_date" })), "{refused:?}");
    assert_eq!(whole(&place.phone), before);
}

#[test]
fn a_birth_date_that_became_exact_is_the_same_persons() {
    let born = |date: &str| {
        another(|other| {
            let date = Some(date.parse().unwrap());
            (other.record.summary.birth_date, other.record.basics[0].body.birth_date) = (date, date);
        })
    };
    let mut place = Place::make();
    let exact = imported(&files()).record.summary.birth_date.unwrap().to_string();
    let package = place.hospital.issue(born(&exact[..7]), &place.offer());
    receive(&mut place.phone, &package).unwrap();
    let package = place.hospital.issue(born(&exact), &place.offer());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert!(!arrival.needs_confirmation() && arrival.warnings().is_empty());
    accept(&mut place.phone, arrival).unwrap();
    // Once exact it is compared, also with a month.
    let package = place.hospital.issue(born("1999-09-09"), &place.offer());
    let refused = place.phone.receive(&package, ISSUED_AT).map(drop);
    assert!(matches!(refused, Err(ReceiveError::Quarantined { differs: "birth_date" })), "{refused:?}");
    let package = place.hospital.issue(born("1999-09"), &place.offer());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!((fields(arrival.warnings()), arrival.needs_confirmation()), (vec!["birth_date"], true));
}

#[test]
fn a_deleted_record_ends_its_enrolment_and_does_not_come_back() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    let next = place.issue(&files());
    let enrolment = lone_enrolment(&place);
    assert!(place.phone.delete_record(enrolment).is_err(), "an enrolment is no record");
    place.phone.delete_record(record).unwrap();
    assert!(place.phone.records().unwrap().is_empty() && place.phone.enrolments().unwrap().is_empty());
    assert!(matches!(place.phone.receive(&next, ISSUED_AT), Err(ReceiveError::NotEnrolled)));
    assert!(place.phone.delete_record(record).is_err(), "it is gone");
    assert!(!place.phone.vault_mut().erase_leftovers().unwrap(), "nothing is left in the file");
}

/// The only enrolment's place in the vault.
fn lone_enrolment(place: &Place) -> mykarte::vault::RecordId {
    let heads = place.phone.vault().records().unwrap();
    heads.iter().find(|head| head.label.starts_with(b"{\"enrolment\"")).unwrap().id
}

/// Its record was deleted alone, as an earlier version did: the next package asks, and ending it leaves nothing of the person.
#[test]
fn an_enrolment_without_its_record_asks_and_leaves_nothing() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    let next = place.issue(&files());
    place.phone.vault_mut().delete(record).unwrap();
    for package in [&package, &next] {
        let arrival = place.phone.receive(package, ISSUED_AT).unwrap();
        assert!(arrival.needs_confirmation());
        let refused = watched(|watch| place.phone.accept(arrival, false, watch));
        assert!(matches!(refused, Err(ReceiveError::NotConfirmed)), "{refused:?}");
    }
    let id = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(id).unwrap();
    let left = place.phone.vault().records().unwrap();
    let is_list = left.iter().all(|head| head.catalogue.as_ref().unwrap().as_slice() == place.hospital.list.as_bytes());
    assert!(left.len() == 1 && is_list, "the key list alone, which is nobody's");
}

#[test]
fn what_waits_is_stale_when_the_record_was_imported_over() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let waits = place.phone.receive(&package, ISSUED_AT).unwrap();
    let other = another(|other| other.record.summary.birth_date = Some("1999-01-01".parse().unwrap()));
    store(&mut place.phone, other);
    // Somebody said yes before that record was there.
    assert!(matches!(accept(&mut place.phone, waits), Err(ReceiveError::Stale)));
    let waits = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!(fields(waits.warnings()), ["birth_date"]);
    store(&mut place.phone, imported(&files()));
    assert!(matches!(accept(&mut place.phone, waits), Err(ReceiveError::Stale)), "another generation");
    receive(&mut place.phone, &package).unwrap();
}

#[test]
fn what_waits_for_a_second_enrolment_is_stale_when_the_person_was_deleted() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let offer = place.phone.enrol(place.hospital.list.clone()).unwrap();
    let later = IssueNumber { epoch: 1, counter: 9 };
    let package = place.hospital.issue_as(imported(&files()), offer.offer(), later).unwrap();
    let waits = place.phone.receive(&package, ISSUED_AT).unwrap();
    place.phone.delete_patient(PATIENT, Some(FACILITY)).unwrap();
    assert!(matches!(accept(&mut place.phone, waits), Err(ReceiveError::Stale)));
    assert!(place.phone.records().unwrap().is_empty());
}
