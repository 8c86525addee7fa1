//! The state in PostgreSQL: for hospitals that run one, with its backups and its second machine.
//!
//! One row is locked by every transaction before it reads, so all of them pass one after the other, from whatever program.
//! Each statement sees what was committed before it began (`READ COMMITTED`), and behind that lock nothing is committed.
//! A connection that failed in any way is thrown away, with it the server rolls back.

mod connect;
mod pool;
mod schema;

use std::collections::BTreeMap;

use mykarte_vault::ChainId;
use mykarte_vault::chain::Place;
use postgres::Row;

use self::connect::{Link, failure};
use self::pool::Pool;
use crate::stamp::stamp;
use crate::{Change, Clock, Document, Key, Make, Reached, Record, StateError, Store, clock};

pub(crate) struct Postgresql {
    pool: Pool,
    chain: ChainId,
}

/// A failed try: why, and whether another connection may do better.
struct Failure {
    error: StateError,
    is_lost: bool,
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Self { is_lost: connect::is_lost(&error), error: failure(&error) }
    }
}

impl Postgresql {
    /// Opens a database, or makes its tables where it is empty and they may be made.
    pub(crate) fn open(url: &str, make: Make) -> Result<Self, StateError> {
        let address = connect::Address::parse(url)?;
        let chain = schema::find_or_make(&mut address.connect()?, make)?;
        Ok(Self { pool: Pool::new(address), chain })
    }
}

impl Store for Postgresql {
    fn transact(
        &self,
        keys: &[Key],
        decide: &mut dyn FnMut(&[Option<Document>]) -> Option<Change>,
    ) -> Result<(), StateError> {
        let clock = clock::clock();
        self.pool.with(|link| transact(link, self.chain, clock, keys, decide))
    }

    fn read(&self, key: &Key) -> Result<Option<Document>, StateError> {
        let mut documents = self.pool.with(|link| load(link, std::slice::from_ref(key)))?;
        Ok(documents.pop().flatten())
    }

    fn list(&self, kind: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Document)>, StateError> {
        // No id is empty, so every one comes behind "".
        let after = after.unwrap_or("");
        let rows = self.pool.with(|link| Ok(link.client.query(&link.list, &[&kind, &after, &signed(limit)])?))?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(of_another_form)
    }

    fn reached(&self) -> Result<Reached, StateError> {
        self.pool.with(|link| reached(link, self.chain))
    }

    fn records(&self, from: u64, limit: usize) -> Result<Vec<Record>, StateError> {
        let (from, limit) = (signed(from), signed(limit));
        let rows = self.pool.with(|link| Ok(link.client.query(&link.records, &[&from, &limit])?))?;
        let record = |row: &Row| {
            let (number, place) = number_and_place(row)?;
            Ok(Record { number, json: row.try_get(2)?, place })
        };
        rows.iter().map(record).collect::<Result<_, _>>().map_err(of_another_form)
    }
}

fn transact(
    link: &mut Link,
    chain: ChainId,
    clock: Clock,
    keys: &[Key],
    decide: &mut dyn FnMut(&[Option<Document>]) -> Option<Change>,
) -> Result<(), Failure> {
    link.client.batch_execute(schema::BEGIN_AND_LOCK)?;
    let loaded = load(link, keys)?;
    let Some(change) = decide(&loaded) else {
        return Ok(link.client.batch_execute("ROLLBACK")?);
    };
    let records = match change.records.as_slice() {
        [] => Vec::new(),
        records => stamp(reached(link, chain)?, records, clock),
    };
    write(link, &change, &records)?;
    // Where the connection breaks here, nobody knows whether it was done: it must not be done again by itself.
    let done = link.client.batch_execute("COMMIT");
    done.map_err(|error| Failure { error: failure(&error), is_lost: false })
}

fn load(link: &mut Link, keys: &[Key]) -> Result<Vec<Option<Document>>, Failure> {
    let kinds: Vec<&str> = keys.iter().map(|key| key.kind).collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let rows = link.client.query(&link.load, &[&kinds, &ids])?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Everything in one statement: one way there and back.
fn write(link: &mut Link, change: &Change, records: &[Record]) -> Result<(), Failure> {
    // A statement may not write a row twice; the last write counts.
    let last: BTreeMap<&Key, Option<&Document>> =
        change.writes.iter().map(|(key, document)| (key, document.as_ref())).collect();
    let (mut put, mut gone) = ((vec![], vec![], vec![]), (vec![], vec![]));
    for (key, document) in last {
        match document {
            Some(body) => {
                put.0.push(key.kind);
                put.1.push(key.id.as_str());
                put.2.push(body.as_slice());
            }
            None => {
                gone.0.push(key.kind);
                gone.1.push(key.id.as_str());
            }
        }
    }
    let numbers: Vec<i64> = records.iter().map(|record| signed(record.number)).collect();
    let texts: Vec<&[u8]> = records.iter().map(|record| record.json.as_slice()).collect();
    let places: Vec<&[u8]> = records.iter().map(|record| record.place.0.as_slice()).collect();
    link.client.execute(&link.write, &[&put.0, &put.1, &put.2, &gone.0, &gone.1, &numbers, &texts, &places])?;
    Ok(())
}

fn reached(link: &mut Link, chain: ChainId) -> Result<Reached, Failure> {
    let last = link.client.query_opt(&link.reached, &[])?;
    let last = last.map(|row| number_and_place(&row)).transpose()?;
    let (count, place) = last.unwrap_or((0, Place::start(chain)));
    Ok(Reached { chain, count, place })
}

/// A number or place that is none was not written by us. As 0 it stays in view: nothing leads there, so verifying names it.
fn number_and_place(row: &Row) -> Result<(u64, Place), postgres::Error> {
    let number = u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0);
    Ok((number, Place(row.try_get::<_, &[u8]>(1)?.try_into().unwrap_or([0; 32]))))
}

/// As PostgreSQL keeps numbers.
fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn of_another_form(error: postgres::Error) -> StateError {
    failure(&error)
}
