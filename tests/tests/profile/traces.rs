//! Traces: what is hidden must not be told by a date, a number of files or a finding.

use super::sections::{dates, one_file_each, want};
use mykarte::Imported;
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte::record::profile::apply::apply;
use mykarte_tests::profiles::{
    assert_alike, hide_field, hide_section, period, profile, without_field, without_sections,
};
use mykarte_tests::storage::{file, imported, sealed};
use mykarte_tests::{cases, import};
use serde_json::{Value, json};

/// Where nothing is left that has a file, no date is left either.
#[test]
fn dates_go_with_the_last_section() {
    let mut files = one_file_each();
    files.remove(7);
    let full = imported(&files, Profile::full()).record;
    let hidden: Vec<Section> = Section::ALL.into_iter().filter(|s| *s != Section::Memos).collect();
    let only_memos = apply(&without_sections(&hidden), full).0;
    assert_eq!(dates(&only_memos), want(["", "", ""]), "the files of hidden sections date the record");
}

/// A contradiction of values that are hidden is no longer told.
#[test]
fn a_finding_about_hidden_values_does_not_travel() {
    let case = cases::all().into_iter().find(|case| case.ends_with("blood-types-conflict")).unwrap();
    let mut request = cases::request_of(&case).unwrap();
    let codes = |imported: &Imported| -> Vec<Value> {
        imported.record.summary.report.iter().flat_map(|r| &r.findings).map(|f| json!(f.code)).collect()
    };
    let full = import(&request).unwrap();
    assert!(full.report.findings.iter().any(|f| json!(f.code) == "blood_type_conflict"), "the hospital is told");
    request.shaping.profile = profile(|p| {
        for key in ["blood_abo", "blood_rh"] {
            hide_field(p, Section::Basics, key);
        }
        hide_section(p, Section::Labs);
    });
    let shaped = import(&request).unwrap();
    assert_eq!(json!(shaped.record.basics[0].marks), json!([]), "the mark goes with the values");
    let told = codes(&shaped);
    assert!(!told.contains(&json!("blood_type_conflict")), "the report that travels tells of it: {told:?}");
}

/// A period tells that it is one, and not whether this patient has older results.
#[test]
fn what_is_older_than_a_period_leaves_no_date_and_no_file() {
    let result = |date: &str, number: u32| {
        let rows = ["SPM|1|||023^血清", "OBR|1|3||5^生化学", "OBX|1|NM|3F^見本項||5||||||F"];
        file(date, "OML-11", "OUL^R22", &rows).order(number)
    };
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let recent = [base.clone(), result("20240301", 1)];
    let old = [base, result("20240301", 1), result("20190301", 2)];
    let shown = |files| sealed(&imported(files, profile(|p| period(p, Section::Labs, 12))));
    assert_eq!(shown(&old).len(Section::Labs), 1);
    assert_alike(&shown(&old), &shown(&recent));
}

/// Files that hold nothing but what was given are as if they had not been sent. Otherwise an injection that was given
/// and is hidden makes the section say 登録なし.
#[test]
fn what_was_given_and_is_hidden_leaves_no_date_and_no_file() {
    let rows = ["ORC|NW|2", "RXA|0|1|20240304|20240304|8^見本液^99SYN|1||||||||||||||CP", "RXR|IV"];
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let given = [base.clone(), file("20240304", "OMP-12", "RAS^O17", &rows).order(2)];
    let shown = |files| sealed(&imported(files, without_field(Section::Injections, "administrations")));
    assert_alike(&shown(&given), &shown(&[base]));
}

/// One bad file name must not hide a whole section: a period counts from no later than the import.
#[test]
fn a_file_of_the_future_moves_no_period() {
    let result =
        file("20260301", "OML-11", "OUL^R22", &["SPM|1|||023", "OBR|1|3||5^生化学", "OBX|1|NM|3^項||5||||||F"]);
    let strange = file("20260302", "OMG-01", "OMG^O19", &["ORC|NW|4", "OBR|1|4||1000^単純撮影^JJ1017"]);
    let files = [result.order(3), strange.order(4).occurred("20991231000000")];
    let record = imported(&files, profile(|p| period(p, Section::Labs, 12))).record;
    assert_eq!(record.len(Section::Labs), 1);
}
