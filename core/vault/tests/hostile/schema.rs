//! Tables that are not ours, and all that SQLite keeps in a file beside rows. Each is refused before a row is read; nothing
//! of it runs, the file stays as it is, and no other appears.

use std::path::Path;

use mykarte_vault::{Part, Unlock, Vault, VaultError};
use rusqlite::Connection;

use super::common::{Place, is_diagnosis, passcode, read_all};

/// SQL of an attacker. `writable_schema` lets it write the schema's own rows.
fn bend(path: &Path, sql: &str) {
    let conn = Connection::open(path).unwrap();
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    conn.execute_batch("PRAGMA writable_schema = ON;").unwrap();
    conn.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Every way in, none of which may change a byte of the file or leave another beside it.
fn refusal(place: &Place) -> VaultError {
    let before = std::fs::read(&place.path).unwrap();
    let error = place.open().and_then(|vault| read_all(&vault)).unwrap_err();
    assert_eq!(Vault::open(&place.path, &passcode()).map(drop), Err(error.clone()));
    assert_eq!(Vault::look(&place.path).map(drop), Err(error.clone()));
    let code = mykarte_vault::RecoveryCode::make().unwrap();
    assert_eq!(Vault::unlock(&place.path, Unlock::Recovery(&code)).map(drop), Err(error.clone()));
    assert!(std::fs::read(&place.path).unwrap() == before, "the file was changed");
    assert_eq!(place.files().len(), 1, "another file appeared");
    error
}

const WRITES: &str = "INSERT INTO chunk VALUES(1, x'00')";

#[test]
fn tables_that_are_not_ours_are_refused_and_nothing_of_them_runs() {
    let (place, _) = Place::with_records(&[1]);
    let good = std::fs::read(&place.path).unwrap();
    let cases = [
        // More than ours.
        "CREATE TABLE extra(x)",
        "CREATE TABLE extra(id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE INDEX i ON chunk(length(sealed))",
        "CREATE UNIQUE INDEX i ON slot(kind) WHERE kind = 1",
        "CREATE VIEW extra AS SELECT * FROM chunk",
        "CREATE VIRTUAL TABLE extra USING fts5(x)",
        "CREATE VIRTUAL TABLE extra USING rtree(id, a, b)",
        "ANALYZE",
        &format!("CREATE TRIGGER t AFTER UPDATE ON header BEGIN {WRITES}; END"),
        &format!("CREATE TRIGGER t BEFORE DELETE ON generation BEGIN {WRITES}; END"),
        // Fewer.
        "DROP TABLE slot",
        "DELETE FROM sqlite_schema",
        // Others in their place.
        "ALTER TABLE header RENAME TO hidden; CREATE VIEW header AS SELECT * FROM hidden",
        "DROP TABLE slot; CREATE VIEW slot AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, \
         1 AS kind, 65536 AS m_kib, 3 AS t, 4 AS p, zeroblob(16) AS salt, zeroblob(72) AS wrapped FROM n",
        "DROP TABLE chunk; CREATE VIRTUAL TABLE chunk USING fts5(id, sealed)",
        "DROP TABLE head; CREATE TABLE head(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL)",
        "DROP TABLE head; CREATE TABLE head(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID",
        "DROP TABLE head; CREATE TABLE head(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL CHECK(length(sealed) > 9)) STRICT",
        // Columns.
        "ALTER TABLE header ADD COLUMN more INT",
        "ALTER TABLE header ADD COLUMN more INT AS (format + 1)",
        "ALTER TABLE header RENAME COLUMN flags TO flag",
        // The schema's own rows.
        "UPDATE sqlite_schema SET sql = replace(sql, 'BLOB', 'TEXT') WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET sql = sql || ' -- ours' WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET sql = replace(sql, 'TABLE', 'TEMP TABLE') WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET sql = replace(sql, 'TABLE ', 'TABLE main.') WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET sql = NULL WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET sql = x'00' WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET sql = zeroblob(3000000) WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET tbl_name = 'head' WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET name = 'sqlite_chunk' WHERE name = 'chunk'",
        "UPDATE sqlite_schema SET type = 'view' WHERE name = 'chunk'",
        "INSERT INTO sqlite_schema SELECT * FROM sqlite_schema WHERE name = 'chunk'",
        "INSERT INTO sqlite_schema VALUES('table', 'extra', 'extra', 0, 'CREATE VIRTUAL TABLE extra USING dbstat')",
    ];
    for sql in cases {
        std::fs::write(&place.path, &good).unwrap();
        bend(&place.path, sql);
        let error = refusal(&place);
        let expected = [Part::Schema, Part::Database].into_iter().any(|part| error == VaultError::Damaged { part });
        assert!(expected, "{sql}: {error:?}");
    }
    std::fs::write(&place.path, &good).unwrap();
    assert!(place.open().and_then(|vault| read_all(&vault)).is_ok());
}

/// A table without a slot is a diagnosis, too.
fn is_noticed(error: &VaultError) -> bool {
    is_diagnosis(error) || matches!(error, VaultError::NoSlot { .. })
}

/// The same tables, but the roots of their trees exchanged or nowhere: rows come from another table, and none is believed.
#[test]
fn other_roots_are_noticed() {
    let (place, _) = Place::with_records(&[1]);
    let good = std::fs::read(&place.path).unwrap();
    let tables = ["chunk", "generation", "head", "header", "slot"];
    for (table, root) in tables.iter().flat_map(|table| [0_i64, 1, 2, 4_000_000_000].map(|root| (table, root))) {
        std::fs::write(&place.path, &good).unwrap();
        bend(&place.path, &format!("UPDATE sqlite_schema SET rootpage = {root} WHERE name = '{table}'"));
        let opened = Vault::open(&place.path, &passcode()).and_then(|vault| read_all(&vault));
        assert!(opened.as_ref().is_err_and(is_noticed), "{table} at {root}: {opened:?}");
    }
    for (one, other) in (0..5).flat_map(|one| (one + 1..5).map(move |other| (tables[one], tables[other]))) {
        std::fs::write(&place.path, &good).unwrap();
        let root = |name: &str| format!("(SELECT r FROM roots WHERE name = '{name}')");
        bend(
            &place.path,
            &format!(
                "CREATE TEMP TABLE roots AS SELECT name, rootpage AS r FROM sqlite_schema; \
                 UPDATE sqlite_schema SET rootpage = {} WHERE name = '{one}'; \
                 UPDATE sqlite_schema SET rootpage = {} WHERE name = '{other}'",
                root(other),
                root(one),
            ),
        );
        let opened = Vault::open(&place.path, &passcode()).and_then(|vault| read_all(&vault));
        assert!(opened.as_ref().is_err_and(is_noticed), "{one} and {other}: {opened:?}");
    }
}

/// What a file says of itself in SQLite's header and by pragmas.
#[test]
fn settings_that_stay_in_a_file_are_refused_or_change_nothing() {
    let (place, _) = Place::with_records(&[1]);
    let good = std::fs::read(&place.path).unwrap();
    let seen = place.open().and_then(|vault| read_all(&vault)).unwrap();
    let refused = [
        ("PRAGMA user_version = 7", VaultError::NewerFormat { format: 7 }),
        ("PRAGMA user_version = -1", VaultError::NewerFormat { format: u32::MAX }),
        ("PRAGMA user_version = 0", VaultError::Damaged { part: Part::Database }),
        ("PRAGMA application_id = 1", VaultError::NotAVault),
        ("PRAGMA journal_mode = WAL", VaultError::Damaged { part: Part::Database }),
        ("PRAGMA page_size = 1024; VACUUM", VaultError::Damaged { part: Part::Database }),
        ("PRAGMA page_size = 65536; VACUUM", VaultError::Damaged { part: Part::Database }),
    ];
    for (sql, error) in refused {
        std::fs::write(&place.path, &good).unwrap();
        bend(&place.path, sql);
        assert_eq!(refusal(&place), error, "{sql}");
    }
    for sql in [
        "PRAGMA auto_vacuum = NONE; VACUUM",
        "PRAGMA default_cache_size = 2000000000",
        "PRAGMA schema_version = 12345",
        "PRAGMA journal_mode = PERSIST",
    ] {
        std::fs::write(&place.path, &good).unwrap();
        bend(&place.path, sql);
        let _ = std::fs::remove_file(format!("{}-journal", place.path.display()));
        assert_eq!(place.open().and_then(|vault| read_all(&vault)), Ok(seen.clone()), "{sql}");
    }
    // The bytes themselves: WAL for writing alone or for reading alone, reserved bytes, UTF-16.
    for (at, value) in [(18, 2), (19, 2), (20, 32), (21, 63), (22, 31), (23, 31), (59, 2), (59, 3)] {
        let mut bytes = good.clone();
        bytes[at] = value;
        std::fs::write(&place.path, &bytes).unwrap();
        assert_eq!(refusal(&place), VaultError::Damaged { part: Part::Database }, "byte {at}");
    }
}

/// Values of a size or kind that we never write concern the part they stand for, and cost no memory.
#[test]
fn values_that_no_vault_has_are_damage_of_their_part() {
    let huge = "zeroblob(300000000)";
    let cases = [
        (format!("UPDATE chunk SET sealed = {huge}"), Part::Chunk),
        (format!("UPDATE generation SET catalogue = {huge}"), Part::Catalogue),
        (format!("UPDATE generation SET manifest = {huge}"), Part::Manifest),
        (format!("UPDATE head SET sealed = {huge}"), Part::Head),
        (format!("UPDATE header SET vault_id = {huge}"), Part::Header),
        (format!("UPDATE header SET commitment = {huge}"), Part::Header),
        ("UPDATE header SET flags = 4294967296".into(), Part::Header),
        ("UPDATE header SET suite = -1".into(), Part::Header),
        ("UPDATE chunk SET sealed = x''".into(), Part::Chunk),
        ("UPDATE generation SET key = x''".into(), Part::GenerationKey),
    ];
    for (sql, part) in cases {
        let (place, _) = Place::with_records(&[1]);
        bend(&place.path, &sql);
        let error = place.open().and_then(|vault| read_all(&vault)).unwrap_err();
        assert_eq!(error, VaultError::Damaged { part }, "{sql}");
    }
}
