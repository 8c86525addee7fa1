//! その他: what feeds no section, with its lines.

use super::entry::{self, Facts, tag};
use crate::print::dates;
use crate::print::line::Line;
use crate::print::table::Row;
use crate::words::record::label;
use mykarte::record::labels::Language;
use mykarte::record::tables::Table;
use mykarte::record::{Entry, Section};
use mykarte::ssmix2::clinical::{Observation, Other, OtherItem};

/// One message or document.
pub fn row(e: &Entry<Other>, language: Language) -> Row {
    let o = &e.body;
    let several = o.items.len() > 1;
    let title = match several {
        // Each has its line below.
        true => format!("{}{}", o.items.len(), language.pick("項目", " items")),
        false if o.title == o.kind_label => String::new(),
        false => o.title.to_string(),
    };
    let cells = vec![
        entry::date(e, language),
        entry::status(e.status, language),
        Line::new().bold(&o.kind_label),
        Line::from(title),
        entry::cell(entry::code(&o.department)),
        entry::cell(entry::person(&o.doctor)),
        entry::row_marks(e, language),
    ];
    let mut details = Vec::new();
    for item in &o.items {
        details.extend(lines(item, o, language));
    }
    Row { cells, details, ..Row::default() }
}

fn lines(item: &OtherItem, other: &Other, language: Language) -> Vec<Line> {
    let mut facts = Facts::default();
    let title = Some(item.title.clone()).filter(|t| !t.is_empty() && *t != other.title);
    facts.add("", title);
    if item.end.is_some() || item.at != other.at {
        facts.add("", item.at.as_ref().map(|at| dates::span(at, item.end.as_ref())));
    }
    // Whether a drug was given stands in its codes.
    let notes: Vec<String> = item
        .notes
        .iter()
        .map(|n| if other.kind == "OMP-11" { completion(n, language) } else { n.to_string() })
        .filter(|n| !n.is_empty())
        .collect();
    facts.add("", Some(notes.join("、")).filter(|n| !n.is_empty()));
    let number = item.order_number.clone().filter(|n| !n.bytes().all(|b| b == b'9'));
    facts.add(entry::field(Section::Others, "order_number", language), number);
    let mut lines = facts.finish();
    lines.extend(item.results.iter().map(|r| observation(r, language)));
    lines
}

/// `CP`, `RE` ... and the retraction `D` of a prescription that was carried out.
fn completion(code: &str, language: Language) -> String {
    match code {
        "D" => language.pick("実施取消", "retracted").to_string(),
        code => label(Table::CompletionStatus0322, code, language),
    }
}

fn observation(r: &Observation, language: Language) -> Line {
    let value = r.value.replace('\n', " / ");
    let unit = entry::code(&r.unit).map(|u| format!(" {u}")).unwrap_or_default();
    let line = Line::from("・").plain(r.item.display()).plain("  ").bold(value).plain(unit);
    let line = match &r.observed_at {
        Some(at) => line.plain("  ").plain(dates::time(at)),
        None => line,
    };
    match r.result_status.as_deref() {
        // Final values and lines of an order need no word.
        None | Some("F" | "O") => line,
        Some(status) => line.join(tag(&label(Table::ResultStatus0085, status, language))),
    }
}
