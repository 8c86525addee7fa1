//! `show`: for people and for programs, searched, cut by date, chosen among several.

use crate::support::{self, PATIENT, copy_of_demo, demo, import, show, show_in, text};
use serde_json::Value;
use std::io::Read;

fn json(more: &[&str]) -> Value {
    let mut args = more.to_vec();
    args.push("--json");
    serde_json::from_str(&show(&args).exits(0).out).unwrap()
}

#[test]
fn the_json_summary_has_the_promised_keys() {
    let s = json(&[]);
    assert_eq!((s["patient_id"].as_str(), s["name"].as_str()), (Some(PATIENT), Some("見本 花子")));
    assert_eq!((s["name_kana"].as_str(), s["birth_date"].as_str()), (Some("ミホン ハナコ"), Some("1955-03-11")));
    assert_eq!((s["sex"].as_str(), s["hospital"]["name"].as_str()), (Some("F"), Some("見本病院")));
    assert_eq!((s["first_care_date"].as_str(), s["last_care_date"].as_str()), (Some("2025-11-10"), Some("2026-03-11")));
    assert!(s["as_of"].as_str().unwrap().starts_with("2026-03-11T16:30") && s["imported_at"].is_string());
    for (key, count) in [
        ("allergies", 2),
        ("diagnoses", 4),
        ("admissions", 1),
        ("prescription_orders", 1),
        ("prescription_drugs", 3),
        ("injection_orders", 1),
        ("injection_blocks", 2),
        ("injection_components", 4),
        ("injection_administrations", 2),
        ("lab_results", 7),
        ("memos", 1),
        ("others", 2),
    ] {
        assert_eq!(s["counts"][key], count, "{key}");
    }
    assert_eq!(json(&["summary"]), s);
}

#[test]
fn a_json_section_is_an_array_of_the_stored_lines() {
    let labs = json(&["labs"]);
    assert_eq!(labs.as_array().unwrap().len(), 7);
    assert_eq!(labs[0]["date"], "2026-03-02T09:30");
    assert_eq!(labs[3]["status"], "preliminary");
    let found = json(&["labs", "--search", "カリウム"]);
    assert_eq!(found, serde_json::json!([labs[3]]));
}

#[test]
fn people_see_names_units_and_warnings_at_a_glance() {
    let out = show(&[]).exits(0).out;
    for part in [
        "見本 花子（ミホン ハナコ）",
        "1955-03-11（昭和30年3月11日）  71歳（2026-03-11時点）",
        "女性",
        "ABO AB   Rh +",
        "152.4 cm（2026-03-02）",
        "ペニシリン系  重症度 重度   アナフィラキシー",
        "【疑い】狭心症の疑い",
        "【頓用】ニトログリセリン",
        "読めないデータあり（1件）",
        "見本病院（1319999999）",
    ] {
        assert!(out.contains(part), "{part} in\n{out}");
    }
    assert!(!out.contains('\x1b'), "no colour in a pipe");
}

#[test]
fn sections_show_what_turns_a_value_s_meaning() {
    for (section, parts) in [
        ("basics", &["〒9608031", "配偶者", "AB（ADT-00"][..]),
        ("allergies", &["ソバ", "重症度 軽度", "1998-05-14", "ADT-00・ADT-61"]),
        ("diagnoses", &["【主病名】２型糖尿病", "〜 2025-11-20  終了", "I20.9", "循環器科"]),
        ("admissions", &["2025-11-10 〜 2025-11-20", "事由（入院時病名） 肺炎", "4E-401-1 → 4E-405-2"]),
        ("prescriptions", &["1回量 1錠", "調剤量 84錠", "28日", "10回分", "2026-03-02 〜 2026-03-29"]),
        (
            "injections",
            &["与薬速度 220ミリリットル／時間", "静脈内・点滴ポンプ", "実施: 拒否", "本人が拒否", "実施: 実施済"],
        ),
        ("labs", &["3.4 mmol/L   L  基準 3.6-4.8", "速報（未確定）", "食後２時間", "感受性: 肺炎球菌 × ＣＴＲＸ"]),
        ("memos", &["2026-03-11 16:25", "見本小学校体育館", "医師 応援", "歩行は可能"]),
        ("others", &["外来診察の受付", "標準１２誘導心電図"]),
    ] {
        let out = show(&[section]).exits(0).out;
        for part in parts {
            assert!(out.contains(part), "{part} in {section}:\n{out}");
        }
    }
}

#[test]
fn a_search_folds_and_goes_over_all_sections() {
    let out = show(&["--search", "めとほるみん"]).exits(0).out;
    assert!(out.contains("■ 処方オーダー  1件") && out.contains("■ 非常時メモ  1件") && !out.contains("■ 検査結果"));
    let hits = json(&["--search", "ﾒﾄﾎﾙﾐﾝ"]);
    let sections: Vec<&String> = hits.as_object().unwrap().keys().collect();
    assert_eq!(sections, ["memos", "prescriptions"]);
    let nothing = show(&["labs", "--search", "ない語", "--json"]).exits(1).says("条件に合うものはありません");
    assert_eq!(nothing.out.trim(), "[]");
    show(&["--search", "ない語"]).exits(1).says("条件に合うものはありません");
}

#[test]
fn dates_keep_what_overlaps() {
    // The supply of the prescription of 2 March reaches to the 29th.
    assert_eq!(json(&["prescriptions", "--from", "2026-03-20"]).as_array().unwrap().len(), 2);
    assert_eq!(json(&["labs", "--to", "2025"]).as_array().unwrap().len(), 3);
    assert_eq!(json(&["admissions", "--from", "20251115", "--to", "2025-11-16"]).as_array().unwrap().len(), 1);
    // Undated allergies stay.
    let kept = json(&["allergies", "--from", "2030"]);
    assert!(kept.as_array().unwrap().iter().any(|a| a["date"].is_null()));
    let none = show(&["labs", "--from", "2027", "--json"]).exits(1);
    assert_eq!(none.out.trim(), "[]");
}

#[test]
fn several_records_are_listed_and_chosen_by_patient_and_hospital() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    import(&demo(), &vault, &[]).exits(0);
    import(&demo(), &vault, &["--hospital", "1320000000=別の病院"]).exits(0);
    let listed = show_in(&vault, &[]).exits(2).says("--patient");
    assert!(listed.out.contains("見本病院") && listed.out.contains("別の病院"), "{}", listed.out);
    assert_eq!(show_in(&vault, &["--json"]).exits(2).out, "");
    show_in(&vault, &["--patient", PATIENT]).exits(2).says("--hospital");
    let one = show_in(&vault, &["--patient", "００００３１１", "--hospital", "1320000000"]).exits(0);
    assert!(one.out.contains("別の病院"));
    show_in(&vault, &["--patient", "9"]).exits(1).says("0000311");
}

#[test]
fn an_empty_section_says_which_kind_of_nothing() {
    let storage = copy_of_demo();
    let folder = support::patient_folder(storage.path());
    for gone in ["20260311", "20260115", "-/ADT-61"] {
        std::fs::remove_dir_all(folder.join(gone)).unwrap();
    }
    let basics = std::fs::read_dir(folder.join("-/ADT-00")).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&basics).unwrap();
    let kept: Vec<&[u8]> = bytes.split(|b| *b == b'\r').filter(|s| !s.starts_with(b"AL1")).collect();
    std::fs::write(&basics, kept.join(&b'\r')).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    import(storage.path(), &vault, &[]).exits(0);
    assert!(show_in(&vault, &["memos"]).exits(0).out.contains("未取得"));
    let allergies = show_in(&vault, &["allergies"]).exits(0).out;
    assert!(allergies.contains("登録なし（アレルギーがないという意味ではありません）"), "{allergies}");
    assert_eq!(show_in(&vault, &["memos", "--json"]).exits(0).out.trim(), "[]");
    assert!(show_in(&vault, &["memos", "--lang", "en"]).exits(0).out.contains("not in the import"));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = support::command(&["demo"]).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&done.stderr).contains("panicked"));
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn a_full_disk_behind_stdout_is_said() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let done = support::command(&["patients", text(&demo())]).stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("空き容量がありません"));
}
