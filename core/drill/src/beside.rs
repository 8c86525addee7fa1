//! What lies beside the patients' folders: nobody will see it, and an import of one patient does not pass it.

use crate::checks::{Check, Drill};
use crate::mask::mask_foreign;
use crate::patient::Found;
use crate::report::{EXAMPLES, Example};
use mykarte::record::report::FileReport;
use mykarte::ssmix2::{Code, DataType};
use std::path::{Path, PathBuf};

/// Each path with what it is, counted once for all; `side` tells one of two storages.
pub(crate) fn look_at(beside: Vec<(PathBuf, Code)>, side: &str, show_text: bool) -> Found {
    let mut found = Found::new();
    for (path, code) in beside {
        let check = check_of(&path, code, Drill::OutsidePatients);
        let (count, examples) = found.entry((check, String::new())).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            let path = path.to_string_lossy();
            let path = if show_text { path.into_owned() } else { mask_foreign(&path) };
            examples.push(Example { path, place: side.to_owned(), ..Example::default() });
        }
    }
    found
}

/// What is the matter with something that is not read: where its name is that of a message somebody would miss it.
pub(crate) fn check_of(path: &Path, code: Code, missed: Drill) -> Check {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    match code {
        Code::ForeignFile | Code::UnknownDataType if is_message(&name) => Check::Drill(missed),
        Code::Symlink if is_folder(&name) || is_message(&name) => Check::Drill(Drill::LinkedFolder),
        code => Check::Read(code),
    }
}

/// Root, prefix, patient and day are numbers; then come data types, and `-` for what has no day.
fn is_folder(name: &str) -> bool {
    let is_number = name.len() >= 3 && name.bytes().all(|byte| byte.is_ascii_digit());
    is_number || name == "-" || DataType::from_folder(name).is_some()
}

/// Whether a name has a data type where messages have it.
fn is_message(name: &str) -> bool {
    name.split('_').skip(1).any(|part| DataType::from_folder(part).is_some())
}

/// Whether a file that was not read is one that somebody would miss.
pub(crate) fn is_missed(file: &FileReport) -> bool {
    let is_missed = |code: &Code| matches!(check_of(Path::new(&file.path), *code, Drill::NotTaken), Check::Drill(_));
    file.number == 0 && file.codes.first().is_some_and(is_missed)
}
