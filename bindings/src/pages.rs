//! Sections page by page, each with its own type, its kinds of nothing and its notices.

use crate::cross::Cross;
use crate::error::MyKarteError;
use crate::notices::Notice;
use crate::record::PatientRecord;
use crate::values::*;
use mykarte::record::{Entry, Section, lines, model};
use mykarte::ssmix2::clinical;
use serde::de::DeserializeOwned;

/// The most entries of one page: more would only cost memory on both sides.
pub(crate) const MAX_PAGE: u32 = 5_000;

/// What a page has beside its entries.
struct Rest {
    total: u32,
    has_more: bool,
    damaged_entries: u32,
    absences: Vec<Absence>,
    notices: Vec<Notice>,
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
            /// Whether another page follows.
            pub has_more: bool,
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
            /// Places `offset` to `offset + limit`, at most 5,000.
            pub fn $method(&self, offset: u32, limit: u32) -> Result<$page, MyKarteError> {
                let (entries, rest) = self.page::<$body, $entry>(Section::$section, offset, limit)?;
                let Rest { total, has_more, damaged_entries, absences, notices } = rest;
                Ok($page { entries, total, has_more, damaged_entries, absences, notices })
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
    /// 検査結果, newest first, values of one report in their order.
    labs -> LabPage of Lab = Labs, clinical::Lab;
    /// 非常時メモ, newest first.
    memos -> MemoPage of Memo = Memos, clinical::Memo;
    /// その他, newest first.
    others -> OtherPage of Other = Others, clinical::Other;
}

impl PatientRecord {
    fn page<B, E>(&self, section: Section, offset: u32, limit: u32) -> Result<(Vec<E>, Rest), MyKarteError>
    where
        B: DeserializeOwned,
        Entry<B>: Cross<E>,
    {
        self.read(|summary, record| {
            let (offset, limit) = (offset as usize, limit.min(MAX_PAGE) as usize);
            let (page, total) = (record.page(section, offset, limit), record.len(section));
            let read = page.lines.iter().map(|line| lines::read::<B>(line).map(|entry| entry.cross()));
            let entries: Vec<E> = read.flatten().collect();
            let unread = page.lines.len() - entries.len() + page.damage.entries as usize;
            let state = summary.and_then(|s| s.sections.get(&section).copied()).unwrap_or_default();
            let rest = Rest {
                total: total.cross(),
                has_more: offset + limit < total,
                damaged_entries: unread.cross(),
                // Of a damaged summary nobody knows; the notice says so.
                absences: if summary.is_some() { state.nothing().cross() } else { Vec::new() },
                notices: crate::notices::of_section(summary, section),
            };
            Ok((entries, rest))
        })
    }
}
