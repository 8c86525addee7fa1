//! What makes a diagnosis secret, and what takes it back: over versions, repetitions, triples and texts.

use super::diagnoses::{SECRET, base, now, older, prb, row};
use super::{excluding, imported, kept_out, reported, rows};
use mykarte::record::profile::Profile;
use mykarte_tests::storage::File;
use serde_json::json;

fn confidential() -> Profile {
    excluding(json!({ "confidential_diagnoses": true }))
}

fn unaware() -> Profile {
    excluding(json!({ "unaware_diagnoses": true }))
}

/// How many diagnoses are shown of these files.
fn shown(files: &[File], profile: Profile) -> usize {
    imported(files, profile).record.diagnoses.len()
}

/// Yesterday's list, sent with flag 2 since today's is there, or still with flag 1, carried the mark; today's says nothing.
#[test]
fn a_mark_of_yesterdays_list_holds_until_it_is_taken_back() {
    let yesterday = |flag: char| older(&[prb("AD", SECRET, "P1", &[(25, "V")])]).flag(flag);
    let today = |mark: &str| now(&[&[prb("UP", SECRET, "P1", &[(25, mark)])]]);
    for flag in ['1', '2'] {
        kept_out(&[base(), yesterday(flag), today("")], &[base()], &confidential(), &["見本秘病"]);
        assert_eq!(shown(&[base(), yesterday(flag), today("U")], confidential()), 1, "flag {flag}, taken back");
    }
    // One file a diagnosis, sent again under its number.
    let with = [base(), yesterday('2').order(1), today("").order(1)];
    kept_out(&with, &[base()], &confidential(), &["見本秘病"]);
    // Nothing of the older list is shown: neither its diagnoses nor that it was read.
    let unmarked = [base(), older(&[prb("AD", "20070009^見本旧病^MDCDX2", "P9", &[])]), today("U")];
    kept_out(&unmarked, &[base(), today("U")], &confidential(), &[]);
}

/// What was told is told also in a list that is silent again.
#[test]
fn the_last_word_counts() {
    let at = |day: &str, mark: &str| {
        let update = prb("UP", SECRET, "P1", &[(25, mark), (2, day)]);
        row(update, day)
    };
    let history = |marks: [&str; 2]| [base(), at("20240301", marks[0]), at("20240302", marks[1]), at("20240303", "")];
    assert_eq!(shown(&history(["V", "U"]), confidential()), 1);
    assert_eq!(shown(&history(["U", "V"]), confidential()), 0);
}

/// Of a later file and an earlier date, or the other way round: which word is the last nobody can say.
#[test]
fn a_mark_is_not_taken_back_by_what_may_be_older() {
    let at = |sent: &str, acted: &str, mark: &str| row(prb("UP", SECRET, "P1", &[(25, mark), (2, acted)]), sent);
    let with =
        [base(), at("20240310", "20240305", "U"), at("20240320", "20240301", "V"), at("20240325", "20240306", "")];
    kept_out(&with, &[base()], &confidential(), &["見本秘病"]);
    let with =
        [base(), at("20240310", "20240306", "V"), at("20240320", "20240301", "U"), at("20240325", "20240307", "")];
    kept_out(&with, &[base()], &confidential(), &["見本秘病"]);
}

/// PRB-25 and PRB-21 are two reasons: what takes back the one says nothing of the other.
#[test]
fn each_reason_is_taken_back_by_its_own_field() {
    let both = excluding(json!({ "confidential_diagnoses": true, "unaware_diagnoses": true }));
    let first = older(&[prb("AD", SECRET, "P1", &[(21, "2^未告知^99Y"), (25, "R")])]).flag('1');
    let then = |words: &[(usize, &str)]| [base(), first.clone(), now(&[&[prb("UP", SECRET, "P1", words)]])];
    for (half, left) in [((25, "U"), "unaware"), ((21, "1^告知済^99Y"), "confidential")] {
        let shaped = kept_out(&then(&[half]), &[base()], &both, &["見本秘病"]);
        assert_eq!(reported(&shaped), rows(&[("diagnoses", left, 1)]));
    }
    assert_eq!(shown(&then(&[(21, "1^告知済^99Y"), (25, "U")]), both), 1);
}

/// A field that says two things is not plain: it is secret, and takes nothing back.
#[test]
fn only_what_agrees_is_plain() {
    let of = |field: usize, word: &str| [base(), now(&[&[prb("AD", SECRET, "P1", &[(field, word)])]])];
    for word in ["U", "U^通常^HL70177", "U^Usual control^HL70177", "U~U"] {
        assert_eq!(shown(&of(25, word), confidential()), 1, "{word} restricts nothing");
    }
    for word in ["V", "U~V", "~V", "U^^99L^V^非常に限定^HL70177", "U^非常に限定^HL70177", "^通常", "U&V", "Z"]
    {
        kept_out(&of(25, word), &[base()], &confidential(), &["見本秘病"]);
    }
    for word in ["Y", "1^告知済^99Y", "Y^告知済み^99Y~Y"] {
        assert_eq!(shown(&of(21, word), unaware()), 1, "{word}: the patient knows");
    }
    let doubtful = ["N^告知済^99Y", "Y^未告知^99Y", "Y^家族のみ告知済^99Y", "1^告知済^99Y^2^家族のみ^99Z", "Y~N"];
    for word in doubtful {
        kept_out(&of(21, word), &[base()], &unaware(), &["見本秘病"]);
    }
    // And it does not take back what was said before.
    let first = older(&[prb("AD", SECRET, "P1", &[(25, "V")])]).flag('1');
    let with = [base(), first, now(&[&[prb("UP", SECRET, "P1", &[(25, "U~V")])]])];
    kept_out(&with, &[base()], &confidential(), &["見本秘病"]);
}

/// A list of nothing but deletions tells of what it deletes.
#[test]
fn a_file_that_only_deletes_a_secret_is_no_carrier() {
    let first = older(&[prb("AD", SECRET, "P1", &[(25, "V")])]);
    let with = [base(), first, now(&[&[prb("DE", SECRET, "P1", &[])]])];
    kept_out(&with, &[base()], &confidential(), &[]);
}
