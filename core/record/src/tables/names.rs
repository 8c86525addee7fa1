//! The names: which code tables there are, and how the standards spell them.
//!
//! The variant ends in the number its standard gives the table; [`Table::name`] is the name in the tsv files, which is
//! the coding system of the message where one table has one (`HL70162`, `JHSD0006`). MERIT-9 sends all its tables as
//! `MR9P`, JLAC10 all its parts as `JC10`: there the field decides, and the name here adds which part is meant.

/// Declares the enum, its list and its names from one list, so that they cannot drift apart.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Which code table a value belongs to: HL7 v2.5 table numbers and SS-MIX2 / MERIT-9 names as the standards
        /// spell them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Table {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Table {
            /// Every table.
            pub const ALL: &'static [Table] = &[$(Table::$variant),+];

            /// The table's name as its standard spells it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Table::$variant => $name,)+
                }
            }
        }
    };
}

tables! {
    /// 性別, PID-8.
    Sex0001 = "HL70001",
    /// 患者区分, PV1-2.
    PatientClass0004 = "HL70004",
    /// 事象理由, EVN-4.
    EventReason0062 = "HL70062",
    /// 続柄, NK1-3, IN1-17, IAM-15.
    Relationship0063 = "HL70063",
    /// 診療科, PV1-10, ORC-17 and the file name: the unified department codes of the SS-MIX2 code book.
    Department0069 = "HL70069",
    /// 異常フラグ, OBX-8; S, I, R, MS and VS only in microbiology.
    AbnormalFlag0078 = "HL70078",
    /// オーダ状態, ORC-5.
    OrderStatus0038 = "HL70038",
    /// 検査結果状態, OBX-11.
    ResultStatus0085 = "HL70085",
    /// 退院区分, PV1-36.
    DischargeDisposition0112 = "HL70112",
    /// オーダ制御, ORC-1.
    OrderControl0119 = "HL70119",
    /// 値型, OBX-2.
    ValueType0125 = "HL70125",
    /// アレルギー分類, AL1-2, IAM-2.
    AllergenType0127 = "HL70127",
    /// アレルギー重症度, IAM-4.
    AllergySeverity0128 = "HL70128",
    /// はい・いいえ, DB1-4.
    YesNo0136 = "HL70136",
    /// 投与経路, RXR-1.
    Route0162 = "HL70162",
    /// 投与部位, RXR-2.
    Site0163 = "HL70163",
    /// 投薬装置, RXR-3.
    Device0164 = "HL70164",
    /// 投薬方法, RXR-4.
    Method0165 = "HL70165",
    /// 成分タイプ, RXC-1: B is the solution, A what is added to it.
    ComponentType0166 = "HL70166",
    /// 機密, PRB-25.
    Confidentiality0177 = "HL70177",
    /// 住所タイプ, XAD.7.
    AddressType0190 = "HL70190",
    /// 名前タイプ, XPN.7.
    NameType0200 = "HL70200",
    /// 通信用途, XTN.2.
    PhoneUse0201 = "HL70201",
    /// 通信機器, XTN.3.
    PhoneEquipment0202 = "HL70202",
    /// 転帰, PRB-14.
    Outcome0241 = "HL70241",
    /// プロブレムアクション, PRB-1.
    ProblemAction0287 = "HL70287",
    /// 所在場所型, PL.6.
    LocationType0305 = "HL70305",
    /// 実施状態, RXA-20.
    CompletionStatus0322 = "HL70322",
    /// アクション, IAM-6, RXA-21.
    AllergyAction0323 = "HL70323",
    /// 障害者区分, DB1-2.
    DisabilityRelation0334 = "HL70334",
    /// 繰返しパターン, TQ1-3 of diet orders; QnH is listed for 1 to 24 hours.
    RepeatPattern0335 = "HL70335",
    /// 名前の表記, XPN.8.
    NameRepresentation0465 = "HL70465",
    /// オーダタイプ, ORC-29.
    OrderType0482 = "HL70482",
    /// 優先度, TQ1-9.
    Priority0485 = "HL70485",
    /// 保険種別, IN1-2, ZI1-2.
    InsuranceTypeJhsd0001 = "JHSD0001",
    /// 保険プラン, IN1-15.
    PlanTypeJhsd0002 = "JHSD0002",
    /// 診断種別 (診断時期), PRB-10.4.
    DiagnosisTimingJhsd0004 = "JHSD0004",
    /// 疑い, PRB-13.
    SuspicionJhsd0005 = "JHSD0005",
    /// 転帰, PRB-14, the Japanese addition to table 0241.
    OutcomeJhsd0006 = "JHSD0006",
    /// 主病名, PRB-18.
    MainDiagnosisJhsd0007 = "JHSD0007",
    /// 注射区分, RXE-21; also sent as 99I01.
    InjectionCategoryJhsi0001 = "JHSI0001",
    /// 注射種別, RXE-2 of injections; also sent as 99I02.
    InjectionTypeJhsi0002 = "JHSI0002",
    /// 精密持続点滴 and the like.
    InfusionJhsi0003 = "JHSI0003",
    /// 調剤指示, RXE-7.
    DispensingJhsp0001 = "JHSP0001",
    /// 調剤特別指示, RXE-7.
    DispensingSpecialJhsp0002 = "JHSP0002",
    /// 持参薬処方.
    BroughtInJhsp0007 = "JHSP0007",
    /// 血液型 ABO and Rh, OBX-5 under 5H010 and 5H020.
    BloodGroupJshr002 = "JSHR002",
    /// JLAC10 の大分類, the first character of the code.
    Jlac10Category = "JLAC10-category",
    /// JLAC10 の材料, characters 10-12, SPM-4.
    Jlac10Material = "JLAC10-material",
    /// JLAC10 の結果識別, characters 16-17, as far as one label fits every item.
    Jlac10Result = "JLAC10-result",
    /// MERIT-9 表3 剤形, RXE-6.
    DosageFormMr9p = "MR9P-3",
    /// MERIT-9 表4 単位, RXE-5, RXE-11, RXC-4, RXA-7.
    UnitMr9p = "MR9P-4",
    /// MERIT-9 表7 処方区分, RXE-21.
    PrescriptionTypeMr9p = "MR9P-7",
    /// 標準用法 基本用法区分, character 1 of the usage code.
    UsageKindJamisdp01 = "JAMISDP01-kind",
    /// 標準用法 用法詳細区分, characters 1 and 2.
    UsageDetailJamisdp01 = "JAMISDP01-detail",
    /// 標準用法 タイミング指定区分, character 3.
    UsageTimingJamisdp01 = "JAMISDP01-timing",
    /// 標準用法 食事との関係, characters 6 to 8.
    UsageMealJamisdp01 = "JAMISDP01-meal",
}

impl Table {
    /// Whether a lower-case letter must not be read as its upper-case twin.
    ///
    /// True for units (`mpa` is not `MPA`), for usage codes, and for the tables of which the code book's full list is
    /// not known to us, where a lower-case code could mean something else.
    pub fn case_matters(self) -> bool {
        matches!(
            self,
            Table::UnitMr9p
                | Table::DispensingJhsp0001
                | Table::DispensingSpecialJhsp0002
                | Table::BroughtInJhsp0007
                | Table::UsageKindJamisdp01
                | Table::UsageDetailJamisdp01
                | Table::UsageTimingJamisdp01
                | Table::UsageMealJamisdp01
        )
    }
}
