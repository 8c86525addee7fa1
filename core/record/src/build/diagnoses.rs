//! 病名: over files and versions, one entry a PRB-4 and disease.

use super::diseases::Ambiguous;
use super::keep_out::Merged;
use super::rules::Rules;
use super::secrets::{self, Secrets};
use super::{Context, FileInput, Role, occurred, of_kind};
use crate::about::About;
use crate::model::{Diagnosis, Entry, Mark, Retracted, Section, Status};
use ssmix2::DataType;
use ssmix2::clinical;
use ssmix2::types::{Text, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// One version of a diagnosis.
#[derive(Clone, Copy)]
pub(super) struct Version<'a> {
    pub(super) file: &'a FileInput,
    pub(super) sent: &'a clinical::Diagnosis,
    /// Whether it may be shown, or is read only for what makes it secret.
    pub(super) is_shown: bool,
    /// PRB-2, else the time of its file.
    at: Option<Timestamp>,
    /// Its place in the order of time among those of its PRB-4.
    pub(super) place: usize,
}

/// Another patient's, so that it never replaces or deletes one of the patient's
/// own; PRB-4; without one the disease and its onset.
type Key = (bool, String, String);

/// Ends the id of a diagnosis out of another patient's file.
const OF_ANOTHER: &str = "\u{1f}other";

pub(super) fn build(context: &mut Context<'_>, files: &[FileInput], older: &[FileInput]) -> Vec<Entry<Diagnosis>> {
    let merged = merge(files, older);
    let ambiguous = [false, true].map(|is_other| ambiguous(context.rules, &merged, is_other));
    let mut secret = ambiguous.each_ref().map(Secrets::new);
    let mut entries = Vec::new();
    let mut all: HashMap<Text, Merged<'_>> = HashMap::new();
    for ((is_other, instance, disease_at), versions) in merged {
        let newest = newest(versions.iter().filter(|v| v.is_shown).copied());
        let lives = if context.rules.has_secrets { secrets::lives(&versions) } else { vec![versions] };
        for life in &lives {
            let is_gone = !newest.iter().any(|v| !v.is_deletion() && life.iter().any(|of| of.place == v.place));
            if secrets::reason(context.rules, life).is_some() {
                // Also of what was deleted since.
                let files = life.iter().filter(|v| v.is_shown).map(|v| (Section::Diagnoses, v.file.file));
                context.excluded_files.extend(files);
                secret[usize::from(is_other)].add_life(context.rules, life, is_gone);
            }
        }
        // Several diseases of one PRB-4 need more to tell their ids apart.
        let is_shared = newest.len() > 1 && !instance.is_empty();
        for version in newest {
            let mut which = if is_shared { disease(version.sent) } else { disease_at.clone() };
            which.push_str(if is_other { OF_ANOTHER } else { "" });
            if version.is_deletion() {
                let is_told = !context.rules.has_secrets && context.rules.of_diagnosis(version.sent).is_none();
                context.withheld.diagnoses_deleted += u32::from(is_told);
                let entry = entry(context, &version, &instance, &which);
                let about = entry.body.subject().map(|of| of.digests(Section::Diagnoses, &entry.id));
                let about = about.unwrap_or_default();
                context.retracted.push(Retracted { section: Section::Diagnoses, id: entry.id, about });
                continue;
            }
            if version.file.role == Role::History {
                context.useful_history.insert(version.file.file);
            }
            let entry = entry(context, &version, &instance, &which);
            let known = all.entry(entry.id.clone()).or_default();
            for life in lives.iter().filter(|life| life.iter().any(|of| of.place == version.place)) {
                known.add(context.rules, life);
            }
            entries.push(entry);
        }
    }
    // Active before ended, the newest first.
    entries.sort_by(|a, b| {
        let rank = |e: &Entry<Diagnosis>| (e.status != Status::Active, std::cmp::Reverse(e.body.start.map(|t| t.at)));
        rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id))
    });
    context.keep_out_diagnoses(&mut entries, &all, secret);
    entries
}

/// What tells no disease among the diagnoses of the patient, or of others.
fn ambiguous(rules: &Rules, merged: &BTreeMap<Key, Vec<Version<'_>>>, is_other: bool) -> Ambiguous {
    let of = merged.iter().filter(|((other, ..), _)| rules.has_secrets && *other == is_other);
    let all: Vec<Vec<&clinical::Diagnosis>> = of.map(|(_, all)| all.iter().map(|v| v.sent).collect()).collect();
    Ambiguous::new(&all)
}

/// The versions of each diagnosis, in the order of time.
fn merge<'a>(files: &'a [FileInput], older: &'a [FileInput]) -> BTreeMap<Key, Vec<Version<'a>>> {
    let mut merged: BTreeMap<Key, Vec<Version<'_>>> = BTreeMap::new();
    for (files, is_shown) in [(files, true), (older, false)] {
        for file in of_kind(files, DataType::Ppr01) {
            for sent in &file.entries.diagnoses {
                let at = sent.action_at.or_else(|| occurred(&file.name.occurred));
                merged.entry(key(file, sent)).or_default().push(Version { file, sent, is_shown, at, place: 0 });
            }
        }
    }
    for versions in merged.values_mut() {
        versions.sort_by_cached_key(|v| {
            (v.file.role == Role::Current, v.at, v.file.name.occurred.clone(), v.file.file, v.sent.segment)
        });
        versions.iter_mut().enumerate().for_each(|(place, version)| version.place = place);
    }
    merged
}

fn key(file: &FileInput, sent: &clinical::Diagnosis) -> Key {
    match &sent.instance_id {
        Some(id) => (file.other_patient, id.to_string(), String::new()),
        None => {
            let onset = sent.onset.map(|t| t.to_string()).unwrap_or_default();
            (file.other_patient, String::new(), format!("{}@{onset}", disease(sent)))
        }
    }
}

/// The disease code. Uncoded diagnoses share one code; their names tell them apart.
fn disease(sent: &clinical::Diagnosis) -> String {
    let code = sent.disease.as_ref().map(|c| c.code.to_string()).unwrap_or_default();
    if code.is_empty() || code == "20084317" { format!("{code}{}", sent.name) } else { code }
}

/// The newest version of each disease that shares this PRB-4: two volumes may
/// both number from 1. Deletions that nothing followed are among them.
fn newest<'a>(versions: impl Iterator<Item = Version<'a>>) -> Vec<Version<'a>> {
    let mut heads: Vec<Version<'_>> = Vec::new();
    for version in versions {
        let before = heads.len();
        heads.retain(|head| !version.is_of_same(head));
        // A change of the disease itself says so; rows of one message are several.
        if version.is_change() && heads.len() == before && before == 1 && heads[0].file.file != version.file.file {
            heads.clear();
        }
        heads.push(version);
    }
    heads
}

impl Version<'_> {
    fn action(&self) -> &str {
        self.sent.action.as_deref().unwrap_or_default()
    }

    pub(super) fn is_deletion(&self) -> bool {
        self.action() == "DE"
    }

    pub(super) fn is_change(&self) -> bool {
        matches!(self.action(), "CO" | "UP")
    }

    /// Not older, whichever of the two dates one goes by: that of the action or that of the file.
    pub(super) fn is_not_older(&self, other: &Version<'_>) -> bool {
        let dates = |v: &Version<'_>| {
            let is_current = v.file.role == Role::Current;
            ((is_current, v.at), (is_current, v.file.name.occurred.clone()))
        };
        let ((at, sent), (other_at, other_sent)) = (dates(self), dates(other));
        at >= other_at && sent >= other_sent
    }

    /// The same among the versions of one PRB-4, where of two rows of one time the first is older.
    pub(super) fn is_since(&self, other: &Version<'_>) -> bool {
        self.place >= other.place && self.is_not_older(other)
    }

    pub(super) fn is_in_file_of(&self, other: &Version<'_>) -> bool {
        self.file.file == other.file.file
    }

    pub(super) fn names_disease(&self) -> bool {
        !disease(self.sent).is_empty()
    }

    pub(super) fn is_coded(&self) -> bool {
        self.sent.disease.as_ref().is_some_and(|coded| coded.has_code())
    }

    /// The same disease, as far as both say which. One that is coded in only one
    /// of them, or in two systems, is told by its name.
    pub(super) fn is_of_same(&self, other: &Version<'_>) -> bool {
        let system = |v: &Version<'_>| v.sent.disease.as_ref().filter(|c| !c.code.is_empty()).map(|c| c.system.clone());
        let same = if system(self) == system(other) {
            disease(self.sent) == disease(other.sent)
        } else {
            disease(self.sent) == disease(other.sent) || self.sent.name == other.sent.name
        };
        same || !self.names_disease() || !other.names_disease()
    }
}

fn entry(context: &Context<'_>, version: &Version<'_>, instance: &str, disease: &str) -> Entry<Diagnosis> {
    let Version { file, sent, .. } = version;
    let pick = |choices: [(Option<Timestamp>, &str); 3]| {
        choices.into_iter().find_map(|(at, from)| Some((at?, from.to_string()))).unzip()
    };
    let (start, start_from) = pick([(sent.onset, "PRB-16"), (sent.recorded_at, "PRB-7"), (sent.action_at, "PRB-2")]);
    let terminal = sent.outcome.as_ref().is_some_and(|o| matches!(&*o.code, "D" | "R" | "F" | "M" | "I"));
    let (end, end_from) =
        pick([(sent.ended_at, "PRB-9"), (sent.outcome_at.filter(|_| terminal), "PRB-15"), (None, "")]);
    let status = if end.is_some() || terminal { Status::Ended } else { Status::Active };
    let mut marks = context.marks(file);
    if file.role == Role::History {
        marks.push(Mark::OnlyInOldVersion);
    }
    if start.is_none() {
        marks.push(Mark::Undated);
    }
    Entry {
        id: context.id(&["diagnosis", instance, disease]),
        date: start,
        status,
        marks,
        source: smallvec::smallvec![file.file],
        body: Diagnosis { sent: (*sent).clone(), start, start_from, end, end_from },
    }
}
