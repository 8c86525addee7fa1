//! Packages, from the storage to the vault of a device: the same record as by a direct import, from nobody but its
//! hospital, on nobody's device but the patient's.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::Shaping;
use mykarte::package::{
    Issuer, KeysError, Provenance, ReceiveError, Received, Root, Unconfirmed, Warning, Why, holds_keys,
};
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte::vault::package::{FileKind, IssueNumber, PackageError};
use mykarte::vault::{KdfParams, Vault};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, accept, device, passcode, receive, store, watched, whole};
use mykarte_tests::storage::{self, FACILITY, file, memo};
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

/// What the hospital knows of its patient in these tests.
fn files() -> Vec<storage::File> {
    vec![file("-", "ADT-00", "ADT^A08", &[]), lab("20240301", 1, "30", "F"), lab("20240401", 2, "41", "F")]
}

/// One result above its range.
fn lab(date: &str, order: u32, value: &str, status: &str) -> storage::File {
    let request = format!("OBR|1|{order}||A^血液^99X|||{date}");
    let result = format!("OBX|1|NM|3B035^GOT^JC10||{value}|U/L|13-30|H|||{status}");
    file(date, "OML-11", "OML^O33", &[&request, &result]).order(order)
}

fn imported(files: &[storage::File]) -> mykarte::Imported {
    storage::imported(files, Profile::full())
}

/// A hospital, and a phone that is enrolled there and has received its first package.
struct Place {
    dir: tempfile::TempDir,
    hospital: Hospital,
    phone: mykarte::Archive,
}

impl Place {
    fn make() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let hospital = Hospital::of_storage(dir.path());
        let mut phone = device(dir.path(), "phone");
        phone.enrol(hospital.list.clone()).unwrap();
        Place { dir, hospital, phone }
    }

    fn offer(&self) -> mykarte::vault::package::SignedOffer {
        self.phone.enrolments().unwrap().remove(0).offer.unwrap()
    }

    fn issue(&mut self, files: &[storage::File]) -> Vec<u8> {
        let offer = self.offer();
        self.hospital.issue(imported(files), &offer)
    }

    fn labs(&self) -> usize {
        whole(&self.phone).labs.len()
    }
}

fn refusal<T>(result: Result<T, ReceiveError>) -> PackageError {
    match result {
        Err(ReceiveError::Package(error)) => error,
        Err(error) => panic!("refused, but as {error:?}"),
        Ok(_) => panic!("taken"),
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
    assert!(holds_keys(&vault).unwrap() && Root::of(&vault).is_ok());
    assert!(matches!(Issuer::of(vault), Err(KeysError::OtherKind)));
    assert!(device_at(&path).records().unwrap().is_empty(), "keys are no records");
    let phone = device(dir.path(), "phone");
    assert!(!holds_keys(phone.vault()).unwrap());
}

fn device_at(path: &std::path::Path) -> mykarte::Archive {
    mykarte::Archive::open(path, &passcode()).unwrap()
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

fn gone(received: &Received) -> Vec<(Section, Why, usize)> {
    received.gone.iter().map(|row| (row.section, row.why, row.entries)).collect()
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

/// Every copy of a phone's file with one bent byte that damages its memos and no other section.
fn with_bent_memos(place: Place, mut check: impl FnMut(&dyn Fn() -> mykarte::Archive)) {
    let Place { dir, phone, .. } = place;
    drop(phone);
    let (path, bent) = (dir.path().join("phone"), dir.path().join("bent"));
    let sound = std::fs::read(&path).unwrap();
    let open = || mykarte::Archive::open(&bent, &mykarte_tests::hospital::passcode());
    let memos_alone_are_damaged = |archive: &mykarte::Archive| {
        let Ok(records) = archive.records() else { return false };
        let Some(Ok(record)) = records.first().map(|info| archive.record(info.id)) else { return false };
        let is_whole = |section: &Section| record.each(*section, |_| ()) == mykarte::Damage::default();
        let damaged: Vec<Section> = Section::ALL.into_iter().filter(|section| !is_whole(section)).collect();
        damaged == [Section::Memos]
    };
    let mut tried = 0;
    for at in (0..sound.len()).step_by(1024) {
        let mut bytes = sound.clone();
        bytes[at + 512] ^= 1;
        let put = || std::fs::write(&bent, &bytes).unwrap();
        put();
        if open().is_ok_and(|archive| memos_alone_are_damaged(&archive)) {
            tried += 1;
            check(&|| {
                put();
                open().unwrap()
            });
        }
    }
    assert!(tried > 0, "no page held the memos alone");
}

fn refused_for_memos<T: std::fmt::Debug>(result: Result<T, ReceiveError>) {
    assert!(matches!(result, Err(ReceiveError::Import(mykarte::ImportError::StoredMemosDamaged))), "{result:?}");
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
    with_bent_memos(place, |open| {
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
    with_bent_memos(place, |open| {
        refused_for_memos(receive(&mut open(), &same));
        refused_for_memos(receive(&mut open(), &next));
    });
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
