//! 病名.

use super::{Row, keep, own, subject, with};
use crate::model::Diagnosis;

pub(crate) const FIELDS: &[Row<Diagnosis>] = &[
    subject("name", ("病名", "diagnosis", "表示用の病名です。区分を出すと必ず出ます。"), &["name", "name_from"]),
    with(
        "name",
        "suspected",
        ("疑い", "suspected", "疑い病名の印です。病名と切り離せません。"),
        &["suspected", "suspicion"],
        keep,
    ),
    with(
        "name",
        "start",
        ("開始日", "start", "病名の始まりの日と、その出典です。病名と切り離せません。"),
        &["start", "start_from", "onset", "recorded_at", "action_at"],
        keep,
    ),
    own(
        "end",
        ("終了日", "end", "終わった日です。隠しても、終了した病名は「終了」と示します。"),
        &["end", "end_from", "ended_at", "outcome_at"],
        |e| {
            (e.body.end, e.body.end_from) = (None, None);
            (e.body.sent.ended_at, e.body.sent.outcome_at) = (None, None);
        },
    ),
    own(
        "expected_end",
        ("終了予定", "expected end", "終わる見込みの日です。"),
        &["expected_end"],
        |e| {
            e.body.sent.expected_end = None;
        },
    ),
    own("outcome", ("転帰", "outcome", "治癒・軽快・死亡などです。"), &["outcome"], |e| {
        e.body.sent.outcome = None
    }),
    own("main", ("主病名", "main", "主病名の印です。"), &["main", "ranking"], |e| {
        (e.body.sent.main, e.body.sent.ranking) = (false, None);
    }),
    own(
        "codes",
        ("病名コード", "codes", "病名管理番号・ICD-10・接頭語・接尾語などのコードです。"),
        &["disease", "icd10", "classification", "prefixes", "base", "suffixes", "exchange_codes"],
        |e| {
            let d = &mut e.body.sent;
            (d.disease, d.icd10, d.classification, d.base) = (None, None, None, None);
            [&mut d.prefixes, &mut d.suffixes, &mut d.exchange_codes].into_iter().for_each(Vec::clear);
        },
    ),
    own(
        "timing",
        ("診断種別", "time", "入院時・退院時・外来時などの別です。"),
        &["timing"],
        |e| {
            e.body.sent.timing = None;
        },
    ),
    own(
        "comments",
        ("注記", "comment", "病名に添えた自由記載です。何が書かれているかは病院ごとに違います。"),
        &["comments"],
        |e| {
            e.body.sent.comments.clear();
        },
    ),
    own("teeth", ("歯式", "teeth", "歯科の部位です。"), &["teeth"], |e| e.body.sent.teeth.clear()),
    own(
        "confidentiality",
        ("機密", "confidentiality", "機密区分（PRB-25）です。"),
        &["confidentiality"],
        |e| {
            e.body.sent.confidentiality = None;
        },
    ),
    own(
        "awareness",
        ("告知", "awareness", "本人・家族がどこまで知っているか（PRB-21、PRB-24）です。"),
        &["patient_awareness", "family_awareness"],
        |e| (e.body.sent.patient_awareness, e.body.sent.family_awareness) = (None, None),
    ),
    own("department", ("診療科", "department", "病名を付けた診療科です。"), &["department"], |e| {
        e.body.sent.department = None;
    }),
    own("doctor", ("医師", "doctor", "病名を付けた医師です。"), &["doctor"], |e| {
        e.body.sent.doctor = None
    }),
    own("patient_class", ("入外区分", "class", "入院・外来の別です。"), &["patient_class"], |e| {
        e.body.sent.patient_class = None;
    }),
    own("insurances", ("保険", "insurance", "この病名に使う保険です。"), &["insurances"], |e| {
        e.body.sent.insurances.clear();
    }),
    own(
        "instance_id",
        ("管理番号", "instance id", "病名の管理番号と、登録・更新の別です。"),
        &["instance_id", "action"],
        |e| (e.body.sent.instance_id, e.body.sent.action) = (None, None),
    ),
];
