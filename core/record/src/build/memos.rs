//! 非常時メモ: append-only, so every version and every volume is united.

use super::{Context, FileInput, Role, entry, sort_newest_first};
use crate::model::{Entry, Mark, Status};
use ssmix2::clinical::Memo;

pub(super) fn build(context: &mut Context<'_>, files: &mut [FileInput]) -> Vec<Entry<Memo>> {
    let mut all: Vec<Entry<Memo>> = Vec::new();
    for file in files.iter_mut() {
        let Some(memo) = file.entries.memo.take() else { continue };
        let repeat = all.iter().any(|e| e.body == *memo);
        if !repeat {
            let is_old = file.role == Role::History;
            let mut entry = entry(context, file, 0, memo.at, Status::Registered, *memo);
            entry.id = context.id(&["memo", &entry.body.text, &entry.date.map(|t| t.to_string()).unwrap_or_default()]);
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
