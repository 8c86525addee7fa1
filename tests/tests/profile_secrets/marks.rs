//! What makes a diagnosis secret, and what takes it back: over versions, repetitions, triples and texts.

use super::diagnoses::{OPEN, SECRET, base, now, older, prb, row};
use super::{excluding, imported, kept_out, reported, rows};
use mykarte::record::profile::Profile;
use mykarte_tests::storage::{File, file};
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

/// Registered anew, with U: the registration with the mark was deleted, or is not in today's list.
#[test]
fn a_new_registration_that_says_u_is_shown() {
    let sent = |at: &str, rows: &[String]| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        file("-", "PPR-01", "PPR^ZD1", &rows).occurred(at)
    };
    let at = |action: &str, id: &str, day: &str, mark: &str| prb(action, SECRET, id, &[(2, day), (25, mark)]);
    let first = || sent("20240301120000", &[at("AD", "P1", "20240301", "V")]).flag('2');
    let later = |rows: &[String]| sent("20240501120000", rows);
    let (may, february) = ("20240501", "20240201");
    let deleted = |mark: &str| at("DE", "P1", may, mark);
    for rows in [vec![deleted("U"), at("AD", "P3", may, "U")], vec![deleted(""), at("AD", "P3", may, "U")]] {
        assert_eq!(shown(&[base(), first(), later(&rows)], confidential()), 1, "{rows:?}");
    }
    let shaped = imported(&[base(), first(), later(&[at("AD", "P3", may, "U")])], confidential());
    assert_eq!(shaped.record.diagnoses.len(), 1);
    assert!(shaped.report.kept_out.residue.is_empty(), "its name is no secret any more");
    // Silent, older than the mark, or beside the one with the mark.
    kept_out(&[base(), first(), later(&[at("AD", "P3", may, "")])], &[base()], &confidential(), &["見本秘病"]);
    let rows = [deleted(""), at("AD", "P3", february, "U")];
    kept_out(&[base(), first().flag('1').order(1), later(&rows)], &[base()], &confidential(), &["見本秘病"]);
    let both = [at("UP", "P1", may, ""), at("AD", "P3", may, "U")];
    kept_out(&[base(), first(), later(&both)], &[base()], &confidential(), &["見本秘病"]);
    // The other reason is not taken back by U.
    let unaware = prb("AD", SECRET, "P1", &[(2, "20240301"), (21, "2^未告知^99Y")]);
    let with = [base(), sent("20240301120000", &[unaware]).flag('2'), later(&[at("AD", "P3", may, "U")])];
    kept_out(&with, &[base()], &unaware_too(), &["見本秘病"]);
}

fn unaware_too() -> Profile {
    excluding(json!({ "confidential_diagnoses": true, "unaware_diagnoses": true }))
}

/// A number names another disease after the deletion, or in two lists at once: that one was never marked.
#[test]
fn a_number_that_names_another_disease_does_not_hide_it() {
    let open = || prb("AD", OPEN, "1", &[]);
    let marked = || prb("AD", SECRET, "1", &[(25, "V")]);
    let first = older(&[marked(), prb("DE", SECRET, "1", &[(25, "V")])]);
    kept_out(&[base(), first, now(&[&[open()]])], &[base(), now(&[&[open()]])], &confidential(), &[]);
    let [first, second] = [row(marked(), "20240401"), row(open(), "20240402")];
    let shaped = imported(&[base(), first, second], confidential());
    let names: Vec<&str> = shaped.record.diagnoses.iter().map(|e| e.body.sent.name.as_str()).collect();
    assert_eq!(names, ["便秘症"]);
    assert_eq!(reported(&shaped), rows(&[("diagnoses", "confidential", 1)]));
    // One that is the same disease besides is reported as what it is.
    let again = prb("AD", "L7^見本秘病^99L", "2", &[]);
    let shaped = imported(&[base(), row(marked(), "20240401"), row(again, "20240402")], confidential());
    assert_eq!(reported(&shaped), rows(&[("diagnoses", "confidential", 1), ("diagnoses", "same_disease", 1)]));
    // Without a deletion a newer list only names the same diagnosis otherwise.
    kept_out(&[base(), older(&[marked()]), now(&[&[open()]])], &[base()], &confidential(), &["便秘症"]);
}
