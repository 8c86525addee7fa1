//! What to look at, and who of a storage.

use crate::report::Chosen;
use mykarte::import::Shaping;
use mykarte::record::summary::Hospital;
use mykarte::ssmix2::storage::{PatientFolder, date_folders};
use mykarte::ssmix2::types::{Text, Timestamp, fold_id};
use mykarte::{ImportError, PatientIndex};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What to look at, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// Storage roots or their parents.
    pub storages: Vec<PathBuf>,
    /// The facility, where the operator names it.
    pub hospital: Option<Hospital>,
    /// What the university shows.
    pub shaping: Shaping,
    /// Who.
    pub who: Who,
    /// Worker threads; 0 means one a core.
    pub threads: usize,
    /// Examples keep their text; otherwise it is masked.
    pub show_text: bool,
    /// When the drill runs, in Japanese local time.
    pub at: Timestamp,
}

/// Who is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    All,
    /// So many by chance; the same seed gives the same.
    Sample {
        /// How many.
        patients: u32,
        /// For which chance.
        seed: u64,
    },
    /// One patient's folder.
    Patient(String),
    /// Those with a care-date folder on or after this day.
    Since(chrono::NaiveDate),
}

impl Who {
    /// How the report says it.
    pub fn chosen(&self) -> Chosen {
        match self {
            Who::All => Chosen::All,
            Who::Sample { patients, seed } => Chosen::Sample { patients: *patients, seed: *seed },
            Who::Patient(_) => Chosen::Patient,
            Who::Since(date) => Chosen::Since { date: date.to_string() },
        }
    }

    /// The ids of those who are looked at, in order.
    ///
    /// # Errors
    /// [`ImportError::Storage`], where a storage cannot be read any more.
    pub fn ids<'i>(&self, index: &'i PatientIndex) -> Result<Vec<&'i str>, ImportError> {
        self.ids_of(&[index])
    }

    /// The same of several storages together, each person once.
    ///
    /// # Errors
    /// As [`Self::ids`].
    pub fn ids_of<'i>(&self, indexes: &[&'i PatientIndex]) -> Result<Vec<&'i str>, ImportError> {
        let everybody = everybody(indexes);
        let folders_of = |id: &str| -> Result<Vec<PatientFolder>, ImportError> {
            let folders = indexes.iter().map(|index| index.folders_of(id)).collect::<Result<Vec<_>, _>>()?;
            Ok(folders.concat())
        };
        let mut ids: Vec<&str> = everybody.into_values().collect();
        match self {
            Who::All => {}
            Who::Sample { patients, seed } => {
                ids.sort_by_cached_key(|id| chance(*seed, id));
                ids.truncate(*patients as usize);
                ids.sort_unstable();
            }
            Who::Patient(wanted) => {
                let folders = folders_of(wanted)?;
                ids.retain(|id| folders.iter().any(|folder| fold_id(&folder.id) == fold_id(id)));
            }
            Who::Since(day) => {
                let mut kept = Vec::new();
                for id in ids {
                    let folders = folders_of(id)?;
                    let dates = folders.iter().flat_map(|folder| date_folders(folder).0);
                    let named = |path: PathBuf| path.file_name().and_then(|name| name.to_str().map(str::to_owned));
                    // Names of eight digits are in the order of their days.
                    let day = day.format("%Y%m%d").to_string();
                    if dates.filter_map(named).any(|name| name != "-" && name >= day) {
                        kept.push(id);
                    }
                }
                ids = kept;
            }
        }
        Ok(ids)
    }
}

/// Who is in any of the storages, by the folded id.
pub(crate) fn everybody<'i>(indexes: &[&'i PatientIndex]) -> BTreeMap<Text, &'i str> {
    let mut all = BTreeMap::new();
    for id in indexes.iter().flat_map(|index| index.ids()) {
        all.entry(fold_id(id)).or_insert(id);
    }
    all
}

/// An order that nobody chose, the same on every machine.
fn chance(seed: u64, id: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed.to_be_bytes()).chain_update(id).finalize().into()
}
