//! A storage and its re-issue, held against each other.

use mykarte::import::Shaping;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::Finding;
use mykarte_drill::{Progress, Report, Request, Who, compare};
use mykarte_record::Section;
use mykarte_synth::{Encoding, Options, Style, Volumes, generate};
use ssmix2::Severity;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

fn request(old: &Path) -> Request {
    Request {
        storages: vec![old.to_owned()],
        hospital: None,
        shaping: Shaping::default(),
        who: Who::All,
        threads: 2,
        show_text: false,
        at: "2025-02-01T09:00".parse().unwrap(),
    }
}

fn run(request: &Request, new: &Path) -> Report {
    let progress = Progress { done: &|_, _| (), cancel: &AtomicBool::new(false) };
    compare(request, &[new.to_owned()], &progress).unwrap()
}

fn held_against(old: &Path, new: &Path) -> Report {
    run(&request(old), new)
}

fn options() -> Options {
    Options::new(7).patients(6).years(3)
}

fn storage(options: &Options) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    generate(options, dir.path()).unwrap();
    std::fs::remove_file(dir.path().join("truth.json")).unwrap();
    dir
}

fn found<'r>(report: &'r Report, check: Drill, detail: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|finding| finding.check == Check::Drill(check) && finding.detail == detail)
}

fn said(report: &Report) -> Vec<String> {
    let line = |f: &Finding| {
        let e = f.examples.first().map(|e| format!("{} {} {:?}", e.path, e.place, e.text)).unwrap_or_default();
        format!("{:?} {} {} x{} in {} {e}", f.severity, f.check.key(), f.detail, f.count, f.patients)
    };
    report.findings.iter().map(line).collect()
}

/// All files below a folder, by path.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap()) {
        match entry.file_type().unwrap().is_dir() {
            true => all.extend(files(&entry.path())),
            false => all.push(entry.path()),
        }
    }
    all.sort();
    all
}

/// The first current file of a data type.
fn first_of(root: &Path, kind: &str) -> PathBuf {
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.contains(&format!("_{kind}_")) && name.ends_with("_1")
    };
    files(root).into_iter().find(is_it).unwrap()
}

#[track_caller]
fn nothing_is_worse_than_a_note(report: &Report) {
    let worse: Vec<&Finding> = report.findings.iter().filter(|f| f.severity > Severity::Info).collect();
    assert!(worse.is_empty(), "{:#?}", said(report));
    assert!(report.holds);
}

#[test]
fn a_storage_is_its_own_re_issue() {
    let dir = storage(&options());
    let report = held_against(dir.path(), dir.path());
    assert_eq!(said(&report), Vec::<String>::new());
    let compared = report.compared.unwrap();
    assert_eq!((compared.old_patients, compared.new_patients), (6, 6));
    let labs = compared.sections.iter().find(|of| of.section == Section::Labs).unwrap();
    assert!(labs.old.entries > 100 && labs.old == labs.new && labs.lost.months.is_empty(), "{labs:?}");
}

#[test]
fn another_version_encoding_or_layout_loses_nothing() {
    // The generator draws the authors of memos by lot after the diagnoses: theirs are others in another version.
    let by_version = |style| options().style(style).extended(false);
    for (name, before, options) in [
        ("0.96 to 1.2", by_version(Style::V096), by_version(Style::V12)),
        ("0.96 to 1.2 in volumes", by_version(Style::V096), by_version(Style::V12).volumes(Volumes::ByPeriod(3))),
        ("CP932", options(), options().encoding(Encoding::Cp932)),
        ("dateless apart", options(), options().volumes(Volumes::DatelessApart)),
        ("no history", options(), options().history(false)),
        ("two roots", options(), options().dental(true)),
    ] {
        let old = storage(&before);
        let new = storage(&options);
        for (old, new) in [(old.path(), new.path()), (new.path(), old.path())] {
            let report = held_against(old, new);
            println!("{name}: {:#?}", said(&report));
            nothing_is_worse_than_a_note(&report);
        }
    }
}
