//! 注射オーダー: one entry an administration as ordered, with what was given.

use super::numbers::{ByNumber, Number};
use super::prescriptions::order_status;
use super::{Context, FileInput, Role, entry, sort_newest_first, take};
use crate::model::{Entry, Given, Injection, Mark, OrderKey, Status};
use chrono::NaiveDate;
use ssmix2::DataType;
use ssmix2::clinical::{AdministeredDrug, Administration};
use ssmix2::types::Text;

pub(super) fn build(context: &mut Context<'_>, files: &mut [FileInput]) -> Vec<Entry<Injection>> {
    let mut all: Vec<Entry<Injection>> = Vec::new();
    let mut taken = take(files, |e| &mut e.injections);
    // In the order of the files: of two blocks that could own an administration it is the first one's.
    taken.sort_by_key(|(file, _)| *file);
    for (file, sent) in taken {
        let file = &files[file];
        for (number, sent) in sent.into_iter().enumerate().filter(|_| file.role == Role::Current) {
            let order = OrderKey::of(&sent.order, file);
            let (status, date) = (order_status(&sent.order), sent.timing.start.or(sent.order.at));
            let body = Injection { sent, ordered: true, administrations: Vec::new(), order };
            all.push(entry(context, file, number, date, status, body));
        }
    }
    add_administrations(context, files, &mut all);
    sort_newest_first(&mut all);
    context.keep_out_injections(&mut all);
    all
}

fn add_administrations(context: &mut Context<'_>, files: &mut [FileInput], all: &mut Vec<Entry<Injection>>) {
    let orders = Orders::new(all);
    for file in files.iter_mut().filter(|f| f.kind.standard() == Some(DataType::Omp12) && f.role == Role::Current) {
        for (number, sent) in std::mem::take(&mut file.entries.administrations).into_iter().enumerate() {
            let owner = orders.owner(file, &sent);
            let owner = owner.filter(|i| context.may_pair(&all[*i], &sent, given_on(file, &sent)));
            let given = given(file.file, sent);
            match owner {
                Some(i) => {
                    let marks = context.marks(file);
                    all[i].source.push(file.file);
                    all[i].source.sort_unstable();
                    all[i].source.dedup();
                    all[i].marks.extend(marks);
                    all[i].marks.sort_unstable();
                    all[i].marks.dedup();
                    all[i].body.administrations.push(given);
                }
                None => all.push(alone(context, file, number, given)),
            }
        }
    }
    for entry in all {
        entry.body.administrations.sort_by_key(|a| (start(&a.sent), a.source));
    }
}

fn given_on(file: &FileInput, sent: &Administration) -> Option<NaiveDate> {
    let at = start(sent).map(|t| t.date()).or(sent.order.at.map(|t| t.date()));
    at.or_else(|| file.name.date())
}

fn start(sent: &Administration) -> Option<chrono::NaiveDateTime> {
    sent.drugs.iter().filter_map(|d| d.start).map(|t| t.at).min()
}

/// What of an order an administration may name beside its number.
#[derive(PartialEq, Eq, Hash)]
enum Part {
    Any,
    Group(Text),
    Rp(Text),
}

/// The ordered blocks by number and part.
struct Orders {
    blocks: ByNumber<(Number, Part)>,
    rps: Vec<Option<Text>>,
}

impl Orders {
    fn new(all: &[Entry<Injection>]) -> Orders {
        let keys = all.iter().enumerate().flat_map(|(i, entry)| {
            let order = &entry.body.sent.order;
            let number = order.number.clone().zip(entry.date);
            let group = order.group.clone().map(Part::Group);
            let parts = [Some(Part::Any), group, order.rp.clone().map(Part::Rp)].into_iter().flatten();
            let is_other = entry.marks.contains(&Mark::OtherPatient);
            parts.filter_map(move |part| {
                let (number, date) = number.clone()?;
                Some((((is_other, number), part), date.date(), i))
            })
        });
        Orders { blocks: ByNumber::new(keys), rps: all.iter().map(|e| e.body.sent.order.rp.clone()).collect() }
    }

    /// The block an administration belongs to: same order number and same ORC-4,
    /// else same order and Rp, or the order's only block unless its Rp contradicts.
    fn owner(&self, file: &FileInput, sent: &Administration) -> Option<usize> {
        let number = (file.other_patient, sent.order.number.clone()?);
        let at = given_on(file, sent)?;
        if let Some(group) = &sent.order.group
            && let Some(block) = self.blocks.nearest(&(number.clone(), Part::Group(group.clone())), at)
        {
            return Some(block);
        }
        let only = |part| match self.blocks.near(&(number.clone(), part), at) {
            [(_, block)] => Some(*block),
            _ => None,
        };
        let by_rp = sent.order.rp.clone().and_then(|rp| only(Part::Rp(rp)));
        by_rp.or_else(|| only(Part::Any).filter(|block| self.rps[*block].is_none() || sent.order.rp.is_none()))
    }
}

/// An administration whose order is not in the import.
fn alone(context: &Context<'_>, file: &FileInput, number: usize, given: Given) -> Entry<Injection> {
    let mut sent = ssmix2::clinical::Injection { order: given.sent.order.clone(), ..Default::default() };
    sent.injection_type = given.sent.injection_type.clone();
    let date = given.sent.drugs.iter().find_map(|d| d.start);
    let status = given.status;
    let body = Injection { sent, ordered: false, administrations: vec![given], order: OrderKey::default() };
    let mut entry = entry(context, file, number, date, status, body);
    entry.marks.retain(|m| *m != Mark::Undated || entry.date.is_none());
    entry
}

fn given(source: u32, sent: Administration) -> Given {
    let each: Vec<Status> = sent.drugs.iter().map(drug_status).collect();
    let same = each.windows(2).all(|w| w[0] == w[1]);
    let status = if same { each.first().copied().unwrap_or(Status::Unknown) } else { Status::Mixed };
    Given { status, source, drug_status: if same { Vec::new() } else { each }, sent }
}

/// RXA-21 and RXA-20 (HL7 tables 0323 and 0322). Only `CP` says that it was given.
pub(super) fn drug_status(drug: &AdministeredDrug) -> Status {
    if drug.action.as_deref() == Some("D") {
        return Status::Retracted;
    }
    match drug.completion.as_deref() {
        Some("CP") => Status::Given,
        Some("PA") => Status::Partial,
        Some("RE") => Status::Refused,
        Some("NA") => Status::NotGiven,
        _ => Status::Unknown,
    }
}
