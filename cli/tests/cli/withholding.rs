//! Withholding lists: what keeps an entry back tells nobody, and a slip in a list is heard.

use crate::profile::{Desk, preview};
use crate::support::{PATIENT, Run, demo, import, run, show_in, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

const ALL: [&str; 9] =
    ["basics", "allergies", "diagnoses", "admissions", "prescriptions", "injections", "labs", "memos", "others"];

/// A profile that uses lists.
fn declaring(desk: &Desk) -> PathBuf {
    desk.profile(|p| p["withholding"] = true.into())
}

/// The id of a diagnosis of the demo.
fn id_of(title: &str) -> String {
    let listed = preview("full", &["--section", "diagnoses"]).exits(0).out;
    listed.lines().find(|l| l.contains(title)).unwrap().split_whitespace().nth(1).unwrap().to_string()
}

fn import_with(desk: &Desk, list: &str) -> Run {
    let (profile, list) = (declaring(desk), desk.put("list.json", list));
    import(&demo(), &desk.path("v"), &["--profile", text(&profile), "--withhold", text(&list)])
}

/// Every number of a file in an entry, also of what was given.
fn sources(value: &Value, found: &mut BTreeSet<u64>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| match key.as_str() {
            "source" => found.extend(
                inner.as_u64().into_iter().chain(inner.as_array().into_iter().flatten().flat_map(Value::as_u64)),
            ),
            _ => sources(inner, found),
        }),
        Value::Array(all) => all.iter().for_each(|inner| sources(inner, found)),
        _ => {}
    }
}

#[test]
fn numbers_of_files_have_no_gap_and_name_the_same_files_in_the_report() {
    let desk = Desk::new();
    let (profile, list, vault, report) =
        (declaring(&desk), desk.list("２型糖尿病", &[&id_of("２型糖尿病")]), desk.path("v"), desk.path("report.json"));
    let more = ["--profile", text(&profile), "--withhold", text(&list), "--report", text(&report)];
    import(&demo(), &vault, &more).exits(0);
    let mut found = BTreeSet::new();
    let entries =
        |section: &str| -> Value { serde_json::from_str(&show_in(&vault, &[section, "--json"]).exits(0).out).unwrap() };
    ALL.iter().for_each(|section| sources(&entries(section), &mut found));
    assert!(found.len() > 5);
    assert_eq!(found, (1..=found.len() as u64).collect(), "a gap tells that a file was kept back");
    // In the full record the withheld file has a number among the others.
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let path = |number: &Value| {
        let file = report["list"].as_array().unwrap().iter().find(|f| f["number"] == *number).unwrap();
        file["path"].as_str().unwrap().to_string()
    };
    for (section, kind) in
        [("diagnoses", "PPR-01"), ("prescriptions", "OMP-01"), ("labs", "OML-11"), ("basics", "ADT-00")]
    {
        for entry in entries(section).as_array().unwrap() {
            assert!(path(&entry["source"][0]).contains(kind), "{section}: {entry}");
        }
    }
    let numbers: Vec<u64> = report["list"].as_array().unwrap().iter().filter_map(|f| f["number"].as_u64()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert!(numbers.len() > found.len(), "the withheld file is in the report, behind the others");
}

#[test]
fn a_list_that_is_none_is_told_without_its_text() {
    let desk = Desk::new();
    let entry = json!({ "section": "胃癌", "id": "1", "title": "胃癌", "reason": "胃癌", "approved_by": "胃癌" });
    for (list, said) in [
        (
            "{ \"format\": 1,\n\"patients\": { \"1\": [], } }".to_string(),
            "list.json:2: 非開示リストを使えません。ここで JSON",
        ),
        (String::new(), "list.json: 非開示リストを使えません。ファイルが空です"),
        (
            "{\"format\":1,\"patients\":{\"1\":[],\n\"1\":[]}}".into(),
            "list.json:2: 非開示リストを使えません。同じ患者IDが2度",
        ),
        (json!({ "format": 1, "patients": { "1": [entry] } }).to_string(), "section は diagnoses・"),
        (
            r#"{"format":1,"patients":{"1":[{"胃癌":1}]}}"#.into(),
            "書けるのは section・id・title・reason・approved_by です",
        ),
        (r#"{"format":1,"patients":{"1":["胃癌"]}}"#.into(), "{ } で囲んで"),
    ] {
        let refused = import_with(&desk, &list).exits(1);
        assert!(refused.err.contains(said) && !refused.err.contains("胃癌"), "{said} in {}", refused.err);
        assert!(!refused.err.contains("日付"), "{}", refused.err);
    }
    let list = desk.path("list.json");
    let args =
        ["import", text(&demo()), "--patient", PATIENT, "--vault", text(&desk.path("v")), "--withhold", text(&list)]
            .map(str::to_string);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    run(&args).exits(2).says("--profile");
}

#[test]
fn an_id_with_another_title_is_told_as_such() {
    let desk = Desk::new();
    let (profile, list) = (declaring(&desk), desk.list("糖尿病", &[&id_of("２型糖尿病")]));
    let with = ["--withhold", text(&list)];
    let refused = preview(text(&profile), &with).exits(1);
    assert!(refused.err.contains("題名が違います（id はあります）"), "{}", refused.err);
    assert!(refused.err.contains("そのまま書いて") && !refused.err.contains("取り込みません"), "{}", refused.err);
    let more = [&["--profile", text(&profile)], &with[..]].concat();
    let refused = import(&demo(), &desk.path("v"), &more).exits(1);
    assert!(refused.err.contains("題名が違います") && refused.err.contains("取り込みません"), "{}", refused.err);
    assert!(!refused.err.contains("見つかりません"), "{}", refused.err);
}

#[test]
fn how_many_are_kept_back_is_said_and_a_near_id_too() {
    let desk = Desk::new();
    let (profile, list) = (declaring(&desk), desk.list("２型糖尿病", &[&id_of("２型糖尿病")]));
    let previewed = preview(text(&profile), &["--withhold", text(&list)]).exits(0);
    assert!(previewed.out.contains("この患者の非開示: 1件\n") && !previewed.out.contains("渡されていない"));
    let done = import(&demo(), &desk.path("v"), &["--profile", text(&profile), "--withhold", text(&list)]).exits(0);
    assert!(done.out.contains("この患者の非開示: 1件\n") && !done.err.contains("よく似たID"), "{}", done.out);
    let missing = preview(text(&profile), &[]).exits(0).out;
    assert!(missing.starts_with("非開示リストが渡されていないので、反映していません"), "{missing}");
    assert!(!missing.contains("この患者の非開示"), "{missing}");
    let same = std::fs::read_to_string(&list).unwrap().replace(PATIENT, "311");
    let same = preview(text(&profile), &["--withhold", text(&desk.put("same.json", same))]).exits(0);
    assert!(same.out.contains("この患者の非開示: 1件\n"), "zeros in front make no other patient: {}", same.out);
    for (near, is_near) in [("0000312", true), ("00003110", true), ("0000999", false)] {
        let text_of = std::fs::read_to_string(&list).unwrap();
        let other = desk.put("other.json", text_of.replace(PATIENT, near));
        let runs = [
            preview(text(&profile), &["--withhold", text(&other)]),
            import(&demo(), &desk.path(near), &["--profile", text(&profile), "--withhold", text(&other)]),
        ];
        for run in runs {
            let run = run.exits(0);
            assert!(run.out.contains("この患者の非開示: 0件"), "{}", run.out);
            assert_eq!(run.err.contains(&format!("よく似たIDがあります: {near}。")), is_near, "{}", run.err);
        }
    }
}
