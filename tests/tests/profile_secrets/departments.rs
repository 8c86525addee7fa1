//! A department that is kept out of every section but allergies and memos.

use super::{excluding, imported, kept_out, reported, rows, segment};
use mykarte::record::{Section, Status};
use mykarte_tests::profiles::profile;
use mykarte_tests::storage::{File, file, memo};
use serde_json::json;

const ORC_17: &str = "26^見本心療科^HL70069";
/// Department, its doctor, and what each section says of it.
const NAMES: [&str; 12] = [
    "見本心療科",
    "秘匿",
    "見本病名",
    "見本秘錠",
    "見本秘液",
    "見本秘項",
    "見本秘検",
    "見本秘撮",
    "見本秘液local",
    "9E病棟",
    "見本書類",
    "\"26\"",
];

fn orc(number: &str, secret: bool) -> String {
    let (department, doctor) =
        if secret { (ORC_17, "D7^秘匿^医子") } else { ("01^内科^HL70069", "D1^診察^一郎") };
    segment("ORC", &[(1, "NW"), (2, number), (12, doctor), (17, department), (29, "O")])
}

fn visit(department: &str) -> String {
    segment("PV1", &[(2, "O"), (10, department)])
}

fn movement(place: &str, department: &str, admitted: &str, discharged: &str) -> String {
    segment("PV1", &[(2, "I"), (3, place), (10, department), (44, admitted), (45, discharged)])
}

/// A stay of 内科 with its transfer and discharge.
fn stay(department: &str, place: &str) -> [File; 3] {
    let admission = movement("3E^301^1", "01", "202402011000", "");
    let transfer = movement(place, department, "", "");
    let discharge = movement("3E^301^1", "01", "202402011000", "202402201000");
    [
        file("20240201", "ADT-22", "ADT^A01", &[&admission]),
        file("20240210", "ADT-42", "ADT^A02", &["EVN||202402101000||||202402101000", &transfer]),
        file("20240220", "ADT-52", "ADT^A03", &[&discharge]),
    ]
}

fn prescription(number: u32, drug: &str, secret: bool) -> File {
    let rxe = format!("RXE||7^{drug}^99SYN|1||TAB");
    file("20240303", "OMP-01", "RDE^O11", &[&orc(&number.to_string(), secret), &rxe, "TQ1|1||||||20240303"])
        .order(number)
}

fn injection(number: u32, drug: &str, secret: bool) -> File {
    let rxc = format!("RXC|B|8^{drug}^99SYN|1|ML");
    let rows = [&orc(&number.to_string(), secret), "RXE||00|1", "TQ1|1||||||202403040900", &rxc];
    file("20240304", "OMP-02", "RDE^O11", &rows).order(number)
}

/// What was given names the ward's department, and the drug by a code of the ward's own.
fn given(number: u32, drug: &str) -> File {
    let rxa = format!("RXA|0|1|202403040900|202403040930|L9^{drug}^99L|1|ML|||||||||||||CP");
    file("20240304", "OMP-12", "RAS^O17", &[&orc(&number.to_string(), false), &rxa, "RXR|IV"]).order(number)
}

fn laboratory(number: u32, item: &str, secret: bool) -> [File; 2] {
    let (n, obr) = (number.to_string(), format!("OBR|1|{number}||5^生化学"));
    let obx = format!("OBX|1|NM|3F^{item}^99SYN||5||||||F");
    let result = ["SPM|1|||023^血清^JC10|||||||||||||20240305", &obr, &orc(&n, secret), &obx];
    // The request says nothing of the department.
    let request = [&format!("ORC|NW|{n}"), &obr];
    [
        file("20240305", "OML-11", "OUL^R22", &result).order(number),
        file("20240305", "OML-01", "OML^O33", &request.map(String::as_str)).order(number),
    ]
}

/// Files of every kind, each once of 内科; with `secret` each once more of the department that is kept out.
fn storage(secret: bool) -> Vec<File> {
    let place = if secret { "26^^^^^C" } else { "" };
    let mut files = vec![
        file("-", "ADT-00", "ADT^A08", &[&segment("PV1", &[(2, "O"), (3, place)]), "AL1|1|DA|77^見本薬^99SYN|MO"]),
        file("-", "PPR-01", "PPR^ZD1", &["PRB|AD|20240301|20070002^便秘症^MDCDX2|P2|||20240301", &orc("", false)]),
        file("20240302", "ADT-12", "ADT^A04", &[&visit("01")]),
        prescription(1, "見本錠", false),
        injection(2, "見本液", false),
        given(2, "見本液local"),
        memo("20240306", "歩行は可能"),
    ];
    files.extend(laboratory(3, "見本項", false));
    if secret {
        files[1] = file(
            "-",
            "PPR-01",
            "PPR^ZD1",
            &[
                "PRB|AD|20240301|20070002^便秘症^MDCDX2|P2|||20240301",
                &orc("", false),
                "PRB|AD|20240301|20070001^見本病名^MDCDX2|P1|||20240301|||^^^H^入院時^JHSD0004",
                &orc("", true),
            ],
        );
        files.extend(stay("26", "9E病棟^901^1"));
        files.extend([prescription(11, "見本秘錠", true), injection(12, "見本秘液", true), given(12, "見本秘液local")]);
        files.extend(laboratory(13, "見本秘項", true));
        files.extend(elsewhere());
    }
    files
}

/// Visits, examinations, documents and a transfer outside of any stay.
fn elsewhere() -> Vec<File> {
    let examination = |title: &str| format!("OBR|1|14||1000^{title}^JJ1017");
    let place = segment("PV1", &[(2, "O"), (3, "26^^^^^C")]);
    vec![
        file("20240401", "ADT-12", "ADT^A04", &[&visit("26")]),
        file("20240402", "ADT-12", "ADT^A04", &[&place]),
        file("20240403", "OMG-01", "OMG^O19", &[&orc("14", true), &examination("見本秘撮")]).order(14),
        file("20240404", "OMG-11", "OMI^Z23", &[&orc("14", true), &examination("見本秘検")]).order(14),
        file(
            "20240405",
            "ADT-42",
            "ADT^A02",
            &["EVN||202404051000||||202404051000", &movement("9E病棟^902^1", "26", "", "")],
        ),
        file("20240406", "見本書類^見本書類^99SYN", "MDM^T02", &["TXA|1|CN|TX|20240406"]).order(15).department("26"),
    ]
}

#[test]
fn a_department_is_nowhere() {
    let shaped = kept_out(&storage(true), &storage(false), &excluding(json!({ "departments": ["26"] })), &NAMES);
    let rules = rows(&[
        ("diagnoses", "department", 1),
        ("admissions", "department", 1),
        ("prescriptions", "department", 1),
        ("injections", "department", 1),
        ("labs", "department", 1),
        ("others", "department", 6),
        ("others", "same_order", 1),
    ]);
    assert_eq!(reported(&shaped), rules);
    for section in [Section::Allergies, Section::Memos] {
        assert_eq!(shaped.record.len(section), 1, "{} are never thinned out by a department", section.key());
    }
    assert_eq!(shaped.record.basics[0].body.place, None);
}

/// From there to a ward of another department.
fn from_there() -> String {
    segment("PV1", &[(2, "I"), (3, "3E^301^1"), (6, "26^^^^^C"), (10, "01")])
}

#[test]
fn a_stay_names_a_department_by_its_previous_place() {
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let admission = file("20240201", "ADT-22", "ADT^A01", &["EVN||202402011000||||202402011000", &from_there()]);
    let profile = excluding(json!({ "departments": ["26"] }));
    kept_out(&[base.clone(), admission], &[base], &profile, &["\"26\""]);
}

/// The places of a planned movement stand in its title.
#[test]
fn a_planned_movement_names_a_department_by_its_previous_place() {
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let planned = file("20240501", "ADT-21", "ADT^A14", &[&from_there(), "PV2||||||||20240501"]);
    let profile = excluding(json!({ "departments": ["26"] }));
    kept_out(&[base.clone(), planned], &[base], &profile, &["26 → 3E"]);
}

/// Each drug that was given has the department of its own order.
#[test]
fn what_was_given_has_a_department_of_its_own() {
    let rxa = |drug: &str| format!("RXA|0|1|20240304|20240304|L9^{drug}^99L|1||||||||||||||CP");
    let rows = [orc("14", false), rxa("見本錠"), orc("15", true), rxa("見本秘錠")];
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let given = file("20240304", "OMP-11", "RAS^O17", &rows.each_ref().map(String::as_str)).order(14);
    kept_out(&[base.clone(), given], &[base], &excluding(json!({ "departments": ["26"] })), &["見本秘錠"]);
}

/// An admission without a discharge: that another stay followed it may not be told by its status.
#[test]
fn an_open_stay_does_not_tell_of_the_next() {
    let open = file("20240101", "ADT-22", "ADT^A01", &[&movement("3E^301^1", "01", "202401011000", "")]);
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let next = file("20240201", "ADT-22", "ADT^A01", &[&movement("9E病棟^901^1", "26", "202402011000", "")]);
    let with = [base.clone(), open.clone(), next];
    kept_out(&with, &[base, open], &excluding(json!({ "departments": ["26"] })), &["9E病棟"]);
}

/// A request of the department, answered in the name of another one: what it asked for is its own.
#[test]
fn a_result_goes_with_the_request_of_the_department() {
    let [result, _] = laboratory(3, "見本項", false);
    let request = file("20240305", "OML-01", "OML^O33", &[&orc("3", true), "OBR|1|3||5^生化学"]).order(3);
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let with = [base.clone(), result, request];
    let shaped = kept_out(&with, &[base], &excluding(json!({ "departments": ["26"] })), &["見本項"]);
    assert_eq!(reported(&shaped), rows(&[("labs", "same_order", 1), ("others", "department", 1)]));
}

/// A department without a code, behind another one, or only as a place: the code stands elsewhere.
#[test]
fn a_department_is_looked_for_wherever_it_may_stand() {
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let profile = excluding(json!({ "departments": ["26"] }));
    let order = |pv1: &str, orc: &[(usize, &str)], rxe: &[(usize, &str)]| {
        let orc = segment("ORC", &[&[(1, "NW"), (2, "6")], orc].concat());
        let rxe = segment("RXE", &[&[(2, "3^見本秘錠^HOT9"), (3, "1")], rxe].concat());
        file("20240303", "OMP-01", "RDE^O11", &[pv1, &orc, &rxe]).order(6)
    };
    let (none, other) = ("PV1|1|O", (17, "01^内科^HL70069"));
    let cases = [
        order(none, &[(17, "^見本心療科")], &[]).department("26"),
        order("PV1|1|O||||||||26", &[(17, "^見本心療科^99L")], &[]),
        order(none, &[(17, "01^内科^HL70069~26^見本心療科^HL70069")], &[]),
        order("PV1|1|O|26^^^^^C", &[other], &[]),
        order("PV1|1|O|26^^^^^D", &[other], &[]),
        order(none, &[other, (13, "26^^^^^C")], &[]),
        order(none, &[other], &[(42, "26^見本室^^^^C")]),
    ];
    for order in cases {
        kept_out(&[base.clone(), order], std::slice::from_ref(&base), &profile, &["見本秘錠"]);
    }
    let rxa = segment("RXA", &[(3, "202403040900"), (5, "L9^見本秘薬^99L"), (11, "26^見本処置室^^^^C"), (20, "CP")]);
    for (kind, event) in [("OMP-12", "RAS^O17"), ("OMP-11", "RAS^O17")] {
        let given = file("20240304", kind, event, &[&orc("3", false), &rxa]).order(3);
        kept_out(&[base.clone(), given], std::slice::from_ref(&base), &profile, &["見本秘薬"]);
    }
    // A ward of that number is none, and a name alone is no code.
    let ward = [base, order("PV1|1|I|26^^^^^N", &[other], &[])];
    kept_out(&ward, &ward, &profile, &[]);
}

/// Whether a stay is still open nobody can say where stays may be missing: neither of one that another followed, nor of
/// any other.
#[test]
fn no_stay_is_open_where_stays_may_be_missing() {
    let open = file("20240101", "ADT-22", "ADT^A01", &[&movement("3E^301^1", "01", "202401011000", "")]);
    let with = [file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]), open];
    let status = |profile| imported(&with, profile).record.admissions[0].status;
    assert_eq!(status(excluding(json!({ "departments": ["26"] }))), Status::EndUnknown);
    assert_eq!(status(profile(|p| p["withholding"] = true.into())), Status::EndUnknown);
    assert_eq!(status(excluding(json!({ "confidential_diagnoses": true }))), Status::Open);
}

/// Of several orders of one message only the first one's department is the entry's; the second is no less secret.
#[test]
fn the_second_order_of_a_message_has_a_department() {
    let both = [
        orc("14", false),
        "OBR|1|14||1000^胸部正面^JJ1017".into(),
        orc("15", true),
        "OBR|2|15||1000^見本秘撮^JJ1017".into(),
    ];
    let both = both.each_ref().map(|s| s.as_str());
    let base = file("-", "ADT-00", "ADT^A08", &["PV1|1|O"]);
    let with = [base.clone(), file("20240403", "OMG-01", "OMG^O19", &both).order(14)];
    kept_out(&with, &[base], &excluding(json!({ "departments": ["26"] })), &["見本秘撮"]);
}
