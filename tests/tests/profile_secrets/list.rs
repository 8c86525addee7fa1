//! Which entries a withholding list means, also when a file was sent again.

use super::{excluding, list, nowhere, sealed, title};
use mykarte::ImportError;
use mykarte::record::profile::{Profile, Withholding};
use mykarte::record::{Record, Section};
use mykarte_tests::profiles::{assert_alike, plaintext, profile};
use mykarte_tests::storage::{File, file, imported, shaped};
use serde_json::json;

fn declaring() -> Profile {
    profile(|p| p["withholding"] = true.into())
}

fn base() -> File {
    file("-", "ADT-00", "ADT^A08", &["PV1|1|O"])
}

fn prescription(drugs: &[&str]) -> File {
    let block = |drug: &&str| ["ORC|NW|5".to_string(), format!("RXE||{drug}|1||TAB"), "TQ1|1||||||20240303".into()];
    let rows: Vec<String> = drugs.iter().flat_map(block).collect();
    file("20240303", "OMP-01", "RDE^O11", &rows.iter().map(String::as_str).collect::<Vec<_>>()).order(5)
}

/// Blood sugar at these times, in this order.
fn sugars(rows: &[(&str, &str)]) -> File {
    let row = |(i, (at, value)): (usize, &(&str, &str))| {
        format!("OBX|{}|NM|3D010^血糖^99L||{value}||||||F|||20240305{at}", i + 1)
    };
    let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
    let head = ["SPM|1|||023", "OBR|1|1||5^負荷試験", "ORC|SC|1"];
    let all: Vec<&str> = head.into_iter().chain(rows.iter().map(String::as_str)).collect();
    file("20240305", "OML-11", "OUL^R22", &all).order(1)
}

/// A list that keeps back these entries.
fn list_of(record: &Record, section: Section, ids: &[String]) -> Withholding {
    let mut all = Withholding::default();
    for id in ids {
        let one = list(section, id, &title(record, section, id));
        for (patient, entries) in one.patients {
            all.patients.entry(patient).or_default().extend(entries);
        }
    }
    all
}

/// Another rule keeps out what has its id now; what the doctor means stands at the next one.
#[test]
fn an_entry_is_not_found_because_another_rule_took_what_has_its_id() {
    let exclude = json!({ "drugs": [{ "code": "999000101" }] });
    let profile = profile(|p| (p["withholding"], p["exclude"]) = (true.into(), exclude));
    let (told, secret) = ("111000101^未告知薬^HOT9", "999000101^除外薬^HOT9");
    let first = [base(), prescription(&[told])];
    let full = imported(&first, profile.clone()).record;
    let list = list_of(&full, Section::Prescriptions, &[full.prescriptions[0].id.to_string()]);
    assert_eq!(shaped(&first, profile.clone(), Some(list.clone())).unwrap().record.prescriptions.len(), 0);
    let again = shaped(&[base(), prescription(&[secret, told])], profile, Some(list));
    assert!(matches!(&again, Err(ImportError::WithheldNotFound { .. })), "{again:?}");
}

/// An item that was examined three times: its time says which, and without one nobody can say.
#[test]
fn a_result_is_meant_with_its_time() {
    let first = [base(), sugars(&[("0900", "100"), ("1000", "777")])];
    let full = imported(&first, declaring()).record;
    let of = |value: &str| full.labs.iter().find(|e| e.body.value.as_deref() == Some(value)).unwrap().id.to_string();
    let list = list_of(&full, Section::Labs, &[of("777")]);
    let thinned = shaped(&first, declaring(), Some(list.clone())).unwrap();
    assert_alike(&sealed(&thinned), &sealed(&imported(&[base(), sugars(&[("0900", "100")])], declaring())));
    let again = shaped(&[base(), sugars(&[("0830", "90"), ("0900", "100"), ("1000", "777")])], declaring(), Some(list));
    assert!(matches!(&again, Err(ImportError::WithheldNotFound { .. })), "{again:?}");
}

/// Two of one title: only a list that names both says what is meant.
#[test]
fn of_two_that_are_alike_both_must_be_named() {
    let with = [base(), sugars(&[("", "100"), ("", "777")]), prescription(&["7^見本錠^HOT9", "7^見本錠^HOT9"])];
    // Two groups, for a second row of one group replaces the first.
    let full = imported(&with, declaring()).record;
    let ids: Vec<String> = full.prescriptions.iter().map(|e| e.id.to_string()).collect();
    let one = shaped(&with, declaring(), Some(list_of(&full, Section::Prescriptions, &ids[..1])));
    let named = |entries: &[(Section, String)]| entries == [(Section::Prescriptions, ids[0].clone())];
    assert!(matches!(&one, Err(ImportError::WithheldAmbiguous { entries }) if named(entries)), "{one:?}");
    let both = shaped(&with, declaring(), Some(list_of(&full, Section::Prescriptions, &ids))).unwrap();
    assert_eq!(both.record.prescriptions.len(), 0);
}

/// Whoever writes the list writes the patient's id as it stands on the card.
#[test]
fn a_patients_id_is_compared_as_that_of_a_file() {
    let with = [base(), prescription(&["7^見本秘錠^HOT9"])];
    let full = imported(&with, declaring()).record;
    let entries = list_of(&full, Section::Prescriptions, &[full.prescriptions[0].id.to_string()]);
    let entries = entries.patients.into_values().next().unwrap();
    for patient in ["01234567", "１２３４５６７", "1234567 ", "0001234567"] {
        let list = Withholding { patients: [(patient.to_string(), entries.clone())].into(), ..Withholding::default() };
        let thinned = shaped(&with, declaring(), Some(list)).unwrap();
        nowhere(&plaintext(&full), &thinned, &["見本秘錠"]);
    }
    let list = Withholding { patients: [("12345670".to_string(), entries)].into(), ..Withholding::default() };
    assert_eq!(shaped(&with, declaring(), Some(list)).unwrap().record.prescriptions.len(), 1, "another patient's");
}

/// A drug that nothing names but its instructions.
#[test]
fn an_entry_without_a_name_can_be_kept_back() {
    let rows = ["ORC|NW|5", "RXE|||1||TAB||^未告知の薬を院外で^99L"];
    let with = [base(), file("20240303", "OMP-01", "RDE^O11", &rows).order(5)];
    let full = imported(&with, declaring()).record;
    let id = full.prescriptions[0].id.to_string();
    assert_eq!(title(&full, Section::Prescriptions, &id), "");
    let thinned = shaped(&with, declaring(), Some(list(Section::Prescriptions, &id, ""))).unwrap();
    nowhere(&plaintext(&full), &thinned, &["未告知の薬"]);
    // An entry with a name is not meant by an empty title.
    let named = [base(), prescription(&["7^見本錠^HOT9"])];
    let stopped = shaped(&named, declaring(), Some(list(Section::Prescriptions, &id, "")));
    assert!(matches!(&stopped, Err(ImportError::WithheldNotFound { .. })), "{stopped:?}");
    assert_eq!(imported(&named, excluding(json!({}))).record.prescriptions.len(), 1);
}
