//! Sections, statuses, marks, and the four kinds of nothing.

use crate::cross::{Cross, crossing_enum};
use mykarte::record;

crossing_enum! {
    /// A section of the record, in the order a doctor copies them.
    RecordSection = record::Section {
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
}

crossing_enum! {
    /// What an entry is worth.
    Status = record::Status {
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
}

crossing_enum! {
    /// What a reader must know about an entry beside its status.
    Mark = record::Mark {
        /// The file named another patient or none; taken in because the operator said so.
        OtherPatient,
        /// Birth date or sex differ from the patient basics.
        DemographicsDiffer,
        /// 旧版: an older version that is an event of its own.
        OldVersion,
        /// 旧版にのみあり: the current version no longer holds it.
        OnlyInOldVersion,
        /// Deleted by one message and still stated by another.
        DeletedElsewhere,
        /// No patient basics were read: taken from another message.
        FromOtherMessage,
        /// Blood types that contradict each other; none is chosen.
        Conflict,
        /// Nothing says when.
        Undated,
    }
}

/// Why a section shows nothing, or less than it might. The four kinds are never the same to a doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Absence {
    /// 登録なし: what carries it was read and holds none. For allergies this does not mean that there is none.
    NoneRegistered,
    /// 未取得: nothing that carries it was in the import.
    NotInImport,
    /// この病院では提供していません: the university's profile hides it.
    NotProvided,
    /// 読めないデータあり: it stands beside what could be read, too.
    Unreadable {
        /// How many files.
        files: u32,
    },
}

impl Cross<Absence> for record::Nothing {
    fn cross(&self) -> Absence {
        match *self {
            record::Nothing::NoneRegistered => Absence::NoneRegistered,
            record::Nothing::NotInImport => Absence::NotInImport,
            record::Nothing::NotProvided => Absence::NotProvided,
            record::Nothing::Unreadable { files } => Absence::Unreadable { files },
        }
    }
}

impl From<Absence> for record::Nothing {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::NoneRegistered => Self::NoneRegistered,
            Absence::NotInImport => Self::NotInImport,
            Absence::NotProvided => Self::NotProvided,
            Absence::Unreadable { files } => Self::Unreadable { files },
        }
    }
}
