//! `patients`: who is in a storage.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::Line;
use crate::words::errors::{self, Asked};
use crate::words::record as words;
use mykarte::import::PatientLine;
use mykarte::list_patients;
use mykarte::record::labels::Language;
use mykarte::record::tables::Table;
use mykarte::ssmix2::storage::find_patients;
use std::path::{Path, PathBuf};

/// Columns: id, name, birth date, sex, files; care dates follow.
const WIDTHS: [usize; 5] = [17, 22, 12, 6, 10];

/// Lists patients one at a time, as they are found.
pub fn run(storages: &[PathBuf], out: &mut Out) -> Result<(), Failure> {
    let asked = Asked { storages, patient: "", vault: Path::new("") };
    let language = out.language;
    let (mut written, mut unreadable, mut begun) = (Ok(()), 0, false);
    let listed = list_patients(storages, |patient| {
        unreadable += patient.unreadable;
        if !std::mem::replace(&mut begun, true) {
            written = out.line(header(language));
        }
        if written.is_ok() {
            written = out.line(line(&patient, language));
        }
    });
    written?;
    let count = listed.map_err(|e| Failure::Refused(errors::import(&e, &asked, language)))?;
    out.finish()?;
    out.hint(match language {
        Language::Ja => format!("{count}人"),
        Language::En => words::plural(count, "patient"),
    });
    left_out(storages, unreadable, out);
    Ok(())
}

fn header(language: Language) -> Line {
    let pick = |ja, en| language.pick(ja, en);
    let names = [
        pick("患者ID", "ID"),
        pick("氏名", "name"),
        pick("生年月日", "born"),
        pick("性別", "sex"),
        pick("ファイル", "files"),
    ];
    columns(&names, pick("診療日", "care dates"))
}

fn line(patient: &PatientLine, language: Language) -> Line {
    let unknown = language.pick("不明", "unknown");
    let files = match language {
        Language::Ja => format!("{}件", patient.files),
        Language::En => patient.files.to_string(),
    };
    let birth = patient.birth_date.as_ref().map(dates::day);
    let sex = patient.sex.as_deref().map(|s| words::label(Table::Sex0001, s, language));
    let cells = [
        &patient.id,
        patient.name.as_deref().unwrap_or(language.pick("（氏名不明）", "(no name)")),
        birth.as_deref().unwrap_or(unknown),
        sex.as_deref().unwrap_or(unknown),
        &files,
    ];
    columns(&cells, &dates::period(patient.first.as_ref(), patient.last.as_ref()))
}

fn columns(cells: &[&str; 5], last: &str) -> Line {
    let (mut at, mut line) = (0, Line::new());
    for (cell, width) in cells.iter().zip(WIDTHS) {
        at += width;
        line = line.plain(cell).plain(" ").pad(at);
    }
    line.plain(last)
}

/// Folders that could not be listed may hide patients and files.
fn left_out(storages: &[PathBuf], inside: usize, out: &Out) {
    let found = find_patients(storages, None).map(|found| (found.unreadable.len(), found.symlinks.len()));
    let (outside, links) = found.unwrap_or_default();
    let unreadable = outside + inside;
    if unreadable + links == 0 {
        return;
    }
    out.warn(&match out.language {
        Language::Ja => format!(
            "読めないフォルダ {unreadable}、たどらなかったリンク {links}。その中の患者とファイルは一覧にありません。"
        ),
        Language::En => format!(
            "{} not readable, {} not followed; patients and files in them are not listed.",
            words::plural(unreadable, "folder"),
            words::plural(links, "link")
        ),
    });
}
