//! 入退院情報. `movement` stands for the admission, the discharge and each transfer.

use super::{Row, own, subject};
use crate::model::{Entry, Stay};
use ssmix2::clinical::Movement;

fn each(e: &mut Entry<Stay>, clear: fn(&mut Movement)) {
    let stay = &mut e.body;
    stay.admission.iter_mut().chain(&mut stay.discharge).chain(&mut stay.transfers).for_each(clear);
}

pub(crate) const FIELDS: &[Row<Stay>] = &[
    subject(
        "period",
        ("入院期間", "stay", "入院・退院・転科転棟の日時です。区分を出すと必ず出ます。"),
        &[
            "admitted_at",
            "admitted_from",
            "discharged_at",
            "discharged_from",
            "paired_by",
            "movement.kind",
            "movement.at",
            "movement.at_from",
            "movement.admitted_at",
        ],
    ),
    own("department", ("診療科", "department", "入院中の診療科です。"), &["movement.department"], |e| {
        each(e, |m| m.department = None);
    }),
    own(
        "reasons",
        (
            "事由（入院時病名）",
            "reason (diagnosis at admission)",
            "入院時の病名と、入退院の事由コードです。病名の区分を隠すと、病名からの事由も出ません。",
        ),
        &["reasons", "movement.event_reason"],
        |e| {
            e.body.reasons.clear();
            each(e, |m| m.event_reason = None);
        },
    ),
    own(
        "place",
        ("病棟・病室", "ward", "入院中の病棟・病室・病床です。"),
        &["movement.place", "movement.previous_place"],
        |e| each(e, |m| (m.place, m.previous_place) = (None, None)),
    ),
    own(
        "doctors",
        ("担当医", "doctors", "主治医と入院時の医師です。"),
        &["movement.attending_doctor", "movement.admitting_doctor"],
        |e| each(e, |m| (m.attending_doctor, m.admitting_doctor) = (None, None)),
    ),
    own(
        "disposition",
        ("退院区分", "disposition", "退院のしかた（軽快・転院・死亡など）です。"),
        &["movement.disposition", "died"],
        |e| {
            e.body.died = false;
            each(e, |m| m.disposition = None);
        },
    ),
    own(
        "recorded_at",
        ("入力日時", "recorded at", "入退院がシステムに入力された日時です。"),
        &["movement.recorded_at"],
        |e| each(e, |m| m.recorded_at = None),
    ),
];
