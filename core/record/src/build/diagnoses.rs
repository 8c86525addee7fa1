//! 病名: over files and versions, one entry a PRB-4.

use super::{Context, FileInput, Role, of_kind};
use crate::model::{Diagnosis, Entry, Mark, Status};
use ssmix2::DataType;
use ssmix2::clinical;
use ssmix2::types::Timestamp;
use std::collections::BTreeMap;

/// One version of a diagnosis, ordered by what makes it newer.
struct Version<'a> {
    file: &'a FileInput,
    sent: &'a clinical::Diagnosis,
}

/// PRB-4, and the disease where one message uses a PRB-4 for several.
type Key = (String, String);

/// Ends the key of a diagnosis out of another patient's file, so that it never
/// replaces or deletes one of the patient's own.
const OF_ANOTHER: &str = "\u{1f}other";

pub(super) fn build(context: &mut Context<'_>, files: &[FileInput]) -> Vec<Entry<Diagnosis>> {
    let mut merged: BTreeMap<Key, Vec<Version<'_>>> = BTreeMap::new();
    for file in of_kind(files, DataType::Ppr01) {
        for (sent, mut key) in file.entries.diagnoses.iter().zip(keys(&file.entries.diagnoses)) {
            if file.other_patient {
                key.1.push_str(OF_ANOTHER);
            }
            merged.entry(key).or_default().push(Version { file, sent });
        }
    }
    let mut entries = Vec::new();
    for ((instance, disease), mut versions) in merged {
        versions.sort_by_key(|v| {
            (v.file.role == Role::Current, v.sent.action_at, v.file.name.occurred.clone(), v.file.file, v.sent.segment)
        });
        let Some(newest) = versions.last() else { continue };
        if newest.sent.action.as_deref() == Some("DE") {
            context.withheld.diagnoses_deleted += 1;
            continue;
        }
        if newest.file.role == Role::History {
            context.useful_history.insert(newest.file.file);
        }
        entries.push(entry(context, newest, &instance, &disease));
    }
    // Active before ended, the newest first.
    entries.sort_by(|a, b| {
        let rank = |e: &Entry<Diagnosis>| (e.status != Status::Active, std::cmp::Reverse(e.body.start.map(|t| t.at)));
        rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id))
    });
    entries
}

/// The identity of each diagnosis of one message.
fn keys(all: &[clinical::Diagnosis]) -> Vec<Key> {
    let disease = |d: &clinical::Diagnosis| {
        let code = d.disease.as_ref().map(|c| c.code.to_string()).unwrap_or_default();
        // Uncoded diagnoses share one code; their names tell them apart.
        if code.is_empty() || code == "20084317" { format!("{code}{}", d.name) } else { code }
    };
    let key = |d: &clinical::Diagnosis| match &d.instance_id {
        Some(id) => {
            let shared = all.iter().any(|o| o.instance_id.as_ref() == Some(id) && disease(o) != disease(d));
            (id.to_string(), if shared { disease(d) } else { String::new() })
        }
        None => (String::new(), format!("{}@{}", disease(d), d.onset.map(|t| t.to_string()).unwrap_or_default())),
    };
    all.iter().map(key).collect()
}

fn entry(context: &Context<'_>, version: &Version<'_>, instance: &str, disease: &str) -> Entry<Diagnosis> {
    let Version { file, sent } = version;
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
