//! Requests of laboratory items and the results that answer them: where one is kept out, so is the other.

use super::laboratory::{base, exclude, ordered_at, result_at};
use super::{excluding, imported, kept_out, reported, rows};
use mykarte_tests::storage::file;

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
    // What the same request asks for openly, and what another one of that number did a year ago, is shown.
    let both = ["ORC|NW|2", &format!("OBR|1|2||{SECRET}"), "ORC|NW|2", "OBR|2|2||1A^見本項^JC10"];
    let request = file("20240304", "OML-01", "OML^O33", &both).order(2);
    let with = [base(), request, result_at("20240305", 2, &[OPEN, "L1^院内秘検^99L||陽性||||||F"])];
    kept_out(&with, &[base(), result_at("20240305", 2, &[OPEN])], &excluding(exclude()), &["院内秘検"]);
    let earlier = [result_at("20230305", 2, &[OPEN]), ordered_at("20230304", 2, "5^生化学^99O03")];
    let with = [&[base(), ordered_at("20240304", 2, SECRET), result()][..], &earlier].concat();
    kept_out(&with, &[&[base()][..], &earlier].concat(), &excluding(exclude()), &["院内秘検"]);
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
