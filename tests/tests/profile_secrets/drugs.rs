//! Drugs that are kept out: prescribed, ordered in a mixture, given, with the ward's own codes or the record's.

use super::{excluding, kept_out, reported, rows, sealed};
use mykarte::record::Section;
use mykarte_tests::profiles::ids;
use mykarte_tests::storage::{File, file};
use serde_json::{Value, json};

const SECRET: &str = "999000101^見本秘薬^HOT9";
const NAMES: [&str; 3] = ["見本秘薬", "999000101", "病棟名の薬"];

pub(super) fn exclude() -> Value {
    json!({ "drugs": [{ "system": "HOT9", "code": "999000101" }] })
}

pub(super) fn orc(number: u32, rp: u32) -> String {
    format!("ORC|NW|{number}||{number:015}_01_{rp:03}||||||||D1^診察^一郎")
}

/// A block of an injection order: base and additive.
fn block(number: u32, rp: u32, additive: &str) -> Vec<String> {
    let rxc = |kind: &str, drug: &str| format!("RXC|{kind}|{drug}|1|ML");
    vec![
        orc(number, rp),
        "RXE||00|1".into(),
        "TQ1|1||||||202403040900".into(),
        rxc("B", "5^見本輸液^HOT9"),
        rxc("A", additive),
    ]
}

fn injections(number: u32, blocks: &[Vec<String>]) -> File {
    let rows: Vec<&str> = blocks.iter().flatten().map(String::as_str).collect();
    file("20240304", "OMP-02", "RDE^O11", &rows).order(number)
}

/// Given on the ward, by a code of its own; `orc` may name the block or not.
fn given(kind: &str, number: u32, orc: &str, drug: &str) -> File {
    let rxa = format!("RXA|0|1|202403040900|202403040930|{drug}|1|ML|||||||||||||CP");
    file("20240304", kind, "RAS^O17", &[orc, &rxa, "RXR|IV"]).order(number)
}

fn prescription(number: u32, drugs: &[&str]) -> File {
    let rows = drugs.iter().enumerate().flat_map(|(i, drug)| {
        [orc(number, i as u32 + 1), format!("RXE||{drug}|1||TAB"), "TQ1|1||||||20240303".to_string()]
    });
    let rows: Vec<String> = rows.collect();
    file("20240303", "OMP-01", "RDE^O11", &rows.iter().map(String::as_str).collect::<Vec<_>>()).order(number)
}

pub(super) fn base() -> File {
    file("-", "ADT-00", "ADT^A08", &["PV1|1|O", "AL1|1|DA|77^見本薬^99SYN|MO"])
}

/// The bag that holds the drug goes whole, for half a mixture is none; the other bag of the order stays.
#[test]
fn a_mixture_goes_whole_and_the_other_blocks_stay() {
    let (open, secret) = ("6^見本添加^HOT9", block(2, 2, SECRET));
    let with =
        [base(), injections(2, &[block(2, 1, open), secret]), given("OMP-12", 2, &orc(2, 2), "L9^病棟名の薬^99L")];
    let without = [base(), injections(2, &[block(2, 1, open)])];
    let shaped = kept_out(&with, &without, &excluding(exclude()), &NAMES);
    assert_eq!(reported(&shaped), rows(&[("injections", "drug", 1)]));
    assert_eq!(shaped.record.injections[0].body.sent.components.len(), 2, "base and additive of the other bag");
}

/// The first of two blocks is gone: the second is numbered as if it were the first.
#[test]
fn ids_have_no_gap() {
    let with = [base(), injections(2, &[block(2, 1, SECRET), block(2, 2, "6^見本添加^HOT9")])];
    let shaped =
        kept_out(&with, &[base(), injections(2, &[block(2, 2, "6^見本添加^HOT9")])], &excluding(exclude()), &[]);
    let ids = ids(&sealed(&shaped), Section::Injections);
    assert!(ids.len() == 1 && ids.iter().all(|id| id.ends_with("-0")), "{ids:?}");
}

/// Which bag was given is not said, and by the code nobody knows the drug: the number of the order is enough.
#[test]
fn an_administration_that_names_no_block_goes_with_its_order() {
    let with = [
        base(),
        injections(2, &[block(2, 1, SECRET), block(2, 2, SECRET)]),
        given("OMP-12", 2, "ORC|NW|2", "L9^病棟名の薬^99L"),
    ];
    let shaped = kept_out(&with, &[base()], &excluding(exclude()), &NAMES);
    assert_eq!(reported(&shaped), rows(&[("injections", "drug", 2), ("injections", "same_order", 1)]));
}

/// Without an order in the import, by its code; and by a code that only the administration has.
#[test]
fn an_administration_alone_goes_by_its_drug() {
    let open = injections(4, &[block(4, 1, "6^見本添加^HOT9")]);
    let with = [base(), open.clone(), given("OMP-12", 3, &orc(3, 1), SECRET), given("OMP-12", 4, &orc(4, 1), SECRET)];
    let shaped = kept_out(&with, &[base()], &excluding(exclude()), &NAMES[..2]);
    assert_eq!(shaped.record.len(Section::Injections), 0, "what was given of an order shows what was ordered");
}

#[test]
fn a_prescription_goes_with_what_was_given_of_it() {
    let open = || [prescription(5, &["3^見本錠^HOT9"]), given("OMP-11", 5, "ORC|NW|5", "L8^見本錠^99L")];
    let secret = [
        prescription(6, &["3^見本錠^HOT9", SECRET]),
        given("OMP-11", 6, "ORC|NW|6", "L9^病棟名の薬^99L"),
        given("OMP-11", 7, "ORC|NW|7", SECRET),
    ];
    let with = [&[base()][..], &open(), &secret].concat();
    let without = [&[base()][..], &open(), &[prescription(6, &["3^見本錠^HOT9"])]].concat();
    let shaped = kept_out(&with, &without, &excluding(exclude()), &NAMES);
    let rules = rows(&[("prescriptions", "drug", 1), ("others", "drug", 1), ("others", "same_order", 1)]);
    assert_eq!(reported(&shaped), rules);
}

/// RXE-31 names the same drug in another system, and RXE-2 by two codes.
#[test]
fn a_further_code_names_the_drug() {
    let also = |rxe: &str| {
        let rows = [orc(8, 1), rxe.to_string(), "TQ1|1||||||20240303".to_string()];
        file("20240303", "OMP-01", "RDE^O11", &rows.each_ref().map(String::as_str)).order(8)
    };
    let further = format!("RXE||L9^病棟名の薬^99L{}{SECRET}", "|".repeat(29));
    for rxe in [further.as_str(), "RXE||L9^病棟名の薬^99L^999000101^見本秘薬^HOT9|1||TAB"] {
        kept_out(&[base(), also(rxe)], &[base()], &excluding(exclude()), &NAMES);
    }
    // The same number in another system is another drug.
    let other = [base(), also("RXE||999000101^見本錠^99L|1||TAB")];
    kept_out(&other, &other, &excluding(exclude()), &[]);
}

/// A vaccine or a drug of its own stands in RXE-2 at some sites, without an RXC.
#[test]
fn an_injection_without_components_goes_by_its_own_code() {
    let rows = [orc(9, 1), format!("RXE||{SECRET}|1"), "TQ1|1||||||202403040900".to_string()];
    let order = file("20240304", "OMP-02", "RDE^O11", &rows.each_ref().map(String::as_str)).order(9);
    kept_out(&[base(), order], &[base()], &excluding(exclude()), &NAMES[..2]);
}

/// Some senders write the drug into RXE-2 beside the mixture or the administration, or several into one field.
#[test]
fn a_drug_goes_wherever_it_may_stand() {
    let rxe = |drug: &str| format!("RXE||{drug}|1");
    let rxa = |drug: &str| format!("RXA|0|1|202403040900|202403040930|{drug}|1|ML|||||||||||||CP");
    let local = "999000101^見本秘薬^99L";
    let own = excluding(json!({ "drugs": [{ "code": "999000101" }] }));
    let made = |kind: &str, event: &str, rows: &[String]| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        file("20240304", kind, event, &[&["ORC|NW|6"][..], &rows].concat()).order(6)
    };
    let twice = format!("L9^病棟名の薬^99L~{SECRET}");
    let solution = "RXC|B|5^見本輸液^HOT9|1|ML".to_string();
    let cases = [
        made("OMP-02", "RDE^O11", &[rxe(local), solution.clone()]),
        made("OMP-12", "RAS^O17", &[rxe(local), rxa("L9^病棟名の薬^99L")]),
        made("OMP-11", "RAS^O17", &[rxe(local), rxa("L9^病棟名の薬^99L")]),
        made("OMP-01", "RDE^O11", &[rxe(&twice)]),
        made("OMP-02", "RDE^O11", &[rxe(&twice), solution]),
        made("OMP-02", "RDE^O11", &[rxe("00"), format!("RXC|B|{twice}|1|ML")]),
        made("OMP-12", "RAS^O17", &[rxe(&twice), rxa("L8^病棟の薬^99L")]),
        made("OMP-12", "RAS^O17", &[rxa(&twice)]),
        made("OMP-11", "RAS^O17", &[rxa(&twice)]),
    ];
    for message in cases {
        kept_out(&[base(), message], &[base()], &own, &[]);
    }
}

/// Orders and what was given of them name one number with zeros and without, or only by the name of the file.
#[test]
fn an_order_is_known_by_its_number_however_it_is_written() {
    let order = |orc: &str| {
        let rows = [orc, &format!("RXE||{SECRET}|1||TAB"), "TQ1|1||||||20240303"];
        file("20240303", "OMP-01", "RDE^O11", &rows).order(6)
    };
    let given = |orc: &str| {
        let rxa = "RXA|0|1|20240304|20240304|L9^病棟名の薬^99L|1||||||||||||||CP";
        file("20240304", "OMP-11", "RAS^O17", &[orc, rxa]).order(6)
    };
    for (ordered, answered) in [("ORC|NW", "ORC|NW|6"), ("ORC|NW", "ORC|NW"), ("ORC|NW|6", "ORC|NW|000000000000006")] {
        kept_out(&[base(), order(ordered), given(answered)], &[base()], &excluding(exclude()), &NAMES);
    }
}

/// Allergies are never kept out: the patient must not get the drug, secret or not.
#[test]
fn an_allergy_to_the_drug_stays() {
    let allergy = file("-", "ADT-61", "ADT^A60", &["IAM|1|DA|999000101^見本秘薬^HOT9|SV||A"]);
    let with = [base(), allergy];
    let shaped = kept_out(&with, &with, &excluding(exclude()), &[]);
    assert_eq!(shaped.record.allergies.len(), 2);
}

/// Order numbers begin again every year, and every kind of order may have its own: what else has the number of an order
/// that is kept out stays.
#[test]
fn other_orders_of_the_same_number_stay() {
    let picture = file("20240310", "OMG-01", "OMG^O19", &["ORC|NW|7", "OBR|1|7||1000^単純撮影^JJ1017"]).order(7);
    let next_year =
        file("20250303", "OMP-01", "RDE^O11", &[&orc(7, 1), "RXE||6^見本錠^HOT9|1||TAB", "TQ1|1||||||20250303"]);
    let taken = ["ORC|NW|7", "RXA|0|1|20250303|20250303|L6^見本錠^99L|1||||||||||||||CP"];
    let with = [
        base(),
        prescription(7, &[SECRET]),
        picture,
        next_year.order(7),
        file("20250303", "OMP-11", "RAS^O17", &taken).order(7),
    ];
    let without = [&with[..1], &with[2..]].concat();
    let shaped = kept_out(&with, &without, &excluding(exclude()), &["見本秘薬"]);
    assert_eq!((shaped.record.len(Section::Prescriptions), shaped.record.len(Section::Others)), (1, 2));
}
