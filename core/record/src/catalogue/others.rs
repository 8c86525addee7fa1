//! その他.

use super::{Row, keep, own, subject, with};
use ssmix2::clinical::Other;

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
    own("department", ("診療科", "department", "行った診療科です。"), &["department"], |e| {
        e.body.department = None
    }),
    own("doctor", ("医師", "doctor", "依頼した、または担当の医師です。"), &["doctor"], |e| {
        e.body.doctor = None
    }),
    own("order_number", ("オーダ番号", "order", "病院の依頼番号です。"), &["order_number"], |e| {
        e.body.order_number = None;
    }),
    own(
        "items",
        ("明細", "lines", "検査・食事・与薬などの明細と所見です。処方薬の実施記録も含みます。"),
        &["items"],
        |e| e.body.items.clear(),
    ),
];
