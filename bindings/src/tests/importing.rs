//! Imports and what a listener may do to them meanwhile.

use super::{PASSCODE, SECRET, demo, vault};
use crate::error::MyKarteError;
use crate::import::{ImportListener, ImportProgress, ImportRequest, ListenerError};
use crate::vault::{Vault, create_vault};
use std::sync::Arc;

struct Told<F>(F);

impl<F: Fn(ImportProgress) + Send + Sync> ImportListener for Told<F> {
    fn on_progress(&self, progress: ImportProgress) -> Result<(), ListenerError> {
        (self.0)(progress);
        Ok(())
    }
}

fn import(vault: &Vault, told: impl Fn(ImportProgress) + Send + Sync + 'static) -> Result<u64, MyKarteError> {
    let outcome = vault.import_record(demo(), Some(Arc::new(Told(told))), None);
    Ok(outcome?.record.generation)
}

#[test]
fn a_lock_ends_an_import_whatever_is_unlocked_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let again = Arc::clone(&vault);
    let locked = import(&vault, move |step| {
        if step == ImportProgress::Build {
            again.lock().unwrap();
            again.unlock(PASSCODE, SECRET).unwrap();
        }
    });
    assert_eq!(locked, Err(MyKarteError::Locked));
    assert_eq!(vault.records().unwrap()[0].generation, 1);
}

/// Of another person, put there by somebody who moved files meanwhile.
#[test]
fn an_import_never_writes_into_another_vault_of_the_same_path() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let vault = vault(folder.path());
    let other = create_vault(elsewhere.path().join("v").to_string_lossy().into(), PASSCODE, SECRET).unwrap().vault;
    other.import_record(ImportRequest { hospital_id: Some("1320000000".into()), ..demo() }, None, None).unwrap();
    other.lock().unwrap();
    let (path, moved) = (folder.path().join("v"), elsewhere.path().join("v"));
    let again = Arc::clone(&vault);
    let locked = import(&vault, move |step| {
        if step == ImportProgress::Store {
            again.lock().unwrap();
            std::fs::copy(&moved, &path).unwrap();
            again.unlock(PASSCODE, SECRET).unwrap();
        }
    });
    assert_eq!(locked, Err(MyKarteError::Locked));
    let hospitals: Vec<_> =
        vault.records().unwrap().into_iter().map(|info| (info.hospital_id, info.generation)).collect();
    assert_eq!(hospitals, [(Some("1320000000".into()), 1)]);
}

#[test]
fn a_pause_does_not_end_an_import() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let again = Arc::clone(&vault);
    let imported = import(&vault, move |step| {
        if step == ImportProgress::Build {
            again.pause().unwrap();
            again.resume().unwrap();
        }
    });
    assert_eq!(imported, Ok(2));
}

#[test]
fn a_listener_is_called_in_the_thread_that_asked() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let here = std::thread::current().id();
    assert_eq!(import(&vault, move |_| assert_eq!(std::thread::current().id(), here)), Ok(2));
}

#[test]
fn what_names_no_hospital_and_no_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    let refused = |request| vault.import_record(request, None, None).map(|done| done.record.generation);
    let blank = ImportRequest { hospital_id: Some(" \u{3000}".into()), ..demo() };
    assert_eq!(refused(blank), Err(MyKarteError::invalid("hospitalId")));
    let nameless = ImportRequest { hospital_name: Some("見本病院".into()), ..demo() };
    assert_eq!(refused(nameless), Err(MyKarteError::invalid("hospitalName")));
    let empty = ImportRequest { storages: vec![], ..demo() };
    assert_eq!(refused(empty), Err(MyKarteError::invalid("storages")));
    assert_eq!(vault.records().unwrap()[0].generation, 1);
}
