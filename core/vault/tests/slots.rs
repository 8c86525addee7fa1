//! Ways in: every slot alone opens, none too few, wrong tries are counted, nothing locks the patient out for good.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::fs;
use std::time::Duration;

use common::{Place, passcode, read_all, tamper};
use mykarte_vault::{
    AnchorCheck, BiometricSecret, InstallationSecret, KdfParams, NewSlots, Passcode, RecoveryCode, SlotKind, Unlock,
    Vault, VaultError,
};

const FLOOR: KdfParams = KdfParams::dangerous_floor();

fn passcode_of(text: &str) -> Passcode {
    Passcode::new(text.as_bytes()).unwrap()
}

fn kinds(vault: &Vault) -> Vec<SlotKind> {
    vault.slots().iter().map(|slot| slot.kind).collect()
}

fn tries_in_file(place: &Place) -> u32 {
    let conn = rusqlite::Connection::open(&place.path).unwrap();
    conn.query_row("SELECT tries FROM header", [], |row| row.get(0)).unwrap()
}

#[test]
fn every_slot_alone_opens_a_vault_with_an_installation_secret() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let (device, face) = (InstallationSecret::make().unwrap(), BiometricSecret::make().unwrap());
    let (mut vault, code) = Vault::create_with_secret(&path, &passcode(), &device, FLOOR).unwrap();
    vault.set_biometric(&face).unwrap();
    common::import(&mut vault, None, 1, 2);
    let seen = read_all(&vault).unwrap();
    assert_eq!(kinds(&vault), [SlotKind::Passcode, SlotKind::Recovery, SlotKind::Biometric]);
    assert!(vault.needs_installation_secret());
    drop(vault);

    let code = RecoveryCode::parse(&code.dangerous_text().to_lowercase()).unwrap();
    let typed = passcode();
    for unlock in [Unlock::PasscodeWithSecret(&typed, &device), Unlock::Biometric(&face), Unlock::Recovery(&code)] {
        assert_eq!(read_all(&Vault::unlock(&path, unlock).unwrap()).unwrap(), seen, "{unlock:?}");
    }
    // The file and the passcode without the device do not open it, and cost no try.
    let error = |unlock: Unlock<'_>| Vault::unlock(&path, unlock).unwrap_err();
    assert_eq!(error(Unlock::Passcode(&typed)), VaultError::InstallationSecretNeeded);
    let other = InstallationSecret::make().unwrap();
    let wrong = VaultError::WrongPasscode { tries: 1, retry_after: Duration::ZERO };
    assert_eq!(error(Unlock::PasscodeWithSecret(&typed, &other)), wrong);
    assert_eq!(error(Unlock::Biometric(&BiometricSecret::make().unwrap())), VaultError::WrongBiometricSecret);
    assert_eq!(error(Unlock::Recovery(&RecoveryCode::make().unwrap())), VaultError::WrongRecoveryCode);

    // Of three ways only the code needs no keystore: it is the last.
    let mut vault = Vault::unlock(&path, Unlock::Recovery(&code)).unwrap();
    let id = |vault: &Vault, kind| vault.slots().iter().find(|slot| slot.kind == kind).unwrap().id;
    let recovery = id(&vault, SlotKind::Recovery);
    assert_eq!(vault.remove_slot(recovery), Err(VaultError::LastSlot));
    let biometric = id(&vault, SlotKind::Biometric);
    vault.remove_slot(biometric).unwrap();
    assert_eq!(vault.remove_slot(biometric), Err(VaultError::NoSuchSlot));
    drop(vault);
    assert_eq!(error(Unlock::Biometric(&face)), VaultError::NoSlot { kind: SlotKind::Biometric });
}

#[test]
fn the_last_slot_stays_and_a_new_code_retires_the_old() {
    let (place, _) = Place::with_records(&[1]);
    let mut vault = place.open().unwrap();
    let only = vault.slots()[0].id;
    assert_eq!(vault.remove_slot(only), Err(VaultError::LastSlot));
    let first = RecoveryCode::make().unwrap();
    vault.set_recovery_code(&first).unwrap();
    let second = RecoveryCode::make().unwrap();
    vault.set_recovery_code(&second).unwrap();
    assert_eq!(kinds(&vault), [SlotKind::Passcode, SlotKind::Recovery]);
    vault.remove_slot(only).unwrap();
    drop(vault);
    assert_eq!(Vault::open(&place.path, &passcode()).unwrap_err(), VaultError::NoSlot { kind: SlotKind::Passcode });
    assert_eq!(Vault::unlock(&place.path, Unlock::Recovery(&first)).unwrap_err(), VaultError::WrongRecoveryCode);
    let mut vault = Vault::unlock(&place.path, Unlock::Recovery(&second)).unwrap();
    vault.change_passcode(&passcode_of("729461"), None, FLOOR).unwrap();
    drop(vault);
    Vault::open(&place.path, &passcode_of("７２９４６１")).unwrap();
}

#[test]
fn a_changed_passcode_opens_and_the_old_one_does_not() {
    let (place, _) = Place::with_records(&[2]);
    let mut vault = place.open().unwrap();
    let (seen, anchor) = (read_all(&vault).unwrap(), vault.anchor());
    assert!(matches!(vault.change_passcode(&passcode_of("123456"), None, FLOOR), Err(VaultError::WeakPasscode { .. })));
    let secret = InstallationSecret::make().unwrap();
    let refused = vault.change_passcode(&passcode_of("729461"), Some(&secret), FLOOR);
    assert_eq!(refused, Err(VaultError::NoInstallationSecret));
    let retired: Vec<u8> = rusqlite::Connection::open(&place.path)
        .unwrap()
        .query_row("SELECT wrapped FROM slot", [], |row| row.get(0))
        .unwrap();
    assert_eq!(vault.opens_with(&passcode_of("729461")), Ok(false));
    vault.change_passcode(&passcode_of("729461"), None, FLOOR).unwrap();
    assert_eq!((vault.opens_with(&passcode_of("729461")), vault.opens_with(&passcode())), (Ok(true), Ok(false)));
    assert_eq!(kinds(&vault), [SlotKind::Passcode]);
    assert_eq!(vault.check_anchor(Some(&anchor)), AnchorCheck::Ahead);
    assert_eq!(read_all(&vault).unwrap(), seen);
    let raw = fs::read(&place.path).unwrap();
    assert!(!raw.windows(16).any(|window| window == &retired[8..24]), "a piece of the old slot is left in the file");
    drop(vault);
    assert!(matches!(Vault::open(&place.path, &passcode()).unwrap_err(), VaultError::WrongPasscode { .. }));
    assert_eq!(read_all(&Vault::open(&place.path, &passcode_of("729461")).unwrap()).unwrap(), seen);
    assert_eq!(place.files().len(), 1);
}

#[test]
fn rekey_leaves_no_old_secret_and_rewrites_no_chunk() {
    let (place, ids) = Place::with_records(&[3, 1]);
    let chunks = || {
        let conn = rusqlite::Connection::open(&place.path).unwrap();
        let mut query = conn.prepare("SELECT sealed FROM chunk ORDER BY id").unwrap();
        query.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let mut vault = place.open().unwrap();
    let old_code = RecoveryCode::make().unwrap();
    vault.set_recovery_code(&old_code).unwrap();
    let (seen, sealed) = (read_all(&vault).unwrap(), chunks());
    let new = passcode_of("729461");
    let code = RecoveryCode::make().unwrap();
    let slots = NewSlots { passcode: None, biometric: None, recovery: None, params: FLOOR };
    assert_eq!(vault.rekey(slots).unwrap_err(), VaultError::LastSlot);
    vault.rekey(NewSlots { passcode: Some((&new, None)), recovery: Some(&code), ..slots }).unwrap();
    assert_eq!(read_all(&vault).unwrap(), seen);
    common::import(&mut vault, Some(ids[1]), 9, 1);
    let seen = read_all(&vault).unwrap();
    drop(vault);
    assert!(sealed.iter().filter(|chunk| chunks().contains(chunk)).count() >= 4, "the first record's chunks stay");
    assert_eq!(Vault::dangerous_open_with_data_key(&place.path, &place.key).unwrap_err(), VaultError::WrongDataKey);
    assert!(matches!(Vault::open(&place.path, &passcode()).unwrap_err(), VaultError::WrongPasscode { .. }));
    assert_eq!(Vault::unlock(&place.path, Unlock::Recovery(&old_code)).unwrap_err(), VaultError::WrongRecoveryCode);
    assert_eq!(read_all(&Vault::open(&place.path, &new).unwrap()).unwrap(), seen);
    assert_eq!(read_all(&Vault::unlock(&place.path, Unlock::Recovery(&code)).unwrap()).unwrap(), seen);
}

#[test]
fn wrong_tries_are_counted_in_the_file_and_slowed_down() {
    let (place, _) = Place::with_records(&[1]);
    let code = RecoveryCode::make().unwrap();
    place.open().unwrap().set_recovery_code(&code).unwrap();
    let wrong = passcode_of("wrong-one");
    let seconds = |secs| Duration::from_secs(secs);
    for tries in 1..=5 {
        let retry_after = if tries == 5 { seconds(30) } else { Duration::ZERO };
        let error = Vault::open(&place.path, &wrong).unwrap_err();
        assert_eq!(error, VaultError::WrongPasscode { tries, retry_after });
        assert_eq!(tries_in_file(&place), tries);
    }
    // Not even the right one is taken now; no try is counted.
    let Err(VaultError::TooManyTries { tries: 5, retry_after }) = Vault::open(&place.path, &passcode()) else {
        panic!("the sixth try was not delayed")
    };
    assert!(retry_after > seconds(25) && retry_after <= seconds(30));
    assert_eq!(tries_in_file(&place), 5);
    let outside = Vault::look(&place.path).unwrap();
    assert_eq!((outside.slots, outside.tries), (vec![SlotKind::Passcode, SlotKind::Recovery], 5));
    assert!(!outside.retry_after.is_zero() && !outside.needs_installation_secret);
    // The code on paper is never delayed, and any success clears the count.
    drop(Vault::unlock(&place.path, Unlock::Recovery(&code)).unwrap());
    assert_eq!(tries_in_file(&place), 0);
    assert_eq!(Vault::look(&place.path).unwrap().retry_after, Duration::ZERO);
    Vault::open(&place.path, &passcode()).unwrap();
}

/// No vault has such a passcode: a slip of the finger, which may not cost a patient half a minute.
#[test]
fn an_empty_passcode_is_no_try() {
    let (place, _) = Place::with_records(&[1]);
    for _ in 0..6 {
        assert_eq!(Vault::open(&place.path, &passcode_of("")).unwrap_err(), VaultError::EmptyPasscode);
    }
    assert_eq!((tries_in_file(&place), Vault::look(&place.path).unwrap().tries), (0, 0));
    Vault::open(&place.path, &passcode()).unwrap();
}

/// The counter is not authenticated: whatever stands there costs at most five minutes, and never the vault.
#[test]
fn a_forged_counter_costs_minutes_and_not_the_vault() {
    let (place, _) = Place::with_records(&[1]);
    let code = RecoveryCode::make().unwrap();
    place.open().unwrap().set_recovery_code(&code).unwrap();
    tamper(&place.path, "UPDATE header SET tries = 9223372036854775807");
    let Err(VaultError::TooManyTries { retry_after, .. }) = Vault::open(&place.path, &passcode()) else {
        panic!("a new process waits for what the file says")
    };
    assert!(retry_after <= Duration::from_secs(300));
    drop(Vault::unlock(&place.path, Unlock::Recovery(&code)).unwrap());
    tamper(&place.path, "UPDATE header SET tries = -7");
    Vault::open(&place.path, &passcode()).unwrap();
}

#[test]
fn a_copy_opens_with_the_code_alone_and_takes_a_new_passcode() {
    let (place, ids) = Place::with_records(&[3, 2]);
    let mut vault = place.open().unwrap();
    let target = place.dir.path().join("copy");
    assert_eq!(vault.copy(&target, None).unwrap_err(), VaultError::NoSlot { kind: SlotKind::Recovery });
    let code = RecoveryCode::make().unwrap();
    vault.set_recovery_code(&code).unwrap();
    vault.set_biometric(&BiometricSecret::make().unwrap()).unwrap();
    let (before, seen) = (fs::read(&place.path).unwrap(), read_all(&vault).unwrap());
    assert_eq!(vault.copy(&target, None), Ok(0));
    assert_eq!(vault.copy(&target, None).unwrap_err(), VaultError::AlreadyExists);
    assert_eq!(fs::read(&place.path).unwrap(), before);

    assert_eq!(Vault::open(&target, &passcode()).unwrap_err(), VaultError::NoSlot { kind: SlotKind::Passcode });
    let mut copy = Vault::unlock(&target, Unlock::Recovery(&code)).unwrap();
    assert_eq!((kinds(&copy), read_all(&copy).unwrap()), (vec![SlotKind::Recovery], seen));
    copy.change_passcode(&passcode_of("729461"), None, FLOOR).unwrap();
    common::import(&mut copy, Some(ids[0]), 7, 1);
    drop(copy);
    Vault::open(&target, &passcode_of("729461")).unwrap();
}

#[test]
fn a_deleted_record_leaves_nothing_in_the_file() {
    let (place, ids) = Place::with_records(&[40, 2]);
    let conn = || rusqlite::Connection::open(&place.path).unwrap();
    let mut vault = place.open().unwrap();
    let blobs: Vec<Vec<u8>> = {
        let conn = conn();
        let mut query = conn.prepare("SELECT sealed FROM chunk UNION ALL SELECT key FROM generation").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    vault.delete(ids[0]).unwrap();
    assert_eq!(vault.records().unwrap().iter().map(|record| record.id).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(vault.delete(ids[0]).unwrap_err(), VaultError::NoSuchRecord);
    let left: Vec<Vec<u8>> = {
        let conn = conn();
        let mut query = conn.prepare("SELECT sealed FROM chunk UNION ALL SELECT key FROM generation").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(left.len(), 4);
    // Not a 16-byte piece of what is gone stands anywhere in the file.
    let raw = fs::read(&place.path).unwrap();
    for blob in blobs.iter().filter(|blob| !left.contains(blob)) {
        let piece = &blob[8..24];
        assert!(!raw.windows(16).any(|window| window == piece));
    }
    vault.delete(ids[1]).unwrap();
    assert!(vault.records().unwrap().is_empty());
    common::import(&mut vault, None, 4, 1);
    drop(vault);
    read_all(&Vault::open(&place.path, &passcode()).unwrap()).unwrap();
}

#[test]
fn anchors_tell_a_file_that_was_put_back() {
    let (place, ids) = Place::with_records(&[1]);
    let older = fs::read(&place.path).unwrap();
    let mut vault = place.open().unwrap();
    let first = vault.anchor();
    assert_eq!(vault.check_anchor(None), AnchorCheck::NotChecked);
    assert_eq!(vault.check_anchor(Some(&first)), AnchorCheck::Same);
    common::import(&mut vault, Some(ids[0]), 2, 1);
    let second = vault.anchor();
    assert_eq!(vault.check_anchor(Some(&first)), AnchorCheck::Ahead);
    drop(vault);

    fs::write(&place.path, &older).unwrap();
    let mut vault = place.open().unwrap();
    let back = AnchorCheck::RolledBack { file: first.written_at, kept: second.written_at };
    assert_eq!(vault.check_anchor(Some(&second)), back);
    // Another history with the same counter is no better.
    common::import(&mut vault, Some(ids[0]), 3, 1);
    assert_eq!(vault.anchor().counter, second.counter);
    assert!(matches!(vault.check_anchor(Some(&second)), AnchorCheck::RolledBack { .. }));
    read_all(&vault).unwrap();
}
