//! What the drill says of the findings that the reader itself makes.

use super::Group;
use ssmix2::{Code, Severity};

/// Another person's data may have been taken for the patient's.
pub(super) fn is_dangerous(code: Code) -> bool {
    use Code::*;
    matches!(code, PatientIdDiffers | PatientIdMissing | NamePatientDiffers | DemographicsDiffer | BloodTypeConflict)
}

/// What a finding is about.
pub(super) fn group(code: Code) -> Group {
    use Code::*;
    match code {
        UndecodableCharacter | UnterminatedRun | TruncatedCharacter | EightBitKana | CharsetMismatch
        | StrayBackslash => Group::Text,
        PatientIdLeadingZeros
        | PatientIdDiffers
        | PatientIdMissing
        | NamePatientDiffers
        | NameDateDiffers
        | NameTypeDiffers
        | NameDateInvalid
        | TwoCurrentFiles
        | HistoryWithoutCurrent
        | OrderNumberDiffers
        | CareDateDiffers
        | MessageTypeDiffers
        | CancelInCurrentFile
        | EmptyFile
        | NotHl7
        | FileUnreadable
        | FolderUnreadable
        | Symlink
        | ForeignFile
        | Attachment
        | UnknownDataType
        | UnknownFlag
        | FileTooLarge
        | TransactionFile
        | JunkBeforeMsh
        | NotASegment
        | EmptySegment
        | SecondMessage
        | UnusualDelimiters => Group::Structure,
        FieldNotCovered
        | BadTimestamp
        | HourPast24
        | NotANumber
        | DemographicsDiffer
        | BirthDateShifted
        | UpdateTimeShifted
        | DepartmentShifted
        | NameMarkerShifted
        | BloodTypeSwapped
        | ReceiptCodeAsHot9
        | HeadingContradictsItems
        | UnknownActionCode
        | DischargeWithoutAdmission
        | AdmissionWhileOpen
        | BloodTypeConflict
        | EntryTooLarge => Group::Content,
    }
}

/// What to do about it, in Japanese.
pub(super) fn advice(code: Code) -> &'static str {
    use Code::*;
    match code {
        UndecodableCharacter | TruncatedCharacter => "出力元の文字コード変換と外字の変換表を確認する",
        UnterminatedRun => "漢字の終わりに ESC ( B を出力する",
        PatientIdDiffers | PatientIdMissing | NamePatientDiffers => {
            "別の患者のファイルでないか確認する。正しい患者のものなら、フォルダ・ファイル名・PID-3 をそろえる"
        }
        DemographicsDiffer | BloodTypeConflict => "患者の取り違えでないか、電子カルテと照合する",
        EmptyFile | NotHl7 | FileTooLarge => "出力が途中で失敗していないか確認し、再出力する",
        FileUnreadable | FolderUnreadable => "権限とディスクを確認する",
        TwoCurrentFiles | HistoryWithoutCurrent | CancelInCurrentFile | UnknownFlag => {
            "更新・取消のときのコンディションフラグの付け方を確認する"
        }
        NameDateDiffers | NameTypeDiffers | NameDateInvalid | OrderNumberDiffers | MessageTypeDiffers => {
            "ファイル名・フォルダ・内容のどれが正しいか確認する"
        }
        DischargeWithoutAdmission | AdmissionWhileOpen => "入退院の片方が出力されていないか確認する",
        _ => match code.severity() {
            Severity::Info => "読み取りはできる。出力元に伝える",
            _ => "例の箇所を確認し、出力元に伝える",
        },
    }
}
