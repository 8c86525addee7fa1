//! Storages that no repository can hold: names that are not UTF-8, loops of
//! links, pipes, unreadable places, deep and long paths, many patients.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use mykarte::record::Section;
use mykarte::record::report::Reason;
use mykarte::ssmix2::storage::StorageError;
use mykarte::{ImportError, Imported, Step, Watch, read_record};
use mykarte_tests::{cases, import, request, section, skipped, summary};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

const PATIENT: &str = "1203457";
const FOLDER: &str = "120/345/1203457";

/// A copy of a case's storage (one order with four drugs) to do harm to.
fn storage() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("1310000001");
    copy(&case("prescriptions-two-rps").join("storage"), &root, false);
    (dir, root)
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases").join(name)
}

/// Copies a tree, the entries of each folder in order or in the opposite one.
fn copy(from: &Path, to: &Path, backwards: bool) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<PathBuf> = fs::read_dir(from).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    if backwards {
        entries.reverse();
    }
    for path in entries {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target, backwards)
        } else {
            fs::write(&target, fs::read(&path).unwrap()).unwrap()
        }
    }
}

fn everything(result: &Result<Imported, ImportError>) -> Value {
    match result {
        Ok(imported) => {
            let sections: Vec<Value> = Section::ALL.map(|s| Value::from(section(imported, s))).to_vec();
            json!({ "summary": summary(imported), "sections": sections, "report": imported.report })
        }
        Err(error) => json!({ "error": format!("{error:?}") }),
    }
}

fn fate(imported: &Imported, reason: Reason) -> u32 {
    imported.report.files.get(&reason).copied().unwrap_or(0)
}

fn has_finding(imported: &Imported, code: &str) -> bool {
    imported.report.findings.iter().any(|f| json!(f.code) == json!(code))
}

#[test]
fn neither_order_nor_threads_change_the_result() {
    for case in cases::all() {
        let dir = tempfile::tempdir().unwrap();
        let mut results = Vec::new();
        for (name, backwards, threads) in [("a", false, 1), ("b", true, 1), ("c", false, 4), ("d", true, 4)] {
            // Reports name files below the root, so the copies compare equal.
            let copied = dir.path().join(name);
            copy(&case, &copied, backwards);
            let mut request = cases::request_of(&copied).unwrap();
            request.threads = threads;
            results.push(everything(&import(&request)));
        }
        let [first, rest @ ..] = &results[..] else { unreachable!() };
        assert!(rest.iter().all(|r| r == first), "{}", case.display());
    }
}

#[test]
fn entries_come_back_from_their_lines() {
    use mykarte::record::lines;
    for case in cases::all() {
        let Ok(imported) = import(&cases::request_of(&case).unwrap()) else { continue };
        let record = &imported.record;
        macro_rules! round_trip {
            ($($section:ident)*) => {$(
                for entry in &record.$section {
                    let line = serde_json::to_vec(entry).unwrap();
                    let back = lines::read(&line).unwrap_or_else(|e| panic!("{} {e}", case.display()));
                    assert_eq!(serde_json::to_vec(entry).unwrap(), serde_json::to_vec(&same_type(entry, back)).unwrap());
                }
            )*};
        }
        round_trip!(basics allergies diagnoses admissions prescriptions injections labs memos others);
    }
}

/// Ties the type of what was read to the type of what was written.
fn same_type<T>(_: &T, read: T) -> T {
    read
}

#[test]
fn names_in_cp932_are_read() {
    let (_dir, root) = storage();
    // 経過記録 in CP932, as archives made on Windows bring it.
    let name = b"^\x8C\x6F\x89\xDF^^11506-3^\x8C\x6F\x89\xDF\x8B\x4C\x98\x5E^LN";
    let content = [b"1203457_20240401_".as_slice(), name, b"_K1_20240401150032123_01_1"].concat();
    let dir = root.join(FOLDER).join("20240401").join(OsStr::from_bytes(name)).join(OsStr::from_bytes(&content));
    if fs::create_dir_all(&dir).is_err() {
        return skipped("this file system takes UTF-8 names only");
    }
    fs::write(dir.join("main_document.pdf"), "%PDF-1.4").unwrap();
    let stray = root.join(FOLDER).join("20240401/OMP-01").join(OsStr::from_bytes(b"\x8C\x6F.bak"));
    fs::write(stray, "x").unwrap();
    let imported = import(&request(&[&root], PATIENT)).unwrap();
    assert_eq!(section(&imported, Section::Others)[0]["title"], "経過記録");
    assert_eq!((fate(&imported, Reason::Used), fate(&imported, Reason::Unknown)), (2, 1));
}

#[test]
fn paths_longer_than_260_characters_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let long = "x".repeat(120);
    let root = dir.path().join(&long).join(&long).join(&long).join("1310000001");
    copy(&case("prescriptions-two-rps").join("storage"), &root, false);
    let imported = import(&request(&[&root], PATIENT)).unwrap();
    assert_eq!(summary(&imported)["counts"]["prescription_drugs"], 4);
}

#[test]
fn symlink_loops_are_counted_and_not_followed() {
    let (dir, root) = storage();
    let date = root.join(FOLDER).join("20240401");
    symlink(&root, root.join("120/loop")).unwrap();
    symlink(&date, date.join("OMP-01/loop")).unwrap();
    symlink("..", root.join(FOLDER).join("20240402")).unwrap();
    symlink(dir.path().join("nowhere"), date.join("OML-11")).unwrap();
    for input in [&root, &root.join(FOLDER)] {
        let imported = import(&request(&[input], PATIENT)).unwrap();
        assert_eq!(summary(&imported)["counts"]["prescription_drugs"], 4);
        assert_eq!(fate(&imported, Reason::Used), 1);
        assert!(fate(&imported, Reason::Unknown) >= 3 && has_finding(&imported, "symlink"));
    }
}

#[test]
fn unreadable_places_are_named() {
    let (_dir, root) = storage();
    let date = root.join(FOLDER).join("20240401");
    let folder = date.join("OML-11");
    fs::create_dir(&folder).unwrap();
    let file = date.join("OMP-01/1203457_20240401_OMP-01_000000000000102_20240401093000000_01_1");
    fs::write(&file, "MSH|^~\\&|x").unwrap();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&file, 0o000);
    mode(&folder, 0o000);
    let is_privileged = fs::read(&file).is_ok();
    let imported = import(&request(&[&root], PATIENT)).unwrap();
    mode(&folder, 0o755);
    if is_privileged {
        return skipped("this user may read everything");
    }
    assert_eq!(summary(&imported)["counts"]["prescription_drugs"], 4);
    assert_eq!(fate(&imported, Reason::Unreadable), 2);
    assert!(has_finding(&imported, "file_unreadable") && has_finding(&imported, "folder_unreadable"));
}

/// A pipe waits for its writer for ever: opening one would hang the import.
#[test]
fn pipes_are_never_opened() {
    let (dir, root) = storage();
    let date = root.join(FOLDER).join("20240401");
    let document =
        date.join("^^^11506-3^経過記録^LN/1203457_20240401_^^^11506-3^経過記録^LN_K1_20240401150032123_01_1");
    fs::create_dir_all(&document).unwrap();
    let pipes = [
        date.join("OMP-01/1203457_20240401_OMP-01_000000000000102_20240401093000000_01_1"),
        document.join("main_document.hl7"),
        date.join("OML-11"),
        dir.path().join("pipe"),
    ];
    for pipe in &pipes {
        match std::process::Command::new("mkfifo").arg(pipe).status() {
            Ok(status) if status.success() => {}
            _ => return skipped("mkfifo is not there"),
        }
    }
    let imported = import(&request(&[&root], PATIENT)).unwrap();
    assert_eq!((fate(&imported, Reason::Used), fate(&imported, Reason::Unknown)), (1, 3));
    let error = import(&request(&[&pipes[3]], PATIENT)).unwrap_err();
    assert!(matches!(error, ImportError::Storage(StorageError::NotAFolder { input: 0 })), "{error:?}");
}

#[test]
fn deep_nesting_ends() {
    let (_dir, root) = storage();
    let deep = |start: PathBuf| (0..300).fold(start, |path, _| path.join("n"));
    for start in [root.join("deep"), root.join(FOLDER).join("deep"), root.join(FOLDER).join("20240401/OMP-01/deep")] {
        fs::create_dir_all(deep(start)).unwrap();
    }
    let imported = import(&request(&[&root], PATIENT)).unwrap();
    assert_eq!(summary(&imported)["counts"]["prescription_drugs"], 4);
    assert_eq!(fate(&imported, Reason::Unknown), 2);
}

#[test]
fn what_is_no_storage_is_said_to_be_none() {
    let dir = tempfile::tempdir().unwrap();
    let zip = dir.path().join("export.zip");
    fs::write(&zip, b"PK\x03\x04rest").unwrap();
    let error = |path: &Path| import(&request(&[path], PATIENT)).unwrap_err();
    assert!(matches!(error(&zip), ImportError::Storage(StorageError::Zip { .. })));
    assert!(matches!(error(&dir.path().join("none")), ImportError::Storage(StorageError::NotFound { .. })));
    assert!(matches!(error(dir.path()), ImportError::EmptyStorage));
}

#[test]
fn a_large_storage_is_read_for_one_patient_and_can_be_cancelled() {
    let (_dir, root) = storage();
    let order = fs::read_dir(root.join(FOLDER).join("20240401/OMP-01")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read(&order).unwrap();
    for n in 0..1500 {
        let id = format!("2{n:06}");
        let folder = root.join(&id[..3]).join(&id[3..6]).join(&id).join("20240401/OMP-01");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{id}_20240401_OMP-01_1_20240401093000000_01_1")), b"noise").unwrap();
    }
    for n in 0..200 {
        let name = format!("1203457_20240401_OMP-01_{n:015}_20240401093000000_01_1");
        fs::write(order.with_file_name(name), &text).unwrap();
    }
    let request = request(&[&root], PATIENT);
    let files = fs::read_dir(order.parent().unwrap()).unwrap().count() as u32;
    assert_eq!(import(&request).unwrap().report.read, files);
    let cancel = AtomicBool::new(false);
    let stop = |step: Step| {
        if matches!(step, Step::Read { done: 1.., .. }) {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let result = read_record(&request, &Watch { progress: &stop, cancel: &cancel });
    assert!(matches!(result, Err(ImportError::Cancelled)));
}
