//! The record's shape: sections of entries, and the four kinds of nothing.
//!
//! Keys of the JSON are the names of the fields here; `docs/record.md` lists them.

use crate::summary::Summary;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use smallvec::SmallVec;
use ssmix2::clinical::{self, Memo, Other};
use ssmix2::types::{Text, Timestamp};
use std::collections::BTreeMap;

/// A section of the record, in the order a doctor copies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// 患者基本情報
    Basics,
    /// アレルギー情報
    Allergies,
    /// 病名
    Diagnoses,
    /// 入退院情報
    Admissions,
    /// 処方オーダー
    Prescriptions,
    /// 注射オーダー
    Injections,
    /// 検査結果
    Labs,
    /// 非常時メモ
    Memos,
    /// その他
    Others,
}

impl Section {
    /// All nine.
    pub const ALL: [Section; 9] = [
        Section::Basics,
        Section::Allergies,
        Section::Diagnoses,
        Section::Admissions,
        Section::Prescriptions,
        Section::Injections,
        Section::Labs,
        Section::Memos,
        Section::Others,
    ];

    /// The key in JSON and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Section::Basics => "basics",
            Section::Allergies => "allergies",
            Section::Diagnoses => "diagnoses",
            Section::Admissions => "admissions",
            Section::Prescriptions => "prescriptions",
            Section::Injections => "injections",
            Section::Labs => "labs",
            Section::Memos => "memos",
            Section::Others => "others",
        }
    }
}

/// What an entry is worth. A cancelled order never looks active, a refused
/// injection never looks given, a preliminary value never looks final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Registered as it stands (basics, allergies, memos).
    Registered,
    /// An order in force.
    Ordered,
    /// An order on hold.
    Held,
    /// An order replaced by another.
    Replaced,
    /// Cancelled.
    Cancelled,
    /// Stopped before its end.
    Discontinued,
    /// Given as ordered.
    Given,
    /// Given in part.
    Partial,
    /// Refused by the patient.
    Refused,
    /// Not given.
    NotGiven,
    /// Taken back: it was never given.
    Retracted,
    /// The rows of the group differ; each says its own.
    Mixed,
    /// A final result.
    Final,
    /// A corrected result.
    Corrected,
    /// A preliminary result.
    Preliminary,
    /// Some of the result.
    PartialResult,
    /// Still being examined.
    Pending,
    /// Entered, not verified.
    NotVerified,
    /// No result could be obtained.
    NoResult,
    /// A diagnosis in force.
    Active,
    /// A diagnosis or stay that has ended.
    Ended,
    /// A stay without a discharge.
    Open,
    /// A stay whose end is not known although another followed.
    EndUnknown,
    /// Planned.
    Planned,
    /// Happened or done.
    Done,
    /// The sender's code says nothing we know.
    Unknown,
}

/// What a reader must know about an entry beside its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// PID-3 named another patient or none; taken in because the operator said so.
    OtherPatient,
    /// Birth date or sex differ from the patient basics.
    DemographicsDiffer,
    /// 旧版: an older version that is an event of its own.
    OldVersion,
    /// 旧版にのみあり: the current version no longer holds it.
    OnlyInOldVersion,
    /// ADT-61 deletes what another message still states.
    DeletedElsewhere,
    /// No ADT-00 was read: taken from another message's PID.
    FromOtherMessage,
    /// Blood types that contradict each other; none is chosen.
    Conflict,
    /// Nothing says when.
    Undated,
}

/// Numbers of the source files; one or two of them need no allocation.
pub type Sources = SmallVec<[u32; 2]>;

/// One entry of a section.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry<T> {
    /// Stable over re-imports, and the same under every profile that keeps no entry of its file out.
    pub id: Text,
    /// Care date, cut off at the precision it was sent with.
    pub date: Option<Timestamp>,
    /// What it is worth.
    pub status: Status,
    /// What else must be known.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<Mark>,
    /// Numbers of the source files in the hospital's report.
    pub source: Sources,
    /// The content.
    #[serde(flatten)]
    pub body: T,
}

/// An allergy, merged over all its sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allergy {
    /// The fullest row.
    #[serde(flatten)]
    pub row: clinical::AllergyRow,
    /// Rows of the same allergen that say something else.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also: Vec<clinical::AllergyRow>,
    /// Data types it was read from.
    pub read_from: Vec<String>,
}

/// A diagnosis with what was derived from it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// As sent.
    #[serde(flatten)]
    pub sent: clinical::Diagnosis,
    /// Start: PRB-16, else PRB-7, else PRB-2.
    pub start: Option<Timestamp>,
    /// Which of these.
    pub start_from: Option<String>,
    /// End: PRB-9, else PRB-15 of a terminal outcome.
    pub end: Option<Timestamp>,
    /// Which of these.
    pub end_from: Option<String>,
}

/// A diagnosis made at admission: the nearest thing to a reason, and named so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdmissionReason {
    /// The diagnosis, with 疑い when it is suspected.
    pub name: String,
    /// Suspected only.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub suspected: bool,
    /// Id of the diagnosis.
    pub diagnosis: Text,
    /// Always `diagnosis_at_admission`.
    pub from: String,
}

/// A stay: an admission and the discharge that closes it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// Admission.
    pub admitted_at: Option<Timestamp>,
    /// `ADT-22 PV1-44`, `ADT-52 PV1-44` ...
    pub admitted_from: Option<String>,
    /// Discharge.
    pub discharged_at: Option<Timestamp>,
    /// `ADT-52 PV1-45` ...
    pub discharged_from: Option<String>,
    /// How the two were paired: `PV1-44` or `time`.
    pub paired_by: Option<String>,
    /// Diagnoses made at admission.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reasons: Vec<AdmissionReason>,
    /// The discharge disposition says that the patient died (PV1-36 20-29, 40-42).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub died: bool,
    /// The admission message.
    pub admission: Option<clinical::Movement>,
    /// The discharge message.
    pub discharge: Option<clinical::Movement>,
    /// Transfers between the two.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub transfers: Vec<clinical::Movement>,
}

/// A drug of a prescription.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prescription {
    /// As sent.
    #[serde(flatten)]
    pub sent: clinical::Prescription,
    /// Last day of the supply: TQ1-8, else TQ1-7 and TQ1-6.
    pub end: Option<Timestamp>,
    /// Which of these.
    pub end_from: Option<Text>,
    /// The order, for counting.
    #[serde(skip)]
    pub order: OrderKey,
}

/// Tells orders apart while a record is built: the number, else the file itself, and the care date, for a number is used
/// again in other years.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey(u64);

impl OrderKey {
    /// The key of an order of a file.
    pub fn of(order: &clinical::Order, file: &crate::FileInput) -> OrderKey {
        OrderKey::hash((order.number.as_deref().ok_or(file.file), &file.name.care_date))
    }

    /// The key of a stored order: its number, where it is shown, and the file that its entry's id begins with.
    pub fn read_back(order: &clinical::Order, id: &str) -> OrderKey {
        OrderKey::hash((&order.number, id.split_once('-').map_or(id, |(file, _)| file)))
    }

    fn hash(parts: impl std::hash::Hash) -> OrderKey {
        OrderKey(std::hash::BuildHasher::hash_one(&foldhash::fast::FixedState::default(), parts))
    }
}

/// What was given, with what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Given, refused, retracted ...
    pub status: Status,
    /// Source file.
    pub source: u32,
    /// The same of each drug, where they differ.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub drug_status: Vec<Status>,
    /// As sent.
    #[serde(flatten)]
    pub sent: clinical::Administration,
}

/// An injection as ordered, with what was given of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Injection {
    /// The order; absent parts where only the administration was sent.
    #[serde(flatten)]
    pub sent: clinical::Injection,
    /// There was an order. Without one this is an administration alone.
    pub ordered: bool,
    /// Administrations that belong to it (OMP-12).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub administrations: Vec<Given>,
    /// The order, for counting.
    #[serde(skip)]
    pub order: OrderKey,
}

/// Why a section shows nothing, or less than it might (clinical rule 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nothing {
    /// 登録なし: a carrier was read and holds none.
    NoneRegistered,
    /// 未取得: no carrier was in the import.
    NotInImport,
    /// この病院では提供していません: the profile hides it.
    NotProvided,
    /// 読めないデータあり: carriers were quarantined, undecodable or unverified.
    Unreadable {
        /// How many.
        files: u32,
    },
}

/// What was read for a section.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionState {
    /// Entries in the record.
    pub entries: u32,
    /// Files read that carry the section's items.
    pub carriers_read: u32,
    /// Carriers that were quarantined, unreadable or partly undecodable.
    pub carriers_unreadable: u32,
    /// The profile hides the section.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// By the profile, entries of the section may be missing: that there are none is then no finding.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

impl SectionState {
    /// What stands instead of entries, and what stands beside them. 読めない
    /// データあり outranks 登録なし and is said even when there are entries.
    pub fn nothing(&self) -> Vec<Nothing> {
        let unreadable = Nothing::Unreadable { files: self.carriers_unreadable };
        match *self {
            SectionState { hidden: true, .. } => vec![Nothing::NotProvided],
            SectionState { partial: true, entries: 0, carriers_unreadable: 0, .. } => vec![Nothing::NotProvided],
            SectionState { partial: true, entries: 0, .. } => vec![Nothing::NotProvided, unreadable],
            SectionState { carriers_unreadable: 1.., .. } => vec![unreadable],
            SectionState { entries: 0, carriers_read: 0, .. } => vec![Nothing::NotInImport],
            SectionState { entries: 0, .. } => vec![Nothing::NoneRegistered],
            _ => Vec::new(),
        }
    }
}

/// From when to when the files of a section are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Earliest care-date folder.
    pub first: Option<Timestamp>,
    /// Latest care-date folder.
    pub last: Option<Timestamp>,
    /// Newest 発生日時.
    pub newest: Option<Timestamp>,
}

/// An entry that the hospital has deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retracted {
    /// Its section.
    pub section: Section,
    /// The id that it had or may have had.
    pub id: Text,
    /// Digests of what it was about; none where that is what the id is made of.
    pub about: Vec<Text>,
}

/// The whole record of one patient of one facility.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What the first screen shows.
    pub summary: Summary,
    /// Newest first; several only where volumes keep their own.
    pub basics: Vec<Entry<clinical::Basics>>,
    /// By name.
    pub allergies: Vec<Entry<Allergy>>,
    /// Active first, then newest first.
    pub diagnoses: Vec<Entry<Diagnosis>>,
    /// Newest first.
    pub admissions: Vec<Entry<Stay>>,
    /// Newest first, drugs of one order in their order.
    pub prescriptions: Vec<Entry<Prescription>>,
    /// Newest first.
    pub injections: Vec<Entry<Injection>>,
    /// Newest first, values of one report in their order.
    pub labs: Vec<Entry<clinical::Lab>>,
    /// Newest first.
    pub memos: Vec<Entry<Memo>>,
    /// Newest first.
    pub others: Vec<Entry<Other>>,
    /// Ids of lab orders left out because their results are in the record: a
    /// stored generation that still shows the order loses nothing.
    pub answered_orders: Vec<Text>,
    /// Entries that the hospital has deleted; empty in a record that was read back.
    pub retracted: Vec<Retracted>,
    /// From when to when the files of each section are; empty in a record that was read back.
    pub spans: BTreeMap<Section, Span>,
}

impl Record {
    /// A record without an entry.
    pub fn empty(summary: Summary) -> Record {
        Record {
            summary,
            basics: Vec::new(),
            allergies: Vec::new(),
            diagnoses: Vec::new(),
            admissions: Vec::new(),
            prescriptions: Vec::new(),
            injections: Vec::new(),
            labs: Vec::new(),
            memos: Vec::new(),
            others: Vec::new(),
            answered_orders: Vec::new(),
            retracted: Vec::new(),
            spans: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_kinds_of_nothing_stay_apart() {
        let state = |entries, carriers_read, carriers_unreadable| SectionState {
            entries,
            carriers_read,
            carriers_unreadable,
            ..SectionState::default()
        };
        assert_eq!(state(0, 0, 0).nothing(), [Nothing::NotInImport]);
        assert_eq!(state(0, 1, 0).nothing(), [Nothing::NoneRegistered]);
        assert_eq!(state(0, 1, 2).nothing(), [Nothing::Unreadable { files: 2 }]);
        assert_eq!(state(3, 1, 1).nothing(), [Nothing::Unreadable { files: 1 }]);
        assert_eq!(state(3, 1, 0).nothing(), []);
        assert_eq!(SectionState { hidden: true, ..state(0, 1, 2) }.nothing(), [Nothing::NotProvided]);
        // Whether there was nothing or it is kept out must look the same.
        let partial = |entries, read, unread| SectionState { partial: true, ..state(entries, read, unread) }.nothing();
        assert_eq!((partial(0, 0, 0), partial(0, 1, 0)), (vec![Nothing::NotProvided], vec![Nothing::NotProvided]));
        assert_eq!(partial(0, 1, 2), [Nothing::NotProvided, Nothing::Unreadable { files: 2 }]);
        assert_eq!(partial(3, 1, 0), []);
    }
}
