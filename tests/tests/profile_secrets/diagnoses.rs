//! Confidential diagnoses (PRB-25) and those of which the patient does not know (PRB-21).

use super::{excluding, imported, kept_out, reported, rows, segment};
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte_tests::storage::{File, file, memo};
use serde_json::json;

pub(super) const SECRET: &str = "20070001^見本秘病^MDCDX2";
pub(super) const OPEN: &str = "20070002^便秘症^MDCDX2";
/// What names it: name, code, doctor, department, comment.
const NAMES: [&str; 5] = ["見本秘病", "20070001", "秘匿", "血液内科", "見本注記"];

pub(super) fn prb(action: &str, disease: &str, instance: &str, more: &[(usize, &str)]) -> String {
    let own = [(1, action), (2, "20240402"), (3, disease), (4, instance), (7, "20240402")];
    segment("PRB", &[more, &own[..]].concat())
}

/// The patient's list of diagnoses as it is now, after the rows that a reader looks at.
pub(super) fn now(rows: &[&[String]]) -> File {
    let rows: Vec<&str> = rows.iter().flat_map(|r| r.iter()).map(String::as_str).collect();
    file("-", "PPR-01", "PPR^ZD1", &rows).occurred("20240402120000")
}

/// The list of an earlier day, which a newer one superseded (flag 2).
pub(super) fn older(rows: &[String]) -> File {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    file("-", "PPR-01", "PPR^ZD1", &rows).occurred("20240301120000").flag('2')
}

/// One row in a file of its own, written on this day.
pub(super) fn row(row: String, day: &str) -> File {
    let number = day.parse().unwrap();
    file("-", "PPR-01", "PPR^ZD1", &[&row]).order(number).occurred(&format!("{day}120000"))
}

pub(super) fn base() -> File {
    file("-", "ADT-00", "ADT^A08", &["PV1|1|O"])
}

/// A row with its order and a comment.
fn detailed(row: String) -> [String; 3] {
    let order = segment("ORC", &[(12, "D7^秘匿^医子"), (17, "07^血液内科^HL70069")]);
    [row, order, "NTE|1||見本注記".to_string()]
}

fn stay() -> File {
    file("20240401", "ADT-22", "ADT^A01", &[&segment("PV1", &[(2, "I"), (3, "3E^301^1"), (44, "202404011000")])])
}

fn at_admission(confidentiality: &str) -> String {
    prb("AD", SECRET, "P1", &[(10, "^^^H^入院時^JHSD0004"), (25, confidentiality)])
}

#[test]
fn a_confidential_diagnosis_is_nowhere() {
    let open = || [prb("AD", OPEN, "P2", &[(10, "^^^H^入院時^JHSD0004")])];
    let with = [now(&[&detailed(at_admission("V^非常に限定^HL70177")), &open()]), stay()];
    let without = [now(&[&open()]), stay()];
    let profile = excluding(json!({ "confidential_diagnoses": true }));
    let shaped = kept_out(&with, &without, &profile, &NAMES);
    assert_eq!(shaped.record.admissions[0].body.reasons.len(), 1, "the other reason for admission stays");
    assert_eq!(reported(&shaped), rows(&[("diagnoses", "confidential", 1)]), "the hospital knows");
    let full = imported(&with, Profile::full()).record;
    let id = &full.diagnoses.iter().find(|d| d.body.sent.name == "見本秘病").unwrap().id;
    assert_eq!(shaped.report.kept_out.entries[0].ids, std::slice::from_ref(id), "by its id in the full record");
}

/// Were the confidential version dropped before versions are merged, the older one would come to light.
#[test]
fn the_older_version_without_the_mark_does_not_resurface() {
    let open = || [prb("AD", OPEN, "P2", &[])];
    // With flag 1 both are read for what they say, with flag 2 the older one only for its marks.
    for flag in ['1', '2'] {
        let old = |rows: &[String]| older(rows).flag(flag);
        let first = old(&[prb("AD", SECRET, "P1", &[]), open()[0].clone()]);
        let with = [now(&[&detailed(at_admission("R")), &open()]), first];
        let without = [now(&[&open()]), old(&open())];
        let shaped = kept_out(&with, &without, &excluding(json!({ "confidential_diagnoses": true })), &NAMES);
        let read = shaped.record.summary.sections[&Section::Diagnoses].carriers_read;
        assert_eq!(read, if flag == '1' { 2 } else { 1 }, "both lists say something of what is shown");
    }
}

/// In- and outpatient systems register one disease twice; the second row has its code, or only its name.
#[test]
fn a_second_registration_without_the_mark_goes_too() {
    let open = || [prb("AD", OPEN, "P2", &[])];
    let again = [
        prb("AD", SECRET, "P3", &[(10, "^^^H^入院時^JHSD0004")]),
        prb("AD", "Z9^見本秘病^99LOCAL", "P4", &[(16, "20200101")]),
    ];
    let with = [now(&[&detailed(at_admission("V")), &open(), &again]), stay()];
    let profile = excluding(json!({ "confidential_diagnoses": true }));
    let shaped = kept_out(&with, &[now(&[&open()]), stay()], &profile, &NAMES);
    assert_eq!(reported(&shaped), rows(&[("diagnoses", "confidential", 1), ("diagnoses", "same_disease", 2)]));
}

#[test]
fn what_the_patient_does_not_know_is_nowhere() {
    let known = || [prb("AD", OPEN, "P2", &[(21, "1^告知済^99Y"), (25, "U")])];
    let unaware = detailed(prb("AD", SECRET, "P1", &[(21, "2^未告知^99Y")]));
    let profile = excluding(json!({ "unaware_diagnoses": true, "confidential_diagnoses": true }));
    let shaped = kept_out(&[now(&[&unaware, &known()])], &[now(&[&known()])], &profile, &NAMES);
    assert_eq!(reported(&shaped), rows(&[("diagnoses", "unaware", 1)]));
    // Each rule on its own looks at its own field.
    let only = excluding(json!({ "confidential_diagnoses": true }));
    assert_eq!(imported(&[now(&[&unaware, &known()])], only).record.diagnoses.len(), 2);
}

/// What the family was told is not what the patient knows.
#[test]
fn a_word_of_the_family_does_not_make_the_patient_aware() {
    let open = || [prb("AD", OPEN, "P2", &[])];
    for said in ["2^未告知（家族に説明済）^99Y", "3^本人には告知済としない^99Y", "4^家族のみ了解^99Y"]
    {
        let with = [now(&[&detailed(prb("AD", SECRET, "P1", &[(21, said)])), &open()])];
        kept_out(&with, &[now(&[&open()])], &excluding(json!({ "unaware_diagnoses": true })), &NAMES);
    }
}

/// Two diagnoses that are only coded have the same words, none at all, and are two diseases.
#[test]
fn a_disease_without_a_name_takes_no_other_with_it() {
    let open = || [prb("AD", "20070002^^MDCDX2", "P2", &[])];
    let with = [now(&[&[prb("AD", "20070001^^MDCDX2", "P1", &[(25, "V")])], &open()])];
    let profile = excluding(json!({ "confidential_diagnoses": true }));
    kept_out(&with, &[now(&[&open()])], &profile, &["20070001"]);
}

/// What was found in a row that is kept out is no finding about the rows beside it.
#[test]
fn a_finding_in_a_secret_row_does_not_travel() {
    let open = || [prb("AD", OPEN, "P2", &[])];
    let with = [now(&[&detailed(prb("ZZ", SECRET, "P1", &[(25, "V")])), &open()])];
    kept_out(&with, &[now(&[&open()])], &excluding(json!({ "confidential_diagnoses": true })), &NAMES);
}

/// A file with nothing else is as if it had not been sent: no carrier, no date.
#[test]
fn a_file_of_secrets_is_no_carrier() {
    let with = [now(&[&detailed(at_admission("V"))]), file("-", "ADT-00", "ADT^A08", &["PV1|1|O"])];
    let profile = excluding(json!({ "confidential_diagnoses": true }));
    let deleted = [now(&[&[prb("DE", SECRET, "P1", &[(25, "V")])]]), with[1].clone()];
    kept_out(&deleted, &with[1..], &profile, &[]);
    let shaped = kept_out(&with, &with[1..], &profile, &NAMES);
    assert_eq!(shaped.record.summary.as_of.unwrap().to_string(), "2024-04-01T12:00:00");
}

#[test]
fn deletions_of_what_is_secret_are_not_counted() {
    let open = || [prb("AD", OPEN, "P2", &[]), prb("DE", "20070003^胃潰瘍^MDCDX2", "P5", &[])];
    let with =
        [now(&[&detailed(at_admission("V")), &open(), &[prb("DE", "20070009^別秘病^MDCDX2", "P6", &[(25, "V")])]])];
    let profile = excluding(json!({ "confidential_diagnoses": true }));
    let shaped = kept_out(&with, &[now(&[&open()])], &profile, &NAMES);
    // Nor are the others: who deletes a diagnosis need not say what it was.
    assert_eq!(shaped.record.summary.withheld.diagnoses_deleted, 0);
}

/// The second registration was taken back: that is still a number about the secret disease.
#[test]
fn the_deletion_of_a_second_registration_is_not_counted() {
    let open = || [prb("AD", OPEN, "P2", &[])];
    let with = [now(&[&detailed(at_admission("V")), &open(), &[prb("DE", SECRET, "P3", &[])]])];
    kept_out(&with, &[now(&[&open()])], &excluding(json!({ "confidential_diagnoses": true })), &NAMES);
}

/// Who deletes a diagnosis need not repeat its mark: only the version beneath says that it is secret.
#[test]
fn the_deletion_of_a_secret_is_not_counted_without_its_mark() {
    let open = || [prb("AD", OPEN, "P2", &[])];
    for flag in ['1', '2'] {
        let first = older(&[at_admission("V"), open()[0].clone()]).flag(flag);
        let with = [now(&[&[prb("DE", SECRET, "P1", &[])], &open()]), first];
        let without = [now(&[&open()]), older(&open()).flag(flag)];
        kept_out(&with, &without, &excluding(json!({ "confidential_diagnoses": true })), &[]);
    }
}

/// Free text is not cut; the hospital is told where the name still stands, and the record is not.
#[test]
fn the_hospital_is_told_where_the_name_still_stands() {
    let with =
        [now(&[&detailed(at_admission("V"))]), memo("20240405", "見本秘病の薬を継続"), memo("20240406", "歩行は可能")];
    let shaped = imported(&with, excluding(json!({ "confidential_diagnoses": true })));
    let residue = &shaped.report.kept_out.residue;
    let memo = shaped.record.memos.iter().find(|m| m.body.text.contains("見本秘病")).unwrap();
    assert_eq!(json!(residue), json!([{ "section": "memos", "id": memo.id }]));
    let travelling = json!(shaped.record.summary.report).to_string();
    assert!(!travelling.contains("kept_out") && !travelling.contains(memo.id.as_str()), "{travelling}");
}

/// Senders leave out what has not changed: only a plain word takes the mark back.
#[test]
fn an_update_that_is_silent_does_not_release_a_secret() {
    let profile = excluding(json!({ "confidential_diagnoses": true }));
    let update = |mark: &str| {
        let row = prb("UP", SECRET, "P1", &[(25, mark)]);
        file("-", "PPR-01", "PPR^ZD1", &[&row]).occurred("20240501120000").order(2)
    };
    let first = || file("-", "PPR-01", "PPR^ZD1", &[&at_admission("R")]).occurred("20240401120000").order(1);
    assert_eq!(imported(&[first(), update("")], profile.clone()).record.diagnoses.len(), 0);
    assert_eq!(imported(&[first(), update("U")], profile).record.diagnoses.len(), 1);
}
