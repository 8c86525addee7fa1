//! A line for each patient and finding, written while the drill goes on: for whoever mends them one by one.

use crate::failure::Failure;
use crate::files::{self, For};
use crate::words::drill as words;
use crate::words::errors;
use mykarte::record::labels::Language;
use mykarte_drill::report::Finding;
use mykarte_drill::words as named;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;

/// The list under a passing name.
pub struct List {
    path: PathBuf,
    language: Language,
    /// What could not be written is said at the end: the rest of the drill is worth as much without it.
    rows: Mutex<Result<csv::Writer<BufWriter<NamedTempFile>>, csv::Error>>,
}

impl List {
    pub fn begin(path: &Path, language: Language) -> Result<List, Failure> {
        let unwritable = |kind| Failure::Refused(errors::unwritable(path, kind, language));
        let mut file = BufWriter::new(files::draft(path, For::Owner).map_err(unwritable)?);
        // Spreadsheets take a file for UTF-8 by its first character.
        file.write_all("\u{feff}".as_bytes()).map_err(|error| unwritable(error.kind()))?;
        let mut rows = csv::Writer::from_writer(file);
        let rows = rows.write_record(words::list_columns(language)).map(|()| rows);
        Ok(List { path: path.to_owned(), language, rows: Mutex::new(rows) })
    }

    /// What was found of a patient.
    pub fn add(&self, id: &str, findings: &[Finding]) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(writer) = &mut *rows else { return };
        let written = findings.iter().try_for_each(|finding| writer.write_record(row(id, finding, self.language)));
        if let Err(error) = written {
            *rows = Err(error);
        }
    }

    /// Gives it its name.
    pub fn finish(self) -> Result<(), Failure> {
        let unwritable = |kind| Failure::Refused(errors::unwritable(&self.path, kind, self.language));
        let rows = self.rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        let file =
            rows.map_err(std::io::Error::from).and_then(|rows| rows.into_inner().map_err(|error| error.into_error()));
        let file = file.and_then(|file| file.into_inner().map_err(|error| error.into_error()));
        files::keep(file.map_err(|error| unwritable(error.kind()))?, &self.path).map_err(unwritable)
    }
}

fn row(id: &str, finding: &Finding, language: Language) -> [String; 8] {
    let example = finding.examples.first().cloned().unwrap_or_default();
    let what = language.pick(&finding.text, &finding.check.key()).to_owned();
    let detail = language.pick(&named::detail(finding), &finding.detail).to_owned();
    let severity = words::severity(finding.severity, language).to_owned();
    let count = finding.count.to_string();
    [id.to_owned(), severity, what, detail, count, example.path, example.place, example.text.unwrap_or_default()]
        .map(inert)
}

/// A spreadsheet would compute what begins like a formula: file names and texts are anybody's.
fn inert(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
