//! Drills of whole storages: a clean one, one with each known defect, one of each encoding.

use mykarte::import::Shaping;
use mykarte_drill::report::Finding;
use mykarte_drill::{Progress, Report, Request, Who, run};
use mykarte_synth::{Options, generate};
use std::path::Path;
use std::sync::atomic::AtomicBool;

fn drill(storage: &Path, who: Who, threads: usize) -> Report {
    let request = Request {
        storages: vec![storage.to_owned()],
        hospital: None,
        shaping: Shaping::default(),
        who,
        threads,
        show_text: true,
        at: mykarte::now(),
    };
    run(&request, &Progress { done: &|_, _| (), cancel: &AtomicBool::new(false) }).expect("a report")
}

fn storage(options: &Options) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    generate(options, dir.path()).expect("a storage");
    std::fs::remove_file(dir.path().join("truth.json")).expect("no truth");
    dir
}

fn said(report: &Report) -> Vec<String> {
    let line = |f: &Finding| {
        let example = f.examples.first().map(|e| format!("{} {} {:?}", e.path, e.place, e.text)).unwrap_or_default();
        format!("{:?} {} {} x{} in {}: {example}", f.severity, f.check.key(), f.detail, f.count, f.patients)
    };
    report.findings.iter().map(line).collect()
}

#[test]
fn a_clean_storage_holds_the_promise() {
    let dir = storage(&Options::new(3).patients(20).years(2));
    let report = drill(dir.path(), Who::All, 2);
    println!("{:#?}", said(&report));
    println!(
        "{:?} {}",
        report.scope,
        report
            .fields
            .iter()
            .filter(|f| f.present == 0)
            .map(|f| format!("{}.{} ", f.section.key(), f.key))
            .collect::<String>()
    );
    assert!(report.holds);
}

#[test]
fn defects() {
    let options = || Options::new(3).patients(3).years(2);
    let clean = drill(storage(&options()).path(), Who::All, 2);
    for defect in mykarte_synth::Defect::ALL {
        let dir = storage(&options().defects(&[*defect]));
        let report = drill(dir.path(), Who::All, 2).since(&clean);
        let new: Vec<String> = report
            .findings
            .iter()
            .filter(|f| f.new > 0)
            .map(|f| {
                format!(
                    "{}{}+{}",
                    f.check.key(),
                    if f.detail.is_empty() { String::new() } else { format!("({})", f.detail) },
                    f.new
                )
            })
            .collect();
        println!("DEF {:?} {}: {}", *defect as u32, format!("{defect:?}"), new.join(" "));
    }
}
