//! The rules of merging and pairing, each on the smallest messages that show it.

use super::{FileInput, Identity, Role, build, prepare};
use crate::model::{Mark, Record, Status};
use crate::summary::Hospital;
use ssmix2::DataType;
use ssmix2::clinical::{self, Context};
use ssmix2::message::File;
use ssmix2::storage::{FileName, Flag, Kind};
use std::cell::RefCell;

/// A file of the patient's own: its name without id and department, its segments.
fn file(number: u32, name: &str, segments: &str) -> FileInput {
    let [date, kind, order, occurred, flag] = name.split('_').collect::<Vec<_>>()[..] else { panic!("{name}") };
    let name = FileName::parse(&format!("1_{date}_{kind}_{order}_{occurred}_01_{flag}")).expect("a name");
    let kind = Kind::Standard(DataType::from_folder(kind).expect("a kind").0);
    let message = kind.standard().expect("a kind").message();
    let msh = format!("MSH|^~\\&|K|H|G|R|{occurred}||{message}|1|P|2.5||||||UNICODE UTF-8\nPID|1||1\n");
    let (file, cache) =
        (File::decode(format!("{msh}{segments}").replace('\n', "\r").as_bytes(), number), RefCell::default());
    let messages = file.messages(number, &cache);
    let mut entries = clinical::read(&messages[0], Context { kind: &kind, name: &name });
    prepare(&mut entries);
    let role = if name.flag == Flag::Current { Role::Current } else { Role::History };
    let stamp = clinical::stamp(&messages[0]);
    FileInput { file: number, folder: 0, kind, name, role, other_patient: false, stamp, entries }
}

fn foreign(file: FileInput) -> FileInput {
    FileInput { other_patient: true, ..file }
}

fn record(files: Vec<FileInput>) -> Record {
    let imported_at = ssmix2::types::Timestamp::day(chrono::NaiveDate::from_ymd_opt(2024, 6, 1).unwrap_or_default());
    let hospital = Hospital { id: "H".into(), name: None };
    build(&Identity { hospital, patient_id: "1".into(), imported_at }, files, &[], &[], &Default::default()).0
}

/// A movement with PV1-44 and PV1-45.
fn movement(number: u32, kind: &str, date: &str, admitted: &str, discharged: &str) -> FileInput {
    let name = format!("{date}_{kind}_999999999999999_{date}180000000_1");
    file(number, &name, &format!("PV1|1|I{}{admitted}|{discharged}", "|".repeat(42)))
}

/// Admission day, discharge day and status of the stays, newest first.
fn stays(record: &Record) -> Vec<(String, String, Status)> {
    let text = |t: Option<ssmix2::types::Timestamp>| t.map(|t| t.date().to_string()).unwrap_or_default();
    record.admissions.iter().map(|s| (text(s.body.admitted_at), text(s.body.discharged_at), s.status)).collect()
}

fn stay(admitted: &str, discharged: &str, status: Status) -> (String, String, Status) {
    (admitted.into(), discharged.into(), status)
}

/// The year 9999 says "open end" and cannot be read back as a day: the whole drug would be lost.
#[test]
fn a_supply_that_would_end_in_the_year_9999_has_no_end() {
    let end = |start: &str| {
        let rows = format!("ORC|NW|5\nRXE||1^A^HOT9|1||TAB\nTQ1|1|||||7^d|{start}\nRXR|PO");
        let record = record(vec![file(1, "20240101_OMP-01_000000000000005_20240101093000000_1", &rows)]);
        record.prescriptions[0].body.end.map(|end| end.to_string())
    };
    assert_eq!(end("20240101"), Some("2024-01-07".into()));
    assert_eq!(end("99981230"), None);
}

#[test]
fn a_discharge_that_names_another_admission_never_pairs_by_time() {
    let record = record(vec![
        movement(1, "ADT-22", "20240101", "202401011000", ""),
        movement(2, "ADT-52", "20240210", "202402011000", "202402101000"),
    ]);
    let expected = [stay("2024-02-01", "2024-02-10", Status::Ended), stay("2024-01-01", "", Status::EndUnknown)];
    assert_eq!(stays(&record), expected);
}

#[test]
fn by_time_only_the_last_admission_is_closed() {
    let record = record(vec![
        movement(1, "ADT-22", "20240101", "202401011000", ""),
        movement(2, "ADT-22", "20240201", "202402011000", ""),
        movement(3, "ADT-52", "20240210", "202402011000", "202402101000"),
        movement(4, "ADT-52", "20240212", "", "202402121000"),
    ]);
    let expected = [
        stay("", "2024-02-12", Status::Ended),
        stay("2024-02-01", "2024-02-10", Status::Ended),
        stay("2024-01-01", "", Status::EndUnknown),
    ];
    assert_eq!(stays(&record), expected);
}

#[test]
fn another_patients_movements_touch_no_own_stay() {
    let record = record(vec![
        movement(1, "ADT-22", "20240101", "202401011000", ""),
        foreign(movement(2, "ADT-22", "20240101", "202401011000", "")),
        foreign(movement(3, "ADT-52", "20240110", "202401011000", "202401101000")),
        foreign(movement(4, "ADT-22", "20240301", "202403011000", "")),
        foreign(movement(5, "ADT-52", "20240310", "", "202403101000")),
    ]);
    let own: Vec<_> = record.admissions.iter().filter(|s| !s.marks.contains(&Mark::OtherPatient)).collect();
    assert_eq!(own.iter().map(|s| s.status).collect::<Vec<_>>(), [Status::Open]);
    assert_eq!(record.admissions.len(), 3);
}

fn injection_order(number: u32, date: &str) -> FileInput {
    let orc = format!("ORC|NW|201||201_01_001|||||{date}070000");
    let rest = format!("RXE||00|1||ML\nTQ1|1||||||{date}0800\nRXR|IV\nRXC|B|1^A^99D|1|HON");
    file(number, &format!("{date}_OMP-02_201_{date}093000000_1"), &format!("{orc}\n{rest}"))
}

fn administration(number: u32, date: &str) -> FileInput {
    let segments =
        format!("ORC|OK|201||201_01_001\nRXA|0|1|{date}0800|{date}0900|1^A^99D|1|HON|||||||||||||CP\nRXR|IV");
    file(number, &format!("{date}_OMP-12_201_{date}100000000_1"), &segments)
}

#[test]
fn a_number_used_again_in_another_year_is_another_order() {
    let record = record(vec![
        injection_order(1, "20200401"),
        injection_order(2, "20240401"),
        administration(3, "20240402"),
        foreign(administration(4, "20200402")),
        administration(5, "20220402"),
    ]);
    assert_eq!(record.summary.counts.injection_orders, 2);
    let found: Vec<_> = record.injections.iter().map(|e| (e.source.to_vec(), e.body.ordered)).collect();
    assert_eq!(found, [(vec![2, 3], true), (vec![5], false), (vec![4], false), (vec![1], true)]);
}

/// Two care dates state one block of one day: a guess, but always the same one, and of one date in the files' order.
#[test]
fn of_equal_owners_the_first_file_is_taken() {
    let moved = |number, date: &str| {
        let file = injection_order(number, "20240403");
        FileInput { name: FileName { care_date: date.into(), ..file.name }, ..file }
    };
    let record = record(vec![moved(1, "20240401"), moved(2, "20240405"), administration(3, "20240403")]);
    let found: Vec<_> = record.injections.iter().map(|e| e.source.to_vec()).collect();
    assert_eq!(found, [vec![1, 3], vec![2]]);
}

#[test]
fn of_equal_versions_the_first_file_is_taken() {
    let version = |number: u32, date: &str, flag: u8, rows: &str| {
        let segments = format!("SPM|1|||019\nORC|SC|301\nOBR|1|301||1^A^JC10|||202404010900\n{rows}");
        file(number, &format!("{date}_OML-11_301_20240401083000000_{flag}"), &segments)
    };
    let row = |item: &str, value: u8| format!("OBX|1|NM|{item}^{item}^JC10||{value}|g|||||F|||202404010900");
    let record = record(vec![
        version(1, "20240401", 1, &row("A", 1)),
        version(2, "20240401", 2, &row("B", 4)),
        version(3, "20240402", 2, &row("B", 5)),
    ]);
    let found: Vec<_> = record.labs.iter().map(|e| (e.source.to_vec(), e.body.value.as_deref())).collect();
    assert_eq!(found, [(vec![1], Some("1")), (vec![2], Some("4"))]);
}

fn lab_order(number: u32, date: &str) -> FileInput {
    file(number, &format!("{date}_OML-01_301_{date}093000000_1"), "ORC|NW|301\nOBR|1|301||1^A^JC10")
}

fn lab_result(number: u32, date: &str, status: &str) -> FileInput {
    let obx = format!("OBX|1|NM|1^A^JC10||1|g|||||{status}|||{date}0900");
    let segments = format!("SPM|1|||019\nORC|SC|301\nOBR|1|301||1^A^JC10|||{date}0900\n{obx}");
    file(number, &format!("{date}_OML-11_301_{date}093000000_1"), &segments)
}

#[test]
fn only_a_shown_result_of_the_same_year_answers_an_order() {
    let answered = |files| record(files).summary.withheld.lab_orders_with_results;
    assert_eq!(answered(vec![lab_order(1, "20240401"), lab_result(2, "20240402", "F")]), 1);
    assert_eq!(answered(vec![lab_order(1, "20200401"), lab_result(2, "20240402", "F")]), 0);
    assert_eq!(answered(vec![lab_order(1, "20240401"), lab_result(2, "20240402", "D")]), 0);
    assert_eq!(answered(vec![lab_order(1, "20240401"), foreign(lab_result(2, "20240402", "F"))]), 0);
}

#[test]
fn a_label_of_ours_does_not_tear_a_test_group_apart() {
    // The specimen comes without a text; the second row replaces the first.
    let rows = "SPM|1|||019\nORC|SC|301\nOBR|1|301||1^A^JC10\nOBX|1|NM|1^A^JC10||1\nOBX|2|NM|1^A^JC10||2";
    let found = record(vec![file(1, "20240401_OML-11_301_20240401093000000_1", rows)]);
    assert_eq!(found.labs.iter().map(|l| l.body.value.as_deref()).collect::<Vec<_>>(), [Some("2")]);
}

#[test]
fn many_rows_of_one_file_take_no_quadratic_time() {
    const ROWS: usize = 32_000;
    let begun = std::time::Instant::now();
    let value = |i| format!("OBX|{i}|NM|1^A^JC10|{}|1|g|||||F\n", i / 2);
    let results = format!("SPM|1|||019\nORC|SC|301\nOBR|1|301||1^A^JC10\n{}", (0..ROWS).map(value).collect::<String>());
    let given = |i| format!("ORC|OK|201||201_01_{i}\nRXA|0|1|202404020800|202404020900|1^A^99D|1|HON\nRXR|IV\n");
    let ordered = |i| format!("ORC|NW|201||201_01_{i}\nRXE||00|1||ML\nTQ1|1||||||202404010800\nRXR|IV\n");
    let labs = file(1, "20240401_OML-11_301_20240401093000000_1", &results);
    let orders = file(2, "20240401_OMP-02_201_20240401093000000_1", &(0..ROWS).map(ordered).collect::<String>());
    let administrations = file(3, "20240402_OMP-12_201_20240402093000000_1", &(0..ROWS).map(given).collect::<String>());
    let read = begun.elapsed();
    let record = record(vec![labs, orders, administrations]);
    assert_eq!(record.labs.len(), ROWS / 2);
    assert_eq!(record.injections.len(), ROWS);
    let took = begun.elapsed() - read;
    assert!(took.as_secs() < 10, "{took:?}");
}

/// A current ADT-61.
fn allergies(number: u32, occurred: &str, rows: &str) -> FileInput {
    file(number, &format!("-_ADT-61_999999999999999_{occurred}000000000_1"), rows)
}

fn allergens(record: &Record) -> Vec<&str> {
    record.allergies.iter().map(|e| e.body.row.allergen.display()).collect()
}

#[test]
fn equal_sounds_with_codes_that_contradict_are_two_allergens() {
    let rows = "IAM|1|FA|J9FA1^カキ^JC10|||A\nIAM|2|FA|J9FA2^かき^JC10|||A\nIAM|3|FA|^ｶｷ|||A";
    let found = record(vec![allergies(1, "20240401", rows)]);
    assert_eq!(allergens(&found), ["かき", "カキ"]);
    assert_ne!(found.allergies[0].id, found.allergies[1].id);
    let deletion = "\nIAM|4|FA|J9FA2^かき^JC10|||D";
    assert_eq!(allergens(&record(vec![allergies(1, "20240401", &format!("{rows}{deletion}"))])), ["カキ"]);
}

#[test]
fn a_row_that_says_anything_else_is_kept_beside_the_shown_one() {
    let also = |first: &str, second: &str| {
        let rows = format!("IAM|1|FA|J9FA1^カニ^JC10|SV||A||{first}\nIAM|2|FA|J9FA1^カニ^JC10|SV||A||{second}");
        record(vec![allergies(1, "20240401", &rows)]).allergies[0].body.also.len()
    };
    assert_eq!(also("|AL||||20240101|母", ""), 0);
    assert_eq!(also("|AL", "|IN"), 1);
    assert_eq!(also("|||||20240101|母", "|||||20240101|父"), 1);
    assert_eq!(also("|||||||||U", "|||||||||C^^||医師^太郎"), 1);
}

#[test]
fn a_deletion_by_number_needs_the_same_allergen() {
    let found = |rows: &str| {
        let found = record(vec![allergies(1, "20240401", rows)]);
        (found.allergies.len(), found.summary.withheld.allergies_deleted)
    };
    assert_eq!(found("IAM|1|FA|A^カニ^JC10|||A|7\nIAM|2|FA|B^エビ^JC10|||D|7"), (1, 1));
    assert_eq!(found("IAM|1|FA|A^カニ^JC10|||A|7\nIAM|2|FA|A^蟹^JC10|||D|7"), (0, 1));
    let old = file(2, "-_ADT-61_999999999999999_20200101000000000_2", "IAM|1|FA|A^カニ^JC10|||A|7");
    let delta = file(3, "-_ADT-61_999999999999999_20210101000000000_2", "IAM|1|FA|B^エビ^JC10|||D|7");
    let both = record(vec![allergies(1, "20240401", "IAM|1|FA|C^ソバ^JC10|||A"), old, delta]);
    assert_eq!((both.allergies.len(), both.summary.withheld.allergies_deleted), (2, 0));
}

#[test]
fn another_patients_deletion_hides_no_own_allergy() {
    let row = |action: &str| format!("IAM|1|FA|A^カニ^JC10|||{action}|7");
    let old = |flag: u8| file(2, &format!("-_ADT-61_999999999999999_20200101000000000_{flag}"), &row("A"));
    for own in [old(1), old(2)] {
        let found = record(vec![own, foreign(allergies(1, "20240401", &row("D")))]);
        assert_eq!(allergens(&found), ["カニ"]);
        assert!(!found.allergies[0].marks.contains(&Mark::DeletedElsewhere));
    }
    let found = record(vec![foreign(allergies(1, "20240401", &row("A"))), allergies(3, "20240402", &row("D"))]);
    assert!(found.allergies[0].marks.contains(&Mark::OtherPatient));
    assert!(!found.allergies[0].marks.contains(&Mark::DeletedElsewhere));
}

/// A PPR-01 of one row: action, PRB-2, disease code, name.
fn diagnosis(number: u32, occurred: &str, [action, at, code, name]: [&str; 4]) -> FileInput {
    let disease = if code.is_empty() { String::new() } else { format!("{code}^{name}^MDCDX2") };
    let name = format!("-_PPR-01_{number}_{occurred}090000000_1");
    file(number, &name, &format!("PRB|{action}|{at}|{disease}|P1|||20240101"))
}

/// Names shown and diagnoses withheld.
fn diagnoses(files: Vec<FileInput>) -> (Vec<String>, u32) {
    let record = record(files);
    let mut names: Vec<_> = record.diagnoses.iter().map(|d| d.body.sent.name.to_string()).collect();
    names.sort();
    assert!(record.diagnoses.windows(2).all(|w| w[0].id != w[1].id));
    (names, record.summary.withheld.diagnoses_deleted)
}

#[test]
fn colliding_numbers_keep_both_diseases() {
    let first = || diagnosis(1, "20240401", ["AD", "20240401", "A", "a"]);
    let then = |action, code| diagnosis(2, "20240402", [action, "20240402", code, "b"]);
    let names = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
    assert_eq!(diagnoses(vec![first(), then("AD", "B")]), (names(&["a", "b"]), 0));
    assert_eq!(diagnoses(vec![first(), then("UP", "B")]), (names(&["b"]), 0));
    assert_eq!(diagnoses(vec![first(), then("CO", "B")]), (names(&["b"]), 0));
    assert_eq!(diagnoses(vec![first(), then("AD", "A")]), (names(&["b"]), 0));
    assert_eq!(diagnoses(vec![first(), then("DE", "B")]), (names(&["a"]), 1));
    assert_eq!(diagnoses(vec![first(), then("DE", "A")]), (names(&[]), 1));
    assert_eq!(diagnoses(vec![first(), then("DE", "")]), (names(&[]), 1));
    // An update goes to its own disease.
    let update = diagnosis(3, "20240403", ["UP", "20240403", "A", "c"]);
    assert_eq!(diagnoses(vec![first(), then("AD", "B"), update]), (names(&["b", "c"]), 0));
}

#[test]
fn a_deletion_without_a_date_still_deletes() {
    let first = diagnosis(1, "20240401", ["AD", "20240401", "A", "a"]);
    assert_eq!(diagnoses(vec![first, diagnosis(2, "20240402", ["DE", "", "A", "a"])]), (vec![], 1));
}
