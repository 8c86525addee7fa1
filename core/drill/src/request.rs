//! What to look at, and how.

use crate::report::Chosen;
use mykarte::import::Shaping;
use mykarte::record::summary::Hospital;
use mykarte::ssmix2::types::Timestamp;
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
}
