//! Orders that are kept out, and what answers or repeats them: by number, of one patient, the nearest in time.
//!
//! Numbers are compared without the zeros they are padded with; where a message names none, its file's name does.

use super::rules::Rules;
use super::{Context, FileInput};
use crate::model::{Entry, Mark, Section};
use chrono::NaiveDate;
use ssmix2::clinical::{Lab, Other};
use ssmix2::types::{Coded, Text};
use ssmix2::{DataType, storage::FileName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far an order and what answers it may lie apart, as in [`super::numbers`].
const NEAR_DAYS: i64 = 366;

/// What an order may be answered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Prescription,
    Injection,
    /// Results.
    Test,
    /// Requests of results.
    Request,
}

/// One order of a number.
#[derive(Debug)]
struct Order {
    day: NaiveDate,
    is_out: bool,
    /// What else a request that is kept out asks for.
    open: Vec<Arc<Coded>>,
}

/// Orders by kind, patient (another one's or not) and number.
#[derive(Debug, Default)]
pub(super) struct Orders(BTreeMap<(Kind, bool, Text), Vec<Order>>);

/// Which order something speaks of.
#[derive(Debug, Clone)]
pub(super) struct Named {
    is_other: bool,
    number: Option<Text>,
    day: Option<NaiveDate>,
}

impl Orders {
    pub(super) fn add(&mut self, kind: Kind, named: Named, is_out: bool) {
        self.add_request(kind, named, is_out, Vec::new());
    }

    fn add_request(&mut self, kind: Kind, named: Named, is_out: bool, open: Vec<Arc<Coded>>) {
        if let (Some(number), Some(day)) = (named.number, named.day) {
            self.0.entry((kind, named.is_other, number)).or_default().push(Order { day, is_out, open });
        }
    }

    /// The orders of this number that are nearest in time. Numbers begin again every year.
    fn nearest(&self, kind: Kind, named: &Named) -> impl Iterator<Item = &Order> {
        let key = named.number.clone().map(|number| (kind, named.is_other, number));
        let all = key.and_then(|key| self.0.get(&key)).map_or(&[][..], Vec::as_slice);
        // What has no day may belong to any of them.
        let far = |order: &Order| named.day.map_or(0, |day| (order.day - day).num_days().abs());
        let nearest = all.iter().map(far).min().filter(|days| *days <= NEAR_DAYS);
        all.iter().filter(move |order| Some(far(order)) == nearest)
    }

    /// Whether the order of this number is kept out.
    pub(super) fn is_out(&self, kind: Kind, named: &Named) -> bool {
        self.nearest(kind, named).any(|order| order.is_out)
    }

    /// Whether nothing of the order of this number is shown.
    pub(super) fn is_all_out(&self, kind: Kind, named: &Named) -> bool {
        self.is_out(kind, named) && self.nearest(kind, named).all(|order| order.is_out)
    }

    /// Whether a result answers a request that is kept out, and not what the same request asks for openly.
    fn answers_secret(&self, named: &Named, lab: &Lab) -> bool {
        let is_asked = |code: &Arc<Coded>| {
            shares_code(code, &lab.item) || lab.group.panel.as_deref().is_some_and(|panel| shares_code(code, panel))
        };
        self.nearest(Kind::Request, named).any(|order| order.is_out && !order.open.iter().any(is_asked))
    }
}

impl Context<'_> {
    /// The order that an entry speaks of.
    pub(super) fn named<T>(&self, entry: &Entry<T>, number: Option<&Text>) -> Named {
        let of_file = || self.file_orders.get(*entry.source.first()? as usize)?.clone();
        let is_other = entry.marks.contains(&Mark::OtherPatient);
        Named { is_other, number: number.and_then(|n| bare(n)).or_else(of_file), day: entry.date.map(|d| d.date()) }
    }

    /// The order that a row speaks of which need not become an entry.
    pub(super) fn named_by_row(&self, file: &FileInput, lab: &Lab) -> Named {
        let day = lab.collected_at().map(|at| at.date()).or_else(|| file.name.date());
        let number = lab.group.order.number.as_deref().and_then(bare).or_else(|| of_name(&file.name));
        Named { is_other: file.other_patient, number, day }
    }

    /// Requests that are kept out, and results that never become entries, before the results are built.
    pub(super) fn note_requests(&mut self, files: &[FileInput]) {
        if self.rules.is_empty() {
            return;
        }
        for file in files {
            for panel in &file.entries.empty_panels {
                if self.rules.test(panel.panel.as_deref()).is_some() {
                    let number = panel.order.number.as_deref().and_then(bare).or_else(|| of_name(&file.name));
                    let day = panel.collected_at.map(|at| at.date()).or_else(|| file.name.date());
                    self.orders.add(Kind::Test, Named { is_other: file.other_patient, number, day }, true);
                }
            }
            let Some(other) = file.entries.other.as_deref() else { continue };
            let kind = match file.kind.standard() {
                Some(DataType::Oml01) => Kind::Request,
                Some(DataType::Oml11) => Kind::Test,
                _ => continue,
            };
            let is_out = self.rules.of_other(other).is_some();
            for named in self.named_by_other(file, other) {
                let open = if is_out { open_items(self.rules, other) } else { Vec::new() };
                self.orders.add_request(kind, named, is_out, open);
            }
        }
    }

    fn named_by_other(&self, file: &FileInput, other: &Other) -> Vec<Named> {
        let day = other.at.map(|at| at.date()).or_else(|| file.name.date());
        numbers(other).map(|number| Named { is_other: file.other_patient, number: Some(number), day }).collect()
    }

    /// Whether a request was answered by nothing but results that are kept out.
    pub(super) fn is_answered_in_secret(&self, file: &FileInput, other: &Other) -> bool {
        self.named_by_other(file, other).iter().any(|named| self.orders.is_all_out(Kind::Test, named))
    }

    /// Whether something else of such an order is kept out: its other numbers count as well.
    pub(super) fn repeats(&self, kind: Kind, entry: &Entry<Other>) -> bool {
        let mut all = numbers(&entry.body).map(|number| self.named(entry, Some(&number)));
        all.any(|named| {
            self.orders.is_out(kind, &named) || kind == Kind::Test && self.orders.is_out(Kind::Request, &named)
        })
    }

    /// Whether a result answers a request that is kept out.
    pub(super) fn answers_secret(&self, named: &Named, lab: &Lab) -> bool {
        self.orders.answers_secret(named, lab)
    }

    /// Takes note of rows that are kept out, whatever becomes of them: also one that was deleted or replaced had a request.
    pub(super) fn note_secret_rows(&mut self, files: &[FileInput], rows: &[(usize, Vec<Lab>)]) {
        if self.rules.is_empty() {
            return;
        }
        for (file, labs) in rows.iter().map(|(i, labs)| (&files[*i], labs)) {
            for lab in labs {
                let named = self.named_by_row(file, lab);
                let is_out = self.rules.of_lab(lab).is_some() || self.answers_secret(&named, lab);
                if is_out {
                    self.excluded_files.insert((Section::Labs, file.file));
                    self.orders.add(Kind::Test, named.clone(), true);
                }
                let is_shown = !lab.replaced && !matches!(lab.result_status.as_deref(), Some("D" | "W"));
                if is_out || is_shown {
                    self.organisms.add(&named, lab, is_out);
                }
            }
        }
    }

    /// Whether not even the number of such rows may tell of it: it is kept out, or a list may keep it back.
    pub(super) fn is_secret_row(&self, file: &FileInput, lab: &Lab) -> bool {
        if self.rules.is_empty() {
            return false;
        }
        let named = self.named_by_row(file, lab);
        let is_out = self.rules.has_list || self.rules.of_lab(lab).is_some();
        is_out || self.answers_secret(&named, lab) || self.organisms.hide(&named, lab)
    }
}

impl Named {
    /// Whose order it is, and its number.
    pub(super) fn key(&self) -> (bool, Option<Text>) {
        (self.is_other, self.number.clone())
    }
}

/// What else a request asks for, if its department is not kept out.
fn open_items(rules: &Rules, other: &Other) -> Vec<Arc<Coded>> {
    let of_item = |code: &Arc<Coded>| rules.test([&**code]).is_some();
    let mut open = Vec::new();
    if rules.of_departments(other).is_some() {
        return open;
    }
    for item in &other.items {
        if !item.results.iter().any(|row| of_item(&row.item)) {
            open.extend(item.code.clone());
        }
        open.extend(item.results.iter().map(|row| row.item.clone()));
    }
    open.retain(|code| !of_item(code));
    open
}

/// All order numbers of a message.
fn numbers(other: &Other) -> impl Iterator<Item = Text> {
    let all = other.items.iter().map(|item| item.order_number.as_deref()).chain([other.order_number.as_deref()]);
    all.flatten().filter_map(bare)
}

/// A number without the zeros in front.
fn bare(number: &str) -> Option<Text> {
    Some(Text::from(number.trim_start_matches('0'))).filter(|number| !number.is_empty())
}

/// The number that the name of a file says.
pub(super) fn of_name(name: &FileName) -> Option<Text> {
    bare(&name.order).filter(|_| name.has_order_number())
}

fn shares_code(a: &Coded, b: &Coded) -> bool {
    let both = |c: &Coded| [c.code.clone(), c.alt_code.clone()];
    both(a).iter().any(|code| !code.is_empty() && both(b).contains(code))
}
