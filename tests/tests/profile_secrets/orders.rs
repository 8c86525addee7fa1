//! Orders of drugs that are kept out, and what was given of them.

use super::drugs::{base, exclude, orc};
use super::{excluding, imported, kept_out};
use mykarte_tests::storage::{File, file};

const SECRET: &str = "999000101^見本秘薬^HOT9";
const OPEN: &str = "111000101^見本常薬^HOT9";
const WARD: &str = "L9^病棟名の薬^99L";

/// Two drugs of one order, the second a week after the first.
fn prescription(date: &str, first: &str) -> File {
    let rows = [
        orc(5, 1),
        format!("RXE||{first}|1||TAB"),
        "TQ1|1||||||20240303".into(),
        orc(5, 2),
        format!("RXE||{OPEN}|1||TAB"),
        "TQ1|1||||||20240310".into(),
    ];
    file(date, "OMP-01", "RDE^O11", &rows.each_ref().map(String::as_str)).order(5)
}

/// The same of two bags.
fn injection(date: &str) -> File {
    let rows = [
        orc(6, 1),
        "RXE||00|1".into(),
        "TQ1|1||||||20240303".into(),
        format!("RXC|B|{SECRET}|1|ML"),
        orc(6, 2),
        "RXE||00|1".into(),
        "TQ1|1||||||20240310".into(),
        format!("RXC|B|{OPEN}|1|ML"),
    ];
    file(date, "OMP-02", "RDE^O11", &rows.each_ref().map(String::as_str)).order(6)
}

fn given(kind: &str, number: u32, date: &str, drug: &str) -> File {
    let rxa = format!("RXA|0|1|{date}0900|{date}0930|{drug}|1|||||||||||||||CP");
    file(date, kind, "RAS^O17", &[&format!("ORC|NW|{number}"), &rxa]).order(number)
}

/// All drugs of an order are of its day, whenever each begins: what the ward gives under its number may be any of them.
#[test]
fn an_order_has_one_day() {
    let exclude = excluding(exclude());
    for date in ["20240303", "20240305", "20240310"] {
        let shown = [base(), given("OMP-11", 7, "20240301", OPEN)];
        let with = [&shown[..], &[prescription("20240303", SECRET), given("OMP-11", 5, date, WARD)]].concat();
        assert_eq!(imported(&with, exclude.clone()).record.others.len(), 1, "{date}: that of the other order");
        let with = [base(), injection("20240303"), given("OMP-12", 6, date, WARD)];
        let shaped = imported(&with, exclude.clone());
        assert_eq!(shaped.record.injections.len(), 1, "{date}: the other bag");
    }
}

/// What the order shows itself is no secret where it is given.
#[test]
fn an_open_drug_of_the_order_stays() {
    let exclude = excluding(exclude());
    let with = [base(), prescription("20240303", SECRET), given("OMP-11", 5, "20240304", OPEN)];
    let shaped = imported(&with, exclude.clone());
    assert_eq!((shaped.record.prescriptions.len(), shaped.record.others.len()), (1, 1));
    let with = [base(), injection("20240303"), given("OMP-12", 6, "20240304", OPEN)];
    assert_eq!(imported(&with, exclude).record.injections.len(), 2, "the other bag and what was given");
}

/// Numbers begin again: an order is carried out in its month, and not before it was given.
#[test]
fn an_order_of_another_time_hides_nothing() {
    let exclude = excluding(exclude());
    let adrenaline = "5^アドレナリン^HOT9";
    let alone = [orc(6, 1), "RXE||00|1".into(), "TQ1|1".into(), format!("RXC|B|{SECRET}|1|ML")];
    let secret = |date: &str| file(date, "OMP-02", "RDE^O11", &alone.each_ref().map(String::as_str)).order(6);
    for date in ["20241203", "20240312", "20240207", "20230403"] {
        // The order's only bag would own what was given.
        for order in [secret(date), injection(date)] {
            let shaped = imported(&[base(), order, given("OMP-12", 6, "20240310", adrenaline)], exclude.clone());
            let names = shaped.record.injections.iter().flat_map(|e| &e.body.administrations);
            assert_eq!(names.count(), 1, "{date}");
        }
        let order = prescription(date, SECRET);
        let shaped = imported(&[base(), order, given("OMP-11", 5, "20240310", adrenaline)], exclude.clone());
        assert_eq!(shaped.record.others.len(), 1, "{date}");
        // Nor does what was given hide the order.
        let open = [orc(6, 1), "RXE||00|1".into(), "TQ1|1".into(), format!("RXC|B|{OPEN}|1|ML")];
        let open = || file(date, "OMP-02", "RDE^O11", &open.each_ref().map(String::as_str)).order(6);
        kept_out(&[base(), open(), given("OMP-12", 6, "20240310", SECRET)], &[base(), open()], &exclude, &["見本秘薬"]);
    }
}
