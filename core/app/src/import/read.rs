//! What each file says. Every file on its own, in parallel, in a fixed order.

use super::inspect::{Inspect, Inspected};
use super::survey::Survey;
use super::{Step, Watch};
use crate::error::ImportError;
use mykarte_record::build::prepare;
use rayon::prelude::*;
use ssmix2::charset::Charset;
use ssmix2::clinical::{self, Context, Entries, IdCheck, PatientStamp, Sender};
use ssmix2::message::{File, Message, Unread};
use ssmix2::storage::{self, Kind, StoredFile, file_diagnostic};
use ssmix2::types::FieldCache;
use ssmix2::{Code, Diagnostic};
use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What one file turned out to be.
pub(super) struct FileRead {
    /// Position in the survey.
    pub index: usize,
    pub outcome: Outcome,
    pub diagnostics: Vec<Diagnostic>,
    pub unused: Vec<Unread>,
}

pub(super) enum Outcome {
    /// Could not be read or is no message.
    Unreadable(Code),
    /// Read.
    Message(Box<Content>),
}

pub(super) struct Content {
    pub id: IdCheck,
    pub stamp: PatientStamp,
    pub sender: Sender,
    /// One a message; nearly always one.
    pub entries: Vec<Entries>,
    /// Some text could not be decoded.
    pub damaged: bool,
}

/// What a worker keeps from file to file.
#[derive(Default)]
struct Scratch {
    cache: RefCell<FieldCache>,
    bytes: Vec<u8>,
}

thread_local! {
    /// The workers are this import's own and end with it.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Reads the files that are to be read.
pub(super) fn read_all(
    survey: &Survey,
    watch: &Watch<'_>,
    inspect: Option<&dyn Inspect>,
) -> Result<Vec<FileRead>, ImportError> {
    let wanted = survey.to_read();
    let (done, total) = (AtomicUsize::new(0), wanted.len());
    (watch.progress)(Step::Read { done: 0, total });
    wanted
        .into_par_iter()
        .with_min_len(16)
        .map(|index| {
            watch.check()?;
            let file = &survey.files[index];
            let folder_id = &survey.folders[file.folder].id;
            let read = SCRATCH.with_borrow_mut(|scratch| read_one(index, file, folder_id, scratch, inspect));
            let n = done.fetch_add(1, Ordering::Relaxed) + 1;
            if n.is_multiple_of(64) || n == total {
                (watch.progress)(Step::Read { done: n, total });
            }
            Ok(read)
        })
        .collect()
}

fn read_one(
    index: usize,
    file: &StoredFile,
    folder_id: &str,
    scratch: &mut Scratch,
    inspect: Option<&dyn Inspect>,
) -> FileRead {
    let number = index as u32 + 1;
    let notes = file.notes.iter().map(|code| file_diagnostic(*code, number)).collect();
    let mut read =
        FileRead { index, outcome: Outcome::Unreadable(Code::NotHl7), diagnostics: notes, unused: Vec::new() };
    read.outcome = if is_opaque_document(file) {
        if let Some(inspect) = inspect {
            inspect.file(&Inspected { number, stored: file, bytes: &[], charset: Charset::Utf8, messages: &[] });
        }
        Outcome::Message(Box::new(opaque(Context { kind: &file.kind, name: &file.name }, file)))
    } else {
        match storage::read_file_into(&file.path, &mut scratch.bytes) {
            Ok(bytes) => decode(bytes, (file, folder_id), &scratch.cache, &mut read, inspect),
            Err(storage::ReadError(code)) => Outcome::Unreadable(code),
        }
    };
    if let Outcome::Unreadable(code) = read.outcome {
        read.diagnostics.push(file_diagnostic(code, number));
    }
    read
}

/// A document of the extended storage that is no HL7: its name says all we take.
fn is_opaque_document(file: &StoredFile) -> bool {
    matches!(file.kind, Kind::Extended(_)) && file.path.extension().is_none_or(|e| !e.eq_ignore_ascii_case("hl7"))
}

/// Whose document it is only its folder's and its own name say; they must agree.
fn opaque(context: Context<'_>, file: &StoredFile) -> Content {
    let agrees = !file.notes.contains(&Code::NamePatientDiffers);
    let mut entries = clinical::document(context);
    prepare(&mut entries);
    Content {
        id: if agrees { IdCheck::Same } else { IdCheck::Differs },
        stamp: PatientStamp::default(),
        sender: Sender::default(),
        entries: vec![entries],
        damaged: false,
    }
}

/// What a file says; what was noticed and not used goes into `read`.
fn decode(
    bytes: &[u8],
    (stored, folder_id): (&StoredFile, &str),
    cache: &RefCell<FieldCache>,
    read: &mut FileRead,
    inspect: Option<&dyn Inspect>,
) -> Outcome {
    let number = read.index as u32 + 1;
    let FileRead { diagnostics, unused, .. } = read;
    let mut file = File::decode(bytes, number);
    let found = std::mem::take(&mut file.diagnostics);
    let damaged = found.iter().any(|d| matches!(d.code, Code::UndecodableCharacter | Code::TruncatedCharacter));
    diagnostics.extend(found);
    let messages = file.messages(number, cache);
    let Some(first) = messages.first() else { return Outcome::Unreadable(Code::NotHl7) };
    check_charset(first, file.charset);
    let mut content = Content {
        id: IdCheck::Same,
        stamp: clinical::stamp(first),
        sender: clinical::sender(first),
        entries: Vec::with_capacity(messages.len()),
        damaged,
    };
    for message in &messages {
        // One message of somebody else puts the whole file aside.
        content.id = content.id.max(clinical::check_id(message, folder_id));
        let mut entries = clinical::read(message, Context { kind: &stored.kind, name: &stored.name });
        prepare(&mut entries);
        content.entries.push(entries);
        diagnostics.extend(message.take_diagnostics());
        unused.extend(message.unread_fields());
    }
    if let Some(inspect) = inspect {
        inspect.file(&Inspected { number, stored, bytes, charset: file.charset, messages: &messages });
    }
    // A message of another kind than its folder that gave nothing was not read
    // at all: the section must not say that there is nothing.
    let differs = diagnostics.iter().any(|d| d.code == Code::MessageTypeDiffers);
    if differs && content.entries.iter().all(Entries::is_empty) {
        return Outcome::Unreadable(Code::MessageTypeDiffers);
    }
    Outcome::Message(Box::new(content))
}

/// MSH-18 is never believed, but a wrong one is worth a word.
fn check_charset(message: &Message<'_>, charset: Charset) {
    let Some(msh) = message.first("MSH") else { return };
    let declared = msh.raw(18).to_ascii_uppercase();
    let wrong = match charset {
        Charset::Jis => declared.contains("UTF") || declared.contains("UNICODE"),
        Charset::Utf8 => !declared.contains("UTF") && !declared.contains("UNICODE"),
        Charset::Cp932 | Charset::EucJp => declared.contains("IR87") || declared.contains("IR-87"),
    };
    if wrong {
        msh.note(Code::CharsetMismatch, 18);
    }
}
