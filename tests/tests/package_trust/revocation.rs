//! What a phone has heard of a hospital's keys it does not forget: not by ending, deleting, copying, or damage.

use mykarte::Archive;
use mykarte::package::{Issuer, KeysError, Provenance, ReceiveError, Root, Unconfirmed};
use mykarte::vault::package::{IssueNumber, KeyId, KeyList, KeyState, Listing, PackageError, SigningKey};
use mykarte::vault::{KdfParams, RecordId, RecoveryCode, Unlock};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, passcode, receive};
use mykarte_tests::phone::{Place, files, imported, refusal, with_bent_byte};
use mykarte_tests::storage::{FACILITY, PATIENT};

/// The phone has heard that the hospital's only key is compromised. Returns the list from before, that one, and the key.
fn revoked(place: &mut Place) -> (KeyList, KeyList, KeyId) {
    let Hospital { root, issuer, list } = &mut place.hospital;
    let key = issuer.keys().next().unwrap().id();
    let revoked = root.revoke(list, key).unwrap();
    assert_eq!(place.phone.update_key_list(revoked.as_bytes()).unwrap(), 1);
    (list.clone(), revoked, key)
}

/// A phone that received a record, before it heard of the revocation.
fn received() -> (Place, RecordId) {
    let mut place = Place::make();
    let package = place.issue(&files());
    let record = receive(&mut place.phone, &package).unwrap().record;
    (place, record)
}

/// Whoever stole the key and kept the old list issues to this phone.
#[track_caller]
fn assert_thief_refused(place: &mut Place, old: KeyList, key: KeyId) {
    let offer = place.phone.enrol(old).unwrap();
    let later = IssueNumber { epoch: 1, counter: 9 };
    let forged = place.hospital.issue_as(imported(&files()[..2]), offer.offer(), later).unwrap();
    assert_eq!(refusal(place.phone.receive(&forged, ISSUED_AT)), PackageError::CompromisedKey { key });
}

/// The vault's records that hold no key list, and those that do.
fn lists_of(phone: &Archive) -> (Vec<RecordId>, Vec<RecordId>) {
    let all = phone.vault().records().unwrap();
    let (lists, others): (Vec<_>, Vec<_>) = all.iter().partition(|head| head.label.starts_with(b"{\"key_list\""));
    (others.iter().map(|head| head.id).collect(), lists.iter().map(|head| head.id).collect())
}

fn list_is_damaged(phone: &Archive) -> bool {
    let (_, lists) = lists_of(phone);
    let heads = phone.vault().records().unwrap();
    let is_bent = heads.iter().any(|head| lists.contains(&head.id) && head.catalogue.is_err());
    is_bent && phone.vault().count_damage() == Ok(1)
}

#[test]
fn it_outlives_an_enrolment_that_received_nothing() {
    let mut place = Place::make();
    let (old, _, key) = revoked(&mut place);
    let id = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(id).unwrap();
    assert_thief_refused(&mut place, old, key);
}

#[test]
fn it_outlives_a_deleted_person_and_a_deleted_record() {
    let by_person = |phone: &mut Archive, _| assert_eq!(phone.delete_patient(PATIENT, Some(FACILITY)).unwrap(), 1);
    let by_record = |phone: &mut Archive, record| phone.delete_record(record).unwrap();
    for delete in [by_person as fn(&mut Archive, RecordId), by_record] {
        let (mut place, record) = received();
        let (old, newest, key) = revoked(&mut place);
        delete(&mut place.phone, record);
        assert!(place.phone.enrolments().unwrap().is_empty() && place.phone.records().unwrap().is_empty());
        assert!(place.phone.update_key_list(old.as_bytes()).is_err(), "yesterday's list");
        assert!(matches!(place.phone.update_key_list(newest.as_bytes()), Err(ReceiveError::NotEnrolled)));
        let next = place.hospital.root.raise_epoch(&newest).unwrap();
        assert_eq!(place.phone.update_key_list(next.as_bytes()).unwrap(), 1, "it goes on learning");
        assert_thief_refused(&mut place, old, key);
        assert_eq!(place.phone.enrolments().unwrap()[0].list_number, Some(4));
    }
}

/// What an earlier version wrote has no list of its own: the last enrolment hands it over.
#[test]
fn it_outlives_the_enrolment_of_a_vault_that_remembered_no_lists() {
    for has_received in [false, true] {
        let mut place = if has_received { received().0 } else { Place::make() };
        let (old, _, key) = revoked(&mut place);
        for list in lists_of(&place.phone).1 {
            place.phone.vault_mut().delete(list).unwrap();
        }
        if has_received {
            place.phone.delete_patient(PATIENT, Some(FACILITY)).unwrap();
        } else {
            let id = place.phone.enrolments().unwrap()[0].id;
            place.phone.end_enrolment(id).unwrap();
        }
        assert_thief_refused(&mut place, old, key);
    }
}

#[test]
fn it_outlives_a_damaged_enrolment_and_enrolling_with_yesterdays_list() {
    let (mut place, record) = received();
    let (old, _, key) = revoked(&mut place);
    let spare = Issuer::create(&place.dir.path().join("x"), &passcode(), KdfParams::dangerous_floor()).unwrap();
    let root = Root::create(&place.dir.path().join("y"), &passcode(), KdfParams::dangerous_floor(), FACILITY, "");
    let issuer = std::mem::replace(&mut place.hospital.issuer, spare);
    let thief = Hospital { issuer, root: root.unwrap().0, list: old.clone() };
    let keys_alone = |phone: &Archive| {
        let are_lost = phone.enrolments().is_ok_and(|all| all.iter().any(|enrolment| enrolment.facility.is_none()));
        are_lost && phone.vault().count_damage() == Ok(1)
    };
    with_bent_byte(place, keys_alone, |open| {
        let mut phone = open();
        let offer = phone.enrol(old.clone()).unwrap();
        let compromised = Provenance::Unconfirmed(Unconfirmed::KeyCompromised);
        assert_eq!(phone.provenance(record).unwrap(), compromised);
        let later = IssueNumber { epoch: 1, counter: 9 };
        let forged = thief.issue_as(imported(&files()[..2]), offer.offer(), later).unwrap();
        assert_eq!(refusal(phone.receive(&forged, ISSUED_AT)), PackageError::CompromisedKey { key });
    });
}

/// The list itself is damaged and nothing else holds it: its number is still known.
#[test]
fn a_damaged_list_confirms_nothing_and_takes_no_older_one() {
    let (mut place, record) = received();
    let (old, newest, _) = revoked(&mut place);
    let enrolment = lists_of(&place.phone).0.into_iter().find(|id| *id != record).unwrap();
    place.phone.vault_mut().delete(enrolment).unwrap();
    let compromised = Provenance::Unconfirmed(Unconfirmed::KeyCompromised);
    assert_eq!(place.phone.provenance(record).unwrap(), compromised);
    with_bent_byte(place, list_is_damaged, |open| {
        let mut phone = open();
        assert_eq!(phone.provenance(record).unwrap(), Provenance::Unconfirmed(Unconfirmed::ProofDamaged));
        let back = PackageError::ListRolledBack { known: 3, offered: 2 };
        assert_eq!(refusal(phone.enrol(old.clone())), back);
        phone.enrol(newest.clone()).unwrap();
        assert_eq!(phone.provenance(record).unwrap(), compromised);
        assert_eq!(phone.vault().count_damage(), Ok(0), "the list is there again");
    });
}

#[test]
fn it_is_in_a_copy_and_counts_nowhere() {
    let mut place = Place::make();
    let (old, _, key) = revoked(&mut place);
    assert_eq!((place.phone.records().unwrap().len(), place.phone.enrolments().unwrap().len()), (0, 1));
    let id = place.phone.enrolments().unwrap()[0].id;
    place.phone.end_enrolment(id).unwrap();
    let (path, code) = (place.dir.path().join("copy"), RecoveryCode::make().unwrap());
    place.phone.vault().copy(&path, Some(&code)).unwrap();
    place.phone = Archive::open(&path, Unlock::Recovery(&code)).unwrap();
    assert!(place.phone.records().unwrap().is_empty());
    assert_thief_refused(&mut place, old, key);
}

/// A compromised key that a list leaves out would be good again with the one after it.
#[test]
fn a_list_that_leaves_out_a_compromised_key_is_refused() {
    let mut place = Place::make();
    let root = SigningKey::make().unwrap();
    let key = place.hospital.issuer.keys().next().unwrap();
    let sign = |number, change: &dyn Fn(&mut Listing)| {
        let mut listing = place.hospital.list.listing().clone();
        listing.number = number;
        listing.keys[0].state = KeyState::Compromised;
        change(&mut listing);
        KeyList::sign(&root, listing).unwrap()
    };
    place.phone.enrol(sign(3, &|_| ())).unwrap();
    let changes: [fn(&mut Listing); 2] =
        [|listing| listing.keys.clear(), |listing| listing.keys[0].state = KeyState::Active];
    for change in changes {
        let next = sign(4, &change);
        assert_eq!(refusal(place.phone.update_key_list(next.as_bytes())), PackageError::KeyRevived { key: key.id() });
    }
}

/// Somebody who claims the hospital's id at a root key of his own keeps nobody from enrolling there again.
#[test]
fn a_pretender_keeps_nobody_from_enrolling_again() {
    let (mut place, _) = received();
    let root = SigningKey::make().unwrap();
    let claim = KeyList::sign(&root, place.hospital.list.listing().clone()).unwrap();
    let pretender = place.phone.enrol(claim).unwrap().offer().enrolment;
    let newer = place.hospital.root.raise_epoch(&place.hospital.list).unwrap();
    let keys_alone = |phone: &Archive| {
        let is_ours = |all: &[mykarte::package::EnrolmentInfo]| {
            all.iter().any(|enrolment| enrolment.facility.is_none() && enrolment.id != pretender)
        };
        phone.enrolments().is_ok_and(|all| is_ours(&all)) && phone.vault().count_damage() == Ok(1)
    };
    with_bent_byte(place, keys_alone, |open| {
        let mut phone = open();
        let made = phone.enrol(newer.clone()).unwrap().offer().enrolment;
        let numbers = phone.enrolments().unwrap().into_iter().map(|enrolment| (enrolment.id, enrolment.list_number));
        let number_of = |id| numbers.clone().find(|(known, _)| *known == id).unwrap().1;
        assert_eq!((number_of(made), number_of(pretender)), (Some(3), Some(2)));
    });
}

/// From an older list, out of an old copy of the folder, say, the root key would sign a second list of one number: a phone that
/// took it would not take the revocation.
#[test]
fn a_root_key_signs_no_two_lists_of_one_number() {
    let dir = tempfile::tempdir().unwrap();
    let (path, backup) = (dir.path().join("root"), dir.path().join("backup"));
    let (root, first) =
        Root::create(&path, &passcode(), KdfParams::dangerous_floor(), FACILITY, "見本大学病院").unwrap();
    drop(root);
    std::fs::copy(&path, &backup).unwrap();
    let mut root = Root::open(&path, &passcode()).unwrap();
    let key = SigningKey::make().unwrap().verifying_key();
    let second = root.add(&first, key).unwrap();
    let refused = |made: Result<KeyList, KeysError>| matches!(made, Err(KeysError::NotLastList { last: 2, given: 1 }));
    assert!(refused(root.raise_epoch(&first)));
    drop(root);
    let mut root = Root::open(&path, &passcode()).unwrap();
    assert!(refused(root.add(&first, key)), "also when it was opened again");
    assert_eq!(root.last_list(), Some(&second), "what was lost before it was written is there");
    let third = root.revoke(&second, key.id()).unwrap();

    // A copy of the root key from a safe goes on from a list that its key has signed.
    let mut old = Root::open(&backup, &passcode()).unwrap();
    assert_eq!(old.raise_epoch(&third).unwrap().listing().number, 4);
    assert!(old.raise_epoch(&third).is_err());
}
