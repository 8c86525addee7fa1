//! 処方オーダー: one entry a drug.

use super::{Context, FileInput, Role, entry, sort_newest_first, take};
use crate::model::{Entry, OrderKey, Prescription, Status};
use chrono::Datelike;
use ssmix2::clinical::{self, Order};
use ssmix2::types::{Coded, Text, Timestamp};

pub(super) fn build(context: &mut Context<'_>, files: &mut [FileInput]) -> Vec<Entry<Prescription>> {
    let drugs = take(files, |e| &mut e.prescriptions);
    let mut all = Vec::with_capacity(drugs.iter().map(|(_, drugs)| drugs.len()).sum());
    for (file, drugs) in drugs.into_iter().map(|(i, drugs)| (&files[i], drugs)) {
        if file.role != Role::Current {
            continue;
        }
        for (number, sent) in drugs.into_iter().enumerate() {
            let order = OrderKey::of(&sent.order, file);
            let (end, end_from) = end(&sent);
            let status = order_status(&sent.order);
            let date = sent.timing.start.or(sent.order.at);
            all.push(entry(context, file, number, date, status, Prescription { sent, end, end_from, order }));
        }
    }
    sort_newest_first(&mut all);
    context.keep_out_prescriptions(&mut all);
    all
}

/// The last day of the supply: TQ1-8, else the start and the days (the start
/// counts as the first day). Never for a drug taken only when needed.
fn end(sent: &clinical::Prescription) -> (Option<Timestamp>, Option<Text>) {
    if let Some(end) = sent.timing.end {
        return (Some(end), Some(Text::const_new("TQ1-8")));
    }
    let counted = || {
        let days = sent.timing.duration.as_ref()?;
        let in_days = days.unit.as_deref().is_some_and(is_day);
        let days: u64 = days.value.trim().parse().ok().filter(|d| (1..=400).contains(d) && in_days)?;
        let start = sent.timing.start?.date();
        // The year 9999 is an open end.
        let end = start.checked_add_days(chrono::Days::new(days - 1)).filter(|end| end.year() < 9999);
        end.map(Timestamp::day)
    };
    match if sent.as_needed { None } else { counted() } {
        Some(end) => (Some(end), Some(Text::const_new("TQ1-7 + TQ1-6"))),
        None => (None, None),
    }
}

fn is_day(unit: &Coded) -> bool {
    let known = ["d", "日", "日分", "D", "DAY"];
    known.contains(&&*unit.code) || known.contains(&unit.display())
}

/// What ORC-1 and ORC-5 make of an order (HL7 tables 0119 and 0038).
pub(super) fn order_status(order: &Order) -> Status {
    match order.status.as_deref() {
        Some("CA") => return Status::Cancelled,
        Some("DC") => return Status::Discontinued,
        Some("HD") => return Status::Held,
        Some("RP") => return Status::Replaced,
        _ => {}
    }
    match order.control.as_deref() {
        Some("CA" | "OC" | "CR") => Status::Cancelled,
        Some("DC" | "OD" | "DR") => Status::Discontinued,
        Some("HD" | "OH" | "HR") => Status::Held,
        Some("RP" | "RQ" | "RU") => Status::Replaced,
        None => Status::Ordered,
        Some(
            "NW" | "XO" | "XX" | "XR" | "RO" | "OK" | "SN" | "NA" | "RE" | "SC" | "PA" | "CH" | "CN" | "PR" | "RL"
            | "OE" | "OR" | "RF" | "AF" | "FU" | "OF" | "UC" | "UD" | "UM" | "UX" | "UH" | "RR" | "SR" | "SS" | "OP"
            | "PY",
        ) => Status::Ordered,
        Some(_) => Status::Unknown,
    }
}
