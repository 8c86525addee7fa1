//! One record of an open vault.
//!
//! The object holds no patient data, and no vault open: each call asks the vault, which answers while it is unlocked and while the record is
//! the generation it was when the object was made. Offsets of pages stay true by that.

use crate::error::MyKarteError;
use crate::summary::Summary;
use crate::vault::{Open, Vault};
use mykarte::RecordLines;
use mykarte::vault::RecordId;
use std::sync::{Arc, Weak};

/// A patient's record at one hospital.
#[derive(uniffi::Object)]
pub struct PatientRecord {
    vault: Weak<Vault>,
    id: RecordId,
    generation: u64,
}

#[uniffi::export]
impl PatientRecord {
    /// The first screen. `Corrupt` where it is damaged; the sections may still be read.
    pub fn summary(&self) -> Result<Summary, MyKarteError> {
        let damaged = MyKarteError::Corrupt { part: crate::error::DamagedPart::Summary };
        self.read(|summary, _| summary.map(Summary::of).ok_or(damaged))
    }
}

impl PatientRecord {
    pub(crate) fn new(vault: &Arc<Vault>, id: RecordId, generation: u64) -> PatientRecord {
        PatientRecord { vault: Arc::downgrade(vault), id, generation }
    }

    /// Works on the vault that holds the record.
    pub(crate) fn with_vault<T>(
        &self,
        work: impl FnOnce(&mut Open, RecordId) -> Result<T, MyKarteError>,
    ) -> Result<T, MyKarteError> {
        // A vault that was let go of is locked.
        self.vault.upgrade().ok_or(MyKarteError::Locked)?.read(|open| {
            if open.archive.vault().generation(self.id)? != self.generation {
                return Err(MyKarteError::RecordChanged);
            }
            work(open, self.id)
        })
    }

    /// Works on the record, with its summary where that can be read.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(Option<&mykarte::record::Summary>, &RecordLines<'_>) -> Result<T, MyKarteError>,
    ) -> Result<T, MyKarteError> {
        self.with_vault(|open, id| {
            let summary = open.summary(id)?;
            work(summary.as_deref(), &open.archive.record(id)?)
        })
    }
}
