//! Field texts seen before in this import.
//!
//! Doctors, departments, units, specimens and test items repeat thousands of
//! times; each is taken apart once. A hit brings its findings again, so that
//! the report does not depend on how the files were shared out to threads.

use super::{Address, Coded, Person, PersonName, Phone, Place, Quantity, Text};
use crate::diagnostic::Code;
use crate::message::{Delimiters, Segment};
use std::collections::HashMap;
use std::sync::Arc;

/// What a field text was read as, and what was odd about it.
type Seen<T> = HashMap<Box<str>, (T, Vec<Code>), foldhash::fast::RandomState>;

/// One cache a worker.
#[derive(Default)]
pub struct FieldCache {
    pub(crate) codes: Seen<Option<Arc<Coded>>>,
    pub(crate) people: Seen<Arc<[Arc<Person>]>>,
    pub(crate) components: Seen<Arc<[Option<Text>]>>,
    pub(crate) names: Seen<Arc<PersonName>>,
    pub(crate) places: Seen<Option<Arc<Place>>>,
    pub(crate) addresses: Seen<Vec<Address>>,
    pub(crate) phones: Seen<Vec<Phone>>,
    pub(crate) quantities: Seen<Option<Quantity>>,
    pub(crate) patterns: Seen<Vec<Arc<Coded>>>,
}

impl Segment<'_> {
    /// Reads `raw`, a field or one repetition of it, through the cache that `slot` names.
    pub(crate) fn cached<T: Clone>(
        &self,
        raw: &str,
        field: u16,
        slot: fn(&mut FieldCache) -> &mut Seen<T>,
        read: fn(&str, Delimiters, &mut Vec<Code>) -> T,
    ) -> T {
        let (value, findings) = self.seen(raw, slot, read);
        for code in findings {
            self.note(code, field);
        }
        value
    }

    /// The same, with what was odd about it.
    pub(crate) fn seen<T: Clone>(
        &self,
        raw: &str,
        slot: fn(&mut FieldCache) -> &mut Seen<T>,
        read: fn(&str, Delimiters, &mut Vec<Code>) -> T,
    ) -> (T, Vec<Code>) {
        let d = self.delimiters();
        let mut cache = self.message.cache.borrow_mut();
        let seen = slot(&mut cache);
        match seen.get(raw) {
            Some(hit) if d == Delimiters::default() => hit.clone(),
            _ => {
                let mut findings = Vec::new();
                let new = (read(raw, d, &mut findings), findings);
                if d == Delimiters::default() {
                    seen.insert(raw.into(), new.clone());
                }
                new
            }
        }
    }
}
