//! 検査結果. What a test group shares lies behind one `Arc` ([`GROUP`]) and is taken out once for all its values.

use super::orders::{clear_numbers, clear_people};
use super::{Row, keep, own, subject, with};
use ssmix2::clinical::{Lab, LabContext};

pub(crate) const FIELDS: &[Row<Lab>] = &[
    subject("item", ("検査項目名", "item", "検査の項目です。区分を出すと必ず出ます。"), &["item"]),
    with(
        "item",
        "specimen",
        ("検体", "specimen", "血液・尿などの材料と部位です。項目名と切り離せません。"),
        &["group.specimen", "group.specimen_site"],
        keep,
    ),
    with(
        "item",
        "sub_id",
        ("枝番", "sub id", "同じ項目の結果どうし、菌と薬剤の結果を結びます。項目名と切り離せません。"),
        &["sub_id", "group.parent_sub_id"],
        keep,
    ),
    with("item", "unit", ("単位", "unit", "値と基準の単位です。項目名と切り離せません。"), &["unit"], keep),
    with(
        "item",
        "collected_at",
        ("採取", "collected", "採取または検査の日時です。項目名と切り離せません。"),
        &["observed_at", "group.collected_at", "group.collected_until"],
        keep,
    ),
    with(
        "item",
        "result_status",
        ("結果状態", "result status", "速報・最終・訂正などの状態です。項目名と切り離せません。"),
        &["result_status", "group.report_status"],
        keep,
    ),
    own("value", ("結果値", "value", "病院が送ったとおりの値です。"), &["value", "value_code"], |e| {
        (e.body.value, e.body.value_code, e.body.blood) = (None, None, None);
    }),
    with(
        "value",
        "organism",
        ("菌名・薬剤", "organism and drug", "細菌検査の菌名は結果値そのものです。結果値と切り離せません。"),
        &["microbiology", "group.parent_organism"],
        |e| e.body.microbiology = None,
    ),
    with(
        "value",
        "value_type",
        ("値型", "value type", "数値・文字列などの別です。結果値と切り離せません。"),
        &["value_type"],
        |e| {
            e.body.value_type = None;
        },
    ),
    own(
        "flags",
        ("H/L", "H/L", "基準値から外れた印です。病院が送ったとおりに出し、計算はしません。"),
        &["flags"],
        |e| {
            e.body.flags.clear();
        },
    ),
    own(
        "reference_range",
        ("基準", "range", "基準値です。病院が送ったとおりに出します。"),
        &["reference_range"],
        |e| {
            e.body.reference_range = None;
        },
    ),
    own(
        "comments",
        ("コメント", "comment", "結果や依頼に添えた自由記載です。"),
        &["comments", "group.comments"],
        |e| {
            e.body.comments.clear();
        },
    ),
    own("panel", ("検査グループ", "panel", "検査部が使う見出しです。"), &["group.panel"], keep),
    own(
        "clinical_info",
        ("臨床情報", "clinical information", "依頼に書かれた臨床情報（病名など）です。"),
        &["group.clinical_info"],
        keep,
    ),
    own("reported_at", ("報告", "reported", "結果が報告された日時です。"), &["group.reported_at"], keep),
    own("specimen_id", ("検体ID", "specimen id", "検体の番号です。"), &["group.specimen_id"], keep),
    own(
        "order_times",
        ("オーダ日時", "ordered at", "検査がオーダされた日時です。"),
        &["group.order.at", "group.order.effective_at"],
        keep,
    ),
    own(
        "order_state",
        ("オーダの状態", "order state", "オーダの制御・状態です。結果の状態は別に必ず出ます。"),
        &["group.order.control", "group.order.status", "group.order.control_reason"],
        keep,
    ),
    own("department", ("診療科", "department", "依頼した診療科です。"), &["group.order.department"], keep),
    own(
        "orderer",
        ("依頼医", "ordered by", "依頼した医師と入力者です。"),
        &["group.order.orderer", "group.order.entered_by"],
        keep,
    ),
    own("ward", ("病棟", "ward", "依頼時の病棟です。"), &["group.order.ward"], keep),
    own("patient_class", ("入外区分", "class", "入院・外来の別です。"), &["group.order.patient_class"], keep),
    own(
        "order_number",
        ("オーダ番号", "order", "依頼番号です。"),
        &[
            "group.order.number",
            "group.order.filler_number",
            "group.order.group",
            "group.order.rp",
            "group.order.rp_sequence",
        ],
        keep,
    ),
];

/// How a field is taken out of what a test group shares.
type ClearGroup = fn(&mut LabContext);

/// The same fields where they stand in the group.
pub(crate) const GROUP: &[(&str, ClearGroup)] = &[
    ("organism", |g| g.parent_organism = None),
    ("comments", |g| g.comments.clear()),
    ("panel", |g| g.panel = None),
    ("clinical_info", |g| g.clinical_info = None),
    ("reported_at", |g| g.reported_at = None),
    ("specimen_id", |g| g.specimen_id = None),
    ("order_times", |g| (g.order.at, g.order.effective_at) = (None, None)),
    ("order_state", |g| (g.order.control, g.order.status, g.order.control_reason) = (None, None, None)),
    ("department", |g| g.order.department = None),
    ("orderer", |g| clear_people(&mut g.order)),
    ("ward", |g| g.order.ward = None),
    ("patient_class", |g| g.order.patient_class = None),
    ("order_number", |g| clear_numbers(&mut g.order)),
];
