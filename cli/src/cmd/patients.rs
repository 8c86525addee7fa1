//! `patients`: who is in a storage.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::Line;
use crate::words::errors::{self, Asked};
use mykarte::import::PatientLine;
use mykarte::list_patients;
use mykarte::record::labels::Language;
use mykarte::ssmix2::storage::find_patients;
use std::path::{Path, PathBuf};

/// Columns: id, name, birth date, files, care dates.
const WIDTHS: [usize; 4] = [17, 22, 12, 10];

/// Lists patients one at a time, as they are found.
pub fn run(storages: &[PathBuf], out: &mut Out) -> Result<(), Failure> {
    let asked = Asked { storages, patient: "", vault: Path::new("") };
    let language = out.language;
    let mut written = Ok(());
    let listed = list_patients(storages, |patient| {
        if written.is_ok() {
            written = out.line(line(&patient, language));
        }
    });
    written?;
    let count = listed.map_err(|e| Failure::Refused(errors::import(&e, &asked, language)))?;
    out.finish()?;
    out.hint(match language {
        Language::Ja => format!("{count}人"),
        Language::En => format!("{count} patients"),
    });
    left_out(storages, out);
    Ok(())
}

fn line(patient: &PatientLine, language: Language) -> Line {
    let unknown = language.pick("（氏名不明）", "(no name)");
    let files = match language {
        Language::Ja => format!("{}件", patient.files),
        Language::En => format!("{} files", patient.files),
    };
    let cells = [
        patient.id.clone(),
        patient.name.as_deref().unwrap_or(unknown).to_string(),
        patient.birth_date.as_ref().map(dates::day).unwrap_or_else(|| "-".to_string()),
        files,
    ];
    let mut at = 0;
    let mut line = Line::new();
    for (cell, width) in cells.iter().zip(WIDTHS) {
        at += width;
        line = line.plain(cell).plain(" ").pad(at);
    }
    line.plain(dates::period(patient.first.as_ref(), patient.last.as_ref()))
}

/// Folders that could not be listed may hide patients.
fn left_out(storages: &[PathBuf], out: &Out) {
    let Ok(found) = find_patients(storages, None) else { return };
    let (unreadable, links) = (found.unreadable.len(), found.symlinks.len());
    let text = match (unreadable, links, out.language) {
        (0, 0, _) => return,
        (_, _, Language::Ja) => {
            format!("読めないフォルダ {unreadable}、たどらなかったリンク {links}。その中の患者は一覧にありません。")
        }
        (_, _, Language::En) => {
            format!("{unreadable} folders not readable, {links} links not followed; patients in them are not listed.")
        }
    };
    out.warn(&text);
}
