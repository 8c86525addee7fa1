//! The codes that a preview names for `exclude` are those by which entries are taken out.

use mykarte::record::codes::Codes;
use mykarte::record::profile::Profile;
use mykarte::record::profile::document::Exclude;
use mykarte::{ImportRequest, Shaping};
use mykarte_synth::{Options, generate};
use mykarte_tests::profiles::profile;
use mykarte_tests::{import, request};
use serde_json::json;

/// One exclusion a code.
fn each(codes: &Codes) -> Vec<Exclude> {
    let departments = codes.departments.iter().map(|code| json!({ "departments": [code] }));
    let drugs = codes.drugs.iter().map(|code| json!({ "drugs": [code] }));
    let tests = codes.tests.iter().map(|code| json!({ "tests": [code] }));
    departments.chain(drugs).chain(tests).map(|one| serde_json::from_value(one).unwrap()).collect()
}

#[test]
fn a_code_that_is_named_takes_out_all_that_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let truth = generate(&Options::new(1).markers(true), dir.path()).unwrap();
    let patient = truth.patients.keys().next().unwrap();
    let codes = |profile: Profile| {
        let shaping = Shaping { profile, withholding: None };
        import(&ImportRequest { shaping, ..request(&[dir.path()], patient) }).unwrap().record.codes()
    };
    let full = codes(Profile::full());
    let all = each(&full);
    assert!(!full.departments.is_empty() && !full.drugs.is_empty() && !full.tests.is_empty() && all.len() > 20);
    for exclude in all {
        assert!(full.unmatched(&exclude).is_empty(), "{exclude:?} is there");
        let left = codes(profile(|p| p["exclude"] = json!(exclude)));
        assert_eq!(left.unmatched(&exclude), exclude, "nothing that has the code is left");
    }
}
