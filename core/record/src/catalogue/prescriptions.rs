//! 処方オーダー.

use super::orders::{clear_numbers, clear_people};
use super::{Row, keep, own, subject, with};
use crate::model::Prescription;

pub(crate) const FIELDS: &[Row<Prescription>] = &[
    subject("drug", ("薬剤名称", "drug", "処方された薬です。区分を出すと必ず出ます。"), &["drug"]),
    with(
        "drug",
        "start",
        ("開始日", "start", "飲み始める日、またはオーダの日です。薬剤名称と切り離せません。"),
        &["timing.start", "order.at", "order.effective_at"],
        keep,
    ),
    with(
        "drug",
        "state",
        ("オーダの状態", "order state", "中止・取消などの状態です。薬剤名称と切り離せません。"),
        &["order.control", "order.status"],
        keep,
    ),
    with(
        "drug",
        "as_needed",
        ("頓用", "as needed", "必要なときだけ使う薬の印です。薬剤名称と切り離せません。"),
        &["as_needed"],
        keep,
    ),
    own(
        "dispensed",
        ("調剤量", "dispensed", "渡した薬の総量（単位つき）です。"),
        &["dispensed"],
        |e| {
            e.body.sent.dispensed = None;
        },
    ),
    own("dose", ("1回量", "each", "1回に使う量（単位つき）です。"), &["dose", "dose_max"], |e| {
        (e.body.sent.dose, e.body.sent.dose_max) = (None, None);
    }),
    own("daily_dose", ("1日量", "a day", "1日に使う量（単位つき）です。"), &["daily_dose"], |e| {
        e.body.sent.daily_dose = None;
    }),
    own(
        "usage",
        ("用法", "usage", "いつ、どう使うか（毎食後など）です。"),
        &["timing.usage", "timing.notes"],
        |e| {
            e.body.sent.timing.usage.clear();
            e.body.sent.timing.notes.clear();
        },
    ),
    own(
        "days",
        ("期間", "period", "日数または回数と、終わりの日です。"),
        &["timing.duration", "timing.doses", "timing.end", "end", "end_from"],
        |e| {
            let timing = &mut e.body.sent.timing;
            (timing.duration, timing.doses, timing.end) = (None, None, None);
            (e.body.end, e.body.end_from) = (None, None);
        },
    ),
    own("strength", ("力価", "strength", "薬の力価（単位つき）です。"), &["strength"], |e| {
        e.body.sent.strength = None
    }),
    own("form", ("剤形", "form", "錠剤・散剤などの別です。"), &["form"], |e| e.body.sent.form = None),
    own("routes", ("経路", "route", "内服・外用などの経路と部位です。"), &["routes"], |e| {
        e.body.sent.routes.clear()
    }),
    own("instructions", ("指示", "instructions", "医師の指示です。"), &["instructions"], |e| {
        e.body.sent.instructions.clear();
    }),
    own("types", ("区分", "kind", "院内・院外、入院・退院などの区分です。"), &["types"], |e| {
        e.body.sent.types.clear()
    }),
    own("refills", ("リフィル", "refills", "リフィルの回数です。"), &["refills"], |e| {
        e.body.sent.refills = None
    }),
    own("priority", ("優先度", "priority", "至急などの優先度です。"), &["timing.priority"], |e| {
        e.body.sent.timing.priority = None;
    }),
    own("codes", ("補足コード", "codes", "薬の別のコードです。"), &["drug_codes"], |e| {
        e.body.sent.drug_codes.clear()
    }),
    own(
        "first_ordered_at",
        ("初回オーダ日", "first ordered", "最初にオーダされた日です。"),
        &["first_ordered_at"],
        |e| {
            e.body.sent.first_ordered_at = None;
        },
    ),
    own("department", ("診療科", "department", "処方した診療科です。"), &["order.department"], |e| {
        e.body.sent.order.department = None;
    }),
    own(
        "orderer",
        ("依頼医", "ordered by", "処方した医師と入力者です。"),
        &["order.orderer", "order.entered_by"],
        |e| clear_people(&mut e.body.sent.order),
    ),
    own("ward", ("病棟", "ward", "処方時の病棟です。"), &["order.ward"], |e| e.body.sent.order.ward = None),
    own("patient_class", ("入外区分", "class", "入院・外来の別です。"), &["order.patient_class"], |e| {
        e.body.sent.order.patient_class = None;
    }),
    own(
        "control_reason",
        ("変更理由", "reason", "オーダを変えた・止めた理由です。"),
        &["order.control_reason"],
        |e| {
            e.body.sent.order.control_reason = None;
        },
    ),
    own(
        "order_number",
        ("オーダ番号", "order", "依頼番号・Rp番号です。"),
        &["order.number", "order.filler_number", "order.group", "order.rp", "order.rp_sequence"],
        |e| clear_numbers(&mut e.body.sent.order),
    ),
    own(
        "prescription_number",
        ("処方箋番号", "prescription number", "処方箋の番号です。"),
        &["prescription_number"],
        |e| {
            e.body.sent.prescription_number = None;
        },
    ),
];
