//! アレルギー情報.

use super::{Row, keep, own, subject, with};
use crate::model::{Allergy, Entry};
use ssmix2::clinical::AllergyRow;

/// The entry's own row and those that say something else.
fn each(e: &mut Entry<Allergy>, clear: fn(&mut AllergyRow)) {
    clear(&mut e.body.row);
    e.body.also.iter_mut().for_each(clear);
}

pub(crate) const FIELDS: &[Row<Allergy>] = &[
    subject("allergen", ("アレルゲン", "Allergen", "アレルギーの原因です。区分を出すと必ず出ます。"), &["allergen"]),
    with("allergen", "severity", ("重症度", "severity", "アレルゲンと切り離せません。"), &["severity"], keep),
    with(
        "allergen",
        "clinical_status",
        ("確認状況", "confirmation", "疑いか確認済みかを示します。アレルゲンと切り離せません。"),
        &["clinical_status"],
        keep,
    ),
    with(
        "allergen",
        "action",
        ("操作", "action", "追加・更新の別です。アレルゲンと切り離せません。"),
        &["action"],
        keep,
    ),
    with(
        "allergen",
        "onset",
        ("発症", "onset", "発症した日や時期です。アレルゲンと切り離せません。"),
        &["onset", "onset_text"],
        keep,
    ),
    with(
        "allergen",
        "reported_at",
        ("情報提供日", "reported at", "情報が寄せられた日です。アレルゲンと切り離せません。"),
        &["reported_at"],
        keep,
    ),
    with(
        "allergen",
        "read_from",
        ("出典", "from", "どの種類の電文から読んだかです。アレルゲンと切り離せません。"),
        &["stated_in", "read_from"],
        keep,
    ),
    own("category", ("分類", "category", "薬剤・食品などの分類です。"), &["category"], |e| {
        each(e, |r| r.category = None)
    }),
    own(
        "reactions",
        ("反応", "reactions", "起きた症状（発疹、呼吸困難など）です。"),
        &["reactions"],
        |e| {
            each(e, |r| r.reactions.clear());
        },
    ),
    own(
        "sensitivity",
        ("感受性", "sensitivity", "アレルギー・副作用・不耐性などの別です。"),
        &["sensitivity"],
        |e| {
            each(e, |r| r.sensitivity = None);
        },
    ),
    own("group", ("群", "group", "アレルゲンが属する群です。"), &["group"], |e| {
        each(e, |r| r.group = None)
    }),
    own(
        "reported_by",
        ("情報提供", "reported by", "情報を寄せた人と続柄です。"),
        &["reported_by", "reported_by_relation"],
        |e| each(e, |r| (r.reported_by, r.reported_by_relation) = (None, None)),
    ),
    own(
        "confirmed_by",
        ("確認", "confirmed by", "確認した人・機関・日時です。"),
        &["confirmed_by", "confirmed_at_organisation", "confirmed_at"],
        |e| each(e, |r| (r.confirmed_by, r.confirmed_at_organisation, r.confirmed_at) = (None, None, None)),
    ),
    own("action_reason", ("理由", "reason", "追加・変更の理由です。"), &["action_reason"], |e| {
        each(e, |r| r.action_reason = None);
    }),
    own("instance_id", ("識別番号", "instance id", "病院の管理番号です。"), &["instance_id"], |e| {
        each(e, |r| r.id = None)
    }),
];
