//! The fields of each section that somebody acts on, in one order.

use super::{Field, Said, Says};
use crate::model::{Allergy, Diagnosis, Given, Injection, Prescription, Stay};
use ssmix2::clinical::{Basics, Component, Lab, Memo, Other, Route, Timing};
use ssmix2::types::{Coded, Precision, Quantity, Text, Timestamp};
use std::sync::Arc;

fn text(text: &Option<Text>) -> Vec<Said<'_>> {
    text.iter().map(|text| Said::Text(text)).collect()
}

fn when<'a>(time: Option<Timestamp>) -> Vec<Said<'a>> {
    time.map(Said::When).into_iter().collect()
}

/// The day alone: of a start or an end the time is often made up.
fn day<'a>(time: Option<Timestamp>) -> Vec<Said<'a>> {
    let day = |time: Timestamp| match time.precision {
        Precision::Year | Precision::Month => time,
        _ => Timestamp::day(time.date()),
    };
    when(time.map(day))
}

fn coded(coded: &[Arc<Coded>]) -> Vec<Said<'_>> {
    coded.iter().map(|coded| Said::Coded(coded)).collect()
}

fn one(code: &Option<Arc<Coded>>) -> Vec<Said<'_>> {
    coded(code.as_slice())
}

fn amounts<'a>(amounts: impl IntoIterator<Item = &'a Quantity>) -> Vec<Said<'a>> {
    amounts.into_iter().map(|amount| amount_of(None, amount)).collect()
}

fn amount_of<'a>(of: Option<&'a Coded>, amount: &'a Quantity) -> Said<'a> {
    Said::Amount { of, value: &amount.value, unit: amount.unit.as_deref() }
}

/// What a drug is called. Drugs without a name are told by the rest.
fn drugs<'a>(drugs: impl IntoIterator<Item = &'a Option<Arc<Coded>>>) -> Vec<Said<'a>> {
    drugs.into_iter().flatten().map(|drug| Said::Coded(drug)).collect()
}

fn names<'a>(drugs: impl IntoIterator<Item = &'a Option<Arc<Coded>>>) -> String {
    drugs.into_iter().flatten().map(|drug| drug.display()).collect::<Vec<_>>().join("、")
}

/// Codes, and what is written beside them: it may be all that somebody is told.
fn usage(timing: &Timing) -> Vec<Said<'_>> {
    [coded(&timing.usage), timing.notes.iter().map(|note| Said::Text(note)).collect()].concat()
}

/// The way, where on the body, and with what.
fn route(route: &Route) -> Vec<Said<'_>> {
    [&route.route, &route.site, &route.device, &route.method, &route.site_modifier].into_iter().flat_map(one).collect()
}

fn flag<'a>(is_set: bool) -> Vec<Said<'a>> {
    vec![Said::Text(if is_set { "1" } else { "0" })]
}

impl Says for Basics {
    const HAS_DATE: bool = false;

    fn fields(&self) -> Vec<Field<'_>> {
        vec![
            ("name", [text(&self.name.kanji), text(&self.name.kana)].concat()),
            ("birth_date", when(self.birth_date)),
            ("sex", text(&self.sex)),
            ("blood_abo", self.blood_abo.first().map(|of| Said::Text(&of.value)).into_iter().collect()),
            ("blood_rh", self.blood_rh.first().map(|of| Said::Text(&of.value)).into_iter().collect()),
            ("height", amounts(self.height.iter().map(|of| &of.quantity))),
            ("weight", amounts(self.weight.iter().map(|of| &of.quantity))),
            ("addresses", self.addresses.iter().map(|address| Said::Text(&address.text)).collect()),
            ("phones", self.phones.iter().map(|phone| Said::Text(&phone.number)).collect()),
            ("next_of_kin", self.next_of_kin.iter().flat_map(|kin| text(&kin.name.kanji)).collect()),
            ("insurances", self.insurances.iter().flat_map(|of| text(&of.insurer_number)).collect()),
        ]
    }
}

impl Says for Allergy {
    const NAMED_BY: &[&str] = &["allergen"];

    fn title(&self) -> String {
        self.row.allergen.display().to_owned()
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let rows = || [&self.row].into_iter().chain(&self.also);
        let severities: Vec<Said<'_>> = rows().flat_map(|row| one(&row.severity)).collect();
        let mut reactions: Vec<&str> = rows().flat_map(|row| &row.reactions).map(Text::as_str).collect();
        reactions.sort_unstable();
        reactions.dedup();
        vec![
            ("allergen", vec![Said::Coded(&self.row.allergen)]),
            ("severity", severities.into_iter().take(1).collect()),
            ("reactions", reactions.into_iter().map(Said::Text).collect()),
        ]
    }
}

impl Says for Diagnosis {
    fn title(&self) -> String {
        self.sent.name.to_string()
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let sent = &self.sent;
        vec![
            ("name", vec![Said::Text(&sent.name)]),
            ("suspected", flag(sent.suspected)),
            ("start", day(self.start)),
            ("end", day(self.end)),
            ("outcome", one(&sent.outcome)),
            ("confidentiality", one(&sent.confidentiality)),
            ("awareness", [one(&sent.patient_awareness), text(&sent.family_awareness)].concat()),
        ]
    }
}

impl Says for Stay {
    fn fields(&self) -> Vec<Field<'_>> {
        let last = self.discharge.as_ref().or(self.admission.as_ref());
        vec![
            ("period", [when(self.admitted_at), when(self.discharged_at)].concat()),
            ("department", last.map(|movement| one(&movement.department)).unwrap_or_default()),
            ("disposition", self.discharge.as_ref().map(|movement| one(&movement.disposition)).unwrap_or_default()),
        ]
    }
}

impl Says for Prescription {
    const NAMED_BY: &[&str] = &["drug"];

    fn title(&self) -> String {
        names([&self.sent.drug])
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let (sent, timing) = (&self.sent, &self.sent.timing);
        vec![
            ("drug", drugs([&sent.drug])),
            ("start", day(timing.start)),
            ("dose", amounts(sent.dose.iter().chain(&sent.dose_max))),
            ("daily_dose", amounts(&sent.daily_dose)),
            ("dispensed", amounts(&sent.dispensed)),
            ("strength", amounts(&sent.strength)),
            ("usage", usage(timing)),
            ("days", [amounts(&timing.duration), text(&timing.doses)].concat()),
            ("as_needed", flag(sent.as_needed)),
            ("instructions", coded(&sent.instructions)),
            ("routes", sent.routes.iter().flat_map(route).collect()),
            ("department", one(&sent.order.department)),
            ("orderer", sent.order.orderer.iter().map(|person| Said::Text(&person.name)).collect()),
        ]
    }
}

/// How much of a drug.
fn part(part: &Component) -> Option<Said<'_>> {
    part.amount.as_ref().map(|amount| amount_of(part.drug.as_deref(), amount))
}

impl Says for Injection {
    const NAMED_BY: &[&str] = &["drug"];

    fn title(&self) -> String {
        names(self.sent.components.iter().map(|part| &part.drug))
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let (sent, timing) = (&self.sent, &self.sent.timing);
        let parts: Vec<Said<'_>> = sent.components.iter().filter_map(part).collect();
        vec![
            ("drug", drugs(sent.components.iter().map(|part| &part.drug))),
            ("start", when(timing.start)),
            ("amount", [parts, amounts(sent.volume.iter().chain(&sent.volume_max))].concat()),
            ("rate", [amounts(&sent.rate), text(&sent.rate_time)].concat()),
            ("end", [when(timing.end), amounts(&timing.duration), text(&timing.doses)].concat()),
            ("routes", sent.routes.iter().flat_map(route).collect()),
            ("usage", usage(timing)),
            ("instructions", coded(&sent.instructions)),
            ("department", one(&sent.order.department)),
            ("orderer", sent.order.orderer.iter().map(|person| Said::Text(&person.name)).collect()),
        ]
    }
}

impl Says for Given {
    const NAMED_BY: &[&str] = &["drug"];

    fn title(&self) -> String {
        names(self.sent.drugs.iter().map(|part| &part.drug))
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let drugs = self.sent.drugs.iter();
        let given = drugs.filter_map(|of| of.amount.as_ref().map(|amount| amount_of(of.drug.as_deref(), amount)));
        vec![("administrations", given.collect()), ("drug", self::drugs(self.sent.drugs.iter().map(|of| &of.drug)))]
    }
}

impl Says for Lab {
    const NAMED_BY: &[&str] = &["item"];

    fn title(&self) -> String {
        self.item.display().to_owned()
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let germ = self.microbiology.as_deref();
        let germ = germ.map(|of| [text(&of.organism), text(&of.drug)].concat()).unwrap_or_default();
        vec![
            ("item", vec![Said::Coded(&self.item)]),
            ("value", [text(&self.value), one(&self.value_code)].concat()),
            ("unit", one(&self.unit)),
            ("flags", self.flags.iter().map(|flag| Said::Text(flag)).collect()),
            ("reference_range", text(&self.reference_range)),
            ("specimen", one(&self.group.specimen)),
            ("organism", germ),
            ("comments", self.comments.iter().map(|text| Said::Text(text)).collect()),
        ]
    }
}

impl Says for Memo {
    fn fields(&self) -> Vec<Field<'_>> {
        let author = self.author.iter().map(|person| Said::Text(&person.name)).collect();
        vec![("text", vec![Said::Text(&self.text)]), ("place", text(&self.place)), ("author", author)]
    }
}

impl Says for Other {
    fn title(&self) -> String {
        self.title.to_string()
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let values = self.items.iter().flat_map(|item| &item.results).map(|result| Said::Text(&result.value));
        vec![
            ("title", vec![Said::Text(&self.title)]),
            ("at", when(self.at)),
            ("state", flag(self.cancelled)),
            ("items", values.collect()),
        ]
    }
}
