//! What lies beside the patients, and patients of whom there is no record.

use super::{files, found, request, run, said, storage};
use mykarte::ImportError;
use mykarte::ssmix2::{Code, Severity};
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::Finding;
use mykarte_drill::{Report, Request, Who};
use mykarte_synth::Options;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

fn options() -> Options {
    Options::new(3).patients(3).years(1)
}

fn read(report: &Report, code: Code) -> Option<&Finding> {
    report.findings.iter().find(|finding| finding.check == Check::Read(code))
}

fn drill(storage: &Path) -> Report {
    run(&request(vec![storage.to_owned()]))
}

#[test]
fn files_in_nobodys_folder_are_named_once() {
    let dir = storage(&options());
    let before = drill(dir.path());
    let root = dir.path().join("1319900017");
    let name = "8888888888_20240401_OMP-01_000000000000005_20240401120000000_01_1";
    fs::create_dir_all(root.join("888/888/8888888888")).unwrap();
    fs::write(root.join("888/888/8888888888").join(name), "x").unwrap();
    fs::write(root.join("stray.txt"), "x").unwrap();
    std::os::unix::fs::symlink("/nowhere", root.join("link")).unwrap();
    let report = drill(dir.path()).since(&before);
    let new: Vec<String> = report.findings.iter().filter(|f| f.new > 0).map(|f| f.check.key()).collect();
    assert_eq!(new, ["outside_patients", "symlink", "foreign_file"], "{:#?}", said(&report));
    let outside = found(&report, Drill::OutsidePatients, "").unwrap();
    assert_eq!((outside.count, outside.patients, outside.severity), (1, 0, Severity::Error));
    assert_eq!(outside.examples[0].path, format!("1319900017/888/888/8888888888/{name}"));
    assert_eq!(read(&report, Code::ForeignFile).unwrap().new, 1);
    assert_eq!((read(&report, Code::Symlink).unwrap().count, report.holds), (1, false));
}

/// Where everybody may read everything there is nothing to see.
#[test]
fn a_folder_that_cannot_be_listed_is_one_error() {
    use std::os::unix::fs::PermissionsExt;
    let dir = storage(&options());
    let closed = dir.path().join("1319900017/999");
    fs::create_dir_all(closed.join("999")).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let is_closed = fs::read_dir(&closed).is_err();
    let report = drill(dir.path());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    if is_closed {
        let finding = read(&report, Code::FolderUnreadable).unwrap();
        assert_eq!((finding.count, finding.patients, report.holds), (1, 0, false));
    }
}

/// Nothing of his can be read: his files are counted, and no field is said to be absent.
#[test]
fn of_a_patient_without_a_record_every_field_is_unknown() {
    let dir = storage(&options().extended(false));
    let before = drill(dir.path());
    let first = files(dir.path()).remove(0);
    let patient = first.ancestors().nth(3).unwrap();
    files(patient).iter().for_each(|path| fs::write(path, "no message").unwrap());
    fs::write(first.with_file_name("notes.txt"), "x").unwrap();
    let report = drill(dir.path());
    let finding = found(&report, Drill::PatientNotReadable, "nothing_usable");
    assert_eq!(finding.map(|f| f.patients), Some(1), "{:#?}", said(&report));
    assert_eq!(report.scope.files, before.scope.files + 1);
    assert_eq!(read(&report, Code::ForeignFile).map(|f| f.patients), Some(1), "{:#?}", said(&report));
    assert!(report.fields.iter().all(|of| of.present + of.absent + of.unreadable == 3 && of.unreadable > 0));
}

#[test]
fn a_finding_of_the_whole_record_names_no_file() {
    let dir = storage(&options());
    let labs = files(dir.path()).into_iter().find(|path| path.to_str().unwrap().contains("_OML-11_")).unwrap();
    fs::write(labs.with_file_name("notes.txt"), "x").unwrap();
    fs::write(&labs, "no message").unwrap();
    let report = drill(dir.path());
    let finding = found(&report, Drill::SectionUnreadable, "labs").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((finding.examples[0].path.as_str(), finding.examples[0].place.as_str()), ("", "検査結果"));
}

#[test]
fn what_looks_like_a_message_and_is_not_read_is_an_error_with_its_path() {
    let dir = storage(&options());
    let before = drill(dir.path());
    let of = |kind: &str| files(dir.path()).into_iter().find(|path| path.to_str().unwrap().contains(kind)).unwrap();
    let moved = of("_OMP-01_");
    fs::rename(&moved, moved.parent().unwrap().with_file_name(moved.file_name().unwrap())).unwrap();
    let empty = of("_OML-11_");
    let text: String = fs::read(&empty).unwrap().into_iter().map(char::from).collect();
    let lines: Vec<&str> = text.split('\r').filter(|line| !line.starts_with("OBX")).collect();
    fs::write(&empty, lines.join("\r").chars().map(|c| c as u8).collect::<Vec<u8>>()).unwrap();
    std::os::unix::fs::symlink("1319900017", dir.path().join("1319900018")).unwrap();
    let report = drill(dir.path()).since(&before);
    let not_taken = found(&report, Drill::NotTaken, "").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert!(moved.ends_with(not_taken.examples[0].path.rsplit('/').next().unwrap()), "{not_taken:?}");
    assert_eq!((not_taken.new, not_taken.severity), (1, Severity::Error));
    assert!(found(&report, Drill::NothingInMessage, "OML-11").is_some_and(|f| f.new == 1), "{:#?}", said(&report));
    assert_eq!(found(&report, Drill::LinkedFolder, "").map(|f| f.examples[0].path.as_str()), Some("1319900018"));
}

/// What was there yesterday and is not today is new, though nothing of it is found today.
#[test]
fn what_has_become_less_since_a_baseline_is_an_error() {
    let dir = storage(&options().extended(false));
    let before = drill(dir.path());
    let first = files(dir.path()).remove(0);
    fs::remove_dir_all(first.ancestors().nth(3).unwrap()).unwrap();
    let report = drill(dir.path()).since(&before);
    assert!(!report.holds && report.findings[0].check == Check::Drill(Drill::FewerPatients), "{:#?}", said(&report));
    assert!(found(&report, Drill::FewerFiles, "").is_some());
}

#[test]
fn a_mistyped_number_is_answered_with_those_like_it() {
    let dir = storage(&options());
    let first = files(dir.path()).remove(0);
    let id = first.ancestors().nth(3).unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let who = Who::Patient(format!("{id}0"));
    let request = Request { who, ..request(vec![dir.path().to_owned()]) };
    let refused = mykarte_drill::run(&request, &super::progress(&AtomicBool::new(false)));
    let Err(ImportError::NoSuchPatient { nearest }) = refused else { panic!("a report of nobody") };
    assert!(nearest.contains(&id), "{nearest:?}");
}
