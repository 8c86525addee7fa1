//! A SQLite file in a folder of its own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mykarte_state::audit::{Broken, Flaw, verify};
use mykarte_state::{Record, StateError, open};
use rusqlite::{Connection, TransactionBehavior, params};
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
    fn address(&self) -> String {
        self.path().to_str().unwrap().to_owned()
    }

    fn put_records(&self, records: &[Record]) {
        let mut conn = Connection::open(self.path()).unwrap();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        for trigger in ["audit_next", "audit_no_update", "audit_no_delete"] {
            tx.execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}")).unwrap();
        }
        tx.execute_batch("DELETE FROM audit").unwrap();
        for Record { number, json, place } in records {
            tx.execute("INSERT INTO audit VALUES (?, ?, ?)", params![number.cast_signed(), json, place.0]).unwrap();
        }
        tx.commit().unwrap();
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

/// Past SQLite too: a byte of a record in the file itself.
#[test]
fn a_file_editor_is_noticed() {
    let file = File::new();
    let store = file.open();
    crate::cases::add(&*store, "a", 50);
    let record = store.records(31, 1).unwrap().remove(0);
    // The last one to close it writes the log into the file.
    drop(store);
    let mut bytes = std::fs::read(file.path()).unwrap();
    let places: Vec<usize> = bytes
        .windows(record.json.len())
        .enumerate()
        .filter(|(_, window)| *window == record.json)
        .map(|(at, _)| at)
        .collect();
    let [at] = places[..] else { panic!("a record is in the file once: {places:?}") };
    bytes[at + record.json.len() - 3] ^= 1;
    std::fs::write(file.path(), bytes).unwrap();
    let verdict = verify(&*file.open(), &[], None).unwrap();
    assert_eq!(verdict.broken, Some(Broken { number: 31, flaw: Flaw::Changed }));
}

const DISK: &str = "MYKARTE_TEST_DISK";

/// The test starts itself again on a file system of 1 MiB of its own; where none can be mounted it passes unseen.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=1m tmpfs \"$0\" && echo mounted && exec \"$@\"";
    let mut again = std::process::Command::new("unshare");
    again.args(["--map-root-user", "--mount", "sh", "-c", mount]).arg(dir.path()).arg(std::env::current_exe().unwrap());
    again.args(["--exact", "sqlite::on_a_small_disk", "--ignored", "--nocapture"]).env(DISK, dir.path());
    let Ok(output) = again.output() else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("mounted") || output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "run by a_full_disk_is_said_and_changes_nothing"]
fn on_a_small_disk() {
    let path = PathBuf::from(std::env::var_os(DISK).unwrap()).join("state");
    let store = open(path.to_str().unwrap()).unwrap();
    let mut done = 0;
    let refused = loop {
        match crate::cases::increment(&*store, &done.to_string()) {
            Ok(_) => done += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, StateError::Full);
    assert!(done > 100, "{done}");
    let check = |store: &dyn mykarte_state::Store| {
        let verdict = verify(store, &[], None).unwrap();
        assert!(verdict.is_intact() && verdict.intact == done, "{done} done: {verdict}");
        assert_eq!(u64::try_from(store.list("counter", None, 100_000).unwrap().len()), Ok(done));
    };
    check(&*store);
    drop(store);
    check(&*open(path.to_str().unwrap()).unwrap());
}

/// What `cp` would miss, the write-ahead log, is in it; it is its owner's, and nothing is replaced.
#[test]
fn a_copy_of_a_database_in_use_is_whole() {
    let file = File::new();
    let store = file.open();
    let keys = [mykarte_state::Key::new("kind", "1")];
    let put = |text: &str| {
        store
            .change(&keys, |tx| -> Result<(), StateError> {
                tx.put(keys[0].clone(), &text);
                tx.record(&serde_json::json!({ "action": text }));
                Ok(())
            })
            .unwrap();
    };
    put("before");
    let copy = file.path().with_file_name("copy.sqlite");
    mykarte_state::back_up(&file.path(), &copy).unwrap();
    put("after");
    assert!(mykarte_state::back_up(&file.path(), &copy).is_err());
    let none = copy.with_file_name("copy of none");
    assert!(mykarte_state::back_up(&copy.with_file_name("none"), &none).is_err());
    assert!(!none.exists(), "what failed leaves nothing");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let copied = open(copy.to_str().unwrap()).unwrap();
    assert_eq!(copied.get::<String>(&keys[0]).unwrap().as_deref(), Some("before"));
    let verdict = verify(copied.as_ref(), &[], None).unwrap();
    assert!(verdict.is_intact() && verdict.intact == 1, "{verdict}");
}

/// A backup that runs keeps what was deleted in the log until it has ended, and keeps no phone waiting meanwhile.
#[test]
fn erasing_waits_for_who_reads_and_nobody_waits_for_erasing() {
    let file = File::new();
    let store = file.open();
    crate::cases::add(&*store, "a", 1);
    let reader = Connection::open(file.path()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM audit", [], |row| row.get::<_, i64>(0)).unwrap();
    crate::cases::add(&*store, "a", 1);
    let log = || std::fs::metadata(file.path().with_file_name("state.sqlite-wal")).map_or(0, |meta| meta.len());
    std::thread::scope(|scope| {
        let erased = scope.spawn(|| store.erase());
        std::thread::sleep(Duration::from_millis(200));
        let begun = Instant::now();
        crate::cases::add(&*store, "a", 10);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert!(!erased.is_finished() && log() > 0);
        reader.execute_batch("COMMIT").unwrap();
        erased.join().unwrap().unwrap();
    });
    assert_eq!((log(), store.reached().unwrap().count), (0, 12));
}
