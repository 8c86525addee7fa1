//! OBX outside the laboratory: body measures, findings, vitals.

use crate::diagnostic::Code;
use crate::message::{Message, Segment};
use crate::types::{Coded, Text, Timestamp};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// One OBX as it was sent.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// OBX-3.
    pub item: Arc<Coded>,
    /// OBX-5; the display text of a coded value.
    pub value: Text,
    /// OBX-6.
    pub unit: Option<Arc<Coded>>,
    /// OBX-8 (0078) exactly as sent.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub flags: Vec<Text>,
    /// OBX-7 exactly as sent.
    pub reference_range: Option<Text>,
    /// OBX-11.
    pub result_status: Option<Text>,
    /// OBX-14.
    pub observed_at: Option<Timestamp>,
}

/// Reads an OBX; `None` when it names no item or holds no value.
pub(super) fn read(obx: &Segment<'_>) -> Option<Observation> {
    obx.skip(&[1]);
    let is_number = |v: &str| v.trim().parse::<f64>().is_ok();
    if obx.id_of(2).as_deref() == Some("NM") && obx.st(5).is_some_and(|v| !is_number(&v)) {
        obx.note(Code::NotANumber, 5);
    }
    Some(Observation {
        item: obx.cwe(3)?,
        value: value(obx)?,
        unit: obx.cwe(6),
        flags: obx.ids_of(8),
        reference_range: obx.st(7),
        result_status: obx.id_of(11),
        observed_at: obx.ts(14),
    })
}

/// OBX-5 as text: the text of a coded value, else the field as sent.
pub(super) fn value(obx: &Segment<'_>) -> Option<Text> {
    match obx.id_of(2).as_deref() {
        Some("CWE" | "CE" | "CNE" | "ZRD" | "XCN") if obx.raw(5).contains(obx.delimiters().component) => {
            let texts: Vec<Text> = match obx.id_of(2).as_deref() {
                Some("XCN") => obx.xcn_all(5).iter().map(|p| p.name.clone()).collect(),
                _ => obx.cwes(5).iter().map(|c| c.display().to_compact_string()).collect(),
            };
            Some(Text::from(texts.join("、"))).filter(|t| !t.is_empty())
        }
        _ => Some(Text::from(obx.sts(5).join("\n"))).filter(|t| !t.is_empty()),
    }
}

/// All OBX of a message that say something.
pub(super) fn all(message: &Message<'_>) -> Vec<Observation> {
    message.all("OBX").filter_map(|obx| read(&obx)).collect()
}
