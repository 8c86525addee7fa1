//! 検査結果: value, unit, H/L and range exactly as sent; the report they belong to above them.

use super::entry::{self, Facts};
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::table::Row;
use mykarte::record::labels::Language;
use mykarte::record::{Entry, Section};
use mykarte::ssmix2::clinical::{Lab, LabRole};

/// One value.
pub fn row(e: &Entry<Lab>, language: Language) -> Row {
    let lab = &e.body;
    let value = lab.value.as_deref().unwrap_or_default();
    let (first, more) = value.split_once('\n').map_or((value, None), |(first, rest)| (first, Some(rest)));
    let unit = entry::unit(&lab.unit).unwrap_or_default();
    let cells = vec![
        entry::date(e, language),
        entry::status(e.status, language),
        Line::new().bold(item(lab)),
        Line::new().bold(first).plain(if unit.is_empty() || first.is_empty() { "" } else { " " }).plain(unit),
        flags(lab),
        Line::from(
            lab.reference_range
                .as_ref()
                .map(|r| format!("{} {r}", entry::field(Section::Labs, "reference_range", language)))
                .unwrap_or_default(),
        ),
        entry::cell(entry::code(&lab.group.specimen)),
        Line::from(subject(lab, language)),
        entry::row_marks(e, language),
    ];
    let mut facts = Facts::default();
    facts.add("", more.map(str::to_string));
    lab.comments.iter().for_each(|c| {
        facts.add(entry::field(Section::Labs, "comments", language), Some(c.clone()));
    });
    Row { heading: Some(report(e, language)), cells, details: facts.finish() }
}

fn item(lab: &Lab) -> String {
    lab.item.display().to_string()
}

/// H, L as sent. N is a flag as well, but none that must stand out.
fn flags(lab: &Lab) -> Line {
    let usual = lab.flags.iter().all(|f| f == "N");
    Line::new().styled(if usual { Style::Plain } else { Style::Warn }, lab.flags.join(" "))
}

/// In microbiology a value says nothing without its organism and drug.
fn subject(lab: &Lab, language: Language) -> String {
    let Some(m) = &lab.microbiology else { return String::new() };
    let (ja, en) = match m.role {
        LabRole::Organism => ("菌", "organism"),
        LabRole::Amount => ("菌量", "amount"),
        LabRole::Susceptibility => ("感受性", "susceptibility"),
        LabRole::Finding => ("所見", "finding"),
    };
    let about: Vec<&str> = [&m.organism, &m.drug].into_iter().flatten().map(|text| text.as_str()).collect();
    let about = about.join(" × ");
    let word = language.pick(ja, en);
    // The organism's own row says its name already.
    if m.role == LabRole::Organism || about.is_empty() { word.to_string() } else { format!("{word}: {about}") }
}

/// The line above the values of one report.
fn report(e: &Entry<Lab>, language: Language) -> Line {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Labs, key, language);
    let g = &e.body.group;
    let mut facts = Facts::default();
    facts
        .add(field("collected_at"), e.body.collected_at().as_ref().map(dates::time))
        .add("", entry::code(&g.panel))
        .add(pick("部位", "site"), entry::code(&g.specimen_site))
        .add(field("reported_at"), g.reported_at.as_ref().map(dates::time))
        .add(field("department"), entry::code(&g.order.department))
        .add(field("orderer"), entry::person(&g.order.orderer))
        .add(field("order_number"), g.order.number.clone())
        .add(field("clinical_info"), g.clinical_info.clone());
    g.comments.iter().for_each(|c| {
        facts.add(field("comments"), Some(c.clone()));
    });
    let lines = facts.finish().into_iter();
    lines.fold(Line::new().styled(Style::Dim, "─"), |line, more| line.plain(" ").join(more))
}
