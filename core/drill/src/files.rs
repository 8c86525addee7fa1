//! What is looked for in each file beside the reader: its texts, the fields it must have, its form.

use crate::checks::Drill;
use crate::forms;
use crate::mojibake;
use crate::required::REQUIRED;
use mykarte::ssmix2::message::{Message, Segment};
use mykarte::ssmix2::{DataType, storage::FileName};
use mykarte::{Inspect, Inspected};
use std::sync::{Mutex, PoisonError};

/// Something found at a place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted {
    pub check: Drill,
    /// See [`crate::report::Finding::detail`].
    pub detail: String,
    /// Number of the file in the import's report.
    pub file: u32,
    /// `PID-5`.
    pub place: String,
    pub text: Option<String>,
}

/// What a file is written as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    /// MSH-12 and MSH-21.1.
    Version(String),
    /// PPR-01: one file for all diagnoses of a patient (from version 1.2 on), or one a diagnosis.
    Diagnoses { one_file: bool },
}

/// The files of one patient.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub noted: Vec<Noted>,
    /// Form and month (`2026-11`; empty without one) of each file.
    pub forms: Vec<(Form, String)>,
    /// Data type and month.
    pub kinds: Vec<(DataType, String)>,
}

/// Looks at one patient's files.
#[derive(Default)]
pub(crate) struct Inspector(Mutex<Files>);

impl Inspector {
    pub fn into_files(self) -> Files {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inspect for Inspector {
    fn file(&self, file: &Inspected<'_>) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let month = month(&file.stored.name);
        forms::look_at(file, &mut |check, place, text| {
            let text = text.map(str::to_owned);
            files.noted.push(Noted { check, detail: String::new(), file: file.number, place, text });
        });
        for message in file.messages {
            for segment in message.segments() {
                look_at_texts(&segment, file.number, &mut files.noted);
            }
            if let Some(kind) = file.stored.kind.standard() {
                look_at_required(message, kind, file.number, &mut files.noted);
            }
            files.forms.push((version(message), month.clone()));
        }
        if let Some(kind) = file.stored.kind.standard() {
            if kind == DataType::Ppr01 {
                let one_file = !file.stored.name.has_order_number();
                files.forms.push((Form::Diagnoses { one_file }, month.clone()));
            }
            files.kinds.push((kind, month));
        }
    }
}

/// The month of a file's care date; empty for `-`.
fn month(name: &FileName) -> String {
    name.date().map(|day| day.format("%Y-%m").to_string()).unwrap_or_default()
}

fn version(message: &Message<'_>) -> Form {
    let field = |wanted: u16| {
        let msh = message.first("MSH")?;
        msh.filled().find(|(number, _)| *number == wanted).map(|(_, text)| text)
    };
    let profile = field(21).unwrap_or_default().split('^').next().unwrap_or_default();
    Form::Version([field(12).unwrap_or("-"), profile].join(" ").trim_end().to_owned())
}

fn look_at_texts(segment: &Segment<'_>, file: u32, noted: &mut Vec<Noted>) {
    for (number, text) in segment.filled() {
        let mut note = |check, detail: &str| {
            let place = format!("{}-{number}", segment.id());
            noted.push(Noted { check, detail: detail.to_owned(), file, place, text: Some(text.to_owned()) });
        };
        // Most fields are numbers, codes and dates.
        if let Some(accident) = mojibake::judge(text) {
            note(Drill::Mojibake, accident.key());
        }
        if text.is_ascii() {
            continue;
        }
        if text.contains('〓') {
            note(Drill::Geta, "");
        }
        if text.contains(is_private) {
            note(Drill::PrivateUse, "");
        } else if text.contains(|c| !mojibake::is_jis_x0208(c)) {
            note(Drill::OutsideJisX0208, "");
        }
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
}

fn look_at_required(message: &Message<'_>, kind: DataType, file: u32, noted: &mut Vec<Noted>) {
    for (id, wanted) in REQUIRED.iter().filter(|row| row.kinds.contains(&kind)).map(|row| (row.segment, row.fields)) {
        for segment in message.all(id) {
            let filled =
                segment.filled().fold(0_u64, |bits, (number, _)| bits | 1_u64.checked_shl(number.into()).unwrap_or(0));
            for number in wanted.iter().filter(|number| filled & (1 << **number) == 0) {
                let place = format!("{id}-{number}");
                let detail = format!("{} {place}", kind.folder());
                noted.push(Noted { check: Drill::RequiredFieldMissing, detail, file, place, text: None });
            }
        }
    }
}

impl Form {
    /// How the report says it.
    pub fn report(self, (files, from, to): (u64, Option<String>, Option<String>)) -> crate::report::Form {
        let (what, value) = match self {
            Form::Version(version) => ("version", version),
            Form::Diagnoses { one_file: true } => ("diagnoses", "one_file_a_patient".to_owned()),
            Form::Diagnoses { one_file: false } => ("diagnoses", "one_file_a_diagnosis".to_owned()),
        };
        crate::report::Form { what: what.to_owned(), value, files, from, to }
    }
}
