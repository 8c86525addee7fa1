//! Every word a screen shows that the hospital did not send, in both languages.
//!
//! Code tables are in [`crate::tables`]; here are sections, fields, statuses,
//! marks and the four kinds of nothing.

use crate::model::{Mark, Nothing, Section, Status};

/// The language of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// Picks one of two texts.
    pub fn pick<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// The name of a section.
pub fn section(section: Section, language: Language) -> &'static str {
    let (ja, en) = match section {
        Section::Basics => ("患者基本情報", "Patient basics"),
        Section::Allergies => ("アレルギー情報", "Allergies"),
        Section::Diagnoses => ("病名", "Diagnoses"),
        Section::Admissions => ("入退院情報", "Admissions"),
        Section::Prescriptions => ("処方オーダー", "Prescriptions"),
        Section::Injections => ("注射オーダー", "Injections"),
        Section::Labs => ("検査結果", "Laboratory results"),
        Section::Memos => ("非常時メモ", "Emergency memos"),
        Section::Others => ("その他", "Others"),
    };
    language.pick(ja, en)
}

/// The word for a status.
pub fn status(status: Status, language: Language) -> &'static str {
    let (ja, en) = match status {
        Status::Registered => ("登録", "registered"),
        Status::Ordered => ("オーダ", "ordered"),
        Status::Held => ("保留", "on hold"),
        Status::Replaced => ("変更済（無効）", "replaced"),
        Status::Cancelled => ("取消", "cancelled"),
        Status::Discontinued => ("中止", "discontinued"),
        Status::Given => ("実施済", "given"),
        Status::Partial => ("一部実施", "partially given"),
        Status::Refused => ("拒否", "refused"),
        Status::NotGiven => ("未実施", "not given"),
        Status::Retracted => ("実施取消", "retracted"),
        Status::Mixed => ("薬剤ごとに異なる", "differs by drug"),
        Status::Final => ("最終", "final"),
        Status::Corrected => ("訂正", "corrected"),
        Status::Preliminary => ("速報（未確定）", "preliminary"),
        Status::PartialResult => ("一部の結果", "partial result"),
        Status::Pending => ("検査中", "pending"),
        Status::NotVerified => ("未検証", "not verified"),
        Status::NoResult => ("結果なし", "no result"),
        Status::Active => ("継続中", "active"),
        Status::Ended => ("終了", "ended"),
        Status::Open => ("入院中（退院の登録なし）", "no discharge registered"),
        Status::EndUnknown => ("退院日不明", "end unknown"),
        Status::Planned => ("予定", "planned"),
        Status::Done => ("実施", "done"),
        Status::Unknown => ("状態不明", "status unknown"),
    };
    language.pick(ja, en)
}

/// The word for a mark.
pub fn mark(mark: Mark, language: Language) -> &'static str {
    let (ja, en) = match mark {
        Mark::OtherPatient => ("患者ID不一致（取込時に承認）", "patient id differs (accepted at import)"),
        Mark::DemographicsDiffer => ("生年月日・性別が基本情報と不一致", "birth date or sex differ from the basics"),
        Mark::OldVersion => ("旧版", "older version"),
        Mark::OnlyInOldVersion => ("旧版にのみあり", "only in an older version"),
        Mark::DeletedElsewhere => ("アレルギー情報（ADT-61）では削除", "deleted in ADT-61"),
        Mark::FromOtherMessage => ("患者基本情報なし（他の電文から）", "no patient basics; from another message"),
        Mark::Conflict => ("血液型が一致しません", "blood types contradict each other"),
        Mark::Undated => ("日付なし", "undated"),
    };
    language.pick(ja, en)
}

/// One of the four kinds of nothing (clinical rule 3).
pub fn nothing(nothing: Nothing, section: Section, language: Language) -> String {
    match nothing {
        Nothing::NoneRegistered if section == Section::Allergies => {
            let (ja, en) = (
                "登録なし（アレルギーがないという意味ではありません）",
                "none registered (this does not mean that there is no allergy)",
            );
            language.pick(ja, en).to_string()
        }
        Nothing::NoneRegistered => language.pick("登録なし", "none registered").to_string(),
        Nothing::NotInImport => language.pick("未取得", "not in the import").to_string(),
        Nothing::NotProvided => {
            language.pick("この病院では提供していません", "not provided by this hospital").to_string()
        }
        Nothing::Unreadable { files } => match language {
            Language::Ja => format!("読めないデータあり（{files}件）"),
            Language::En => format!("there is data that could not be read ({files} files)"),
        },
    }
}

/// Where the summary is damaged, which says what is not provided.
pub fn unknown_shape(language: Language) -> &'static str {
    language.pick(
        "要約が壊れていて、提供されていない区分があるか分かりません。アレルギーと薬は本人・家族に必ず確認してください。",
        "the summary is damaged: sections may be missing. Always ask the patient or family about allergies and drugs.",
    )
}

/// What stands in front of the names of fields that are not provided, and between them.
pub fn fields_not_provided(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Ja => ("提供していない項目: ", "、"),
        Language::En => ("fields not provided: ", ", "),
    }
}
