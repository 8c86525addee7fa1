//! Packages that only somebody with the hospital's signing key can make: each is refused for its own reason, and what the
//! device holds stays byte for byte.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::Archive;
use mykarte::package::ReceiveError;
use mykarte::record::profile::Profile;
use mykarte::vault::package::{
    Bomb, Enrolment, Issue, IssueNumber, Opened, PackageError, Part, SignedOffer, SigningKey, Subject,
};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, device, receive};
use mykarte_tests::storage::{self, file};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A phone with a record, the hospital it is from, and the content of a good next package.
struct Place {
    _dir: tempfile::TempDir,
    path: PathBuf,
    hospital: Hospital,
    phone: Archive,
    offer: SignedOffer,
    good: Opened,
}

impl Place {
    fn make() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let mut hospital = Hospital::of_storage(dir.path());
        let mut phone = device(dir.path(), "phone");
        let files = [
            file("-", "ADT-00", "ADT^A08", &[]),
            file("20240301", "OML-11", "OML^O33", &["OBR|1|1||A^血液^99X", "OBX|1|NM|3B035^GOT^JC10||30|U/L||||F"]),
        ];
        let imported = || storage::imported(&files, Profile::full());
        // An insider enrols a device of their own to see how it is done.
        let own = Enrolment::make(hospital.list.clone()).unwrap();
        let package = hospital.issue(imported(), &own.offer());
        let (_, good, _) = own.open(&package).unwrap();
        let offer = phone.enrol(hospital.list.clone()).unwrap();
        receive(&mut phone, &hospital.issue(imported(), &offer)).unwrap();
        let path = dir.path().join("phone");
        Place { _dir: dir, path, hospital, phone, offer, good }
    }

    fn signing_key(&self) -> &SigningKey {
        self.hospital.issuer.active(&self.hospital.list).unwrap()
    }

    fn issue(&self) -> Issue<'_> {
        let (offer, origin) = (self.offer.offer(), &self.good.origin);
        Issue {
            hospital: offer.hospital,
            signing_key: self.signing_key(),
            enrolment: offer.enrolment,
            recipient: offer.recipient,
            number: IssueNumber { epoch: 1, counter: 2 },
            issued_at: ISSUED_AT,
            subject: origin.subject.clone(),
            profile_sha256: origin.profile_sha256,
            content_form: origin.content_form,
            list_number: origin.list_number,
        }
    }

    /// What the phone says to these parts; it must not have changed by it.
    fn refusal(&mut self, package: &[u8]) -> ReceiveError {
        let before = std::fs::read(&self.path).unwrap();
        let Err(error) = self.phone.receive(package, ISSUED_AT) else { panic!("taken") };
        assert!(std::fs::read(&self.path).unwrap() == before, "the vault has changed");
        error
    }

    fn refusal_of(&mut self, change: impl FnOnce(&mut Vec<Part>)) -> ReceiveError {
        let mut parts = self.good.parts.clone();
        change(&mut parts);
        let package = self.issue().seal(&parts).unwrap();
        self.refusal(&package)
    }

    fn refusal_as(&mut self, change: impl FnOnce(&mut Issue<'_>)) -> ReceiveError {
        let mut issue = self.issue();
        change(&mut issue);
        let package = issue.seal(&self.good.parts).unwrap();
        self.refusal(&package)
    }
}

/// Another content in the place of a part.
fn put(parts: &mut Vec<Part>, section: &str, meta: &str, plain: &[u8]) {
    parts.retain(|part| part.section.as_str() != section);
    parts.push(Part::new(plain).unwrap().at(section, 0, meta.as_bytes()));
}

fn bomb(bomb: Bomb) -> PackageError {
    PackageError::Bomb { bomb }
}

#[track_caller]
fn assert_package(error: ReceiveError, wanted: PackageError) {
    match error {
        ReceiveError::Package(found) => assert_eq!(found, wanted),
        other => panic!("{other:?} instead of {wanted:?}"),
    }
}

#[track_caller]
fn assert_inconsistent(error: ReceiveError, wanted: &str) {
    match error {
        ReceiveError::Inconsistent { what } => assert_eq!(what, wanted),
        other => panic!("{other:?} instead of {wanted}"),
    }
}

const ONE: &str = "{\"entries\":1}";

#[test]
fn the_good_one_is_taken() {
    let mut place = Place::make();
    let package = place.issue().seal(&place.good.parts).unwrap();
    receive(&mut place.phone, &package).unwrap();
}

#[test]
fn json_bombs_are_refused() {
    let mut place = Place::make();
    let deep = format!("[]\n{{\"x\":{}{}}}\n", "[".repeat(16), "]".repeat(16));
    assert_package(place.refusal_of(|parts| put(parts, "labs", ONE, deep.as_bytes())), bomb(Bomb::Depth));
    let value = |n: usize| format!("[{}]", vec![format!("{{\"@\":{}}}", n - 1); 100].join(","));
    let table: Vec<String> = ["1".into()].into_iter().chain((1..9).map(value)).collect();
    let laughs = format!("[{}]\n{{\"x\":{{\"@\":8}}}}\n", table.join(","));
    assert_package(place.refusal_of(|parts| put(parts, "labs", ONE, laughs.as_bytes())), bomb(Bomb::Total));
    let many = "{\"entries\":1000001}";
    assert_package(place.refusal_of(|parts| put(parts, "labs", many, b"[]\n")), bomb(Bomb::Entries));
    let deep = format!("{{\"entries\":{}1{}}}", "[".repeat(16), "]".repeat(16));
    assert_package(place.refusal_of(|parts| put(parts, "labs", &deep, b"[]\n")), bomb(Bomb::Depth));
    let deep = format!("{{\"retracted\":{}{}}}", "[".repeat(16), "]".repeat(16));
    assert_package(place.refusal_of(|parts| put(parts, "left_out", "", deep.as_bytes())), bomb(Bomb::Depth));
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    let mut place = Place::make();
    for (meta, plain) in [("{\"entries\":2}", "[]\n{}\n"), (ONE, "[]\n1\n"), (ONE, "{}\n"), (ONE, ""), ("[]", "[]\n")] {
        assert_inconsistent(place.refusal_of(|parts| put(parts, "labs", meta, plain.as_bytes())), "parts");
    }
    assert_inconsistent(place.refusal_of(|parts| parts.retain(|part| part.section.as_str() != "summary")), "parts");
    let twice = |parts: &mut Vec<Part>| {
        let again = parts.iter().find(|part| part.section.as_str() == "summary").unwrap().clone();
        parts.push(again.at("summary", 1, b""));
    };
    assert_inconsistent(place.refusal_of(twice), "parts");
}

#[test]
fn what_a_newer_version_wrote_is_said_to_be_newer() {
    let mut place = Place::make();
    let unknown = [
        place.refusal_of(|parts| put(parts, "genomes", ONE, b"[]\n{}\n")),
        place.refusal_of(|parts| put(parts, "labs", ONE, b"[]\n{\"id\":\"a\",\"status\":\"quantum\",\"source\":[]}\n")),
        place.refusal_of(|parts| put(parts, "summary", "", b"{}")),
        place.refusal_as(|issue| issue.content_form += 1),
        place.refusal_as(|issue| issue.content_form = 0),
    ];
    assert!(unknown.iter().all(|error| matches!(error, ReceiveError::UnknownForm)), "{unknown:?}");
}

#[test]
fn a_record_that_contradicts_its_manifest_is_refused() {
    let mut place = Place::make();
    // Of the patient that the enrolment knows, the record another's; then the other way round.
    let rename = |parts: &mut Vec<Part>, from: &str, to: &str| {
        let at = parts.iter().position(|part| part.section.as_str() == "summary").unwrap();
        let text = String::from_utf8(parts[at].plain().unwrap().to_vec()).unwrap();
        assert!(text.contains(from));
        put(parts, "summary", "", text.replace(from, to).as_bytes());
    };
    assert_inconsistent(place.refusal_of(|parts| rename(parts, "1234567", "7654321")), "patient");
    assert_inconsistent(place.refusal_of(|parts| rename(parts, "1957-03-08", "1957-03-09")), "birth_date");
    assert_inconsistent(place.refusal_of(|parts| rename(parts, storage::FACILITY, "1319900099")), "facility");
    assert_inconsistent(place.refusal_as(|issue| issue.profile_sha256[0] ^= 1), "profile");
    // A first screen without results, beside a section that has some.
    assert_inconsistent(place.refusal_of(|parts| put(parts, "labs", "{\"entries\":0}", b"[]\n")), "counts");
}

#[test]
fn another_person_in_the_manifest_alone_is_set_aside() {
    let mut place = Place::make();
    let person = |id: &str, date: &str| Subject {
        patient_id: Zeroizing::new(id.into()),
        birth_date: Zeroizing::new(date.into()),
    };
    for (subject, wanted) in [(person("7654321", ""), "patient_id"), (person("1234567", "1957-03-09"), "birth_date")] {
        let mut issue = place.issue();
        issue.subject = subject;
        let package = issue.seal(&place.good.parts).unwrap();
        let refused = place.phone.receive(&package, ISSUED_AT).err();
        assert!(matches!(refused, Some(ReceiveError::Quarantined { differs }) if differs == wanted), "{refused:?}");
    }
    assert_eq!(place.phone.enrolments().unwrap()[0].quarantined.len(), 2);
}

#[test]
fn every_broken_package_leaves_the_vault_as_it_was() {
    let mut place = Place::make();
    let package = place.issue().seal(&place.good.parts).unwrap();
    for at in (0..196).chain((196..package.len()).step_by(9_973)) {
        let mut bent = package.clone();
        bent[at] ^= 1;
        place.refusal(&bent);
    }
    for end in [0, 1, 131, 195, 196, 65_732, package.len() - 1] {
        place.refusal(&package[..end]);
    }
}
