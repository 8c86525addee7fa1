//! 注射オーダー: one mixture, its drugs, its rate and route, and what was given of it.

use super::entry::{self, Facts, tag};
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::table::Row;
use mykarte::record::labels::{self, Language};
use mykarte::record::model::{Given, Injection};
use mykarte::record::{Entry, Section};
use mykarte::ssmix2::clinical::{AdministeredDrug, Component, Route};

/// One mixture.
pub fn row(e: &Entry<Injection>, language: Language) -> Row {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Injections, key, language);
    let i = &e.body.sent;
    let mut marks = entry::row_marks(e, language);
    if !e.body.ordered {
        marks = tag(pick("実施記録のみ", "no order, administration only")).join(marks);
    }
    let number = [&i.order.rp, &i.order.rp_sequence].into_iter().flatten().cloned().collect::<Vec<_>>().join("-");
    let cells = vec![
        entry::date_time(e, language),
        entry::status(e.status, language),
        Line::from(if number.is_empty() { number } else { format!("Rp{number}") }),
        Line::from(routes(&i.routes)),
        Line::from(rate(e, language)),
        entry::cell(entry::code(&i.injection_type)),
        marks,
    ];
    let mut details: Vec<Line> = i.components.iter().map(|c| component(c, language)).collect();
    let mut facts = Facts::default();
    facts
        .add(pick("全量", "volume"), entry::amount(&i.volume))
        .add(
            pick("最大", "at most"),
            i.volume_max.as_ref().filter(|m| Some(*m) != i.volume.as_ref()).map(entry::amount_of),
        )
        .add(field("start"), i.timing.start.as_ref().map(|s| dates::span(s, i.timing.end.as_ref())))
        .add(field("usage"), entry::codes(&i.timing.usage))
        .add(field("instructions"), entry::codes(&i.instructions))
        .add("", Some(i.timing.notes.join("\n")).filter(|n| !n.is_empty()))
        .add(field("types"), entry::codes(&i.types))
        .add(field("form"), entry::code(&i.form))
        .add(field("dispensed"), entry::amount(&i.dispensed))
        .add(field("strength"), entry::amount(&i.strength))
        .add(field("trial"), i.trial.clone())
        .order(Section::Injections, &i.order, language);
    details.extend(facts.finish());
    for given in &e.body.administrations {
        details.extend(administration(given, language));
    }
    Row { cells, details, ..Row::default() }
}

/// Route, site and device of every RXR.
fn routes(routes: &[Route]) -> String {
    let one = |r: &Route| {
        let parts = [&r.route, &r.site, &r.device, &r.method];
        parts.into_iter().filter_map(entry::code).collect::<Vec<_>>().join("・")
    };
    routes.iter().map(one).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("、")
}

/// `速度 102ミリリットル／時間`; without a unit the period it counts by.
fn rate(e: &Entry<Injection>, language: Language) -> String {
    let i = &e.body.sent;
    let Some(rate) = &i.rate else { return String::new() };
    let per = match (&rate.unit, &i.rate_time) {
        (None, Some(time)) => format!("/{time}"),
        _ => String::new(),
    };
    format!("{} {}{per}", entry::field(Section::Injections, "rate", language), entry::amount_of(rate))
}

fn component(c: &Component, language: Language) -> Line {
    let unnamed = language.pick("薬剤名なし", "no drug named").to_string();
    let line = Line::from("・").bold(entry::code(&c.drug).unwrap_or(unnamed));
    let amounts: Vec<String> = [&c.amount, &c.strength].into_iter().filter_map(entry::amount).collect();
    line.plain("  ").plain(amounts.join(" / "))
}

/// What was given: status first, for a refused injection must not look given.
fn administration(given: &Given, language: Language) -> Vec<Line> {
    let first = given.sent.drugs.first();
    let when = first.and_then(|d| d.start.as_ref().map(|s| dates::span(s, d.end.as_ref()))).unwrap_or_default();
    let who: Vec<String> = first.map(|d| d.performers.iter().map(|p| p.name.to_string()).collect()).unwrap_or_default();
    let place = first.and_then(|d| d.place.as_ref()).map(|p| p.display()).unwrap_or_default();
    let head = Line::new()
        .styled(Style::Dim, format!("{}: ", entry::field(Section::Injections, "administrations", language)))
        .join(entry::status(given.status, language))
        .plain(format!("  {when}  {}  {place}  {}", who.join("、"), routes(&given.sent.routes)));
    let drugs = given.sent.drugs.iter().enumerate();
    let drugs = drugs.map(|(n, d)| administered(d, given.drug_status.get(n).copied(), language));
    std::iter::once(head).chain(drugs).collect()
}

fn administered(d: &AdministeredDrug, status: Option<mykarte::record::Status>, language: Language) -> Line {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Injections, key, language);
    let mut facts = Facts::default();
    facts
        .add("", entry::code(&d.drug))
        .add("", entry::amount(&d.amount))
        .add(field("rate"), d.rate.clone())
        .add(pick("拒否理由", "refused because"), entry::codes(&d.refusal_reasons))
        .add(field("notes"), entry::codes(&d.notes))
        .add(field("lots"), Some(d.lots.join("、")).filter(|l| !l.is_empty()))
        .add(pick("期限", "expires"), d.expires.as_ref().map(dates::day));
    let said = status.map(|s| tag(labels::status(s, language))).unwrap_or_default();
    let line = Line::from("  ・").join(said);
    facts
        .finish()
        .into_iter()
        .enumerate()
        .fold(line, |line, (n, more)| if n == 0 { line.join(more) } else { line.plain("   ").join(more) })
}
