//! `verify --compare`: a storage and its re-issue.

use crate::support::{Run, run_with, text};
use mykarte_synth::{Options, Style, generate};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn storage(style: Style) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    generate(&Options::new(5).patients(3).years(2).extended(false).style(style), dir.path()).unwrap();
    std::fs::remove_file(dir.path().join("truth.json")).unwrap();
    dir
}

fn verify(args: &[&str]) -> Run {
    run_with(&[&["verify"], args].concat(), "")
}

/// A current file of a data type.
fn file_of(folder: &Path, kind: &str) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let is_it = |path: &&PathBuf| text(path).contains(&format!("_{kind}_")) && text(path).ends_with("_1");
    let own = entries.iter().find(is_it).cloned();
    own.or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|folder| file_of(folder, kind)))
}

#[test]
fn another_version_of_the_storage_loses_nothing() {
    let (old, new) = (storage(Style::V096), storage(Style::V12));
    let run = verify(&["--compare", text(old.path()), text(new.path())]).exits(0);
    run.shows("新しい格納先で失われたもの・変わった薬や値はありません。")
        .shows("検査結果: 元 ")
        .shows("患者 3人（全 3人）");
}

#[test]
fn what_the_new_storage_lacks_is_named_and_exits_1() {
    let (old, new, out) = (storage(Style::V12), storage(Style::V12), tempfile::tempdir().unwrap());
    std::fs::remove_file(file_of(new.path(), "OMP-01").unwrap()).unwrap();
    let (json, html) = (out.path().join("r.json"), out.path().join("r.html"));
    let both = ["--compare", text(old.path()), text(new.path())];
    let run = verify(&[&both[..], &["--json", text(&json), "--html", text(&html)]].concat()).exits(1);
    run.shows("新しい格納先に、失われたもの・変わった薬や値があります。")
        .shows("新しい格納先にないデータ［処方オーダー］")
        .shows("_OMP-01_");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let finding = &report["findings"][0];
    assert_eq!((&finding["check"], &finding["detail"]), (&"entry_lost".into(), &"prescriptions".into()));
    assert!(report["reissue"]["sections"].as_array().unwrap().iter().any(|of| of["section"] == "prescriptions"));
    let page = std::fs::read_to_string(&html).unwrap();
    assert!(page.contains("いつのデータがないか") && page.contains("元の格納先にあって、新しい格納先にないもの"));
    // What was known is no news.
    verify(&[&both[..], &["--baseline", text(&json)]].concat()).exits(0);
    verify(&[&both[..], &["--lang", "en"]].concat()).exits(1).shows("entry_lost [prescriptions]").shows(" lost, ");
}

#[test]
fn two_places_are_compared_and_nothing_beside_them() {
    let (old, new) = (storage(Style::V12), tempfile::tempdir().unwrap());
    let old = text(old.path());
    verify(&["--compare", old, old, old]).exits(2).shows("--compare");
    verify(&["--compare", old]).exits(2);
    verify(&["--compare", old, old, "--compare", old, old]).exits(2);
    let empty = text(new.path());
    for both in [[old, empty], [empty, old]] {
        let run = verify(&[&["--compare"], &both[..]].concat()).exits(1);
        assert!(run.err.contains(empty) && !run.err.contains(old), "{}", run.err);
    }
    verify(&[]).exits(2);
    let gone = new.path().join("gone");
    let run = verify(&["--compare", old, text(&gone)]).exits(1);
    assert!(run.err.contains(text(&gone)) && !run.err.contains(old), "{}", run.err);
}
