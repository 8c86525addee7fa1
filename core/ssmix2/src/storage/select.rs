//! Which file counts (design D3).
//!
//! Flag `1` counts; a flag `0` never cancels a `1`. Of two `1` with one key the
//! later 発生日時 wins. History (`2`) is read only where the current file may
//! lack something. Whether a file that was read is then *used* is decided after
//! its patient id is known ([`Selection::winners`]), so that a quarantined newer
//! file does not hide a good older one.

use super::{Flag, Kind, StoredFile};
use crate::types::Text;
use std::collections::{BTreeMap, HashSet};

/// What the name alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Read it; it counts if its content does.
    Current,
    /// Read it as history that may add something.
    History,
    /// Flag 2, not read.
    Superseded,
    /// Flag 0, not read.
    Deleted,
}

type Key = (Kind, Text, Text, Option<usize>);

/// The fates of a list of files, in the same order.
pub struct Selection {
    /// One fate a file.
    pub fates: Vec<Fate>,
    /// Files with flag 2 whose key has no file with flag 1.
    pub history_without_current: Vec<usize>,
    current: BTreeMap<Key, Vec<usize>>,
}

/// Patient, care date, data type and order number. Department and time are no
/// part of it. Two ADT-00 in two folders (medical and dental volume) are two
/// truths, so there the folder belongs to the key.
fn key(file: &StoredFile) -> Key {
    let own_volume = file.kind.standard() == Some(crate::DataType::Adt00);
    (file.kind.clone(), file.name.care_date.clone(), file.name.order.clone(), own_volume.then_some(file.folder))
}

/// Decides by the names.
pub fn select(files: &[StoredFile]) -> Selection {
    let mut fates = Vec::with_capacity(files.len());
    let mut current: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    let mut history: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        fates.push(match file.name.flag {
            Flag::Deleted => Fate::Deleted,
            Flag::Current => {
                current.entry(key(file)).or_default().push(index);
                Fate::Current
            }
            Flag::Superseded => {
                history.entry(key(file)).or_default().push(index);
                // Memos are append-only: an older version is a memo of its own.
                let may_add = file.kind.is_memo()
                    || file.kind.standard().is_some_and(|t| {
                        t.history_may_add() && !(t.repeats_without_order_number() && file.name.has_order_number())
                    });
                if may_add { Fate::History } else { Fate::Superseded }
            }
        });
    }
    let orphaned = history.iter().filter(|(key, _)| !current.contains_key(*key));
    let history_without_current = orphaned.flat_map(|(_, files)| files.iter().copied()).collect();
    Selection { fates, history_without_current, current }
}

impl Selection {
    /// Of the files with flag 1 that `acceptable` allows, the one that counts for
    /// each key, and those it displaced. Files of one key that are different
    /// events by rule are all winners; the caller sorts out repeats of one event.
    pub fn winners(&self, files: &[StoredFile], acceptable: impl Fn(usize) -> bool) -> (HashSet<usize>, Vec<usize>) {
        let (mut winners, mut displaced) = (HashSet::new(), Vec::new());
        for rivals in self.current.values() {
            let mut rivals: Vec<usize> = rivals.iter().copied().filter(|i| acceptable(*i)).collect();
            // The later time wins; of equal times the later path, so that the
            // order of directory entries never matters.
            rivals.sort_by(|a, b| {
                (&files[*a].name.occurred, &files[*a].path).cmp(&(&files[*b].name.occurred, &files[*b].path))
            });
            let Some(last) = rivals.pop() else { continue };
            winners.insert(last);
            let many_events = files[last].kind.is_memo()
                || files[last].kind.standard().is_some_and(|t| t.repeats_without_order_number())
                    && !files[last].name.has_order_number();
            if many_events { winners.extend(rivals) } else { displaced.extend(rivals) }
        }
        displaced.sort_unstable();
        (winners, displaced)
    }
}

#[cfg(test)]
mod tests {
    use super::super::FileName;
    use super::*;
    use crate::DataType;

    fn file(folder: usize, name: &str) -> StoredFile {
        let name = FileName::parse(name).expect("name");
        let (t, _) = DataType::from_folder(&name.data_type).expect("type");
        StoredFile {
            path: format!("{folder}/{}", name.occurred).into(),
            folder,
            name,
            kind: Kind::Standard(t),
            notes: vec![],
        }
    }

    fn used(files: &[StoredFile], bad: &[usize]) -> Vec<usize> {
        let mut used: Vec<usize> = select(files).winners(files, |i| !bad.contains(&i)).0.into_iter().collect();
        used.sort_unstable();
        used
    }

    #[test]
    fn a_deleted_file_never_cancels_a_current_one() {
        let files = [
            file(0, "1_20200101_OMP-01_5_20200101000000000_01_0"),
            file(0, "1_20200101_OMP-01_5_20200101000001000_01_1"),
        ];
        assert_eq!(select(&files).fates, [Fate::Deleted, Fate::Current]);
        assert_eq!(used(&files, &[]), [1]);
    }

    #[test]
    fn the_later_of_two_current_files_wins_unless_it_is_bad() {
        let files = [
            file(0, "1_20200101_OMP-01_5_20200103_01_1".replace("20200103_", "20200103000000000_").as_str()),
            file(0, "1_20200101_OMP-01_5_20200102000000000_01_1"),
        ];
        assert_eq!(used(&files, &[]), [0]);
        assert_eq!(used(&files, &[0]), [1]);
        assert_eq!(select(&files).winners(&files, |_| true).1, [1]);
    }

    #[test]
    fn two_leaves_on_one_day_are_two_events() {
        let nines = "999999999999999";
        let names =
            ["20200101080000000_01_2", "20200101180000000_01_1"].map(|t| format!("1_20200101_ADT-31_{nines}_{t}"));
        let files = names.map(|n| file(0, &n));
        assert_eq!(select(&files).fates, [Fate::History, Fate::Current]);
    }

    #[test]
    fn each_volume_keeps_its_own_adt_00() {
        let name = "1_-_ADT-00_999999999999999_20200101080000000_-_1";
        assert_eq!(used(&[file(0, name), file(1, name)], &[]), [0, 1]);
        let other = name.replace("ADT-00", "ADT-61");
        assert_eq!(used(&[file(0, &other), file(1, &other)], &[]).len(), 1);
    }

    #[test]
    fn history_alone_is_reported() {
        let files = [file(0, "1_20200101_OMP-01_5_20200101000000000_01_2")];
        assert_eq!(select(&files).history_without_current, [0]);
    }
}
