//! The count over all patients: it grows with the kinds of findings, not with patients or files.

use crate::baseline::{Traces, trace};
use crate::checks::{Check, Drill};
use crate::files::Form;
use crate::mask::{mask, mask_foreign};
use crate::patient::{self, Patient};
use crate::report::{Chosen, EXAMPLES, Example, FieldCover, Finding, KindMonths, Report, Scope};
use crate::request::Request;
use crate::spellings::Spellings;
use crate::stopped;
use crate::sums::Sums;
use mykarte::record::catalogue;
use mykarte::record::profile::Profile;
use mykarte::record::{Section, labels::Language};
use mykarte::ssmix2::{DataType, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Of fewer patients it says nothing that none has a field.
const MANY: u32 = 20;

/// Sections of which, of so many patients, somebody has something in every hospital.
const PROMISED: [Section; 4] = [Section::Basics, Section::Diagnoses, Section::Prescriptions, Section::Labs];

/// Somebody who is asked for alone, or came lately, says nothing of the others.
fn is_whole(chosen: &Chosen) -> bool {
    matches!(chosen, Chosen::All | Chosen::Sample { .. })
}

/// A kind of finding.
type Kind = (Check, String);

#[derive(Debug, Default)]
struct Found {
    count: u64,
    patients: u32,
    examples: BTreeSet<Example>,
    traces: Traces,
}

/// Files of a form, first and last month.
type Used = (u64, Option<String>, Option<String>);

/// The count.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    scope: Scope,
    found: BTreeMap<Kind, Found>,
    /// Present, absent, unreadable.
    fields: BTreeMap<(Section, &'static str), [u32; 3]>,
    kinds: BTreeMap<DataType, BTreeMap<String, u32>>,
    forms: BTreeMap<Form, Used>,
    spellings: Spellings,
    reissue: Option<Sums>,
}

impl Tally {
    /// Counts one patient in.
    pub fn add(&mut self, patient: Patient) {
        self.scope.patients += 1;
        self.scope.files += patient.files;
        self.scope.read += patient.read;
        let is_error = |(check, _): &Kind| check.severity() == Severity::Error;
        self.scope.patients_with_errors += u32::from(patient.found.keys().any(is_error));
        for (kind, (count, examples)) in patient.found {
            let found = self.found.entry(kind).or_default();
            found.count += count;
            found.patients += 1;
            trace(&mut found.traces, count, &examples);
            found.take(examples);
        }
        if let Some(sums) = patient.reissue {
            self.reissue.get_or_insert_default().add(sums);
        }
        for (field, state) in patient.fields {
            self.fields.entry(field).or_default()[state as usize] += 1;
        }
        for (kind, month) in patient.kinds {
            *self.kinds.entry(kind).or_default().entry(month).or_default() += 1;
        }
        self.spellings.add(patient.spellings);
        for (form, month) in patient.forms {
            let (files, from, to) = self.forms.entry(form).or_default();
            *files += 1;
            if !month.is_empty() {
                let first = from.take().map_or(month.clone(), |known| known.min(month.clone()));
                let last = to.take().map_or(month.clone(), |known| known.max(month));
                (*from, *to) = (Some(first), Some(last));
            }
        }
    }

    /// Counts in what is nobody's.
    pub fn add_beside(&mut self, beside: patient::Found) {
        for (kind, (count, examples)) in beside {
            let found = self.found.entry(kind).or_default();
            found.count += count;
            found.take(examples);
        }
    }

    /// What the whole says, beyond its parts.
    pub fn report(mut self, mut report: Report, request: &Request) -> Report {
        let profile = &request.shaping.profile;
        let kinds = self.kind_months();
        for (kind, last) in stopped::stopped(&kinds) {
            self.note(Drill::KindStopped, format!("{kind} {last}"), 1);
        }
        if let Some(last) = stopped::silent_since(&kinds, request.at).filter(|_| is_whole(&report.scope.chosen)) {
            self.note(Drill::NothingLately, last, 1);
        }
        let promised = PROMISED.into_iter().filter(|section| profile.shows(*section) && !self.has_entries(*section));
        for section in promised.filter(|_| self.scope.patients >= MANY && report.reissue.is_none()).collect::<Vec<_>>()
        {
            self.note(Drill::SectionNeverPresent, section.key().to_owned(), 1);
        }
        for ((section, key), [present, _, unreadable]) in &self.fields.clone() {
            if self.scope.patients >= MANY && present + unreadable == 0 && self.has_entries(*section) {
                self.note(Drill::FieldNeverPresent, section.key().to_owned(), 1);
                let of =
                    self.found.entry((Check::Drill(Drill::FieldNeverPresent), section.key().to_owned())).or_default();
                let place = catalogue::find(*section, key).map_or(*key, |field| field.name(Language::Ja)).to_owned();
                of.take(vec![Example { place, ..Example::default() }]);
            }
        }
        self.note_forms();
        self.note_spellings(request.show_text);
        for (period, entries) in self.reissue.iter().flat_map(Sums::lost_periods).collect::<Vec<_>>() {
            self.note(Drill::PeriodLost, period, entries);
        }
        report.scope =
            Scope { patients_in_storage: report.scope.patients_in_storage, chosen: report.scope.chosen, ..self.scope };
        match self.reissue.take() {
            Some(sums) => report.reissue = Some(sums.report(profile)),
            None => report.fields = self.covers(profile),
        }
        report.kinds = kinds;
        report.forms = self.forms.into_iter().map(|(form, used)| form.report(used)).collect();
        report.findings = self.found.into_iter().map(|((check, detail), found)| found.finding(check, detail)).collect();
        Finding::sort(&mut report.findings);
        report.settle()
    }

    /// Something that is said of the whole storage.
    fn note(&mut self, check: Drill, detail: String, count: u64) {
        self.found.entry((Check::Drill(check), detail)).or_default().count += count;
    }

    /// Whether anybody has an entry of a section: a field that nobody has says nothing where nobody was ever ill.
    fn has_entries(&self, section: Section) -> bool {
        self.fields.iter().any(|((of, _), [present, ..])| *of == section && *present > 0)
    }

    fn note_forms(&mut self) {
        let of = |is: fn(&Form) -> bool| self.forms.keys().filter(|form| is(form)).count();
        let (versions, styles) =
            (of(|form| matches!(form, Form::Version(_))), of(|form| matches!(form, Form::Diagnoses { .. })));
        if versions > 1 {
            self.note(Drill::SeveralVersions, String::new(), 1);
        }
        if styles > 1 {
            self.note(Drill::DiagnosisStyles, String::new(), 1);
        }
    }

    fn note_spellings(&mut self, show_text: bool) {
        for (what, code, words) in self.spellings.several() {
            let found = self.found.entry((Check::Drill(Drill::SeveralSpellings), what.to_owned())).or_default();
            found.count += 1;
            let text = words.join(" / ");
            let text = Some(if show_text { text } else { mask(&text) });
            let place = if show_text { code.to_owned() } else { mask_foreign(code) };
            found.take(vec![Example { place, text, ..Example::default() }]);
        }
    }

    fn kind_months(&self) -> Vec<KindMonths> {
        let row = |(kind, months): (&DataType, &BTreeMap<String, u32>)| KindMonths {
            kind: kind.folder().to_owned(),
            name: kind.label().to_owned(),
            undated: months.get("").copied().unwrap_or(0),
            months: months
                .iter()
                .filter(|(month, _)| !month.is_empty())
                .map(|(month, n)| (month.clone(), *n))
                .collect(),
        };
        self.kinds.iter().map(row).collect()
    }

    fn covers(&self, profile: &Profile) -> Vec<FieldCover> {
        let mut covers = Vec::new();
        for (section, field) in patient::shown(profile) {
            let [present, absent, unreadable] = self.fields.get(&(section, field.key)).copied().unwrap_or_default();
            let name = field.name(Language::Ja).to_owned();
            covers.push(FieldCover { section, key: field.key.to_owned(), name, present, absent, unreadable });
        }
        covers
    }
}

impl Found {
    /// Keeps the same few whichever worker came first.
    fn take(&mut self, examples: Vec<Example>) {
        self.examples.extend(examples);
        while self.examples.len() > EXAMPLES {
            self.examples.pop_last();
        }
    }

    fn finding(self, check: Check, detail: String) -> Finding {
        let whole = Finding::of(check, detail, self.count);
        Finding { patients: self.patients, examples: self.examples.into_iter().collect(), traces: self.traces, ..whole }
    }
}
