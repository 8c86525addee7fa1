//! Reading on the worst day: read-only, in a folder that is not ours, from files that are something else; and never a
//! byte written for it (D13, D16).
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::fs;
use std::path::Path;

use common::{PASSCODE, Place, passcode, read_all, tamper};
use mykarte_vault::{KdfParams, Passcode, Vault, VaultError};

fn error_of(path: &Path) -> VaultError {
    Vault::open(path, &passcode()).unwrap_err()
}

#[test]
fn the_passcode_opens_in_any_width_and_a_wrong_one_does_not() {
    let (place, _) = Place::with_records(&[1]);
    let before = read_all(&place.open().unwrap()).unwrap();
    for typed in [PASSCODE, "ツナミ", "つなみ－２０１１"] {
        let outcome = Vault::open(&place.path, &Passcode::new(typed.as_bytes()).unwrap()).map(|_| ());
        let wrong = Err(VaultError::WrongPasscode { tries: 1, retry_after: std::time::Duration::ZERO });
        let expected = if typed == "ツナミ" { wrong } else { Ok(()) };
        assert_eq!(outcome, expected, "{typed}");
    }
    let (other, _) = Place::with_records(&[]);
    assert_eq!(Vault::dangerous_open_with_data_key(&place.path, &other.key).unwrap_err(), VaultError::WrongDataKey);
    assert_eq!(read_all(&place.open().unwrap()).unwrap(), before);
}

#[test]
fn what_is_no_vault_is_named_and_left_alone() {
    let (place, _) = Place::with_records(&[2]);
    let good = fs::read(&place.path).unwrap();
    let path = place.dir.path().join("other");
    let put = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = error_of(&path);
        assert_eq!(fs::read(&path).unwrap(), bytes);
        error
    };
    assert_eq!(error_of(&place.dir.path().join("missing")), VaultError::NotFound);
    assert_eq!(error_of(place.dir.path()), VaultError::NotAVault);
    assert_eq!(put(b""), VaultError::Truncated);
    assert_eq!(put(&good[..50]), VaultError::Truncated);
    assert_eq!(put(&good[..good.len() - 4096]), VaultError::Truncated);
    assert_eq!(put(&good[..4096]), VaultError::Truncated);
    assert_eq!(put(b"PK\x03\x04 this is a zip"), VaultError::NotAVault);
    assert_eq!(put(&[0x55; 9000]), VaultError::NotAVault);
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&7_u32.to_be_bytes());
    assert_eq!(put(&newer), VaultError::NewerFormat { format: 7 });
    let mut wal = good.clone();
    wal[18..20].copy_from_slice(&[2, 2]);
    assert!(matches!(put(&wal), VaultError::Damaged { .. }));

    fs::remove_file(&path).unwrap();
    tamper(&path, "CREATE TABLE notes(text); INSERT INTO notes VALUES('x')");
    assert_eq!(error_of(&path), VaultError::NotAVault);
    assert_eq!(place.files(), ["other", "v.mykarte-vault"]);
}

/// Cut at every page and around it: an error, never a panic, never a wrong reading.
#[test]
fn a_cut_file_is_an_error_wherever_it_is_cut() {
    let (place, _) = Place::with_records(&[1]);
    let good = fs::read(&place.path).unwrap();
    for page in 0..good.len() / 4096 {
        for len in [page * 4096, page * 4096 + 1, page * 4096 + 2048] {
            fs::write(&place.path, &good[..len]).unwrap();
            let error = place.open().and_then(|vault| read_all(&vault)).unwrap_err();
            assert!(matches!(error, VaultError::Truncated | VaultError::Damaged { .. }), "{len}: {error:?}");
        }
    }
}

#[test]
fn a_new_vault_leaves_nothing_until_its_first_commit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let count = || fs::read_dir(dir.path()).unwrap().count();
    let floor = KdfParams::dangerous_floor();
    let vault = Vault::create(&path, &passcode(), floor).unwrap();
    assert_eq!((vault.records().unwrap().len(), count()), (0, 0));
    let draft = vault.begin(None).unwrap();
    draft.seal("labs", 0, b"", b"x").unwrap();
    drop((draft, vault));
    assert_eq!(count(), 0);

    let refused = |path: &Path, code: &[u8], params| {
        Vault::create(path, &Passcode::new(code).unwrap(), params).map(|_| ()).unwrap_err()
    };
    assert!(matches!(refused(&path, b"123456", floor), VaultError::WeakPasscode { .. }));
    assert!(matches!(refused(&path, b"ocean-7294", KdfParams { t: 1, ..floor }), VaultError::KdfOutOfBounds { .. }));
    assert_eq!(refused(&dir.path().join("no").join("v"), b"ocean-7294", floor), VaultError::NotFound);
    fs::write(&path, b"precious").unwrap();
    assert_eq!(refused(&path, b"ocean-7294", floor), VaultError::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
}

/// Someone takes the name between `create` and the first commit: his file stays.
#[test]
fn a_name_taken_meanwhile_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let mut vault = Vault::create(&path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    fs::write(&path, b"precious").unwrap();
    let draft = vault.begin(None).unwrap();
    assert_eq!(vault.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::AlreadyExists);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn another_programs_lock_is_in_use_and_reading_beside_a_reader_works() {
    let (place, ids) = Place::with_records(&[1]);
    let mut vault = place.open().unwrap();
    let other = rusqlite::Connection::open(&place.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    read_all(&vault).unwrap();
    let draft = vault.begin(Some(ids[0])).unwrap();
    assert_eq!(vault.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::InUse);
    other.execute_batch("COMMIT; BEGIN EXCLUSIVE").unwrap();
    assert_eq!(vault.records().unwrap_err(), VaultError::InUse);
    assert_eq!(place.open().unwrap_err(), VaultError::InUse);
    other.execute_batch("COMMIT").unwrap();
    drop(vault);
    read_all(&place.open().unwrap()).unwrap();
}

/// A hostile or stray write-ahead log is neither read nor touched, and no file appears.
#[test]
fn a_planted_write_ahead_log_is_ignored_by_readers() {
    let (place, ids) = Place::with_records(&[1]);
    let good = read_all(&place.open().unwrap()).unwrap();
    let wal = place.dir.path().join("v.mykarte-vault-wal");
    fs::write(&wal, [0x37; 5000]).unwrap();
    let mut vault = place.open().unwrap();
    assert_eq!(read_all(&vault).unwrap(), good);
    let draft = vault.begin(Some(ids[0])).unwrap();
    assert_eq!(vault.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::LeftoverJournal);
    assert_eq!(fs::read(&wal).unwrap(), [0x37; 5000]);
    assert_eq!(place.files(), ["v.mykarte-vault", "v.mykarte-vault-wal"]);
}

#[cfg(unix)]
mod unix {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_file_is_the_owners_alone() {
        let (place, _) = Place::with_records(&[0]);
        assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    /// What a crash in the middle of a commit leaves: pages half written, the journal hot; readable for everyone.
    fn crash(path: &Path, copy: &Path) {
        let conn = rusqlite::Connection::open(path).unwrap();
        conn.execute_batch(
            "PRAGMA cache_size = 3; BEGIN IMMEDIATE; DELETE FROM chunk; DELETE FROM generation; \
             INSERT INTO chunk VALUES(5, randomblob(30000));",
        )
        .unwrap();
        for suffix in ["", "-journal"] {
            let name = |path: &Path| std::path::PathBuf::from(format!("{}{suffix}", path.display()));
            fs::copy(name(path), name(copy)).unwrap();
            set_mode(&name(copy), 0o444);
        }
        conn.execute_batch("ROLLBACK").unwrap();
    }

    /// Runs as a user who may write neither file nor folder: root is stopped by no permission, so the test starts itself
    /// again as `nobody`.
    #[test]
    fn a_read_only_file_in_a_read_only_folder_is_read() {
        let (place, _) = Place::with_records(&[2]);
        crash(&place.path, &place.dir.path().join("crashed"));
        set_mode(&place.path, 0o444);
        set_mode(place.dir.path(), 0o555);
        let key: Vec<String> = place.key.dangerous_bytes().iter().map(u8::to_string).collect();
        // A checkout may lie in a folder that only its owner enters; the copy lies where anybody may.
        let open_to_all = tempfile::tempdir().unwrap();
        set_mode(open_to_all.path(), 0o755);
        let program = open_to_all.path().join("reading");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let mut again = Command::new(&program);
        again.args(["--exact", "unix::as_a_stranger", "--ignored", "--nocapture"]);
        again.env("MYKARTE_TEST_VAULT", &place.path).env("MYKARTE_TEST_KEY", key.join(","));
        if fs::write(place.dir.path().join("probe"), b"").is_ok() {
            again.uid(65534).gid(65534);
        }
        let output = again.output().expect("the test binary starts again");
        set_mode(place.dir.path(), 0o755);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("read as a stranger"), "{said}");
    }

    #[test]
    #[ignore = "run by a_read_only_file_in_a_read_only_folder_is_read"]
    fn as_a_stranger() {
        let path = std::env::var_os("MYKARTE_TEST_VAULT").map(std::path::PathBuf::from).unwrap();
        let key: Vec<u8> =
            std::env::var("MYKARTE_TEST_KEY").unwrap().split(',').map(|byte| byte.parse().unwrap()).collect();
        let key = mykarte_vault::DataKey::dangerous_from_bytes(key.first_chunk().unwrap());
        let folder = path.parent().unwrap();
        assert!(fs::write(folder.join("x"), b"").is_err() && fs::File::options().write(true).open(&path).is_err());

        let vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
        let seen = read_all(&vault).unwrap();
        assert!(seen.len() > 5);
        drop(vault);
        let mut vault = Vault::open(&path, &passcode()).unwrap();
        let id = vault.records().unwrap()[0].id;
        let draft = vault.begin(Some(id)).unwrap();
        assert_eq!(vault.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::ReadOnly);
        assert_eq!(read_all(&vault).unwrap(), seen);
        let taken = Vault::create(folder.join("new"), &passcode(), KdfParams::dangerous_floor()).unwrap_err();
        assert_eq!(taken, VaultError::ReadOnly);

        // Just after a crash as well.
        let crashed = folder.join("crashed");
        assert!(folder.join("crashed-journal").exists() && fs::read(&crashed).unwrap() != fs::read(&path).unwrap());
        assert_eq!(read_all(&Vault::dangerous_open_with_data_key(&crashed, &key).unwrap()).unwrap(), seen);
        writeln!(std::io::stdout(), "read as a stranger").unwrap();
    }
}
