//! Single entries of a patient that the treating doctor keeps back, by their ids.

use super::{imported, kept_out, list, nowhere, sealed, title};
use mykarte::record::Section;
use mykarte::record::profile::withhold::WithholdingError;
use mykarte::record::profile::{Profile, Withholding};
use mykarte::{ImportError, Imported, NotFound};
use mykarte_tests::entries;
use mykarte_tests::profiles::{assert_alike, plaintext, profile};
use mykarte_tests::storage::{File, file, shaped};
use serde_json::json;

/// Its university says that such lists are used.
fn declaring() -> Profile {
    profile(|p| p["withholding"] = true.into())
}

/// The files with an entry a name.
type Make = fn(&[&str]) -> Vec<File>;

/// One entry that a doctor keeps back: section, a word of it, and the storage with and without it. The storage has one
/// of the same kind beside it, in the same file where a file holds several.
fn pairs() -> Vec<(Section, &'static str, Vec<File>, Vec<File>)> {
    let base = || file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let of = |make: Make| {
        let both = [vec![base()], make(&["秘密の一つ", "見本の一つ"])].concat();
        (both, [vec![base()], make(&["見本の一つ"])].concat())
    };
    let all: [(Section, Make); 6] = [
        (Section::Diagnoses, |names| vec![rows("-", "PPR-01", "PPR^ZD1", names, |n| vec![diagnosis(n)])]),
        (Section::Admissions, |names| names.iter().map(|name| stay(name)).collect()),
        (Section::Prescriptions, |names| vec![rows("20240303", "OMP-01", "RDE^O11", names, drug)]),
        (Section::Injections, |names| vec![rows("20240304", "OMP-02", "RDE^O11", names, bag)]),
        (Section::Labs, |names| vec![rows("20240305", "OML-11", "OUL^R22", names, value)]),
        (Section::Others, |names| names.iter().map(|name| document(name)).collect()),
    ];
    let pair = |(section, make): (Section, Make)| {
        let (with, without) = of(make);
        (section, "秘密の一つ", with, without)
    };
    all.into_iter().map(pair).collect()
}

/// One file with a few segments a name.
fn rows(date: &str, kind: &str, event: &str, names: &[&str], segments: fn(&str) -> Vec<String>) -> File {
    let all: Vec<String> = names.iter().flat_map(|name| segments(name)).collect();
    file(date, kind, event, &all.iter().map(String::as_str).collect::<Vec<_>>()).order(1)
}

fn diagnosis(name: &str) -> String {
    format!("PRB|AD|20240301|C{name}^{name}^99SYN|P{name}|||20240301")
}

fn drug(name: &str) -> Vec<String> {
    vec![format!("ORC|NW|1||1_01_{name}"), format!("RXE||7^{name}^99SYN|1||TAB"), "TQ1|1||||||20240303".into()]
}

fn bag(name: &str) -> Vec<String> {
    vec![format!("ORC|NW|1||1_01_{name}"), "RXE||00|1".into(), format!("RXC|B|8^{name}^99SYN|1|ML")]
}

fn value(name: &str) -> Vec<String> {
    vec!["SPM|1|||023^血清^JC10".into(), "OBR|1|1||5^生化学".into(), format!("OBX|1|NM|9^{name}^99SYN||5||||||F")]
}

/// The secret one is the earlier: the first care date would tell of it.
fn day(name: &str) -> &'static str {
    if name.starts_with("秘密") { "20240201" } else { "20240208" }
}

fn stay(name: &str) -> File {
    file(day(name), "ADT-22", "ADT^A01", &[&format!("PV1|1|I|{name}^301^1{}{}1000", "|".repeat(41), day(name))])
}

fn document(name: &str) -> File {
    file(day(name), "OMG-01", "OMG^O19", &["ORC|NW|4", &format!("OBR|1|4||1000^{name}^JJ1017")]).order(4)
}

#[test]
fn an_entry_that_is_kept_back_is_nowhere() {
    for (section, word, with, without) in pairs() {
        let full = imported(&with, declaring()).record;
        let found = entries(&full, section).into_iter().find(|entry| entry.to_string().contains(word));
        let id = found.unwrap()["id"].as_str().unwrap().to_string();
        let thinned = shaped(&with, declaring(), Some(list(section, &id, &title(&full, section, &id)))).unwrap();
        nowhere(&plaintext(&full), &thinned, &[word]);
        // Nobody knows of the other stay whether it is open, which is all that a later stay could have told of it.
        assert_alike(&sealed(&thinned), &sealed(&imported(&without, declaring())));
        let kept = json!(thinned.report.kept_out.entries);
        assert_eq!(kept, json!([{ "section": section, "rule": "withheld", "count": 1, "ids": [id] }]));
    }
}

/// The order that is kept back takes with it what answers it.
#[test]
fn what_answers_an_entry_that_is_kept_back_goes_too() {
    let base = || file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let orders = |kind: &str, event: &str, segments: &[&str]| file("20240304", kind, event, segments).order(6);
    let given = |kind: &str| {
        orders(kind, "RAS^O17", &["ORC|NW|6", "RXA|0|1|20240304|20240304|L9^病棟名の薬^99L|1||||||||||||||CP"])
    };
    let cases = [
        (
            Section::Prescriptions,
            orders("OMP-01", "RDE^O11", &["ORC|NW|6", "RXE||7^見本錠^99SYN|1||TAB"]),
            given("OMP-11"),
        ),
        (
            Section::Labs,
            orders("OML-11", "OUL^R22", &["SPM|1|||023", "OBR|1|6||5^生化学", "OBX|1|NM|9^見本項^99SYN||5||||||F"]),
            orders("OML-01", "OML^O33", &["ORC|NW|6", "OBR|1|6||L^病棟名の薬"]),
        ),
    ];
    for (section, order, answer) in cases {
        let with = [base(), order, answer];
        let full = imported(&with, declaring()).record;
        let id = entries(&full, section)[0]["id"].as_str().unwrap().to_string();
        let thinned = shaped(&with, declaring(), Some(list(section, &id, &title(&full, section, &id)))).unwrap();
        assert_alike(&sealed(&thinned), &sealed(&imported(&[base()], declaring())));
        assert_eq!(thinned.record.len(Section::Others), 0, "{}", section.key());
    }
}

/// A doctor who keeps a diagnosis back means the disease, not the row.
#[test]
fn a_diagnosis_that_is_kept_back_takes_its_second_registration() {
    let rows = [
        "PRB|AD|20240301|20070001^見本秘病^MDCDX2|P1|||20240301",
        "PRB|AD|20240302|20070001^見本秘病^MDCDX2|P2|||20240302",
    ];
    let with = [file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]), file("-", "PPR-01", "PPR^ZD1", &rows)];
    let id = imported(&with, declaring()).record.diagnoses[0].id.to_string();
    let thinned = shaped(&with, declaring(), Some(list(Section::Diagnoses, &id, "見本秘病"))).unwrap();
    assert!(!plaintext(&thinned.record).contains("見本秘病"));
}

/// Of a list with a slip nothing is imported: what it means to keep back would be shown.
#[test]
fn a_list_that_does_not_fit_stops_the_import() {
    let (_, _, with, _) = pairs().remove(0);
    let unknown = shaped(&with, declaring(), Some(list(Section::Diagnoses, "0123456789ab", "見本")));
    let not_found = |section, id: &str, has_other_title| vec![NotFound { section, id: id.into(), has_other_title }];
    let missed = |result: Result<Imported, ImportError>| match result {
        Err(ImportError::WithheldNotFound { entries }) => entries,
        other => panic!("{other:?}"),
    };
    assert_eq!(missed(unknown), not_found(Section::Diagnoses, "0123456789ab", false));
    let undeclared = shaped(&with, Profile::full(), Some(Withholding::default()));
    assert!(matches!(undeclared, Err(ImportError::WithholdingNotDeclared)), "{undeclared:?}");
    let forgotten = shaped(&with, declaring(), None);
    assert!(matches!(forgotten, Err(ImportError::WithholdingMissing)), "{forgotten:?}");
    // The file was sent again, and another disease stands at this id.
    let id = imported(&with, declaring()).record.diagnoses[0].id.to_string();
    let moved = shaped(&with, declaring(), Some(list(Section::Diagnoses, &id, "ほかの病名")));
    assert_eq!(missed(moved), not_found(Section::Diagnoses, &id, true));
    let twice = r#"{"format":1,"patients":{"1":[],"1":[]}}"#;
    assert!(matches!(Withholding::parse(twice), Err(WithholdingError::RepeatedPatient { .. })));
    for section in [Section::Basics, Section::Allergies, Section::Memos] {
        let entry =
            json!({ "section": section, "id": "1", "title": "見本", "reason": "未告知", "approved_by": "主治医" });
        let parsed = Withholding::parse(&json!({ "format": 1, "patients": { "1": [entry] } }).to_string());
        assert_eq!(parsed, Err(WithholdingError::Section { section }));
    }
}

/// Whom the list does not name, his record looks the same, notice included.
#[test]
fn another_patients_list_changes_nothing() {
    let (section, _, with, _) = pairs().remove(0);
    let other = json!({ "format": 1, "patients": { "7654321": [
        { "section": section, "id": "0123456789ab", "title": "見本", "reason": "未告知", "approved_by": "主治医" }
    ] } });
    let list = Withholding::parse(&other.to_string()).unwrap();
    let listed = shaped(&with, declaring(), Some(list)).unwrap().record;
    assert_eq!(listed, kept_out(&with, &with, &declaring(), &[]).record);
    let notice = json!(listed.summary.profile.unwrap().partial);
    assert_eq!(notice, json!(["diagnoses", "admissions", "prescriptions", "injections", "labs", "others"]));
}
