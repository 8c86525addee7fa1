//! Drills of whole storages.
#![allow(clippy::unwrap_used)]

mod beside;
mod changed;
mod compare;
mod edits;
mod lost;
mod roots;
mod storages;

use mykarte::import::Shaping;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::Finding;
use mykarte_drill::{Progress, Report, Request, Who};
use mykarte_synth::{Options, generate};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

fn request(storages: Vec<PathBuf>) -> Request {
    Request {
        storages,
        hospital: None,
        shaping: Shaping::default(),
        who: Who::All,
        threads: 2,
        show_text: false,
        at: "2025-02-01T09:00".parse().unwrap(),
    }
}

fn progress(cancel: &AtomicBool) -> Progress<'_> {
    Progress { done: &|_, _| (), each: None, cancel }
}

fn run(request: &Request) -> Report {
    mykarte_drill::run(request, &progress(&AtomicBool::new(false))).expect("a report")
}

/// A storage that the generator makes.
fn storage(options: &Options) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    generate(options, dir.path()).unwrap();
    std::fs::remove_file(dir.path().join("truth.json")).unwrap();
    dir
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

fn found<'r>(report: &'r Report, check: Drill, detail: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|finding| finding.check == Check::Drill(check) && finding.detail == detail)
}

/// What a report says, a line a finding.
fn said(report: &Report) -> Vec<String> {
    let line = |f: &Finding| {
        let e = f.examples.first().map(|e| format!("{} {} {:?}", e.path, e.place, e.text)).unwrap_or_default();
        format!("{:?} {} {} x{} in {} {e}", f.severity, f.check.key(), f.detail, f.count, f.patients)
    };
    report.findings.iter().map(line).collect()
}
