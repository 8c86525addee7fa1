//! 注射オーダー. A field of the order is the same field of what was given of it.

use super::orders::{clear_numbers, clear_people};
use super::{Row, keep, own, subject, with};
use crate::model::{Entry, Injection};
use ssmix2::clinical::{AdministeredDrug, Component, Order};

/// The drugs as given.
fn drugs(e: &mut Entry<Injection>, clear: fn(&mut AdministeredDrug)) {
    e.body.administrations.iter_mut().flat_map(|given| &mut given.sent.drugs).for_each(clear);
}

/// The mixture, of the order and where an administration repeats it.
fn components(e: &mut Entry<Injection>, clear: fn(&mut Component)) {
    e.body.sent.components.iter_mut().for_each(clear);
    e.body.administrations.iter_mut().flat_map(|given| &mut given.sent.ordered).for_each(clear);
}

/// The order, and the one that each administration names.
fn orders(e: &mut Entry<Injection>, clear: fn(&mut Order)) {
    clear(&mut e.body.sent.order);
    e.body.administrations.iter_mut().map(|given| &mut given.sent.order).for_each(clear);
}

pub(crate) const FIELDS: &[Row<Injection>] = &[
    subject(
        "drug",
        ("薬剤名称", "drug", "注射の薬です。混注は薬をすべて出します。区分を出すと必ず出ます。"),
        &[
            "components.kind",
            "components.drug",
            "ordered",
            "administrations.drugs.drug",
            "administrations.ordered.kind",
            "administrations.ordered.drug",
        ],
    ),
    with(
        "drug",
        "start",
        ("予定", "planned", "始める予定の日時、またはオーダの日です。薬剤名称と切り離せません。"),
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
    own(
        "amount",
        ("投与量", "amount", "全量と、薬ごとの量（単位つき）です。"),
        &[
            "volume",
            "volume_max",
            "components.amount",
            "administrations.drugs.amount",
            "administrations.ordered.amount",
        ],
        |e| {
            (e.body.sent.volume, e.body.sent.volume_max) = (None, None);
            components(e, |c| c.amount = None);
            drugs(e, |d| d.amount = None);
        },
    ),
    own(
        "routes",
        ("経路", "route", "静注・点滴などの経路・部位・手技です。"),
        &["routes", "administrations.routes"],
        |e| {
            e.body.sent.routes.clear();
            e.body.administrations.iter_mut().for_each(|given| given.sent.routes.clear());
        },
    ),
    own(
        "rate",
        ("与薬速度", "rate", "時間あたりの量（単位つき）です。"),
        &["rate", "rate_time", "administrations.drugs.rate"],
        |e| {
            (e.body.sent.rate, e.body.sent.rate_time) = (None, None);
            drugs(e, |d| d.rate = None);
        },
    ),
    own(
        "administrations",
        (
            "実施",
            "administration",
            "実際に投与されたか、拒否・中止されたかの記録です。隠すと、オーダのない実施記録は行ごと出ません。",
        ),
        &["administrations"],
        |e| e.body.administrations.clear(),
    ),
    own(
        "strength",
        ("力価", "strength", "薬の力価（単位つき）です。"),
        &["strength", "components.strength", "administrations.drugs.strength", "administrations.ordered.strength"],
        |e| {
            e.body.sent.strength = None;
            components(e, |c| c.strength = None);
            drugs(e, |d| d.strength = None);
        },
    ),
    own("dispensed", ("調剤量", "dispensed", "調剤した量（単位つき）です。"), &["dispensed"], |e| {
        e.body.sent.dispensed = None;
    }),
    own("form", ("剤形", "form", "注射薬の剤形です。"), &["form", "administrations.drugs.form"], |e| {
        e.body.sent.form = None;
        drugs(e, |d| d.form = None);
    }),
    own(
        "types",
        ("区分", "kind", "一般・抗がん剤などの種別と、臨時・定期などの区分です。"),
        &["types", "injection_type", "administrations.injection_type"],
        |e| {
            e.body.sent.types.clear();
            e.body.sent.injection_type = None;
            e.body.administrations.iter_mut().for_each(|given| given.sent.injection_type = None);
        },
    ),
    own("usage", ("用法", "usage", "いつ、どう使うかです。"), &["timing.usage", "timing.notes"], |e| {
        e.body.sent.timing.usage.clear();
        e.body.sent.timing.notes.clear();
    }),
    own(
        "end",
        ("終了予定", "planned end", "終わる予定の日時と期間です。"),
        &["timing.end", "timing.duration", "timing.doses"],
        |e| {
            let timing = &mut e.body.sent.timing;
            (timing.end, timing.duration, timing.doses) = (None, None, None);
        },
    ),
    own("instructions", ("指示", "instructions", "医師の指示です。"), &["instructions"], |e| {
        e.body.sent.instructions.clear();
    }),
    own("priority", ("優先度", "priority", "至急などの優先度です。"), &["timing.priority"], |e| {
        e.body.sent.timing.priority = None;
    }),
    own(
        "codes",
        ("補足コード", "codes", "薬の別のコードです。"),
        &["drug_codes", "components.drug_codes", "administrations.ordered.drug_codes"],
        |e| {
            e.body.sent.drug_codes.clear();
            components(e, |c| c.drug_codes.clear());
        },
    ),
    own(
        "first_ordered_at",
        ("初回オーダ日", "first ordered", "最初にオーダされた日です。"),
        &["first_ordered_at"],
        |e| {
            e.body.sent.first_ordered_at = None;
        },
    ),
    own(
        "observations",
        ("測定値", "observations", "投与量を決めた身長・体重などです。"),
        &["observations"],
        |e| {
            e.body.sent.observations.clear();
        },
    ),
    own(
        "trial",
        ("治験", "trial", "治験の番号と時期です。"),
        &["trial", "trial_phase", "trial_time_point"],
        |e| {
            let i = &mut e.body.sent;
            (i.trial, i.trial_phase, i.trial_time_point) = (None, None, None);
        },
    ),
    own(
        "lots",
        ("ロット", "lot", "ロット番号・有効期限・製造者です。"),
        &["administrations.drugs.lots", "administrations.drugs.expires", "administrations.drugs.maker"],
        |e| {
            drugs(e, |d| {
                d.lots.clear();
                (d.expires, d.maker) = (None, None);
            });
        },
    ),
    own("notes", ("実施の注記", "note", "実施時の注記です。"), &["administrations.drugs.notes"], |e| {
        drugs(e, |d| d.notes.clear());
    }),
    own(
        "performers",
        ("実施者", "performed by", "投与した人です。"),
        &["administrations.drugs.performers"],
        |e| {
            drugs(e, |d| d.performers.clear());
        },
    ),
    own(
        "given_place",
        ("実施場所", "place", "投与した場所です。"),
        &["administrations.drugs.place"],
        |e| {
            drugs(e, |d| d.place = None);
        },
    ),
    own("deliver_to", ("払出先", "deliver to", "薬を届ける先です。"), &["deliver_to"], |e| {
        e.body.sent.deliver_to = None
    }),
    own(
        "department",
        ("診療科", "department", "オーダした診療科です。"),
        &["order.department", "administrations.order.department"],
        |e| orders(e, |o| o.department = None),
    ),
    own(
        "orderer",
        ("依頼医", "ordered by", "オーダした医師と入力者です。"),
        &["order.orderer", "order.entered_by", "administrations.order.orderer", "administrations.order.entered_by"],
        |e| orders(e, clear_people),
    ),
    own(
        "ward",
        ("病棟", "ward", "オーダ時の病棟です。"),
        &["order.ward", "administrations.order.ward"],
        |e| {
            orders(e, |o| o.ward = None);
        },
    ),
    own(
        "patient_class",
        ("入外区分", "class", "入院・外来の別です。"),
        &["order.patient_class", "administrations.order.patient_class"],
        |e| orders(e, |o| o.patient_class = None),
    ),
    own(
        "control_reason",
        ("変更理由", "reason", "オーダを変えた・止めた理由です。"),
        &["order.control_reason", "administrations.order.control_reason"],
        |e| orders(e, |o| o.control_reason = None),
    ),
    own(
        "order_number",
        ("オーダ番号", "order", "依頼番号・Rp番号です。"),
        &[
            "order.number",
            "order.filler_number",
            "order.group",
            "order.rp",
            "order.rp_sequence",
            "administrations.order.number",
            "administrations.order.filler_number",
            "administrations.order.group",
            "administrations.order.rp",
            "administrations.order.rp_sequence",
        ],
        |e| orders(e, clear_numbers),
    ),
    own("slip_number", ("伝票番号", "slip", "注射伝票の番号です。"), &["slip_number"], |e| {
        e.body.sent.slip_number = None
    }),
];
