//! What entries of all sections have: date, status, marks; and the small words around values.

use crate::print::dates;
use crate::print::line::{Line, Style, WRAP};
use mykarte::record::labels::{self, Language};
use mykarte::record::tables::pretty_unit;
use mykarte::record::{Entry, Mark, Section, Status, catalogue};
use mykarte::ssmix2::clinical::Order;
use mykarte::ssmix2::types::{Coded, Person, Quantity};
use std::borrow::Borrow;
use std::sync::Arc;

/// Where details begin.
pub const INDENT: usize = 12;

/// The name of a field, as the catalogue has it for screens and profiles alike.
pub fn field(section: Section, key: &'static str, language: Language) -> &'static str {
    debug_assert!(catalogue::find(section, key).is_some(), "no field {key}");
    catalogue::label(section, key, language)
}

/// The day, or 【日付なし】.
pub fn date<T>(entry: &Entry<T>, language: Language) -> Line {
    match &entry.date {
        Some(date) => Line::from(dates::day(date)),
        None => Line::new().styled(Style::Warn, format!("【{}】", labels::mark(Mark::Undated, language))),
    }
}

/// Day and time.
pub fn date_time<T>(entry: &Entry<T>, language: Language) -> Line {
    match &entry.date {
        Some(date) => Line::from(dates::time(date)),
        None => self::date(entry, language),
    }
}

/// The word for a status; what is not as usual stands out.
pub fn status(status: Status, language: Language) -> Line {
    use Status::*;
    let style = match status {
        Registered | Ordered | Given | Final | Active | Done => Style::Plain,
        Ended | Planned => Style::Dim,
        _ => Style::Warn,
    };
    Line::new().styled(style, labels::status(status, language))
}

/// 【旧版】【患者ID不一致…】; the missing date is said where the date would stand.
pub fn marks<T>(entry: &Entry<T>, language: Language) -> Line {
    let shown = entry.marks.iter().filter(|m| **m != Mark::Undated || entry.date.is_some());
    shown.fold(Line::new(), |line, m| line.join(tag(labels::mark(*m, language))))
}

/// Marks that whole sections may carry: in rows a number, explained once below the heading.
pub const NOTES: [Mark; 2] = [Mark::OtherPatient, Mark::DemographicsDiffer];

/// As [`marks`], with the long ones as 【※1】【※2】.
pub fn row_marks<T>(entry: &Entry<T>, language: Language) -> Line {
    let shown = entry.marks.iter().filter(|m| **m != Mark::Undated || entry.date.is_some());
    shown.fold(Line::new(), |line, mark| match NOTES.iter().position(|note| note == mark) {
        Some(n) => line.join(tag(&format!("※{}", n + 1))),
        None => line.join(tag(labels::mark(*mark, language))),
    })
}

/// A word in 【】.
pub fn tag(text: &str) -> Line {
    Line::new().styled(Style::Warn, format!("【{text}】"))
}

/// The text of a coded value.
pub fn code(coded: &Option<Arc<Coded>>) -> Option<String> {
    coded.as_ref().map(|c| c.display().to_string()).filter(|t| !t.is_empty())
}

/// The texts of several.
pub fn codes(coded: &[Arc<Coded>]) -> Option<String> {
    let texts: Vec<&str> = coded.iter().map(|c| c.display()).filter(|t| !t.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("、"))
}

/// Amount and unit, never one without the other.
pub fn amount(quantity: &Option<Quantity>) -> Option<String> {
    quantity.as_ref().map(amount_of)
}

/// The same of one that is there.
pub fn amount_of(quantity: &Quantity) -> String {
    let unit = unit(&quantity.unit).unwrap_or_default();
    let value = quantity.value.trim();
    // `167.8 cm`, but `1錠`.
    if unit.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{value} {unit}")
    } else {
        format!("{value}{unit}")
    }
}

/// The unit as sent; a bare ISO+ code in its usual spelling (`.10*3/uL` is `×10³/µL`).
pub fn unit(unit: &Option<Arc<Coded>>) -> Option<String> {
    let unit = unit.as_ref()?;
    let pretty = if unit.has_text() { None } else { pretty_unit(&unit.code) };
    Some(pretty.unwrap_or_else(|| unit.display().to_string())).filter(|t| !t.is_empty())
}

/// A name.
pub fn person<P: Borrow<Person>>(person: &Option<P>) -> Option<String> {
    person.as_ref().map(|p| p.borrow().name.to_string()).filter(|n| !n.is_empty())
}

/// A cell of what may be missing.
pub fn cell(text: Option<impl AsRef<str>>) -> Line {
    text.map_or_else(Line::new, |t| Line::new().plain(t))
}

/// Collects `label value` pairs and lays them out in lines of bearable width.
#[derive(Default)]
pub struct Facts {
    lines: Vec<Line>,
    open: Line,
}

impl Facts {
    /// Adds a fact where there is one.
    pub fn add(&mut self, label: &str, value: Option<impl AsRef<str>>) -> &mut Facts {
        let Some(value) = value.filter(|v| !v.as_ref().trim().is_empty()) else { return self };
        let mut rest = value.as_ref().lines();
        let first = rest.next().unwrap_or_default();
        let piece = match label {
            "" => Line::from(first),
            label => Line::new().styled(Style::Dim, format!("{label} ")).plain(first),
        };
        if !self.open.is_empty() && self.open.width() + 3 + piece.width() > WRAP {
            self.lines.push(std::mem::take(&mut self.open));
        }
        let gap = if self.open.is_empty() { "" } else { "   " };
        self.open = std::mem::take(&mut self.open).plain(gap).join(piece);
        for line in rest {
            self.lines.push(std::mem::take(&mut self.open));
            self.open = Line::from(line);
        }
        self
    }

    /// Who ordered what where.
    pub fn order(&mut self, section: Section, order: &Order, language: Language) -> &mut Facts {
        let field = |key| field(section, key, language);
        self.add(field("department"), code(&order.department))
            .add(field("ward"), order.ward.as_ref().map(|w| w.display()))
            .add(field("orderer"), person(&order.orderer))
            .add(field("order_number"), order.number.clone())
            .add(field("control_reason"), code(&order.control_reason))
    }

    /// The lines.
    pub fn finish(&mut self) -> Vec<Line> {
        if !self.open.is_empty() {
            self.lines.push(std::mem::take(&mut self.open));
        }
        std::mem::take(&mut self.lines)
    }
}
