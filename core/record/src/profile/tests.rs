//! The bundled profiles, the schema, and what a check says.

mod rules;

use super::check::{Problem, What, check};
use super::diff;
use super::document::{Vital, schema};
use super::{FULL, GEMINI_STANDARD, Profile, Shape};
use crate::catalogue::{self, Part};
use crate::labels::Language;
use crate::model::Section;
use serde_json::{Value, json};

/// Writes the generated files anew: for whoever adds a field, who then reads the difference.
#[test]
#[ignore = "writes profiles/full.json and docs/profile.schema.json"]
fn write_generated() {
    let mut full = Profile::full().document().clone();
    full.schema = Some("../../../docs/profile.schema.json".into());
    std::fs::write("profiles/full.json", pretty(&full)).expect("written");
    std::fs::write("../../docs/profile.schema.json", pretty(&schema())).expect("written");
}

pub(super) fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("JSON") + "\n"
}

#[test]
fn generated_files_are_what_the_catalogue_says() {
    let full = Profile::parse(FULL).expect("a profile");
    assert_eq!(full.sha256(), Profile::full().sha256(), "profiles/full.json");
    let committed = include_str!("../../../../docs/profile.schema.json");
    assert_eq!(committed, pretty(&schema()), "docs/profile.schema.json");
    assert!(committed.contains("https://json-schema.org/draft/2020-12/schema"));
}

#[test]
fn bundled_profiles_are_found_by_the_id_that_they_name() {
    for (id, text) in Profile::bundled() {
        let found = Profile::find(id).expect("a profile without errors");
        assert_eq!((found.document().id.as_str(), Ok(&found)), (id, Profile::parse(text).as_ref()));
    }
    assert_eq!(Profile::bundled().map(|(id, _)| id), ["gemini-standard", "full"]);
    assert!(Profile::find("gemini").is_none());
}

/// Design section 1, field by field.
#[test]
fn gemini_standard_is_the_table_of_the_design() {
    let profile = Profile::parse(GEMINI_STANDARD).expect("a profile");
    let on = |section: Section| {
        let own = catalogue::fields(section).filter(|f| f.part == Part::Own);
        own.filter(|f| profile.shows_field(section, f.key)).map(|f| f.key).collect::<Vec<_>>()
    };
    for (section, want) in [
        (Section::Basics, &["name", "birth_date", "sex", "blood_abo", "blood_rh", "height", "weight"][..]),
        (Section::Allergies, &["category", "reactions"]),
        (Section::Diagnoses, &["end", "outcome"]),
        (Section::Admissions, &["department", "reasons"]),
        (Section::Prescriptions, &["dispensed", "usage", "days"]),
        (Section::Injections, &["amount", "routes", "rate"]),
        (Section::Labs, &["value", "flags"]),
        (Section::Memos, &["place", "role", "author"]),
        (Section::Others, &[]),
    ] {
        assert_eq!(on(section), want, "{}", section.key());
        assert_eq!(profile.shows(section), section != Section::Others);
    }
    // Every field is named, so that a later one is noticed as new.
    let rules = &profile.document().sections;
    for section in Section::ALL.into_iter().filter(|s| *s != Section::Others) {
        assert_eq!(rules[&section].fields.len(), catalogue::fields(section).filter(|f| f.part == Part::Own).count());
    }
}

/// The standard profile of a university that is named, changed at some places.
pub(super) fn changed(change: impl FnOnce(&mut Value)) -> Vec<Problem> {
    let mut value: Value = serde_json::from_str(GEMINI_STANDARD).expect("JSON");
    value["university"] = json!({ "id": "1319999999", "name": "見本大学病院" });
    value["contact"] = "医療情報部".into();
    change(&mut value);
    check(&pretty(&value)).problems
}

pub(super) fn what(problems: &[Problem]) -> Vec<What> {
    problems.iter().map(|p| p.what.clone()).collect()
}

#[test]
fn a_whole_profile_has_no_problem() {
    assert_eq!(changed(|_| ()), []);
    let bundled = what(&check(GEMINI_STANDARD).problems);
    assert_eq!(bundled, [What::NoUniversity, What::NoContact]);
}

#[test]
fn unknown_names_are_refused_with_line_and_nearest() {
    let text = GEMINI_STANDARD.replace("\"flags\"", "\"flag\"").replace("\"memos\"", "\"memo\"");
    let problems = check(&text).problems;
    let line = |word: &str| 1 + text.lines().position(|l| l.contains(word)).expect("a line");
    let unknown = |line, key: &str, nearest: &str| Problem {
        line,
        what: What::UnknownKey { key: key.into(), nearest: Some(nearest.into()) },
    };
    assert_eq!(problems, [unknown(line("\"flag\""), "flag", "flags"), unknown(line("\"memo\""), "memo", "memos")]);
    assert!(Profile::parse(&text).is_err());
    let future = changed(|p| p["format"] = 2.into());
    assert_eq!((what(&future), future[0].line), (vec![What::UnknownFormat { format: 2 }], 4));
    assert!(matches!(&what(&changed(|p| p["sections"]["labs"]["since"] = 1.into()))[..], [What::UnknownKey { .. }]));
    let twice = GEMINI_STANDARD.replacen("\"value\": true", "\"value\": true, \"value\": false", 1);
    assert!(what(&check(&twice).problems).contains(&What::RepeatedKey { key: "value".into() }));
}

#[test]
fn what_belongs_together_cannot_be_set_apart() {
    for (section, key, owner) in [
        ("diagnoses", "suspected", "name"),
        ("labs", "unit", "item"),
        ("labs", "result_status", "item"),
        ("prescriptions", "as_needed", "drug"),
        ("prescriptions", "state", "drug"),
        ("allergies", "severity", "allergen"),
    ] {
        for on in [true, false] {
            let problems = what(&changed(|p| p["sections"][section]["fields"][key] = on.into()));
            assert_eq!(problems, [What::GoesWith { key: key.into(), owner }], "{section}.{key}");
        }
    }
    let problems = what(&changed(|p| p["sections"]["labs"]["fields"]["item"] = false.into()));
    assert_eq!(problems, [What::Subject { key: "item".into() }]);
}

#[test]
fn what_a_doctor_relies_on_is_not_hidden_by_oversight() {
    for item in Vital::ALL {
        let key = item.section().key();
        let hide = |p: &mut Value| p["sections"][key] = json!({ "show": false });
        assert_eq!(what(&changed(hide)), [What::NotAcknowledged { item }]);
        // A section that is not named is hidden as well.
        let forget = |p: &mut Value| drop(p["sections"].as_object_mut().and_then(|s| s.remove(key)));
        assert_eq!(what(&changed(forget)), [What::NotAcknowledged { item }]);
        let answer =
            json!([{ "item": key, "reason": "別の仕組みで渡す", "approved_by": "医療情報部長", "date": "2026-11-22" }]);
        let acknowledged = |p: &mut Value| {
            hide(p);
            p["acknowledged"] = answer.clone();
        };
        assert!(changed(acknowledged).iter().all(|p| !p.is_error()));
        assert_eq!(what(&changed(|p| p["acknowledged"] = answer)), [What::NeedlessAcknowledgement { item }]);
        let nobody = json!([{ "item": key, "reason": " ", "approved_by": "", "date": "2026-11-22" }]);
        let problems = what(&changed(|p| {
            hide(p);
            p["acknowledged"] = nobody;
        }));
        assert_eq!(problems.iter().filter(|w| matches!(w, What::Blank { .. })).count(), 2);
    }
}

#[test]
fn the_rest_is_linted() {
    let of = |change: fn(&mut Value)| what(&changed(change));
    assert_eq!(of(|p| p["contact"] = Value::Null), [What::NoContact]);
    assert_eq!(of(|p| p["contact"] = " ".into()), [What::Blank { key: "contact" }]);
    assert_eq!(
        of(|p| p["sections"]["labs"]["period"] = json!({ "months": 0 })),
        [What::BadPeriod { section: Section::Labs }]
    );
    assert_eq!(
        of(|p| p["sections"]["allergies"]["period"] = json!({ "months": 60 })),
        [What::NoPeriodHere { section: Section::Allergies }]
    );
    assert_eq!(of(|p| p["sections"]["labs"]["fields"] = json!({})), [What::SubjectOnly { section: Section::Labs }]);
    assert_eq!(of(|p| p["sections"]["basics"]["fields"]["sex"] = false.into()), [What::IdentityHidden { key: "sex" }]);
    assert_eq!(of(|p| p["sections"]["others"]["message"] = "外来で".into()), []);
    assert_eq!(
        of(|p| p["exclude"] = json!({ "tests": [{ "system": "JC10", "code": "5A100" }] })),
        [What::NeverMatches { code: "5A100".into() }]
    );
    assert_eq!(
        of(|p| p["exclude"] = json!({ "departments": ["ZZZ"] })),
        [What::ThinsOutDepartments, What::UnknownDepartment { code: "ZZZ".into() }]
    );
    assert_eq!(
        of(|p| {
            p["sections"]["labs"] = json!({ "show": false });
            p["exclude"] = json!({ "tests": [{ "code": "5F" }] });
        }),
        [What::ExclusionOfHidden { key: "exclude.tests" }]
    );
    let all_hidden = changed(|p| p["sections"] = json!({})).into_iter().find(|problem| problem.what == What::AllHidden);
    assert!(all_hidden.is_some_and(|problem| !problem.is_error()));
    assert_eq!(Section::ALL.map(Vital::has).iter().filter(|vital| **vital).count(), 3);
    assert!(matches!(&of(|p| p["version"] = "1".into())[..], [What::WrongValue { .. }]));
    assert_eq!(what(&check("{\n \"format\": 1,\n}").problems), [What::NotJson]);
    assert_eq!(check("{\n \"format\": 1,\n}").problems[0].line, 3);
    for nothing in ["", "\u{feff} \n"] {
        assert_eq!(what(&check(nothing).problems), [What::Empty]);
    }
    assert!(check(&"[".repeat(100_000)).document.is_none());
}

#[test]
fn the_hash_is_of_what_was_decided() {
    let profile = Profile::parse(GEMINI_STANDARD).expect("a profile");
    let dense: Value = serde_json::from_str(GEMINI_STANDARD).expect("JSON");
    let same = Profile::parse(&dense.to_string()).expect("a profile");
    assert_eq!(profile.sha256(), same.sha256());
    let other = Profile::parse(&GEMINI_STANDARD.replace("\"flags\": true", "\"flags\": false")).expect("a profile");
    assert_ne!(profile.sha256(), other.sha256());
}

#[test]
fn a_list_does_not_pass_for_an_object() {
    for (path, value) in
        [("labs", json!([true, { "value": true, "nosuch": true }, null, null])), ("others", json!([false]))]
    {
        let problems = what(&changed(|p| p["sections"][path] = value));
        assert!(matches!(&problems[..], [What::WrongValue { .. }]), "{problems:?}");
    }
    for value in [json!([["12"]]), json!([])] {
        assert!(changed(|p| p["exclude"] = value).iter().any(Problem::is_error));
    }
    let problems = what(&changed(|p| p["name"] = "\u{1b}[2J".into()));
    assert_eq!(problems, [What::ControlCharacter { key: "name" }]);
}

/// A reason of characters that nobody sees is none, and with one in it a code never matches what it looks like.
#[test]
fn what_is_not_seen_is_not_text() {
    for unseen in ["\u{200b}", "\u{2060}", "\u{3164}", "\u{feff}", " \u{202e}\u{2028}"] {
        let problems = what(&changed(|p| {
            p["sections"]["allergies"] = json!({ "show": false });
            p["acknowledged"] =
                json!([{ "item": "allergies", "reason": unseen, "approved_by": "部長", "date": "2026-11-22" }]);
        }));
        assert!(problems.contains(&What::Blank { key: "acknowledged.reason" }), "{unseen:?}: {problems:?}");
        let within = format!("26{unseen}");
        for (key, exclude) in [
            ("exclude.departments", json!({ "departments": [within] })),
            ("code", json!({ "drugs": [{ "code": within }] })),
            ("system", json!({ "tests": [{ "code": "1", "system": within }] })),
        ] {
            let problems = what(&changed(|p| p["exclude"] = exclude));
            assert!(problems.contains(&What::ControlCharacter { key }), "{unseen:?} in {key}: {problems:?}");
        }
    }
    assert!(!changed(|p| p["name"] = "見本 大学　標準".into()).iter().any(Problem::is_error), "blanks are seen");
}

/// Who signs that a section is shown now has to see what of it.
#[test]
fn a_section_that_is_newly_shown_lists_its_fields() {
    let of = |labs: Value| {
        let mut value: Value = serde_json::from_str(GEMINI_STANDARD).expect("JSON");
        value["sections"]["labs"] = labs;
        Profile::parse(&value.to_string()).expect("a profile")
    };
    let hidden = of(json!({ "show": false }));
    let shown = of(json!({ "show": true, "fields": { "value": true, "flags": true } }));
    let fields = |a: &Profile, b: &Profile| -> Vec<(String, bool)> {
        let all = diff::diff(a, b).into_iter();
        all.filter_map(|d| match d {
            diff::Difference::Field { field, shown, .. } => Some((field.key.to_string(), shown)),
            _ => None,
        })
        .collect()
    };
    let mut both = fields(&hidden, &shown);
    both.sort();
    assert_eq!(both, [("flags".to_string(), true), ("value".to_string(), true)]);
    assert!(fields(&shown, &hidden).iter().all(|(_, shown)| !shown) && fields(&shown, &hidden).len() == 2);
    let section = diff::Difference::Section { section: Section::Labs, shown: true };
    assert!(diff::diff(&hidden, &shown).contains(&section), "the section itself, too");
}

#[test]
fn a_large_profile_is_checked_in_no_time() {
    let many: Vec<&str> = vec![""; 200_000];
    let problems = changed(|p| p["exclude"] = json!({ "departments": many }));
    assert!(problems.len() >= 200_000);
}

/// A record that came without its allergies says so whatever profile is applied to it later.
#[test]
fn a_later_profile_does_not_switch_off_a_warning() {
    let mut value: Value = serde_json::from_str(GEMINI_STANDARD).expect("JSON");
    value["sections"]["allergies"] = json!({ "show": false });
    value["acknowledged"] =
        json!([{ "item": "allergies", "reason": "別に渡す", "approved_by": "部長", "date": "2026-11-22" }]);
    let without = Profile::parse(&value.to_string()).expect("a profile");
    let (mut shape, full) = (Shape::of(&Profile::full()), Shape::of(&without));
    assert_eq!(shape.warnings(Language::Ja).len(), 0);
    shape.unite(full, |section| section == Section::Others);
    assert_eq!(
        shape.warnings(Language::Ja),
        ["アレルギー情報はこの病院から提供されていません。本人・家族に必ず確認してください。"]
    );
    assert!(shape.not_provided.contains(&"labs.panel".to_string()));
}

/// Cut by age alone a list says how far back it goes; the general notice is for what else may be missing.
#[test]
fn a_period_is_said_and_the_shorter_one_stays() {
    let shape = |labs: u32, exclude: Value| {
        let mut value: Value = serde_json::from_str(GEMINI_STANDARD).expect("JSON");
        value["sections"]["labs"]["period"] = json!({ "months": labs });
        value["exclude"] = exclude;
        Shape::of(&Profile::parse(&value.to_string()).expect("a profile"))
    };
    let said = |shape: &Shape, language| shape.partial_notices(Section::Labs, language);
    let year = shape(12, json!({}));
    assert_eq!(said(&year, Language::Ja), ["この病院は過去12か月分を提供しています"]);
    assert_eq!(said(&year, Language::En), ["this hospital provides the last 12 months"]);
    assert_eq!(year.partial_notices(Section::Diagnoses, Language::Ja), Vec::<String>::new());
    let both = shape(60, json!({ "tests": [{ "code": "3F" }] }));
    assert_eq!(said(&both, Language::Ja).len(), 2);
    let mut later = both;
    later.unite(year.clone(), |_| false);
    assert_eq!((later.periods[&Section::Labs], later.thinned.contains(&Section::Labs)), (12, true));
    later.unite(shape(60, json!({})), |_| false);
    assert_eq!(later.periods[&Section::Labs], 12);
    later.unite(year, |section| section == Section::Labs);
    assert_eq!(said(&later, Language::Ja), Vec::<String>::new(), "of a hidden section nothing more is said");
}

/// What an editor accepts and what the check accepts are one thing.
#[test]
fn the_schema_knows_what_may_not_be_empty() {
    let schema = schema();
    for place in [
        "/properties/name",
        "/properties/contact",
        "/$defs/University/properties/id",
        "/$defs/Code/properties/code",
        "/$defs/Exclude/properties/departments/items",
        "/$defs/Acknowledged/properties/reason",
    ] {
        assert_eq!(schema.pointer(place).expect("a place")["minLength"], 1, "{place}");
    }
    assert_eq!(schema["properties"]["format"]["const"], 1);
}
