//! Segments and fields with the names of the standard (`fields.tsv`).

use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use mykarte::ssmix2::escape::unescape;
use mykarte::ssmix2::message::Delimiters;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Type and Japanese name by segment and field.
type Names = HashMap<(&'static str, usize), (&'static str, &'static str)>;

/// Field 0 is the segment itself.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let rows = include_str!("fields.tsv").lines().filter(|l| !l.starts_with('#'));
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let [segment, field, kind, name] = std::array::from_fn(|_| columns.next().unwrap_or(""));
        Some(((segment, field.parse().ok()?), (kind, name)))
    };
    rows.filter_map(row).collect()
});

/// Width of the column with field number, name and type.
const NAMES_WIDTH: usize = 38;

/// Prints one segment, empty fields left out.
pub fn segment(number: u32, text: &str, d: Delimiters, out: &mut Out) -> Result<(), Failure> {
    let mut fields: Vec<&str> = text.split(d.field).collect();
    let id = fields[0];
    let is_id = id.len() == 3 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !is_id {
        let (ja, en) = ("HL7 のセグメントではない行", "a line that is no segment");
        out.line(Line::new().bold(format!("[{number}] ")).styled(Style::Warn, out.pick(ja, en)))?;
        return out.line(Line::from("   ").plain(text));
    }
    let name = NAMES.get(&(id, 0)).map_or("", |(_, name)| name);
    out.line(Line::new().bold(format!("[{number}] {id} {name}")))?;
    if id == "MSH" {
        // MSH-1 is the separator itself, so that MSH-2 is what stands behind the first one.
        fields.insert(1, "");
    }
    for (n, field) in fields.iter().enumerate().skip(1).filter(|(_, f)| !f.is_empty()) {
        let whole = id == "MSH" && n == 2;
        print_field(id, n, field, if whole { None } else { Some(d) }, out)?;
    }
    Ok(())
}

fn print_field(id: &str, n: usize, field: &str, d: Option<Delimiters>, out: &mut Out) -> Result<(), Failure> {
    let (kind, name) = NAMES.get(&(id, n)).copied().unwrap_or(("", "（名前のない項目）"));
    let kind = if kind.is_empty() { String::new() } else { format!(" ({kind})") };
    let mut label = Line::from(format!("{n:>4} {name}")).styled(Style::Dim, kind);
    let repetitions: Vec<&str> = d.map_or_else(|| vec![field], |d| field.split(d.repetition).collect());
    let several = repetitions.len() > 1;
    for (i, repetition) in repetitions.into_iter().enumerate().filter(|(_, r)| !r.is_empty()) {
        let count = if several { format!("~{} ", i + 1) } else { String::new() };
        let value = d.map_or_else(|| Line::from(repetition), |d| components(repetition, d));
        out.line(std::mem::take(&mut label).pad(NAMES_WIDTH).plain(" ").plain(count).join(value))?;
    }
    Ok(())
}

/// `.1 患者  .2 太郎  .7 L`; subcomponents as `.4.1`.
fn components(text: &str, d: Delimiters) -> Line {
    if !text.contains([d.component, d.subcomponent]) {
        return Line::from(leaf(text, d));
    }
    let mut line = Line::new();
    for (n, component) in (1..).zip(text.split(d.component)) {
        let several = component.contains(d.subcomponent);
        for (m, part) in (1..).zip(component.split(d.subcomponent)).filter(|(_, p)| !p.is_empty()) {
            let place = if several { format!(".{n}.{m} ") } else { format!(".{n} ") };
            let gap = if line.is_empty() { "" } else { "  " };
            line = line.plain(gap).styled(Style::Dim, place).plain(leaf(part, d));
        }
    }
    line
}

/// The text of a leaf; line ends of an escape stay in the line, made visible.
fn leaf(text: &str, d: Delimiters) -> String {
    unescape(text, d.escape, [d.field, d.component, d.subcomponent, d.repetition]).text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let rows = include_str!("fields.tsv").lines().filter(|l| !l.starts_with('#'));
        assert_eq!(rows.clone().count(), NAMES.len(), "a row twice or not readable");
        assert!(rows.clone().all(|l| l.split('\t').count() == 4));
        assert_eq!(NAMES[&("PID", 5)], ("XPN", "患者氏名"));
        assert!(NAMES[&("TXA", 9)].1.contains("作成者"));
    }

    #[test]
    fn components_keep_their_numbers() {
        let d = Delimiters::default();
        assert_eq!(components("患者^太郎^^^^^L", d).render(false), ".1 患者  .2 太郎  .7 L");
        assert_eq!(components("1^A&B\\T\\C", d).render(false), ".1 1  .2.1 A  .2.2 B&C");
        assert_eq!(components("行1\\.br\\行2", d).render(false), "行1␊行2");
    }
}
