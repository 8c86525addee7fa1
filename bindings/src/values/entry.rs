//! An entry of whichever section, for timeline and search.

use super::{Allergy, Basics, Diagnosis, Injection, Lab, LabGroup, Memo, Other, Prescription, Stay};
use crate::cross::Cross;
use mykarte::record::lines;
use mykarte::record::{Section, model};
use mykarte::ssmix2::clinical;

/// An entry with its section.
// It lives for as long as it takes to write it into UniFFI's buffer, which knows no boxes.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum RecordEntry {
    /// 患者基本情報
    Basics(Basics),
    /// アレルギー情報
    Allergy(Allergy),
    /// 病名
    Diagnosis(Diagnosis),
    /// 入退院情報
    Stay(Stay),
    /// 処方オーダー
    Prescription(Prescription),
    /// 注射オーダー
    Injection(Injection),
    /// 検査結果
    Lab {
        /// The result.
        lab: Lab,
        /// What it shares with the other values of its test group.
        group: LabGroup,
    },
    /// 非常時メモ
    Memo(Memo),
    /// その他
    Other(Other),
}

impl RecordEntry {
    /// Reads a line of a section; `None` when it is of a form this version does not know.
    pub(crate) fn read(section: Section, line: &[u8]) -> Option<RecordEntry> {
        Some(match section {
            Section::Basics => Self::Basics(lines::read::<clinical::Basics>(line).ok()?.cross()),
            Section::Allergies => Self::Allergy(lines::read::<model::Allergy>(line).ok()?.cross()),
            Section::Diagnoses => Self::Diagnosis(lines::read::<model::Diagnosis>(line).ok()?.cross()),
            Section::Admissions => Self::Stay(lines::read::<model::Stay>(line).ok()?.cross()),
            Section::Prescriptions => Self::Prescription(lines::read::<model::Prescription>(line).ok()?.cross()),
            Section::Injections => Self::Injection(lines::read::<model::Injection>(line).ok()?.cross()),
            Section::Labs => {
                let entry = lines::read::<clinical::Lab>(line).ok()?;
                Self::Lab { lab: entry.cross(), group: entry.body.group.cross() }
            }
            Section::Memos => Self::Memo(lines::read::<clinical::Memo>(line).ok()?.cross()),
            Section::Others => Self::Other(lines::read::<clinical::Other>(line).ok()?.cross()),
        })
    }
}
