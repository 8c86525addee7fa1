//! アレルギー情報: AL1 of all files and IAM of ADT-61, merged by allergen.
//!
//! Two rows are one allergen when their folded texts are equal, or when one has
//! no text and the codes are equal. Different texts are never merged: a wrong
//! merge hides an allergy, a missing one only repeats it.

use super::{Context, FileInput, Role};
use crate::fold::fold;
use crate::model::{Allergy, Entry, Mark, Sources, Status};
use ssmix2::DataType;
use ssmix2::clinical::{AllergyRow, AllergySource};
use ssmix2::storage::Kind;
use std::cmp::Reverse;

/// One row with what is known of its file.
struct Row<'a> {
    row: &'a AllergyRow,
    file: &'a FileInput,
}

struct Group<'a> {
    text: String,
    code: (String, String),
    rows: Vec<Row<'a>>,
}

pub(super) fn build(context: &mut Context<'_>, files: &[FileInput]) -> Vec<Entry<Allergy>> {
    let current = files.iter().filter(|f| f.role == Role::Current);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut deleted: Vec<&AllergyRow> = Vec::new();
    for file in current {
        for row in &file.entries.allergies {
            if row.action.as_deref() == Some("D") {
                // A deletion takes back the rows in front of it in the same file.
                remove(&mut groups, row, file);
                deleted.push(row);
            } else {
                deleted.retain(|d| !(d.source == row.source && same(d, row)));
                insert(&mut groups, Row { row, file });
            }
        }
    }
    context.withheld.allergies_deleted = deleted.len() as u32;
    add_history(context, files, &mut groups, &deleted);
    groups.retain(|g| !g.rows.is_empty());
    let mut entries: Vec<Entry<Allergy>> = groups.iter().map(|g| entry(context, g, &deleted)).collect();
    entries
        .sort_by(|a, b| a.body.row.allergen.display().cmp(b.body.row.allergen.display()).then_with(|| a.id.cmp(&b.id)));
    entries
}

/// Allergens of an older ADT-61 that the current one neither holds nor deletes:
/// a site may send only what changed.
fn add_history<'a>(
    context: &mut Context<'_>,
    files: &'a [FileInput],
    groups: &mut Vec<Group<'a>>,
    deleted: &[&AllergyRow],
) {
    let known = groups.len();
    let is_old = |f: &&FileInput| f.role == Role::History && f.kind.standard() == Some(DataType::Adt61);
    let mut history: Vec<&'a FileInput> = files.iter().filter(is_old).collect();
    history.sort_by_key(|f| (&f.name.occurred, f.file));
    for file in history {
        for row in file.entries.allergies.iter().filter(|r| r.source == AllergySource::Iam) {
            if row.action.as_deref() == Some("D") {
                // What one delta added a later one may take back.
                context.withheld.allergies_deleted += take_back(&mut groups[known..], row);
            } else if !deleted.iter().any(|d| same(d, row)) && !groups[..known].iter().any(|g| g.holds(row)) {
                insert(groups, Row { row, file });
            }
        }
    }
    let shown = groups[known..].iter().flat_map(|g| &g.rows).map(|r| r.file.file);
    context.useful_history.extend(shown);
}

/// Empties the groups a deletion is about; returns how many.
fn take_back(groups: &mut [Group<'_>], deletion: &AllergyRow) -> u32 {
    let by_id = |r: &Row<'_>| deletion.id.is_some() && r.row.id == deletion.id;
    let about = groups.iter_mut().filter(|g| !g.rows.is_empty() && (g.holds(deletion) || g.rows.iter().any(by_id)));
    about.map(|g| g.rows.clear()).count() as u32
}

fn text_of(row: &AllergyRow) -> String {
    if row.allergen.has_text() { fold(row.allergen.display()) } else { String::new() }
}

fn code_of(row: &AllergyRow) -> (String, String) {
    (row.allergen.code.to_string(), row.allergen.system.to_string())
}

fn same(a: &AllergyRow, b: &AllergyRow) -> bool {
    let (x, y) = (text_of(a), text_of(b));
    let same_code = !a.allergen.code.is_empty() && code_of(a) == code_of(b);
    match (x.is_empty(), y.is_empty()) {
        (false, false) => x == y,
        _ => same_code,
    }
}

impl Group<'_> {
    fn holds(&self, row: &AllergyRow) -> bool {
        let text = text_of(row);
        let same_code = !self.code.0.is_empty() && self.code == code_of(row);
        if text.is_empty() || self.text.is_empty() { same_code } else { self.text == text }
    }
}

fn insert<'a>(groups: &mut Vec<Group<'a>>, row: Row<'a>) {
    match groups.iter_mut().find(|g| g.holds(row.row)) {
        Some(group) => {
            if group.text.is_empty() {
                group.text = text_of(row.row);
            }
            group.rows.push(row);
        }
        None => groups.push(Group { text: text_of(row.row), code: code_of(row.row), rows: vec![row] }),
    }
}

fn remove(groups: &mut [Group<'_>], deletion: &AllergyRow, file: &FileInput) {
    for group in groups.iter_mut() {
        let about = group.holds(deletion);
        group.rows.retain(|r| {
            let by_id = deletion.id.is_some() && r.row.id == deletion.id;
            !(r.file.file == file.file && r.row.source == AllergySource::Iam && (about || by_id))
        });
    }
}

fn entry(context: &Context<'_>, group: &Group<'_>, deleted: &[&AllergyRow]) -> Entry<Allergy> {
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
    if rows.iter().all(|r| r.file.role == Role::History) {
        marks.push(Mark::OnlyInOldVersion);
    }
    if deleted.iter().any(|d| group.holds(d)) {
        marks.push(Mark::DeletedElsewhere);
    }
    let key = if group.text.is_empty() { &group.code.0 } else { &group.text };
    let row = AllergyRow { segment: 0, ..primary.row.clone() };
    Entry {
        id: context.id(&["allergy", key]),
        date: row.reported_at.or(row.onset),
        status: Status::Registered,
        marks,
        source,
        body: Allergy { row, also, read_from },
    }
}

/// Whether `row` says nothing that `known` does not say.
fn says_less(row: &AllergyRow, known: &AllergyRow) -> bool {
    fn within<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
        a.is_none() || a == b
    }
    within(&row.severity, &known.severity)
        && within(&row.onset, &known.onset)
        && within(&row.onset_text, &known.onset_text)
        && within(&row.clinical_status, &known.clinical_status)
        && row.reactions.iter().all(|r| known.reactions.contains(r))
}

fn kind_name(file: &FileInput) -> String {
    match &file.kind {
        Kind::Standard(t) => t.folder().to_string(),
        Kind::Extended(parts) => parts[0].clone(),
    }
}
