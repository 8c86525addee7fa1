//! Every two sealed values of a vault change places: what is damaged is what hangs on the one and on the other, and nothing
//! else is touched.
//! All pairs: of three records with `MYKARTE_CHUNKS` chunks each, 101,475 of them with the 147 of `./x evidence`.

use std::collections::BTreeSet;
use std::path::Path;

use mykarte_vault::{DataKey, KdfParams, Vault, VaultError};
use rusqlite::{Connection, params};

use super::common::{Parts, damaged, passcode, read_parts};
use super::setting;

const RECORDS: u32 = 3;

/// A value and where it is: table, column, row.
type Cell = (&'static str, &'static str, i64, Vec<u8>);

fn many(path: &Path, chunks: u32) -> DataKey {
    let mut vault = Vault::create(path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    for record in 0..RECORDS {
        let draft = vault.begin(None).unwrap();
        let chunk = |seq: u32| draft.seal("labs", seq, b"meta", format!("chunk {seq} of {record}").as_bytes()).unwrap();
        let chunks = (0..chunks).map(chunk).collect();
        vault.commit(draft, format!("label {record}").as_bytes(), b"catalogue", chunks).unwrap();
    }
    vault.dangerous_data_key()
}

fn cells(conn: &Connection) -> Vec<Cell> {
    let columns = [
        ("head", "sealed"),
        ("generation", "key"),
        ("generation", "catalogue"),
        ("generation", "manifest"),
        ("chunk", "sealed"),
    ];
    let mut all = Vec::new();
    for (table, column) in columns {
        let mut query = conn.prepare(&format!("SELECT id, {column} FROM {table} ORDER BY id")).unwrap();
        let rows = query.query_map([], |row| Ok((table, column, row.get(0)?, row.get(1)?))).unwrap();
        all.extend(rows.map(Result::unwrap));
    }
    all
}

#[test]
fn any_two_values_that_change_places_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let chunks = setting("MYKARTE_CHUNKS", 5) as u32;
    let key = many(&path, chunks);
    let good = read_parts(&Vault::dangerous_open_with_data_key(&path, &key).unwrap()).unwrap();
    let cells = cells(&Connection::open(&path).unwrap());
    // What hangs on each: where it is gone, that is gone and no more.
    let alone: Vec<Damage> = cells.iter().map(|cell| damage(&path, &key, &good, &[(cell, &[0; 72])])).collect();
    assert!(alone.iter().all(|damage| !damage.is_empty()));
    assert_eq!(alone.iter().filter(|damage| damage.len() == 1).count(), (RECORDS * (chunks + 1)) as usize);
    let pairs: Vec<(usize, usize)> = (0..cells.len()).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    std::thread::scope(|scope| {
        for (worker, some) in pairs.chunks(pairs.len().div_ceil(2)).enumerate() {
            let copy = dir.path().join(format!("copy {worker}"));
            std::fs::copy(&path, &copy).unwrap();
            let (key, good, cells, alone) = (&key, &good, &cells, &alone);
            scope.spawn(move || {
                for (a, b) in some {
                    let (one, two) = (&cells[*a], &cells[*b]);
                    let found = damage(&copy, key, good, &[(one, &two.3), (two, &one.3)]);
                    let what = format!("{} {} and {} {}", one.1, one.2, two.1, two.2);
                    assert_eq!(found, &alone[*a] | &alone[*b], "{what}");
                }
            });
        }
    });
    println!("{} pairs of {} values: what hangs on them is damaged, and nothing else", pairs.len(), cells.len());
}

/// What cannot be read, by name; all of it where the vault does not open.
type Damage = BTreeSet<String>;

/// Puts values into cells, looks, and puts theirs back.
fn damage(path: &Path, key: &DataKey, good: &Parts, cells: &[(&Cell, &[u8])]) -> Damage {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;").unwrap();
    let put = |(table, column, id, _): &Cell, value: &[u8]| {
        conn.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2"), params![value, id]).unwrap();
    };
    cells.iter().for_each(|(cell, value)| put(cell, value));
    let what: Vec<String> = cells.iter().map(|(cell, _)| format!("{}.{} {}", cell.0, cell.1, cell.2)).collect();
    let damage = match Vault::dangerous_open_with_data_key(path, key).and_then(|vault| read_parts(&vault)) {
        Err(error) => {
            assert!(matches!(error, VaultError::Damaged { .. }), "{what:?}: {error:?}");
            good.keys().cloned().collect()
        }
        Ok(seen) => damaged(good, &seen, &what.concat()).into_iter().collect(),
    };
    cells.iter().for_each(|(cell, _)| put(cell, &cell.3));
    damage
}
