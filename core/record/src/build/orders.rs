//! Orders that are kept out, by number, of one patient, and what answers them.

use super::rules::Rule;
use chrono::NaiveDate;
use ssmix2::types::{Coded, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many days after an order it may be answered; a day before, for it may be written down later.
const DAYS: std::ops::RangeInclusive<i64> = -1..=31;

/// What an order may be answered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Prescription,
    Injection,
    /// Results: not an order, but what answers one.
    Test,
    /// Requests of results.
    Request,
}

/// Which order something speaks of, and where.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    pub is_other: bool,
    pub number: Option<Text>,
    pub day: Option<NaiveDate>,
    pub file: u32,
    pub file_day: Option<NaiveDate>,
}

/// What is known of one order.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub is_out: bool,
    /// All of it is, whatever it asks for.
    pub is_whole: bool,
    /// What is shown of it.
    pub open: Vec<Arc<Coded>>,
}

impl Parts {
    /// An entry with these codes.
    pub(super) fn of(why: Option<Rule>, codes: impl Iterator<Item = Arc<Coded>>) -> Parts {
        let open = if why.is_none() { codes.collect() } else { Vec::new() };
        Parts { is_out: why.is_some(), is_whole: false, open }
    }
}

/// One order: what one file says of a number.
#[derive(Debug)]
struct Order {
    file: u32,
    day: NaiveDate,
    is_out: bool,
    is_shown: bool,
    is_whole: bool,
    open: Vec<Arc<Coded>>,
    /// A result that is kept out by its own code has answered it.
    is_met: bool,
}

/// Orders by kind, patient (another one's or not) and number.
#[derive(Debug, Default)]
pub(super) struct Orders(BTreeMap<(Kind, bool, Text), Vec<Order>>);

impl Orders {
    /// Adds an order, or a part of one: the day of all its parts is that of its file.
    pub(super) fn add(&mut self, kind: Kind, named: &Named, parts: Parts) {
        let (Some(number), Some(day)) = (named.number.clone(), named.file_day.or(named.day)) else { return };
        let all = self.0.entry((kind, named.is_other, number)).or_default();
        let at = all.iter().rposition(|order| order.file == named.file).unwrap_or_else(|| {
            let file = named.file;
            let (open, [is_out, is_shown, is_whole, is_met]) = (Vec::new(), [false; 4]);
            all.push(Order { file, day, is_out, is_shown, is_whole, open, is_met });
            all.len() - 1
        });
        let order = &mut all[at];
        order.is_out |= parts.is_out;
        order.is_shown |= !parts.is_out;
        order.is_whole |= parts.is_whole;
        order.open.extend(parts.open);
    }

    /// The orders of this number that are nearest in time, of those that it may answer or be answered by. What has no day
    /// may belong to any of them.
    fn nearest(&self, kind: Kind, named: &Named) -> impl Iterator<Item = &Order> {
        let key = named.number.clone().map(|number| (kind, named.is_other, number));
        let all = key.and_then(|key| self.0.get(&key)).map_or(&[][..], Vec::as_slice);
        let nearest = nearest(kind, all, named);
        all.iter().filter(move |order| nearest.is_some() && lag(kind, order, named) == nearest)
    }

    /// Whether the order of this number is kept out, and nothing of it shown.
    pub(super) fn is_all_out(&self, kind: Kind, named: &Named) -> bool {
        let mut all = self.nearest(kind, named).peekable();
        all.peek().is_some() && all.all(|order| order.is_out && !order.is_shown)
    }

    /// Whether what was given goes with an order: something of that is kept out, and not all of these drugs are shown in it.
    pub(super) fn hides(&self, kind: Kind, named: &Named, given: &[Option<&Coded>]) -> bool {
        let is_open = |order: &Order| {
            !given.is_empty() && given.iter().all(|drug| drug.is_some_and(|drug| shares_any(&order.open, drug)))
        };
        self.nearest(kind, named).any(|order| order.is_out && !is_open(order))
    }

    /// Takes note of a result that is kept out by its own code: the requests that it answers hide nothing else by guess.
    pub(super) fn meet(&mut self, named: &Named) {
        let key = named.number.clone().map(|number| (Kind::Request, named.is_other, number));
        let Some(all) = key.and_then(|key| self.0.get_mut(&key)) else { return };
        let nearest = nearest(Kind::Request, all, named);
        let answered = all.iter_mut().filter(|order| lag(Kind::Request, order, named) == nearest);
        answered.for_each(|order| order.is_met = nearest.is_some());
    }

    /// Whether a result answers a request of which nothing is shown, and no other result is what that asked for.
    pub(super) fn answers_secret(&self, named: &Named) -> bool {
        let is_sure = |order: &Order| order.is_whole || order.open.is_empty() && !order.is_met;
        self.nearest(Kind::Request, named).any(|order| order.is_out && is_sure(order))
    }

    /// Whether a result may be what a request asks for in secret: that asks for other things, too, and not for this one.
    pub(super) fn may_answer_secret(&self, named: &Named, items: &[&Coded]) -> bool {
        let is_asked = |order: &Order| items.iter().any(|item| shares_any(&order.open, item));
        self.nearest(Kind::Request, named).any(|order| order.is_out && !order.is_met && !is_asked(order))
    }
}

fn nearest(kind: Kind, all: &[Order], named: &Named) -> Option<i64> {
    all.iter().filter_map(|order| lag(kind, order, named)).min()
}

/// How many days lie between an order and what answers it, if it can.
fn lag(kind: Kind, order: &Order, named: &Named) -> Option<i64> {
    let Some(day) = named.day else { return Some(0) };
    let (ordered, answered) = if kind == Kind::Test { (day, order.day) } else { (order.day, day) };
    may_answer(ordered, answered).then(|| (day - order.day).num_days().abs())
}

/// Whether what was done on one day may answer what was ordered on another.
pub(super) fn may_answer(ordered: NaiveDate, answered: NaiveDate) -> bool {
    DAYS.contains(&(answered - ordered).num_days())
}

fn shares_any(all: &[Arc<Coded>], coded: &Coded) -> bool {
    let both = |c: &Coded| [c.code.clone(), c.alt_code.clone()];
    let codes = both(coded);
    all.iter().any(|known| both(known).iter().any(|code| !code.is_empty() && codes.contains(code)))
}
