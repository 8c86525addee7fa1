//! A vault and a package that the programs make today, read by the second reader (`tests/reader`), which knows the
//! documents alone: it finds what we find, entry by entry.

use crate::hospital::place;
use crate::support::{PASSCODE, own_vault, text};
use mykarte::vault::package::Enrolment;
use mykarte::vault::{Passcode, Vault};
use mykarte_tests::reader::{SecondReader, of_package, of_vault};
use serde_json::{Value, json};
use std::path::Path;

/// Both readers' word for a vault, held together. Theirs comes back.
fn held_together(second: &mut SecondReader, vault: &Path) -> Value {
    let typed = PASSCODE.trim_end();
    let theirs = second.ask(&json!({ "vault": vault, "passcode": typed }));
    let ours = of_vault(Vault::open(vault, &Passcode::new(typed.as_bytes()).unwrap()));
    assert!(theirs["records"].is_array(), "{theirs}");
    assert!(theirs == ours, "{}", text(vault));
    theirs
}

fn parts(record: &Value) -> usize {
    record["parts"].as_array().unwrap().len()
}

#[test]
fn what_the_programs_make_is_read_from_the_documents() {
    let Some(mut second) = SecondReader::start(Path::new(env!("CARGO_TARGET_TMPDIR"))) else { return };
    let vault = own_vault();
    let record = &held_together(&mut second, &vault.path)["records"][0];
    assert!(parts(record) > 5, "a chunk for each section that the demo has");
    // By the code that the program prints, too.
    let code = vault.make_code();
    let by_code = second.ask(&json!({ "vault": vault.path, "recovery": code }));
    assert_eq!(&by_code["records"][0], record);

    let (place, phone) = (place(), |place: &crate::hospital::Place| place.path("phone"));
    let enrolled = held_together(&mut second, &phone(&place));
    let kept = enrolled["records"].as_array().unwrap().iter().find_map(|record| {
        let bytes = data_encoding::HEXLOWER.decode(record["catalogue"]["data"].as_str()?.as_bytes()).ok()?;
        Enrolment::decode(&bytes).map(|enrolment| (bytes, enrolment))
    });
    let (bytes, enrolment) = kept.unwrap();
    let enrolment_hex = data_encoding::HEXLOWER.encode(&bytes);
    let theirs = second.ask(&json!({ "package": place.package(), "enrolment": enrolment_hex, "record": true }));
    assert!(parts(&theirs) > 5);
    assert!(theirs == of_package(&std::fs::read(place.package()).unwrap(), &enrolment));
    place.receive(&[&place.package()], &["--yes"]).exits(0);
    let received = held_together(&mut second, &phone(&place));
    let most = received["records"].as_array().unwrap().iter().map(parts).max();
    assert!(most > Some(parts(&theirs)), "the record, and where it is from");
}
