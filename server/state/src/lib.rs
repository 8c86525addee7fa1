//! What a server remembers: documents and an audit chain, changed in one transaction.
//!
//! ```text
//! keys --load, under one lock--> [`Tx`] --a pure function decides--> documents and audit records --durable at once-->
//! ```
//!
//! A document is JSON under a [`Key`]. What happens to a ticket or an enrolment is a function from documents to documents;
//! the database gives atomicity and durability and nothing else, so SQLite and PostgreSQL are alike to it. The records of a
//! change are durable with it, and before whatever follows from it: nothing happens that the chain does not know.
//!
//! [`audit`] says whether the chain is still what was written, [`show`] what stands in it, [`heads`] keeps what shows its end
//! cut off, and [`kept`] what shows it of another program's; [`files`] reads what lies beside it; [`process`] is
//! what a program asks of the system first.

// In tests a failed unwrap is a failed test.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod audit;
mod clock;
mod documents;
mod error;
pub mod files;
pub mod heads;
pub mod kept;
mod postgresql;
pub mod process;
pub mod show;
mod sqlite;
mod stamp;
mod tx;

pub use clock::{Clock, clock, now};
pub use documents::documents;
pub use error::StateError;
pub use tx::{Key, Tx, read};

use std::path::Path;

use mykarte_vault::ChainId;
use mykarte_vault::chain::Place;

/// A document, as it is kept: JSON.
pub type Document = Vec<u8>;

/// What a transaction leaves behind.
#[derive(Debug, Default)]
pub struct Change {
    /// Documents put, and deleted ones.
    pub writes: Vec<(Key, Option<Document>)>,
    /// Audit records, in their order; without number and time, which the store adds.
    pub records: Vec<serde_json::Map<String, serde_json::Value>>,
}

/// How far the chain of a store has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Which chain; made with the store.
    pub chain: ChainId,
    /// How many records.
    pub count: u64,
    /// Where they lead.
    pub place: Place,
}

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// From 1.
    pub number: u64,
    /// Its JSON, byte for byte as it was hashed.
    pub json: Vec<u8>,
    /// Where the chain stood with it.
    pub place: Place,
}

/// A database. Calls block, so asynchronous code makes them on threads beside it; several threads may call at once.
pub trait Store: Send + Sync {
    /// Loads documents, lets `decide` say what to leave behind, and makes that durable, alone in the world: no other
    /// transaction, of this program or another on the same database, comes between. Where `decide` returns `None` nothing is
    /// written. It may be called again where a connection was lost before the commit.
    ///
    /// # Errors
    /// [`StateError::Full`]: nothing is changed. [`StateError::Unavailable`]: nothing is changed, except perhaps where a
    /// connection to PostgreSQL was lost at the commit itself.
    fn transact(
        &self,
        keys: &[Key],
        decide: &mut dyn FnMut(&[Option<Document>]) -> Option<Change>,
    ) -> Result<(), StateError>;

    /// One document.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    fn read(&self, key: &Key) -> Result<Option<Document>, StateError>;

    /// Documents of a kind in the order of their ids, behind one of them.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    fn list(&self, kind: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Document)>, StateError>;

    /// How far the chain has come.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    fn reached(&self) -> Result<Reached, StateError>;

    /// Takes what was deleted or replaced out of journals, as far as the database lets us.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    fn erase(&self) -> Result<(), StateError> {
        Ok(())
    }

    /// Records from a number on.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    fn records(&self, from: u64, limit: usize) -> Result<Vec<Record>, StateError>;
}

/// Whether a database may be made where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Make {
    IfAbsent,
    Never,
}

/// Whether a place of [`open`] is a PostgreSQL database.
pub fn is_postgresql(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

/// Copies a SQLite file, also one that programs are using, into a new file; durable when it returns. What is there already
/// stays as it is.
///
/// # Errors
/// [`StateError`]; nothing is left at `to` then.
pub fn back_up(from: &Path, to: &Path) -> Result<(), StateError> {
    sqlite::copy(from, to)
}

/// Opens a database, or makes it: `postgres://user:password@host/database` (also `postgresql://`), or the path of a SQLite
/// file on a local disk.
///
/// PostgreSQL on another computer is spoken to over TLS, unless the address says `sslmode=disable`; certificates are held
/// against those of the system, or of the file that `SSL_CERT_FILE` names. The database must be empty or one of ours.
///
/// # Errors
/// Any [`StateError`] but [`StateError::Document`] and [`StateError::Absent`].
pub fn open(place: &str) -> Result<Box<dyn Store>, StateError> {
    open_or(place, Make::IfAbsent)
}

/// Opens a database that is there: for whoever reads, and would take an empty one for an answer.
///
/// # Errors
/// As [`open`]; [`StateError::Absent`].
pub fn open_existing(place: &str) -> Result<Box<dyn Store>, StateError> {
    open_or(place, Make::Never)
}

fn open_or(place: &str, make: Make) -> Result<Box<dyn Store>, StateError> {
    clock::begin();
    if is_postgresql(place) {
        return Ok(Box::new(postgresql::Postgresql::open(place, make)?));
    }
    Ok(Box::new(sqlite::Sqlite::open(Path::new(place), make)?))
}
