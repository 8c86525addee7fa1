//! Drills of whole storages: a clean one, one with each known defect, one of each encoding.

use super::{files, request, run, said, storage};
use mykarte::ssmix2::Severity;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::Finding;
use mykarte_drill::{Report, Request, Who};
use mykarte_synth::{Defect, Encoding, Options};
use std::path::Path;

fn drill(storage: &Path, who: Who, threads: usize) -> Report {
    run(&Request { who, threads, show_text: true, ..request(vec![storage.to_owned()]) })
}

fn drill_masked(storage: &Path) -> Report {
    run(&request(vec![storage.to_owned()]))
}

/// UTF-8 read as CP932; delimiters stay.
fn misread(line: &str) -> String {
    encoding_rs::SHIFT_JIS.decode_without_bom_handling(line.as_bytes()).0.replace('\u{FFFD}', "?")
}

#[test]
fn a_clean_storage_has_no_errors() {
    let dir = storage(&Options::new(3).patients(20).years(2));
    let report = drill(dir.path(), Who::All, 2);
    let errors: Vec<String> = said(&report).into_iter().filter(|line| line.starts_with("Error")).collect();
    assert_eq!(errors, Vec::<String>::new());
    assert!(report.holds);
    assert_eq!((report.scope.patients, report.scope.patients_in_storage), (20, 20));
}

/// What must be said of a storage with a defect that a clean one does not have; none where the form is legal and is
/// taken as it was meant.
const DEFECTS: &[(u8, &[&str])] = &[
    (1, &["patient_id_differs", "patient_id_missing", "patient_id_leading_zeros"]),
    (2, &["name_patient_differs", "name_type_differs", "patient_id_differs"]),
    (3, &["not_hl7"]),
    (4, &["order_number_differs"]),
    (5, &["deleted_file"]),
    (6, &["two_current_files", "history_without_current", "deleted_file"]),
    (7, &["name_department_differs"]),
    (8, &["short_occurrence"]),
    (9, &["care_date_differs"]),
    (10, &["foreign_file", "name_type_differs", "unknown_flag"]),
    (12, &["line_ends"]),
    // Kanji whose bytes are delimiters are ordinary JIS: every storage is full of them.
    (13, &[]),
    (14, &["unterminated_run", "truncated_character", "undecodable_character", "eight_bit_kana"]),
    (15, &["charset_mismatch", "required_field_missing"]),
    (16, &["outside_jis_x0208", "undecodable_character"]),
    (17, &["header_not_ascii"]),
    (18, &["full_width_minus"]),
    (19, &["empty_segment"]),
    (20, &["not_a_number"]),
    (21, &["visit_missing"]),
    (22, &["route_of_several"]),
    (23, &["order_number_differs"]),
    (24, &["birth_date_shifted"]),
    (25, &["visit_shifted"]),
    (26, &["update_time_shifted"]),
    (27, &["name_marker_shifted"]),
    (28, &["event_differs"]),
    (29, &["blood_type_swapped"]),
    (30, &["slip_number_differs"]),
    (31, &["heading_contradicts_items"]),
    (32, &["order_row_in_results"]),
    (33, &["jlac10_length"]),
    (34, &["segment_too_long"]),
    (35, &["explicit_null"]),
    (36, &["blank_in_code_system"]),
    (37, &["demographics_differ"]),
    (38, &["receipt_code_as_hot9"]),
    (39, &["local_allergen"]),
    (40, &["no_hyphens"]),
    (41, &["time_form"]),
    (42, &["time_cut"]),
    (43, &["hour_past24"]),
    (44, &["discharge_without_admission"]),
    (45, &["result_without_unit"]),
    (46, &["several_spellings"]),
    (47, &["range_form"]),
    (48, &["mixed_status"]),
    (49, &["ended_not_recovered"]),
    (50, &["ward_without_transfer"]),
    (51, &["stray_backslash"]),
    (53, &["several_spellings"]),
];

#[test]
fn every_defect_of_a_storage_is_found_and_named() {
    let options = || Options::new(3).patients(3).years(2);
    let clean = drill(storage(&options()).path(), Who::All, 2);
    let mut missed = Vec::new();
    for defect in Defect::ALL {
        let (_, wanted) = DEFECTS.iter().find(|(number, _)| *number == defect.number()).expect("a row for each defect");
        let dir = storage(&options().defects(&[*defect]));
        let report = drill(dir.path(), Who::All, 2).since(&clean);
        let new: Vec<String> = report.findings.iter().filter(|f| f.new > 0).map(|f| f.check.key()).collect();
        missed.extend(
            wanted
                .iter()
                .filter(|key| !new.iter().any(|n| n == *key))
                .map(|key| format!("{defect:?}: {key} not in {new:?}")),
        );
        let errors = report.findings.iter().any(|f| f.severity == Severity::Error && f.new > 0);
        assert_eq!(report.holds, !errors, "{defect:?}");
    }
    assert_eq!(missed, Vec::<String>::new());
}

#[test]
fn threads_and_their_order_change_nothing() {
    let dir = storage(&Options::new(5).patients(12).years(1).defects(Defect::ALL));
    let [one, two] = [1, 2].map(|threads| drill(dir.path(), Who::All, threads));
    assert_eq!(said(&one), said(&two));
    assert!(one == two);
}

#[test]
fn a_sample_is_the_same_for_the_same_seed_and_a_day_leaves_out_who_came_before() {
    let dir = storage(&Options::new(6).patients(30).years(1));
    let patients = |who: Who| drill(dir.path(), who, 2).scope.patients;
    assert_eq!(patients(Who::Sample { patients: 7, seed: 1 }), 7);
    assert_eq!(patients(Who::Sample { patients: 700, seed: 1 }), 30);
    let files = |seed| drill(dir.path(), Who::Sample { patients: 7, seed }, 1).scope.files;
    assert_eq!(files(1), files(1));
    assert_eq!(patients(Who::Since("2100-01-01".parse().expect("a day"))), 0);
    assert_eq!(patients(Who::Since("1900-01-01".parse().expect("a day"))), 30);
}

/// The injection's text of the national drill: valid characters, and no Japanese.
#[test]
fn garbled_texts_of_one_kind_are_named_with_their_place_and_masked() {
    let dir = storage(&Options::new(8).patients(4).years(1).encoding(Encoding::Utf8));
    let mut garbled = 0;
    for path in files(dir.path()).iter().filter(|path| path.to_string_lossy().contains("OMP-02")) {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let change = |line: &str| match line.starts_with("RXC") {
            true => misread(line),
            false => line.to_owned(),
        };
        let changed = text.split('\r').map(change).collect::<Vec<_>>().join("\r");
        garbled += u64::from(changed != text);
        std::fs::write(path, changed).expect("written");
    }
    assert!(garbled > 3);
    let report = drill_masked(dir.path());
    let found: Vec<&Finding> = report.findings.iter().filter(|f| f.check == Check::Drill(Drill::Mojibake)).collect();
    assert!(!report.holds && found.iter().map(|f| f.count).sum::<u64>() >= garbled, "{:?}", said(&report));
    for example in found.iter().flat_map(|f| &f.examples) {
        assert!(example.place.starts_with("RXC-") && example.path.contains("OMP-02"), "{example:?}");
        assert!(!example.text.as_deref().unwrap_or_default().contains('縺'), "{example:?}");
    }
}

#[test]
fn a_kind_that_comes_no_more_is_named_and_a_baseline_forgets_it() {
    let dir = storage(&Options::new(9).patients(60).years(2));
    let before = drill(dir.path(), Who::All, 2);
    assert!(before.holds, "{:?}", said(&before));
    let months: Vec<String> = before.kinds.iter().flat_map(|kind| kind.months.keys().cloned()).collect();
    let last = months.iter().max().expect("months").clone();
    // Half a year ago somebody changed a system.
    let cut = mykarte::ssmix2::types::Timestamp::day(format!("{last}-01").parse().expect("a day")).date()
        - chrono::Months::new(6);
    let cut = cut.format("%Y%m%d").to_string();
    for path in files(dir.path()).iter().filter(|path| path.to_string_lossy().contains("OML-11")) {
        let day = path.components().rev().nth(2).expect("a date folder").as_os_str().to_string_lossy().into_owned();
        if day >= cut {
            std::fs::remove_file(path).expect("gone");
        }
    }
    let after = drill(dir.path(), Who::All, 2);
    let stopped: Vec<&str> = after
        .findings
        .iter()
        .filter(|f| f.check == Check::Drill(Drill::KindStopped))
        .map(|f| f.detail.as_str())
        .collect();
    assert_eq!(stopped.len(), 1, "{:?}", said(&after));
    assert!(stopped[0].starts_with("OML-11 "), "{stopped:?}");
    assert!(!after.holds);
    let again = drill(dir.path(), Who::All, 2).since(&after);
    assert!(again.holds && again.findings.iter().all(|f| f.new == 0));
}

/// The fields that a record has are those that its JSON has.
#[test]
fn a_field_is_counted_where_a_patient_has_it() {
    let dir = storage(&Options::new(4).patients(1).years(2));
    let report = drill(dir.path(), Who::All, 1);
    let present = |section: &str, key: &str| {
        let field =
            report.fields.iter().find(|f| f.section.key() == section && f.key == key).expect("a field that is shown");
        (field.present, field.absent, field.unreadable)
    };
    for (section, key) in
        [("basics", "name"), ("labs", "item"), ("labs", "value"), ("prescriptions", "drug"), ("injections", "drug")]
    {
        assert_eq!(present(section, key), (1, 0, 0), "{section}.{key}");
    }
    assert_eq!(present("basics", "death"), (0, 1, 0));
}
