//! The standard's own sample messages and a synthetic population with counted
//! truth: every count and every list.
#![allow(clippy::unwrap_used)]

use mykarte::record::Section;
use mykarte_tests::{import, request, samples, section, summary};
use serde_json::Value;

#[test]
fn twins_small_agrees_with_its_truth() {
    let Some(samples) = samples() else { return };
    let truth: Value = serde_json::from_slice(&std::fs::read(samples.join("twins-small/truth.json")).unwrap()).unwrap();
    let storage = samples.join("twins-small/storage");
    let patients = truth["patients"].as_object().unwrap();
    assert_eq!(patients.len(), 5);
    for (id, want) in patients {
        let imported = import(&request(&[&storage], id)).unwrap();
        let s = summary(&imported);
        for (key, truth_key) in [
            ("allergies", "allergies"),
            ("diagnoses", "diagnoses"),
            ("admissions", "admissions"),
            ("prescription_orders", "prescription_orders"),
            ("prescription_drugs", "prescription_drug_lines"),
            ("injection_orders", "injection_orders"),
            ("injection_blocks", "injection_groups"),
            ("injection_components", "injection_components"),
            ("lab_results", "lab_values"),
            ("others", "outpatient_days"),
        ] {
            assert_eq!(s["counts"][key], want[truth_key], "{id} {key}");
        }
        for (key, truth_key) in [
            ("patient_id", "patient_id"),
            ("name", "name"),
            ("name_kana", "kana"),
            ("birth_date", "birth_date"),
            ("sex", "sex"),
            ("first_care_date", "first_care_date"),
            ("last_care_date", "last_care_date"),
        ] {
            assert_eq!(s[key], want[truth_key], "{id} {key}");
        }
        assert_eq!(imported.report.read, want["files"], "{id} files");
        assert_eq!(stays(&imported), want["admission_list"].as_array().unwrap().clone(), "{id} stays");
        check_lists(id, &imported, want);
    }
}

fn stays(imported: &mykarte::Imported) -> Vec<Value> {
    let day = |v: &Value| v.as_str().map(|s| Value::from(&s[..10])).unwrap_or_default();
    let mut stays: Vec<Value> = section(imported, Section::Admissions)
        .iter()
        .map(|s| {
            serde_json::json!({
                "admitted": day(&s["admitted_at"]),
                "discharged": day(&s["discharged_at"]),
                "disposition": s["discharge"]["disposition"]["code"],
            })
        })
        .collect();
    stays.reverse();
    stays
}

fn check_lists(id: &str, imported: &mykarte::Imported, want: &Value) {
    let labs = section(imported, Section::Labs);
    let last = |name: &str| {
        let newest = labs.iter().find(|l| l["item"]["display"].as_str().is_some_and(|t| t.starts_with(name)));
        newest.map(|l| (l["date"].as_str().unwrap()[..10].replace('-', ""), l["value"].as_str().unwrap().to_string()))
    };
    let count =
        |name: &str| labs.iter().filter(|l| l["item"]["display"].as_str().is_some_and(|t| t.starts_with(name))).count();
    assert_eq!(count("HbA1c"), want["hba1c_n"], "{id} HbA1c");
    assert_eq!(count("クレアチニン"), want["creatinine_n"], "{id} creatinine");
    for (name, key) in [("HbA1c", "hba1c_last"), ("クレアチニン", "creatinine_last")] {
        let want =
            want[key].as_array().map(|a| (a[0].as_str().unwrap().to_string(), a[1].as_str().unwrap().to_string()));
        assert_eq!(last(name), want, "{id} {key}");
    }
    let distinct = |values: Vec<String>| values.into_iter().collect::<std::collections::BTreeSet<_>>().len();
    let items = labs.iter().map(|l| l["item"]["code"].to_string()).collect();
    assert_eq!(distinct(items), want["distinct_lab_items"], "{id} lab items");
    let strings = labs.iter().filter(|l| l["value_type"] == "ST").count();
    assert_eq!(strings, want["lab_string_values"], "{id} ST values");
    let drugs = section(imported, Section::Prescriptions).iter().map(|d| d["drug"]["display"].to_string()).collect();
    assert_eq!(distinct(drugs), want["distinct_prescribed_drugs"], "{id} drugs");
    let diagnoses = section(imported, Section::Diagnoses);
    let names = diagnoses.iter().map(|d| d["name"].to_string()).collect();
    assert_eq!(distinct(names), want["distinct_diagnosis_names"], "{id} names of diagnoses");
    let suspected = diagnoses.iter().filter(|d| d["suspected"] == true).count();
    assert_eq!(suspected, want["provisional_diagnoses"], "{id} suspected");
}

/// U+FF0D and U+2212 are two mappings of one JIS character.
fn same_hyphen(text: &str) -> String {
    text.replace('\u{2212}', "\u{FF0D}")
}

#[test]
fn nho_by_default_takes_only_what_is_the_patients_own() {
    let Some(samples) = samples() else { return };
    let imported = import(&request(&[&samples.join("nho")], "9999013")).unwrap();
    let s = summary(&imported);
    assert_eq!(
        (s["name"].as_str(), s["birth_date"].as_str(), s["sex"].as_str()),
        (Some("患者 太郎"), Some("1948-04-05"), Some("M"))
    );
    let basics = &section(&imported, Section::Basics)[0];
    assert_eq!(basics["blood_abo"][0]["value"], "A");
    assert_eq!((basics["height"]["value"].as_str(), basics["weight"]["value"].as_str()), (Some("167.8"), Some("63.5")));
    assert_eq!(basics["addresses"][0]["postal_code"], "422-8033");
    let allergies = section(&imported, Section::Allergies);
    assert_eq!(allergies.len(), 1);
    assert_eq!(allergies[0]["allergen"]["display"], "ペニシリン");
    let drugs = section(&imported, Section::Prescriptions);
    let rps: Vec<&str> = drugs.iter().map(|d| d["order"]["rp"].as_str().unwrap()).collect();
    assert_eq!(rps, ["1", "1", "2"]);
    let injections = section(&imported, Section::Injections);
    assert_eq!(injections.len(), 3);
    for block in &injections {
        assert!(same_hyphen(block["components"][0]["drug"]["display"].as_str().unwrap()).starts_with("ソリタ－Ｔ３号"));
        assert!(block["components"][1]["drug"]["display"].as_str().unwrap().starts_with("アドナ"));
        assert_eq!(
            (block["rate"]["value"].as_str(), block["rate"]["unit"]["code"].as_str()),
            (Some("102"), Some("ml/hr"))
        );
    }
    assert_eq!(injections.iter().filter(|i| i["administrations"].is_array()).count(), 1);
    let quarantined: Vec<String> = imported
        .report
        .list
        .iter()
        .filter(|f| f.reason == mykarte::record::report::Reason::Quarantined)
        .map(|f| f.path.split('_').nth(2).unwrap().to_string())
        .collect();
    let want = ["ADT-61", "PPR-01", "OMD", "OMG-01", "OMG-02", "OMG-03", "OMG-11", "OMG-12", "OMG-13", "OML-11"];
    let sorted = |mut v: Vec<String>| {
        v.sort();
        v
    };
    assert_eq!(sorted(quarantined), sorted(want.map(str::to_string).to_vec()));
}

#[test]
fn nho_with_other_patients_files_marks_every_one() {
    let Some(samples) = samples() else { return };
    let mut request = request(&[&samples.join("nho")], "9999013");
    request.accept_other_patient = true;
    let imported = import(&request).unwrap();
    let diagnosis = &section(&imported, Section::Diagnoses)[0];
    assert_eq!((diagnosis["name"].as_str(), diagnosis["icd10"]["code"].as_str()), (Some("胃炎"), Some("K29.7")));
    assert_eq!(diagnosis["confidentiality"]["code"], "V");
    let allergies = section(&imported, Section::Allergies);
    assert_eq!(allergies.len(), 5);
    let labs = section(&imported, Section::Labs);
    assert_eq!(labs.len(), 3);
    let marked = |v: &Value| v["marks"].as_array().is_some_and(|m| m.contains(&Value::from("other_patient")));
    assert!(marked(diagnosis) && labs.iter().all(marked));
    assert_eq!(allergies.iter().filter(|a| marked(a)).count(), 4);
    assert_eq!(summary(&imported)["name"], "患者 太郎");
    assert_eq!(summary(&imported)["other_patient_files"], 10);
}

#[test]
fn nho_patient_without_anything_of_his_own_is_refused() {
    let Some(samples) = samples() else { return };
    let error = import(&request(&[&samples.join("nho")], "0000001")).unwrap_err();
    assert!(matches!(error, mykarte::ImportError::NothingUsable { quarantined: 1, unreadable: 1 }), "{error:?}");
}
