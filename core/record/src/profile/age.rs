//! How old an entry is, as a period sees it: until when it lasts, and by which fields that is told.

use crate::lines::Head;
use crate::model::{Allergy, Diagnosis, Entry, Injection, Prescription, Section, Status, Stay};
use crate::summary::Summary;
use ssmix2::clinical::{Basics, Lab, Memo, Other};
use ssmix2::types::Timestamp;

/// Something that a period may cut.
pub trait Aged: Sized {
    /// Until when an entry of it lasts, and its status as far as a period asks it.
    fn lasts(entry: &Entry<Self>) -> (Option<Timestamp>, Status) {
        (None, entry.status)
    }
}

/// An entry as a period sees it: one that [overlaps](Head::overlaps) the period stays.
pub fn head<T: Aged>(entry: &Entry<T>) -> Head {
    let (end, status) = T::lasts(entry);
    Head { id: entry.id.to_string(), date: entry.date, end, discharged_at: None, status }
}

/// A diagnosis that ended nobody knows when may have ended yesterday.
impl Aged for Diagnosis {
    fn lasts(entry: &Entry<Self>) -> (Option<Timestamp>, Status) {
        let is_open = entry.status == Status::Ended && entry.body.end.is_none();
        (entry.body.end, if is_open { Status::Active } else { entry.status })
    }
}

impl Aged for Stay {
    fn lasts(entry: &Entry<Self>) -> (Option<Timestamp>, Status) {
        (entry.body.discharged_at, entry.status)
    }
}

impl Aged for Prescription {
    fn lasts(entry: &Entry<Self>) -> (Option<Timestamp>, Status) {
        (entry.body.end, entry.status)
    }
}

/// An order of last year may have been given yesterday.
impl Aged for Injection {
    fn lasts(entry: &Entry<Self>) -> (Option<Timestamp>, Status) {
        let given = entry.body.administrations.iter().flat_map(|given| &given.sent.drugs);
        let ends = given.flat_map(|drug| [drug.start, drug.end]).chain([entry.body.sent.timing.end]);
        (ends.flatten().max(), entry.status)
    }
}

impl Aged for Lab {}
impl Aged for Other {}
// No period is set for these.
impl Aged for Basics {}
impl Aged for Allergy {}
impl Aged for Memo {}

/// The fields of a section by which the age of its entries is told, beside what goes with every entry. Where one is not
/// provided nobody can tell any more how old an entry is.
pub fn told_by(section: Section) -> &'static [&'static str] {
    match section {
        Section::Diagnoses => &["end"],
        Section::Prescriptions => &["days"],
        Section::Injections => &["administrations", "end"],
        _ => &[],
    }
}

/// The first day of a period of so many months: counted from the record, never from a clock.
pub fn begin(summary: &Summary, months: u32) -> Option<Timestamp> {
    months_before(newest(summary), months)
}

/// From when periods count: the newest file of the whole record. One that is dated after the import moves nothing.
pub(super) fn newest(summary: &Summary) -> Timestamp {
    summary.as_of.map_or(summary.imported_at, |as_of| as_of.min(summary.imported_at))
}

pub(super) fn months_before(from: Timestamp, months: u32) -> Option<Timestamp> {
    Some(Timestamp::day(from.date().checked_sub_months(chrono::Months::new(months))?))
}
