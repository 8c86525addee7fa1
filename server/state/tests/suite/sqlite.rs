//! A SQLite file in a folder of its own.

use std::path::PathBuf;

use mykarte_state::{StateError, Store, open};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::Database;

pub struct File(TempDir);

impl File {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("state.sqlite")
    }
}

impl Database for File {
    fn open(&self) -> Box<dyn Store> {
        open(self.path().to_str().unwrap()).unwrap()
    }

    fn tamper(&self, sql: &str) {
        let conn = Connection::open(self.path()).unwrap();
        conn.execute_batch("DROP TRIGGER audit_next; DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete")
            .unwrap();
        conn.execute_batch(sql).unwrap();
    }
}

fn opened(path: &std::path::Path) -> Option<StateError> {
    open(path.to_str().unwrap()).err()
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::new();
    let store = file.open();
    crate::cases::add(&*store, "a", 1);
    for name in std::fs::read_dir(file.0.path()).unwrap().map(|entry| entry.unwrap().path()) {
        assert_eq!(name.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", name.display());
    }
    drop(store);
    std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o644)).unwrap();
    drop(file.open());
    assert_eq!(file.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_not_ours_is_refused_and_left_as_it_is() {
    let file = File::new();
    for make in [
        "CREATE TABLE other(a)",
        "PRAGMA application_id = 7",
        "PRAGMA application_id = -7",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 0x4D4B5254; PRAGMA user_version = 1", // a vault
        "PRAGMA application_id = 0x4D4B5354",                          // of format 0, which there is not
    ] {
        let _ = std::fs::remove_file(file.path());
        Connection::open(file.path()).unwrap().execute_batch(make).unwrap();
        let before = std::fs::read(file.path()).unwrap();
        assert_eq!(opened(&file.path()), Some(StateError::Foreign), "{make}");
        assert_eq!(std::fs::read(file.path()).unwrap(), before, "{make}");
    }
    std::fs::write(file.path(), "a text that is no database at all").unwrap();
    assert_eq!(opened(&file.path()), Some(StateError::Foreign));
}

#[test]
fn a_newer_format_is_named() {
    let file = File::new();
    drop(file.open());
    Connection::open(file.path()).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
    assert_eq!(opened(&file.path()), Some(StateError::NewerFormat { format: 9 }));
}

#[test]
fn a_path_that_cannot_be_opened_is_said_without_the_path() {
    let dir = tempfile::tempdir().unwrap();
    let error = opened(&dir.path().join("none").join("state")).unwrap();
    assert!(matches!(&error, StateError::Unavailable { detail } if !detail.contains("state")), "{error:?}");
    assert!(matches!(opened(dir.path()), Some(StateError::Unavailable { .. })));
}

#[test]
fn its_triggers_refuse_what_is_not_an_append() {
    let file = File::new();
    let store = file.open();
    crate::cases::add(&*store, "a", 3);
    let conn = Connection::open(file.path()).unwrap();
    for slip in [
        "UPDATE audit SET record = '{}' WHERE number = 2",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit VALUES (2, x'00', x'00')",
        "INSERT INTO audit VALUES (9, x'00', x'00')",
    ] {
        assert!(conn.execute_batch(slip).is_err(), "{slip}");
    }
    assert_eq!(store.records(1, 10).unwrap().len(), 3);
}
