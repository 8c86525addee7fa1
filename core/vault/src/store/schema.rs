//! The tables of format 1, and the comparison of a file's tables with them: a hostile file may bring its own.

use rusqlite::Connection;

use super::failure;
use crate::error::{Part, VaultError};
use crate::header::FORMAT;

/// `MKRT`, SQLite's `application_id`.
pub(crate) const APPLICATION_ID: u32 = 0x4D4B_5254;
/// Bytes of a page.
pub(crate) const PAGE_SIZE: u32 = 4096;

/// `header` and `slot` are plain, all else is sealed. The key of a generation comes first in its row, the manifest last,
/// so that reading the catalogue does not touch the manifest's pages. `header.tries` counts wrong passcodes; it is not
/// authenticated (D13).
const TABLES: [(&str, &str); 5] = [
    ("chunk", "CREATE TABLE chunk(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT"),
    (
        "generation",
        "CREATE TABLE generation(id INTEGER PRIMARY KEY, key BLOB NOT NULL, catalogue BLOB NOT NULL, \
         manifest BLOB NOT NULL) STRICT",
    ),
    ("head", "CREATE TABLE head(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT"),
    (
        "header",
        "CREATE TABLE header(id INTEGER PRIMARY KEY, format INTEGER NOT NULL, suite INTEGER NOT NULL, \
         vault_id BLOB NOT NULL, flags INTEGER NOT NULL, commitment BLOB NOT NULL, tries INTEGER NOT NULL) STRICT",
    ),
    (
        "slot",
        "CREATE TABLE slot(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, m_kib INTEGER NOT NULL, t INTEGER NOT NULL, \
         p INTEGER NOT NULL, salt BLOB NOT NULL, wrapped BLOB NOT NULL) STRICT",
    ),
];

/// Lays out an empty database. `auto_vacuum` must be chosen before the first table.
pub(crate) fn create(conn: &Connection) -> Result<(), VaultError> {
    let run = |sql: &str| conn.execute_batch(sql).map_err(|error| failure(&error, Part::Schema));
    run(&format!("PRAGMA page_size = {PAGE_SIZE}; PRAGMA auto_vacuum = FULL; PRAGMA encoding = 'UTF-8';"))?;
    run(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"))?;
    TABLES.iter().try_for_each(|(_, sql)| run(sql))
}

/// Whether the file has exactly our tables, to the letter, and nothing else: no index, view or trigger.
pub(crate) fn check(conn: &Connection) -> Result<(), VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Schema);
    let mut query =
        conn.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name LIMIT 6").map_err(fail)?;
    let found = query
        .query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))
        .and_then(Iterator::collect::<Result<Vec<[String; 4]>, _>>)
        .map_err(fail)?;
    let same = found.len() == TABLES.len()
        && found.iter().zip(TABLES).all(|(row, (name, sql))| *row == ["table", name, name, sql]);
    if same { Ok(()) } else { Err(VaultError::damaged(Part::Schema)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_trigger_or_missing_table_is_seen() {
        let conn = Connection::open_in_memory().unwrap();
        create(&conn).unwrap();
        check(&conn).unwrap();
        let damaged = Err(VaultError::damaged(Part::Schema));
        conn.execute_batch("CREATE TRIGGER x AFTER INSERT ON head BEGIN DELETE FROM chunk; END").unwrap();
        assert_eq!(check(&conn), damaged);
        conn.execute_batch("DROP TRIGGER x").unwrap();
        check(&conn).unwrap();
        conn.execute_batch("DROP TABLE slot").unwrap();
        assert_eq!(check(&conn), damaged);
    }
}
