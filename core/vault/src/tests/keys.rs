//! A crash at any point of a change of keys: before or after, never between, and always a way in.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::{current, import, picture, vault_with, with_hook};
use crate::{KdfParams, NewSlots, Passcode, RecordId, RecoveryCode, Unlock, Vault, VaultError};

const CHUNKS: u32 = 3;
const FLOOR: KdfParams = KdfParams::dangerous_floor();

fn old_passcode() -> Passcode {
    Passcode::new("つなみ-2011".as_bytes()).unwrap()
}

fn new_passcode() -> Passcode {
    Passcode::new("たかだい-2024".as_bytes()).unwrap()
}

/// Runs `change` and returns a picture of the folder at each of its points.
fn pictures_of(
    dir: &Path,
    vault: &mut Vault,
    change: impl FnOnce(&mut Vault),
) -> (tempfile::TempDir, Vec<(&'static str, PathBuf)>) {
    let pictures = tempfile::tempdir().unwrap();
    let taken = Rc::new(RefCell::new(Vec::new()));
    let (from, to, log) = (dir.to_owned(), pictures.path().to_owned(), Rc::clone(&taken));
    let hook = move |name: &'static str| {
        let place = to.join(log.borrow().len().to_string());
        picture(&from, &place);
        log.borrow_mut().push((name, place));
        Ok(())
    };
    with_hook(hook, || change(vault));
    (pictures, taken.take())
}

/// Which of the ways open the vault in this picture, each finding the whole record.
fn opening(place: &Path, id: RecordId, ways: &[Unlock<'_>]) -> Vec<bool> {
    let opens = |unlock: &Unlock<'_>| match Vault::unlock(place.join("v"), *unlock) {
        Ok(vault) => current(&vault, id, CHUNKS) == Ok(1) && vault.slot_table_intact(),
        Err(VaultError::WrongPasscode { .. } | VaultError::WrongRecoveryCode | VaultError::NoSlot { .. }) => false,
        Err(other) => panic!("{other:?}"),
    };
    ways.iter().map(opens).collect()
}

#[test]
fn a_passcode_change_that_is_cut_off_leaves_the_old_the_new_or_both() {
    let (dir, _, mut vault, id) = vault_with(CHUNKS);
    let change = |vault: &mut Vault| vault.change_passcode(&new_passcode(), None, FLOOR).unwrap();
    let (_pictures, taken) = pictures_of(dir.path(), &mut vault, change);
    let (old, new) = (old_passcode(), new_passcode());
    let ways = [Unlock::Passcode(&old), Unlock::Passcode(&new)];
    let seen: Vec<_> = taken.iter().map(|(name, place)| (*name, opening(place, id, &ways))).collect();
    let expected = [
        ("keys: before the switch", vec![true, false]),
        ("keys: after the switch", vec![true, true]),
        ("compact", vec![true, true]),
        ("keys: before the switch", vec![true, true]),
        ("keys: after the switch", vec![false, true]),
        ("compact", vec![false, true]),
    ];
    assert_eq!(seen, expected);
    // The next change removes what the one that was cut off left behind.
    let mut half = Vault::unlock(taken[1].1.join("v"), ways[1]).unwrap();
    assert_eq!(half.slots().len(), 2);
    half.change_passcode(&Passcode::new(b"729461").unwrap(), None, FLOOR).unwrap();
    assert_eq!(half.slots().len(), 1);
}

#[test]
fn a_rekey_that_is_cut_off_leaves_all_of_the_old_or_all_of_the_new() {
    let (dir, _, mut vault, id) = vault_with(CHUNKS);
    let (old_code, new_code) = (RecoveryCode::make().unwrap(), RecoveryCode::make().unwrap());
    vault.set_recovery_code(&old_code).unwrap();
    let new = new_passcode();
    let slots = NewSlots { passcode: Some((&new, None)), biometric: None, recovery: Some(&new_code), params: FLOOR };
    let (_pictures, taken) = pictures_of(dir.path(), &mut vault, |vault| vault.rekey(slots).unwrap());
    let old = old_passcode();
    let ways =
        [Unlock::Passcode(&old), Unlock::Recovery(&old_code), Unlock::Passcode(&new), Unlock::Recovery(&new_code)];
    let seen: Vec<_> = taken.iter().map(|(_, place)| opening(place, id, &ways)).collect();
    let (before, after) = ([true, true, false, false], [false, false, true, true]);
    assert_eq!(seen, [before, after, after]);
}

/// An error after the commit (the folder could not be synced) is no error: the change is in the file.
#[test]
fn a_failing_change_of_keys_changes_nothing_or_is_done() {
    for (fatal, done) in [("keys: before the switch", false), ("keys: after the switch", true)] {
        let (_dir, path, mut vault, id) = vault_with(CHUNKS);
        let (first, code) = (RecoveryCode::make().unwrap(), RecoveryCode::make().unwrap());
        vault.set_recovery_code(&first).unwrap();
        let hook = move |name: &'static str| if name == fatal { Err(VaultError::DiskFull) } else { Ok(()) };
        let outcome = with_hook(hook, || vault.set_recovery_code(&code));
        assert_eq!(outcome, if done { Ok(()) } else { Err(VaultError::DiskFull) }, "{fatal}");
        drop(vault);
        let opens = |code: &RecoveryCode| Vault::unlock(&path, Unlock::Recovery(code)).is_ok();
        assert_eq!([opens(&first), opens(&code)], [!done, done]);
        let mut vault = Vault::open(&path, &old_passcode()).unwrap();
        assert_eq!(current(&vault, id, CHUNKS), Ok(1));
        vault.set_recovery_code(&first).unwrap();
        drop(vault);
        assert!(opens(&first));
    }
}

/// A change that was cut off left two passcodes; the next one, cut off as well, keeps the one the patient uses.
#[test]
fn the_passcode_in_use_stays_until_the_new_one_is_verified() {
    let (_dir, path, mut vault, id) = vault_with(CHUNKS);
    let cut_off = |vault: &mut Vault, text: &str| {
        let mut switches = 0;
        let hook = move |name: &'static str| {
            switches += u32::from(name == "keys: before the switch");
            if switches == 2 { Err(VaultError::DiskFull) } else { Ok(()) }
        };
        let passcode = Passcode::new(text.as_bytes()).unwrap();
        assert!(with_hook(hook, || vault.change_passcode(&passcode, None, FLOOR)).is_err());
    };
    cut_off(&mut vault, "second-one");
    drop(vault);
    let mut vault = Vault::open(&path, &old_passcode()).unwrap();
    cut_off(&mut vault, "third-one");
    drop(vault);
    let vault = Vault::open(&path, &old_passcode()).unwrap();
    assert_eq!(current(&vault, id, CHUNKS), Ok(1));
    drop(vault);
    Vault::open(&path, &Passcode::new(b"third-one").unwrap()).unwrap();
}

/// A disk that keeps something else than it was given: the new passcode is not taken for one that opens, so the old one stays.
/// And an import is not acknowledged, whichever of its values is another.
#[test]
fn what_the_disk_did_not_keep_is_not_done() {
    let tampered = |point: &'static str, path: &Path, sql: &'static str| {
        let (path, mut done) = (path.to_owned(), false);
        move |name: &'static str| {
            if name == point && !std::mem::replace(&mut done, true) {
                assert_eq!(rusqlite::Connection::open(&path).unwrap().execute(sql, []), Ok(1), "{sql}");
            }
            Ok(())
        }
    };
    let (_dir, path, mut vault, id) = vault_with(CHUNKS);
    let bend = "UPDATE slot SET wrapped = zeroblob(72) WHERE id = (SELECT max(id) FROM slot)";
    let new = Passcode::new(b"second-one").unwrap();
    let outcome = with_hook(tampered("compact", &path, bend), || vault.change_passcode(&new, None, FLOOR));
    assert!(outcome.is_err(), "{outcome:?}");
    drop(vault);
    assert_eq!(current(&Vault::open(&path, &old_passcode()).unwrap(), id, CHUNKS), Ok(1));

    for bend in [
        "UPDATE chunk SET sealed = zeroblob(9) WHERE id = (SELECT max(id) FROM chunk)",
        "UPDATE generation SET key = zeroblob(72) WHERE id = (SELECT id FROM generation ORDER BY rowid DESC LIMIT 1)",
        "UPDATE generation SET catalogue = zeroblob(9) WHERE id = (SELECT max(id) FROM generation)",
        "UPDATE generation SET manifest = zeroblob(9) WHERE id = (SELECT max(id) FROM generation)",
    ] {
        // The first of a record: there is no other generation to bend.
        let (_dir, path, mut vault, _) = vault_with(CHUNKS);
        let id = vault.records().unwrap()[0].id;
        vault.delete(id).unwrap();
        let hook = tampered("commit: after the switch", &path, bend);
        let outcome = with_hook(hook, || import(&mut vault, None, 2, CHUNKS));
        assert!(matches!(outcome, Err(VaultError::Damaged { .. })), "{bend}: {outcome:?}");
    }
}

#[test]
fn a_deletion_that_is_cut_off_is_finished_by_the_next() {
    let (_dir, path, mut vault, id) = vault_with(CHUNKS);
    let hook = |name: &'static str| if name.starts_with("retire") { Err(VaultError::DiskFull) } else { Ok(()) };
    assert_eq!(with_hook(hook, || vault.delete(id)), Err(VaultError::NotYetErased));
    assert!(vault.records().unwrap().is_empty());
    drop(vault);
    let rows = || -> u32 {
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.query_row("SELECT (SELECT count(*) FROM generation) + (SELECT count(*) FROM chunk)", [], |r| r.get(0))
            .unwrap()
    };
    assert_eq!(rows(), 1 + CHUNKS);
    let mut vault = Vault::open(&path, &old_passcode()).unwrap();
    assert_eq!((vault.erase_leftovers(), rows()), (Ok(true), 0));
    assert_eq!(vault.erase_leftovers(), Ok(false));
}

/// The writer's clock is shown and decides nothing: a state dated long ago or far ahead opens, is compared and written on.
#[test]
fn a_clock_ten_years_off_changes_nothing() {
    let (_dir, path, mut vault, id) = vault_with(CHUNKS);
    let kept = vault.anchor();
    for written_at in [0, kept.written_at + 315_360_000, u64::MAX] {
        let mut head = vault.head.clone();
        head.written_at = written_at;
        let sealed = head.seal(&vault.header, &vault.data_key).unwrap();
        drop(vault);
        rusqlite::Connection::open(&path).unwrap().execute("UPDATE head SET sealed = ?1", [&sealed]).unwrap();
        vault = Vault::open(&path, &old_passcode()).unwrap();
        assert_eq!((current(&vault, id, CHUNKS), vault.anchor().written_at), (Ok(1), written_at));
        let before = vault.anchor();
        super::import(&mut vault, Some(id), 1, CHUNKS).unwrap();
        assert_eq!(vault.check_anchor(Some(&before)), crate::AnchorCheck::Ahead);
    }
}
