//! What an import makes of a profile, and what the pages of its record say of it.

use crate::profile::{Desk, hide_allergies, preview};
use crate::support::{PATIENT, demo, import, names, run, run_with, show_in, text};
use serde_json::{Value, json};

#[test]
fn without_a_profile_everything_is_taken_in_and_said() {
    let desk = Desk::new();
    let (vault, demo) = (desk.path("v"), demo());
    let args = ["import", text(&demo), "--patient", PATIENT, "--vault", text(&vault)];
    let done = run(&args).exits(0);
    assert!(done.err.contains("すべての項目を取り込みます（full）"), "{}", done.err);
    assert!(done.out.contains("プロファイル: すべての項目（full 第1版）") && !done.out.contains("載せていない"));
    let summary = show_in(&vault, &[]).exits(0).out;
    assert!(!summary.contains("プロファイル") && !summary.contains("提供していない"), "{summary}");
    // What is refused stays one line.
    run_with(&[&args[..], &["--passcode-stdin"]].concat(), "違うパスコード\n").exits(1).says("パスコードが違います");
}

#[test]
fn a_page_says_what_is_not_provided() {
    let desk = Desk::new();
    let vault = desk.path("v");
    let done = import(&demo(), &vault, &["--profile", "gemini-standard"]).exits(0);
    assert!(done.out.contains("プロファイル: GEMINI 標準（gemini-standard 第1版）"), "{}", done.out);
    assert!(done.out.contains("プロファイルにより載せていないもの") && !done.err.contains("full"), "{}", done.out);
    let show = |more: &[&str]| show_in(&vault, more).exits(0).out;
    assert!(show(&[]).contains("プロファイル  GEMINI 標準"));
    assert!(show(&["labs"]).contains("  提供していない項目: 基準、コメント"));
    assert!(show(&["--search", "カリウム"]).contains("  提供していない項目: 基準、コメント"));
    let others = show(&["others"]);
    assert!(others.ends_with("■ その他\n  この病院では提供していません\n"), "{others}");
    let summary: Value = serde_json::from_str(&show(&["--json"])).unwrap();
    assert_eq!(summary["profile"]["id"], "gemini-standard");
    let none = show_in(&vault, &["--search", "心電図"]).exits(1);
    none.says("提供していない区分があります: その他");
}

#[test]
fn what_a_doctor_relies_on_is_never_missing_silently() {
    let desk = Desk::new();
    let path = desk.profile(|p| {
        hide_allergies(p);
        p["sections"]["basics"]["fields"]["blood_rh"] = false.into();
    });
    let vault = desk.path("v");
    import(&demo(), &vault, &["--profile", text(&path)]).exits(0);
    let warning = "アレルギー情報はこの病院から提供されていません。本人・家族に必ず確認してください。\n";
    for page in [&[][..], &["allergies"], &["prescriptions"], &["injections"], &["--search", "メトホルミン"]] {
        let out = show_in(&vault, page).exits(0).out;
        assert!(out.starts_with(warning), "{page:?}: {out}");
        let english = show_in(&vault, &[page, &["--lang", "en"]].concat()).exits(0).out;
        assert!(english.starts_with("Allergies: not provided by this hospital."), "{page:?}: {english}");
    }
    assert!(!show_in(&vault, &["labs"]).exits(0).out.contains(warning));
    let allergies = show_in(&vault, &["allergies"]).exits(0).out;
    assert!(allergies.ends_with("  窓口でお尋ねください\n  問い合わせ先: 医療情報部 03-0000-0000\n"), "{allergies}");
    let summary = show_in(&vault, &[]).exits(0).out;
    assert!(summary.contains("ABO AB   Rh この病院では提供していません"), "{summary}");
    assert!(summary.contains("大学・病院    登呂大学病院\n問い合わせ先  医療情報部"), "{summary}");
    let json = show_in(&vault, &["allergies", "--json"]).exits(0);
    assert_eq!(json.out.trim(), "[]");
    json.says(warning.trim_end());
}

#[test]
fn a_page_says_how_far_back_it_goes() {
    let desk = Desk::new();
    let vault = desk.path("v");
    let path = desk.profile(|p| {
        p["sections"]["prescriptions"]["period"] = json!({ "months": 12 });
        p["sections"]["labs"]["period"] = json!({ "months": 24 });
        p["exclude"] = json!({ "tests": [{ "code": "3B045000002399801" }] });
    });
    import(&demo(), &vault, &["--profile", text(&path)]).exits(0);
    let show = |more: &[&str]| show_in(&vault, more).exits(0).out;
    let general = "この病院は一部の病名・薬剤などを提供していない場合があります";
    let prescriptions = show(&["prescriptions"]);
    assert!(prescriptions.contains("  この病院は過去12か月分を提供しています\n") && !prescriptions.contains(general));
    let labs = show(&["labs"]);
    assert!(labs.contains("  この病院は過去24か月分を提供しています\n") && labs.contains(general), "{labs}");
    assert!(!show(&["diagnoses"]).contains("過去"));
    let summary = show(&[]);
    assert!(
        summary.contains("■ 提供されている中で最新の処方日のお薬（") && summary.contains("過去12か月分"),
        "{summary}"
    );
    assert!(show(&["--lang", "en"]).contains("■ Drugs of the newest order provided ("));
    let full = desk.path("full.v");
    import(&demo(), &full, &[]).exits(0);
    assert!(show_in(&full, &[]).exits(0).out.contains("■ 最新の処方日のお薬（"));
}

/// The same version with another content is a slip that only a comparison shows.
#[test]
fn another_content_under_one_version_is_told_apart() {
    let desk = Desk::new();
    let vault = desk.path("v");
    import(&demo(), &vault, &["--profile", text(&desk.profile(|_| ()))]).exits(0);
    let path = desk.profile(|p| p["sections"]["labs"]["fields"]["flags"] = false.into());
    let refused = import(&demo(), &vault, &["--profile", text(&path)]).exits(1);
    refused.says("id と版が同じでも内容が違います");
    import(&demo(), &vault, &["--profile", "full"]).exits(1).says("違いは profile diff で確かめ");
}

#[test]
fn a_bad_profile_is_refused_before_anything_is_asked_or_written() {
    let desk = Desk::new();
    let path = desk.put("bad.json", "{\"format\": 1,\n\"x\": 2 }");
    let (vault, demo) = (desk.path("v"), demo());
    let args = ["import", text(&demo), "--patient", PATIENT, "--vault", text(&vault), "--profile", text(&path)];
    // Nothing on stdin: a passcode would be missed first.
    let run = run_with(&[&args[..], &["--passcode-stdin"]].concat(), "").exits(1);
    assert!(
        run.err.contains("bad.json:2: エラー: 「x」というキー") && run.err.contains("profile check"),
        "{}",
        run.err
    );
    assert_eq!(names(desk.0.path()), ["bad.json"]);
    preview(text(&path), &[]).exits(1).shows("bad.json:2:");
}

#[test]
fn a_withholding_list_is_all_or_nothing() {
    let desk = Desk::new();
    let path = desk.profile(|p| p["withholding"] = true.into());
    let (vault, list) = (desk.path("v"), desk.list("肺炎", &["ない番号"]));
    let with = |profile: &str, more: &[&str]| {
        import(&demo(), &vault, &[&["--profile", profile, "--withhold", text(&list)], more].concat())
    };
    with("full", &[]).exits(1).says("\"withholding\": true");
    with(text(&path), &[]).exits(1).says("記録に見つかりません（病名 ない番号）");
    let refused = preview(text(&path), &["--withhold", text(&list)]).exits(1).shows("病名 ない番号 は");
    assert!(!refused.err.contains("取り込みません"), "a preview imports nothing: {}", refused.err);
    assert!(!vault.exists());
    desk.put("list.json", "{\"format\": 1,\n\"patients\": { \"1\": [{ \"section\": \"drugs\" }] } }");
    with(text(&path), &[]).exits(1).says("list.json:2: 非開示リストを使えません。section は diagnoses・");
    desk.put(
        "list.json",
        r#"{"format":1,"patients":{"1":[{"section":"allergies","id":"a","title":"t","reason":"b","approved_by":"c"}]}}"#,
    );
    with(text(&path), &[]).exits(1).says("アレルギー情報は1件ずつ非開示にできません");
    let listed = preview("full", &["--section", "diagnoses"]).exits(0).out;
    let id = listed.lines().find(|l| l.contains("肺炎")).unwrap().split_whitespace().nth(1).unwrap();
    desk.list("肺炎", &[id]);
    let done = with(text(&path), &[]).exits(0);
    assert!(done.out.contains("非開示リスト"), "{}", done.out);
    // 肺炎球菌 names it still, and nobody cuts that out unasked.
    assert!(done.err.contains("患者に見える3件の文章に残っています"), "{}", done.err);
    let left = preview(text(&path), &["--withhold", text(&list)]).exits(0).err;
    assert!(left.contains("検査結果  labs ") && !left.contains("肺炎"), "{left}");
    let shown = show_in(&vault, &["diagnoses"]).exits(0).out;
    assert!(!shown.contains("肺炎") && shown.contains("■ 病名  3件"), "{shown}");
    assert!(!show_in(&vault, &["admissions"]).exits(0).out.contains("事由"), "derived without it");
    assert_eq!(names(desk.0.path()), ["list.json", "toro.json", "v"]);
}
