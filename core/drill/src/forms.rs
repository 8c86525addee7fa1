//! Forms that this reader takes and others may stumble over: a file that is not as the specification writes it.

use crate::checks::Drill;
use mykarte::Inspected;
use mykarte::ssmix2::DataType;
use mykarte::ssmix2::message::{Message, Segment};
use mykarte::ssmix2::storage::Flag;
use std::collections::BTreeSet;

/// Fields that HL7 v2.5 and SS-MIX2 give a segment (the fact sheet, appendix A, and HL7 v2.5 chapter 3 to 7).
const LENGTHS: &[(&str, u16)] = &[
    ("MSH", 21),
    ("EVN", 7),
    ("PID", 39),
    ("PV1", 52),
    ("PV2", 49),
    ("NK1", 37),
    ("AL1", 6),
    ("IAM", 20),
    ("DB1", 8),
    ("IN1", 53),
    ("PRB", 25),
    ("ORC", 30),
    ("RXE", 44),
    ("RXR", 6),
    ("RXC", 9),
    ("RXA", 26),
    ("TQ1", 14),
    ("SPM", 29),
    ("OBR", 49),
    ("OBX", 19),
    ("NTE", 4),
    ("CTI", 3),
];

/// Notes what is unusual: check, place, text.
pub(crate) fn look_at(file: &Inspected<'_>, note: &mut dyn FnMut(Drill, String, Option<&str>)) {
    look_at_name(file, note);
    if has_odd_ends(file.bytes) {
        note(Drill::LineEnds, String::new(), None);
    }
    for message in file.messages {
        if let Some(kind) = file.stored.kind.standard() {
            look_at_message(message, kind, note);
        }
        for segment in message.segments() {
            look_at_segment(&segment, note);
        }
    }
}

fn look_at_name(file: &Inspected<'_>, note: &mut dyn FnMut(Drill, String, Option<&str>)) {
    let name = &file.stored.name;
    // The reader has filled it up.
    let as_written = file.stored.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_time = |part: &&str| part.len() >= 8 && name.occurred.starts_with(*part);
    if as_written.rsplit('_').take(3).find(is_time).is_some_and(|part| part.len() != 17) {
        note(Drill::ShortOccurrence, String::new(), None);
    }
    debug_assert!(name.flag != Flag::Deleted, "a deleted file is not opened");
    let Some(named) = name.department.as_deref().filter(|named| *named != "-") else { return };
    let Some(message) = file.messages.first() else { return };
    let said: BTreeSet<&str> =
        [("ORC", 17), ("PV1", 10)].into_iter().filter_map(|(id, n)| code_at(message, id, n)).collect();
    if !said.is_empty() && !said.contains(named) {
        note(Drill::NameDepartmentDiffers, String::new(), None);
    }
}

/// The code of the first such field that is filled.
fn code_at<'m>(message: &'m Message<'m>, id: &'static str, number: u16) -> Option<&'m str> {
    message.segments().filter(|segment| segment.id() == id).find_map(|segment| component(field(&segment, number)?, 1))
}

/// A component of a field, if it is not empty.
fn component(field: &str, number: usize) -> Option<&str> {
    field.split('^').nth(number - 1).filter(|text| !text.is_empty())
}

fn has_odd_ends(bytes: &[u8]) -> bool {
    let has_lines = bytes.contains(&b'\n') || bytes.contains(&0x1C) || bytes.windows(2).any(|two| two == b"\r\r");
    has_lines || bytes.last().is_some_and(|last| *last != b'\r')
}

fn look_at_message(message: &Message<'_>, kind: DataType, note: &mut dyn FnMut(Drill, String, Option<&str>)) {
    let needs_visit = matches!(kind.folder().as_bytes(), [b'O', b'M', ..] if !matches!(kind, DataType::Omg13));
    if needs_visit && message.first("PV1").is_none() {
        note(Drill::VisitMissing, "PV1".to_owned(), None);
    }
    let event = message.first("MSH").and_then(|msh| field(&msh, 9));
    let is_of = |known: &str| event.is_some_and(|event| known.split('^').eq(event.split('^').take(2)));
    if event.is_some() && !is_of(kind.message()) && !kind.cancel_message().is_some_and(is_of) {
        note(Drill::EventDiffers, "MSH-9".to_owned(), event);
    }
    // `20240401-003`: drugs of one order may have numbers of their own, of one day.
    let day = |number: &'_ str| number.split('-').next().map(str::to_owned);
    let slips: BTreeSet<Option<String>> = message.all("RXE").map(|rxe| field(&rxe, 15).and_then(day)).collect();
    if slips.len() > 1 {
        note(Drill::SlipNumberDiffers, "RXE-15".to_owned(), None);
    }
    if let Some(pv1) = message.first("PV1")
        && field(&pv1, 10).is_none()
        && let Some(shifted) = field(&pv1, 8).filter(|text| text.len() <= 3)
    {
        note(Drill::VisitShifted, "PV1-8".to_owned(), Some(shifted));
    }
    if kind == DataType::Oml11 {
        let states: BTreeSet<_> = message.all("OBX").filter_map(|obx| field(&obx, 11)).collect();
        if states.contains("P") && states.contains("F") {
            note(Drill::MixedStatus, "OBX-11".to_owned(), None);
        }
        if states.contains("O") {
            note(Drill::OrderRowInResults, "OBX-11".to_owned(), None);
        }
    }
    for prb in message.all("PRB") {
        let open =
            field(&prb, 14).and_then(|outcome| component(outcome, 1)).is_some_and(|code| matches!(code, "N" | "C"));
        if open && field(&prb, 9).is_some() {
            note(Drill::EndedNotRecovered, "PRB-14".to_owned(), None);
        }
    }
}

fn field<'m>(segment: &Segment<'m>, number: u16) -> Option<&'m str> {
    segment.filled().find(|(field, _)| *field == number).map(|(_, text)| text)
}

fn look_at_segment(segment: &Segment<'_>, note: &mut dyn FnMut(Drill, String, Option<&str>)) {
    let id = segment.id();
    let longest = LENGTHS.iter().find(|(known, _)| *known == id).map_or(u16::MAX, |(_, length)| *length);
    for (number, text) in segment.filled() {
        let mut note = |check| note(check, format!("{id}-{number}"), Some(text));
        if number > longest {
            note(Drill::SegmentTooLong);
        }
        if text == "\"\"" {
            note(Drill::ExplicitNull);
        }
        if id == "MSH" && !text.is_ascii() {
            note(Drill::HeaderNotAscii);
        }
        match (id, number) {
            ("MSH", 7) | ("EVN", 2 | 6) | ("PID", 33) | ("ORC", 9) if !is_time(text) => note(Drill::TimeForm),
            ("PID", 11) if component(text, 5).is_some_and(|zip| !zip.contains('-')) => note(Drill::NoHyphens),
            ("AL1" | "IAM", 3) if component(text, 3).is_none_or(|system| system.starts_with("99")) => {
                note(Drill::LocalAllergen);
            }
            ("PID", 13 | 14) if has_bare_number(text) => note(Drill::NoHyphens),
            ("OBX", 3) if component(text, 3) == Some("JC10") && component(text, 1).is_some_and(|c| c.len() != 17) => {
                note(Drill::Jlac10Length);
            }
            _ => {}
        }
        if text.contains('^') && [3, 6].into_iter().filter_map(|n| component(text, n)).any(is_blank_system) {
            note(Drill::BlankInCodeSystem);
        }
    }
}

/// A code system between blanks: `HL70482 `.
fn is_blank_system(system: &str) -> bool {
    let bare = system.trim();
    bare != system && bare.len() >= 3 && bare.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'+')
}

/// HL7 v2.5 TS: `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+ZZZZ]`.
fn is_time(text: &str) -> bool {
    let text = text.split(['+', '^']).next().unwrap_or_default();
    let (time, fraction) = text.split_once('.').map_or((text, None), |(time, fraction)| (time, Some(fraction)));
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_whole = matches!(time.len(), 4 | 6 | 8 | 10 | 12 | 14) && are_digits(time);
    is_whole && fraction.is_none_or(|f| time.len() == 14 && (1..=4).contains(&f.len()) && are_digits(f))
}

/// A telephone number of ten digits or more in a row.
fn has_bare_number(text: &str) -> bool {
    text.split(['^', '~']).any(|part| part.len() >= 10 && part.bytes().all(|b| b.is_ascii_digit()))
}
