//! A committed vault with an enrolment, and packages for it: what was issued once is received for ever, here as in Kotlin
//! and Swift. `fixtures/package/README.md` says what is in it.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::package::{Provenance, ReceiveError, Unconfirmed, Why};
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte::vault::package::PackageError;
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, Imported, Shaping};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, accept, receive, whole};
use mykarte_tests::{import, profiles, request};
use std::fs;
use std::path::{Path, PathBuf};

const PASSCODE: &str = "いざというとき";
const PATIENT: &str = "0000311";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("package").join(name)).unwrap()
}

fn passcode() -> Passcode {
    Passcode::new(PASSCODE.as_bytes()).unwrap()
}

#[test]
fn what_was_issued_once_is_received_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("phone");
    fs::write(&path, read("phone.mykarte-vault")).unwrap();
    let mut phone = Archive::open(&path, &passcode()).unwrap();
    assert_eq!(phone.update_key_list(&read("hospital.mykarte-list")).unwrap(), 0, "it is the one that it knows");

    let arrival = phone.receive(&read("first.mykarte"), ISSUED_AT).unwrap();
    assert_eq!(arrival.person().name.as_deref(), Some("見本 花子"));
    let received = accept(&mut phone, arrival).unwrap();
    assert_eq!(whole(&phone).allergies.len(), 2);
    assert!(matches!(phone.provenance(received.record).unwrap(), Provenance::Confirmed(_)));

    let other = phone.receive(&read("other-person.mykarte"), ISSUED_AT);
    assert!(matches!(other, Err(ReceiveError::Quarantined { differs: "birth_date" })));
    let received = receive(&mut phone, &read("second.mykarte")).unwrap();
    let gone: Vec<_> = received.gone.iter().map(|row| (row.section, row.why, row.entries)).collect();
    assert_eq!(gone, [(Section::Allergies, Why::Profile, 2)]);
    let older = phone.receive(&read("first.mykarte"), ISSUED_AT);
    assert!(matches!(older, Err(ReceiveError::Package(PackageError::Older { .. }))));
    assert_eq!(phone.update_key_list(&read("revoked.mykarte-list")).unwrap(), 1);
    let provenance = phone.provenance(received.record).unwrap();
    assert_eq!(provenance, Provenance::Unconfirmed(Unconfirmed::KeyCompromised));
}

fn imported(profile: Profile) -> Imported {
    let storage = fixtures().join("demo");
    let mut request = request(&[&storage], PATIENT);
    request.shaping = Shaping { profile, withholding: None };
    import(&request).unwrap()
}

/// Makes the files where there are none. One that exists is never made again.
#[test]
#[ignore = "makes fixtures/package, once"]
fn make_fixture() {
    let folder = fixtures().join("package");
    let write = |name: &str, bytes: &[u8]| {
        assert!(!folder.join(name).exists());
        fs::write(folder.join(name), bytes).unwrap();
    };
    let dir = tempfile::tempdir().unwrap();
    let facility = imported(Profile::full()).record.summary.hospital.id;
    let mut hospital = Hospital::make(dir.path(), &facility);
    let vault = Vault::create(folder.join("phone.mykarte-vault"), &passcode(), KdfParams::dangerous_floor()).unwrap();
    let offer = Archive::of(vault).enrol(hospital.list.clone()).unwrap();
    write("hospital.mykarte-list", hospital.list.as_bytes());
    write("root-key.txt", hospital.list.pin().to_string().as_bytes());
    write("first.mykarte", &hospital.issue(imported(Profile::full()), &offer));
    let mut other = imported(Profile::full());
    other.record.summary.birth_date = Some("1999-09-09".parse().unwrap());
    write("other-person.mykarte", &hospital.issue(other, &offer));
    let hidden = profiles::without_sections(&[Section::Allergies]);
    write("second.mykarte", &hospital.issue(imported(hidden), &offer));
    let key = hospital.issuer.keys().next().unwrap().id();
    write("revoked.mykarte-list", hospital.root.revoke(&hospital.list, key).unwrap().as_bytes());
}
