//! A stored record as a whole, for the profile to be applied again where the data arrives (design D9).

use crate::archive::{Damage, RecordLines};
use crate::error::ReadError;
use mykarte_record::model::OrderKey;
use mykarte_record::{Entry, Record, Section, Summary, lines};
use serde::de::DeserializeOwned;

impl RecordLines<'_> {
    /// All sections with their summary, and what of them does not open.
    ///
    /// # Errors
    /// [`ReadError::UnknownForm`] when an entry is of a form that this version does not know: it could not say what to
    /// hide of it.
    pub fn whole(&self, summary: Summary) -> Result<(Record, Damage), ReadError> {
        gather(summary, &|section, f| self.each(section, f))
    }
}

/// Calls its second argument with each entry of a section; returns what of them does not open.
type Each<'a> = &'a dyn Fn(Section, &mut dyn FnMut(&[u8])) -> Damage;

/// Gathers a record from wherever its lines are.
pub(crate) fn gather(summary: Summary, each: Each<'_>) -> Result<(Record, Damage), ReadError> {
    let mut damage = Damage::default();
    let mut record = Record {
        summary,
        basics: entries(each, Section::Basics, &mut damage)?,
        allergies: entries(each, Section::Allergies, &mut damage)?,
        diagnoses: entries(each, Section::Diagnoses, &mut damage)?,
        admissions: entries(each, Section::Admissions, &mut damage)?,
        prescriptions: entries(each, Section::Prescriptions, &mut damage)?,
        injections: entries(each, Section::Injections, &mut damage)?,
        labs: entries(each, Section::Labs, &mut damage)?,
        memos: entries(each, Section::Memos, &mut damage)?,
        others: entries(each, Section::Others, &mut damage)?,
        answered_orders: Vec::new(),
        retracted: Vec::new(),
        spans: Default::default(),
    };
    for entry in &mut record.prescriptions {
        entry.body.order = OrderKey::read_back(&entry.body.sent.order, &entry.id);
    }
    for entry in &mut record.injections {
        entry.body.order = OrderKey::read_back(&entry.body.sent.order, &entry.id);
    }
    Ok((record, damage))
}

fn entries<T: DeserializeOwned>(
    each: Each<'_>,
    section: Section,
    damage: &mut Damage,
) -> Result<Vec<Entry<T>>, ReadError> {
    let (mut entries, mut unknown) = (Vec::new(), false);
    let found = each(section, &mut |line| match lines::read(line) {
        Ok(entry) => entries.push(entry),
        Err(_) => unknown = true,
    });
    damage.chunks += found.chunks;
    damage.entries += found.entries;
    if unknown { Err(ReadError::UnknownForm) } else { Ok(entries) }
}
