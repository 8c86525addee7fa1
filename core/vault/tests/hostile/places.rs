//! Every sealed value of a vault put at every other's place: also those of an earlier generation, of a copy that another
//! device went on with (under the same keys), and of another vault that the same person made with the same passcode and the
//! same content. Each is noticed where it stands, and no other record is touched.

use std::path::Path;

use mykarte_vault::{Part, Vault, VaultError};
use rusqlite::{Connection, params};

use super::common::{Parts, Place, damaged, import, passcode, read_parts, tamper};

/// One sealed value.
pub struct Cell {
    pub table: &'static str,
    pub column: &'static str,
    pub id: i64,
    pub value: Vec<u8>,
}

const SEALED: [(&str, &str); 5] = [
    ("head", "sealed"),
    ("generation", "key"),
    ("generation", "catalogue"),
    ("generation", "manifest"),
    ("chunk", "sealed"),
];

/// All of a vault.
pub fn cells(path: &Path) -> Vec<Cell> {
    let conn = Connection::open(path).unwrap();
    let mut all = Vec::new();
    for (table, column) in SEALED {
        let mut query = conn.prepare(&format!("SELECT id, {column} FROM {table}")).unwrap();
        let cell = |row: &rusqlite::Row<'_>| Ok(Cell { table, column, id: row.get(0)?, value: row.get(1)? });
        all.extend(query.query_map([], cell).unwrap().map(Result::unwrap));
    }
    all
}

fn read(place: &Place, path: &Path) -> Result<Parts, VaultError> {
    Vault::dangerous_open_with_data_key(path, &place.key).and_then(|vault| read_parts(&vault))
}

#[test]
fn no_sealed_value_is_valid_in_another_place() {
    let (place, ids) = Place::with_records(&[2, 1]);
    let fork = place.dir.path().join("fork");
    std::fs::copy(&place.path, &fork).unwrap();
    import(&mut Vault::dangerous_open_with_data_key(&fork, &place.key).unwrap(), Some(ids[0]), 5, 2);
    // Their heads are heads of this vault: `rollback` and `tampering` have what comes of that.
    let earlier = cells(&place.path).into_iter().chain(cells(&fork));
    let earlier: Vec<Cell> = earlier.filter(|cell| cell.table != "head").collect();
    import(&mut place.open().unwrap(), Some(ids[0]), 0, 2);
    let (other, _) = Place::with_records(&[2, 1]);
    let good = read(&place, &place.path).unwrap();
    let (own, foreign) = (cells(&place.path), cells(&other.path));
    let bent = place.dir.path().join("bent");
    let mut tried = 0;
    for target in &own {
        let sql = format!("UPDATE {} SET {} = ?1 WHERE id = ?2", target.table, target.column);
        for source in own.iter().chain(&earlier).chain(&foreign).filter(|source| source.value != target.value) {
            std::fs::copy(&place.path, &bent).unwrap();
            assert_eq!(Connection::open(&bent).unwrap().execute(&sql, params![source.value, target.id]), Ok(1));
            let what = format!("{}.{} in {}.{}", source.table, source.column, target.table, target.column);
            tried += 1;
            match read(&place, &bent) {
                Err(error) => assert_eq!((target.table, error), ("head", VaultError::Damaged { part: Part::Head })),
                Ok(seen) => {
                    let names = damaged(&good, &seen, &what);
                    let record = names.first().unwrap_or_else(|| panic!("{what}: not noticed")).split('/').next();
                    assert!(names.iter().all(|name| name.split('/').next() == record), "{what}: {names:?}");
                }
            }
        }
    }
    // A head, twice key, catalogue and manifest, five chunks: twelve places, and four times as many values.
    assert!(tried > 12 * 40, "{tried}");
}

/// Each row of each table taken away is noticed; rows that nobody names are not read.
#[test]
fn rows_that_are_gone_are_noticed_and_rows_that_are_new_are_not_read() {
    let (place, _) = Place::with_records(&[2, 1]);
    let good = read(&place, &place.path).unwrap();
    let bent = place.dir.path().join("bent");
    let conn = Connection::open(&place.path).unwrap();
    for table in ["head", "header", "generation", "chunk"] {
        let mut query = conn.prepare(&format!("SELECT id FROM {table}")).unwrap();
        let ids: Vec<i64> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for id in ids {
            std::fs::copy(&place.path, &bent).unwrap();
            tamper(&bent, &format!("DELETE FROM {table} WHERE id = {id}"));
            let noticed = match read(&place, &bent) {
                Err(error) => matches!(error, VaultError::Damaged { .. }),
                Ok(seen) => !damaged(&good, &seen, table).is_empty(),
            };
            assert!(noticed, "{table} {id}");
        }
    }
    for sql in [
        "INSERT INTO chunk SELECT id + 7, sealed FROM chunk",
        "INSERT INTO generation SELECT id + 1, key, catalogue, manifest FROM generation",
        "INSERT INTO head SELECT 2, sealed FROM head",
        "INSERT INTO header SELECT 2, format, suite, vault_id, flags, commitment, tries FROM header",
    ] {
        std::fs::copy(&place.path, &bent).unwrap();
        tamper(&bent, sql);
        assert_eq!(read(&place, &bent), Ok(good.clone()), "{sql}");
    }
}

/// The slot of another vault with the same passcode, as a whole row and with the header it belongs to.
#[test]
fn a_slot_of_another_vault_opens_nothing() {
    let ((place, _), (other, _)) = (Place::with_records(&[1]), Place::with_records(&[1]));
    let attach = format!("ATTACH '{}' AS other;", other.path.display());
    let slot = "DELETE FROM slot; INSERT INTO slot SELECT * FROM other.slot;";
    let header = "DELETE FROM header; INSERT INTO header SELECT * FROM other.header;";
    let bent = place.dir.path().join("bent");
    let open = |sql: &str| {
        std::fs::copy(&place.path, &bent).unwrap();
        tamper(&bent, &format!("{attach}{sql}"));
        Vault::open(&bent, &passcode()).map(drop)
    };
    assert!(matches!(open(slot), Err(VaultError::WrongPasscode { .. })));
    // With the other's header the passcode opens the other's data key, and that opens nothing here.
    assert_eq!(open(&format!("{slot}{header}")), Err(VaultError::Damaged { part: Part::Head }));
    // With the head, too, it is the other vault, whose records are not here: nothing of this one is taken for them.
    let head = "DELETE FROM head; INSERT INTO head SELECT * FROM other.head;";
    assert_eq!(open(&format!("{slot}{header}{head}")), Ok(()));
    let seen = Vault::open(&bent, &passcode()).and_then(|vault| read_parts(&vault)).unwrap();
    assert!(seen.iter().all(|(name, part)| name.ends_with("/head") || part.is_err()), "{seen:?}");
}
