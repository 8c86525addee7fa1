//! Deleting a record: its key first, then every trace of it in the file.
//!
//! The first transaction overwrites the wrapped key and takes the record out of the head: from then on nobody reads it,
//! whatever the secret. The second removes its rows; SQLite overwrites the freed pages (`secure_delete`) and gives them
//! back, and all pages are written anew, for a row that was moved may have left a piece behind. What flash storage keeps
//! beneath the file is ciphertext without a key.

use super::Vault;
use crate::error::VaultError;
use crate::ids::RecordId;
use crate::store::open::open_read;
use crate::store::read;
use crate::store::write::{self, NewKeys};

impl Vault {
    /// Deletes a record. Success means that nothing of it is left in the file.
    ///
    /// # Errors
    /// [`VaultError::NoSuchRecord`]; those of a write, with nothing changed; [`VaultError::NotYetErased`] when its key is
    /// gone but its ciphertext could not be removed: call [`Self::erase_leftovers`].
    pub fn delete(&mut self, record: RecordId) -> Result<(), VaultError> {
        self.check_writable()?;
        let entry = self.head.record(record)?;
        // As long as a wrapped key, so that it lies where the key lay. A row that is lost has none to overwrite.
        let key = self.read(|conn| Ok(read::generation_key(conn, entry.row).ok()))?;
        let destroyed: Vec<(i64, Vec<u8>)> = key.iter().map(|key| (entry.row, vec![0; key.len()])).collect();
        let keys = NewKeys { header: &self.header, slots: &self.slots, generation_keys: &destroyed };
        let mut head = self.head.clone();
        head.records.retain(|entry| entry.id != record);
        let sealed_head = self.next_head(&mut head, &self.header, &self.data_key)?;
        let written = write::put_keys(&self.path, &self.sealed_head, &keys, &sealed_head);
        self.settle(written, &sealed_head)?;
        self.adopt(head, sealed_head)?;
        // From here on the record is unreadable, whatever fails.
        self.erase_leftovers().map(|_| ()).map_err(|_| VaultError::NotYetErased)
    }

    /// Removes what a deletion or an import that was cut off left in the file. Returns whether anything was there.
    ///
    /// # Errors
    /// Those of a write; [`VaultError::NotYetErased`] when something is still there.
    pub fn erase_leftovers(&mut self) -> Result<bool, VaultError> {
        self.check_writable()?;
        if self.sealed_head.is_empty() {
            return Ok(false);
        }
        let current: Vec<i64> = self.head.records.iter().map(|entry| entry.row).collect();
        let found = self.read(|conn| read::leftovers(conn, &current))?;
        write::sweep(&self.path, &self.sealed_head, &current)?;
        write::compact(&self.path)?;
        // After a crash what is open here may be a picture in memory: the file is what counts.
        self.db = None;
        self.db = Some(open_read(&self.path)?);
        let left = self.read(|conn| read::leftovers(conn, &current))?;
        if left { Err(VaultError::NotYetErased) } else { Ok(found) }
    }
}
