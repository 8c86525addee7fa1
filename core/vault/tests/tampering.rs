//! Nothing in the file can be bent, moved, removed or put back unnoticed (D12, D13).
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use common::{Place, import, is_refusal, passcode, read_all, tamper};
use mykarte_vault::{DataKey, KdfParams, Part, Unlock, Vault, VaultError};

/// Every byte of the file: flipped, it leads to an error or changes nothing that is read.
#[test]
fn any_flipped_byte_is_an_error_or_changes_nothing() {
    let (place, _) = Place::with_records(&[0]);
    let good = read_all(&place.open().unwrap()).unwrap();
    let size = usize::try_from(std::fs::metadata(&place.path).unwrap().len()).unwrap();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let noticed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| (place.dir.path().join(format!("copy {worker}")), worker, &place, &good))
            .map(|(copy, worker, place, good)| {
                std::fs::copy(&place.path, &copy).unwrap();
                scope.spawn(move || {
                    (worker..size).step_by(workers).filter(|at| flip(&copy, *at, &place.key, good)).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    // Three sealed and padded values of 4 KiB and more, the head, the header, the slot: these bytes all count.
    assert!(noticed > 3 * 4096 + 1024, "only {noticed} of {size} flips noticed");
    assert_eq!(place.files().len(), 1 + workers, "a file was left beside the vault");
}

/// Flips a bit (a different one at each place), reads everything, puts it back. Whether the flip was noticed.
fn flip(path: &Path, at: usize, key: &DataKey, good: &[Vec<u8>]) -> bool {
    let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    let put = |file: &mut File, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    file.seek(SeekFrom::Start(at as u64)).unwrap();
    file.read_exact(&mut byte).unwrap();
    put(&mut file, byte[0] ^ (1 << (at % 8)));
    let seen = Vault::dangerous_open_with_data_key(path, key).and_then(|vault| read_all(&vault));
    put(&mut file, byte[0]);
    seen.is_err() || {
        assert_eq!(seen.as_deref(), Ok(good), "byte {at}");
        false
    }
}

/// The same through the passcode for every field of the slot and the header.
#[test]
fn any_bent_slot_field_keeps_the_passcode_from_opening() {
    let bends = [
        "UPDATE slot SET id = 2",
        "UPDATE slot SET kind = 2",
        "UPDATE slot SET m_kib = m_kib + 1",
        "UPDATE slot SET m_kib = 4194304",
        "UPDATE slot SET m_kib = 8",
        "UPDATE slot SET t = t + 1",
        "UPDATE slot SET p = p + 1",
        "UPDATE slot SET p = -1",
        "UPDATE slot SET salt = zeroblob(16)",
        "UPDATE slot SET salt = zeroblob(15)",
        "UPDATE slot SET wrapped = zeroblob(72)",
        "UPDATE slot SET wrapped = substr(wrapped, 1, 71)",
        "DELETE FROM slot",
        "UPDATE header SET format = 2",
        "UPDATE header SET suite = 2",
        "UPDATE header SET flags = 1",
        "UPDATE header SET vault_id = zeroblob(16)",
        "UPDATE header SET commitment = zeroblob(32)",
        "DELETE FROM header",
    ];
    for sql in bends {
        let (place, _) = Place::with_records(&[0]);
        assert_eq!(tamper(&place.path, sql), 1, "{sql}");
        let error = Vault::open(&place.path, &passcode()).unwrap_err();
        assert!(is_refusal(&error), "{sql}: {error:?}");
    }
}

/// A slot that the head does not name opens nothing and keeps the vault from being written; a third passcode, which no
/// change of ours leaves, is refused before it costs a key derivation.
#[test]
fn added_slots_are_noticed() {
    let (place, ids) = Place::with_records(&[0]);
    let add =
        |id: u32| format!("INSERT INTO slot SELECT {id}, kind, m_kib, t, p, salt, wrapped FROM slot WHERE id = 1");
    assert_eq!(tamper(&place.path, &add(2)), 1);
    let mut vault = Vault::open(&place.path, &passcode()).unwrap();
    assert!(!vault.slot_table_intact());
    read_all(&vault).unwrap();
    let damaged = VaultError::Damaged { part: Part::SlotTable };
    assert_eq!(vault.set_recovery_code(&mykarte_vault::RecoveryCode::make().unwrap()).unwrap_err(), damaged);
    assert_eq!(vault.delete(ids[0]).unwrap_err(), damaged);
    drop(vault);
    assert_eq!(tamper(&place.path, &add(3)), 1);
    assert_eq!(Vault::open(&place.path, &passcode()).unwrap_err(), damaged);
}

/// The counter of wrong tries is a bound for fingers and no part of the record: where it cannot even be parsed, all opens.
#[test]
fn a_try_counter_that_cannot_be_parsed_locks_nobody_out() {
    let (place, _) = Place::with_records(&[1]);
    let seen = read_all(&place.open().unwrap()).unwrap();
    let sql = rusqlite::Connection::open(&place.path).unwrap();
    let vault_id: Vec<u8> = sql.query_row("SELECT vault_id FROM header", [], |row| row.get(0)).unwrap();
    drop(sql);
    let mut bytes = std::fs::read(&place.path).unwrap();
    let at = bytes.windows(16).position(|window| window == vault_id).unwrap();
    // The type of the last column stands before the first value that takes room; so it runs past the row's own header.
    bytes[at - 1] |= 0x80;
    std::fs::write(&place.path, &bytes).unwrap();
    assert_eq!(place.open().and_then(|vault| read_all(&vault)), Ok(seen.clone()));
    assert_eq!(Vault::open(&place.path, &passcode()).and_then(|vault| read_all(&vault)), Ok(seen));
}

/// A damaged slot that was not used does not hide the record, but nothing is written over it.
#[test]
fn a_bent_slot_table_is_read_with_a_warning_and_never_written() {
    let (place, ids) = Place::with_records(&[1]);
    tamper(&place.path, "INSERT INTO slot VALUES(7, 3, 0, 0, 0, zeroblob(16), zeroblob(72))");
    let mut vault = Vault::open(&place.path, &passcode()).unwrap();
    assert!(!vault.slot_table_intact());
    read_all(&vault).unwrap();
    let draft = vault.begin(Some(ids[0])).unwrap();
    let refused = vault.commit(draft, b"", b"", Vec::new()).unwrap_err();
    assert_eq!(refused, VaultError::Damaged { part: Part::SlotTable });
}

/// A free list that names a page in use: reading goes on, writing would destroy the page and is refused (D16).
#[test]
fn a_bent_free_list_is_read_and_never_written() {
    let (place, ids) = Place::with_records(&[2]);
    let mut bytes = std::fs::read(&place.path).unwrap();
    // A new trunk page whose one leaf is the page before it, which holds a chunk.
    let used = u32::try_from(bytes.len() / 4096).unwrap();
    let mut trunk = [[0; 4], 1_u32.to_be_bytes(), used.to_be_bytes()].concat();
    trunk.resize(4096, 0);
    bytes.extend(trunk);
    bytes[28..32].copy_from_slice(&(used + 1).to_be_bytes());
    bytes[32..36].copy_from_slice(&(used + 1).to_be_bytes());
    bytes[36..40].copy_from_slice(&2_u32.to_be_bytes());
    std::fs::write(&place.path, &bytes).unwrap();
    let mut vault = place.open().unwrap();
    let seen = read_all(&vault).unwrap();
    let draft = vault.begin(Some(ids[0])).unwrap();
    let refused = vault.commit(draft, b"", b"", Vec::new()).unwrap_err();
    assert_eq!(refused, VaultError::Damaged { part: Part::Database });
    assert_eq!(read_all(&vault).unwrap(), seen);
    assert_eq!(std::fs::read(&place.path).unwrap(), bytes);
}

#[test]
fn swapped_and_removed_rows_are_noticed() {
    let swap = |table: &str, column: &str| {
        format!(
            "CREATE TEMP TABLE two AS SELECT id, {column} AS value FROM {table} ORDER BY id LIMIT 2; \
             UPDATE {table} SET {column} = (SELECT value FROM two WHERE two.id <> {table}.id) \
             WHERE id IN (SELECT id FROM two)"
        )
    };
    let cases = [
        (swap("chunk", "sealed"), Part::Chunk),
        ("DELETE FROM chunk WHERE id = (SELECT min(id) FROM chunk)".to_owned(), Part::Chunk),
        (swap("generation", "key"), Part::GenerationKey),
        (swap("generation", "manifest"), Part::Manifest),
        (swap("generation", "catalogue"), Part::Catalogue),
        ("DELETE FROM generation WHERE id = (SELECT min(id) FROM generation)".to_owned(), Part::GenerationKey),
        ("DELETE FROM head".to_owned(), Part::Head),
        ("UPDATE head SET sealed = 5".replace('5', "zeroblob(1064)"), Part::Head),
        ("CREATE VIEW extra AS SELECT 1".to_owned(), Part::Schema),
        ("CREATE TABLE extra(x)".to_owned(), Part::Schema),
    ];
    for (sql, part) in cases {
        let (place, _) = Place::with_records(&[1, 2]);
        tamper(&place.path, &sql);
        let error = place.open().and_then(|vault| read_all(&vault)).unwrap_err();
        assert_eq!(error, VaultError::Damaged { part }, "{sql}");
    }
}

/// Two whole generation rows exchanged, keys and all: each opens only where the head expects it.
#[test]
fn whole_generations_cannot_change_places() {
    let (place, _) = Place::with_records(&[1, 1]);
    tamper(
        &place.path,
        "CREATE TEMP TABLE two AS SELECT * FROM generation; DELETE FROM generation; \
         INSERT INTO generation SELECT (SELECT o.id FROM two o WHERE o.id <> two.id), key, catalogue, manifest FROM two",
    );
    let error = place.open().and_then(|vault| read_all(&vault)).unwrap_err();
    assert_eq!(error, VaultError::Damaged { part: Part::GenerationKey });
}

/// An older generation, put back row by row under the new head, is not believed.
#[test]
fn a_replayed_generation_is_noticed() {
    let (place, ids) = Place::with_records(&[1]);
    let old = place.dir.path().join("old");
    std::fs::copy(&place.path, &old).unwrap();
    let mut vault = place.open().unwrap();
    import(&mut vault, Some(ids[0]), 9, 1);
    drop(vault);
    let attach = format!("ATTACH '{}' AS old;", old.display());
    let replays = [
        ("UPDATE generation SET key = (SELECT key FROM old.generation)", Part::GenerationKey),
        ("UPDATE generation SET catalogue = (SELECT catalogue FROM old.generation)", Part::Catalogue),
        ("UPDATE generation SET manifest = (SELECT manifest FROM old.generation)", Part::Manifest),
        ("UPDATE chunk SET sealed = (SELECT sealed FROM old.chunk LIMIT 1)", Part::Chunk),
    ];
    for (sql, part) in replays {
        let bent = place.dir.path().join("bent");
        std::fs::copy(&place.path, &bent).unwrap();
        tamper(&bent, &format!("{attach}{sql}"));
        let error =
            Vault::dangerous_open_with_data_key(&bent, &place.key).and_then(|vault| read_all(&vault)).unwrap_err();
        assert_eq!(error, VaultError::Damaged { part }, "{sql}");
    }
    // The old head as well: its generation is gone, so the vault opens and every part of the record is missing.
    tamper(&place.path, &format!("{attach}UPDATE head SET sealed = (SELECT sealed FROM old.head)"));
    assert!(read_all(&place.open().unwrap()).is_err());
}

/// A whole file rolled back is a valid file; only an anchor kept elsewhere tells.
#[test]
fn a_rolled_back_file_shows_in_the_anchor() {
    let (place, ids) = Place::with_records(&[1]);
    let before = std::fs::read(&place.path).unwrap();
    let mut vault = place.open().unwrap();
    let old = vault.anchor();
    import(&mut vault, Some(ids[0]), 1, 1);
    let new = vault.anchor();
    drop(vault);
    assert_eq!(place.open().unwrap().anchor(), new);
    std::fs::write(&place.path, before).unwrap();
    assert_eq!(place.open().unwrap().anchor(), old);
    assert!(old.counter < new.counter && old.head_hash != new.head_hash);
}

#[test]
fn a_damaged_chunk_or_catalogue_hides_nothing_else() {
    let (place, ids) = Place::with_records(&[2, 1]);
    tamper(&place.path, "UPDATE chunk SET sealed = zeroblob(4136) WHERE id = (SELECT max(id) FROM chunk)");
    let vault = place.open().unwrap();
    let mut outcome = Vec::new();
    for id in &ids {
        for section in vault.sections(*id).unwrap() {
            outcome.extend(section.chunks.iter().map(|chunk| vault.chunk(*id, &section.section, chunk.seq)));
        }
    }
    let damaged = outcome.iter().filter(|chunk| chunk.is_err()).count();
    assert_eq!((outcome.len(), damaged), (5, 1));
    drop(vault);

    tamper(&place.path, "UPDATE generation SET catalogue = x'00' WHERE id = (SELECT max(id) FROM generation)");
    let records = place.open().unwrap().records().unwrap();
    assert_eq!(records.iter().filter(|record| record.catalogue.is_err()).count(), 1);
    assert_eq!(records.iter().filter(|record| record.label.starts_with(b"label")).count(), 2);
}

/// A bent slot that nobody uses locks nobody out (ADR 0008): its passcode opens, nothing is written, and a copy still gets
/// the records away from the damaged file.
#[test]
fn a_damaged_slot_keeps_no_other_from_opening() {
    let code = mykarte_vault::RecoveryCode::make().unwrap();
    let bends = [
        "UPDATE slot SET kind = 1 WHERE kind = 3",
        "UPDATE slot SET id = -2 WHERE kind = 3",
        "UPDATE slot SET salt = zeroblob(15) WHERE kind = 3",
        "UPDATE slot SET m_kib = -1 WHERE kind = 3",
        "UPDATE slot SET wrapped = zeroblob(72) WHERE kind = 1",
    ];
    for (number, sql) in bends.into_iter().enumerate() {
        let (place, _) = Place::with_records(&[2]);
        let mut vault = place.open().unwrap();
        vault.set_recovery_code(&code).unwrap();
        let seen = read_all(&vault).unwrap();
        drop(vault);
        assert_eq!(tamper(&place.path, sql), 1, "{sql}");
        let other = Unlock::Recovery(&code);
        let typed = passcode();
        let unlock = if number < 4 { Unlock::Passcode(&typed) } else { other };
        let vault = Vault::unlock(&place.path, unlock).unwrap();
        assert!(!vault.slot_table_intact(), "{sql}");
        assert_eq!(read_all(&vault).unwrap(), seen, "{sql}");
        let target = place.dir.path().join("copy");
        if number < 4 {
            assert!(vault.copy(&target, None).is_err(), "{sql}");
            // A code for the copy alone: what is read here is not lost because nothing may be written here.
            let before = std::fs::read(&place.path).unwrap();
            let code = mykarte_vault::RecoveryCode::make().unwrap();
            assert_eq!(vault.copy(&target, Some(&code)), Ok(0), "{sql}");
            assert!(std::fs::read(&place.path).unwrap() == before, "{sql}");
            assert_eq!(Vault::unlock(&target, other).unwrap_err(), VaultError::WrongRecoveryCode, "{sql}");
            let mut copy = Vault::unlock(&target, Unlock::Recovery(&code)).unwrap();
            assert_eq!(read_all(&copy).unwrap(), seen, "{sql}");
            assert!(copy.slot_table_intact(), "{sql}");
            copy.change_passcode(&passcode(), None, KdfParams::dangerous_floor()).unwrap();
        } else {
            assert_eq!(vault.copy(&target, None), Ok(0));
            assert_eq!(read_all(&Vault::unlock(&target, other).unwrap()).unwrap(), seen);
        }
    }
}

#[test]
fn a_copy_says_what_was_damaged_already() {
    let (place, _) = Place::with_records(&[4, 1]);
    let code = mykarte_vault::RecoveryCode::make().unwrap();
    place.open().unwrap().set_recovery_code(&code).unwrap();
    tamper(&place.path, "UPDATE chunk SET sealed = zeroblob(4136) WHERE id = (SELECT min(id) FROM chunk)");
    let target = place.dir.path().join("copy");
    assert_eq!(place.open().unwrap().copy(&target, None), Ok(1));
    Vault::unlock(&target, Unlock::Recovery(&code)).unwrap();
}

/// What belongs to no generation goes with the next deletion, and a generation whose row is lost can still be deleted.
#[test]
fn a_deletion_leaves_no_orphan() {
    let (place, ids) = Place::with_records(&[2, 3]);
    tamper(&place.path, "INSERT INTO chunk VALUES(5, x'00')");
    let mut vault = place.open().unwrap();
    vault.delete(ids[0]).unwrap();
    drop(vault);
    tamper(&place.path, "DELETE FROM generation");
    let mut vault = place.open().unwrap();
    vault.delete(ids[1]).unwrap();
    assert!(vault.records().unwrap().is_empty());
}
