//! What a commit replaces is erased: keys of an enrolment are in it.

use rusqlite::Connection;

use super::{import, vault_with};
use crate::{Part, Vault, VaultError};

fn rows(path: &std::path::Path) -> Vec<i64> {
    let conn = Connection::open(path).unwrap();
    let mut query = conn.prepare("SELECT id FROM generation ORDER BY id").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// A row whose number is bent: nobody finds it, and nobody but a person may take it for nothing.
#[test]
fn a_generation_that_is_replaced_goes_also_where_another_record_has_lost_its_row() {
    let (_dir, path, mut vault, kept) = vault_with(1);
    let lost = import(&mut vault, None, 2, 1).unwrap();
    let row = vault.head.record(lost).unwrap().row;
    let replaced = vault.head.record(kept).unwrap().row;
    let key = vault.dangerous_data_key();
    drop(vault);
    let bent = row ^ 1;
    let sql = "UPDATE generation SET id = ?2 WHERE id = ?1";
    assert_eq!(Connection::open(&path).unwrap().execute(sql, [row, bent]).unwrap(), 1);

    let mut vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
    import(&mut vault, Some(kept), 3, 1).unwrap();
    let mut wanted = [bent, vault.head.record(kept).unwrap().row];
    wanted.sort_unstable();
    assert_eq!(rows(&path), wanted, "{replaced} is gone, the bent row is there");
    assert_eq!(vault.chunk(kept, "labs", 0).unwrap().as_slice(), super::noise(3, 0));
    assert_eq!(vault.sections(lost).unwrap_err(), VaultError::damaged(Part::GenerationKey));

    drop(vault);
    assert_eq!(Connection::open(&path).unwrap().execute(sql, [bent, row]).unwrap(), 1);
    let vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
    assert_eq!(vault.chunk(lost, "labs", 0).unwrap().as_slice(), super::noise(2, 0), "whole again");
}
