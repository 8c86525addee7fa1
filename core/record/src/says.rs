//! What an entry says of what it is about, field by field as the catalogue names them: whether another entry of the same
//! thing says it, too.
//!
//! What a change of vendor may write in another way is no difference: `4.10` for `4.1`, half width for full width, a code
//! system beside another one, an order's number. What the new entry says beyond the old one is none either.

use crate::about::{Subject, each_has_one};
use crate::fold::fold;
use crate::model::{Allergy, Diagnosis, Entry, Given, Injection, Prescription, Status, Stay};
use ssmix2::clinical::{Basics, Lab, Memo, Other};
use ssmix2::types::{Coded, Precision, Quantity, Text, Timestamp};
use std::sync::Arc;

/// The key under which [`differing`] names the care date.
pub const DATE: &str = "date";
/// The key under which [`differing`] names the status.
pub const STATUS: &str = "status";

/// One thing that is said of a field.
#[derive(Debug, Clone)]
pub enum Said<'a> {
    /// A text or a number.
    Text(&'a str),
    /// A code, a unit.
    Coded(&'a Coded),
    /// A time.
    When(Timestamp),
}

/// What is said of one field, under its key.
pub type Field<'a> = (&'static str, Vec<Said<'a>>);

/// Says what it says.
pub trait Says {
    /// The fields that its date is one of.
    const DATED_BY: &[&str] = &["start", "period", "at"];
    /// Its date is when it was, not when it was last written.
    const HAS_DATE: bool = true;

    /// What it is called; empty where it has no name.
    fn title(&self) -> String {
        String::new()
    }

    /// The fields that somebody acts on, each with all that is said of it.
    fn fields(&self) -> Vec<Field<'_>>;
}

/// The keys of what `old` says and `new` does not, of one that is about the same.
pub fn differing<T: Says>(old: &Entry<T>, new: &Entry<T>) -> Vec<&'static str> {
    let mut keys = Vec::new();
    let date = |date: Option<Timestamp>| date.map(Said::When).into_iter().collect::<Vec<_>>();
    if !says_all(&date(old.date), &date(new.date)) {
        keys.push(DATE);
    }
    if old.status != new.status {
        keys.push(STATUS);
    }
    // Both write their fields in one order.
    let fields = old.body.fields().into_iter().zip(new.body.fields());
    keys.extend(fields.filter(|((_, old), (_, new))| !says_all(old, new)).map(|((key, _), _)| key));
    // One difference has one name.
    if keys.iter().any(|key| T::DATED_BY.contains(key)) {
        keys.retain(|key| *key != DATE);
    }
    keys.retain(|key| T::HAS_DATE || *key != DATE);
    keys
}

/// What an entry says under these keys, as it is shown.
pub fn said<T: Says>(entry: &Entry<T>, keys: &[&str]) -> String {
    let fields = entry.body.fields();
    let own = fields.iter().filter(|(key, _)| keys.contains(key)).flat_map(|(_, said)| said).map(Said::display);
    let date = entry.date.filter(|_| keys.contains(&DATE)).map(|date| date.to_string());
    date.into_iter().chain(own).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether an entry says anything under a key.
pub fn says<T: Says>(entry: &Entry<T>, key: &str) -> bool {
    entry.body.fields().iter().any(|(of, said)| *of == key && !said.is_empty())
}

/// Whether what was not over yet has only gone on: a diagnosis that ended, a result that became final.
pub fn goes_on(old: Status, new: Status) -> bool {
    use Status::*;
    match old {
        Active | Open | EndUnknown => matches!(new, Ended),
        Planned => matches!(new, Open | Ended | Done),
        Ordered | Held => matches!(new, Given | Partial | Mixed | Refused | NotGiven | Discontinued | Cancelled | Done),
        Preliminary | PartialResult | Pending | NotVerified => matches!(new, Final | Corrected | NoResult),
        _ => false,
    }
}

fn says_all(old: &[Said<'_>], new: &[Said<'_>]) -> bool {
    each_has_one(old, new, |old, new| old.is_said_by(new))
}

impl Said<'_> {
    fn is_said_by(&self, new: &Said<'_>) -> bool {
        match (self, new) {
            (Said::Text(old), Said::Text(new)) => is_same_text(old, new),
            (Said::Coded(old), Said::Coded(new)) => Subject::of(old).is_same(&Subject::of(new)),
            (Said::When(old), Said::When(new)) => is_within(*old, *new),
            _ => false,
        }
    }

    fn display(&self) -> String {
        match self {
            Said::Text(text) => (*text).to_owned(),
            Said::Coded(coded) => coded.display().to_owned(),
            Said::When(time) => time.to_string(),
        }
    }
}

fn is_same_text(old: &str, new: &str) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    old == new || matches!((number(old), number(new)), (Some(a), Some(b)) if a == b) || fold(old) == fold(new)
}

/// Seconds nobody misses; midnight is what is written where no time is known.
fn is_within(old: Timestamp, new: Timestamp) -> bool {
    let minute = |time: Timestamp| time.at.and_utc().timestamp().div_euclid(60);
    let is_midnight = old.precision > Precision::Day && old.at.time() == chrono::NaiveTime::MIN;
    match (old.precision, new.precision) {
        (Precision::Year | Precision::Month | Precision::Day, _) => old.at <= new.at && new.end() <= old.end(),
        (_, Precision::Day) => is_midnight && old.date() == new.date(),
        (_, Precision::Year | Precision::Month) => false,
        (Precision::Hour, _) => minute(old).div_euclid(60) == minute(new).div_euclid(60),
        _ => minute(old) == minute(new),
    }
}

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
    let both = |amount: &'a Quantity| {
        [Said::Text(&amount.value)].into_iter().chain(amount.unit.iter().map(|unit| Said::Coded(unit)))
    };
    amounts.into_iter().flat_map(both).collect()
}

fn names<'a>(drugs: impl IntoIterator<Item = &'a Option<Arc<Coded>>>) -> String {
    drugs.into_iter().flatten().map(|drug| drug.display()).collect::<Vec<_>>().join("、")
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
        ]
    }
}

impl Says for Allergy {
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
    fn title(&self) -> String {
        names([&self.sent.drug])
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let (sent, timing) = (&self.sent, &self.sent.timing);
        vec![
            ("start", day(timing.start)),
            ("dose", amounts(sent.dose.iter().chain(&sent.dose_max))),
            ("daily_dose", amounts(&sent.daily_dose)),
            ("dispensed", amounts(&sent.dispensed)),
            ("usage", coded(&timing.usage)),
            ("days", [amounts(&timing.duration), text(&timing.doses)].concat()),
            ("as_needed", flag(sent.as_needed)),
            ("instructions", coded(&sent.instructions)),
        ]
    }
}

impl Says for Injection {
    fn title(&self) -> String {
        names(self.sent.components.iter().map(|part| &part.drug))
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let (sent, timing) = (&self.sent, &self.sent.timing);
        let parts = sent.components.iter().flat_map(|part| part.amount.iter());
        vec![
            ("start", when(timing.start)),
            ("amount", amounts(parts.chain(&sent.volume).chain(&sent.volume_max))),
            ("rate", [amounts(&sent.rate), text(&sent.rate_time)].concat()),
            ("routes", sent.routes.iter().flat_map(|route| one(&route.route)).collect()),
            ("usage", coded(&timing.usage)),
            ("instructions", coded(&sent.instructions)),
        ]
    }
}

impl Says for Given {
    fn title(&self) -> String {
        names(self.sent.drugs.iter().map(|part| &part.drug))
    }

    fn fields(&self) -> Vec<Field<'_>> {
        vec![("administrations", amounts(self.sent.drugs.iter().flat_map(|drug| &drug.amount)))]
    }
}

impl Says for Lab {
    fn title(&self) -> String {
        self.item.display().to_owned()
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let germ = self.microbiology.as_deref();
        let germ = germ.map(|of| [text(&of.organism), text(&of.drug)].concat()).unwrap_or_default();
        vec![
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

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for (old, new, is_same) in [
            ("4.1", "4.10", true),
            ("４．１", "4.1", true),
            ("4.1", "4.2", false),
            ("<0.1", "0.1", false),
            ("(-)", "（－）", true),
            ("nan", "inf", false),
        ] {
            assert_eq!(is_same_text(old, new), is_same, "{old} {new}");
        }
    }

    #[test]
    fn a_time_may_become_more_exact_and_lose_its_seconds_but_not_its_hour() {
        for (old, new, is_same) in [
            ("2024-04", "2024-04-01", true),
            ("2024-04-01", "2024-04", false),
            ("2024-04-01", "2024-04-01T09:30", true),
            ("2024-04-01T09:30:15", "2024-04-01T09:30", true),
            ("2024-04-01T09:30", "2024-04-01T09:31", false),
            ("2024-04-01T09:30", "2024-04-01", false),
            // Nobody was treated at midnight sharp: no time was known.
            ("2024-04-01T00:00:00", "2024-04-01", true),
            ("2024-04-01T00:00:00", "2024-04-02", false),
        ] {
            assert_eq!(is_within(time(old), time(new)), is_same, "{old} {new}");
        }
    }

    #[test]
    fn more_may_be_said_and_nothing_less() {
        let texts = |texts: &[&'static str]| texts.iter().map(|text| Said::Text(text)).collect::<Vec<_>>();
        assert!(says_all(&texts(&["a"]), &texts(&["b", "A"])));
        assert!(!says_all(&texts(&["a", "a"]), &texts(&["a"])));
        assert!(says_all(&[], &texts(&["a"])) && !says_all(&texts(&["a"]), &[]));
    }

    #[test]
    fn what_is_over_does_not_go_on() {
        assert!(goes_on(Status::Active, Status::Ended) && goes_on(Status::Preliminary, Status::Final));
        assert!(!goes_on(Status::Ended, Status::Active) && !goes_on(Status::Final, Status::Preliminary));
        assert!(!goes_on(Status::Given, Status::Ordered) && !goes_on(Status::Active, Status::Active));
    }
}
