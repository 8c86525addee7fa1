//! One message -> typed clinical entries.
//!
//! One file a section, named after what it reads. A parser looks at a message
//! and at nothing else: which file counts, merging and pairing belong to the
//! record. What feeds no section is kept as an [`Other`] with date, kind, title
//! and order number, so that nothing vanishes.

mod administrations;
mod agreement;
mod allergies;
mod basics;
mod diagnoses;
mod elsewhere;
mod examinations;
mod injections;
mod labs;
mod memos;
mod microbiology;
mod movements;
mod observations;
mod orders;
mod others;
mod patient;
mod prescriptions;

pub use administrations::{AdministeredDrug, Administration};
pub use allergies::{AllergyRow, AllergySource};
pub use basics::{Basics, BloodType, Insurance, Measurement, NextOfKin};
pub use diagnoses::{Diagnosis, Icd10};
pub use elsewhere::Elsewhere;
pub use injections::{Component, Injection};
pub use labs::{Lab, LabContext};
pub use memos::Memo;
pub use microbiology::{LabRole, Microbiology};
pub use movements::Movement;
pub use observations::Observation;
pub use orders::{Order, Route, Timing};
pub use others::{Other, OtherItem};
pub use patient::{IdCheck, PatientStamp, check_id, stamp};
pub use prescriptions::Prescription;

use crate::diagnostic::Code;
use crate::kind::DataType;
use crate::message::Message;
use crate::storage::{FileName, Kind};
use crate::types::{Coded, Text};
use std::sync::Arc;

/// What one message says, by section.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// ADT-00.
    pub basics: Option<Box<Basics>>,
    /// AL1 of any message and IAM of ADT-61.
    pub allergies: Vec<AllergyRow>,
    /// PPR-01.
    pub diagnoses: Vec<Diagnosis>,
    /// ADT-22, ADT-42, ADT-52.
    pub movement: Option<Box<Movement>>,
    /// OMP-01.
    pub prescriptions: Vec<Prescription>,
    /// OMP-02.
    pub injections: Vec<Injection>,
    /// OMP-12.
    pub administrations: Vec<Administration>,
    /// OML-11.
    pub labs: Vec<Lab>,
    /// Its groups without a value, for rules that name items.
    pub empty_panels: Vec<LabContext>,
    /// Emergency memos of the extended storage.
    pub memo: Option<Box<Memo>>,
    /// Everything else.
    pub other: Option<Box<Other>>,
}

impl Entries {
    /// Whether the message fed no section. Allergies of AL1 do not count: any
    /// message may carry them.
    pub fn is_empty(&self) -> bool {
        let Entries {
            basics,
            allergies,
            diagnoses,
            movement,
            prescriptions,
            injections,
            administrations,
            labs,
            empty_panels: _,
            memo,
            other,
        } = self;
        let lists = [diagnoses.len(), prescriptions.len(), injections.len(), administrations.len(), labs.len()];
        basics.is_none()
            && movement.is_none()
            && memo.is_none()
            && other.is_none()
            && lists.iter().all(|n| *n == 0)
            && !allergies.iter().any(|row| row.source == AllergySource::Iam)
    }
}

/// Who sent a message, for the identity of the facility.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// MSH-4.
    pub facility: Option<Text>,
    /// ORC-21.1 of the first order that has one.
    pub hospital_name: Option<Text>,
}

/// What a parser knows besides the message: the file's name and its kind.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What the file is.
    pub kind: &'a Kind,
    /// Its name.
    pub name: &'a FileName,
}

/// Reads MSH-4 and ORC-21.
pub fn sender(message: &Message<'_>) -> Sender {
    let msh = message.first("MSH");
    let hospital_name = message.all("ORC").find_map(|orc| orc.component(21, 1));
    Sender { facility: msh.and_then(|s| s.id_of(4)), hospital_name }
}

/// Reads a message of the kind its folder says.
pub fn read<'m>(message: &'m Message<'m>, context: Context<'m>) -> Entries {
    let mut entries = Entries { allergies: allergies::al1(message), ..Entries::default() };
    let Some(kind) = context.kind.standard() else {
        match context.kind.is_memo() {
            true => entries.memo = Some(Box::new(memos::read(message))),
            false => entries.other = Some(Box::new(others::document(Some(message), context))),
        }
        return entries;
    };
    if !is_expected_message(message, kind) {
        // A cancel event in a file with flag 1 is never shown as what it cancels.
        let cancels = is_cancel(message, kind);
        message.note_at(if cancels { Code::CancelInCurrentFile } else { Code::MessageTypeDiffers }, 1, 9);
        if cancels {
            entries.other = Some(Box::new(others::cancellation(message, context)));
            return entries;
        }
    }
    match kind {
        DataType::Adt00 => entries.basics = Some(Box::new(basics::read(message))),
        DataType::Adt61 => entries.allergies.extend(allergies::iam(message)),
        DataType::Ppr01 => entries.diagnoses = diagnoses::read(message, context),
        DataType::Adt22 | DataType::Adt42 | DataType::Adt52 => {
            entries.movement = Some(Box::new(movements::read(message, context, kind)));
        }
        DataType::Omp01 => entries.prescriptions = prescriptions::read(message, context),
        DataType::Omp02 => entries.injections = injections::read(message, context),
        DataType::Omp12 => entries.administrations = administrations::read(message, context),
        DataType::Oml11 => (entries.labs, entries.empty_panels) = labs::read(message, context),
        _ => entries.other = Some(Box::new(others::read(message, context, kind))),
    }
    // A file that says nothing its section can show is still an event.
    if kind == DataType::Oml11 && entries.labs.is_empty() {
        entries.other = Some(Box::new(others::read(message, context, kind)));
    }
    agreement::check(message, context, &entries);
    entries
}

/// A document of the extended storage that is no HL7 message: named, not opened.
pub fn document(context: Context<'_>) -> Entries {
    Entries { other: Some(Box::new(others::document(None, context))), ..Entries::default() }
}

fn message_type(message: &Message<'_>) -> Option<(Text, Text)> {
    let msh = message.first("MSH")?;
    Some((msh.component(9, 1)?, msh.component(9, 2).unwrap_or_default()))
}

/// MSH-9 agrees with the folder. ADT^A01 in ADT-12 is a known habit of senders.
fn is_expected_message(message: &Message<'_>, kind: DataType) -> bool {
    let Some((code, event)) = message_type(message) else {
        return true;
    };
    let written = format!("{code}^{event}");
    written == kind.message() || (kind == DataType::Adt12 && written == "ADT^A01")
}

fn is_cancel(message: &Message<'_>, kind: DataType) -> bool {
    let written = message_type(message).map(|(code, event)| format!("{code}^{event}"));
    written.is_some() && written.as_deref() == kind.cancel_message()
}

/// The department of a message: PV1-10, else PV1-3 when it is a department, else
/// the file name's. (Orders look at ORC-17 first.)
fn department(message: &Message<'_>, context: Context<'_>) -> Option<Arc<Coded>> {
    let pv1 = message.first("PV1");
    let from_pv1 = pv1.and_then(|pv1| {
        let shifted = || {
            // Some physiology senders write the department into PV1-8.
            let code =
                pv1.id_of(8).filter(|c| (2..=3).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_alphanumeric()));
            code.inspect(|_| pv1.note(Code::DepartmentShifted, 8))
        };
        let place = || pv1.place(3).filter(|p| p.is_department()).and_then(|p| p.point_of_care.clone());
        pv1.id_of(10).or_else(shifted).or_else(place)
    });
    let code = from_pv1.or_else(|| context.name.department.as_deref().map(Text::from))?;
    Some(Arc::new(Coded { code: code.into(), system: "HL70069".into(), ..Coded::default() }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::message::File;
    use crate::types::FieldCache;
    use std::cell::RefCell;

    /// Reads one message as the kind that `folder` names.
    pub(crate) fn entries(folder: &str, segments: &[&str]) -> (Entries, Vec<Code>) {
        let bytes =
            format!("MSH|^~\\&|HIS|SEND|GW|RCV|20110701||{}|1|P|2.5\r{}\r", message_of(folder), segments.join("\r"));
        let cache = RefCell::new(FieldCache::default());
        let file = File::decode(bytes.as_bytes(), 1);
        let messages = file.messages(1, &cache);
        let kind = match DataType::from_folder(folder) {
            Some((kind, _)) => Kind::Standard(kind),
            None => Kind::Extended(std::array::from_fn(|i| folder.split('^').nth(i).unwrap_or("").to_string())),
        };
        let order = "000000000000123";
        let name = FileName::parse(&format!("1_20110701_{}_{order}_20110701000000000_01_1", "X")).expect("name");
        let entries = read(&messages[0], Context { kind: &kind, name: &name });
        let codes = messages[0].take_diagnostics().into_iter().map(|d| d.code).collect();
        (entries, codes)
    }

    fn message_of(folder: &str) -> String {
        DataType::from_folder(folder).map_or("MDM^T02".into(), |(k, _)| k.message().to_string())
    }
}
