//! Several roots of one storage in one drill.

use super::{request, run};
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::Finding;
use mykarte_synth::{Options, Volumes, generate};
use std::path::{Path, PathBuf};

/// What is said of months that one root lacks.
fn of_one_root(storages: Vec<PathBuf>) -> Option<Finding> {
    let report = run(&request(storages));
    report.findings.into_iter().find(|finding| finding.check == Check::Drill(Drill::PeriodOfOneRoot))
}

/// Copies the care dates that are wanted to another root.
fn copy(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) {
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (name, to) = (entry.file_name().into_string().unwrap(), to.join(entry.file_name()));
        match entry.file_type().unwrap().is_dir() {
            true if name.len() == 8 && name.starts_with("20") && !wanted(&name) => {}
            true => copy(&entry.path(), &to, wanted),
            false => {
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
}

#[test]
fn months_that_one_root_lacks_between_its_others_are_a_note() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options::new(3).patients(2).years(2).visits_per_year(24).extended(false);
    generate(&options, dir.path()).unwrap();
    let (whole, holed) = (dir.path().join("1319900017"), dir.path().join("1319900017_2"));
    copy(&whole, &holed, &|day| !("20230501".."20230901").contains(&day));
    let finding = of_one_root(vec![whole.clone(), holed]).expect("a note");
    assert_eq!((finding.count, finding.patients), (2, 2));
    assert_eq!(finding.examples[0].place, "2023-05〜2023-08");
    assert_eq!(of_one_root(vec![whole]), None);
}

#[test]
fn volumes_one_after_the_other_have_no_hole() {
    let dir = tempfile::tempdir().unwrap();
    generate(&Options::new(3).patients(2).years(3).volumes(Volumes::ByPeriod(3)), dir.path()).unwrap();
    assert_eq!(of_one_root(vec![dir.path().to_owned()]), None);
}
