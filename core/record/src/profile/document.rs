//! The profile as a document: what a university writes down, and the JSON Schema of it.

use crate::catalogue::{self, Part};
use crate::model::Section;
use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use serde_with::skip_serializing_none;
use std::collections::BTreeMap;

/// The only version of the form there is.
pub const FORMAT: u32 = 1;

/// A profile as it is written.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "大学が患者に見せる項目を決める書類。")]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// このファイルの補完と検査に使う JSON Schema の場所。
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// 書式の版。1 です。
    #[schemars(extend("const" = 1))]
    pub format: u32,
    /// プロファイルの識別子。英小文字・数字・ハイフン。
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// プロファイルの名前。
    #[schemars(length(min = 1))]
    pub name: String,
    /// プロファイルの版。内容を変えるたびに 1 増やします。
    #[schemars(range(min = 1))]
    pub version: u32,
    /// もとにしたプロファイルの識別子。
    pub based_on: Option<String>,
    /// 大学・病院。
    pub university: Option<University>,
    /// 患者に示す問い合わせ先。
    #[schemars(length(min = 1))]
    pub contact: Option<String>,
    /// 区分ごとの設定。書かない区分は出しません。
    #[schemars(schema_with = "sections_schema")]
    pub sections: BTreeMap<Section, SectionRule>,
    /// 区分にかかわらず出さないもの。
    #[serde(default, skip_serializing_if = "Exclude::is_empty")]
    pub exclude: Exclude,
    /// 患者ごとの非開示リスト（未告知の病名など）を使う病院か。使う病院では、使わない患者にも同じ断り書きが出ます。
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withholding: bool,
    /// 安全にかかわる区分を出さないことの承認。
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Acknowledged>,
}

/// Whose profile it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "大学・病院。")]
#[serde(deny_unknown_fields)]
pub struct University {
    /// 医療機関の識別子。
    #[schemars(length(min = 1))]
    pub id: String,
    /// 患者に示す名前。
    #[schemars(length(min = 1))]
    pub name: String,
}

/// What is shown of a section.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "区分の設定。")]
#[serde(deny_unknown_fields)]
pub struct SectionRule {
    /// この区分を出すか。
    pub show: bool,
    /// 項目ごとの設定。書かない項目は出しません。
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, bool>,
    /// どこまでさかのぼって出すか。記録の時点（as_of）から数えます。書かなければすべて。
    pub period: Option<Period>,
    /// 出さない区分について患者に示す言葉。
    #[schemars(length(min = 1))]
    pub message: Option<String>,
}

/// How far back, from the record's `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "さかのぼる期間。")]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// 月数。5年なら 60。
    #[schemars(range(min = 1, max = 1800))]
    pub months: u32,
}

/// What is kept out whatever the section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "区分にかかわらず出さないもの。")]
#[serde(deny_unknown_fields, default)]
pub struct Exclude {
    /// 診療科のコード。アレルギーと非常時メモのほかのすべての区分に効きます。
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1)))]
    pub departments: Vec<String>,
    /// 薬のコード。
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drugs: Vec<Code>,
    /// 検査項目のコード。
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Code>,
    /// 機密区分（PRB-25）のある病名を出さない。
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub confidential_diagnoses: bool,
    /// 本人が知らない病名（PRB-21）を出さない。
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unaware_diagnoses: bool,
}

impl Exclude {
    /// Whether nothing is kept out.
    pub fn is_empty(&self) -> bool {
        *self == Exclude::default()
    }
}

/// A code of one coding system, or of any.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "コード。")]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// コード体系（YJ、JC10 など）。書かなければどの体系でも。
    #[schemars(length(min = 1))]
    pub system: Option<String>,
    /// コード。
    #[schemars(length(min = 1))]
    pub code: String,
}

/// Who answers for hiding what a doctor relies on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "安全にかかわる区分を出さないことの承認。")]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    /// 出さない区分。
    pub item: Vital,
    /// 理由。
    #[schemars(length(min = 1))]
    pub reason: String,
    /// 承認した人。
    #[schemars(length(min = 1))]
    pub approved_by: String,
    /// 承認した日。
    #[schemars(with = "String", extend("format" = "date"))]
    pub date: NaiveDate,
}

/// Sections that are not hidden by oversight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "医師が頼りにする区分。")]
#[serde(rename_all = "snake_case")]
pub enum Vital {
    /// アレルギー情報
    Allergies,
    /// 処方オーダー
    Prescriptions,
    /// 注射オーダー
    Injections,
}

impl Vital {
    /// All three.
    pub const ALL: [Vital; 3] = [Vital::Allergies, Vital::Prescriptions, Vital::Injections];

    /// Whether a section is one of them: a doctor prescribes from its page.
    pub fn has(section: Section) -> bool {
        Vital::ALL.into_iter().any(|vital| vital.section() == section)
    }

    /// The section.
    pub fn section(self) -> Section {
        match self {
            Vital::Allergies => Section::Allergies,
            Vital::Prescriptions => Section::Prescriptions,
            Vital::Injections => Section::Injections,
        }
    }
}

/// Sections whose entries may be cut by age: not who somebody is, what they must not be given, or what a doctor
/// wrote in the disaster.
pub fn may_have_period(section: Section) -> bool {
    !matches!(section, Section::Basics | Section::Allergies | Section::Memos)
}

/// The sections with the keys of the catalogue, each with its name and sentence.
fn sections_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut sections = Map::new();
    for section in Section::ALL {
        let mut rule = SectionRule::json_schema(generator).to_value();
        if !may_have_period(section)
            && let Some(properties) = rule["properties"].as_object_mut()
        {
            properties.remove("period");
        }
        let own = catalogue::fields(section).filter(|f| f.part == Part::Own);
        let fields: Map<String, Value> = own
            .map(|f| (f.key.to_string(), json!({ "type": "boolean", "title": f.ja, "description": f.about })))
            .collect();
        rule["properties"]["fields"]["properties"] = Value::Object(fields);
        rule["properties"]["fields"]["additionalProperties"] = Value::Bool(false);
        rule["title"] = crate::labels::section(section, crate::labels::Language::Ja).into();
        sections.insert(section.key().to_string(), rule);
    }
    json_schema!({ "type": "object", "properties": sections, "additionalProperties": false })
}

/// The JSON Schema (draft 2020-12) of a profile.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Document).to_value();
    schema["title"] = "マイカルテ プロファイル".into();
    schema
}
