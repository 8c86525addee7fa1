//! アレルギー情報: AL1 of all files and IAM of ADT-61, merged by allergen.
//!
//! Two rows are one allergen when their folded texts are equal, or when one has
//! no text and a code is equal; never when their codes of one system differ.
//! Different texts are never merged: a wrong merge hides an allergy, a missing
//! one only repeats it.

use super::{Context, FileInput, Role};
use crate::fold::fold;
use crate::model::{Allergy, Entry, Mark, Retracted, Section, Sources, Status};
use ssmix2::DataType;
use ssmix2::clinical::{AllergyRow, AllergySource};
use ssmix2::storage::Kind;
use ssmix2::types::Coded;
use ssmix2::types::Text;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// One row with what is known of its file.
struct Row<'a> {
    row: &'a AllergyRow,
    file: &'a FileInput,
    text: String,
    codes: Codes<'a>,
}

/// Systems and codes of both triples.
type Codes<'a> = Vec<(&'a str, &'a str)>;

impl<'a> Row<'a> {
    fn new(row: &'a AllergyRow, file: &'a FileInput) -> Row<'a> {
        let a = &*row.allergen;
        let text = if a.has_text() { fold(a.display()) } else { String::new() };
        let both = [(&*a.system, &*a.code), (&*a.alt_system, &*a.alt_code)];
        Row { row, file, text, codes: both.into_iter().filter(|(_, code)| !code.is_empty()).collect() }
    }

    fn is_deletion(&self) -> bool {
        self.row.action.as_deref() == Some("D")
    }

    fn is_same(&self, other: &Row<'_>) -> bool {
        are_same((&self.text, &self.codes), (&other.text, &other.codes))
    }

    /// Whether this deletion is about a row: it names its allergen, or its
    /// IAM-7 and no other allergen. What another patient's file deletes is
    /// nothing of the patient's own.
    fn deletes(&self, row: &Row<'_>) -> bool {
        let is_named = || self.row.id.is_some() && self.row.id == row.row.id;
        let differs = || {
            let texts = !self.text.is_empty() && !row.text.is_empty() && self.text != row.text;
            contradict(&self.codes, &row.codes) || texts && !share_one(&self.codes, &row.codes)
        };
        self.file.other_patient == row.file.other_patient && (self.is_same(row) || is_named() && !differs())
    }
}

fn share_one(a: &[(&str, &str)], b: &[(&str, &str)]) -> bool {
    a.iter().any(|code| b.contains(code))
}

/// A system knows both by different codes.
fn contradict(a: &[(&str, &str)], b: &[(&str, &str)]) -> bool {
    let of = |all: &[(&str, &str)], system: &str| all.iter().any(|(s, _)| *s == system);
    let agree = |system: &str| a.iter().any(|code| code.0 == system && b.contains(code));
    a.iter().any(|(system, _)| of(b, system) && !agree(system))
}

fn are_same(a: (&str, &[(&str, &str)]), b: (&str, &[(&str, &str)])) -> bool {
    let is_equal = if a.0.is_empty() || b.0.is_empty() { share_one(a.1, b.1) } else { a.0 == b.0 };
    is_equal && !contradict(a.1, b.1)
}

struct Group<'a> {
    text: String,
    codes: Codes<'a>,
    rows: Vec<Row<'a>>,
}

impl Group<'_> {
    fn holds(&self, row: &Row<'_>) -> bool {
        are_same((&self.text, &self.codes), (&row.text, &row.codes))
    }

    /// A row of the same patient states it.
    fn states(&self, row: &Row<'_>) -> bool {
        self.holds(row) && self.rows.iter().any(|r| r.file.other_patient == row.file.other_patient)
    }

    /// A row of the same patient in a current file states it.
    fn states_now(&self, row: &Row<'_>) -> bool {
        let is_own = |r: &Row<'_>| r.file.other_patient == row.file.other_patient;
        self.holds(row) && self.rows.iter().any(|r| is_own(r) && r.file.role == Role::Current)
    }
}

pub(super) fn build(context: &mut Context<'_>, files: &[FileInput]) -> Vec<Entry<Allergy>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut deletions: Vec<Row<'_>> = Vec::new();
    for file in files.iter().filter(|f| f.role == Role::Current) {
        for row in file.entries.allergies.iter().map(|row| Row::new(row, file)) {
            if row.is_deletion() {
                // A deletion takes back the rows in front of it in the same file.
                let in_front = |r: &Row<'_>| r.file.file == file.file && r.row.source == AllergySource::Iam;
                groups.iter_mut().for_each(|g| g.rows.retain(|r| !(in_front(r) && row.deletes(r))));
                deletions.push(row);
            } else {
                deletions.retain(|d| !(d.row.source == row.row.source && d.deletes(&row)));
                insert(&mut groups, row);
            }
        }
    }
    let taken_back = add_history(context, files, &mut groups, &deletions);
    groups.retain(|g| !g.rows.is_empty());
    context.withheld.allergies_deleted = taken_back + hidden(&groups, &deletions);
    retract(context, &groups, &deletions);
    let mut texts: HashMap<&str, u32> = HashMap::new();
    groups.iter().for_each(|g| *texts.entry(&g.text).or_default() += 1);
    let is_only = |g: &Group<'_>| texts[g.text.as_str()] == 1;
    let mut entries: Vec<Entry<Allergy>> = groups.iter().map(|g| entry(context, g, is_only(g), &deletions)).collect();
    entries
        .sort_by(|a, b| a.body.row.allergen.display().cmp(b.body.row.allergen.display()).then_with(|| a.id.cmp(&b.id)));
    entries
}

/// Allergens of an older ADT-61 that the current one neither holds nor deletes:
/// a site may send only what changed. Returns how many a later delta took back.
fn add_history<'a>(
    context: &mut Context<'_>,
    files: &'a [FileInput],
    groups: &mut Vec<Group<'a>>,
    deletions: &[Row<'_>],
) -> u32 {
    let mut taken_back = 0;
    let is_old = |f: &&FileInput| f.role == Role::History && f.kind.standard() == Some(DataType::Adt61);
    let mut history: Vec<&'a FileInput> = files.iter().filter(is_old).collect();
    history.sort_by_key(|f| (&f.name.occurred, f.file));
    for file in history {
        let rows = file.entries.allergies.iter().filter(|r| r.source == AllergySource::Iam);
        for row in rows.map(|row| Row::new(row, file)) {
            if row.is_deletion() {
                taken_back += take_back(groups, &row);
            } else if !deletions.iter().any(|d| d.deletes(&row)) && !groups.iter().any(|g| g.states_now(&row)) {
                insert(groups, row);
            }
        }
    }
    let shown = groups.iter().flat_map(|g| &g.rows).filter(|r| r.file.role == Role::History).map(|r| r.file.file);
    context.useful_history.extend(shown);
    taken_back
}

/// Removes the rows of history a deletion is about; returns how many allergens
/// are gone with them.
fn take_back(groups: &mut [Group<'_>], deletion: &Row<'_>) -> u32 {
    let mut emptied = 0;
    for group in groups.iter_mut().filter(|g| !g.rows.is_empty()) {
        group.rows.retain(|r| r.file.role == Role::Current || !deletion.deletes(r));
        emptied += u32::from(group.rows.is_empty());
    }
    emptied
}

/// How many allergens of the current files are deleted and shown nowhere.
fn hidden(groups: &[Group<'_>], deletions: &[Row<'_>]) -> u32 {
    let mut hidden: Vec<&Row<'_>> = Vec::new();
    for deletion in deletions {
        let is_known = hidden.iter().any(|d| d.deletes(deletion));
        let is_shown = groups.iter().any(|g| g.states(deletion));
        hidden.extend((!is_known && !is_shown).then_some(deletion));
    }
    hidden.len() as u32
}

fn insert<'a>(groups: &mut Vec<Group<'a>>, row: Row<'a>) {
    match groups.iter_mut().find(|g| g.holds(&row)) {
        Some(group) => {
            if group.text.is_empty() {
                group.text.clone_from(&row.text);
            }
            let new = row.codes.iter().filter(|code| !group.codes.contains(code));
            let new: Codes<'a> = new.copied().collect();
            group.codes.extend(new);
            group.rows.push(row);
        }
        None => groups.push(Group { text: row.text.clone(), codes: row.codes.clone(), rows: vec![row] }),
    }
}

/// `is_only`: no other allergen of the record has the same text.
fn entry(context: &Context<'_>, group: &Group<'_>, is_only: bool, deletions: &[Row<'_>]) -> Entry<Allergy> {
    let mut rows: Vec<&Row<'_>> = group.rows.iter().collect();
    // The patient's own files first; IAM says more than AL1; the newest file first.
    rows.sort_by_key(|r| {
        (r.file.other_patient, r.row.source, Reverse(r.file.name.occurred.clone()), r.file.file, r.row.segment)
    });
    let primary = rows[0];
    let mut marks = context.marks(primary.file);
    let mut also: Vec<AllergyRow> = Vec::new();
    for r in &rows[1..] {
        let plain = AllergyRow { segment: 0, ..r.row.clone() };
        if !says_less(&plain, primary.row) && !also.iter().any(|known| says_less(&plain, known)) {
            also.push(plain);
            marks.extend(context.marks(r.file));
        }
    }
    marks.sort_unstable();
    marks.dedup();
    let mut read_from: Vec<String> = rows.iter().map(|r| kind_name(r.file)).collect();
    read_from.sort();
    read_from.dedup();
    // The newest sources are enough to find the rows again; thousands of AL1 repeat them.
    let mut source: Sources = rows.iter().take(5).map(|r| r.file.file).collect();
    source.sort_unstable();
    let mut own = rows.iter().filter(|r| r.file.other_patient == primary.file.other_patient);
    if own.all(|r| r.file.role == Role::History) {
        marks.push(Mark::OnlyInOldVersion);
    }
    if deletions.iter().any(|d| d.file.other_patient == primary.file.other_patient && group.holds(d)) {
        marks.push(Mark::DeletedElsewhere);
    }
    let id = id(context, &group.text, &group.codes, is_only);
    let row = AllergyRow { segment: 0, ..primary.row.clone() };
    let date = row.reported_at.or(row.onset);
    Entry { id, date, status: Status::Registered, marks, source, body: Allergy { row, also, read_from } }
}

fn id(context: &Context<'_>, text: &str, codes: &Codes<'_>, is_only: bool) -> Text {
    let code = codes.first().map_or("", |(_, code)| code);
    match (text, is_only) {
        ("", _) => context.id(&["allergy", code]),
        (text, true) => context.id(&["allergy", text]),
        (text, false) => context.id(&["allergy", text, code]),
    }
}

/// The ids that an allergen which is deleted and shown nowhere may have had.
fn retract(context: &mut Context<'_>, groups: &[Group<'_>], deletions: &[Row<'_>]) {
    for deletion in deletions.iter().filter(|deletion| !groups.iter().any(|g| g.states(deletion))) {
        let ids = [true, false].map(|is_only| id(context, &deletion.text, &deletion.codes, is_only));
        let retracted = |id| Retracted { section: Section::Allergies, id, about: Vec::new() };
        context.retracted.extend(ids.map(retracted));
    }
}

/// Drops the rows beside an allergy that say nothing more than it, once a profile has taken fields out of all of them.
pub(crate) fn forget_equal_rows(entry: &mut Entry<Allergy>) {
    let mut also: Vec<AllergyRow> = Vec::new();
    for row in std::mem::take(&mut entry.body.also) {
        if !says_less(&row, &entry.body.row) && !also.iter().any(|known| says_less(&row, known)) {
            also.push(row);
        }
    }
    entry.body.also = also;
}

/// Whether `row` says nothing that `known` does not say. Where it was sent and
/// what the message did with it (segment, source, IAM-6) is not asked.
fn says_less(row: &AllergyRow, known: &AllergyRow) -> bool {
    fn within<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
        a.is_none() || a == b
    }
    fn coded(a: &Option<Arc<Coded>>, b: &Option<Arc<Coded>>) -> bool {
        let same_code = |a: &Coded, b: &Coded| !a.code.is_empty() && a.code == b.code && a.system == b.system;
        match (a, b) {
            (None, _) => true,
            (Some(a), Some(b)) => same_code(a, b) || has_no_more(a, b),
            (Some(_), None) => false,
        }
    }
    has_no_more(&row.allergen, &known.allergen)
        && coded(&row.category, &known.category)
        && coded(&row.severity, &known.severity)
        && row.reactions.iter().all(|r| known.reactions.contains(r))
        && within(&row.id, &known.id)
        && within(&row.action_reason, &known.action_reason)
        && coded(&row.sensitivity, &known.sensitivity)
        && coded(&row.group, &known.group)
        && within(&row.onset, &known.onset)
        && within(&row.onset_text, &known.onset_text)
        && within(&row.reported_at, &known.reported_at)
        && within(&row.reported_by, &known.reported_by)
        && coded(&row.reported_by_relation, &known.reported_by_relation)
        && coded(&row.clinical_status, &known.clinical_status)
        && within(&row.confirmed_by, &known.confirmed_by)
        && within(&row.confirmed_at_organisation, &known.confirmed_at_organisation)
        && within(&row.confirmed_at, &known.confirmed_at)
}

/// Every part that `a` sends, `b` sends as well. The label is ours.
fn has_no_more(a: &Coded, b: &Coded) -> bool {
    fn parts(c: &Coded) -> [&str; 7] {
        [&c.code, &c.text, &c.system, &c.alt_code, &c.alt_text, &c.alt_system, &c.original]
    }
    parts(a).iter().zip(parts(b)).all(|(a, b)| a.is_empty() || *a == b)
}

fn kind_name(file: &FileInput) -> String {
    match &file.kind {
        Kind::Standard(t) => t.folder().to_string(),
        Kind::Extended(parts) => parts[0].clone(),
    }
}
