//! What is looked for in each file beside the reader: its texts, the fields it must have, its form.

use crate::checks::Drill;
use crate::forms;
use crate::mojibake;
use crate::noted::{Noted, Notes, Spot};
use crate::required::{REQUIRED, Row};
use mykarte::ssmix2::message::{Message, Segment};
use mykarte::ssmix2::{DataType, storage::FileName};
use mykarte::{Inspect, Inspected};
use std::sync::{Mutex, PoisonError};

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
    pub noted: Noted,
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
        let (kind, month) = (file.stored.kind.standard(), month(&file.stored.name));
        let mut notes = Notes { file: file.number, noted: &mut files.noted };
        forms::look_at(file, &mut notes);
        for message in file.messages {
            let required: Vec<&Row> =
                REQUIRED.iter().filter(|row| kind.is_some_and(|k| row.kinds.contains(&k))).collect();
            for segment in message.segments() {
                look_at_segment(&segment, kind, &required, &mut notes);
            }
        }
        files.forms.extend(file.messages.iter().map(|message| (version(message), month.clone())));
        if let Some(kind) = kind {
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

fn look_at_segment(segment: &Segment<'_>, kind: Option<DataType>, required: &[&Row], notes: &mut Notes<'_>) {
    let (id, mut filled) = (segment.id(), 0_u64);
    let longest = forms::longest(id);
    for (number, text) in segment.filled() {
        filled |= 1_u64.checked_shl(number.into()).unwrap_or(0);
        look_at_text((id, number), text, notes);
        forms::look_at_field((id, number), text, longest, notes);
    }
    for row in required.iter().filter(|row| row.segment == id) {
        for number in row.fields.iter().filter(|number| filled & (1 << **number) == 0) {
            let detail = format!("{} {id}-{number}", kind.map_or("", DataType::folder));
            notes.add(Drill::RequiredFieldMissing, &detail, (id, *number), None);
        }
    }
}

fn look_at_text(at: Spot<'_>, text: &str, notes: &mut Notes<'_>) {
    if let Some(accident) = mojibake::judge(text) {
        notes.add(Drill::Mojibake, accident.key(), at, Some(text));
    }
    // Most fields are numbers, codes and dates.
    if text.is_ascii() {
        return;
    }
    if text.contains('〓') {
        notes.add(Drill::Geta, "", at, Some(text));
    }
    if text.contains(is_private) {
        notes.add(Drill::PrivateUse, "", at, Some(text));
    } else if text.contains(|c| !mojibake::is_jis_x0208(c)) {
        notes.add(Drill::OutsideJisX0208, "", at, Some(text));
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
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
