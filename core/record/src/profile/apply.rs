//! `Record × Profile -> Record`: what a profile does not name is taken out, and every number follows.
//!
//! Pure, and the same whether it is done once or twice, at the hospital or on the device. Exclusions and the withholding
//! list are not here: they act while the record is built ([`crate::build::rules`]), before anything is derived.

use super::Profile;
use super::age::{self, Aged, months_before, newest, told_by};
use super::shape::Shape;
use crate::build::rules::{Excluded, Rule};
use crate::catalogue::{self, Part, Row};
use crate::model::{Entry, Mark, Record, Section};
use crate::summary::Summary;
use ssmix2::clinical::{Basics, Lab, LabContext};
use ssmix2::types::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The record as this profile shows it, and what is not in it, for the hospital's own report.
///
/// Where a record is read back its files are not known any more: its times stay those that it came with.
pub fn apply(profile: &Profile, mut record: Record) -> (Record, Vec<Excluded>) {
    let mut excluded = Vec::new();
    let mut shape = Shape::of(profile);
    let has_files = !record.spans.is_empty();
    let before = CutBefore::of(&record.summary);
    let earlier = record.summary.profile.take();
    let mut cutter = Cutter { profile, from: newest(&record.summary), before, excluded: &mut excluded };
    cutter.hide_sections(&mut record);
    cutter.cut_periods(&mut record);
    cutter.drop_bare_administrations(&mut record);
    if has_files {
        record.follow_spans();
    }
    // A reason for admission is a diagnosis: it is shown where that one is.
    let shown: HashSet<&str> = record.diagnoses.iter().map(|d| d.id.as_str()).collect();
    for stay in &mut record.admissions {
        stay.body.reasons.retain(|reason| shown.contains(reason.diagnosis.as_str()));
    }
    hide_fields(profile, &mut record);
    follow_identity(&mut record);
    record.follow_death();
    record.summary.other_patient_files = record.summary.other_patient_files.min(files_of_others(&record));
    // Also the same profile's: it may stand for one before it, what that one hid is still not there.
    if let Some(earlier) = earlier {
        let sections = &record.summary.sections;
        shape.unite(earlier, |section| sections.get(&section).is_some_and(|state| state.hidden));
    }
    for section in &shape.partial {
        let state = record.summary.sections.entry(*section).or_default();
        state.partial = !state.hidden;
    }
    record.summary.profile = Some(shape);
    (record, excluded)
}

/// What earlier profiles have cut.
#[derive(Default)]
struct CutBefore {
    /// Months by section.
    periods: BTreeMap<Section, u32>,
    /// Fields that are not there any more.
    not_provided: Vec<String>,
    /// The record does not say as of when it is: it was cut by something else.
    is_undated: bool,
}

impl CutBefore {
    fn of(summary: &Summary) -> CutBefore {
        let Some(earlier) = &summary.profile else { return CutBefore::default() };
        let mut before = CutBefore {
            periods: earlier.periods.clone(),
            not_provided: earlier.not_provided.clone(),
            is_undated: summary.as_of.is_none(),
        };
        if before.lacks(Section::Injections, "administrations") {
            // Without what was given of an injection nobody can tell when that was.
            before.periods.insert(Section::Injections, 0);
        }
        before
    }

    fn lacks(&self, section: Section, key: &str) -> bool {
        self.not_provided.iter().any(|path| path.split_once('.') == Some((section.key(), key)))
    }

    /// A period was cut, and by what is left of an entry nobody could tell how old it is.
    fn settles(&self, section: Section, months: u32) -> bool {
        self.is_again(section, months)
            && (self.is_undated || told_by(section).iter().any(|key| self.lacks(section, key)))
    }

    /// A period of so many months was cut before.
    fn is_again(&self, section: Section, months: u32) -> bool {
        self.periods.get(&section).is_some_and(|cut| *cut <= months)
    }
}

struct Cutter<'a> {
    profile: &'a Profile,
    /// Periods count from here.
    from: Timestamp,
    before: CutBefore,
    excluded: &'a mut Vec<Excluded>,
}

impl Cutter<'_> {
    fn hide_sections(&mut self, record: &mut Record) {
        self.hide(Section::Basics, &mut record.basics);
        self.hide(Section::Allergies, &mut record.allergies);
        self.hide(Section::Diagnoses, &mut record.diagnoses);
        self.hide(Section::Admissions, &mut record.admissions);
        self.hide(Section::Prescriptions, &mut record.prescriptions);
        self.hide(Section::Injections, &mut record.injections);
        self.hide(Section::Labs, &mut record.labs);
        self.hide(Section::Memos, &mut record.memos);
        self.hide(Section::Others, &mut record.others);
        for section in Section::ALL.into_iter().filter(|s| !self.profile.shows(*s)) {
            // Not even the number of its files.
            record.summary.sections.insert(section, crate::SectionState { hidden: true, ..Default::default() });
            record.spans.remove(&section);
            record.count(section);
        }
        let withheld = &mut record.summary.withheld;
        if !self.profile.shows(Section::Allergies) {
            withheld.allergies_deleted = 0;
        }
        if !self.profile.shows(Section::Diagnoses) {
            withheld.diagnoses_deleted = 0;
        }
        if !self.profile.shows(Section::Labs) {
            (withheld.labs_deleted_or_wrong, withheld.labs_replaced) = (0, 0);
        }
        let has_period =
            |section| self.profile.document().sections.get(&section).is_some_and(|rule| rule.period.is_some());
        let of_orders = [Section::Labs, Section::Others];
        if of_orders.into_iter().any(|section| !self.profile.shows(section) || has_period(section)) {
            // Not even how many there were before the period.
            withheld.lab_orders_with_results = 0;
        }
        if of_orders.into_iter().any(|section| !self.profile.shows(section)) {
            record.answered_orders.clear();
        }
    }

    fn hide<T>(&mut self, section: Section, entries: &mut Vec<Entry<T>>) {
        if !self.profile.shows(section) {
            let gone = std::mem::take(entries).into_iter();
            self.excluded.extend(gone.map(|e| Excluded { section, id: e.id, rule: Rule::Section }));
        }
    }

    fn cut_periods(&mut self, record: &mut Record) {
        self.cut(Section::Diagnoses, record, |r| &mut r.diagnoses);
        self.cut(Section::Admissions, record, |r| &mut r.admissions);
        self.cut(Section::Prescriptions, record, |r| &mut r.prescriptions);
        self.cut(Section::Injections, record, |r| &mut r.injections);
        self.cut(Section::Labs, record, |r| &mut r.labs);
        self.cut(Section::Others, record, |r| &mut r.others);
    }

    /// Cuts what ended before the period. What is still active, or has no date, is of any time and stays. A second time,
    /// where the record arrives, finds nothing more: it counts from the same day or, hidden sections gone, an earlier one.
    fn cut<T: Aged>(&mut self, section: Section, record: &mut Record, of: fn(&mut Record) -> &mut Vec<Entry<T>>) {
        let Some(period) = self.profile.document().sections.get(&section).and_then(|rule| rule.period) else { return };
        if self.before.settles(section, period.months) {
            return;
        }
        let Some(from) = months_before(self.from, period.months).filter(|_| self.profile.shows(section)) else {
            return;
        };
        let known = self.excluded.len();
        of(record).retain(|e| {
            let stays = age::head(e).overlaps(Some(from), None);
            if !stays {
                self.excluded.push(Excluded { section, id: e.id.clone(), rule: Rule::Period });
            }
            stays
        });
        // Of what was cut before the numbers are those of the hospital, which knew more of its files.
        if self.excluded.len() > known || !self.before.is_again(section, period.months) {
            record.count(section);
            record.follow_entries(section);
        }
    }

    /// An administration without an order is nothing but what is hidden.
    fn drop_bare_administrations(&mut self, record: &mut Record) {
        let section = Section::Injections;
        if !self.profile.shows(section) || self.profile.shows_field(section, "administrations") {
            return;
        }
        record.injections.retain(|e| {
            if !e.body.ordered {
                self.excluded.push(Excluded { section, id: e.id.clone(), rule: Rule::Field });
            }
            e.body.ordered
        });
        for entry in &mut record.injections {
            let given: Vec<u32> = entry.body.administrations.drain(..).map(|given| given.source).collect();
            entry.source.retain(|file| !given.contains(file));
        }
        record.summary.counts.injection_administrations = 0;
        record.summary.sections.entry(section).or_default().entries = record.injections.len() as u32;
        record.follow_entries(section);
    }
}

fn hide_fields(profile: &Profile, record: &mut Record) {
    clear(profile, Section::Basics, catalogue::BASICS, &mut record.basics);
    forget_blood(&mut record.basics);
    clear(profile, Section::Allergies, catalogue::ALLERGIES, &mut record.allergies);
    record.allergies.iter_mut().for_each(crate::build::forget_equal_rows);
    clear(profile, Section::Diagnoses, catalogue::DIAGNOSES, &mut record.diagnoses);
    clear(profile, Section::Admissions, catalogue::ADMISSIONS, &mut record.admissions);
    clear(profile, Section::Prescriptions, catalogue::PRESCRIPTIONS, &mut record.prescriptions);
    clear(profile, Section::Injections, catalogue::INJECTIONS, &mut record.injections);
    clear(profile, Section::Labs, catalogue::LABS, &mut record.labs);
    clear_groups(profile, &mut record.labs);
    clear(profile, Section::Memos, catalogue::MEMOS, &mut record.memos);
    clear(profile, Section::Others, catalogue::OTHERS, &mut record.others);
}

/// Takes the hidden fields of a section out of its entries, with what goes with them.
fn clear<T>(profile: &Profile, section: Section, rows: &[Row<T>], entries: &mut [Entry<T>]) {
    let is_hidden = |row: &&Row<T>| !is_shown(profile, section, row.field.key);
    let hidden: Vec<fn(&mut Entry<T>)> = rows.iter().filter(is_hidden).map(|row| row.clear).collect();
    if !hidden.is_empty() {
        entries.iter_mut().for_each(|entry| hidden.iter().for_each(|clear| clear(entry)));
    }
}

/// Whether a field of a shown section is shown: by itself, with its owner, or with the section.
pub fn is_shown(profile: &Profile, section: Section, key: &str) -> bool {
    match catalogue::find(section, key).map(|field| field.part) {
        Some(Part::Own) => profile.shows_field(section, key),
        Some(Part::With(owner)) => is_shown(profile, section, owner),
        Some(Part::Subject) => profile.shows(section),
        None => false,
    }
}

/// What a test group shares is changed once, and its values share the copy.
fn clear_groups(profile: &Profile, labs: &mut [Entry<Lab>]) {
    let is_hidden = |(key, _): &&(&str, fn(&mut LabContext))| !is_shown(profile, Section::Labs, key);
    let hidden: Vec<fn(&mut LabContext)> = catalogue::LAB_GROUP.iter().filter(is_hidden).map(|(_, f)| *f).collect();
    if hidden.is_empty() {
        return;
    }
    // By the address of the group as sent, which lives in the map for as long as it is asked for.
    let mut copies: HashMap<usize, (Arc<LabContext>, Arc<LabContext>), foldhash::fast::RandomState> =
        HashMap::default();
    for lab in labs {
        let sent = Arc::clone(&lab.body.group);
        let (_, copy) = copies.entry(Arc::as_ptr(&sent).addr()).or_insert_with(|| {
            let mut copy = LabContext::clone(&sent);
            hidden.iter().for_each(|clear| clear(&mut copy));
            (sent, Arc::new(copy))
        });
        lab.body.group = Arc::clone(copy);
    }
}

/// Without blood types from results their files are no source, and nothing contradicts.
fn forget_blood(basics: &mut [Entry<Basics>]) {
    let conflict = crate::build::blood_types_differ(basics);
    for entry in basics {
        let mut types = entry.body.blood_abo.iter().chain(&entry.body.blood_rh);
        if !types.any(|blood| blood.source == "OML-11") {
            entry.source.truncate(1);
        }
        if !conflict {
            entry.marks.retain(|mark| *mark != Mark::Conflict);
        }
    }
}

/// The summary names the patient no further than the basics do.
fn follow_identity(record: &mut Record) {
    let who = record.basics.first().map(|b| &b.body);
    let summary = &mut record.summary;
    summary.name = who.and_then(|b| b.name.kanji.as_ref().or(b.name.kana.as_ref())).map(|t| t.to_string());
    summary.name_kana = who.and_then(|b| b.name.kana.as_ref()).map(|t| t.to_string());
    summary.birth_date = who.and_then(|b| b.birth_date);
    summary.sex = who.and_then(|b| b.sex.as_ref()).map(|t| t.to_string());
}

/// Files of other patients among the sources of what is shown.
fn files_of_others(record: &Record) -> u32 {
    if record.summary.other_patient_files == 0 {
        return 0;
    }
    let marked = record.heads().filter(|head| head.marks.contains(&Mark::OtherPatient));
    let files: HashSet<u32> = marked.flat_map(|head| head.source).copied().collect();
    files.len() as u32
}
