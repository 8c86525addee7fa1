//! Older versions of diagnoses (flag 2): never shown, but where a profile holds diagnoses secret they are asked whether one
//! was secret. Senders leave out what has not changed, the mark among it.

use super::ImportRequest;
use super::read::{Content, FileRead, Outcome};
use super::survey::Survey;
use mykarte_record::{FileInput, Role};
use ssmix2::Code;
use ssmix2::DataType;
use ssmix2::clinical::IdCheck;
use ssmix2::storage::{Fate, StoredFile};

/// Whether a file is such a version.
pub(super) fn is_older_diagnosis(file: &StoredFile, fate: Fate) -> bool {
    fate == Fate::Superseded && file.kind.standard() == Some(DataType::Ppr01)
}

/// The files that were read only for this.
#[derive(Default)]
pub(super) struct Older {
    /// What the builder asks.
    pub files: Vec<FileInput>,
    /// Position of each that could not be read.
    pub unreadable: Vec<(usize, Code)>,
}

/// Parts them from those whose entries count. What they say goes into no report, for nothing of it is used.
pub(super) fn part(request: &ImportRequest, survey: &Survey, reads: Vec<FileRead>) -> (Vec<FileRead>, Older) {
    let is_older = |read: &FileRead| is_older_diagnosis(&survey.files[read.index], survey.selection.fates[read.index]);
    let (reads_of_older, reads): (Vec<FileRead>, Vec<FileRead>) = reads.into_iter().partition(is_older);
    let mut older = Older::default();
    for read in reads_of_older {
        match read.outcome {
            Outcome::Unreadable(code) => older.unreadable.push((read.index, code)),
            Outcome::Message(content) => {
                let is_other = matches!(content.id, IdCheck::Differs | IdCheck::Missing);
                if !is_other || request.accept_other_patient {
                    older.files.extend(inputs(survey, read.index, *content, is_other));
                }
            }
        }
    }
    (reads, older)
}

fn inputs(survey: &Survey, index: usize, content: Content, other_patient: bool) -> impl Iterator<Item = FileInput> {
    let file = &survey.files[index];
    let stamp = content.stamp;
    content.entries.into_iter().map(move |entries| FileInput {
        file: index as u32 + 1,
        folder: file.folder,
        kind: file.kind.clone(),
        name: file.name.clone(),
        role: Role::History,
        other_patient,
        stamp: stamp.clone(),
        entries,
    })
}
