//! Signed heads of a chain, kept in a second place: what shows that its end was cut off.
//!
//! ```text
//! tick --due?--> the last head still fits the chain --sign--> <chain>.heads (one line more), then <chain>.head (replaced)
//! ```
//!
//! The second place is a folder that whoever can change the database cannot: another computer's, or a medium that only
//! takes. What a head says is fixed once it is there; a database that does not lead through it is never signed over.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use mykarte_vault::chain::Head;
use mykarte_vault::package::{SigningKey, VerifyingKey};
use tempfile::NamedTempFile;

use crate::files::{SecretError, read_secret};
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
    last: Mutex<Last>,
}

struct Last {
    head: Option<Head>,
    when: Instant,
}

impl HeadKeeper {
    /// Begins where the last head in the folder left off. The key is made on first use; it lies beside the database.
    ///
    /// # Errors
    /// Any [`HeadError`] but [`HeadError::Broken`].
    pub fn open(store: Arc<dyn Store>, key: &Path, folder: &Path) -> Result<Self, HeadError> {
        let key = head_key(key)?;
        let keeper =
            Self { store, key, folder: folder.to_owned(), last: Mutex::new(Last { head: None, when: Instant::now() }) };
        let reached = keeper.store.reached()?;
        let head = keeper.kept(&reached)?;
        if head.is_none() && keeper.knows_another(&reached)? {
            return Err(HeadError::OtherChain);
        }
        keeper.last.lock().unwrap_or_else(PoisonError::into_inner).head = head;
        Ok(keeper)
    }

    /// The public half of its key, which whoever verifies must have from elsewhere.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
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

    /// Whether a head in the folder is of this key and of another chain. Those of other keys are other programs'.
    fn knows_another(&self, reached: &Reached) -> Result<bool, HeadError> {
        let fail = |error: std::io::Error| HeadError::Folder { kind: error.kind() };
        for entry in std::fs::read_dir(&self.folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            if !path.extension().is_some_and(|ending| ending == "head" || ending == "heads") {
                continue;
            }
            let heads = signed_heads(&std::fs::read(path).map_err(fail)?);
            let of_this_key = heads.iter().filter_map(|signed| Head::read(signed, &self.verifying_key()).ok());
            if of_this_key.into_iter().any(|head| head.chain != reached.chain) {
                return Ok(true);
            }
        }
        Ok(false)
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

/// Waits until no other program signs with this key, and keeps them waiting as long as what it gives is there: heads reach
/// their second places in the order in which they were signed.
///
/// # Errors
/// [`HeadError::Key`], [`HeadError::KeyDamaged`], [`HeadError::KeyOpen`].
pub fn in_turn(key: &Path) -> Result<File, HeadError> {
    head_key(key)?;
    let file = File::open(key).map_err(|error| HeadError::Key { kind: error.kind() })?;
    match file.lock() {
        // Without locks a head that came second may be refused where two programs sign at once; the next one is taken.
        Err(error) if error.kind() != ErrorKind::Unsupported => Err(HeadError::Key { kind: error.kind() }),
        _ => Ok(file),
    }
}

/// The key of a server's heads, from its own file, which is made on first use.
///
/// # Errors
/// [`HeadError::Key`], [`HeadError::KeyDamaged`], [`HeadError::KeyOpen`].
pub fn head_key(path: &Path) -> Result<SigningKey, HeadError> {
    let fail = |error: std::io::Error| HeadError::Key { kind: error.kind() };
    match read_key(path) {
        Err(HeadError::Key { kind: ErrorKind::NotFound }) => {}
        found => return found,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let key = SigningKey::make().map_err(|_| HeadError::Key { kind: ErrorKind::Other })?;
    // Such a file is its owner's only from the beginning, and under its name once it is whole.
    let mut file = NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(key.dangerous_bytes()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?,
        Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => {}
        Err(other) => return Err(fail(other.error)),
    }
    read_key(path)
}

fn read_key(path: &Path) -> Result<SigningKey, HeadError> {
    let bytes = read_secret(path).map_err(|error| match error {
        SecretError::Unreadable { kind } => HeadError::Key { kind },
        SecretError::Open => HeadError::KeyOpen,
    })?;
    let seed = bytes.as_slice().try_into().map_err(|_| HeadError::KeyDamaged)?;
    Ok(SigningKey::dangerous_from_bytes(seed))
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
