//! Signed heads of a chain, kept in a second place: what shows that its end was cut off.
//!
//! ```text
//! tick --due?--> the last head still fits the chain --sign--> <chain>.heads (one line more), then <chain>.head (replaced)
//! ```
//!
//! The second place is a folder that whoever can change the database cannot: another computer's, or a medium that only
//! takes. What a head says is fixed once it is there; a database that does not lead through it is never signed over.

mod key;

pub use key::{existing_head_key, head_key, in_turn};

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use mykarte_vault::chain::Head;
use mykarte_vault::package::{SigningKey, VerifyingKey};
use tempfile::NamedTempFile;

use crate::{Reached, StateError, Store, clock};

/// A head is due after this long,
const INTERVAL: Duration = Duration::from_secs(5 * 60);
/// or this many records.
const RECORDS: u64 = 100;

/// Why there is no head. The server goes on; the operator is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadError {
    /// The database.
    #[error(transparent)]
    State(#[from] StateError),
    /// The key's file.
    #[error("the key file of the signed heads cannot be read or made ({kind}); check its folder")]
    Key {
        /// What the system says.
        kind: ErrorKind,
    },
    /// The key's file is none.
    #[error("the key file of the signed heads does not hold a key; put the right one there from a backup")]
    KeyDamaged,
    /// Others can read the key.
    #[error("the key file of the signed heads can be read by others; chmod 600, and consider whether somebody did")]
    KeyOpen,
    /// The second place.
    #[error("the folder of the signed heads cannot be written ({kind}); check that it is there and has space")]
    Folder {
        /// What the system says.
        kind: ErrorKind,
    },
    /// The last head there is not of this key.
    #[error("the last signed head is not of this key; verify it with the public key of its time, then move it away")]
    OtherKey,
    /// The folder knows another chain of this key, and not this one: the database was replaced.
    #[error(
        "the folder of the signed heads knows another audit chain and not this one: the database is not the one of before. Bring that one back; where a new one begins on purpose, keep the old head files, move them out of the folder and start again"
    )]
    OtherChain,
    /// The chain does not lead through the last head: its end was cut off, it was written anew, or an old backup restored.
    #[error(
        "the audit records do not lead to the last signed head, at record {count}: verify them. Where the database was restored from a backup, keep that head, move it out of the folder and start again"
    )]
    Broken {
        /// How many records the last head knows.
        count: u64,
    },
}

/// Signs heads of one store's chain when they are due.
pub struct HeadKeeper {
    store: Arc<dyn Store>,
    key: SigningKey,
    folder: PathBuf,
    passed_over: Vec<PathBuf>,
    last: Mutex<Last>,
}

struct Last {
    head: Option<Head>,
    when: Instant,
}

/// What lies in a folder beside a chain's own heads.
#[derive(Default)]
struct Others {
    is_of_this_key: bool,
    unread: Vec<PathBuf>,
}

impl HeadKeeper {
    /// Begins where the last head in the folder left off. The key is made on first use; it lies beside the database.
    ///
    /// # Errors
    /// Any [`HeadError`] but [`HeadError::Broken`].
    pub fn open(store: Arc<dyn Store>, key: &Path, folder: &Path) -> Result<Self, HeadError> {
        let key = head_key(key)?;
        let last = Mutex::new(Last { head: None, when: Instant::now() });
        let mut keeper = Self { store, key, folder: folder.to_owned(), passed_over: Vec::new(), last };
        let reached = keeper.store.reached()?;
        let head = keeper.kept(&reached)?;
        if head.is_none() {
            let others = keeper.others(&reached)?;
            if others.is_of_this_key {
                return Err(HeadError::OtherChain);
            }
            keeper.passed_over = others.unread;
        }
        keeper.last.lock().unwrap_or_else(PoisonError::into_inner).head = head;
        Ok(keeper)
    }

    /// The public half of its key, which whoever verifies must have from elsewhere.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// Files of heads in the folder that could not be read, and so not be held against this chain: for the operator.
    #[must_use]
    pub fn passed_over(&self) -> &[PathBuf] {
        &self.passed_over
    }

    /// Signs a head if one is due: five minutes or a hundred records after the last, and never without a new record.
    ///
    /// # Errors
    /// Any [`HeadError`]; the next call tries again.
    pub fn tick(&self) -> Result<Option<Head>, HeadError> {
        self.sign_if(is_due)
    }

    /// Signs a head now, if there is a new record: when a server ends.
    ///
    /// # Errors
    /// Any [`HeadError`].
    pub fn finish(&self) -> Result<Option<Head>, HeadError> {
        self.sign_if(|new, _| new > 0)
    }

    fn sign_if(&self, is_due: impl Fn(u64, Duration) -> bool) -> Result<Option<Head>, HeadError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = self.store.reached()?;
        self.check(last.head.as_ref(), &reached)?;
        let signed = last.head.map_or(0, |head| head.count);
        if !is_due(reached.count - signed, last.when.elapsed()) {
            return Ok(None);
        }
        // Another program on the same database may have put one there.
        let kept = self.kept(&reached)?;
        self.check(kept.as_ref(), &reached)?;
        let Reached { chain, count, place } = reached;
        let head = Head { chain, count, place, at: clock::now() };
        self.keep(&head)?;
        *last = Last { head: Some(head), when: Instant::now() };
        Ok(Some(head))
    }

    /// Whether the chain still leads through a head.
    fn check(&self, head: Option<&Head>, reached: &Reached) -> Result<(), HeadError> {
        let Some(head) = head.filter(|head| head.count > 0) else { return Ok(()) };
        let broken = HeadError::Broken { count: head.count };
        if head.count > reached.count {
            return Err(broken);
        }
        let record = self.store.records(head.count, 1)?.into_iter().next();
        let leads = record.is_some_and(|record| record.number == head.count && record.place == head.place);
        if leads { Ok(()) } else { Err(broken) }
    }

    fn path(&self, reached: &Reached, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", reached.chain))
    }

    /// The last head in the folder.
    fn kept(&self, reached: &Reached) -> Result<Option<Head>, HeadError> {
        match std::fs::read(self.path(reached, "head")) {
            Ok(bytes) => {
                let head = Head::read(&bytes, &self.verifying_key()).map_err(|_| HeadError::OtherKey)?;
                if head.chain == reached.chain { Ok(Some(head)) } else { Err(HeadError::Broken { count: head.count }) }
            }
            Err(error) if error.kind() == ErrorKind::NotFound && self.folder.is_dir() => Ok(None),
            Err(error) => Err(HeadError::Folder { kind: error.kind() }),
        }
    }

    /// Whether a head in the folder is of this key and of another chain. Those of other keys are other programs', and what
    /// cannot be read is nobody's, unless it has this chain's name.
    fn others(&self, reached: &Reached) -> Result<Others, HeadError> {
        let fail = |error: std::io::Error| HeadError::Folder { kind: error.kind() };
        let own = ["head", "heads"].map(|ending| self.path(reached, ending));
        let mut others = Others::default();
        for entry in std::fs::read_dir(&self.folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            if !path.extension().is_some_and(|ending| ending == "head" || ending == "heads") {
                continue;
            }
            match read_file(&path) {
                Ok(file) => {
                    let heads = signed_heads(&file);
                    let mut of_this_key = heads.iter().filter_map(|head| Head::read(head, &self.verifying_key()).ok());
                    others.is_of_this_key |= of_this_key.any(|head| head.chain != reached.chain);
                }
                Err(error) if own.contains(&path) => return Err(fail(error)),
                Err(_) => others.unread.push(path),
            }
        }
        Ok(others)
    }

    fn keep(&self, head: &Head) -> Result<(), HeadError> {
        let Head { chain, count, place, .. } = *head;
        let reached = Reached { chain, count, place };
        let signed = head.sign(&self.key);
        append(&self.path(&reached, "heads"), line(head, &signed).as_bytes())
            .and_then(|()| replace(&self.folder, &self.path(&reached, "head"), &signed))
            .map_err(|error| HeadError::Folder { kind: error.kind() })
    }
}

/// A head as a line of `.heads`: when, how many records, and the signed bytes.
pub(crate) fn line(head: &Head, signed: &[u8]) -> String {
    format!("{} {} {}\n", head.at, head.count, HEXLOWER.encode(signed))
}

/// The signed heads of a file: one as it is (`.head`), or one a line (`.heads`). A line that is none stays as it is; no
/// key will have signed it.
#[must_use]
pub fn signed_heads(file: &[u8]) -> Vec<Vec<u8>> {
    // The number of its format alone has zeros in it, and a text none.
    if file.trim_ascii().is_empty() || file.contains(&0) {
        return vec![file.to_vec()];
    }
    let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let signed = |line: &[u8]| {
        let last = line.rsplit(|byte| *byte == b' ').next().unwrap_or(line);
        HEXLOWER.decode(last.trim_ascii_end()).unwrap_or_else(|_| line.to_vec())
    };
    lines.map(signed).collect()
}

/// Whether a head is due with so many new records, so long after the last one.
pub fn is_due(new: u64, since: Duration) -> bool {
    new > 0 && (new >= RECORDS || since >= INTERVAL)
}

/// A pipe would never end.
fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::metadata(path)?.is_file() {
        true => std::fs::read(path),
        false => Err(ErrorKind::InvalidInput.into()),
    }
}

fn append(path: &Path, line: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(line)?;
    file.sync_all()
}

fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_or_a_hundred_records() {
        let (moment, long) = (Duration::ZERO, Duration::from_secs(300));
        assert!(is_due(100, moment) && is_due(1, long));
        assert!(!is_due(99, moment) && !is_due(99, long - Duration::from_millis(1)) && !is_due(0, long));
    }
}
