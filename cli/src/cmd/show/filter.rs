//! Which entries: words and dates.

use super::{Open, Shown};
use mykarte::record::Section;
use mykarte::record::lines::Head;
use mykarte::record::search::Query;
use mykarte::ssmix2::types::Timestamp;

/// `--search`, `--from`, `--to`.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words, all of which an entry must hold.
    pub query: Option<Query>,
    /// First day.
    pub from: Option<Timestamp>,
    /// Last day.
    pub to: Option<Timestamp>,
}

impl Filter {
    /// Whether anything is asked for.
    pub fn is_set(&self) -> bool {
        self.query.is_some() || self.from.is_some() || self.to.is_some()
    }

    fn takes(&self, line: &[u8]) -> bool {
        let dated = self.from.is_some() || self.to.is_some();
        // A head that cannot be read is no reason to hide the entry.
        let in_period = !dated || serde_json::from_slice::<Head>(line).map_or(true, |h| h.overlaps(self.from, self.to));
        in_period && self.query.as_ref().is_none_or(|q| q.matches(line))
    }
}

/// Calls `f` with every line that the filter takes.
pub fn each(open: &Open<'_>, section: Section, filter: &Filter, mut f: impl FnMut(&[u8])) -> Shown {
    let mut entries = 0;
    let damage = open.lines.each(section, |line| {
        if !filter.is_set() || filter.takes(line) {
            entries += 1;
            f(line);
        }
    });
    Shown { entries, damage, ..Shown::default() }
}
