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
        let mut damage = Damage::default();
        let mut record = Record {
            summary,
            basics: self.entries(Section::Basics, &mut damage)?,
            allergies: self.entries(Section::Allergies, &mut damage)?,
            diagnoses: self.entries(Section::Diagnoses, &mut damage)?,
            admissions: self.entries(Section::Admissions, &mut damage)?,
            prescriptions: self.entries(Section::Prescriptions, &mut damage)?,
            injections: self.entries(Section::Injections, &mut damage)?,
            labs: self.entries(Section::Labs, &mut damage)?,
            memos: self.entries(Section::Memos, &mut damage)?,
            others: self.entries(Section::Others, &mut damage)?,
            answered_orders: Vec::new(),
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

    fn entries<T: DeserializeOwned>(&self, section: Section, damage: &mut Damage) -> Result<Vec<Entry<T>>, ReadError> {
        let (mut entries, mut unknown) = (Vec::with_capacity(self.len(section)), false);
        let found = self.each(section, |line| match lines::read(line) {
            Ok(entry) => entries.push(entry),
            Err(_) => unknown = true,
        });
        damage.chunks += found.chunks;
        damage.entries += found.entries;
        if unknown { Err(ReadError::UnknownForm) } else { Ok(entries) }
    }
}
