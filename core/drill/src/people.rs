//! Who is in the storages, and who of them is looked at.

use crate::request::Who;
use mykarte::ssmix2::Code;
use mykarte::ssmix2::storage::{PatientFolder, date_folders};
use mykarte::ssmix2::types::{Text, bare_id, fold_id};
use mykarte::{ImportError, PatientIndex};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// A person, by the id that his folders have in each of the storages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person<'i>(Vec<Option<&'i str>>);

impl<'i> Person<'i> {
    /// The id in a storage; none where it has no folder of his.
    pub fn id_in(&self, storage: usize) -> Option<&'i str> {
        self.0.get(storage).copied().flatten()
    }

    /// The id in the first storage that has one.
    pub fn id(&self) -> &'i str {
        self.0.iter().copied().flatten().next().unwrap_or_default()
    }

    /// Whether the storages fill the id up with another number of zeros.
    pub fn is_padded(&self) -> bool {
        let mut ids = self.0.iter().flatten().map(|id| fold_id(id));
        let first = ids.next();
        ids.any(|id| Some(id) != first)
    }

    fn folders(&self, indexes: &[&PatientIndex]) -> Result<Vec<PatientFolder>, ImportError> {
        let of = |(index, id): (&&PatientIndex, &Option<&str>)| id.map(|id| index.folders_of(id)).transpose();
        let folders = indexes.iter().zip(&self.0).map(of).collect::<Result<Vec<_>, _>>()?;
        Ok(folders.into_iter().flatten().flatten().collect())
    }
}

/// Everybody in any of the storages, in the order of their ids. One may fill ids up with zeros where the other does not:
/// they are one person's, if neither storage has them for two.
pub(crate) fn everybody<'i>(indexes: &[&'i PatientIndex]) -> Vec<Person<'i>> {
    let ids: Vec<Vec<&str>> = indexes.iter().map(|index| index.ids()).collect();
    let mut most: HashMap<Text, usize> = HashMap::new();
    for ids in &ids {
        let mut here: HashMap<Text, usize> = HashMap::new();
        ids.iter().for_each(|id| *here.entry(bare_id(&fold_id(id)).into()).or_default() += 1);
        for (bare, count) in here {
            let known = most.entry(bare).or_default();
            *known = count.max(*known);
        }
    }
    let mut all: BTreeMap<Text, Person<'i>> = BTreeMap::new();
    for (storage, ids) in ids.into_iter().enumerate() {
        for id in ids {
            let folded = fold_id(id);
            let bare = bare_id(&folded);
            let is_one = !bare.is_empty() && most.get(bare) == Some(&1);
            let person = all.entry(if is_one { bare.into() } else { folded }).or_default();
            person.0.resize(indexes.len(), None);
            person.0[storage] = Some(id);
        }
    }
    let mut all: Vec<Person<'i>> = all.into_values().collect();
    all.sort_by_key(|person| person.id());
    all
}

/// Those who are asked for.
///
/// # Errors
/// [`ImportError::Storage`], where a storage cannot be read any more; [`ImportError::NoSuchPatient`] or
/// [`ImportError::EmptyStorage`], where somebody is named who is in none.
pub(crate) fn chosen<'i>(who: &Who, indexes: &[&'i PatientIndex]) -> Result<Vec<Person<'i>>, ImportError> {
    let mut people = everybody(indexes);
    match who {
        Who::All => {}
        Who::Sample { patients, seed } => {
            people.sort_by_cached_key(|person| chance(*seed, person.id()));
            people.truncate(*patients as usize);
            people.sort_by_key(|person| person.id());
        }
        Who::Patient(wanted) => {
            let wanted = fold_id(wanted);
            people.retain(|person| person.0.iter().flatten().any(|id| fold_id(id) == wanted));
            if let (true, Some(index)) = (people.is_empty(), indexes.first()) {
                return Err(index.no_such_patient(&wanted));
            }
        }
        Who::Since(day) => {
            // Names of eight digits are in the order of their days.
            let day = day.format("%Y%m%d").to_string();
            let mut kept = Vec::new();
            for person in people {
                let folders = person.folders(indexes)?;
                kept.extend(folders.iter().any(|folder| came_since(folder, &day)).then_some(person));
            }
            people = kept;
        }
    }
    Ok(people)
}

/// Whether a folder has a care date on or after a day, or cannot be asked: nobody is left out unseen.
fn came_since(folder: &PatientFolder, day: &str) -> bool {
    let (dates, skipped) = date_folders(folder);
    let is_since =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name != "-" && name >= day);
    dates.iter().any(is_since) || skipped.iter().any(|(_, code)| *code == Code::FolderUnreadable)
}

/// An order that nobody chose, the same on every machine.
fn chance(seed: u64, id: &str) -> [u8; 32] {
    Sha256::new().chain_update(seed.to_be_bytes()).chain_update(id).finalize().into()
}
