//! What is looked for in each file beside the reader: its texts, the fields it must have, its form.

use crate::checks::Drill;
use crate::forms;
use crate::noted::{Noted, Notes};
use crate::required::{self, Row};
use crate::texts::Texts;
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
    /// Files that were read.
    pub read: u64,
    pub noted: Noted,
    /// Form and month (`2026-11`; empty without one) of each file.
    pub forms: Vec<(Form, String)>,
    /// Data type and month.
    pub kinds: Vec<(DataType, String)>,
}

/// Looks at one patient's files.
pub(crate) struct Inspector(Mutex<(Files, Texts)>);

impl Inspector {
    /// With what was learnt of texts.
    pub fn new(texts: Texts) -> Inspector {
        Inspector(Mutex::new((Files::default(), texts)))
    }

    pub fn into_files(self) -> (Files, Texts) {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inspect for Inspector {
    fn file(&self, file: &Inspected<'_>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (files, texts) = &mut *held;
        files.read += 1;
        let (kind, month) = (file.stored.kind.standard(), month(&file.stored.name));
        let mut notes = Notes { file: file.number, noted: &mut files.noted };
        forms::look_at(file, &mut notes);
        let required = kind.map_or(&[][..], required::rows);
        for message in file.messages {
            for segment in message.segments() {
                look_at_segment(&segment, kind, required, texts, &mut notes);
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
    let digits = name.date().and_then(|_| Some((name.care_date.get(..4)?, name.care_date.get(4..6)?)));
    digits.map(|(year, month)| format!("{year}-{month}")).unwrap_or_default()
}

fn version(message: &Message<'_>) -> Form {
    let field = |wanted: u16| {
        let msh = message.first("MSH")?;
        msh.filled().find(|(number, _)| *number == wanted).map(|(_, text)| text)
    };
    let profile = field(21).unwrap_or_default().split('^').next().unwrap_or_default();
    Form::Version([plain(field(12).unwrap_or("-")), plain(profile)].join(" ").trim_end().to_owned())
}

/// What a version looks like: `2.5`, `SS-MIX2_1.20`. Another text that stands there may be anybody's, and another in each file.
fn plain(version: &str) -> &str {
    let number = version.trim_start_matches("SS-MIX").trim_start_matches(['2', '_', '-', ' ', 'V', 'v']);
    let is_number =
        |number: &str| number.len() <= 5 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if version == "-" || is_number(number) || is_number(version) { version } else { "(other)" }
}

fn look_at_segment(
    segment: &Segment<'_>,
    kind: Option<DataType>,
    required: &[&Row],
    texts: &mut Texts,
    notes: &mut Notes<'_>,
) {
    let (id, mut filled) = (segment.id(), 0_u64);
    let longest = forms::longest(id);
    for (number, text) in segment.filled() {
        filled |= 1_u64.checked_shl(number.into()).unwrap_or(0);
        texts.look_at((id, number), text, notes);
        forms::look_at_field((id, number), text, longest, notes);
    }
    for row in required.iter().filter(|row| row.segment == id) {
        for number in row.fields.iter().filter(|number| filled & (1 << **number) == 0) {
            let detail = format!("{} {id}-{number}", kind.map_or("", DataType::folder));
            notes.add(Drill::RequiredFieldMissing, &detail, (id, *number), None);
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
