//! Organisms: amounts and susceptibilities name them, too.

use super::{excluding, imported, kept_out, list, nowhere, reported, sealed, title};
use mykarte::ImportError;
use mykarte::record::{Entry, Record, Section};
use mykarte::ssmix2::clinical::Lab;
use mykarte_tests::profiles::{assert_alike, plaintext, profile};
use mykarte_tests::storage::{File, file, shaped};
use serde_json::json;

const CULTURE: &str = "6B010000006174114^一般細菌同定^JC10";
const SECRET: &str = "ＭＲＳＡ見本菌";

/// A culture of this hour with the amount of what grew and what it is susceptible to; `bound` in OBR-26, or nowhere.
fn culture_at(hour: &str, specimen: &str, organism: &str, bound: bool) -> Vec<String> {
    let parent = if bound { format!("6B010000006174111^1^{organism}") } else { String::new() };
    vec![
        format!("SPM|1|S{specimen}||{specimen}^検体^JC10|||||||||||||20240305{hour}"),
        "OBR|1|1||6^細菌^99O03".into(),
        "ORC|SC|1".into(),
        format!("OBX|1|CWE|{CULTURE}|1|1309^{organism}^JANIS||||||F"),
        "OBX|2|ST|6B010000006174111^菌量^JC10|1|3+||||||F".into(),
        format!("OBR|2|1||6C^感受性^99O03{}{parent}", "|".repeat(22)),
        "OBX|1|ST|6C010000006170511^ＡＢＰＣ^JC10|1|R||||||F".into(),
    ]
}

fn culture(specimen: &str, organism: &str, bound: bool) -> Vec<String> {
    culture_at("", specimen, organism, bound)
}

fn report(cultures: &[Vec<String>], more: &[&str]) -> File {
    let rows: Vec<&str> = cultures.iter().flatten().map(String::as_str).chain(more.iter().copied()).collect();
    file("20240305", "OML-11", "OUL^R22", &rows).order(1)
}

fn base() -> File {
    file("-", "ADT-00", "ADT^A08", &["PV1|1|O"])
}

/// Whether the susceptibility says whose it is or not, for nothing else grew; also where the row was deleted.
#[test]
fn an_excluded_culture_takes_the_rows_of_its_organism() {
    let exclude = excluding(json!({ "tests": [{ "system": "JC10", "code": "6B010000006174114" }] }));
    for bound in [true, false] {
        kept_out(&[base(), report(&[culture("061", SECRET, bound)], &[])], &[base()], &exclude, &[SECRET]);
    }
    let mut deleted = culture("061", SECRET, true);
    deleted[3] = deleted[3].replace("||F", "||W");
    kept_out(&[base(), report(&[deleted], &[])], &[base()], &exclude, &[SECRET]);
    // Another value of the report stays.
    let other =
        ["SPM|2|S2||023^血清^JC10|||||||||||||20240305", "OBR|1|1||5^生化学", "OBX|1|NM|1A^見本項^99L||5||||||F"];
    let with = [base(), report(&[culture("061", SECRET, true)], &other)];
    assert_eq!(kept_out(&with, &[base(), report(&[], &other)], &exclude, &[SECRET]).record.labs.len(), 1);
}

/// The organism of one specimen is kept back; the same of another specimen is shown, with its rows.
#[test]
fn an_organism_that_is_kept_back_takes_its_rows() {
    let declaring = || profile(|p| p["withholding"] = true.into());
    let (sputum, blood) = (culture("061", SECRET, true), culture("019", SECRET, true));
    let with = [base(), report(std::slice::from_ref(&sputum), &[])];
    let full = imported(&with, declaring()).record;
    let id = culture_of(&full, "061");
    let held = list(Section::Labs, &id, &title(&full, Section::Labs, &id));
    let thinned = shaped(&with, declaring(), Some(held)).unwrap();
    nowhere(&plaintext(&full), &thinned, &[SECRET]);
    assert_alike(&sealed(&thinned), &sealed(&imported(&[base()], declaring())));

    // Of two specimens of one time the list does not say which is meant; of two times it does.
    let with = [base(), report(&[sputum, blood], &[])];
    let full = imported(&with, declaring()).record;
    let id = culture_of(&full, "061");
    let both = shaped(&with, declaring(), Some(list(Section::Labs, &id, &title(&full, Section::Labs, &id))));
    assert!(matches!(both, Err(ImportError::WithheldAmbiguous { .. })), "{both:?}");
    let (sputum, blood) = (culture_at("0900", "061", SECRET, true), culture_at("1000", "019", SECRET, true));
    let with = [base(), report(&[sputum, blood.clone()], &[])];
    let full = imported(&with, declaring()).record;
    let id = culture_of(&full, "061");
    let thinned =
        shaped(&with, declaring(), Some(list(Section::Labs, &id, &title(&full, Section::Labs, &id)))).unwrap();
    assert_alike(&sealed(&thinned), &sealed(&imported(&[base(), report(&[blood], &[])], declaring())));
}

/// Two reports, the first with an organism that is kept back; the second calls the same by codes of its own.
fn assert_hides_nothing_of(old: File, new: File) {
    let declaring = || profile(|p| p["withholding"] = true.into());
    let with = [base(), old, new.clone()];
    let full = imported(&with, declaring()).record;
    let id = culture_of(&full, "061");
    let held = list(Section::Labs, &id, &title(&full, Section::Labs, &id));
    let thinned = shaped(&with, declaring(), Some(held)).unwrap();
    assert_alike(&sealed(&thinned), &sealed(&imported(&[base(), new], declaring())));
}

/// The first rows of a culture with these changes; four of them name its organism.
fn changed(changes: &[(&str, &str)], rows: usize) -> Vec<String> {
    let culture = culture("061", SECRET, true).into_iter().take(rows);
    culture.map(|row| changes.iter().fold(row, |row, (from, to)| row.replace(from, to))).collect()
}

const LOCAL: (&str, &str) = (CULTURE, "L88^菌名^99L");

/// Numbers begin again: what was kept back in 2020 hides nothing of 2024.
#[test]
fn an_organism_of_another_day_hides_nothing() {
    let old = changed(&[("20240305", "20200305")], 4);
    let old = file("20200305", "OML-11", "OUL^R22", &old.iter().map(String::as_str).collect::<Vec<_>>()).order(1);
    assert_hides_nothing_of(old, report(&[changed(&[LOCAL], 7)], &[]));
}

/// Without an order number nobody knows what belongs together.
#[test]
fn an_organism_without_a_number_hides_nothing() {
    let bare = [("OBR|1|1|", "OBR|1||"), ("OBR|2|1|", "OBR|2||"), ("ORC|SC|1", "ORC|SC")];
    let of = |date: &str, rows: Vec<String>| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        file(date, "OML-11", "OUL^R22", &rows)
    };
    let new = changed(&[&bare[..], &[LOCAL]].concat(), 7);
    assert_hides_nothing_of(of("20240304", changed(&bare, 4)), of("20240305", new));
}

/// By the link in OBR-26, where the row that names the organism is none by its code; and by whichever text it has.
#[test]
fn rows_go_by_the_link_and_by_both_texts() {
    let rows = |item: &str, organism: &str, parent: &str| {
        let rows = [
            "SPM|1|S1||061^喀痰^JC10|||||||||||||20240305".to_string(),
            "OBR|1|1||6^細菌^99O03".into(),
            "ORC|SC|1".into(),
            format!("OBX|1|CWE|{item}|1|{organism}||||||F"),
            format!("OBR|2|1||6C^感受性^99O03{}{parent}", "|".repeat(22)),
            "OBX|1|ST|6C010000006170511^ＶＣＭ^JC10|1|R||||||F".into(),
        ];
        report(&[rows.to_vec()], &[])
    };
    let local = excluding(json!({ "tests": [{ "code": "L88" }] }));
    let linked = rows("L88^菌名^99L", &format!("1309^{SECRET}^JANIS"), &format!("L88^1^{SECRET}"));
    let shaped = kept_out(&[base(), linked], &[base()], &local, &[SECRET]);
    assert_eq!(reported(&shaped), super::rows(&[("labs", "test", 1), ("labs", "same_organism", 1)]));
    let standard = excluding(json!({ "tests": [{ "system": "JC10", "code": "6B010000006174114" }] }));
    let two_texts = rows(CULTURE, &format!("1309^MRSA^JANIS^9^{SECRET}^99L"), &format!("^1^{SECRET}"));
    kept_out(&[base(), two_texts], &[base()], &standard, &[SECRET]);
    // Spelled otherwise it may be another one: the hospital looks at it.
    let spelled = rows(CULTURE, &format!("1309^{SECRET} (3+)^JANIS"), &format!("^1^{SECRET}"));
    let shaped = imported(&[base(), spelled], standard);
    let id = shaped.record.labs[0].id.clone();
    assert_eq!(json!(shaped.report.kept_out.residue), json!([{ "section": "labs", "id": id }]));
}

/// The id of the row that names the organism of a specimen.
fn culture_of(record: &Record, specimen: &str) -> String {
    let is_of = |e: &&Entry<Lab>| e.body.group.specimen.as_ref().is_some_and(|code| &*code.code == specimen);
    let mut rows = record.labs.iter().filter(is_of);
    rows.find(|e| e.body.item.display() == "一般細菌同定").unwrap().id.to_string()
}
