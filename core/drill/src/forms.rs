//! Forms that this reader takes and others may stumble over: a file that is not as the specification writes it.

use crate::checks::Drill;
use crate::noted::{Notes, Spot};
use mykarte::Inspected;
use mykarte::ssmix2::DataType;
use mykarte::ssmix2::message::{Message, Segment};
use std::collections::BTreeSet;

/// Fields that HL7 v2.5 and SS-MIX2 give a segment (the fact sheet, appendix A, and HL7 v2.5 chapter 3 to 7).
const LENGTHS: &[(&[u8; 3], u16)] = &[
    (b"MSH", 21),
    (b"EVN", 7),
    (b"PID", 39),
    (b"PV1", 52),
    (b"PV2", 49),
    (b"NK1", 37),
    (b"AL1", 6),
    (b"IAM", 20),
    (b"DB1", 8),
    (b"IN1", 53),
    (b"PRB", 25),
    (b"ORC", 30),
    (b"RXE", 44),
    (b"RXR", 6),
    (b"RXC", 9),
    (b"RXA", 26),
    (b"TQ1", 14),
    (b"SPM", 29),
    (b"OBR", 49),
    (b"OBX", 19),
    (b"NTE", 4),
    (b"CTI", 3),
];

/// Notes what is unusual of a file and its messages as a whole.
pub(crate) fn look_at(file: &Inspected<'_>, notes: &mut Notes<'_>) {
    look_at_name(file, notes);
    if has_odd_ends(file.bytes) {
        notes.add(Drill::LineEnds, "", ("", 0), None);
    }
    let is_document = file.messages.is_empty() && file.bytes.is_empty();
    if is_document && std::fs::metadata(&file.stored.path).is_ok_and(|document| document.len() == 0) {
        notes.add(Drill::EmptyDocument, "", ("", 0), None);
    }
    if let Some(kind) = file.stored.kind.standard() {
        file.messages.iter().for_each(|message| look_at_message(message, kind, notes));
    }
}

/// What a message of a data type is for.
const CONTENT: &[(DataType, &str)] = &[
    (DataType::Oml11, "OBX"),
    (DataType::Omp01, "RXE"),
    (DataType::Omp02, "RXE"),
    (DataType::Omp12, "RXA"),
    (DataType::Ppr01, "PRB"),
];

/// An order that is taken back needs no content.
fn is_empty(message: &Message<'_>, kind: DataType) -> bool {
    let Some((_, segment)) = CONTENT.iter().find(|(of, _)| *of == kind) else { return false };
    let control = message.first("ORC").and_then(|orc| field(&orc, 1));
    message.first(segment).is_none()
        && !control.is_some_and(|control| matches!(control, "CA" | "CR" | "DC" | "OC" | "OD"))
}

/// The fields that a segment may have.
pub(crate) fn longest(id: &str) -> u16 {
    let known = |id: &[u8; 3]| LENGTHS.iter().find(|(known, _)| *known == id).map(|(_, length)| *length);
    id.as_bytes().try_into().ok().and_then(known).unwrap_or(u16::MAX)
}

fn look_at_name(file: &Inspected<'_>, notes: &mut Notes<'_>) {
    let name = &file.stored.name;
    // The reader has filled it up.
    let as_written = file.stored.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_time = |part: &&str| part.len() >= 8 && name.occurred.starts_with(*part);
    if as_written.rsplit('_').take(3).find(is_time).is_some_and(|part| part.len() != 17) {
        notes.add(Drill::ShortOccurrence, "", ("", 0), None);
    }
    let Some(named) = name.department.as_deref().filter(|named| *named != "-") else { return };
    let Some(message) = file.messages.first() else { return };
    let said: BTreeSet<&str> =
        [("ORC", 17), ("PV1", 10)].into_iter().filter_map(|(id, n)| code_at(message, id, n)).collect();
    if !said.is_empty() && !said.contains(named) {
        notes.add(Drill::NameDepartmentDiffers, "", ("", 0), None);
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
    let has_lines = memchr::memchr2(b'\n', 0x1C, bytes).is_some();
    has_lines || memchr::memmem::find(bytes, b"\r\r").is_some() || bytes.last().is_some_and(|last| *last != b'\r')
}

fn look_at_message(message: &Message<'_>, kind: DataType, notes: &mut Notes<'_>) {
    let needs_visit = matches!(kind.folder().as_bytes(), [b'O', b'M', ..] if !matches!(kind, DataType::Omg13));
    if needs_visit && message.first("PV1").is_none() {
        notes.add(Drill::VisitMissing, "", ("PV1", 0), None);
    }
    if is_empty(message, kind) {
        notes.add(Drill::NothingInMessage, kind.folder(), ("", 0), None);
    }
    let event = message.first("MSH").and_then(|msh| field(&msh, 9));
    let is_of = |known: &str| event.is_some_and(|event| known.split('^').eq(event.split('^').take(2)));
    if event.is_some() && !is_of(kind.message()) && !kind.cancel_message().is_some_and(is_of) {
        notes.add(Drill::EventDiffers, "", ("MSH", 9), event);
    }
    // `20240401-003`: drugs of one order may have numbers of their own, of one day.
    let mut days = message.all("RXE").map(|rxe| field(&rxe, 15).and_then(|number| number.split('-').next()));
    if days.next().is_some_and(|first| days.any(|day| day != first)) {
        notes.add(Drill::SlipNumberDiffers, "", ("RXE", 15), None);
    }
    if let Some(pv1) = message.first("PV1")
        && field(&pv1, 10).is_none()
        && let Some(shifted) = field(&pv1, 8).filter(|text| text.len() <= 3)
    {
        notes.add(Drill::VisitShifted, "", ("PV1", 8), Some(shifted));
    }
    if kind == DataType::Oml11 {
        let states: BTreeSet<_> = message.all("OBX").filter_map(|obx| field(&obx, 11)).collect();
        if states.contains("P") && states.contains("F") {
            notes.add(Drill::MixedStatus, "", ("OBX", 11), None);
        }
        if states.contains("O") {
            notes.add(Drill::OrderRowInResults, "", ("OBX", 11), None);
        }
    }
    if kind == DataType::Omp12 {
        let rows = message.segments().map(|segment| segment.id()).filter(|id| matches!(*id, "RXA" | "RXR"));
        for _ in rows.collect::<Vec<_>>().windows(2).filter(|pair| *pair == ["RXA", "RXA"]) {
            notes.add(Drill::RouteOfSeveral, "", ("RXA", 0), None);
        }
    }
    for prb in message.all("PRB") {
        let open =
            field(&prb, 14).and_then(|outcome| component(outcome, 1)).is_some_and(|code| matches!(code, "N" | "C"));
        if open && field(&prb, 9).is_some() {
            notes.add(Drill::EndedNotRecovered, "", ("PRB", 14), None);
        }
    }
}

fn field<'m>(segment: &Segment<'m>, number: u16) -> Option<&'m str> {
    segment.filled().find(|(field, _)| *field == number).map(|(_, text)| text)
}

/// Notes what is unusual of one field.
pub(crate) fn look_at_field((id, number): Spot<'_>, text: &str, longest: u16, notes: &mut Notes<'_>) {
    let mut note = |check| notes.add(check, "", (id, number), Some(text));
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
        ("SPM", 17) | ("TQ1", 7 | 8) if matches!(text.split('^').next().map(str::len), Some(4 | 6 | 10)) => {
            note(Drill::TimeCut);
        }
        ("OBX", 7) if !is_range(text) => note(Drill::RangeForm),
        ("RXE" | "RXC", 2) | ("RXA", 5) if text.contains(['\u{2212}', '\u{FF0D}']) => note(Drill::FullWidthMinus),
        ("PID", 11) if component(text, 5).is_some_and(|zip| !zip.contains('-')) => note(Drill::NoHyphens),
        ("PID", 13 | 14) if has_bare_number(text) => note(Drill::NoHyphens),
        ("AL1" | "IAM", 3) if component(text, 3).is_none_or(|system| system.starts_with("99")) => {
            note(Drill::LocalAllergen);
        }
        ("OBX", 3) if component(text, 3) == Some("JC10") && component(text, 1).is_some_and(|c| c.len() != 17) => {
            note(Drill::Jlac10Length);
        }
        _ => {}
    }
    let has_blanks = || text.contains(" ^") || text.contains("^ ") || text.ends_with(' ');
    if text.contains('^') && has_blanks() && [3, 6].iter().filter_map(|n| component(text, *n)).any(is_blank_system) {
        note(Drill::BlankInCodeSystem);
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

/// `6.70-8.3`, `<85`, `5.0以下`.
fn is_range(text: &str) -> bool {
    let bare = text.trim_end_matches(['以', '下', '上', '未', '満']);
    bare.chars().all(|c| c.is_ascii_digit() || " .,-~<>=〜～≦≧".contains(c))
}

/// A telephone number of ten digits or more in a row.
fn has_bare_number(text: &str) -> bool {
    text.split(['^', '~']).any(|part| part.len() >= 10 && part.bytes().all(|b| b.is_ascii_digit()))
}
