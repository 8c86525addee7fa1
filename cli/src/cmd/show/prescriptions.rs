//! 処方オーダー: drug, dose with unit, usage, days; 頓用 and every status but 有効 stand out.

use super::entry::{self, Facts, tag};
use crate::print::dates;
use crate::print::line::Line;
use crate::print::table::Row;
use mykarte::record::labels::Language;
use mykarte::record::model::Prescription;
use mykarte::record::{Entry, Section};

/// One drug.
pub fn row(e: &Entry<Prescription>, language: Language) -> Row {
    let pick = |ja, en| language.pick(ja, en);
    let field = |key| entry::field(Section::Prescriptions, key, language);
    let p = &e.body.sent;
    let cells = vec![
        entry::date(e, language),
        entry::status(e.status, language),
        entry::cell(p.order.rp.as_ref().map(|rp| format!("Rp{rp}"))),
        drug(e, language),
        Line::from(dose(e, language)),
        entry::cell(entry::codes(&p.timing.usage)),
        Line::from(days(e, language)),
        entry::row_marks(e, language),
    ];
    let mut facts = Facts::default();
    facts
        .add(field("dispensed"), entry::amount(&p.dispensed))
        .add(field("daily_dose"), entry::amount(&p.daily_dose))
        .add(field("strength"), entry::amount(&p.strength))
        .add(field("days"), period(e, language))
        .add(field("form"), entry::code(&p.form))
        .add(field("routes"), p.routes.iter().find_map(|r| entry::code(&r.route)))
        .add(pick("部位", "site"), p.routes.iter().find_map(|r| entry::code(&r.site)))
        .add(field("instructions"), entry::codes(&p.instructions))
        .add("", Some(p.timing.notes.join("\n")).filter(|n| !n.is_empty()))
        .add(field("types"), entry::codes(&p.types))
        .add(field("refills"), p.refills.clone())
        .order(Section::Prescriptions, &p.order, language);
    Row { cells, details: facts.finish(), ..Row::default() }
}

/// 【頓用】 and the drug's name.
pub fn drug(e: &Entry<Prescription>, language: Language) -> Line {
    let p = &e.body.sent;
    let needed =
        if p.as_needed { tag(entry::field(Section::Prescriptions, "as_needed", language)) } else { Line::new() };
    let unnamed = language.pick("薬剤名なし", "no drug named").to_string();
    needed.bold(entry::code(&p.drug).unwrap_or(unnamed))
}

/// `1回 1錠`, with the upper bound where one was sent.
pub fn dose(e: &Entry<Prescription>, language: Language) -> String {
    let p = &e.body.sent;
    let Some(dose) = entry::amount(&p.dose) else { return String::new() };
    let most =
        p.dose_max.as_ref().filter(|m| Some(*m) != p.dose.as_ref()).map(|m| format!("〜{}", entry::amount_of(m)));
    format!("{} {dose}{}", entry::field(Section::Prescriptions, "dose", language), most.unwrap_or_default())
}

/// Days, or the number of doses of what is taken when needed.
pub fn days(e: &Entry<Prescription>, language: Language) -> String {
    let timing = &e.body.sent.timing;
    let bare_day = timing
        .duration
        .as_ref()
        .filter(|d| d.unit.as_ref().is_some_and(|u| !u.has_text() && u.code.eq_ignore_ascii_case("d")));
    if let Some(days) = bare_day {
        return format!("{}{}", days.value.trim(), language.pick("日分", " days"));
    }
    let doses = || timing.doses.as_ref().map(|n| format!("{n}{}", language.pick("回分", " doses")));
    entry::amount(&timing.duration).or_else(doses).unwrap_or_default()
}

fn period(e: &Entry<Prescription>, language: Language) -> Option<String> {
    let start = e.body.sent.timing.start.as_ref();
    let end = e.body.end.as_ref();
    let from = e
        .body
        .end_from
        .as_ref()
        .filter(|from| *from != "TQ1-8")
        .map(|_| language.pick("（開始日と日数から）", " (from start and days)"));
    (start.is_some() || end.is_some()).then(|| format!("{}{}", dates::period(start, end), from.unwrap_or_default()))
}
