//! Every two sealed values of a vault change places: what is damaged is what hangs on the one and on the other, and nothing
//! else is touched.
//! All pairs: of three records with `MYKARTE_CHUNKS` chunks each and one more, 101,475 of them with the 146 of `./x evidence`.

use std::collections::BTreeSet;
use std::path::Path;

use mykarte_vault::{DataKey, Vault, VaultError};
use rusqlite::{Connection, params};

use super::common::{Parts, Place, damaged, read_parts};
use super::places::{Cell, cells};
use super::setting;

#[test]
fn any_two_values_that_change_places_are_noticed() {
    let chunks = setting("MYKARTE_CHUNKS", 4) as u32;
    let (place, records) = Place::with_records(&[chunks; 3]);
    let good = read_parts(&place.open().unwrap()).unwrap();
    let cells = cells(&place.path);
    // What hangs on each: where it is gone, that is gone and no more.
    let alone: Vec<Damage> =
        cells.iter().map(|cell| damage(&place.path, &place.key, &good, &[(cell, &[0; 72])])).collect();
    assert!(alone.iter().all(|damage| !damage.is_empty()));
    assert_eq!(alone.iter().filter(|damage| damage.len() == 1).count(), records.len() * (chunks as usize + 2));
    let pairs: Vec<(usize, usize)> = (0..cells.len()).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    std::thread::scope(|scope| {
        for (worker, some) in pairs.chunks(pairs.len().div_ceil(2)).enumerate() {
            let copy = place.dir.path().join(format!("copy {worker}"));
            std::fs::copy(&place.path, &copy).unwrap();
            let (key, good, cells, alone) = (&place.key, &good, &cells, &alone);
            scope.spawn(move || {
                for (a, b) in some {
                    let (one, two) = (&cells[*a], &cells[*b]);
                    let found = damage(&copy, key, good, &[(one, &two.value), (two, &one.value)]);
                    let what = format!("{} {} and {} {}", one.column, one.id, two.column, two.id);
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
    let put = |cell: &Cell, value: &[u8]| {
        let sql = format!("UPDATE {} SET {} = ?1 WHERE id = ?2", cell.table, cell.column);
        conn.execute(&sql, params![value, cell.id]).unwrap();
    };
    cells.iter().for_each(|(cell, value)| put(cell, value));
    let what: Vec<String> =
        cells.iter().map(|(cell, _)| format!("{}.{} {}", cell.table, cell.column, cell.id)).collect();
    let damage = match Vault::dangerous_open_with_data_key(path, key).and_then(|vault| read_parts(&vault)) {
        Err(error) => {
            assert!(matches!(error, VaultError::Damaged { .. }), "{what:?}: {error:?}");
            good.keys().cloned().collect()
        }
        Ok(seen) => damaged(good, &seen, &what.concat()).into_iter().collect(),
    };
    cells.iter().for_each(|(cell, _)| put(cell, &cell.value));
    damage
}
