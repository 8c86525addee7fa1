//! Every folder below `fixtures/cases` is a test; `fixtures/defects.tsv` says
//! which case shows which defect that storages are known to have.
#![allow(clippy::unwrap_used)]

use mykarte_tests::cases;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn every_case_is_read_as_a_person_expects() {
    let all = cases::all();
    let mut failures = Vec::new();
    for case in &all {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        failures.extend(cases::check(case).into_iter().map(|difference| format!("{name}: {difference}")));
    }
    assert!(failures.is_empty(), "{} differences in {} cases:\n{}", failures.len(), all.len(), failures.join("\n"));
}

/// Numbers 1 to 53 of the list of known defects; each is shown by at least one
/// case, or by a test that makes what no repository can hold.
#[test]
fn every_defect_has_its_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = std::fs::read_to_string(root.join("fixtures/defects.tsv")).unwrap();
    let mut found: BTreeMap<u32, usize> = BTreeMap::new();
    for line in table.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let [number, what, proof] = line.split('\t').collect::<Vec<_>>().try_into().expect("three columns");
        assert!(!what.is_empty(), "{line}");
        for one in proof.split(", ") {
            let shown = match one.strip_prefix("made by the test: ") {
                Some(test) => is_a_test(&root, test),
                None => root.join("fixtures/cases").join(one).join("expected.json").is_file() || is_a_test(&root, one),
            };
            assert!(shown, "defect {number}: neither a case nor a test is named {one}");
        }
        *found.entry(number.parse().unwrap()).or_default() += 1;
    }
    assert_eq!(found, (1..=53).map(|n| (n, 1)).collect());
}

/// `file::name` of `tests/tests`, or `crate path::name` of a unit test.
fn is_a_test(root: &Path, name: &str) -> bool {
    let Some((module, test)) = name.rsplit_once("::") else { return false };
    let places = [
        root.join(format!("tests/tests/{module}.rs")),
        root.join(format!("core/ssmix2/src/{}.rs", module.replace("::", "/"))),
        root.join(format!("core/record/src/{}.rs", module.replace("::", "/"))),
    ];
    let text = places.iter().find_map(|p| std::fs::read_to_string(p).ok());
    text.is_some_and(|t| t.contains(&format!("fn {test}(")))
}
