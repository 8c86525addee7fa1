//! `verify`: the drill of a hospital at night.

use crate::support::{Run, copy_of_demo, demo, run, text};
use mykarte_synth::{Defect, Options, generate};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

fn storage(options: &Options) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    generate(options, dir.path()).unwrap();
    std::fs::remove_file(dir.path().join("truth.json")).unwrap();
    dir
}

fn verify(storage: &Path, more: &[&str]) -> Run {
    run(&[&["verify", text(storage)], more].concat())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_sound_storage_holds_the_promise_and_a_bad_file_breaks_it_until_it_is_known() {
    let (dir, out) = (storage(&Options::new(3).patients(3).years(1)), tempfile::tempdir().unwrap());
    verify(dir.path(), &["--profile", "gemini-standard"])
        .exits(0)
        .shows("約束は守られています。")
        .shows("患者 3人（全 3人）");
    let bad = storage(&Options::new(3).patients(3).years(1).defects(&[Defect::NotAMessage, Defect::ForeignId]));
    let (before, page) = (out.path().join("before.json"), out.path().join("page.html"));
    let outputs = ["--json", text(&before), "--html", text(&page)];
    let run = verify(bad.path(), &outputs)
        .exits(1)
        .shows("約束は守られていません")
        .shows("HL7 メッセージではない")
        .shows("→ ");
    // What follows from other findings comes behind them.
    let at = |what: &str| run.out.find(what).unwrap();
    assert!(at("PID-3 がフォルダの患者IDと違う") < at("読めないデータのある区分"), "{}", run.out);
    assert_eq!(json(&before)["holds"], false);
    assert!(std::fs::read_to_string(&page).unwrap().contains("守られていません"));
    // The next night nothing is new; the page says what it was compared with.
    verify(bad.path(), &["--baseline", text(&before), "--html", text(&page)]).exits(0).shows("前回より増えたもの 0");
    verify(dir.path(), &["--baseline", text(&before)]).exits(0);
}

#[test]
fn a_list_has_every_patient_and_finding_whoever_was_done_first() {
    let dir = storage(&Options::new(3).patients(8).years(1).defects(&[Defect::NotAMessage, Defect::ForeignId]));
    let out = tempfile::tempdir().unwrap();
    let (list, report) = (out.path().join("list.csv"), out.path().join("report.json"));
    let listed = |threads: &str| {
        verify(dir.path(), &["--threads", threads, "--list", text(&list), "--json", text(&report)]).exits(1);
        std::fs::read_to_string(&list).unwrap()
    };
    let (one, two) = (listed("1"), listed("2"));
    assert_eq!(one, two);
    let rows: Vec<&str> = one.strip_prefix("\u{feff}患者,重さ,").unwrap().lines().skip(1).collect();
    assert!(rows.is_sorted_by_key(|row| row.split(',').next()), "{one}");
    let findings = json(&report)["findings"].as_array().unwrap().clone();
    let expected: u64 = findings.iter().map(|finding| finding["patients"].as_u64().unwrap()).sum();
    assert_eq!(rows.len() as u64, expected, "{one}");
    assert!(one.contains("エラー,HL7 メッセージではない") && !one.contains('﨑'), "{one}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 2, "no draft is left");
}

#[test]
fn texts_of_patients_are_masked_unless_asked_for() {
    let dir = storage(&Options::new(3).patients(2).years(1));
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("out.json");
    let names = |more: &[&str]| {
        verify(dir.path(), &[&["--json", text(&path)], more].concat());
        let report = json(&path);
        let findings = report["findings"].as_array().unwrap();
        let texts: Vec<String> = findings
            .iter()
            .flat_map(|f| f["examples"].as_array().unwrap())
            .filter_map(|e| Some(e["text"].as_str()?.to_owned()))
            .collect();
        assert!(!texts.is_empty());
        texts.iter().any(|text| text.contains('﨑') || text.contains('髙') || text.contains('①'))
    };
    assert!(!names(&[]));
    assert!(names(&["--show-text"]));
}

#[test]
fn who_is_looked_at_is_chosen_and_said() {
    let dir = storage(&Options::new(4).patients(6).years(1));
    verify(dir.path(), &["--sample", "2", "--seed", "5"]).shows("患者 2人（全 6人、無作為（番号 5））");
    verify(dir.path(), &["--since", "2099-01-01"]).exits(1).says("何も点検していません");
    verify(dir.path(), &["--compare", "old"]).exits(2).says("--compare <OLD> <NEW> に値が足りません");
    verify(&demo(), &["--patient", "0000311"]).shows("患者 1人（全 1人）").exits(1);
    verify(&demo(), &["--patient", "12345"]).exits(1).says("患者 12345 のフォルダがありません");
    verify(&demo(), &["--sample", "0"]).exits(2).says("1 以上の人数");
    verify(&demo(), &["--since", "2026-13-01"]).exits(2).says("2026-11-22 の形");
    verify(&demo(), &["--sample", "2", "--patient", "0000311"]).exits(2).says("どちらか1つ");
    verify(&demo(), &["--lang", "en"]).exits(1).shows("The promise does not hold").shows("What to mend first");
}

#[test]
fn no_output_takes_the_place_of_something_else_and_none_lands_in_the_storage() {
    let (demo, out) = (copy_of_demo(), tempfile::tempdir().unwrap());
    let theirs = out.path().join("letter.txt");
    std::fs::write(&theirs, "a letter").unwrap();
    for option in ["--json", "--html", "--list"] {
        verify(demo.path(), &[option, text(&theirs)]).exits(1).says("verify の結果ではないファイル");
        verify(demo.path(), &[option, text(&demo.path().join("x"))]).exits(1).says("ストレージの中");
        verify(demo.path(), &[option, text(&out.path().join("no/where"))]).exits(1);
    }
    assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "a letter");
    #[cfg(unix)]
    {
        let link = out.path().join("link.json");
        std::os::unix::fs::symlink(out.path().join("elsewhere.json"), &link).unwrap();
        verify(demo.path(), &["--json", text(&link)]).exits(1).says("verify の結果ではないファイル");
        assert!(link.is_symlink());
    }
    verify(demo.path(), &["--baseline", text(&theirs)]).exits(1).says("--baseline は前回の --json の結果です");
    let same = out.path().join("same");
    verify(demo.path(), &["--json", text(&same), "--html", text(&same)]).exits(2).says("同じファイル");
    verify(&out.path().join("none"), &[]).exits(1).says("フォルダがありません");
    verify(out.path(), &[]).exits(1).says("患者のフォルダが1つもありません");
}
