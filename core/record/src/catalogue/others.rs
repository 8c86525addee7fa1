//! その他.

use super::orders::{clear_numbers, clear_people};
use super::{Row, keep, own, subject, with};
use crate::model::Entry;
use ssmix2::clinical::{Order, Other};

/// The orders of drugs that were given.
fn orders(e: &mut Entry<Other>, clear: fn(&mut Order)) {
    e.body.items.iter_mut().filter_map(|item| item.administration.as_deref_mut()).for_each(|a| clear(&mut a.order));
}

pub(crate) const FIELDS: &[Row<Other>] = &[
    subject(
        "title",
        ("内容", "what", "受診・予約・放射線・内視鏡・文書などの種類と題です。区分を出すと必ず出ます。"),
        &["kind", "kind_label", "title"],
    ),
    with("title", "at", ("日時", "when", "行われた、または予定の日時です。内容と切り離せません。"), &["at"], keep),
    with(
        "title",
        "state",
        ("オーダの状態", "order state", "取り消しなどの状態です。内容と切り離せません。"),
        &["control", "cancelled"],
        keep,
    ),
    own(
        "department",
        ("診療科", "department", "行った診療科です。"),
        &["department", "items.administration.order.department"],
        |e| {
            e.body.department = None;
            orders(e, |o| o.department = None);
        },
    ),
    own(
        "doctor",
        ("医師", "doctor", "依頼した、または担当の医師です。"),
        &["doctor", "items.administration.order.orderer", "items.administration.order.entered_by"],
        |e| {
            e.body.doctor = None;
            orders(e, clear_people);
        },
    ),
    own(
        "order_number",
        ("オーダ番号", "order", "病院の依頼番号です。"),
        &[
            "order_number",
            "items.order_number",
            "items.administration.order.number",
            "items.administration.order.filler_number",
            "items.administration.order.group",
            "items.administration.order.rp",
            "items.administration.order.rp_sequence",
        ],
        |e| {
            e.body.order_number = None;
            e.body.items.iter_mut().for_each(|item| item.order_number = None);
            orders(e, clear_numbers);
        },
    ),
    own(
        "items",
        ("明細", "lines", "検査・食事・与薬などの明細と所見です。処方薬の実施記録も含みます。"),
        &["items"],
        |e| e.body.items.clear(),
    ),
];
