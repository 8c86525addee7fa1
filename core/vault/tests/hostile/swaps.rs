//! Every two sealed values of a vault change places: both are noticed where they stand, and nothing else is touched.
//! `MYKARTE_SWAPS` of the pairs; `./x evidence` tries all 101,475 of a vault of 451 values.

use std::path::Path;

use mykarte_vault::{DataKey, KdfParams, Vault, VaultError};
use rusqlite::{Connection, params};

use super::common::{Parts, damaged, passcode, read_parts};
use super::{Dice, setting};

const RECORDS: u32 = 3;
const CHUNKS: u32 = 147;

/// A value and where it is: table, column, row.
type Cell = (&'static str, &'static str, i64, Vec<u8>);

fn many(path: &Path) -> DataKey {
    let mut vault = Vault::create(path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    for record in 0..RECORDS {
        let draft = vault.begin(None).unwrap();
        let chunk = |seq: u32| draft.seal("labs", seq, b"meta", format!("chunk {seq} of {record}").as_bytes()).unwrap();
        let chunks = (0..CHUNKS).map(chunk).collect();
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
    let key = many(&path);
    let good = read_parts(&Vault::dangerous_open_with_data_key(&path, &key).unwrap()).unwrap();
    let cells = cells(&Connection::open(&path).unwrap());
    let pairs: Vec<(usize, usize)> = (0..cells.len()).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    let wanted = (setting("MYKARTE_SWAPS", 40) as usize).min(pairs.len());
    let mut dice = Dice::roll();
    let some: Vec<(usize, usize)> = match wanted == pairs.len() {
        true => pairs.clone(),
        false => (0..wanted).map(|_| pairs[dice.below(pairs.len())]).collect(),
    };
    std::thread::scope(|scope| {
        for (worker, some) in some.chunks(some.len().div_ceil(2)).enumerate() {
            let copy = dir.path().join(format!("copy {worker}"));
            std::fs::copy(&path, &copy).unwrap();
            let (key, good, cells) = (&key, &good, &cells);
            scope.spawn(move || some.iter().for_each(|(a, b)| swap(&copy, key, good, &cells[*a], &cells[*b])));
        }
    });
    println!("{wanted} of {} pairs of {} values: both noticed", pairs.len(), cells.len());
}

fn swap(path: &Path, key: &DataKey, good: &Parts, one: &Cell, two: &Cell) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;").unwrap();
    let put = |(table, column, id, _): &Cell, value: &[u8]| {
        conn.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2"), params![value, id]).unwrap();
    };
    put(one, &two.3);
    put(two, &one.3);
    let what = format!("{} {} and {} {}", one.1, one.2, two.1, two.2);
    match Vault::dangerous_open_with_data_key(path, key).and_then(|vault| read_parts(&vault)) {
        Err(error) => {
            assert!(one.0 == "head" || two.0 == "head", "{what}: {error:?}");
            assert!(matches!(error, VaultError::Damaged { .. }), "{what}: {error:?}");
        }
        Ok(seen) => {
            let names = damaged(good, &seen, &what);
            // A chunk is one part; what stands above chunks takes those of its record along.
            let chunks = one.0 == "chunk" && two.0 == "chunk";
            assert!(if chunks { names.len() == 2 } else { names.len() >= 2 }, "{what}: {names:?}");
        }
    }
    put(one, &one.3);
    put(two, &two.3);
}
