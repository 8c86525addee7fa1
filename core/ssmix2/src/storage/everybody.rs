//! All patients of some inputs at once, so that each can be looked up afterwards as [`find_patients`] would have found him,
//! without another walk.
//!
//! [`find_patients`]: super::find_patients

use super::StorageError;
use super::walk::{self, Found, PatientFolder};
use crate::Code;
use crate::types::fold_id;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Every patient below some inputs.
pub struct Everybody(Vec<Input>);

/// What is at one input. A search decides for each of them on its own where it looks.
struct Input {
    path: PathBuf,
    /// The patient in whose folder the input lies, or whose folder it is.
    above: Option<PatientFolder>,
    /// What is below it: looked at for everybody but the one above.
    below: Found,
    /// Positions in `below.folders`, by folded id.
    by_id: HashMap<String, Vec<usize>>,
    is_transaction_storage: bool,
}

impl Everybody {
    /// Walks the inputs.
    ///
    /// # Errors
    /// Where an input itself cannot be used.
    pub fn of(inputs: &[PathBuf]) -> Result<Everybody, StorageError> {
        let inputs = inputs.iter().enumerate().map(|(number, path)| {
            let input = Input::walk(walk::usable(path, number)?);
            let is_empty = input.above.is_none() && input.below.folders.is_empty();
            match is_empty && input.is_transaction_storage {
                true => Err(StorageError::TransactionStorage { input: number }),
                false => Ok(input),
            }
        });
        Ok(Everybody(inputs.collect::<Result<_, _>>()?))
    }

    /// Whether these are the inputs that were walked.
    ///
    /// # Errors
    /// Where one of them cannot be used now.
    pub fn is_of(&self, inputs: &[PathBuf]) -> Result<bool, StorageError> {
        let asked = inputs.iter().enumerate().map(|(number, path)| walk::usable(path, number));
        Ok(self.0.iter().map(|input| &input.path).eq(&asked.collect::<Result<Vec<_>, _>>()?))
    }

    /// Every patient's folders: who is above an input hides whoever is below it, as in a search for all.
    pub fn folders(&self) -> impl Iterator<Item = &PatientFolder> {
        self.0.iter().flat_map(|input| match &input.above {
            Some(above) => std::slice::from_ref(above),
            None => &input.below.folders,
        })
    }

    /// What lies beside the patients' folders, each path below the input that it is of. It is taken out: whoever says it once
    /// for all does not have it said again of each patient.
    pub fn take_beside(&mut self) -> Vec<(PathBuf, Code)> {
        self.0.iter_mut().flat_map(Input::take_beside).collect()
    }

    /// What a search for this patient would have found: nothing of what is the matter in other patients' folders.
    ///
    /// # Errors
    /// [`StorageError::TransactionStorage`], where an input is one and the patient is not below it.
    pub fn find(&self, id: &str) -> Result<Found, StorageError> {
        let (id, mut found) = (fold_id(id), Found::default());
        for (number, input) in self.0.iter().enumerate() {
            let before = found.folders.len();
            match &input.above {
                Some(above) if fold_id(&above.id) == id => found.folders.push(above.clone()),
                _ => input.find(&id, &mut found),
            }
            if found.folders.len() == before && input.is_transaction_storage && input.below.folders.is_empty() {
                return Err(StorageError::TransactionStorage { input: number });
            }
        }
        found.tidy();
        Ok(found)
    }
}

impl Input {
    fn walk(path: PathBuf) -> Input {
        let (above, below) = (walk::patient_above(&path), walk::below(&path));
        let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, folder) in below.folders.iter().enumerate() {
            by_id.entry(fold_id(&folder.id).to_string()).or_default().push(at);
        }
        let is_transaction_storage = walk::is_transaction_storage(&path);
        Input { path, above, below, by_id, is_transaction_storage }
    }

    /// Somebody's folder holds nothing that is beside a patient's.
    fn take_beside(&mut self) -> Vec<(PathBuf, Code)> {
        let below = &mut self.below;
        let [strays, symlinks, unreadable] =
            [&mut below.strays, &mut below.symlinks, &mut below.unreadable].map(std::mem::take);
        if self.above.is_some() {
            return Vec::new();
        }
        let strays = strays.into_iter().map(|path| (path, Code::ForeignFile));
        let symlinks = symlinks.into_iter().map(|path| (path, Code::Symlink));
        let unreadable = unreadable.into_iter().map(|path| (path, Code::FolderUnreadable));
        let own = |path: PathBuf| path.strip_prefix(&self.path).map(Path::to_path_buf).unwrap_or(path);
        strays.chain(symlinks).chain(unreadable).map(|(path, code)| (own(path), code)).collect()
    }

    fn find(&self, id: &str, found: &mut Found) {
        let is_seen = |path: &Path| !walk::is_below_another(path, &self.path, id);
        let at = self.by_id.get(id).map(Vec::as_slice).unwrap_or_default();
        let folders = at.iter().map(|at| &self.below.folders[*at]);
        found.folders.extend(folders.filter(|folder| is_seen(&folder.path)).cloned());
        // A link is met where it lies; what it is called is not looked at.
        let links = self.below.symlinks.iter().filter(|link| link.parent().is_none_or(is_seen));
        found.symlinks.extend(links.cloned());
        found.unreadable.extend(self.below.unreadable.iter().filter(|path| is_seen(path)).cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::super::find_patients;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::fs;

    const NAMES: [&str; 11] =
        ["-", "20240401", "123", "456", "1234567", "1234568", "backup", "77", "1319900017", "OMP-01", "7"];
    const IDS: [&str; 4] = ["1234567", "1234568", "77", "12345678"];

    /// A patient's folder somewhere, by the rule or not, perhaps with a link beside one of its folders.
    fn folder() -> impl Strategy<Value = (Vec<&'static str>, &'static str, bool, &'static str, Option<usize>)> {
        let above = proptest::collection::vec(proptest::sample::select(&NAMES[..]), 0..4);
        let id = proptest::sample::select(&IDS[..]);
        let date = proptest::sample::select(&["20240401", "-"][..]);
        (above, id, any::<bool>(), date, proptest::option::weighted(0.25, 0_usize..5))
    }

    fn make(root: &Path, (above, id, by_rule, date, link): (Vec<&str>, &str, bool, &str, Option<usize>)) -> PathBuf {
        let mut path: PathBuf = root.join(above.iter().collect::<PathBuf>());
        if by_rule && id.len() > 6 {
            path.extend([&id[..3], &id[3..6]]);
        }
        path.extend([id, date, "OMP-01"]);
        fs::create_dir_all(&path).expect("made");
        let name = format!("{id}_{date}_OMP-01_{:015}_20240401120000000_01_1", 5);
        fs::write(path.join(name), "x").expect("written");
        if let Some(up) = link.and_then(|up| path.ancestors().nth(up)).filter(|up| up.starts_with(root)) {
            // Two may fall on one place.
            let _ = std::os::unix::fs::symlink(root, up.join("link"));
        }
        path
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn everybody_is_found_as_by_a_search_of_his_own(
            folders in proptest::collection::vec(folder(), 1..5),
            ups in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..9), 1..3),
        ) {
            let dir = tempfile::tempdir().expect("a folder");
            let root = dir.path().join("root");
            let made: Vec<PathBuf> = folders.into_iter().map(|folder| make(&root, folder)).collect();
            let input = |(of, up): (proptest::sample::Index, usize)| {
                let above = of.get(&made).ancestors().nth(up).filter(|path| path.starts_with(&root));
                above.unwrap_or(&root).to_path_buf()
            };
            let inputs: Vec<PathBuf> = ups.into_iter().map(input).collect();
            let everybody = Everybody::of(&inputs).expect("walked");
            for id in IDS {
                let (walked, found) = (find_patients(&inputs, Some(id)), everybody.find(id));
                prop_assert_eq!(walked.expect("walked"), found.expect("found"), "{} in {:?}", id, &inputs);
            }
            let all = find_patients(&inputs, None).expect("walked").folders;
            let all: BTreeSet<PathBuf> = all.into_iter().map(|folder| folder.path).collect();
            prop_assert_eq!(all, everybody.folders().map(|folder| folder.path.clone()).collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn a_copy_inside_another_patients_folder_is_nobodys() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(dir.path().join("123/456/1234567/copy/123/456/1234568/20240401/OMP-01")).expect("made");
        let inputs = [dir.path().to_path_buf()];
        let everybody = Everybody::of(&inputs).expect("walked");
        assert_eq!(everybody.find("1234568").expect("found"), Found::default());
        assert_eq!(find_patients(&inputs, Some("1234568")).expect("walked"), Found::default());
    }
}
