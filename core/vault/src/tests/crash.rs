//! Before or after, never between: errors and crashes at every point of a commit, and reading what they leave without a
//! write.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use rusqlite::Connection;

use super::{current, import, picture, torn_between, vault_with, with_hook};
use crate::{DataKey, KdfParams, Passcode, Ready, RecordId, Vault, VaultError};
use zeroize::Zeroizing;

const CHUNKS: u32 = 6;

fn reopen(path: &Path, key: &DataKey, id: RecordId) -> Result<u8, VaultError> {
    current(&Vault::dangerous_open_with_data_key(path, key)?, id, CHUNKS)
}

fn files(dir: &Path) -> usize {
    std::fs::read_dir(dir).unwrap().count()
}

#[test]
fn an_error_at_any_point_leaves_one_whole_generation() {
    let points = [
        ("commit: before the switch", 1, Err(VaultError::DiskFull)),
        // The change is in the file: it is done, whatever was said afterwards.
        ("commit: after the switch", 2, Ok(())),
        ("retire: before the commit", 2, Ok(())),
    ];
    for (fatal, left, outcome) in points {
        let (dir, path, mut vault, id) = vault_with(CHUNKS);
        let key = vault.dangerous_data_key();
        let hook = move |name: &'static str| {
            if name == fatal { Err(VaultError::DiskFull) } else { Ok(()) }
        };
        let result = with_hook(hook, || import(&mut vault, Some(id), 2, CHUNKS)).map(|_| ());
        assert_eq!(result, outcome, "{fatal}");
        drop(vault);
        assert_eq!(reopen(&path, &key, id), Ok(left), "{fatal}");
        assert_eq!(files(dir.path()), 1);
        // The next import works and sweeps what was left behind.
        let mut vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
        import(&mut vault, Some(id), 3, CHUNKS).unwrap();
        drop(vault);
        assert_eq!(reopen(&path, &key, id), Ok(3));
        let rows: u32 = Connection::open(&path)
            .unwrap()
            .query_row("SELECT (SELECT count(*) FROM generation) + (SELECT count(*) FROM chunk)", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1 + CHUNKS);
    }
}

#[test]
fn an_error_or_crash_at_birth_leaves_no_vault() {
    for fatal in ["create: before the name", "create: after the name"] {
        let dir = tempfile::tempdir().unwrap();
        let (path, crashed) = (dir.path().join("sub").join("v"), dir.path().join("crashed"));
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        let passcode = Passcode::new(b"ocean-7294").unwrap();
        let mut vault = Vault::create(&path, &passcode, KdfParams::dangerous_floor()).unwrap();
        let (from, to) = (dir.path().join("sub"), crashed.clone());
        let hook = move |name: &'static str| {
            if name != fatal {
                return Ok(());
            }
            picture(&from, &to);
            Err(VaultError::DiskFull)
        };
        let refused = with_hook(hook, || import(&mut vault, None, 1, CHUNKS)).unwrap_err();
        assert_eq!((refused, files(&dir.path().join("sub"))), (VaultError::DiskFull, 0));

        // A kill at that moment: either no vault under the name, or a whole one; and a new attempt tidies up.
        let there = crashed.join("v").exists();
        assert_eq!(there, fatal == "create: after the name");
        if !there {
            assert_eq!(files(&crashed), 1);
            drop(Vault::create(crashed.join("v"), &passcode, KdfParams::dangerous_floor()).unwrap());
            assert_eq!(files(&crashed), 0);
        }
    }
}

/// Killed between getting its name and losing the passing one, a vault has two: who deletes the file would not delete it.
#[test]
fn a_second_name_from_birth_goes_with_the_next_write() {
    let (dir, path, mut vault, id) = vault_with(1);
    std::fs::hard_link(&path, dir.path().join(".v.0123456789abcdef.new")).unwrap();
    std::fs::write(dir.path().join(".v.another.new"), b"somebody else's").unwrap();
    import(&mut vault, Some(id), 2, 1).unwrap();
    assert_eq!((current(&vault, id, 1), files(dir.path())), (Ok(2), 2));
}

/// Another file takes the name, or an old journal turns up, after `create` looked: neither is replaced nor replayed.
#[test]
fn what_appears_under_the_name_meanwhile_stays() {
    let passcode = Passcode::new(b"ocean-7294").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let mut vault = Vault::create(&path, &passcode, KdfParams::dangerous_floor()).unwrap();
    let taken = path.clone();
    let hook = move |name: &'static str| {
        if name == "create: before the name" {
            std::fs::write(&taken, b"precious").unwrap();
        }
        Ok(())
    };
    assert_eq!(with_hook(hook, || import(&mut vault, None, 1, 1)), Err(VaultError::AlreadyExists));
    assert_eq!((std::fs::read(&path).unwrap(), files(dir.path())), (b"precious".to_vec(), 1));

    std::fs::rename(&path, dir.path().join("v-journal")).unwrap();
    assert_eq!(import(&mut vault, None, 1, 1), Err(VaultError::LeftoverJournal));
    assert_eq!(files(dir.path()), 1);
}

/// Pictures of the folder at every point of a re-import: each opens, holds one whole generation, and is not written to.
#[test]
fn a_crash_at_any_point_leaves_one_whole_generation() {
    let (dir, _path, mut vault, id) = vault_with(CHUNKS);
    let key = vault.dangerous_data_key();
    let pictures = tempfile::tempdir().unwrap();
    let taken = Rc::new(RefCell::new(Vec::new()));
    let (from, to, log) = (dir.path().to_owned(), pictures.path().to_owned(), Rc::clone(&taken));
    let hook = move |name: &'static str| {
        let place = to.join(name.replace([':', ' '], "_"));
        picture(&from, &place);
        log.borrow_mut().push(place);
        Ok(())
    };
    with_hook(hook, || import(&mut vault, Some(id), 2, CHUNKS)).unwrap();
    let left: Vec<_> = taken.borrow().iter().map(|place| reopen(&place.join("v"), &key, id)).collect();
    assert_eq!(left, [Ok(1), Ok(2), Ok(2)]);
}

/// A record and the keys that received it change together: at every point of the commit both are old or both are new.
#[test]
fn a_crash_never_parts_records_that_are_committed_together() {
    let (dir, _path, mut vault, first) = vault_with(CHUNKS);
    let draft = vault.begin(None).unwrap();
    let second = vault.commit(draft, b"keys", b"1", Vec::new()).unwrap().id;
    let key = vault.dangerous_data_key();
    let both = |vault: &Vault, n: &[u8]| -> Vec<Ready> {
        let ready = |id| Ready {
            draft: vault.begin(Some(id)).unwrap(),
            label: Zeroizing::default(),
            catalogue: Zeroizing::new(n.to_vec()),
            chunks: Vec::new(),
        };
        vec![ready(first), ready(second)]
    };
    vault.commit_all(both(&vault, b"old")).unwrap();
    let mut twice = both(&vault, b"new");
    twice.extend(both(&vault, b"new"));
    assert_eq!(vault.commit_all(twice), Err(VaultError::StaleDraft), "one generation of a record at a time");

    let pictures = tempfile::tempdir().unwrap();
    let taken = Rc::new(RefCell::new(Vec::new()));
    let (from, to, log) = (dir.path().to_owned(), pictures.path().to_owned(), Rc::clone(&taken));
    let hook = move |name: &'static str| {
        let place = to.join(name.replace([':', ' '], "_"));
        picture(&from, &place);
        log.borrow_mut().push(place);
        Ok(())
    };
    let new = both(&vault, b"new");
    with_hook(hook, || vault.commit_all(new)).unwrap();
    let held = |place: &std::path::PathBuf| {
        let vault = Vault::dangerous_open_with_data_key(place.join("v"), &key).unwrap();
        let heads = vault.records().unwrap();
        heads.into_iter().map(|head| head.catalogue.unwrap().to_vec()).collect::<Vec<_>>()
    };
    let states: Vec<Vec<Vec<u8>>> = taken.borrow().iter().map(held).collect();
    let pair = |text: &[u8]| vec![text.to_vec(), text.to_vec()];
    assert_eq!(states, [pair(b"old"), pair(b"new"), pair(b"new")]);
}

/// The page cache overflows in the middle of a commit: file half new, journal hot. Reading puts it right in memory and
/// writes nothing; the next commit puts it right on the disk.
#[test]
fn a_hot_journal_is_read_round_without_a_write() {
    let (_dir, path, vault, id) = vault_with(CHUNKS);
    let key = vault.dangerous_data_key();
    drop(vault);
    let crashed = tempfile::tempdir().unwrap();
    let copy = crashed.path().join("v");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA cache_size = 3; PRAGMA secure_delete = ON; BEGIN IMMEDIATE").unwrap();
    conn.execute_batch("DELETE FROM chunk; UPDATE generation SET key = zeroblob(72), manifest = zeroblob(9000)")
        .unwrap();
    conn.execute_batch("INSERT INTO chunk VALUES(5, randomblob(30000))").unwrap();
    picture(path.parent().unwrap(), crashed.path());
    conn.execute_batch("ROLLBACK").unwrap();
    drop(conn);

    let journal = crashed.path().join("v-journal");
    let before = (std::fs::read(&copy).unwrap(), std::fs::read(&journal).unwrap());
    assert_ne!(before.0, std::fs::read(&path).unwrap(), "the picture shows no half-written file");
    let mut vault = Vault::dangerous_open_with_data_key(&copy, &key).unwrap();
    assert_eq!(current(&vault, id, CHUNKS), Ok(1));
    assert_eq!((std::fs::read(&copy).unwrap(), std::fs::read(&journal).unwrap()), before);
    assert_eq!(files(crashed.path()), 2);

    import(&mut vault, Some(id), 2, CHUNKS).unwrap();
    drop(vault);
    assert_eq!((reopen(&copy, &key, id), files(crashed.path())), (Ok(2), 1));

    // A journal that lies is damage, not a panic: bend it everywhere.
    std::fs::write(&copy, &before.0).unwrap();
    for at in (0..before.1.len()).step_by(251) {
        let mut bent = before.1.clone();
        bent[at] ^= 0x81;
        std::fs::write(&journal, bent).unwrap();
        if let Ok(seed) = reopen(&copy, &key, id) {
            assert_eq!(seed, 1);
        }
    }
}

/// What an import left over is in a file that lies open after a crash, too: erasing it says what the disk has, not what was
/// read round in memory.
#[test]
fn leftovers_are_erased_also_where_a_journal_is_hot() {
    let (_dir, path, mut vault, id) = vault_with(CHUNKS);
    let key = vault.dangerous_data_key();
    let hook = |name: &'static str| if name.starts_with("retire") { Err(VaultError::DiskFull) } else { Ok(()) };
    with_hook(hook, || import(&mut vault, Some(id), 2, CHUNKS)).unwrap();
    drop(vault);
    let crashed = tempfile::tempdir().unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA cache_size = 3; PRAGMA secure_delete = ON; BEGIN IMMEDIATE; DELETE FROM chunk").unwrap();
    picture(path.parent().unwrap(), crashed.path());
    conn.execute_batch("ROLLBACK").unwrap();
    assert_eq!(files(crashed.path()), 2);

    let mut vault = Vault::dangerous_open_with_data_key(crashed.path().join("v"), &key).unwrap();
    assert_eq!((vault.erase_leftovers(), files(crashed.path())), (Ok(true), 1));
    assert_eq!((vault.erase_leftovers(), current(&vault, id, CHUNKS)), (Ok(false), Ok(2)));
}

/// A power cut while the pages of a commit are being written: any part of them may be on the disk. The journal must bring
/// back the old generation from each such mixture.
#[test]
fn torn_commits_read_as_the_old_generation() {
    let (dir, path, mut vault, id) = vault_with(CHUNKS);
    let key = vault.dangerous_data_key();
    let old = std::fs::read(&path).unwrap();
    let taken = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().to_owned(), taken.path().to_owned());
    let hook = move |name: &'static str| {
        if name == "commit: before the switch" {
            picture(&from, &to);
        }
        // Keep both generations, so that the file after the commit has all pages the commit wrote.
        if name.starts_with("retire") { Err(VaultError::DiskFull) } else { Ok(()) }
    };
    with_hook(hook, || import(&mut vault, Some(id), 2, CHUNKS)).unwrap();
    let new = std::fs::read(&path).unwrap();

    torn_between(&old, &new, &taken.path().join("v-journal"), |torn, page| {
        assert_eq!(reopen(torn, &key, id), Ok(1), "the first {page} pages were written");
    });
}
