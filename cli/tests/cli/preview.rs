//! `profile preview`: what staff copy out of it, and what it says of lists and exclusions.

use crate::profile::{Desk, preview};
use crate::support::text;
use serde_json::json;

#[test]
fn a_section_lists_what_is_to_be_copied() {
    let listed = preview("full", &["--section", "diagnoses"]).exits(0);
    let angina = listed.out.lines().find(|l| l.contains("狭心症の疑い")).unwrap();
    assert!(angina.ends_with("狭心症の疑い  疑い  診療科 04"), "{angina}");
    assert_eq!(listed.out.matches("  疑い  ").count(), 1, "{}", listed.out);
    assert!(listed.err.contains("この id と題名"), "{}", listed.err);
    let drugs = preview("full", &["--section", "prescriptions"]).exits(0).out;
    assert!(drugs.contains("診療科 01、薬 HOT9 100000001\n"), "{drugs}");
    let labs = preview("full", &["--section", "labs"]).exits(0).out;
    assert!(labs.contains("検査項目 JC10 3B035000002327201"), "{labs}");
    let english = preview("full", &["--section", "labs", "--lang", "en"]).exits(0).out;
    assert!(english.contains("department 01, test JC10"), "{english}");
    // Nothing is there to be copied, or nothing may be kept back.
    for section in ["memos", "allergies"] {
        assert_eq!(preview("full", &["--section", section]).exits(0).err, "", "{section}");
    }
}

#[test]
fn an_exclusion_that_matches_nothing_is_said() {
    let desk = Desk::new();
    let path = desk.profile(|p| {
        p["exclude"] = json!({
            "departments": ["04", "99"], "drugs": [{ "system": "YJ", "code": "100000001" }, { "system": "HOT9", "code": "999999999" }], "tests": [{ "code": "3B0350000023272０1" }]
        });
        p["sections"]["labs"]["period"] = json!({ "months": 1 });
    });
    let out = preview(text(&path), &[]).exits(0).out;
    assert!(out.contains("この患者で一致しなかった除外: 診療科 99、薬 YJ 100000001、薬 HOT9 999999999\n"), "{out}");
    assert!(out.contains("× 期間より前  3件（--section labs で1件ずつ見られます）"), "{out}");
    let none = desk.profile(|p| p["exclude"] = json!({ "drugs": [{ "system": "HOT9", "code": "100000001" }] }));
    let out = preview(text(&none), &[]).exits(0).out;
    assert!(!out.contains("一致しなかった") && out.contains("× 薬の除外  1件"), "{out}");
}
