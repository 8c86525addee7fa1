//! What one program keeps of another's audit chain: this database is a second place of that one.
//!
//! ```text
//! head of the other --signed by the pinned key, of the pinned chain, not behind, not beside--> a record of the own chain
//! ```
//!
//! Key and chain are pinned with the first head. Every head becomes a record of the own chain, which only grows: none
//! takes the place of another. Whether the other chain leads through all of them says whoever verifies it with what is
//! exported from here; a head alone does not show it.

use data_encoding::HEXLOWER;
use mykarte_vault::chain::Head;
use mykarte_vault::package::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::audit::records;
use crate::heads::line;
use crate::{Key, StateError, Store};

/// Why a head of the other program is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    /// The own database.
    #[error(transparent)]
    State(#[from] StateError),
    /// Not what its key signed, or no key at all.
    #[error("what came is no signed head of an audit chain")]
    NotSigned,
    /// Another key than the pinned one.
    #[error("the head is signed with another key than those before")]
    OtherKey,
    /// Another chain than the pinned one: the database over there was replaced.
    #[error("the head is of another audit chain than those before: its database was replaced")]
    OtherChain,
    /// Fewer records than were known: the end was cut off, or an old backup brought back.
    #[error("the head knows {count} records, and one before it knew {known}: records are missing")]
    Behind {
        /// How many it knows.
        count: u64,
        /// How many were known.
        known: u64,
    },
    /// As many records as were known, and other ones.
    #[error("the head leads to other records than one of the same number, {count}: they were written anew")]
    Forked {
        /// How many it knows.
        count: u64,
    },
}

impl KeptError {
    /// The word in the audit chain; `None` where nothing is said against the other program.
    fn word(&self) -> Option<&'static str> {
        match self {
            Self::State(_) => None,
            Self::NotSigned => Some("not-signed"),
            Self::OtherKey => Some("other-key"),
            Self::OtherChain => Some("other-chain"),
            Self::Behind { .. } => Some("behind"),
            Self::Forked { .. } => Some("forked"),
        }
    }
}

/// The action of a record that holds a head.
const HEAD: &str = "head";
/// The action of a record behind which key and chain are pinned anew.
const ANEW: &str = "heads-anew";

/// Where key, chain and last head of the other program are pinned.
const PIN: &str = "pinned-head";

/// The pinned document, and the fields of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pinned {
    /// The head as it was signed, and its key: hexadecimal digits.
    head: String,
    key: String,
}

#[derive(Serialize)]
struct Entry<'a> {
    action: &'static str,
    result: &'static str,
    #[serde(flatten)]
    head: Option<&'a Pinned>,
}

#[derive(Deserialize)]
struct Kept {
    action: String,
    result: String,
    #[serde(flatten)]
    head: Option<Pinned>,
}

/// All heads that are kept since key and chain were pinned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptHeads {
    /// The pinned key.
    pub key: Option<[u8; 32]>,
    /// In the order in which they came.
    pub heads: Vec<Head>,
    /// One line a head, as `audit verify --head` reads them.
    pub lines: String,
}

fn pin() -> Key {
    Key::new(PIN, "other")
}

/// Keeps a head of the other program; the same one again changes nothing.
///
/// # Errors
/// Any [`KeptError`]; what speaks against the other program is a record of the own chain, too.
pub fn keep(store: &dyn Store, signed: &[u8], key: &[u8; 32]) -> Result<Head, KeptError> {
    let come = Pinned { head: HEXLOWER.encode(signed), key: HEXLOWER.encode(key) };
    let kept = store.change(&[pin()], |tx| {
        let head = come.read().ok_or(KeptError::NotSigned)?;
        if let Some(before) = tx.get::<Pinned>(&pin())? {
            if before.key != come.key {
                return Err(KeptError::OtherKey);
            }
            let known = before.read().ok_or(StateError::Document { kind: PIN })?;
            if !follows(&head, &known)? {
                return Ok(head);
            }
        }
        tx.put(pin(), &come);
        tx.record(&Entry { action: HEAD, result: "done", head: Some(&come) });
        Ok(head)
    });
    if let Some(result) = kept.as_ref().err().and_then(KeptError::word) {
        // What came is bounded: 132 bytes are a head, and more are not looked at.
        let head = Some(&come).filter(|_| signed.len() <= 256);
        store.change(&[], |tx| -> Result<(), StateError> {
            tx.record(&Entry { action: HEAD, result, head });
            Ok(())
        })?;
    }
    kept
}

/// Whether a head says more than the one that is known.
fn follows(head: &Head, known: &Head) -> Result<bool, KeptError> {
    if head.chain != known.chain {
        return Err(KeptError::OtherChain);
    }
    if head.count < known.count {
        return Err(KeptError::Behind { count: head.count, known: known.count });
    }
    if head.count == known.count && head.place != known.place {
        return Err(KeptError::Forked { count: head.count });
    }
    Ok(head.count > known.count)
}

/// All heads of the other program that came since key and chain were pinned.
///
/// # Errors
/// [`StateError`].
pub fn kept(store: &dyn Store) -> Result<KeptHeads, StateError> {
    let mut all = KeptHeads::default();
    for record in records(store) {
        let Ok(Kept { action, result, head }) = serde_json::from_slice(&record?.json) else { continue };
        if action == ANEW {
            all = KeptHeads::default();
        }
        let Some(come) = head.filter(|_| action == HEAD && result == "done") else { continue };
        // One that cannot be read was not written by us: verifying the own chain names it.
        if let (Some(head), Some(signed)) = (come.read(), bytes(&come.head)) {
            all.key = come.key();
            all.lines.push_str(&line(&head, &signed));
            all.heads.push(head);
        }
    }
    Ok(all)
}

/// Forgets the pinned key and chain: the next head pins its own. What was kept stays in the own chain.
///
/// # Errors
/// [`StateError`].
pub fn begin_anew(store: &dyn Store) -> Result<(), StateError> {
    store.change(&[pin()], |tx| {
        tx.delete(pin());
        tx.record(&Entry { action: ANEW, result: "done", head: None });
        Ok(())
    })
}

impl Pinned {
    fn key(&self) -> Option<[u8; 32]> {
        bytes(&self.key)?.try_into().ok()
    }

    /// The head, if its key signed it.
    fn read(&self) -> Option<Head> {
        let key = VerifyingKey::from_bytes(&self.key()?).ok()?;
        Head::read(&bytes(&self.head)?, &key).ok()
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    HEXLOWER.decode(digits.as_bytes()).ok()
}
