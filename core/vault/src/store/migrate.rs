//! From format to format: numbered steps, each in one transaction that also writes its version.
//!
//! Reading never migrates: every released format is read for ever as it lies. A vault is brought up to date by the first
//! write after an update, step by step; a crash between two steps leaves a vault of the format in between, which is whole.
//! Format 1 is the first, so there is no step yet; the next one adds a line to [`STEPS`], its tables and those of
//! format 1 to `schema`, a committed vault to `tests/vectors`, and a test that writes into the vectors of format 1 and
//! unlocks them again.

use rusqlite::{Connection, TransactionBehavior};

use super::{failure, fault};
use crate::error::{Part, VaultError};

/// Brings a vault of format `from` to `from + 1`.
#[derive(Clone, Copy)]
struct Step {
    from: u32,
    run: fn(&Connection) -> rusqlite::Result<()>,
}

/// All steps, in order.
const STEPS: &[Step] = &[];

/// Runs the steps this file lacks. Called with the gate held, before a write.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), VaultError> {
    run(conn, STEPS)
}

fn run(conn: &mut Connection, steps: &[Step]) -> Result<(), VaultError> {
    let fail = |error: rusqlite::Error| failure(&error, Part::Schema);
    for step in steps {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        // Asked inside the transaction: another program may have been faster.
        let format: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
        if format != step.from {
            continue;
        }
        (step.run)(&tx).map_err(fail)?;
        let next = step.from + 1;
        tx.execute_batch(&format!("UPDATE header SET format = {next}; PRAGMA user_version = {next};")).map_err(fail)?;
        fault::point("migrate: before the commit")?;
        tx.commit().map_err(fail)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{open, schema};
    use super::*;
    use crate::tests::{picture, torn_between, vault_with, with_hook};
    use std::path::Path;

    /// Two steps as a later format might have them.
    const LATER: &[Step] = &[
        Step {
            from: 1,
            run: |conn| conn.execute_batch("CREATE TABLE issuer(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT"),
        },
        Step {
            from: 2,
            run: |conn| {
                conn.execute_batch(
                    "ALTER TABLE chunk ADD COLUMN retired INTEGER; UPDATE chunk SET sealed = CAST(hex(sealed) AS BLOB)",
                )
            },
        },
    ];

    fn fresh() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        schema::create(&conn).unwrap();
        conn.execute_batch("INSERT INTO header VALUES(1, 1, 1, x'00', 0, x'00', 0)").unwrap();
        conn
    }

    fn versions(conn: &Connection) -> (u32, u32) {
        let one = |sql| conn.query_row(sql, [], |row| row.get(0)).unwrap();
        (one("PRAGMA user_version"), one("SELECT format FROM header"))
    }

    fn tables(conn: &Connection) -> Vec<String> {
        let mut query = conn.prepare("SELECT sql FROM sqlite_schema ORDER BY name").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn an_upgraded_schema_equals_a_fresh_one() {
        let (mut old, fresh) = (fresh(), fresh());
        migrate(&mut old).unwrap();
        assert_eq!((tables(&old), versions(&old)), (tables(&fresh), versions(&fresh)));
        schema::check(&old).unwrap();
        assert!(STEPS.iter().map(|step| step.from).eq(1..crate::header::FORMAT), "one step from each older format");
    }

    #[test]
    fn each_step_is_whole_or_not_at_all() {
        let mut conn = fresh();
        let failing = [LATER[0], Step { from: 2, run: |conn| conn.execute_batch("DROP TABLE slot; SELECT nothing") }];
        assert!(run(&mut conn, &failing).is_err());
        assert_eq!(versions(&conn), (2, 2));
        assert!(
            tables(&conn).iter().any(|sql| sql.contains("slot"))
                && tables(&conn).iter().any(|sql| sql.contains("issuer"))
        );
        run(&mut conn, LATER).unwrap();
        assert_eq!(versions(&conn), (3, 3));
        run(&mut conn, LATER).unwrap();
        assert_eq!(versions(&conn), (3, 3));
    }

    /// Every sealed chunk, and that no page is broken.
    fn chunks(conn: &Connection) -> Vec<Vec<u8>> {
        let verdict: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        let mut query = conn.prepare("SELECT sealed FROM chunk ORDER BY id").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Killed before the commit of either step, or without power while its pages are being written: the format is the one
    /// before, with every row, and the next write goes on from there.
    #[test]
    fn a_crash_in_a_step_leaves_the_format_before_it() {
        let (dir, path, vault, _) = vault_with(6);
        drop(vault);
        let before = chunks(&open::open_write(&path).unwrap());
        let pictures = tempfile::tempdir().unwrap();
        let (from, to, mut taken) = (dir.path().to_owned(), pictures.path().to_owned(), 0);
        let hook = move |_: &'static str| {
            picture(&from, &to.join(taken.to_string()));
            taken += 1;
            Ok(())
        };
        let mut conn = open::open_write(&path).unwrap();
        with_hook(hook, || run(&mut conn, LATER)).unwrap();
        let after = chunks(&conn);
        assert_ne!(before, after);
        drop(conn);

        let place = |step: usize, name: &str| pictures.path().join(step.to_string()).join(name);
        let files = [place(0, "v"), place(1, "v"), path].map(|path| std::fs::read(path).unwrap());
        for step in 0..2 {
            let look = |crashed: &Path, pages: usize| {
                // Not as we open one: this program knows no later format.
                let mut conn = Connection::open(crashed).unwrap();
                let format = u32::try_from(step + 1).unwrap();
                assert_eq!(
                    (versions(&conn), chunks(&conn)),
                    ((format, format), before.clone()),
                    "{step}, {pages} pages"
                );
                run(&mut conn, LATER).unwrap();
                assert_eq!((versions(&conn), chunks(&conn)), ((3, 3), after.clone()), "{step}, {pages} pages");
            };
            torn_between(&files[step], &files[step + 1], &place(step, "v-journal"), look);
            look(&place(step, "v"), 0);
        }
    }
}
