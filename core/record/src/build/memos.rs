//! 非常時メモ: append-only, so every version and every volume is united.

use super::{Context, FileInput, Role, entry, sort_newest_first};
use crate::model::{Entry, Mark, Status};
use ssmix2::clinical::Memo;
use ssmix2::types::Text;

pub(super) fn build(context: &mut Context<'_>, files: &mut [FileInput]) -> Vec<Entry<Memo>> {
    let mut all: Vec<Entry<Memo>> = Vec::new();
    for file in files.iter_mut() {
        let Some(memo) = file.entries.memo.take() else { continue };
        let is_old = file.role == Role::History;
        let mut entry = entry(context, file, 0, memo.at, Status::Registered, *memo);
        entry.id = id(context, &entry);
        if all.iter().all(|e| (e.date, &e.body) != (entry.date, &entry.body)) {
            if is_old {
                entry.marks.push(Mark::OldVersion);
                context.useful_history.insert(file.file);
            }
            all.push(entry);
        } else {
            context.repeats.insert(file.file);
        }
    }
    sort_newest_first(&mut all);
    all
}

/// Over the whole memo: two authors may write the same words on one day.
fn id(context: &Context<'_>, entry: &Entry<Memo>) -> Text {
    let date = entry.date.map(|t| t.to_string()).unwrap_or_default();
    // Texts and dates are always JSON.
    let body = serde_json::to_string(&entry.body).unwrap_or_default();
    context.id(&["memo", &date, &body])
}

#[cfg(test)]
mod tests {
    use super::super::{Identity, build};
    use super::*;
    use crate::summary::Hospital;
    use ssmix2::clinical::{Entries, PatientStamp};
    use ssmix2::storage::{FileName, Flag, Kind};

    fn file(number: u32, author: &str, place: &str) -> FileInput {
        let memo =
            serde_json::json!({ "at": "2026-03-11", "text": "歩行は可能", "place": place, "document_number": author });
        let memo: Memo = serde_json::from_value(memo).expect("a memo");
        FileInput {
            file: number,
            folder: 0,
            kind: Kind::Extended(["L-EMERGENCY-MEMO", "", "", "", "", ""].map(String::from)),
            name: FileName {
                patient: "1".into(),
                care_date: "20260311".into(),
                data_type: "L-EMERGENCY-MEMO".into(),
                order: "1".into(),
                occurred: "20260311000000000".into(),
                department: None,
                flag: Flag::Current,
            },
            role: Role::Current,
            other_patient: false,
            stamp: PatientStamp::default(),
            entries: Entries { memo: Some(Box::new(memo)), ..Entries::default() },
        }
    }

    #[test]
    fn equal_words_of_two_authors_are_two_memos() {
        let hospital = Hospital { id: "h".into(), name: None };
        let imported_at = "2026-03-12".parse().expect("a date");
        let identity = Identity { hospital, patient_id: "1".into(), imported_at };
        let files = vec![file(1, "a", "x"), file(2, "b", "x"), file(3, "a", "y"), file(4, "a", "x")];
        let ids = |files| {
            build(&identity, files, &[], &[], &Default::default())
                .0
                .memos
                .iter()
                .map(|m| m.id.clone())
                .collect::<Vec<_>>()
        };
        let all = ids(files.clone());
        assert_eq!(all.len(), 3, "the fourth repeats the first");
        assert!(all.iter().all(|id| !id.contains('~')), "told apart by their bodies, not by their order: {all:?}");
        assert_eq!(ids(files[1..2].to_vec()), all[1..2], "the same in another import");
    }
}
