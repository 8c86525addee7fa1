//! The state in one SQLite file: for one server on one computer, with nothing to install.
//!
//! One connection behind a lock, and SQLite's own lock between programs: a transaction takes the file for writing before
//! it reads (`IMMEDIATE`), so what was read still holds when it is written.

mod copy;
mod open;
mod schema;

pub(crate) use copy::copy;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mykarte_vault::ChainId;
use mykarte_vault::chain::Place;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, TransactionBehavior, params};

use crate::stamp::stamp;
use crate::{Change, Document, Key, Make, Reached, Record, StateError, Store, clock};

pub(crate) struct Sqlite {
    conn: Mutex<Connection>,
    chain: ChainId,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, make: Make) -> Result<Self, StateError> {
        let (conn, chain) = open::open(path, make)?;
        Ok(Self { conn: Mutex::new(conn), chain })
    }

    /// Whoever panicked with it left no transaction open: a dropped one is rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Sqlite {
    fn transact(
        &self,
        keys: &[Key],
        decide: &mut dyn FnMut(&[Option<Document>]) -> Option<Change>,
    ) -> Result<(), StateError> {
        let clock = clock::clock();
        let mut conn = self.lock();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
        let loaded = keys.iter().map(|key| document(&tx, key)).collect::<Result<Vec<_>, _>>()?;
        // A transaction that is dropped is rolled back.
        let Some(change) = decide(&loaded) else { return Ok(()) };
        change.writes.iter().try_for_each(|(key, document)| write(&tx, key, document.as_deref()))?;
        let records = stamp(reached(&tx, self.chain)?, &change.records, clock);
        records.iter().try_for_each(|record| append(&tx, record))?;
        tx.commit().map_err(failure)
    }

    fn read(&self, key: &Key) -> Result<Option<Document>, StateError> {
        document(&self.lock(), key)
    }

    fn list(&self, kind: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Document)>, StateError> {
        let conn = self.lock();
        let mut query = conn
            .prepare_cached("SELECT id, body FROM documents WHERE kind = ? AND id > ? ORDER BY id LIMIT ?")
            .map_err(failure)?;
        // No id is empty, so every one comes behind "".
        let rows =
            query.query_map(params![kind, after.unwrap_or(""), signed(limit)], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect).map_err(failure)
    }

    fn reached(&self) -> Result<Reached, StateError> {
        reached(&self.lock(), self.chain)
    }

    fn erase(&self) -> Result<(), StateError> {
        // `secure_delete` overwrites in the file itself; the journal keeps older pages until it is cut. Another program that
        // reads, a backup, is waited for, and nobody has to wait with us.
        let begun = Instant::now();
        while !open::cut_journal(&mut self.lock()).map_err(failure)? {
            if begun.elapsed() >= open::PATIENCE {
                return Err(StateError::Unavailable { detail: "another program reads it; try again".into() });
            }
            std::thread::sleep(open::PAUSE);
        }
        Ok(())
    }

    fn records(&self, from: u64, limit: usize) -> Result<Vec<Record>, StateError> {
        let conn = self.lock();
        let mut query = conn
            .prepare_cached("SELECT number, place, record FROM audit WHERE number >= ? ORDER BY number LIMIT ?")
            .map_err(failure)?;
        let rows = query.query_map(params![signed(from), signed(limit)], |row| {
            let (number, place) = number_and_place(row)?;
            Ok(Record { number, json: row.get_ref(2)?.as_bytes()?.to_vec(), place })
        });
        rows.and_then(Iterator::collect).map_err(failure)
    }
}

fn document(conn: &Connection, key: &Key) -> Result<Option<Document>, StateError> {
    let mut query = conn.prepare_cached("SELECT body FROM documents WHERE kind = ? AND id = ?").map_err(failure)?;
    query.query_row(params![key.kind, key.id], |row| row.get(0)).optional().map_err(failure)
}

fn write(conn: &Connection, key: &Key, document: Option<&[u8]>) -> Result<(), StateError> {
    let done = match document {
        Some(body) => conn
            .prepare_cached("INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body")
            .and_then(|mut put| put.execute(params![key.kind, key.id, body])),
        None => conn
            .prepare_cached("DELETE FROM documents WHERE kind = ? AND id = ?")
            .and_then(|mut delete| delete.execute(params![key.kind, key.id])),
    };
    done.map(drop).map_err(failure)
}

fn append(conn: &Connection, record: &Record) -> Result<(), StateError> {
    conn.prepare_cached("INSERT INTO audit VALUES (?, ?, ?)")
        .and_then(|mut put| put.execute(params![signed(record.number), record.json, record.place.0]))
        .map(drop)
        .map_err(failure)
}

fn reached(conn: &Connection, chain: ChainId) -> Result<Reached, StateError> {
    let last = conn
        .prepare_cached("SELECT number, place FROM audit ORDER BY number DESC LIMIT 1")
        .and_then(|mut query| query.query_row([], number_and_place).optional())
        .map_err(failure)?;
    let (count, place) = last.unwrap_or((0, Place::start(chain)));
    Ok(Reached { chain, count, place })
}

/// A number or place that is none was not written by us. As 0 it stays in view: nothing leads there, so verifying names it.
fn number_and_place(row: &Row<'_>) -> rusqlite::Result<(u64, Place)> {
    let number = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
    Ok((number, Place(row.get_ref(1)?.as_bytes()?.try_into().unwrap_or([0; 32]))))
}

/// As SQLite keeps numbers.
fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Only SQLite's own words of an error are passed on: they name no value, and a statement not either.
#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn failure(error: rusqlite::Error) -> StateError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StateError::Full,
        Some(ErrorCode::NotADatabase) => StateError::Foreign,
        _ => {
            let known = error.sqlite_error().map(ToString::to_string);
            StateError::Unavailable { detail: known.unwrap_or_else(|| "an answer of another form".into()) }
        }
    }
}
