//! Months of a patient that only one of several storage roots has although another has months before and after.

use mykarte::ssmix2::storage::{PatientFolder, date_folders};
use std::collections::BTreeSet;

/// One hole of so many months is more than somebody who did not come.
const LONG: usize = 3;
/// A root goes on with so many months on either side; one stray date is no data before or after.
const SIDE: usize = 2;

/// The first hole of any root, as its first and last month. Only the names of care-date folders are looked at.
pub(crate) fn hole(folders: &[PatientFolder]) -> Option<(String, String)> {
    let mut roots: Vec<&std::path::Path> = folders.iter().map(|folder| folder.root.as_path()).collect();
    roots.sort_unstable();
    roots.dedup();
    if roots.len() < 2 {
        return None;
    }
    let of = |root: &std::path::Path| folders.iter().filter(|folder| folder.root == root).flat_map(months).collect();
    hole_in(&roots.into_iter().map(of).collect::<Vec<_>>())
}

fn months(folder: &PatientFolder) -> Vec<String> {
    let names = date_folders(folder).0.into_iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    // `-` is no month.
    names.filter(|name| name.len() == 8).map(|name| format!("{}-{}", &name[..4], &name[4..6])).collect()
}

fn hole_in(roots: &[BTreeSet<String>]) -> Option<(String, String)> {
    let all: BTreeSet<&String> = roots.iter().flatten().collect();
    for root in roots {
        let mut run: Vec<&String> = Vec::new();
        let (Some(first), Some(last)) = (root.first(), root.last()) else { continue };
        for month in all.iter().copied().filter(|month| (first..=last).contains(month)) {
            match root.contains(month) {
                false => run.push(month),
                true if run.len() >= LONG => break,
                true => run.clear(),
            }
        }
        if let (Some(first), Some(last), true) = (run.first(), run.last(), run.len() >= LONG)
            && root.range::<String, _>(..*first).count() >= SIDE
            && root.range::<String, _>(*last..).count() >= SIDE
        {
            return Some(((*first).clone(), (*last).clone()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_lies_between_months_of_its_root() {
        let root = |months: &[u32]| months.iter().map(|month| format!("2024-{month:02}")).collect::<BTreeSet<_>>();
        let whole = root(&[1, 2, 3, 4, 5, 6, 7]);
        let hole = Some(("2024-03".to_owned(), "2024-05".to_owned()));
        assert_eq!(hole_in(&[whole.clone(), root(&[1, 2, 6, 7])]), hole.clone());
        assert_eq!(hole_in(&[root(&[1, 2, 6, 7]), whole.clone()]), hole.clone());
        assert_eq!(hole_in(&[root(&[1, 2, 7]), whole.clone()]), None);
        // A root without a dated folder says nothing, and hides nothing.
        assert_eq!(hole_in(&[root(&[]), root(&[1, 2, 6, 7]), root(&[1, 2, 3, 4, 5, 6, 7])]), hole);
        // One volume after the other, a month now and then, one that simply begins later.
        assert_eq!(hole_in(&[root(&[1, 2, 3]), root(&[4, 5, 6])]), None);
        assert_eq!(hole_in(&[whole.clone(), root(&[1, 4, 7])]), None);
        assert_eq!(hole_in(&[whole, root(&[6, 7])]), None);
    }
}
