//! What an entry says of what it is about, field by field as the catalogue names them: whether another entry of the same
//! thing says it, too.
//!
//! What a change of vendor may write in another way is no difference: `4.10` for `4.1`, half width for full width, a code
//! system beside another one, an order's number. What the new entry says beyond the old one is none either.

mod sections;

use crate::about::{Subject, each_has_one};
use crate::fold::fold;
use crate::labels::{self, Language};
use crate::model::{Entry, Status};
use ssmix2::types::{Coded, Precision, Timestamp};

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
    /// So much of something.
    Amount {
        /// A drug; none where the entry itself is about it.
        of: Option<&'a Coded>,
        /// The number.
        value: &'a str,
        /// The unit.
        unit: Option<&'a Coded>,
    },
}

/// What is said of one field, under its key.
pub type Field<'a> = (&'static str, Vec<Said<'a>>);

/// Says what it says.
pub trait Says {
    /// The fields that its date is one of.
    const DATED_BY: &[&str] = &["start", "period", "at"];
    /// The fields that it is called by.
    const NAMED_BY: &[&str] = &[];
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
    let status = keys.contains(&STATUS).then(|| labels::status(entry.status, Language::Ja).to_owned());
    date.into_iter().chain(status).chain(own).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
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

/// Whether two texts, numbers or times say the same.
pub fn is_said(old: &str, new: &str) -> bool {
    let time = |text: &str| text.parse::<Timestamp>().ok();
    is_same_text(old, new) || time(old).zip(time(new)).is_some_and(|(old, new)| is_within(old, new))
}

fn says_all(old: &[Said<'_>], new: &[Said<'_>]) -> bool {
    each_has_one(old, new, |old, new| old.is_said_by(new))
}

impl Said<'_> {
    fn is_said_by(&self, new: &Said<'_>) -> bool {
        match (self, new) {
            (Said::Text(old), Said::Text(new)) => is_same_text(old, new),
            (Said::Coded(old), Said::Coded(new)) => is_same_code(old, new),
            (
                Said::Amount { of: old_of, value: old, unit: old_unit },
                Said::Amount { of: new_of, value: new, unit: new_unit },
            ) => {
                is_same_text(old, new)
                    && old_unit.is_none_or(|old| new_unit.is_some_and(|new| is_same_code(old, new)))
                    && old_of.zip(*new_of).is_none_or(|(old, new)| is_perhaps_same(old, new))
            }
            (Said::When(old), Said::When(new)) => is_within(*old, *new),
            _ => false,
        }
    }

    fn display(&self) -> String {
        match self {
            Said::Text(text) => (*text).to_owned(),
            Said::Coded(coded) => coded.display().to_owned(),
            Said::When(time) => time.to_string(),
            Said::Amount { value, unit, .. } => format!("{value}{}", unit.map(Coded::display).unwrap_or_default()),
        }
    }
}

/// The same code, and no other word for it: a patient reads the word.
fn is_same_code(old: &Coded, new: &Coded) -> bool {
    let has_text =
        |word: &str| [&new.text, &new.alt_text, &new.original, &new.label].iter().any(|text| fold(text) == fold(word));
    let is_named = !(old.text.is_empty() && old.alt_text.is_empty());
    Subject::of(old).is_same(&Subject::of(new)) && (!is_named || has_text(old.display())) && !is_renamed(old, new)
}

/// A system whose name for it was one thing and is another; without a name it may be told by the rest.
fn is_renamed(old: &Coded, new: &Coded) -> bool {
    let named = |(_, name): &(&str, &str)| !name.is_empty();
    names(old).into_iter().filter(named).any(|(system, was)| {
        let mut now = names(new).into_iter().filter(named).filter(|(of, _)| *of == system).peekable();
        now.peek().is_some() && now.all(|(_, is)| !is_same_text(was, is))
    })
}

/// What each system calls it.
fn names(of: &Coded) -> [(&str, &str); 2] {
    [(of.system.trim(), &of.text), (of.alt_system.trim(), &of.alt_text)]
}

/// Another table of codes makes no other drug.
fn is_perhaps_same(old: &Coded, new: &Coded) -> bool {
    let (old, new) = (Subject::of(old), Subject::of(new));
    old.is_same(&new) || !old.shares_a_system(&new)
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
