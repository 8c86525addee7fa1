//! The display code tables: what a code of an SS-MIX2 message is called on a screen.
//!
//! A hospital sends most values as code and text, and the text it sent always wins. These tables answer only when the
//! text is missing. Every Japanese label of the record lives here, in the tsv files beside this module, so that a wording
//! is changed in one place:
//!
//! | file | tables |
//! |---|---|
//! | `codes.tsv` | the HL7 v2.5 tables, MERIT-9 (MR9P), JHSD/JHSI/JHSP/JSHR tables of the SS-MIX2 code book, JLAC10 |
//! | `departments.tsv` | table 0069, the unified department codes of the SS-MIX2 code book |
//! | `insurance.tsv` | JHSD0001 and JHSD0002 |
//! | `materials.tsv` | JLAC10 material codes (characters 10-12) |
//! | `usage.tsv` | the words of the 16-character JAMISDP01 usage code |
//!
//! A row is `table<TAB>code<TAB>Japanese label<TAB>English label`, the last one empty where the standard has none; rows
//! are sorted by table and code. [`Table`] says which tables there are; [`pretty_unit`] and [`usage_text`] read the two
//! codes that are small languages of their own. The files are part of the program and become one map on first use; a row
//! that is not well-formed would be skipped rather than stop the app, and the tests make sure there is none.

mod names;
mod unit;
mod usage;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

pub use names::Table;
pub use unit::pretty_unit;
pub use usage::usage_text;

/// The tsv files, as the module head lists them.
const FILES: [&str; 5] = [
    include_str!("codes.tsv"),
    include_str!("departments.tsv"),
    include_str!("insurance.tsv"),
    include_str!("materials.tsv"),
    include_str!("usage.tsv"),
];

/// The two labels of one code; `en` is empty where the standard has no English wording.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// The Japanese label.
    ja: &'static str,
    /// The English label, or empty.
    en: &'static str,
}

/// Every row of every table.
static ROWS: LazyLock<HashMap<(Table, &'static str), Row>> = LazyLock::new(load);

/// The Japanese label of `code` in `table`; `None` when the table does not know it.
///
/// The code is trimmed and full-width ASCII folded to half-width (`Ｈ` is `H`). Lower case is accepted for upper case
/// unless case carries meaning in the table ([`Table::case_matters`]). A 3-character department code that is not listed
/// is answered with its 2-character parent, as table 0069 is built.
pub fn label(table: Table, code: &str) -> Option<&'static str> {
    find(table, code).map(|row| row.ja)
}

/// The English label of `code` in `table`: the HL7 tables have one, Japanese tables answer `None`.
pub fn label_en(table: Table, code: &str) -> Option<&'static str> {
    find(table, code).map(|row| row.en).filter(|en| !en.is_empty())
}

/// The category a JLAC10 code belongs to, told by its first character: `3A010...` is 生化学的検査.
///
/// Accepts a whole code or the bare category digit. `None` when the code cannot be JLAC10, whose second character is
/// always a letter; a purely numeric local or receipt code gets no category.
pub fn jlac10_category(code: &str) -> Option<&'static str> {
    let folded = fold(code);
    let mut chars = folded.chars();
    let first = chars.next().filter(char::is_ascii_digit)?;
    if chars.next().is_some_and(|second| !second.is_ascii_alphabetic()) {
        return None;
    }
    label(Table::Jlac10Category, first.encode_utf8(&mut [0; 4]))
}

/// Whether a discharge disposition (PV1-36, table 0112) says that the patient died: 20-29 and 40-42.
pub fn is_death_disposition(code: &str) -> bool {
    let folded = fold(code);
    let [tens, ones] = folded.as_bytes() else { return false };
    matches!((tens, ones), (b'2', b'0'..=b'9') | (b'4', b'0'..=b'2'))
}

/// Looks a code up as sent, then in upper case, then by its department parent.
fn find(table: Table, code: &str) -> Option<Row> {
    let code = fold(code);
    if let Some(row) = row(table, &code) {
        return Some(row);
    }
    if table.case_matters() {
        return None;
    }
    let upper = code.to_ascii_uppercase();
    row(table, &upper).or_else(|| department_parent(table, &upper))
}

/// The row of the first two characters of an unknown 3-character department code.
fn department_parent(table: Table, code: &str) -> Option<Row> {
    let is_child = table == Table::Department0069 && code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_child {
        return None;
    }
    row(table, code.get(..2)?)
}

/// Trims and folds full-width ASCII (U+FF01-U+FF5E) to half-width.
fn fold(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(ssmix2::types::half_width).collect())
}

/// The row of exactly this code.
fn row(table: Table, code: &str) -> Option<Row> {
    ROWS.get(&(table, code)).copied()
}

/// Reads the files into the map.
fn load() -> HashMap<(Table, &'static str), Row> {
    let tables: HashMap<_, _> = Table::ALL.iter().map(|&table| (table.name(), table)).collect();
    let lines = FILES.iter().flat_map(|file| file.lines());
    lines
        .filter_map(|line| {
            let [name, code, ja, en] = columns(line)?;
            Some(((*tables.get(name)?, code), Row { ja, en }))
        })
        .collect()
}

/// The four columns of a line: table, code, Japanese label, English label.
fn columns(line: &str) -> Option<[&str; 4]> {
    let mut parts = line.split('\t');
    let row = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(row)
}
