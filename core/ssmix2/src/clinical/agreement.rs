//! What a message says against what its file's name says. Nothing is decided
//! here: the message's own words are shown, the contradiction is reported.

use super::{Context, Entries};
use crate::diagnostic::Code;
use crate::kind::DataType;
use crate::message::{Message, Segment};
use crate::types::{Coded, Timestamp};
use std::sync::Arc;

/// Notes an order number or a clinical date that is not the name's.
pub(super) fn check(message: &Message<'_>, context: Context<'_>, entries: &Entries) {
    let Some(kind) = context.kind.standard() else { return };
    fn bare(number: &str) -> &str {
        number.trim_start_matches('0')
    }
    let named = bare(&context.name.order);
    let numbers = order_numbers(entries).chain(headings(message, entries));
    if context.name.has_order_number() && none_agrees(numbers, |number| bare(number) == named) {
        message.note_at(Code::OrderNumberDiffers, 0, 0);
    }
    let Some(day) = context.name.date() else { return };
    if none_agrees(care_dates(entries, kind), |at| at.date() <= day && day <= at.end().date()) {
        message.note_at(Code::CareDateDiffers, 0, 0);
    }
}

/// There are some, and none of them agrees.
fn none_agrees<T>(items: impl Iterator<Item = T>, agrees: impl Fn(T) -> bool) -> bool {
    let mut any = false;
    !items.inspect(|_| any = true).any(agrees) && any
}

fn order_numbers(entries: &Entries) -> impl Iterator<Item = &str> {
    let orders = (entries.prescriptions.iter().map(|p| &p.order))
        .chain(entries.injections.iter().map(|i| &i.order))
        .chain(entries.administrations.iter().map(|a| &a.order))
        .chain(entries.labs.iter().map(|l| &l.group.order));
    let problems = entries.diagnoses.iter().filter_map(|d| d.instance_id.as_deref());
    let others = entries.other.iter().flat_map(|o| &o.items).filter_map(|i| i.order_number.as_deref());
    orders.filter_map(|o| o.number.as_deref()).chain(problems).chain(others)
}

/// The numbers of an examination's own ORC: it heads the parts that are shown, each of which has a number below it.
fn headings<'m>(message: &'m Message<'_>, entries: &Entries) -> impl Iterator<Item = &'m str> {
    let orders = entries.other.is_some().then(|| message.all("ORC")).into_iter().flatten();
    let component = message.delimiters.component;
    orders.filter_map(move |orc| orc.peek(2).split(component).next()).filter(|number| !number.is_empty())
}

/// The dates that the standard makes the care date of a kind.
fn care_dates(entries: &Entries, kind: DataType) -> Box<dyn Iterator<Item = Timestamp> + '_> {
    use DataType::*;
    match kind {
        Omp01 => Box::new(entries.prescriptions.iter().filter_map(|p| p.order.at)),
        Omp02 => Box::new(entries.injections.iter().filter_map(|i| i.order.at)),
        Omp12 => Box::new(entries.administrations.iter().flat_map(|a| &a.drugs).filter_map(|d| d.start)),
        Oml11 => Box::new(entries.labs.iter().filter_map(|l| l.collected_at())),
        Adt22 | Adt42 | Adt52 => Box::new(entries.movement.iter().filter_map(|m| m.at)),
        Adt12 | Omp11 | Omg11 | Omg12 | Omg13 => Box::new(entries.other.iter().filter_map(|o| o.at)),
        _ => Box::new(std::iter::empty()),
    }
}

/// A drug's code. Nine digits that begin with 6 are a receipt code, whatever
/// system the sender names: every HOT9 begins with 1.
pub(super) fn drug(segment: &Segment<'_>, field: u16) -> Option<Arc<Coded>> {
    let coded = segment.cwe(field)?;
    let is_receipt = |code: &str, system: &str| {
        system == "HOT9" && code.len() == 9 && code.starts_with('6') && code.bytes().all(|b| b.is_ascii_digit())
    };
    let Coded { code, system, alt_code, alt_system, .. } = &*coded;
    if is_receipt(code, system) || is_receipt(alt_code, alt_system) {
        segment.note(Code::ReceiptCodeAsHot9, field);
    }
    Some(coded)
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;
    use crate::diagnostic::Code;

    #[test]
    fn an_examination_s_own_order_names_its_file() {
        let orc = |control: &str, number: &str| format!("ORC|{control}|{number}|||||||20110701");
        let obr = |number: &str| format!("OBR||{number}||1000^単純撮影^JJ1017");
        let codes = |parent: &str| {
            let lines =
                [orc("NW", parent), obr(parent), orc("PA", parent), obr(parent), orc("CH", "1231"), obr("1231")];
            entries("OMG-01", &[&["PID|1||1"], &lines.each_ref().map(String::as_str)[..]].concat()).1
        };
        assert!(!codes("123").contains(&Code::OrderNumberDiffers), "{:?}", codes("123"));
        assert!(codes("124").contains(&Code::OrderNumberDiffers));
    }

    #[test]
    fn contradictions_with_the_name_are_reported() {
        let order = |number: &str, at: &str, drug: &str| {
            let orc = format!("ORC|NW|{number}|||||||{at}");
            entries("OMP-01", &["PID|1||1", &orc, &format!("RXE||{drug}^薬^HOT9|1")]).1
        };
        assert_eq!(order("123", "20110701", "100000101"), []);
        assert_eq!(order("124", "20110701", "100000101"), [Code::OrderNumberDiffers]);
        assert_eq!(order("123", "20110702", "100000101"), [Code::CareDateDiffers]);
        assert_eq!(order("123", "201107", "620007329"), [Code::ReceiptCodeAsHot9]);
    }
}
