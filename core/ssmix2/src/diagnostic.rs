//! What a reader noticed, as data: a code, a severity and a place.
//!
//! A diagnostic never holds message content, so it may be logged, counted and
//! put into the hospital's report as it is. Its text is made at display.

use serde::{Deserialize, Serialize};

/// How much a finding matters to the person who reads the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Tolerated by rule; nothing is lost.
    Info,
    /// Read, but something contradicts or had to be repaired.
    Warning,
    /// Something could not be read.
    Error,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)*) => {
        /// What was noticed. The name in JSON is the snake-case spelling.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, for tables and tests.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];
            /// The Japanese sentence for staff.
            pub fn text(self) -> &'static str { match self { $(Code::$name => $text,)* } }
            /// How much it matters.
            pub fn severity(self) -> Severity { match self { $(Code::$name => Severity::$severity,)* } }
        }
    };
}

codes! {
    /// A two-byte character that is in no table (gaiji), or an illegal byte.
    UndecodableCharacter = "文字コード表にない文字・不正なバイト（〓の代わりに U+FFFD）", Error;
    /// `ESC ( B` was missing; the run was closed by rule.
    UnterminatedRun = "漢字の終わりを示す ESC ( B がない", Warning;
    /// The file ends or breaks inside a two-byte character.
    TruncatedCharacter = "2バイト文字の途中で切れている", Error;
    /// Half-width kana as single bytes in a JIS file.
    EightBitKana = "JIS ファイルに8ビットの半角カナ", Info;
    /// MSH-18 says another character set than the bytes.
    CharsetMismatch = "MSH-18 の文字集合の宣言と実際のバイトが違う", Info;
    /// Bytes before the first MSH.
    JunkBeforeMsh = "MSH の前に余分なデータがある", Warning;
    /// A line that is no HL7 segment.
    NotASegment = "HL7 のセグメントではない行", Warning;
    /// A segment id with no field.
    EmptySegment = "中身のないセグメント", Info;
    /// Several messages in one file.
    SecondMessage = "1ファイルに複数のメッセージ", Warning;
    /// MSH-1/2 are not the usual delimiters.
    UnusualDelimiters = "区切り文字が標準（|^~\\&）と違う", Info;
    /// The inside of a field could not be split without a rest.
    FieldNotCovered = "フィールドの内部を最後まで分解できない", Warning;
    /// A backslash that is no HL7 escape, kept as text.
    StrayBackslash = "エスケープではない \\ （文字として残した）", Info;
    /// A date or time that says nothing readable.
    BadTimestamp = "日時として読めない", Warning;
    /// Hours 24 to 47: the next day.
    HourPast24 = "24時以降の時刻（翌日として読んだ）", Info;
    /// OBX-2 says NM and the value is no number.
    NotANumber = "数値型（NM）の値が数値でない", Info;
    /// Only leading zeros tell PID-3 from the folder's id.
    PatientIdLeadingZeros = "PID-3 とフォルダの患者IDが先頭のゼロだけ違う", Info;
    /// PID-3 is another patient's id: quarantined.
    PatientIdDiffers = "PID-3 がフォルダの患者IDと違う（隔離）", Error;
    /// No PID or an empty PID-3: quarantined.
    PatientIdMissing = "PID-3 がない（隔離）", Error;
    /// Same id, other birth date or sex than ADT-00.
    DemographicsDiffer = "生年月日または性別が患者基本情報（ADT-00）と違う", Warning;
    /// The file name's patient id is not the folder's.
    NamePatientDiffers = "ファイル名の患者IDがフォルダと違う", Warning;
    /// The file name's care date is not the folder's.
    NameDateDiffers = "ファイル名の診療日がフォルダと違う", Warning;
    /// The file name's data type is not the folder's.
    NameTypeDiffers = "ファイル名のデータ種別がフォルダと違う", Warning;
    /// A care date that is no calendar date.
    NameDateInvalid = "診療日が暦にない日付", Warning;
    /// Two files with flag 1 and one key; the later one was used.
    TwoCurrentFiles = "同じキーの有効ファイルが2つ（発生日時の新しい方を使用）", Warning;
    /// Flag 2 without a flag 1 of the same key.
    HistoryWithoutCurrent = "旧版だけがあり有効なファイルがない", Warning;
    /// The message's order number is not the file name's.
    OrderNumberDiffers = "オーダ番号がファイル名と違う", Warning;
    /// The message's clinical date is not the folder's care date.
    CareDateDiffers = "診療日フォルダと内容の日付が違う", Info;
    /// MSH-9 names another message than the data type.
    MessageTypeDiffers = "MSH-9 がデータ種別と違う", Warning;
    /// A cancel event in a file with flag 1.
    CancelInCurrentFile = "有効フラグのファイルに取消メッセージ", Warning;
    /// The birth date stands in PID-9.
    BirthDateShifted = "生年月日が PID-9 にある", Warning;
    /// The update time stands in PID-32.
    UpdateTimeShifted = "最終更新日時が PID-32 にある", Info;
    /// The department stands in PV1-8.
    DepartmentShifted = "診療科が PV1-8 にある", Info;
    /// Name marker one component early.
    NameMarkerShifted = "氏名の表記区分が1つ前にずれている", Info;
    /// Blood group code and text exchanged.
    BloodTypeSwapped = "血液型のコードと名称が入れ替わっている", Info;
    /// A 9-digit receipt code labelled as HOT9.
    ReceiptCodeAsHot9 = "レセプト電算コードが HOT9 と表示されている", Info;
    /// The panel heading contradicts the JLAC10 codes below it.
    HeadingContradictsItems = "検査の見出しと項目の分類が違う", Info;
    /// An action or problem code outside its table.
    UnknownActionCode = "表にない区分コード", Warning;
    /// A discharge that closes no admission.
    DischargeWithoutAdmission = "入院のない退院", Warning;
    /// An admission while another is open.
    AdmissionWhileOpen = "退院のないまま次の入院", Warning;
    /// Two different blood types.
    BloodTypeConflict = "血液型が一致しない", Error;
    /// The file is empty.
    EmptyFile = "空のファイル", Error;
    /// The file holds no MSH segment.
    NotHl7 = "HL7 メッセージではない", Error;
    /// The file could not be opened or read.
    FileUnreadable = "ファイルを読めない（権限・障害）", Error;
    /// The folder could not be listed.
    FolderUnreadable = "フォルダを読めない（権限・障害）", Error;
    /// A symbolic link, not followed.
    Symlink = "シンボリックリンク（たどらない）", Info;
    /// A name outside the file-name grammar.
    ForeignFile = "SS-MIX2 の命名規則にないファイル", Info;
    /// Beside the main document of an extended-storage folder: not shown.
    Attachment = "文書の添付ファイル（表示の対象外）", Info;
    /// A data type nobody defined.
    UnknownDataType = "未知のデータ種別", Warning;
    /// A condition flag other than 0, 1, 2.
    UnknownFlag = "コンディションフラグが 0・1・2 でない", Warning;
    /// Larger than any message may be.
    FileTooLarge = "ファイルが大きすぎる", Error;
    /// An entry larger than the record can hold: its long texts were left out.
    EntryTooLarge = "大きすぎる項目（長い文章を省略）", Error;
    /// A transaction-storage file inside the storage.
    TransactionFile = "トランザクションストレージのファイル（対象外）", Info;
}

/// Where a finding was made. Numbers only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Number of the file in the import's list.
    pub file: u32,
    /// 1-based segment number in the file; 0 for the file as a whole.
    pub segment: u32,
    /// 1-based field number; 0 for the segment as a whole.
    pub field: u16,
    /// Byte offset in the file where that is known, else 0.
    pub offset: u64,
}

/// One finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Diagnostic {
    /// What.
    pub code: Code,
    /// Where.
    pub at: Location,
}
