//! Packages come from nobody but their hospital, to nobody's device but the patient's: keys, key lists, enrolments, numbers.
//!
//! | module | what is tried |
//! |---|---|
//! | `person` | another person's record, and one that was deleted |
//! | `revocation` | a key that was revoked, and everything that might take that back |
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "package_trust/person.rs"]
mod person;
#[path = "package_trust/revocation.rs"]
mod revocation;

use mykarte::package::{Issuer, KeysError, Provenance, ReceiveError, Root, Unconfirmed, Warning, holds_keys};
use mykarte::vault::package::{FileKind, IssueNumber, PackageError};
use mykarte::vault::{KdfParams, Vault};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, accept, device, passcode, receive};
use mykarte_tests::phone::{Place, files, imported, refusal, with_bent_byte};
use mykarte_tests::storage::FACILITY;

#[test]
fn another_device_and_an_ended_enrolment_open_nothing() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let mut stranger = device(place.dir.path(), "stranger");
    assert!(matches!(stranger.receive(&package, 0), Err(ReceiveError::NotEnrolled)));
    stranger.enrol(place.hospital.list.clone()).unwrap();
    assert!(matches!(stranger.receive(&package, 0), Err(ReceiveError::NotEnrolled)));

    receive(&mut place.phone, &package).unwrap();
    let next = place.issue(&files());
    let enrolment = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(enrolment).unwrap();
    assert!(matches!(place.phone.receive(&next, 0), Err(ReceiveError::NotEnrolled)));
    assert_eq!(place.labs(), 2, "the record stays");
    let record = place.phone.records().unwrap()[0].id;
    assert!(matches!(place.phone.provenance(record).unwrap(), Provenance::Confirmed(_)), "and so does its proof");
}

#[test]
fn a_key_lives_until_a_package_for_the_next_one_is_durable() {
    let mut place = Place::make();
    let first = place.offer();
    let one = place.hospital.issue(imported(&files()), &first);
    receive(&mut place.phone, &one).unwrap();
    let second = place.offer();
    assert_ne!(first.offer().recipient, second.offer().recipient, "another key is offered");
    assert_eq!(first.offer().device, second.offer().device, "signed by the same device");

    // The hospital does not know the new key yet: the one before still opens.
    let two = place.hospital.issue(imported(&files()), &first);
    receive(&mut place.phone, &two).unwrap();
    assert_eq!(place.offer(), second, "the same is offered again");

    let late = place.hospital.issue(imported(&files()), &first);
    let three = place.hospital.issue(imported(&files()), &second);
    receive(&mut place.phone, &three).unwrap();
    // From now on the first key is gone for good, even from a package that would be new.
    assert_eq!(refusal(place.phone.receive(&late, 0)), PackageError::OtherDevice);
    assert_ne!(place.offer(), second);
    // The hospital in turn takes no key that is older than one it has sealed to.
    assert!(place.hospital.issuer.take_number(&place.hospital.list, first.offer()).is_err());
}

#[test]
fn an_older_package_is_refused_with_both_dates_and_the_same_one_changes_nothing() {
    let mut place = Place::make();
    let offer = place.offer();
    let one = place.hospital.issue(imported(&files()), &offer);
    let two = place.hospital.issue(imported(&files()[..2]), &offer);
    receive(&mut place.phone, &two).unwrap();
    let number = |counter| (IssueNumber { epoch: 1, counter }, ISSUED_AT + 60 * counter);
    let refused = refusal(place.phone.receive(&one, 0));
    assert_eq!(refused, PackageError::Older { offered: number(1), held: number(2) });
    assert_eq!(place.labs(), 1);

    let generation = place.phone.records().unwrap()[0].generation;
    assert!(receive(&mut place.phone, &two).unwrap().was_there);
    assert_eq!(place.phone.records().unwrap()[0].generation, generation);

    let again = IssueNumber { epoch: 1, counter: 2 };
    let forked = place.hospital.issue_as(imported(&files()), offer.offer(), again).unwrap();
    assert_eq!(refusal(place.phone.receive(&forked, 0)), PackageError::SameNumber);
}

#[test]
fn a_hospital_restored_from_a_backup_raises_its_epoch() {
    let mut place = Place::make();
    let offer = place.offer();
    let high = IssueNumber { epoch: 1, counter: 900 };
    let package = place.hospital.issue_as(imported(&files()[..2]), offer.offer(), high).unwrap();
    receive(&mut place.phone, &package).unwrap();

    // It counts from 1 again, and nobody takes that.
    let lost = place.hospital.issue(imported(&files()), &offer);
    assert!(matches!(refusal(place.phone.receive(&lost, 0)), PackageError::Older { .. }));
    let old = place.hospital.list.clone();
    place.hospital.list = place.hospital.root.raise_epoch(&old).unwrap();
    let package = place.hospital.issue(imported(&files()), &offer);
    // Under the list from before it would count from 1 once more.
    assert!(matches!(place.hospital.issuer.take_number(&old, offer.offer()), Err(KeysError::StaleList)));
    assert_eq!(refusal(place.phone.receive(&package, 0)), PackageError::UnknownEpoch { epoch: 2 });
    assert_eq!(place.phone.update_key_list(place.hospital.list.as_bytes()).unwrap(), 1);
    receive(&mut place.phone, &package).unwrap();
    assert_eq!(place.labs(), 2);
}

#[test]
fn a_compromised_key_issues_nothing_more_and_what_it_issued_is_marked() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let next = place.issue(&files());
    let record = place.phone.records().unwrap()[0].id;
    let old = place.hospital.list.clone();
    let key = place.hospital.issuer.keys().next().unwrap();
    let Provenance::Confirmed(signed) = place.phone.provenance(record).unwrap() else { panic!("not confirmed") };
    assert_eq!((signed.facility.as_str(), signed.key), (FACILITY, key.id()));

    let fresh = place.hospital.issuer.make_key().unwrap();
    let list = place.hospital.root.revoke(&old, key.id()).unwrap();
    place.hospital.list = place.hospital.root.add(&list, fresh).unwrap();
    place.phone.update_key_list(place.hospital.list.as_bytes()).unwrap();
    assert_eq!(refusal(place.phone.receive(&next, 0)), PackageError::CompromisedKey { key: key.id() });
    assert_eq!(place.labs(), 2, "held records stay readable");
    assert_eq!(place.phone.provenance(record).unwrap(), Provenance::Unconfirmed(Unconfirmed::KeyCompromised));

    // Nobody brings the old list back.
    let back = refusal(place.phone.update_key_list(old.as_bytes()));
    assert_eq!(back, PackageError::ListRolledBack { known: 4, offered: 2 });
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    assert!(matches!(place.phone.provenance(record).unwrap(), Provenance::Confirmed(_)), "the new key confirms it");
}

#[test]
fn a_retired_key_still_vouches_for_what_it_signed() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let fresh = place.hospital.issuer.make_key().unwrap();
    place.hospital.list = place.hospital.root.add(&place.hospital.list, fresh).unwrap();
    place.phone.update_key_list(place.hospital.list.as_bytes()).unwrap();
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!(arrival.warnings(), [Warning::KeyRetired]);
    accept(&mut place.phone, arrival).unwrap();

    let newer = place.issue(&files());
    assert!(place.phone.receive(&newer, ISSUED_AT).unwrap().warnings().is_empty());
}

#[test]
fn a_hospitals_keys_vouch_for_no_other() {
    let mut place = Place::make();
    let offer = place.offer();
    let mut other = Hospital::make(place.dir.path(), "1319900099");
    // The other hospital's list, its package for our enrolment, and its claim to be ours.
    assert!(matches!(place.phone.update_key_list(other.list.as_bytes()), Err(ReceiveError::NotEnrolled)));
    let number = other.issuer.take_number(&other.list, offer.offer()).unwrap();
    assert!(other.issue_as(imported(&files()), offer.offer(), number).is_err(), "not for a key that is not for it");
    let claims = |change: fn(&mut mykarte::vault::package::Listing, &Hospital)| {
        let mut listing = other.list.listing().clone();
        change(&mut listing, &place.hospital);
        listing
    };
    let root = mykarte::vault::package::SigningKey::make().unwrap();
    let stolen = claims(|listing, ours| listing.hospital = ours.list.listing().hospital);
    let list = mykarte::vault::package::KeyList::sign(&root, stolen).unwrap();
    assert_eq!(refusal(place.phone.update_key_list(list.as_bytes())), PackageError::OtherRoot);

    // It is enrolled on the same phone: its package cannot take the place of ours.
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let mut twin = Hospital::of_storage(place.dir.path());
    let offer = place.phone.enrol(twin.list.clone()).unwrap();
    let package = twin.issue(imported(&files()[..2]), &offer);
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert!(matches!(accept(&mut place.phone, arrival), Err(ReceiveError::OthersRecord)));
    assert_eq!(place.labs(), 2);
}

#[test]
fn a_new_enrolment_at_the_same_hospital_takes_the_record_over() {
    let mut place = Place::make();
    let first = place.offer();
    let package = place.issue(&files()[..2]);
    receive(&mut place.phone, &package).unwrap();
    let offer = place.phone.enrol(place.hospital.list.clone()).unwrap();
    let package = place.hospital.issue(imported(&files()), &offer);
    assert_eq!(receive(&mut place.phone, &package).unwrap().ended_enrolments, 1);
    assert_eq!(place.labs(), 2);
    let left = place.phone.enrolments().unwrap();
    assert_eq!(left.iter().map(|e| e.id).collect::<Vec<_>>(), [offer.offer().enrolment], "the first has had its day");
    assert_ne!(first.offer().enrolment, offer.offer().enrolment);
}

#[test]
fn files_are_told_by_how_they_begin() {
    let mut place = Place::make();
    let package = place.issue(&files());
    assert_eq!(FileKind::of(&package), Some(FileKind::Package));
    assert_eq!(FileKind::of(place.hospital.list.as_bytes()), Some(FileKind::KeyList));
    assert_eq!((FileKind::of(&package[..7]), FileKind::of(b"MSH|^~\\&|")), (None, None));
}

#[test]
fn a_file_of_keys_is_no_place_for_records() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("root");
    Root::create(&path, &passcode(), KdfParams::dangerous_floor(), FACILITY, "").unwrap();
    let vault = Vault::open(&path, &passcode()).unwrap();
    assert!(holds_keys(&vault).unwrap());
    assert!(matches!(Issuer::of(vault), Err(KeysError::OtherKind)));
    assert!(Root::open(&path, &passcode()).is_ok());
    assert!(device_at(&path).records().unwrap().is_empty(), "keys are no records");
    let phone = device(dir.path(), "phone");
    assert!(!holds_keys(phone.vault()).unwrap());
}

fn device_at(path: &std::path::Path) -> mykarte::Archive {
    mykarte::Archive::open(path, &passcode()).unwrap()
}

#[test]
fn deleting_a_person_ends_the_enrolment_too() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    assert_eq!(place.phone.delete_patient("1234567", Some(FACILITY)).unwrap(), 1);
    assert!(place.phone.enrolments().unwrap().is_empty());
    assert!(matches!(place.phone.receive(&package, 0), Err(ReceiveError::NotEnrolled)));
}

/// Whatever becomes of enrolments, a revocation that the phone has heard of stays.
#[test]
fn a_revocation_outlives_the_enrolment() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    let old = place.hospital.list.clone();
    let key = place.hospital.issuer.keys().next().unwrap().id();
    let revoked = place.hospital.root.revoke(&old, key).unwrap();
    let enrolment = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(enrolment).unwrap();
    assert!(place.phone.enrolments().unwrap().is_empty());
    assert!(matches!(place.phone.provenance(record).unwrap(), Provenance::Confirmed(_)));
    place.phone.update_key_list(revoked.as_bytes()).unwrap();
    let compromised = Provenance::Unconfirmed(Unconfirmed::KeyCompromised);
    assert_eq!(place.phone.provenance(record).unwrap(), compromised);

    // Nor does enrolling with the list of yesterday take it back.
    let offer = place.phone.enrol(old).unwrap();
    let forged = place.hospital.issue(imported(&files()[..2]), &offer);
    assert_eq!(refusal(place.phone.receive(&forged, 0)), PackageError::CompromisedKey { key });
    assert_eq!(place.phone.provenance(record).unwrap(), compromised);
    assert_eq!(place.labs(), 2);
}

#[test]
fn a_record_stays_its_hospitals_when_the_enrolment_has_ended() {
    let mut place = Place::make();
    for _ in 0..2 {
        let package = place.issue(&files());
        receive(&mut place.phone, &package).unwrap();
    }
    let enrolment = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(enrolment).unwrap();
    let mut twin = Hospital::of_storage(place.dir.path());
    let offer = place.phone.enrol(twin.list.clone()).unwrap();
    let package = twin.issue(imported(&files()[..2]), &offer);
    assert!(matches!(receive(&mut place.phone, &package), Err(ReceiveError::OthersRecord)));
    assert_eq!(place.labs(), 2);

    // The hospital itself goes on with a new enrolment, but not with a package from before.
    let offer = place.phone.enrol(place.hospital.list.clone()).unwrap();
    let package = place.hospital.issue(imported(&files()[..2]), &offer);
    assert!(matches!(receive(&mut place.phone, &package), Err(ReceiveError::Package(PackageError::Older { .. }))));
    let later = IssueNumber { epoch: 1, counter: 9 };
    let package = place.hospital.issue_as(imported(&files()), offer.offer(), later).unwrap();
    let received = receive(&mut place.phone, &package).unwrap();
    assert_eq!((received.ended_enrolments, place.labs()), (0, 2), "it was ended before");
}

/// The hospital's id stands in every header: somebody who enrols under it at a root key of his own stops no list.
#[test]
fn a_pretender_keeps_no_key_list_from_the_others() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    let root = mykarte::vault::package::SigningKey::make().unwrap();
    let claim = mykarte::vault::package::KeyList::sign(&root, place.hospital.list.listing().clone()).unwrap();
    place.phone.enrol(claim).unwrap();
    let key = place.hospital.issuer.keys().next().unwrap().id();
    let revoked = place.hospital.root.revoke(&place.hospital.list, key).unwrap();
    assert_eq!(place.phone.update_key_list(revoked.as_bytes()).unwrap(), 1);
    assert_eq!(place.phone.provenance(record).unwrap(), Provenance::Unconfirmed(Unconfirmed::KeyCompromised));
}

/// After a marriage, say, and a new phone contract: whoever confirms is told, and may go on.
#[test]
fn a_new_enrolment_says_what_differs_and_goes_on_when_confirmed() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let offer = place.phone.enrol(place.hospital.list.clone()).unwrap();
    let mut renamed = imported(&files());
    renamed.record.basics[0].body.name.kana = Some("ベツ ハナコ".into());
    renamed.record.summary.name_kana = Some("ベツ ハナコ".into());
    let later = IssueNumber { epoch: 1, counter: 9 };
    let package = place.hospital.issue_as(renamed, offer.offer(), later).unwrap();
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!(arrival.warnings()[0], Warning::DiffersFromHeld { field: "name_kana" });
    accept(&mut place.phone, arrival).unwrap();
}

/// The list that lies beside a record is as good as an enrolment's.
#[test]
fn enrolling_with_a_list_of_yesterday_goes_by_the_newest_that_is_known() {
    let mut place = Place::make();
    let yesterday = place.hospital.list.clone();
    let key = place.hospital.issuer.keys().next().unwrap().id();
    let fresh = place.hospital.issuer.make_key().unwrap();
    let revoked = place.hospital.root.revoke(&yesterday, key).unwrap();
    place.hospital.list = place.hospital.root.add(&revoked, fresh).unwrap();
    place.phone.update_key_list(place.hospital.list.as_bytes()).unwrap();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    let enrolment = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(enrolment).unwrap();
    place.phone.enrol(yesterday).unwrap();
    assert_eq!(place.phone.enrolments().unwrap()[0].list_number, Some(4));
    assert!(matches!(place.phone.provenance(record).unwrap(), Provenance::Confirmed(_)));
}

/// The enrolment alone may have known of a revocation: with its keys damaged nobody says that the record is confirmed, nor
/// when it is ended.
#[test]
fn a_damaged_enrolment_confirms_nothing() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    let key = place.hospital.issuer.keys().next().unwrap().id();
    let revoked = place.hospital.root.revoke(&place.hospital.list, key).unwrap();
    place.phone.update_key_list(revoked.as_bytes()).unwrap();
    let damaged = Provenance::Unconfirmed(Unconfirmed::ProofDamaged);
    let keys_alone = |phone: &mykarte::Archive| {
        let are_lost = phone.enrolments().is_ok_and(|all| all.iter().any(|enrolment| enrolment.facility.is_none()));
        are_lost && phone.vault().count_damage() == Ok(1)
    };
    with_bent_byte(place, keys_alone, |open| {
        let mut phone = open();
        assert_eq!(phone.provenance(record).unwrap(), damaged);
        let id = phone.enrolments().unwrap()[0].id;
        phone.end_enrolment(id).unwrap();
        assert_eq!(phone.provenance(record).unwrap(), damaged);
        // With the hospital's newest list it is known again what became of the key.
        phone.enrol(revoked.clone()).unwrap();
        assert_eq!(phone.provenance(record).unwrap(), Provenance::Unconfirmed(Unconfirmed::KeyCompromised));
    });
}
