//! `profile`: writing one, checking it, and seeing what it would do.

use crate::support::{self, PATIENT, Run, demo, import, names, run, run_with, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder for profiles, lists and vaults of one test.
pub struct Desk(pub TempDir);

impl Desk {
    pub fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// A profile of a university: everything, but for what is changed.
    pub fn profile(&self, change: impl FnOnce(&mut Value)) -> PathBuf {
        let path = self.path("toro.json");
        if !path.exists() {
            run(&["profile", "new", text(&path), "--from", "full"]).exits(0);
        }
        let mut document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        document["name"] = "登呂大学".into();
        document["university"] = json!({ "id": "1310000001", "name": "登呂大学病院" });
        document["contact"] = "医療情報部 03-0000-0000".into();
        change(&mut document);
        self.put("toro.json", serde_json::to_vec_pretty(&document).unwrap())
    }

    /// A withholding list of diagnoses of the demo's patient.
    pub fn list(&self, title: &str, ids: &[&str]) -> PathBuf {
        let one = |id: &&str| json!({ "section": "diagnoses", "id": id, "title": title, "reason": "未告知", "approved_by": "主治医" });
        let entries: Vec<Value> = ids.iter().map(one).collect();
        self.put("list.json", json!({ "format": 1, "patients": { PATIENT: entries } }).to_string())
    }
}

fn check(path: &Path) -> Run {
    run(&["profile", "check", text(path)])
}

pub fn preview(profile: &str, more: &[&str]) -> Run {
    let demo = demo();
    run(&[&["profile", "preview", profile, text(&demo), "--patient", PATIENT], more].concat())
}

/// Hides the allergies, with somebody who answers for it.
pub fn hide_allergies(document: &mut Value) {
    document["sections"]["allergies"] = json!({ "show": false, "message": "窓口でお尋ねください" });
    document["acknowledged"] = json!([{
        "item": "allergies", "reason": "確認が済むまで", "approved_by": "医療安全管理部長", "date": "2026-04-01"
    }]);
}

#[test]
fn a_bundled_profile_is_shown_with_what_it_hides() {
    for (id, hides) in [("gemini-standard", true), ("full", false)] {
        let out = run(&["profile", "show", id]).exits(0).out;
        let line = |start: &str| out.lines().find(|l| l.starts_with(start)).unwrap_or_default().to_string();
        assert!(out.contains("（疑い、開始日はいつも一緒）") && out.contains("照合番号"), "{out}");
        assert_eq!(line("■ その他"), if hides { "■ その他  × 出さない" } else { "■ その他  ○ 出す" });
        assert!(line("  ○  H/L").contains("flags") && line("  ×  基準").is_empty() != hides, "{out}");
    }
    let english = run(&["profile", "show", "full", "--lang", "en"]).exits(0).out;
    assert!(english.contains("(always with suspected, start)") && english.contains("Withholding list"), "{english}");
    let schema: Value = serde_json::from_str(&run(&["profile", "schema"]).exits(0).out).unwrap();
    assert!(schema["properties"]["sections"]["properties"]["labs"].is_object());
}

#[test]
fn a_new_profile_passes_its_check_and_replaces_nothing() {
    let desk = Desk::new();
    let path = desk.path("Toro_Univ.json");
    let made = run(&["profile", "new", text(&path)]).exits(0).shows("toro-univ");
    assert!(made.err.contains("university") && made.err.contains("profile schema"), "{}", made.err);
    let document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!((&document["based_on"], &document["version"]), (&json!("gemini-standard"), &json!(1)));
    assert_eq!(document["$schema"], "profile.schema.json");
    let checked = check(&path).exits(0);
    assert!(
        checked.out.contains("注意: university") && checked.out.contains("エラー 0件、注意 2件"),
        "{}",
        checked.out
    );
    run(&["profile", "new", text(&path), "--from", "full"]).exits(1).says("別の名前");
    assert_eq!(serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()).unwrap(), document);
    run(&["profile", "new", text(&desk.path("no/x.json"))]).exits(1).says("フォルダがありません");
    let run = check(&desk.profile(|_| ())).exits(0);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
}

#[test]
fn a_check_names_every_line_and_the_nearest_key() {
    let desk = Desk::new();
    let path = desk.put(
        "p.json",
        "{\n\"format\": 1, \"id\": \"x\", \"name\": \"x\", \"version\": 1,\n\"sections\": {\n\"labs\": { \"show\": true,\n\"fields\": {\n\"flag\": true,\n\"unit\": true } },\n\"lab\": {} } }",
    );
    let run = check(&path).exits(1);
    for line in [
        "p.json:6: エラー: 「flag」というキーはありません。もしかして flags",
        "p.json:7: エラー: 「unit」は「item」といつも一緒です",
        "p.json:8: エラー: 「lab」というキーはありません。もしかして labs",
        "エラー 3件、注意 0件",
    ] {
        assert!(run.out.contains(line), "{line} in {}", run.out);
    }
    let english = support::run(&["profile", "check", text(&path), "--lang", "en"]).exits(1).out;
    assert!(english.contains("error: there is no 'flag'. Perhaps flags") && english.contains("3 errors"), "{english}");
    let all_hidden = desk.put("p.json", r#"{"format":1,"id":"X","name":"x","version":1,"sections":{}}"#);
    let run = check(&all_hidden).exits(1);
    assert!(run.out.contains("acknowledged に item \"allergies\"") && run.out.contains("英小文字"), "{}", run.out);
    let errors_first = run.out.lines().map(|l| l.contains(": エラー: ")).collect::<Vec<_>>();
    assert!(errors_first.is_sorted_by(|a, b| a >= b), "{}", run.out);
}

#[test]
fn what_is_no_profile_is_refused_in_one_line() {
    let desk = Desk::new();
    let large = desk.put("large", vec![b' '; (1 << 20) + 1]);
    for (path, said) in [
        (desk.path("nowhere"), "profile list"),
        (desk.0.path().to_path_buf(), "フォルダです"),
        (desk.put("utf16", b"\xff\xfe{\0"), "UTF-8"),
        (large, "1 MiB"),
    ] {
        for command in ["check", "show"] {
            run(&["profile", command, text(&path)]).exits(1).says(said);
        }
        import(&demo(), &desk.path("v"), &["--profile", text(&path)]).exits(1).says(said);
        // A list is no profile, and none is bundled.
        let said = if said == "profile list" { "--withhold のパスを確かめて" } else { said };
        import(&demo(), &desk.path("v"), &["--withhold", text(&path)]).exits(1).says(said);
    }
    let cut = check(&desk.put("cut.json", "{\n\"format\": 1,\n")).exits(1);
    assert!(cut.out.contains("cut.json:3: エラー: ここで JSON"), "{}", cut.out);
    let wrong = check(&desk.put("w.json", "{\"format\":1,\n\"id\":3}")).exits(1);
    assert!(wrong.out.contains("w.json:2: エラー: 値の種類が違います。引用符で囲んだ文字"), "{}", wrong.out);
}

#[test]
fn a_difference_is_told_section_by_section() {
    let desk = Desk::new();
    let path = desk.profile(|p| {
        p["sections"]["labs"]["fields"]["flags"] = false.into();
        p["sections"]["labs"]["period"] = json!({ "months": 60 });
        p["exclude"] = json!({ "departments": ["01"] });
        hide_allergies(p);
    });
    let out = run(&["profile", "diff", "full", text(&path)]).exits(0).out;
    for part in ["■ アレルギー情報\n  区分", "○ → ×", "H/L   flags", "なし → 60か月", "除外 診療科", "なし → 01"]
    {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(!out.contains("■ 病名"), "{out}");
    assert!(
        out.contains("区分 アレルギー情報、理由 確認が済むまで、承認した人 医療安全管理部長、承認した日 2026-04-01"),
        "{out}"
    );
    assert_eq!(run(&["profile", "diff", text(&path), text(&path)]).exits(0).out, "同じです。\n");
    let older = desk.put("older.json", std::fs::read(&path).unwrap());
    let path = desk.profile(|p| p["exclude"] = json!({ "unaware_diagnoses": true }));
    run(&["profile", "diff", text(&older), text(&path)])
        .exits(0)
        .says("版が同じで内容が違います。version を 1 増やして");
    let english = run(&["profile", "diff", "full", text(&path), "--lang", "en"]).exits(0);
    assert!(!english.err.contains("version"), "another id: {}", english.err);
    let rest = english.out.split("■ The rest").nth(1).unwrap();
    let ends: Vec<usize> = rest.lines().filter_map(|l| l.find("none → ")).collect();
    assert!(ends.len() > 3 && ends.iter().all(|at| at == &ends[0]), "one column: {}", english.out);
}

/// What is changed in a profile.
type Change = fn(&mut Value);

/// A slip of the pen is told in words that say what to write.
#[test]
fn a_value_of_another_kind_is_told_with_what_to_write() {
    let desk = Desk::new();
    let cases: [(Change, &str); 13] = [
        (|p| p["contact"] = json!(["a"]), "引用符で囲んだ文字"),
        (|p| p["sections"]["labs"]["period"] = 60.into(), "{ \"months\": 60 } のように"),
        (|p| p["sections"]["labs"]["period"] = json!({ "years": 5 }), "\"months\": 60"),
        (|p| p["exclude"] = json!({ "drugs": ["1136"] }), "{ \"system\": \"YJ\", \"code\": \"1136\" }"),
        (|p| p["exclude"] = json!({ "drugs": [{ "code": "" }] }), "コード（code）が空です"),
        (|p| p["name"] = "".into(), "name は空にできません"),
        (|p| p["version"] = json!(-1), "1 から 4294967295 までの整数"),
        (|p| p["version"] = json!(0), "1 から 4294967295 までの整数"),
        (|p| p["version"] = json!(99_999_999_999_u64), "1 から 4294967295 までの整数"),
        (
            |p| p["acknowledged"] = json!([{ "item": "allergies", "reason": "r", "approved_by": "a", "date": null }]),
            "2026-04-01",
        ),
        (|p| p["withholding"] = json!("はい"), "true か false"),
        (|p| drop(p.as_object_mut().unwrap().remove("name")), "「name」がありません"),
        (|p| p["format"] = "1".into(), "1 を、引用符なしで"),
    ];
    for (change, said) in cases {
        let path = desk.profile(change);
        let out = check(&path).exits(1).out;
        assert!(out.contains("エラー: ") && out.contains(said), "{said} in {out}");
        assert!(!out.contains("expected") && !out.contains("invalid") && !out.contains("消して"), "{out}");
        std::fs::remove_file(path).unwrap();
    }
    assert!(check(&desk.put("empty.json", "\n")).exits(1).out.contains("ファイルが空です"));
    let future = desk.profile(|p| {
        hide_allergies(p);
        p["acknowledged"][0]["date"] = "2999-01-01".into();
        p["exclude"] = json!({ "departments": ["01"] });
    });
    let out = check(&future).exits(0).out;
    assert!(out.contains("注意: アレルギー情報の承認の日（date）がまだ来ていません"), "{out}");
    assert!(out.contains("注意: exclude.departments により、その診療科の処方・注射も出ません"), "{out}");
}

#[test]
fn a_preview_says_what_is_kept_back_and_by_which_rule() {
    let desk = Desk::new();
    let path = desk.profile(|p| {
        p["sections"]["labs"]["fields"]["flags"] = false.into();
        p["exclude"] = json!({ "departments": ["08"], "tests": [{ "code": "3B045000002399801" }] });
        p["withholding"] = true.into();
        hide_allergies(p);
    });
    let diagnoses = preview("full", &["--section", "diagnoses"]).exits(0).out;
    let diabetes = diagnoses.lines().find(|l| l.contains("２型糖尿病")).unwrap();
    let id = diabetes.split_whitespace().nth(1).unwrap();
    let list = desk.list("２型糖尿病", &[id]);
    let before = names(desk.0.path());
    let run = preview(text(&path), &["--withhold", text(&list)]).exits(0);
    for part in [
        "アレルギー情報はこの病院から提供されていません。本人・家族に必ず確認してください。\n登呂大学（toro 第1版）",
        "■ アレルギー情報  ×  出さない（全2件）\n  この病院では提供していません\n  窓口でお尋ねください\n  問い合わせ先: 医療情報部",
        "× 区分を出さない  2件",
        "× 非開示リスト  1件\n",
        "提供していない項目: H/L\n",
        "この病院は一部の病名・薬剤などを提供していない場合があります",
    ] {
        assert!(run.out.contains(part), "{part} in {}", run.out);
    }
    assert!(run.out.lines().any(|l| l.contains(id) && l.contains("２型糖尿病")), "{}", run.out);
    let listed = preview(text(&path), &["--withhold", text(&list), "--section", "diagnoses"]).exits(0).out;
    let line = listed.lines().find(|l| l.contains(id)).unwrap();
    assert!(line.starts_with('×') && line.ends_with("非開示リスト"), "{listed}");
    assert!(listed.lines().any(|l| l.starts_with('○') && l.contains("高血圧症")), "{listed}");
    assert_eq!(names(desk.0.path()), before, "a preview writes nothing");
    preview("full", &["--hospital", "1"]).exits(0);
    run_with(&["profile", "preview", "full", text(&demo()), "--patient", "0000312"], "").exits(1).says("0000311");
}
