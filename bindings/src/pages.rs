//! Sections page by page, each with its own type, its kinds of nothing and its notices.
//!
//! Laboratory results come as reports: what a test group says of all its values would else cross the boundary with each
//! of them, and is most of their bytes.

use crate::cross::Cross;
use crate::error::MyKarteError;
use crate::notices::Notice;
use crate::record::PatientRecord;
use crate::values::*;
use mykarte::RecordLines;
use mykarte::record::{Entry, Section, Summary, lines, model};
use mykarte::ssmix2::clinical;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The most entries of one page: more would only cost memory on both sides.
pub(crate) const MAX_PAGE: u32 = 5_000;

/// What a page has beside its entries.
struct Rest {
    total: u32,
    next_offset: Option<u32>,
    damaged_entries: u32,
    absences: Vec<Absence>,
    notices: Vec<Notice>,
}

/// The limit of a page; one of nothing, or beyond what a page holds, is a slip that would end in lost entries.
pub(crate) fn checked(limit: u32) -> Result<usize, MyKarteError> {
    match limit {
        1..=MAX_PAGE => Ok(limit as usize),
        _ => Err(MyKarteError::invalid("limit")),
    }
}

macro_rules! pages {
    ($($(#[$meta:meta])* $method:ident -> $page:ident of $entry:ident = $section:ident, $body:path;)*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
        pub struct $page {
            /// In the order of the section. Fewer than asked for at the end, and where damage has their places.
            pub entries: Vec<$entry>,
            /// Entries of the section.
            pub total: u32,
            /// Where the next page begins; absent at the end. Places, not entries: damaged ones count.
            pub next_offset: Option<u32>,
            /// Places of this page that cannot be read.
            pub damaged_entries: u32,
            /// Why there are none, or fewer than there might be. Shown beside the entries, too.
            pub absences: Vec<Absence>,
            /// What the university's profile says of this page: to be shown with it.
            pub notices: Vec<Notice>,
        }
    )*

        #[uniffi::export]
        impl PatientRecord { $(
            $(#[$meta])*
            /// Places `offset` to `offset + limit`; a limit is 1 to 5,000.
            pub fn $method(&self, offset: u32, limit: u32) -> Result<$page, MyKarteError> {
                let (entries, rest) = self.page::<$body, $entry>(Section::$section, offset, limit)?;
                let Rest { total, next_offset, damaged_entries, absences, notices } = rest;
                Ok($page { entries, total, next_offset, damaged_entries, absences, notices })
            }
        )* }
    };
}

pages! {
    /// 患者基本情報, newest first.
    basics -> BasicsPage of Basics = Basics, clinical::Basics;
    /// アレルギー情報, by name.
    allergies -> AllergyPage of Allergy = Allergies, model::Allergy;
    /// 病名, active first, then newest first.
    diagnoses -> DiagnosisPage of Diagnosis = Diagnoses, model::Diagnosis;
    /// 入退院情報, newest first.
    admissions -> StayPage of Stay = Admissions, model::Stay;
    /// 処方オーダー, newest first.
    prescriptions -> PrescriptionPage of Prescription = Prescriptions, model::Prescription;
    /// 注射オーダー, newest first.
    injections -> InjectionPage of Injection = Injections, model::Injection;
    /// 非常時メモ, newest first.
    memos -> MemoPage of Memo = Memos, clinical::Memo;
    /// その他, newest first.
    others -> OtherPage of Other = Others, clinical::Other;
}

/// 検査結果, newest first, values of one report in their order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LabPage {
    /// The results of this page. Fewer than asked for at the end, and where damage has their places.
    pub reports: Vec<LabReport>,
    /// Results of the section.
    pub total: u32,
    /// Where the next page begins; absent at the end. Places, not results: damaged ones count.
    pub next_offset: Option<u32>,
    /// Places of this page that cannot be read.
    pub damaged_entries: u32,
    /// Why there are none, or fewer than there might be. Shown beside the results, too.
    pub absences: Vec<Absence>,
    /// What the university's profile says of this page: to be shown with it.
    pub notices: Vec<Notice>,
}

#[uniffi::export]
impl PatientRecord {
    /// 検査結果, newest first, values of one report in their order. Places `offset` to `offset + limit`; a limit is 1 to 5,000.
    pub fn labs(&self, offset: u32, limit: u32) -> Result<LabPage, MyKarteError> {
        self.read(|summary, record| {
            let (entries, damage) = record.labs(offset as usize, checked(limit)?);
            let rest = Rest::of(summary, record, Section::Labs, (offset, limit), damage.entries);
            let Rest { total, next_offset, damaged_entries, absences, notices } = rest;
            let reports = entries.chunk_by(|a, b| Arc::ptr_eq(&a.body.group, &b.body.group));
            let report = |labs: &[Entry<clinical::Lab>]| LabReport {
                group: labs[0].body.group.cross(),
                labs: labs.iter().map(Cross::cross).collect(),
            };
            Ok(LabPage {
                reports: reports.map(report).collect(),
                total,
                next_offset,
                damaged_entries,
                absences,
                notices,
            })
        })
    }
}

impl PatientRecord {
    fn page<B, E>(&self, section: Section, offset: u32, limit: u32) -> Result<(Vec<E>, Rest), MyKarteError>
    where
        B: DeserializeOwned,
        Entry<B>: Cross<E>,
    {
        self.read(|summary, record| {
            let page = record.page(section, offset as usize, checked(limit)?);
            let read = page.lines.iter().map(|line| lines::read::<B>(line).map(|entry| entry.cross()));
            let entries: Vec<E> = read.flatten().collect();
            let unread: u32 = (page.lines.len() - entries.len()).cross();
            let rest = Rest::of(summary, record, section, (offset, limit), page.damage.entries + unread);
            Ok((entries, rest))
        })
    }
}

impl Rest {
    fn of(
        summary: Option<&Summary>,
        record: &RecordLines<'_>,
        section: Section,
        (offset, limit): (u32, u32),
        damaged_entries: u32,
    ) -> Rest {
        let (total, state) = (record.len(section).cross(), summary.and_then(|s| s.sections.get(&section).copied()));
        let next = offset.saturating_add(limit);
        Rest {
            total,
            next_offset: (next < total).then_some(next),
            damaged_entries,
            // Of a damaged summary nobody knows; the notice says so.
            absences: state.map(|state| state.nothing().cross()).unwrap_or_default(),
            notices: crate::notices::of_section(summary, section),
        }
    }
}
