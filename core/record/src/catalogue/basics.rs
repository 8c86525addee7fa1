//! 患者基本情報.

use super::{Row, keep, own, subject, with};
use ssmix2::clinical::Basics;

pub(crate) const FIELDS: &[Row<Basics>] = &[
    subject("patient_id", ("患者ID", "Patient id", "記録の持ち主を示す番号です。区分を出すと必ず出ます。"), &[]),
    with(
        "patient_id",
        "updated_at",
        ("最終更新", "Updated", "基本情報が最後に更新された日時です。区分を出すと必ず出ます。"),
        &["updated_at"],
        keep,
    ),
    own(
        "name",
        ("氏名", "Name", "漢字とカナの氏名です。隠すと本人確認がIDだけになります。"),
        &["name"],
        |e| {
            e.body.name = Default::default();
        },
    ),
    own(
        "birth_date",
        ("生年月日", "Birth date", "隠すと、取り込み直すときに別人の記録でないことを確かめにくくなります。"),
        &["birth_date"],
        |e| e.body.birth_date = None,
    ),
    own(
        "sex",
        ("性別", "Sex", "隠すと、取り込み直すときに別人の記録でないことを確かめにくくなります。"),
        &["sex"],
        |e| {
            e.body.sex = None;
        },
    ),
    own(
        "blood_abo",
        (
            "血液型 ABO",
            "Blood ABO",
            "基本情報と検査結果から、出典を添えてすべて出します。輸血前の検査の代わりにはなりません。",
        ),
        &["blood_abo"],
        |e| e.body.blood_abo.clear(),
    ),
    own(
        "blood_rh",
        ("血液型 Rh", "Blood Rh", "基本情報と検査結果から、出典を添えてすべて出します。"),
        &["blood_rh"],
        |e| e.body.blood_rh.clear(),
    ),
    own(
        "height",
        ("身長", "Height", "最後に測った身長と測定日です。薬の量を決める手がかりになります。"),
        &["height"],
        |e| {
            e.body.height = None;
        },
    ),
    own(
        "weight",
        ("体重", "Weight", "最後に測った体重と測定日です。薬の量を決める手がかりになります。"),
        &["weight"],
        |e| {
            e.body.weight = None;
        },
    ),
    own(
        "addresses",
        ("住所", "Address", "患者の住所です。端末を落とすと人に知られるおそれがあります。"),
        &["addresses"],
        |e| {
            e.body.addresses.clear();
        },
    ),
    own("phones", ("電話", "Telephone", "患者の電話番号です。"), &["phones"], |e| e.body.phones.clear()),
    own(
        "next_of_kin",
        ("家族", "Next of kin", "家族の氏名・続柄・連絡先です。本人以外の個人情報です。"),
        &["next_of_kin"],
        |e| e.body.next_of_kin.clear(),
    ),
    own(
        "disability",
        ("身体障害", "Disability", "身体障害の有無と、だれについての情報かです。"),
        &["disability", "disability_of"],
        |e| (e.body.disability, e.body.disability_of) = (None, None),
    ),
    own(
        "patient_class",
        ("患者区分", "Class", "入院・外来の別（更新時点）です。"),
        &["patient_class"],
        |e| {
            e.body.patient_class = None;
        },
    ),
    own("place", ("所在", "Place", "更新時点の病棟・診療科です。"), &["place"], |e| {
        e.body.place = None
    }),
    own(
        "attending_doctor",
        ("主治医", "Doctor", "主治医の氏名と職員番号です。"),
        &["attending_doctor"],
        |e| {
            e.body.attending_doctor = None;
        },
    ),
    own("insurances", ("保険", "Insurance", "保険の種別・番号・期間です。"), &["insurances"], |e| {
        e.body.insurances.clear();
    }),
    own("death", ("死亡", "Death", "電文に死亡の印があるときの値です。"), &["death"], |e| {
        e.body.death = None
    }),
];
