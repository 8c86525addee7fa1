//! What answers or repeats an order that is kept out ([`super::orders`]).
//!
//! Numbers are compared without the zeros they are padded with; where a message names none, its file's name does.

use super::orders::{Kind, Named, Parts, may_answer};
use super::rules::Rules;
use super::{Context, FileInput};
use crate::model::{Entry, Injection, Mark, Section};
use chrono::NaiveDate;
use ssmix2::clinical::{Administration, Lab, LabContext, Other};
use ssmix2::types::{Coded, Text};
use ssmix2::{DataType, storage::FileName};
use std::sync::Arc;

impl Context<'_> {
    /// The order that an entry speaks of.
    pub(super) fn named<T>(&self, entry: &Entry<T>, number: Option<&Text>) -> Named {
        self.named_in(entry.source.first().copied().unwrap_or_default(), entry, number)
    }

    fn named_in<T>(&self, file: u32, entry: &Entry<T>, number: Option<&Text>) -> Named {
        let (of_file, file_day) = self.file_orders.get(file as usize).cloned().unwrap_or_default();
        Named {
            is_other: entry.marks.contains(&Mark::OtherPatient),
            number: number.and_then(|n| bare(n)).or(of_file),
            day: entry.date.map(|d| d.date()),
            file,
            file_day,
        }
    }

    /// The order that an injection is or belongs to; what was given of it may lie in files before its own.
    pub(super) fn named_by_injection(&self, entry: &Entry<Injection>) -> Named {
        let is_given = |file: &&u32| entry.body.administrations.iter().any(|given| given.source == **file);
        let own = entry.source.iter().find(|file| !is_given(file)).or(entry.source.first());
        self.named_in(own.copied().unwrap_or_default(), entry, entry.body.sent.order.number.as_ref())
    }

    /// The order that a row speaks of which need not become an entry.
    pub(super) fn named_by_row(&self, file: &FileInput, lab: &Lab) -> Named {
        let day = lab.collected_at().map(|at| at.date()).or_else(|| file.name.date());
        Named { day, ..named_by_group(file, &lab.group) }
    }

    /// Requests that are kept out, and results that never become entries, before the results are built.
    pub(super) fn note_requests(&mut self, files: &[FileInput]) {
        if self.rules.is_empty() {
            return;
        }
        for file in files {
            for panel in file.entries.empty_panels.iter().filter(|p| self.rules.test(p.panel.as_deref()).is_some()) {
                self.orders.add(Kind::Test, &named_by_group(file, panel), Parts { is_out: true, ..Parts::default() });
            }
            let Some(other) = file.entries.other.as_deref() else { continue };
            let kind = match file.kind.standard() {
                Some(DataType::Oml01) => Kind::Request,
                Some(DataType::Oml11) => Kind::Test,
                _ => continue,
            };
            let is_out = self.rules.of_other(other).is_some();
            let is_whole = self.rules.of_departments(other).is_some();
            for named in self.named_by_other(file, other) {
                let open = if is_out { open_items(self.rules, other) } else { Vec::new() };
                self.orders.add(kind, &named, Parts { is_out, is_whole, open });
            }
        }
    }

    fn named_by_other(&self, file: &FileInput, other: &Other) -> Vec<Named> {
        let (file_day, is_other) = (file.name.date(), file.other_patient);
        let day = file_day.or(other.at.map(|at| at.date()));
        let named = |number| Named { is_other, number: Some(number), day, file: file.file, file_day };
        numbers(other).map(named).collect()
    }

    /// Whether a request was answered by nothing but results that are kept out.
    pub(super) fn is_answered_in_secret(&self, file: &FileInput, other: &Other) -> bool {
        self.named_by_other(file, other).iter().any(|named| self.orders.is_all_out(Kind::Test, named))
    }

    /// Whether such an order is kept out: its other numbers count as well.
    pub(super) fn repeats(&self, kind: Kind, entry: &Entry<Other>) -> bool {
        let given: Vec<Option<&Coded>> = entry.body.items.iter().map(|item| item.code.as_deref()).collect();
        self.all_named(kind, entry).any(|named| match kind {
            Kind::Test => self.orders.is_all_out(kind, &named) || self.orders.answers_secret(&named),
            _ => self.orders.hides(kind, &named, &given),
        })
    }

    /// A request and a report have the day of their file, what was given has its own.
    fn all_named<'e>(&'e self, kind: Kind, entry: &'e Entry<Other>) -> impl Iterator<Item = Named> + 'e {
        numbers(&entry.body).map(move |number| {
            let named = self.named(entry, Some(&number));
            let day = named.file_day.filter(|_| kind == Kind::Test).or(named.day);
            Named { day, ..named }
        })
    }

    /// Whether an administration may belong to an order as far as rules go: where one of them is kept out the other goes
    /// with it, and numbers begin again every year.
    pub(super) fn may_pair(&self, order: &Entry<Injection>, sent: &Administration, given: Option<NaiveDate>) -> bool {
        let is_out = || {
            self.rules.names(Section::Injections, &order.id)
                || self.rules.of_ordered(&order.body.sent).is_some()
                || self.rules.of_administration(sent).is_some()
        };
        let is_far = || {
            let named = self.named_by_injection(order);
            let ordered = named.file_day.or(named.day);
            ordered.zip(given).is_some_and(|(ordered, given)| !may_answer(ordered, given))
        };
        self.rules.is_empty() || !is_out() || !is_far()
    }

    /// Whether an injection that was given alone belongs to an order that is kept out.
    pub(super) fn is_given_in_secret(&self, entry: &Entry<Injection>) -> bool {
        let drugs = entry.body.administrations.iter().flat_map(|given| &given.sent.drugs);
        let given: Vec<Option<&Coded>> = drugs.map(|drug| drug.drug.as_deref()).collect();
        !entry.body.ordered && self.orders.hides(Kind::Injection, &self.named_by_injection(entry), &given)
    }

    /// Takes note of rows that are kept out, whatever becomes of them: also one that was deleted or replaced had a request.
    pub(super) fn note_secret_rows(&mut self, files: &[FileInput], rows: &[(usize, Vec<Lab>)]) {
        if self.rules.is_empty() {
            return;
        }
        let rows = || rows.iter().flat_map(|(i, labs)| labs.iter().map(|lab| (&files[*i], lab)));
        for (file, lab) in rows().filter(|(_, lab)| self.rules.of_item(lab).is_some()) {
            let named = self.named_by_row(file, lab);
            self.orders.meet(&named);
        }
        for (file, lab) in rows() {
            let named = self.named_by_row(file, lab);
            let is_out = self.rules.of_lab(lab).is_some() || self.orders.answers_secret(&named);
            if is_out {
                self.excluded_files.insert((Section::Labs, file.file));
                self.orders.add(Kind::Test, &named, Parts { is_out, ..Parts::default() });
            }
            let is_shown = !lab.replaced && !matches!(lab.result_status.as_deref(), Some("D" | "W"));
            if is_out || is_shown {
                self.organisms.add(&named, lab, is_out);
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
        is_out || self.orders.answers_secret(&named) || self.organisms.hide(&named, lab)
    }
}

fn named_by_group(file: &FileInput, group: &LabContext) -> Named {
    let file_day = file.name.date();
    Named {
        is_other: file.other_patient,
        number: group.order.number.as_deref().and_then(bare).or_else(|| of_name(&file.name)),
        day: group.collected_at.map(|at| at.date()).or(file_day),
        file: file.file,
        file_day,
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

/// A number without the zeros in front; as many nines as in names of files stand for none.
fn bare(number: &str) -> Option<Text> {
    let is_none = number.len() >= 13 && number.bytes().all(|b| b == b'9');
    Some(Text::from(number.trim_start_matches('0'))).filter(|number| !number.is_empty() && !is_none)
}

/// The number that the name of a file says.
pub(super) fn of_name(name: &FileName) -> Option<Text> {
    bare(&name.order)
}
