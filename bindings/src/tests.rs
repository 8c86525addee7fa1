//! What only Rust can do to the surface; the scenarios of both languages are in `scenarios.tsv`.

mod download;
mod importing;
mod packages;

use crate::error::MyKarteError;
use crate::import::ImportRequest;
use crate::vault::{Vault, VaultState, create_vault};
use std::path::Path;
use std::sync::Arc;

const PASSCODE: &[u8] = "避難所 shelter".as_bytes();
const SECRET: &[u8] = &[7; 32];

/// A vault with the demo's record.
fn vault(folder: &Path) -> Arc<Vault> {
    let path = folder.join("v").to_string_lossy().into_owned();
    let vault = create_vault(path, PASSCODE, SECRET).unwrap().vault;
    vault.import_record(demo(), None, None).unwrap();
    vault
}

fn demo() -> ImportRequest {
    ImportRequest {
        storages: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/demo").into()],
        patient_id: "0000311".into(),
        hospital_id: None,
        hospital_name: None,
        profile: None,
        accept_other_patient: false,
        replace: false,
    }
}

#[test]
fn a_call_that_panics_poisons_nothing_but_itself() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let before = vault.records().unwrap();
    for _ in 0..2 {
        let reader = Arc::clone(&vault);
        let error = std::thread::spawn(move || reader.read::<()>(|_| panic!("胃癌")).unwrap_err()).join().unwrap();
        assert!(matches!(&error, MyKarteError::Defect { place } if place.starts_with("tests.rs:")), "{error:?}");
        assert!(matches!(vault.write::<()>(|_| panic!("胃癌")), Err(MyKarteError::Defect { .. })));
    }
    assert_eq!(vault.records().unwrap(), before);
    vault.lock().unwrap();
    vault.unlock(PASSCODE, SECRET).unwrap();
    assert_eq!(vault.records().unwrap(), before);
}

#[test]
fn a_record_object_holds_nothing_and_outlives_a_lock() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let record = Arc::clone(&vault).record(vault.records().unwrap()[0].id.clone()).unwrap();
    let labs = record.labs(0, 50).unwrap();
    vault.lock().unwrap();
    assert_eq!(record.labs(0, 50), Err(MyKarteError::Locked));
    assert_eq!(vault.state(), Ok(VaultState::Locked));
    vault.unlock(PASSCODE, SECRET).unwrap();
    assert_eq!(record.labs(0, 50), Ok(labs));
    assert_eq!(vault.unlock(PASSCODE, SECRET), Err(MyKarteError::AlreadyUnlocked));
    vault.delete_person("0000311".into(), "1319999999".into()).unwrap();
    assert_eq!(record.summary(), Err(MyKarteError::NoSuchRecord));
}

#[test]
fn reports_hold_every_result_once_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let record = Arc::clone(&vault).record(vault.records().unwrap()[0].id.clone()).unwrap();
    let ids = |offset, limit| -> Vec<String> {
        let page = record.labs(offset, limit).unwrap();
        page.reports.iter().flat_map(|report| &report.labs).map(|lab| lab.id.clone()).collect()
    };
    let all = ids(0, 5_000);
    let one_by_one: Vec<String> = (0..all.len() as u32).flat_map(|at| ids(at, 1)).collect();
    assert!(all.len() > 3 && one_by_one == all);
    let page = record.labs(u32::MAX, 5_000).unwrap();
    assert!(page.reports.is_empty() && page.next_offset.is_none() && page.total as usize == all.len());
    assert_eq!(record.labs(0, 2).unwrap().next_offset, Some(2));
    for limit in [0, 5_001] {
        assert!(matches!(record.labs(0, limit), Err(MyKarteError::InvalidArgument { .. })), "{limit}");
    }
}

#[test]
fn a_lock_overtakes_an_unlocking() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.lock().unwrap();
    let opener = Arc::clone(&vault);
    let unlocking = std::thread::spawn(move || opener.unlock(PASSCODE, SECRET));
    meanwhile();
    vault.lock().unwrap();
    let unlocked = unlocking.join().unwrap();
    assert!(matches!(unlocked, Ok(()) | Err(MyKarteError::Locked)), "{unlocked:?}");
    assert_eq!(vault.state(), Ok(VaultState::Locked));
    vault.unlock(PASSCODE, SECRET).unwrap();
}

/// Long enough for an unlocking thread to be at its key derivation; nothing that is asserted depends on it. To ask the file
/// would be to hold its lock for a moment, in which that thread finds it in use.
fn meanwhile() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

#[test]
fn one_object_never_finds_itself_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.lock().unwrap();
    let unlock = || vault.unlock(PASSCODE, SECRET);
    let (first, second, looked) = std::thread::scope(|scope| {
        let both = [scope.spawn(unlock), scope.spawn(unlock)];
        meanwhile();
        let looked = vault.look();
        let [first, second] = both.map(|one| one.join().unwrap());
        (first, second, looked)
    });
    let won = [&first, &second].iter().filter(|one| one.is_ok()).count();
    let lost =
        [&first, &second].iter().filter(|one| one.as_ref().err() == Some(&MyKarteError::AlreadyUnlocked)).count();
    assert_eq!((won, lost), (1, 1), "{first:?} {second:?}");
    assert_eq!(looked.map(|outside| outside.tries), Ok(0));
}

#[test]
fn an_empty_passcode_is_refused_and_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.lock().unwrap();
    for _ in 0..6 {
        assert_eq!(vault.unlock(&[], SECRET), Err(MyKarteError::invalid("passcode")));
    }
    assert_eq!(vault.look().unwrap().tries, 0);
    vault.unlock(PASSCODE, SECRET).unwrap();
}

#[test]
fn a_wiped_secret_is_no_key_and_a_vault_let_go_of_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    assert_eq!(vault.change_passcode(&[0; 8], SECRET), Err(MyKarteError::WipedSecret));
    assert_eq!(vault.change_passcode(PASSCODE, &[0; 32]), Err(MyKarteError::WipedSecret));
    assert_eq!(vault.set_biometric_secret(&[0; 32]), Err(MyKarteError::WipedSecret));
    assert_eq!(vault.unlock_with_recovery_code(&[0; 32]), Err(MyKarteError::WipedSecret));
    let record = Arc::clone(&vault).record(vault.records().unwrap()[0].id.clone()).unwrap();
    drop(vault);
    assert_eq!(record.summary(), Err(MyKarteError::Locked));
    let path = folder.path().join("v").to_string_lossy().into_owned();
    Vault::open(path).unwrap().unlock(PASSCODE, SECRET).unwrap();
    let nowhere = folder.path().join("none/v").to_string_lossy().into_owned();
    assert_eq!(create_vault(nowhere, PASSCODE, SECRET).err(), Some(MyKarteError::NoFolder));
}
