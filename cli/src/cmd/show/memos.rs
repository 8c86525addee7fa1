//! 非常時メモ: what a doctor wrote in the disaster viewer.

use super::entry;
use crate::print::line::Line;
use crate::print::table::Row;
use mykarte::record::Entry;
use mykarte::record::labels::Language;
use mykarte::ssmix2::clinical::Memo;

/// One memo.
pub fn row(e: &Entry<Memo>, language: Language) -> Row {
    let m = &e.body;
    let cells = vec![
        entry::date_time(e, language),
        entry::status(e.status, language),
        entry::cell(m.place.clone()),
        entry::cell(entry::code(&m.role)),
        entry::cell(entry::person(&m.author)),
        entry::row_marks(e, language),
    ];
    Row { cells, details: m.text.lines().map(|l| Line::new().bold(l)).collect(), ..Row::default() }
}
