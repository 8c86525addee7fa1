//! A kind of file that came month after month and comes no more: the mark of a change of vendor or version.

use crate::report::KindMonths;
use mykarte::ssmix2::types::Timestamp;
use std::collections::BTreeSet;

/// A kind came regularly if it was there in so many of its months,
const REGULAR: usize = 6;
/// with so many files a month (a few patients may well all have got better),
const STEADY: u32 = 10;
/// and it stopped if none came in so many months in which others did.
const SILENT: usize = 3;

/// The kinds that stopped, with their last month. The month in which the storage ends may be a part of one: it says
/// nothing.
pub(crate) fn stopped(kinds: &[KindMonths]) -> Vec<(String, String)> {
    let all: BTreeSet<&String> = kinds.iter().flat_map(|kind| kind.months.keys()).collect();
    let Some(last) = all.last().copied() else { return Vec::new() };
    let stopped = kinds.iter().filter_map(|kind| {
        let own = last_usual(kind)?;
        let silent = all.iter().filter(|month| **month > own && **month < last).count();
        let before: Vec<&&String> = all.iter().filter(|month| **month <= own).rev().take(2 * REGULAR).collect();
        let regular = before.iter().filter(|month| kind.months.contains_key(***month)).count();
        let files: u32 = kind.months.values().rev().take(regular).sum();
        let is_steady = regular > 0 && files / regular as u32 >= STEADY;
        let is_regular = regular >= REGULAR && regular * 4 >= before.len() * 3 && is_steady;
        (is_regular && silent >= SILENT).then(|| (kind.kind.clone(), own.clone()))
    });
    stopped.collect()
}

/// The last month with a tenth of what is usual: a straggler is no sign of life.
fn last_usual(kind: &KindMonths) -> Option<&String> {
    let mut counts: Vec<u32> = kind.months.values().copied().collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2)?;
    kind.months.iter().rev().find(|(_, files)| **files * 10 >= *usual).map(|(month, _)| month)
}

/// The storage's last month, if nothing of any kind came since for longer than a month that has just begun explains.
pub(crate) fn silent_since(kinds: &[KindMonths], now: Timestamp) -> Option<String> {
    let last = kinds.iter().filter_map(|kind| kind.months.keys().last()).max()?;
    let recent = (now.date() - chrono::Months::new(2)).format("%Y-%m").to_string();
    (*last <= recent).then(|| last.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, files: u32, months: impl IntoIterator<Item = (i32, i32)>) -> KindMonths {
        let months = months.into_iter().map(|(year, month)| (format!("{year}-{month:02}"), files)).collect();
        KindMonths { kind: name.into(), months, ..KindMonths::default() }
    }

    #[test]
    fn a_regular_kind_that_ends_before_the_others_has_stopped() {
        let year = |from: i32, to: i32| (from..=to).map(|month| (2025 + (month - 1) / 12, (month - 1) % 12 + 1));
        let labs = kind("OML-11", 40, year(1, 18));
        let injections = kind("OMP-12", 10, year(1, 12));
        assert_eq!(stopped(&[labs.clone(), injections]), [("OMP-12".to_owned(), "2025-12".to_owned())]);
        // Two silent months and the last one say nothing yet; nor does what came only now and then.
        let recent = kind("OMP-12", 10, year(1, 15));
        let rare = kind("OMG-12", 10, [(2025, 2), (2025, 9)]);
        let few = kind("OMD", 3, year(1, 12));
        assert_eq!(stopped(&[labs.clone(), recent, rare, few]), []);
        let mut straggler = kind("OMP-12", 40, year(1, 12));
        straggler.months.insert("2026-05".to_owned(), 1);
        assert_eq!(stopped(&[labs.clone(), straggler]), [("OMP-12".to_owned(), "2025-12".to_owned())]);
        assert_eq!(stopped(&[labs]), []);
        assert_eq!(stopped(&[]), []);
    }

    #[test]
    fn a_storage_that_gets_nothing_any_more_is_told_by_the_day() {
        let labs = [kind("OML-11", 40, [(2026, 8), (2026, 9)])];
        let since = |now: &str| silent_since(&labs, now.parse().expect("a day"));
        assert_eq!([since("2026-10-31"), since("2026-11-30")], [None, Some("2026-09".to_owned())]);
        assert_eq!(silent_since(&[], "2026-10-31".parse().expect("a day")), None);
    }
}
