//! What keeps entries out: what a patient is told of it, and what the builder is.

use crate::build::rules::CodeRule;
use crate::model::Section;
use crate::profile::check::{What, check};
use crate::profile::diff::{Difference, diff};
use crate::profile::document::Vital;
use crate::profile::residue::is_word;
use crate::profile::{FULL, Profile, Shape, Withholding};
use serde_json::{Value, json};

/// The bundled profile that shows everything, changed at one place.
fn full_but(change: impl FnOnce(&mut Value)) -> Profile {
    let mut value: Value = serde_json::from_str(FULL).expect("JSON");
    change(&mut value);
    Profile::parse(&value.to_string()).expect("a profile")
}

/// A patient reads "may be partial" exactly at the sections that a rule may reach.
#[test]
fn each_rule_thins_out_the_sections_that_it_may_reach() {
    use Section::*;
    let everywhere = [Diagnoses, Admissions, Prescriptions, Injections, Labs, Others];
    let with_basics = [&[Basics], &everywhere[..]].concat();
    let rules: [(&str, Value, &[Section]); 5] = [
        ("departments", json!(["12"]), &with_basics),
        ("drugs", json!([{ "code": "1" }]), &[Prescriptions, Injections, Others]),
        ("tests", json!([{ "code": "3F" }]), &[Basics, Injections, Labs, Others]),
        ("confidential_diagnoses", json!(true), &[Diagnoses, Admissions]),
        ("unaware_diagnoses", json!(true), &[Diagnoses, Admissions]),
    ];
    for (key, rule, thinned) in rules {
        let profile = full_but(|p| p["exclude"] = json!({ key: rule }));
        assert_eq!(Shape::of(&profile).thinned, thinned, "{key}");
        assert_eq!((profile.has_rules(), profile.has_secrets()), (true, key.ends_with("diagnoses")), "{key}");
    }
    let list = full_but(|p| p["withholding"] = true.into());
    assert_eq!((Shape::of(&list).thinned, list.has_rules(), list.has_secrets()), (everywhere.to_vec(), true, true));
    let orders = full_but(|p| p["sections"]["injections"]["fields"]["administrations"] = false.into());
    assert_eq!((Shape::of(&orders).thinned, orders.has_rules()), (vec![Injections], false));
    let full = full_but(|_| ());
    assert_eq!((Shape::of(&full).thinned, full.has_rules(), full.has_secrets()), (vec![], false, false));
}

#[test]
fn the_builder_is_told_every_rule_and_the_patients_own_list() {
    let profile = full_but(|p| {
        p["exclude"] = json!({
            "departments": ["12"],
            "drugs": [{ "system": "YJ", "code": "1136" }],
            "tests": [{ "code": "3F" }],
            "unaware_diagnoses": true,
        });
        p["withholding"] = true.into();
    });
    let entry = json!({ "section": "diagnoses", "id": " a ", "title": "t", "reason": "r", "approved_by": "a" });
    let list = json!({ "format": 1, "patients": { "0001": [entry], "2": [] } });
    let list = Withholding::parse(&list.to_string()).expect("a list");
    let rules = profile.rules(Some(&list), "1");
    let code = |system: Option<&str>, code: &str| CodeRule { system: system.map(str::to_string), code: code.into() };
    assert_eq!(rules.departments, ["12"]);
    assert_eq!((rules.drugs, rules.tests), (vec![code(Some("YJ"), "1136")], vec![code(None, "3F")]));
    assert_eq!((rules.confidential_diagnoses, rules.unaware_diagnoses), (false, true));
    assert!(rules.has_secrets && rules.has_list);
    assert_eq!(rules.withheld, [((Section::Diagnoses, "a".to_string()), "t".to_string())].into());
    assert!(profile.rules(Some(&list), "2").withheld.is_empty() && profile.rules(None, "1").withheld.is_empty());
    assert!(full_but(|_| ()).rules(None, "1").is_empty());
}

/// Who signs a new version sees each setting with what it was and what it will be, and none that stays.
#[test]
fn a_changed_setting_is_listed_with_both_values_and_no_other() {
    let settings = |a: &Profile, b: &Profile| -> Vec<(String, Option<Value>, Option<Value>)> {
        let all = diff(a, b).into_iter();
        all.filter_map(|difference| match difference {
            Difference::Setting { path, before, after } => Some((path, before, after)),
            _ => None,
        })
        .collect()
    };
    let before = full_but(|p| p["contact"] = "医療情報部".into());
    let after = full_but(|p| p["sections"]["labs"]["period"] = json!({ "months": 12 }));
    let contact = ("contact".to_string(), Some(json!("医療情報部")), None);
    let months = ("sections.labs".to_string(), None, Some(json!({ "period": { "months": 12 } })));
    assert_eq!(settings(&before, &after), [contact, months]);
    assert_eq!(settings(&before, &before), []);
}

/// What a university says about a hidden section reaches its patients; of a shown one there is nothing to say.
#[test]
fn messages_are_of_hidden_sections_alone() {
    let profile = full_but(|p| {
        p["sections"]["others"] = json!({ "show": false, "message": "外来で" });
        p["sections"]["memos"]["message"] = "病棟で".into();
    });
    assert_eq!(Shape::of(&profile).messages, [(Section::Others, "外来で".to_string())].into());
}

/// What a profile decided has one hash, however it is written; what it decides otherwise has another.
#[test]
fn what_decides_nothing_is_not_in_the_hash() {
    let hash = |change: fn(&mut Value)| full_but(change).sha256();
    let off = hash(|p| p["sections"]["labs"]["fields"]["flags"] = false.into());
    let without = hash(|p| drop(p["sections"]["labs"]["fields"].as_object_mut().map(|all| all.remove("flags"))));
    assert_eq!(off, without, "a field that is off, and one that is not named");
    assert_ne!(off, hash(|_| ()));
    let hidden = hash(|p| p["sections"]["labs"] = json!({ "show": false }));
    let named = hash(|p| p["sections"]["labs"]["show"] = false.into());
    assert_eq!(hidden, named, "fields of a hidden section decide nothing");
    let told = hash(|p| p["sections"]["labs"] = json!({ "show": false, "message": "外来で" }));
    assert_ne!(hidden, told);
    let named = hash(|p| {
        p["sections"]["labs"]["show"] = false.into();
        p["sections"]["labs"]["message"] = "外来で".into();
    });
    assert_eq!(told, named, "nor where something is said of it");
    assert_eq!(
        hash(|p| p["sections"]["labs"]["message"] = "外来で".into()),
        hash(|_| ()),
        "of a shown one nothing is said"
    );
}

/// What a check says of the full profile, changed at one place.
fn says(change: impl FnOnce(&mut Value)) -> Vec<What> {
    let mut value: Value = serde_json::from_str(FULL).expect("JSON");
    change(&mut value);
    check(&value.to_string()).problems.into_iter().map(|problem| problem.what).collect()
}

fn hide(profile: &mut Value, sections: &[Section]) {
    sections.iter().for_each(|section| profile["sections"][section.key()] = json!({ "show": false }));
}

#[test]
fn a_code_of_another_length_than_its_system_has_never_matches() {
    let is_said = |system: &str, code: &str| {
        let problems = says(|p| p["exclude"] = json!({ "drugs": [{ "system": system, "code": code }] }));
        problems.contains(&What::NeverMatches { code: code.into() })
    };
    for (system, length, other) in [("YJ", 12, 11), ("JC10", 17, 12), ("JLAC10", 17, 18), ("HOT", 9, 8), ("HOT7", 7, 6)]
    {
        let of = |length: usize| "1".repeat(length);
        assert_eq!((is_said(system, &of(length)), is_said(system, &of(other))), (false, true), "{system}");
    }
    assert!(!is_said("HOT9", "12345678901") && !is_said("HOT13", &"1".repeat(13)), "HOT of any length");
    assert!(!is_said("99XYZ", "1") && is_said("99XYZ", "1 2"), "a code of the hospital's own");
}

#[test]
fn what_thins_out_drugs_is_said_where_drugs_are_shown() {
    for (section, key) in
        [(Section::Prescriptions, "sections.prescriptions.period"), (Section::Injections, "sections.injections.period")]
    {
        let cut = |months: u32| says(|p| p["sections"][section.key()]["period"] = json!({ "months": months }));
        let said = What::ThinsOutDrugs { key };
        assert_eq!([11, 12, 13].map(|months| cut(months).contains(&said)), [true, false, false], "{key}");
    }
    let departments = |hidden: &[Section]| {
        let problems = says(|p| {
            hide(p, hidden);
            p["exclude"] = json!({ "departments": ["01"] });
        });
        problems.contains(&What::ThinsOutDepartments)
    };
    let both = [Section::Prescriptions, Section::Injections];
    assert_eq!([&both[..0], &both[..1], &both[1..], &both].map(departments), [true, true, true, false]);
    let in_others =
        |hidden: &[Section]| says(|p| hide(p, hidden)).contains(&What::DrugsInOthers { item: Vital::Injections });
    assert_eq!([&[][..], &both, &[Section::Injections, Section::Others]].map(in_others), [false, true, false]);
}

#[test]
fn an_exclusion_of_what_is_hidden_is_said_and_no_other() {
    use Section::*;
    let all = [Diagnoses, Admissions, Prescriptions, Injections, Labs, Others];
    let of: [(Value, &'static str, &[Section]); 5] = [
        (json!({ "departments": ["01"] }), "exclude.departments", &all),
        (json!({ "drugs": [{ "code": "1" }] }), "exclude.drugs", &[Prescriptions, Injections, Others]),
        (json!({ "tests": [{ "code": "1" }] }), "exclude.tests", &[Labs, Others]),
        (json!({ "confidential_diagnoses": true }), "exclude.confidential_diagnoses", &[Diagnoses]),
        (json!({ "unaware_diagnoses": true }), "exclude.confidential_diagnoses", &[Diagnoses]),
    ];
    for (rule, key, sections) in of {
        let said = |hidden: &[Section], rule: &Value| {
            let problems = says(|p| {
                hide(p, hidden);
                p["exclude"] = rule.clone();
            });
            problems.into_iter().filter(|what| matches!(what, What::ExclusionOfHidden { .. })).collect::<Vec<_>>()
        };
        assert_eq!(said(sections, &rule), [What::ExclusionOfHidden { key }]);
        assert_eq!((said(&sections[1..], &rule), said(sections, &json!({}))), (vec![], vec![]), "{key}");
    }
}

/// One letter stands in every text, one kanji may be a disease.
#[test]
fn one_letter_is_no_name_to_look_for_and_one_kanji_is() {
    assert_eq!(["痔", "胃癌", "TB", "a", "1", "あ", ""].map(is_word), [true, true, true, false, false, false, false]);
}

/// A field that is missing is not taken for normal, and a list that a period or a rule cut not for whole.
#[test]
fn what_is_not_provided_and_what_is_partial_is_named() {
    let shape = Shape::of(&full_but(|p| {
        p["sections"]["labs"]["fields"]["flags"] = false.into();
        p["sections"]["others"] = json!({ "show": false });
        p["sections"]["diagnoses"]["period"] = json!({ "months": 60 });
        p["exclude"] = json!({ "drugs": [{ "code": "1" }] });
    }));
    assert_eq!(shape.not_provided, ["labs.flags"]);
    assert_eq!(shape.partial, [Section::Diagnoses, Section::Prescriptions, Section::Injections]);
    assert_eq!(shape.thinned, [Section::Prescriptions, Section::Injections]);
}
