//! What the drill looks for: one row a check. What the reader itself notices ([`ssmix2::Code`]) is checked by the same
//! names, so that a finding is called the same in an import's report and here.

mod read;

use serde::{Deserialize, Serialize};
use ssmix2::{Code, Severity};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Folders, names, flags.
    Structure,
    /// Characters.
    Text,
    /// Fields, values, dates.
    Content,
    /// What patients would see.
    Promise,
    /// What a change of vendor or version left.
    Migration,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Check {
    /// By the reader.
    Read(Code),
    /// By the drill.
    Drill(Drill),
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $group:ident, $severity:ident, $text:literal, $advice:literal;)*) => {
        /// What only the drill looks for. The name in JSON is the snake-case spelling.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Drill { $($(#[$doc])* $name,)* }

        impl Drill {
            /// Every check.
            pub const ALL: &'static [Drill] = &[$(Drill::$name,)*];

            fn row(self) -> (Group, Severity, &'static str, &'static str) {
                match self { $(Drill::$name => (Group::$group, Severity::$severity, $text, $advice),)* }
            }
        }
    };
}

checks! {
    /// See [`crate::mojibake`].
    Mojibake = Text, Error, "文字化け（正しい文字だが日本語の文章になっていない）",
        "出力元の文字コード変換を確認する。例の箇所を電子カルテの画面と見比べる";
    /// `〓` in a text: a converter put it in for a character it did not know.
    Geta = Text, Warning, "読めない文字が〓に置き換えられている", "外字の変換表に登録する";
    /// A character of somebody's own (gaiji) that no other machine can show.
    PrivateUse = Text, Warning, "外字（病院独自の文字）が使われている", "外字をJIS X 0208の文字に置き換えて出力する";
    /// A character that JIS X 0208 does not have.
    OutsideJisX0208 = Text, Info, "JIS X 0208 にない文字（①㈱髙など）", "表示はできる。他社の端末で読めるとは限らない";
    /// A file with flag 0: what it says is not shown.
    DeletedFile = Structure, Info, "取り消されたファイル（フラグ0。表示しない）", "取り消しが意図したものか確認する";
    /// A file of the grammar that lies in no patient's folder.
    OutsidePatients = Structure, Error, "患者のフォルダにない SS-MIX2 のファイル（誰にも表示されない）",
        "患者のフォルダの下の、診療日・データ種別のフォルダに移す";
    /// A file that looks like a message and has no place or name that a reader takes.
    NotTaken = Structure, Error, "場所か名前が規則と違い、読まれない SS-MIX2 のファイル（表示されない）",
        "診療日・データ種別のフォルダに、規則どおりの名前で出力する";
    /// A link in the place of a folder or a message.
    LinkedFolder = Structure, Error, "リンクになっているフォルダ・ファイル（たどらない。中のデータは表示されない）",
        "リンクの先を格納先として指定するか、実体を置く";
    /// A document of no byte.
    EmptyDocument = Structure, Warning, "空の文書", "出力が途中で失敗していないか確認し、再出力する";
    /// The time in a file's name has another length than 17 digits.
    ShortOccurrence = Structure, Info, "ファイル名の発生日時が17桁でない", "読み取りはできる。同じキーの新旧を決める値なので、ミリ秒まで出力する";
    /// The department of the name is not the message's.
    NameDepartmentDiffers = Structure, Info, "ファイル名の診療科が内容と違う", "読み取りはできる。内容の診療科を表示する";
    /// LF, blank lines, FS, no end.
    LineEnds = Structure, Info, "セグメントの区切りや終わりが CR でない", "読み取りはできる。規格は CR だけで区切り、CR で終わる";
    /// The header holds Japanese.
    HeaderNotAscii = Structure, Info, "MSH に日本語がある", "読み取りはできる。MSH は英数字だけで出力する";
    /// No PV1.
    VisitMissing = Structure, Info, "PV1 がない", "読み取りはできる。入外・診療科が分からない";
    /// MSH-9 names another event than the data type.
    EventDiffers = Structure, Info, "MSH-9 のイベントがデータ種別と違う", "データ種別として読む。出力元に伝える";
    /// More fields than HL7 v2.5 gives a segment.
    SegmentTooLong = Structure, Info, "規格より項目の多いセグメント", "規格にない項目は表示しない";
    /// `""`.
    ExplicitNull = Content, Info, "\"\"（削除の指示）が入った項目", "値なしとして扱う";
    /// Blanks around the name of a code system.
    BlankInCodeSystem = Content, Info, "コード体系名の前後に空白がある", "読み取りはできる。空白なしで出力する";
    /// A JLAC10 code of another length than 17.
    Jlac10Length = Content, Info, "17桁でない JLAC10 コード", "読み取りはできる。他の検査と並べて表示できないことがある";
    /// A row of an order among results.
    OrderRowInResults = Content, Info, "検査結果に、値のない依頼の行がある", "結果として表示しない";
    /// Preliminary and final results of one specimen.
    MixedStatus = Content, Info, "1つの検体に速報と最終が混在", "値ごとに状態を表示する";
    /// Slip numbers of one order are of several days, or a drug has none.
    SlipNumberDiffers = Content, Info, "1つのオーダの中で、処方箋番号・伝票番号の日が違うか、番号がない", "番号はまとめの単位に使わない";
    /// The department stands in PV1-8.
    VisitShifted = Content, Info, "診療科が PV1-8 にある", "読み取りはできる。PV1-10 に出力する";
    /// An allergen without a code that others know.
    LocalAllergen = Content, Info, "アレルゲンが院内コードか、コードがない", "名称を表示する。他院のシステムは照合できない";
    /// A reference range in words or of a form of its own.
    RangeForm = Content, Info, "数値の範囲として読めない基準値", "送られたまま表示する。高低の判定は OBX-8 に出力する";
    /// JIS 215D in a drug's name (U+FF0D or U+2212), where others have a hyphen or a long vowel.
    FullWidthMinus = Text, Info, "薬剤名に全角ハイフン（－）がある", "検索では同じ文字として扱う。他院のシステムでは見つからないことがある";
    /// RXA and RXA before one RXR.
    RouteOfSeveral = Content, Info, "複数の RXA に RXR が1つの注射実施", "同じ経路として読む";
    /// A telephone number or postal code without hyphens.
    NoHyphens = Content, Info, "電話番号・郵便番号にハイフンがない", "そのまま表示する";
    /// A time of a form that HL7 does not have.
    TimeForm = Content, Info, "日時の書き方が規格と違う", "読める所まで読む";
    /// A time that ends with the month or the hour.
    TimeCut = Content, Info, "年月まで、または時までの日時", "送られた精度で表示する";
    /// A diagnosis that has ended and whose outcome says that it has not.
    EndedNotRecovered = Content, Info, "終了日があり、転帰は終わっていない病名", "終了日を表示する。転帰が正しいか確認する";
    /// Another ward at discharge than at admission, and no transfer.
    WardWithoutTransfer = Content, Info, "転棟の記録がないのに病棟が変わった入院", "転科・転棟（ADT-42）が出力されているか確認する";
    /// A required field is empty.
    RequiredFieldMissing = Content, Warning, "必須項目が空", "出力元の設定で、この項目を出力する";
    /// A laboratory value without the name of its item.
    ResultWithoutItem = Content, Error, "検査項目名のない検査結果", "OBX-3 に項目コードと名称を出力する";
    /// A message of a data type without what that type is for.
    NothingInMessage = Content, Error, "中身（検査値・薬剤・病名）のないファイル", "出力が途中で失敗していないか確認し、再出力する";
    /// A result without a value.
    ResultWithoutValue = Content, Info, "値のない検査結果", "見出しの行でなければ、OBX-5 に値を出力する";
    /// A number without its unit.
    ResultWithoutUnit = Content, Info, "単位のない数値の検査結果", "OBX-6 に単位を出力する";
    /// A drug or diagnosis that nothing names.
    NameMissing = Content, Error, "名称のない薬剤・病名", "コードだけでなく名称も出力する";
    /// A drug without its directions.
    DrugWithoutUsage = Content, Warning, "用法のない処方", "TQ1-3 または RXE-7 に用法を出力する";
    /// A date after the day of the drill.
    DateInFuture = Content, Info, "未来の日付（予定を除く）", "日付の誤りでないか確認する";
    /// A date before the patient was born.
    DateBeforeBirth = Content, Warning, "生年月日より前の日付", "患者の取り違えや日付の誤りでないか確認する";
    /// An end before its start.
    EndBeforeStart = Content, Warning, "終了日が開始日より前", "日付の誤りでないか確認する";
    /// A laboratory order of more than a month ago without a result.
    OrderWithoutResult = Content, Info, "1か月以上結果のない検査オーダ", "結果（OML-11）が出力されているか確認する";
    /// The same drug of the same day under two orders.
    OrderTwice = Migration, Warning, "同じ内容のオーダが2つのファイルにある", "移行で再発行したものが二重になっていないか確認する";
    /// Several names or units of one code.
    SeveralSpellings = Content, Info, "同じコードに名称・単位がいくつもある", "マスタの変更か、部門ごとのマスタの違いか確認する。表示は送られたまま";
    /// Diagnoses in one file and in many.
    DiagnosisStyles = Migration, Info, "病名ファイルの様式が混在（患者で1ファイル／病名ごと）", "読み取りはできる。移行の時期と合うか確認する";
    /// Messages of several versions.
    SeveralVersions = Migration, Info, "SS-MIX2 の版が混在", "読み取りはできる。移行の時期と合うか確認する";
    /// Of months of a patient one root has nothing, while it has something before and after and another root has those months.
    PeriodOfOneRoot = Migration, Info, "複数の格納先の一方にだけ抜けた期間がある患者", "その格納先で、この期間の出力が抜けていないか確認する";
    /// The re-issue has no folder of a patient.
    PatientLost = Migration, Error, "新しい格納先にない患者", "移行の対象から漏れていないか、患者番号が変わっていないか確認する";
    /// The re-issue lacks an entry.
    EntryLost = Migration, Error, "新しい格納先にないデータ", "例の日付のデータを移行元と電子カルテで確認し、再出力する。verify で新しい格納先も点検する";
    /// The re-issue lacks an entry by which nobody is treated.
    MinorEntryLost = Migration, Warning, "新しい格納先にないデータ（入退院・その他）", "例の日付のデータを移行元と電子カルテで確認し、再出力する";
    /// The re-issue has nothing of months that the old storage has.
    PeriodLost = Migration, Error, "新しい格納先に1件もない期間", "この期間の移行が済んでいるか確認し、再出力する";
    /// The same thing of the same date with another value, unit, dose or drug: what somebody is treated by.
    ValueChanged = Migration, Error, "新しい格納先で、薬・量・用法・検査値・アレルギー・血液型が変わったデータ", "例の箇所を電子カルテと照合し、変換の仕方を直して再出力する";
    /// The same thing of the same date that says something else.
    EntryChanged = Migration, Warning, "新しい格納先で内容が変わったデータ", "どちらが正しいか電子カルテで確認し、変換の仕方を直す";
    /// The same thing of the same date; of a field that nobody is treated by a part is gone.
    FieldLost = Migration, Warning, "新しい格納先で一部がなくなった項目（コード、区分、番号など）", "移行元にあったものか確認し、この項目も出力する";
    /// The re-issue fills patient ids up with another number of zeros.
    IdPadded = Migration, Info, "新しい格納先で患者番号の先頭の0が変わった患者", "同じ患者として比べた。登録済みの患者番号との照合に影響しないか確認する";
    /// Birth date or sex of a patient are not those of before.
    PersonDiffers = Migration, Error, "新しい格納先で生年月日か性別が違う患者", "患者の取り違えでないか、患者番号の付け替えも含めて電子カルテと照合する";
    /// Neither code nor name are those of before; everything else is.
    EntryRenamed = Migration, Warning, "新しい格納先でコードと名称が変わったデータ", "コードの対応表が正しいか、例の薬剤・検査・病名で確認する";
    /// The old storage cannot be read in part: what was lost of it nobody knows.
    NotComparable = Migration, Warning, "元の格納先が読めず、比べられないデータ", "verify で元の格納先を点検する。読めないものは電子カルテと照合する";
    /// What was not over has gone on.
    EntryGoneOn = Migration, Info, "新しい格納先で続きが加わったデータ（終了、最終報告など）", "元の格納先の後に起きたことか確認する";
    /// Fewer files of a data type.
    FewerFilesOfKind = Migration, Info, "新しい格納先でファイルが減ったデータ種別", "1つのファイルにまとめる様式に変わったか、出力が漏れたか確認する";
    /// Entries that the old storage does not have.
    OnlyInNew = Migration, Info, "新しい格納先にだけあるデータ", "元の格納先の後に加わったものか確認する";
    /// Patients whom the old storage does not have.
    PatientOnlyInNew = Migration, Info, "新しい格納先にだけいる患者", "元の格納先の後に加わった患者か確認する";
    /// A patient whose record cannot be made at all.
    PatientNotReadable = Promise, Error, "記録を作れない患者", "患者番号を指定して import を実行し、理由を確認する";
    /// A section of a patient with files that cannot be read.
    SectionUnreadable = Promise, Error, "読めないデータのある区分", "構造・文字の指摘を先に直す";
    /// No ADT-00 that can be read: nobody knows name, birth date or blood type.
    BasicsMissing = Promise, Error, "患者基本情報（ADT-00）のない患者（氏名・生年月日・血液型が出ない）", "ADT-00 が出力されているか、格納先がそろっているか確認する";
    /// A section that the profile shows and of which nobody has anything.
    SectionNeverPresent = Promise, Error, "表示すると決めたのに、どの患者にも1件もない区分", "このデータ種別が出力されているか確認する";
    /// Fields of a section that the profile shows and nobody has.
    FieldNeverPresent = Promise, Warning, "表示すると決めたのに、どの患者にもない項目", "出力元の設定を確認するか、プロファイルから外す";
    /// Nothing came for two months.
    NothingLately = Promise, Warning, "この2か月、新しいデータが1件も届いていない", "出力が止まっていないか確認する";
    /// Fewer patients than an earlier drill found.
    FewerPatients = Promise, Error, "前回より患者が減った", "格納先が全部あるか、移動や削除がなかったか確認する";
    /// Fewer files.
    FewerFiles = Promise, Error, "前回よりファイルが減った", "格納先が全部あるか、移動や削除がなかったか確認する";
    /// A field is in many fewer patients.
    FieldInFewer = Promise, Warning, "前回より、ある患者が減った項目", "出力元の設定が変わっていないか確認する";
    /// A kind of file that came every month and comes no more.
    KindStopped = Promise, Error, "ある時期から届かなくなったデータ種別", "システム更新などで出力が止まっていないか確認する";
}

impl Check {
    /// The name in JSON.
    pub fn key(self) -> String {
        // Both spell themselves as a JSON string.
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Somebody may take another person's data for the patient's, or treat by what is wrong: before all that is only missing.
    pub fn is_dangerous(self) -> bool {
        match self {
            Check::Read(code) => read::is_dangerous(code),
            Check::Drill(drill) => matches!(
                drill,
                Drill::PersonDiffers
                    | Drill::ValueChanged
                    | Drill::PatientLost
                    | Drill::PatientNotReadable
                    | Drill::BasicsMissing
                    | Drill::FewerPatients
                    | Drill::DateBeforeBirth
            ),
        }
    }

    /// It follows from other findings: mending those mends it.
    pub fn is_consequence(self) -> bool {
        matches!(self, Check::Drill(Drill::SectionUnreadable))
    }

    /// What it is about.
    pub fn group(self) -> Group {
        match self {
            Check::Read(code) => read::group(code),
            Check::Drill(drill) => drill.row().0,
        }
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Check::Read(code) => code.severity(),
            Check::Drill(drill) => drill.row().1,
        }
    }

    /// The Japanese sentence for staff.
    pub fn text(self) -> &'static str {
        match self {
            Check::Read(code) => code.text(),
            Check::Drill(drill) => drill.row().2,
        }
    }

    /// What to do about it, in Japanese.
    pub fn advice(self) -> &'static str {
        match self {
            Check::Read(code) => read::advice(code),
            Check::Drill(drill) => drill.row().3,
        }
    }
}
