//! A disease that is secret goes by all its names and codes, and by those it had before.

use super::diagnoses::{OPEN, SECRET, base, now, older, prb};
use super::{excluding, imported, kept_out};
use mykarte::record::Mark;
use mykarte::record::profile::Profile;
use mykarte_tests::storage::{file, memo};
use serde_json::json;

fn confidential() -> Profile {
    excluding(json!({ "confidential_diagnoses": true }))
}

/// The row with the mark was deleted; the second registration was not.
#[test]
fn a_deleted_secret_takes_its_second_registration() {
    let second = || prb("AD", SECRET, "P3", &[]);
    for flag in ['1', '2'] {
        let first = older(&[prb("AD", SECRET, "P1", &[(25, "V")]), second()]).flag(flag);
        let with = [base(), first, now(&[&[prb("DE", SECRET, "P1", &[(25, "V")]), second()]])];
        kept_out(&with, &[base()], &confidential(), &["見本秘病"]);
    }
}

/// The disease was named otherwise since: under its old name it is registered a second time.
#[test]
fn a_secret_goes_by_its_earlier_name() {
    let renamed = prb("CO", "20070009^見本新名^MDCDX2", "P1", &[]);
    let first = older(&[prb("AD", SECRET, "P1", &[(25, "V")])]).flag('1');
    let with = [base(), first, now(&[&[renamed, prb("AD", SECRET, "P3", &[])]])];
    kept_out(&with, &[base()], &confidential(), &["見本秘病", "見本新名"]);
    // What it was thought to be before it was marked is another disease.
    let first = older(&[prb("AD", OPEN, "P1", &[])]).flag('1');
    let open = || prb("AD", OPEN, "P3", &[]);
    let with = [base(), first, now(&[&[prb("CO", SECRET, "P1", &[(25, "V")]), open()]])];
    let shaped = imported(&with, confidential());
    assert_eq!(shaped.record.diagnoses.len(), 1, "{:?}", shaped.report.kept_out.entries);
}

/// Its name in PRB-17 hides that of PRB-3 and the base word of ZPR; a code without a system is of any.
#[test]
fn a_secret_goes_by_each_of_its_texts_and_codes() {
    let local = || prb("AD", "L7^見本秘病^99L", "P3", &[]);
    let words = "ZPR|1^進行^99|20070001^見本秘病^MDCDX2".to_string();
    let marked = |disease: &str, more: &[(usize, &str)]| prb("AD", disease, "P1", &[&[(25, "V")][..], more].concat());
    let cases = [
        vec![marked(SECRET, &[(17, "見本秘病（術後）")]), local()],
        vec![marked("20070001^^MDCDX2", &[]), words, local()],
        vec![marked(SECRET, &[]), prb("AD", "20070001^見本秘病の増悪", "P3", &[])],
    ];
    for rows in cases {
        kept_out(&[base(), now(&[&rows])], &[base()], &confidential(), &["見本秘病"]);
    }
}

/// A code that a hospital gives to all that has none says nothing; of two names it is no disease.
#[test]
fn a_code_for_everything_takes_nothing_with_it() {
    let open = || [prb("AD", "0000^糖尿病^99L", "P2", &[]), prb("AD", "0000^高血圧^99L", "P3", &[])];
    let with = [base(), now(&[&[prb("AD", "0000^見本秘病^99L", "P1", &[(25, "V")])], &open()])];
    kept_out(&with, &[base(), now(&[&open()])], &confidential(), &["見本秘病"]);
    // A code of a common system is the disease, whatever it is called.
    let same = [prb("AD", "20070001^見本別名^MDCDX2", "P2", &[]), prb("AD", "20070001^見本略名^MDCDX2", "P3", &[])];
    let with = [base(), now(&[&[prb("AD", SECRET, "P1", &[(25, "V")])], &same])];
    kept_out(&with, &[base()], &confidential(), &["見本秘病", "見本別名", "見本略名"]);
    // Nor do two diseases without a code of their own share the words that say so.
    let uncoded = |name: &'static str, id: &str, mark: &str| {
        prb("AD", "0000999^未コード化傷病名^MDCDX2", id, &[(17, name), (25, mark)])
    };
    let with = [base(), now(&[&[uncoded("見本秘病", "P1", "V"), uncoded("便秘", "P2", "")]])];
    kept_out(&with, &[base(), now(&[&[uncoded("便秘", "P2", "")]])], &confidential(), &["見本秘病"]);
}

/// The hospital is told of every name: the earlier one, that of the second registration, and one of a single kanji.
#[test]
fn the_hospital_is_told_of_every_name() {
    let rows = [
        prb("UP", SECRET, "P1", &[(25, "V")]),
        prb("AD", "20070003^痔^MDCDX2", "P2", &[(25, "V")]),
        prb("AD", "20070001^見本別名^MDCDX2", "P3", &[]),
    ];
    let first = older(&[prb("AD", "20070008^見本旧名^MDCDX2", "P1", &[(25, "V")])]).flag('1');
    for text in ["見本旧名の経過は良い", "痔あり", "見本別名の薬を継続"] {
        let with = [base(), first.clone(), now(&[&rows]), memo("20240406", text), memo("20240407", "歩行は可能")];
        let residue = imported(&with, confidential()).report.kept_out.residue;
        assert_eq!(residue.len(), 1, "{text}: {residue:?}");
    }
    // A letter stands in everything.
    let row = prb("AD", "20070004^C^MDCDX2", "P1", &[(25, "V")]);
    let with = [base(), file("-", "PPR-01", "PPR^ZD1", &[&row]), memo("20240406", "CRP 正常")];
    assert!(imported(&with, confidential()).report.kept_out.residue.is_empty());
}

/// 「ワープロ病名」 stands with every disease that is written out: neither the words nor their code are one.
#[test]
fn words_for_all_that_is_written_out_are_no_name() {
    for code in ["9999^ワープロ病名^99L", "^ワープロ病名"] {
        let row = |id: &str, name: &'static str, mark: &str| prb("AD", code, id, &[(17, name), (25, mark)]);
        let open = || [row("P2", "高血圧", ""), row("P3", "ペニシリンショック後", "")];
        let with = [base(), now(&[&[row("P1", "見本秘病", "V")], &open()])];
        let shaped = kept_out(&with, &[base(), now(&[&open()])], &confidential(), &["見本秘病"]);
        assert!(shaped.report.kept_out.residue.is_empty(), "{code}: the words alone tell nothing");
    }
    // A text that the names only say more of is one.
    let row = |id: &str, name: &'static str, mark: &str| prb("AD", "L1^胃癌^99L", id, &[(17, name), (25, mark)]);
    let rows = [row("P1", "進行胃癌", "V"), row("P2", "胃癌術後", ""), prb("AD", "L2^胃癌^99L", "P3", &[])];
    kept_out(&[base(), now(&[&rows])], &[base()], &confidential(), &["胃癌"]);
}

/// Two bruises are two diseases: what they have in common is only the base word, and the hospital is told.
#[test]
fn a_base_word_alone_is_no_disease() {
    let bruise = |code: &str, id: &str, prefix: &str, mark: &str| {
        let words = format!("ZPR|1^{prefix}^99|20060001^打撲傷^MDCDX2");
        [prb("AD", &format!("{code}^{prefix}打撲傷^99A"), id, &[(25, mark)]), words]
    };
    let open = || bruise("2", "P2", "右膝", "");
    let with = [base(), now(&[&bruise("1", "P1", "顔面", "V"), &open()])];
    let shaped = kept_out(&with, &[base(), now(&[&open()])], &confidential(), &["顔面"]);
    let id = shaped.record.diagnoses[0].id.clone();
    assert_eq!(json!(shaped.report.kept_out.residue), json!([{ "section": "diagnoses", "id": id }]));
    // A disease that is called by the base word alone is what it says.
    let whole = prb("AD", "L7^打撲傷^99L", "P3", &[]);
    kept_out(&[base(), now(&[&bruise("1", "P1", "顔面", "V"), &[whole]])], &[base()], &confidential(), &["打撲傷"]);
}

/// A code without a system may be that of any hospital's table: of two names it is none, either way round.
#[test]
fn a_code_without_a_system_is_no_other_local_one() {
    for (secret, open) in [("100^見本秘病", "100^高血圧^99L"), ("100^見本秘病^99K", "100^高血圧")] {
        let open = || prb("AD", open, "P2", &[]);
        let with = [base(), now(&[&[prb("AD", secret, "P1", &[(25, "V")]), open()]])];
        kept_out(&with, &[base(), now(&[&[open()]])], &confidential(), &["見本秘病"]);
    }
}

/// One name that says more than another is no other name: the local code stays one disease.
#[test]
fn a_longer_name_is_no_other_one() {
    let rows = [prb("AD", "L7^見本秘病^99L", "P1", &[(25, "V")]), prb("AD", "L7^見本秘病（再発）^99L", "P3", &[])];
    kept_out(&[base(), now(&[&rows])], &[base()], &confidential(), &["見本秘病"]);
}

/// What another patient's message says is no secret of this one, and the other way round.
#[test]
fn the_secrets_of_two_patients_are_two() {
    let marked = |mark: &str| now(&[&[prb("AD", SECRET, "P1", &[(25, mark)])]]).order(1);
    let other = |mark: &str| now(&[&[prb("AD", SECRET, "P9", &[(25, mark)])]]).order(2).of_another();
    for (own, others) in [("V", ""), ("", "V")] {
        let shaped = imported(&[base(), marked(own), other(others)], confidential());
        let is_other: Vec<bool> =
            shaped.record.diagnoses.iter().map(|e| e.marks.contains(&Mark::OtherPatient)).collect();
        assert_eq!(is_other, [own == "V"], "what is not marked is shown");
    }
}
