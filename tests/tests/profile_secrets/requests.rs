//! Requests of laboratory items and the results that answer them: where one is kept out, so is the other.

use super::laboratory::{base, exclude, ordered_at, result_at};
use super::{excluding, imported, kept_out, reported, rows, segment};
use mykarte_tests::storage::file;
use serde_json::json;

const SECRET: &str = "5F999000002306299^見本秘検^JC10";
const OPEN: &str = "1A^見本項^JC10||1||||||F";

/// The request names the item, the result calls it something else.
#[test]
fn a_result_goes_with_the_request_of_the_item() {
    let result = || result_at("20240305", 2, &["L1^院内秘検^99L||陽性||||||F"]);
    for number in [2, 0] {
        let request = match number {
            0 => file("20240304", "OML-01", "OML^O33", &["ORC|NW", &format!("OBR|1|||{SECRET}")]).order(2),
            number => ordered_at("20240304", number, SECRET),
        };
        let with = [base(), request, result()];
        let shaped = kept_out(&with, &[base()], &excluding(exclude()), &["院内秘検"]);
        assert_eq!(reported(&shaped), rows(&[("labs", "same_order", 1), ("others", "test", 1)]));
    }
    // What another one of that number did a year ago is shown.
    let earlier = [result_at("20230305", 2, &[OPEN]), ordered_at("20230304", 2, "5^生化学^99O03")];
    let with = [&[base(), ordered_at("20240304", 2, SECRET), result()][..], &earlier].concat();
    kept_out(&with, &[&[base()][..], &earlier].concat(), &excluding(exclude()), &["院内秘検"]);
}

/// A request of several items, one of them secret: which of its results that is, is a guess as long as none says so. The
/// hospital is told of those that the request does not name.
#[test]
fn other_results_of_a_request_are_shown() {
    let request = |item: &str| {
        let rows = ["ORC|NW|2", &format!("OBR|1|2||{item}"), "ORC|NW|2", &format!("OBR|2|2||{SECRET}")];
        file("20240304", "OML-01", "OML^O33", &rows).order(2)
    };
    let local = "L1^院内秘検^99L||陽性||||||F";
    let shaped =
        imported(&[base(), request("1A^見本項^JC10"), result_at("20240305", 2, &[OPEN, local])], excluding(exclude()));
    assert_eq!(reported(&shaped), rows(&[("others", "test", 1)]));
    let told = shaped.record.labs.iter().find(|e| e.body.item.display() == "院内秘検").unwrap().id.clone();
    assert_eq!(json!(shaped.report.kept_out.residue), json!([{ "section": "labs", "id": told }]));
    // The secret one is found by its code: all others are what the set asks for.
    let secret = format!("{SECRET}||(+)||||||F");
    let of = |values: &[&str]| result_at("20240305", 2, values);
    let with = [base(), request("SET1^入院時セット^99L"), of(&[OPEN, &secret, local])];
    let shaped = kept_out(&with, &[base(), of(&[OPEN, local])], &excluding(exclude()), &["見本秘検"]);
    assert!(shaped.report.kept_out.residue.is_empty());
    // Also where the request has only that item, and whatever became of its result.
    for status in ["F", "W"] {
        let secret = format!("{SECRET}||(+)||||||{status}");
        let with = [base(), ordered_at("20240304", 2, SECRET), of(&[OPEN, &secret])];
        kept_out(&with, &[base(), of(&[OPEN])], &excluding(exclude()), &[]);
    }
}

/// Numbers begin again: an order is answered in its month, and not before it was given.
#[test]
fn a_request_of_another_time_hides_nothing() {
    let result = || result_at("20240305", 2, &[OPEN]);
    let department = |date: &str| {
        let orc = segment("ORC", &[(1, "NW"), (2, "2"), (17, "26^見本心療科^HL70069")]);
        file(date, "OML-01", "OML^O33", &[&orc, "OBR|1|2||5^生化学^99O03"]).order(2)
    };
    let of_department = excluding(json!({ "departments": ["26"] }));
    for date in ["20241201", "20240307", "20230401", "20240202"] {
        let with = [base(), ordered_at(date, 2, SECRET), result()];
        kept_out(&with, &[base(), result()], &excluding(exclude()), &[]);
        kept_out(&[base(), department(date), result()], &[base(), result()], &of_department, &[]);
    }
    for date in ["20240306", "20240305", "20240203"] {
        kept_out(&[base(), department(date), result()], &[base()], &of_department, &[]);
    }
    // The other way round: what was examined in another year answers no open request.
    let open = || ordered_at("20240304", 2, "5^生化学^99O03");
    let secret = format!("{SECRET}||(+)||||||F");
    for date in ["20230405", "20240302", "20240405", "20250105"] {
        let with = [base(), result_at(date, 2, &[&secret]), open()];
        let shaped = kept_out(&with, &[base(), open()], &excluding(exclude()), &["見本秘検"]);
        assert_eq!(shaped.record.others.len(), 1, "{date}");
    }
}

/// Thirteen nines and more stand for no number, as in names of files.
#[test]
fn nines_are_no_number() {
    let nines = "999999999999999";
    let rows = ["SPM|1|||023", &format!("OBR|1|{nines}||5^生化学"), &format!("OBX|1|NM|{OPEN}")];
    let result = || file("20240305", "OML-11", "OUL^R22", &rows);
    let request = [format!("ORC|NW|{nines}"), format!("OBR|1|{nines}||{SECRET}")];
    let request = file("20240304", "OML-01", "OML^O33", &request.each_ref().map(String::as_str)).order(9);
    kept_out(&[base(), result(), request], &[base(), result()], &excluding(exclude()), &[]);
}

/// That a file's name and its rows differ is said of the rows; under rules one of them may be kept out.
#[test]
fn a_finding_about_the_rows_of_a_file_does_not_travel() {
    let report = |is_secret: bool| {
        let open = ["SPM|1|||023^血清^JC10|||||||||||||20240305", "OBR|1|3||5^生化学", "ORC|SC|3"];
        let secret = ["OBR|2|2||5^生化学", "ORC|SC|2", &format!("OBX|1|ST|{SECRET}||(+)||||||F")];
        let value = format!("OBX|1|NM|{OPEN}");
        let rows = [&open[..], &[&value], if is_secret { &secret[..] } else { &[] }].concat();
        file("20240305", "OML-11", "OUL^R22", &rows).order(2)
    };
    kept_out(&[base(), report(true)], &[base(), report(false)], &excluding(exclude()), &["見本秘検"]);
}

/// Taken back, replaced, or not yet there: the request of the item would tell of it.
#[test]
fn a_request_goes_with_whatever_became_of_its_result() {
    let request = || ordered_at("20240304", 2, "L5^院内秘検^99L");
    let value = |status: &str| format!("{SECRET}||(+)||||||{status}");
    let panel = [&format!("OBR|1|2||{SECRET}"), "ORC|SC|2"];
    let results = [
        result_at("20240305", 2, &[&value("W")]),
        result_at("20240305", 2, &[&value("D")]),
        file("20240305", "OML-11", "OUL^R22", &[&["SPM|1|||023"][..], &panel].concat()).order(2),
    ];
    for result in results {
        kept_out(&[base(), result, request()], &[base()], &excluding(exclude()), &["院内秘検"]);
    }
    // Not yet there, beside another order of the report that is.
    let open = ["SPM|1|||023", "OBR|1|3||5^生化学", "ORC|SC|3", &format!("OBX|1|NM|{OPEN}")];
    let report = |rows: &[&str]| file("20240305", "OML-11", "OUL^R22", rows).order(3);
    let with = [base(), report(&[&open[..], &panel.map(|row| row)].concat()), request()];
    kept_out(&with, &[base(), report(&open)], &excluding(exclude()), &["院内秘検"]);
}

/// Numbers begin again every year: what was examined then does not answer it.
#[test]
fn next_years_result_does_not_answer_a_request_that_is_kept_out() {
    let secret =
        [result_at("20240305", 2, &[&format!("{SECRET}||(+)||||||F")]), ordered_at("20240304", 2, "L5^院内秘検^99L")];
    let next = [result_at("20250301", 2, &[OPEN]), ordered_at("20250301", 2, "5^生化学^99O03")];
    let without = [&[base()][..], &next].concat();
    let shaped = kept_out(&[&without[..], &secret].concat(), &without, &excluding(exclude()), &["見本秘検"]);
    assert_eq!(shaped.record.summary.withheld.lab_orders_with_results, 1);
}

/// A row that is not shown leaves a gap between the ids of its file; with rules there is none in any file.
#[test]
fn ids_have_no_gap_in_any_file() {
    let open = [OPEN, "1B^見本目^JC10||9||||||W", "1C^見本三^JC10||3||||||F"];
    let secret = format!("{SECRET}||(+)||||||F");
    let with = [base(), result_at("20240305", 1, &[open[0], open[1], open[2], &secret])];
    kept_out(&with, &[base(), result_at("20240305", 1, &open)], &excluding(exclude()), &["見本秘検"]);
    let ids = |record: &mykarte::record::Record| record.labs.iter().map(|e| e.id.to_string()).collect::<Vec<_>>();
    let shaped = imported(&[base(), result_at("20240305", 1, &open)], excluding(exclude()));
    let numbers = [ids(&shaped.record), ids(&super::sealed(&shaped))];
    let ends = numbers.map(|ids| ids.iter().map(|id| id.split_once('-').unwrap().1.to_string()).collect::<Vec<_>>());
    assert_eq!(ends, [["0", "2"], ["0", "1"]], "in the hospital, and when the record leaves it");
}
