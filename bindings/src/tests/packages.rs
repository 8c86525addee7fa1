//! Packages: what waits to be accepted, and what a refusal says.

use crate::error::{DamagedPart, MyKarteError, PackageProblem as Problem, PersonDifference};
use crate::package::{Arrival, time};
use crate::vault::Vault;
use mykarte::package::ReceiveError;
use mykarte::vault::package::{Bomb, HospitalId, IssueNumber, KeyId, PackageError, SignatureFlaw};
use mykarte::vault::{Part, VaultError};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

const PASSCODE: &[u8] = "いざというとき".as_bytes();

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/package").join(name)).unwrap()
}

/// The committed vault: enrolled, nothing received yet.
fn phone(folder: &Path) -> Arc<Vault> {
    let path = folder.join("phone");
    std::fs::write(&path, fixture("phone.mykarte-vault")).unwrap();
    let vault = Vault::open(path.to_string_lossy().into()).unwrap();
    vault.unlock_with_passcode_only(PASSCODE).unwrap();
    vault
}

fn receive(vault: &Arc<Vault>) -> Arc<Arrival> {
    Arc::clone(vault).receive(fixture("first.mykarte")).unwrap()
}

fn waits(vault: &Vault, number: u64) -> bool {
    vault.read(|open| Ok(open.arrival(number).is_ok())).unwrap()
}

#[test]
fn a_lock_empties_what_arrived_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let vault = phone(folder.path());
    let arrival = receive(&vault);
    vault.lock().unwrap();
    assert_eq!(arrival.accept(true), Err(MyKarteError::Locked));
    vault.unlock_with_passcode_only(PASSCODE).unwrap();
    let again = receive(&vault);
    // Both have the number 1; only the new one is of this unlocking.
    assert_eq!((arrival.look(), arrival.accept(true)), (Err(MyKarteError::Locked), Err(MyKarteError::Locked)));
    drop(arrival);
    assert!(waits(&vault, 1));
    assert!(!again.accept(true).unwrap().was_there);
    assert_eq!(vault.records().unwrap().len(), 1);
}

#[test]
fn what_nobody_accepts_is_freed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = phone(folder.path());
    let (first, second) = (receive(&vault), receive(&vault));
    drop(first);
    assert_eq!((waits(&vault, 1), waits(&vault, 2)), (false, true));
    drop(vault);
    assert_eq!(second.look(), Err(MyKarteError::Locked));
}

#[test]
fn an_arrival_outlives_a_pause_and_a_refused_accept() {
    let folder = tempfile::tempdir().unwrap();
    let vault = phone(folder.path());
    let (arrival, other) = (receive(&vault), receive(&vault));
    vault.pause().unwrap();
    assert_eq!(arrival.accept(true), Err(MyKarteError::Paused));
    vault.resume().unwrap();
    vault.trim_memory().unwrap();
    assert_eq!(arrival.accept(false), Err(MyKarteError::NotConfirmed));
    arrival.accept(true).unwrap();
    let stale = Err(MyKarteError::refused(Problem::Stale));
    // The one was accepted; the other was received before that.
    assert_eq!((arrival.accept(true), other.accept(true)), (stale.clone(), stale));
    assert_eq!((waits(&vault, 1), waits(&vault, 2)), (false, false));
}

#[test]
fn an_enrolment_makes_the_file_of_a_new_vault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v");
    let made = crate::vault::create_vault(path.to_string_lossy().into(), PASSCODE, super::SECRET).unwrap();
    assert!(!path.exists());
    let root = String::from_utf8(fixture("root-key.txt")).unwrap();
    made.vault.enrol(fixture("hospital.mykarte-list"), root).unwrap();
    assert!(path.exists());
}

#[test]
fn no_clock_is_too_far_ahead() {
    let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    assert_eq!((time(0), time(u64::MAX), time(i64::MAX as u64)), (UNIX_EPOCH, last, last));
}

#[test]
fn every_refusal_says_what_to_do() {
    let (key, hospital) = (KeyId::from_bytes([7; 16]), HospitalId::from_bytes([7; 16]));
    let flaw = SignatureFlaw::Wrong;
    for (error, problem) in [
        (PackageError::NotAPackage, Problem::NotAPackage),
        (PackageError::WrongLength, Problem::Incomplete),
        (PackageError::OtherDevice, Problem::OtherDevice),
        (PackageError::DoesNotOpen, Problem::OtherDevice),
        (PackageError::OtherHospital { hospital }, Problem::OtherHospital),
        (PackageError::UnknownKey { key }, Problem::KeyListTooOld),
        (PackageError::UnknownEpoch { epoch: 7 }, Problem::KeyListTooOld),
        (PackageError::CompromisedKey { key }, Problem::KeyCompromised),
        (PackageError::OuterSignature { flaw }, Problem::SignatureInvalid),
        (PackageError::InnerSignature { flaw }, Problem::SignatureInvalid),
        (PackageError::ListSignature { flaw }, Problem::SignatureInvalid),
        (PackageError::OfferSignature { flaw }, Problem::SignatureInvalid),
        (PackageError::SignaturesDisagree, Problem::Malformed),
        (PackageError::Malformed, Problem::Malformed),
        (PackageError::Bomb { bomb: Bomb::Ratio }, Problem::Malformed),
        (PackageError::TooLarge, Problem::Malformed),
        (PackageError::SameNumber, Problem::SameNumber),
        (PackageError::WeakKey, Problem::NotAKey),
        (PackageError::NotAKey, Problem::NotAKey),
        (PackageError::OtherRoot, Problem::OtherRootKey),
        (PackageError::ListRolledBack { known: 7, offered: 6 }, Problem::OlderKeyList),
        (PackageError::ListForked { number: 7 }, Problem::OlderKeyList),
        (PackageError::KeyRevived { key }, Problem::OlderKeyList),
    ] {
        let said = format!("{error:?}");
        let crossed = MyKarteError::from(error);
        assert_eq!(crossed, MyKarteError::refused(problem), "{said}");
        assert!(!format!("{crossed:?} {crossed}").contains("0707"), "an id crosses with {said}");
    }
}

#[test]
fn refusals_that_an_app_tells_apart_are_cases_of_their_own() {
    let number = |counter| IssueNumber { epoch: 1, counter };
    let older = PackageError::Older { offered: (number(1), 60), held: (number(2), u64::MAX) };
    let part = DamagedPart::Entries;
    let problem = |problem| MyKarteError::refused(problem);
    let other = |differs| MyKarteError::OtherPerson { differs };
    let all: [(ReceiveError, MyKarteError); 14] = [
        (older.into(), MyKarteError::OlderPackage { offered: time(60), held: time(u64::MAX) }),
        (PackageError::NewerFormat { format: 9 }.into(), MyKarteError::NewerFormat { format: 9 }),
        (PackageError::UnknownSuite { suite: 9 }.into(), MyKarteError::NewerSuite { suite: 9 }),
        (PackageError::Vault(VaultError::DiskFull).into(), MyKarteError::StorageFull),
        (VaultError::Damaged { part: Part::Chunk }.into(), MyKarteError::Corrupt { part }),
        (ReceiveError::NotEnrolled, problem(Problem::OtherDevice)),
        (ReceiveError::EnrolmentDamaged, problem(Problem::EnrolmentDamaged)),
        (ReceiveError::UnknownForm, MyKarteError::NewerRecord),
        (ReceiveError::Inconsistent { what: "patient" }, problem(Problem::Malformed)),
        (ReceiveError::Quarantined { differs: "birth_date" }, other(PersonDifference::BirthDate)),
        (ReceiveError::Quarantined { differs: "patient_id" }, other(PersonDifference::PatientId)),
        (ReceiveError::OthersRecord, problem(Problem::OthersRecord)),
        (ReceiveError::NotConfirmed, MyKarteError::NotConfirmed),
        (ReceiveError::Stale, problem(Problem::Stale)),
    ];
    for (error, wanted) in all {
        let said = format!("{error:?}");
        assert_eq!(MyKarteError::from(error), wanted, "{said}");
    }
}

#[test]
fn a_deleted_record_ends_its_enrolment_and_does_not_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let vault = phone(folder.path());
    receive(&vault).accept(true).unwrap();
    let id = vault.records().unwrap()[0].id.clone();
    vault.delete_record(id.clone()).unwrap();
    assert!(vault.records().unwrap().is_empty() && vault.enrolments().unwrap().is_empty());
    let again = Arc::clone(&vault).receive(fixture("first.mykarte")).map(drop);
    assert_eq!(again, Err(MyKarteError::refused(Problem::OtherDevice)));
    assert_eq!(vault.delete_record(id), Err(MyKarteError::NoSuchRecord));
}
