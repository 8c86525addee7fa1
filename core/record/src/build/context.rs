//! What the section builders share: what they look up, and what they count.

use super::answers;
use super::orders::Orders;
use super::organisms::Organisms;
use super::rules::{Excluded, Rules};
use super::{FileInput, Findings, Identity, Role, basics};
use crate::model::{Mark, Retracted, Section};
use crate::summary::Withheld;
use chrono::NaiveDate;
use compact_str::{ToCompactString, format_compact};
use sha2::{Digest, Sha256};
use ssmix2::clinical::PatientStamp;
use ssmix2::storage::Kind;
use ssmix2::types::Text;
use std::collections::{BTreeSet, HashSet};

/// A builder's view: the ids and marks of files, and what was found out so far.
pub(super) struct Context<'a> {
    identity: &'a Identity,
    /// One digest a file, by its number; its entries add theirs.
    file_ids: Vec<Text>,
    pub findings: Findings,
    pub withheld: Withheld,
    pub rules: &'a Rules,
    /// What the rules kept out, and the files it was in.
    pub excluded: Vec<Excluded>,
    pub excluded_files: BTreeSet<(Section, u32)>,
    /// Of these files those that stated, in whatever version, something that is shown.
    pub open_files: BTreeSet<(Section, u32)>,
    pub orders: Orders,
    pub organisms: Organisms,
    pub secret_names: Vec<String>,
    /// Order number and care date in the names of files, by file; only where there are rules.
    pub file_orders: Vec<(Option<Text>, Option<NaiveDate>)>,
    /// History files from which something was taken.
    pub useful_history: BTreeSet<u32>,
    /// Files that state once more an event another file states.
    pub repeats: BTreeSet<u32>,
    /// Ids of lab orders whose results are in the record.
    pub answered_orders: Vec<Text>,
    /// Deleted entries.
    pub retracted: Vec<Retracted>,
}

impl<'a> Context<'a> {
    pub(super) fn new(identity: &'a Identity, rules: &'a Rules, files: &[FileInput]) -> Context<'a> {
        let reference = basics::primary(files).map(|f| f.stamp.clone()).unwrap_or_default();
        let differing = files.iter().filter(|f| differs(&reference, &f.stamp)).map(|f| f.file);
        let mut demographics_differ: Vec<u32> = differing.collect();
        // Sorted, for `marks` looks each file up.
        demographics_differ.sort_unstable();
        let last = files.iter().map(|f| f.file as usize).max().unwrap_or(0);
        let mut context = Context {
            identity,
            file_ids: vec![Text::default(); last + 1],
            findings: Findings { demographics_differ, ..Findings::default() },
            withheld: Withheld::default(),
            rules,
            excluded: Vec::new(),
            excluded_files: BTreeSet::new(),
            open_files: BTreeSet::new(),
            orders: Orders::default(),
            organisms: Organisms::default(),
            secret_names: Vec::new(),
            file_orders: if rules.is_empty() { Vec::new() } else { vec![(None, None); last + 1] },
            useful_history: BTreeSet::new(),
            repeats: BTreeSet::new(),
            answered_orders: Vec::new(),
            retracted: Vec::new(),
        };
        for file in files {
            context.file_ids[file.file as usize] = context.make_file_id(file);
            if let Some(order) = context.file_orders.get_mut(file.file as usize) {
                *order = (answers::of_name(&file.name), file.name.date());
            }
        }
        context
    }

    /// The id of a file: its key, and its time where one key has many events.
    fn make_file_id(&self, file: &FileInput) -> Text {
        let kind = match &file.kind {
            Kind::Standard(t) => t.folder().to_string(),
            Kind::Extended(parts) => parts.join("^"),
        };
        let time = if file.name.has_order_number() { "" } else { &file.name.occurred };
        self.id(&[&kind, &file.name.care_date, &file.name.order, time])
    }

    /// A stable id: a digest over facility, patient and `parts`, cut to 48 bits
    /// (a record holds some ten thousand).
    pub(super) fn id(&self, parts: &[&str]) -> Text {
        let mut hash = Sha256::new();
        for part in [&self.identity.hospital.id, &self.identity.patient_id].map(String::as_str).iter().chain(parts) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let bits = digest[..6].iter().fold(0_u64, |bits, b| bits << 8 | u64::from(*b));
        format_compact!("{bits:012x}")
    }

    /// Two messages have one id: two versions, two messages of one file.
    pub(super) fn file_ids_repeat(&self, files: &[FileInput]) -> bool {
        let mut seen = HashSet::with_capacity(files.len());
        !files.iter().all(|f| seen.insert(&self.file_ids[f.file as usize]))
    }

    /// The marks every entry of this file carries.
    pub(super) fn marks(&self, file: &FileInput) -> Vec<Mark> {
        let mut marks = Vec::new();
        if file.other_patient {
            marks.push(Mark::OtherPatient);
        }
        if self.findings.demographics_differ.binary_search(&file.file).is_ok() {
            marks.push(Mark::DemographicsDiffer);
        }
        marks
    }

    /// The id of the `number`th entry of a file.
    pub(super) fn file_id(&self, file: &FileInput, number: usize) -> Text {
        let mut id = self.file_ids[file.file as usize].clone();
        id.push('-');
        id.push_str(&number.to_compact_string());
        id
    }

    pub(super) fn history_without_effect(&self, files: &[FileInput]) -> Vec<u32> {
        let history = files.iter().filter(|f| f.role == Role::History);
        let idle = history.map(|f| f.file).filter(|f| !self.useful_history.contains(f));
        idle.chain(self.repeats.iter().copied()).collect::<BTreeSet<u32>>().into_iter().collect()
    }
}

/// Birth date or sex contradict the patient basics (only what both state).
fn differs(a: &PatientStamp, b: &PatientStamp) -> bool {
    fn differs<T: PartialEq>(x: &Option<T>, y: &Option<T>) -> bool {
        matches!((x, y), (Some(x), Some(y)) if x != y)
    }
    // A birth date with a time of day behind it is still the same day.
    differs(&a.birth_date.map(|t| t.date()), &b.birth_date.map(|t| t.date())) || differs(&a.sex, &b.sex)
}
