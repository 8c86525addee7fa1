//! A transaction as the code that decides sees it: documents with their types.

use crate::stamp::RESERVED;
use crate::{Change, Document, StateError, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Where a document lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What it is.
    pub kind: &'static str,
    /// Which one; 1 to 128 characters.
    pub id: String,
}

impl Key {
    /// The key of a document.
    pub fn new(kind: &'static str, id: impl ToString) -> Self {
        Self { kind, id: id.to_string() }
    }
}

/// The documents of a transaction, as they are and as they will be.
#[derive(Debug)]
pub struct Tx {
    documents: BTreeMap<Key, Option<Document>>,
    change: Change,
}

impl Tx {
    /// A document that was named when the transaction began, with what was done to it since.
    ///
    /// # Errors
    /// [`StateError::Document`].
    pub fn get<D: DeserializeOwned>(&self, key: &Key) -> Result<Option<D>, StateError> {
        debug_assert!(self.documents.contains_key(key), "{} was not named", key.kind);
        self.documents.get(key).and_then(Option::as_deref).map(|json| read(key.kind, json)).transpose()
    }

    /// Puts a document.
    pub fn put<D: Serialize>(&mut self, key: Key, document: &D) {
        let json = json(document);
        self.documents.insert(key.clone(), Some(json.clone()));
        self.change.writes.push((key, Some(json)));
    }

    /// Deletes a document.
    pub fn delete(&mut self, key: Key) {
        self.documents.insert(key.clone(), None);
        self.change.writes.push((key, None));
    }

    /// Appends an audit record: a struct of named fields, none of them `n`, `at` or `clock`, which the store adds.
    pub fn record<R: Serialize>(&mut self, record: &R) {
        let value = serde_json::to_value(record).ok();
        let fields = value.and_then(|value| value.as_object().cloned()).expect("records are structs of named fields");
        debug_assert!(RESERVED.iter().all(|name| !fields.contains_key(*name)), "a name of the store's");
        self.change.records.push(fields);
    }
}

/// Typed access to any store.
impl dyn Store + '_ {
    /// Runs a transaction over these documents. Where `decide` returns an error nothing is written.
    ///
    /// # Errors
    /// Those of the store, and those of `decide`.
    pub fn change<T, E: From<StateError>>(
        &self,
        keys: &[Key],
        mut decide: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut outcome = None;
        self.transact(keys, &mut |loaded| {
            let documents = keys.iter().cloned().zip(loaded.iter().cloned()).collect();
            let mut tx = Tx { documents, change: Change::default() };
            let decided = decide(&mut tx);
            let is_decided = decided.is_ok();
            outcome = Some(decided);
            is_decided.then_some(tx.change)
        })?;
        outcome.expect("a transaction that succeeded was decided")
    }

    /// One document.
    ///
    /// # Errors
    /// Those of the store; [`StateError::Document`].
    pub fn get<D: DeserializeOwned>(&self, key: &Key) -> Result<Option<D>, StateError> {
        Store::read(self, key)?.map(|json| read(key.kind, &json)).transpose()
    }
}

/// Reads a document of a kind.
///
/// # Errors
/// [`StateError::Document`].
pub fn read<D: DeserializeOwned>(kind: &'static str, json: &[u8]) -> Result<D, StateError> {
    serde_json::from_slice(json).map_err(|_| StateError::Document { kind })
}

fn json<D: Serialize>(document: &D) -> Document {
    serde_json::to_vec(document).expect("documents are structs of texts, numbers and lists: always JSON")
}
