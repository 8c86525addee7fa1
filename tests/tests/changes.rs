//! What the record before held and the new one does not: listed with its reason, before it is gone and for as long as the
//! record is there; an import stops.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::package::{Changes, GoneRow, ReceiveError, Warning, Why};
use mykarte::record::Section;
use mykarte::{ImportError, StoreOptions, store_record};
use mykarte_tests::hospital::{ISSUED_AT, passcode, receive, store, watched, whole};
use mykarte_tests::phone::{Place, files, imported, lab};
use mykarte_tests::profiles;
use mykarte_tests::storage::{self, File, file};

/// What is gone of a record of the one storage when the package of the other one has come, everything shown.
fn gone_between(first: &[File], second: &[File]) -> Vec<(Section, Why, usize)> {
    let mut place = Place::make();
    let package = place.issue(first);
    receive(&mut place.phone, &package).unwrap();
    let package = place.issue(second);
    rows(&receive(&mut place.phone, &package).unwrap().gone)
}

fn rows(gone: &[GoneRow]) -> Vec<(Section, Why, usize)> {
    gone.iter().map(|row| (row.section, row.why, row.entries)).collect()
}

fn with(more: &[File]) -> Vec<File> {
    [&files(), more].concat()
}

/// The report of 1 March 2024 with these rows instead.
fn with_report(rows: &[&str]) -> Vec<File> {
    let rows = [&["OBR|1|1||A^血液^99X|||20240301"], rows].concat();
    [files()[0].clone(), file("20240301", "OML-11", "OML^O33", &rows).order(1), files()[2].clone()].into()
}

fn prescription(rows: &[&str]) -> File {
    let rows = rows.iter().enumerate().flat_map(|(i, rxe)| {
        let orc = format!("ORC|NW|5||{:015}_01_{:03}||||||||D1^診察^一郎", 5, i + 1);
        [orc, format!("RXE||{rxe}"), "TQ1|1||||||20240303".to_string()]
    });
    let rows: Vec<String> = rows.collect();
    file("20240303", "OMP-01", "RDE^O11", &rows.iter().map(String::as_str).collect::<Vec<_>>()).order(5)
}

fn diagnosis(row: &str) -> File {
    file("-", "PPR-01", "PPR^ZD1", &[row])
}

/// Of an order of injections.
fn orc(order: u32) -> String {
    format!("ORC|NW|{order}||{order:015}_01_001||||||||D1^診察^一郎")
}

fn injection(day: &str, drugs: &[&str]) -> File {
    let parts: Vec<String> = drugs.iter().map(|drug| format!("RXC|B|{drug}|1|ML")).collect();
    let (orc, timing) = (orc(2), format!("TQ1|1||||||{day}0900"));
    let mut rows = vec![orc.as_str(), "RXE||00|1", &timing];
    rows.extend(parts.iter().map(String::as_str));
    file(day, "OMP-02", "RDE^O11", &rows).order(2)
}

fn given(order: u32, day: &str, at: &str) -> File {
    let rxa = format!("RXA|0|1|{at}0900|{at}0930|5^見本輸液^HOT9|1|ML|||||||||||||CP");
    file(day, "OMP-12", "RAS^O17", &[&orc(order), &rxa, "RXR|IV"]).order(order)
}

#[test]
fn what_is_gone_is_listed_with_its_reason() {
    let mut place = Place::make();
    let mut all = files();
    all.push(lab("20100101", 3, "28", "F"));
    all.push(file("20240401", "ADT-61", "ADT^A60", &["IAM|1|DA^薬剤^HL70127|X^卵^99A|||A"]));
    let package = place.issue(&all);
    receive(&mut place.phone, &package).unwrap();

    // One result is taken back, one file is not there any more, one section is hidden.
    let now = [files()[0].clone(), lab("20240301", 1, "30", "D"), all[3].clone(), all[4].clone()];
    let without = profiles::without_sections(&[Section::Allergies]);
    let package = place.hospital.issue(storage::imported(&now, without), &place.offer());
    assert_eq!(
        rows(&receive(&mut place.phone, &package).unwrap().gone),
        [(Section::Allergies, Why::Profile, 1), (Section::Labs, Why::Retracted, 1), (Section::Labs, Why::Unknown, 1)]
    );
    // One is beyond the period; under a period nothing is said of what was deleted, for it may have been beyond it, too.
    let period = profiles::profile(|profile| profiles::period(profile, Section::Labs, 60));
    let package = place.hospital.issue(storage::imported(&files()[..2], period), &place.offer());
    let received = receive(&mut place.phone, &package).unwrap();
    assert_eq!(rows(&received.gone), [(Section::Labs, Why::Period, 1)]);
    assert_eq!(received.gone[0].from.unwrap().to_string(), "2010-01-01");
}

/// The id of most entries is a place in a file, and PRB-4 is the hospital's own number: when something else stands there, what
/// was there before is gone.
#[test]
fn what_something_else_has_replaced_is_listed() {
    let one = |section| [(section, Why::Replaced, 1)];
    let row = "OBX|1|NM|3B045^GPT^JC10||22|U/L|||||F";
    assert_eq!(gone_between(&files(), &with_report(&[row])), one(Section::Labs));

    let drug = |rxe: &str| with(&[prescription(&[rxe])]);
    let (warfarin, aspirin) = (drug("100^ワルファリン^HOT9|1||TAB"), drug("200^アスピリン^HOT9|1||TAB"));
    assert_eq!(gone_between(&warfarin, &aspirin), one(Section::Prescriptions));

    let disease = |disease: &str| with(&[diagnosis(&format!("PRB|AD|20240301|{disease}|P2|||20240301"))]);
    let (diabetes, other) = (disease("20070001^糖尿病^MDCDX2"), disease("20070002^便秘症^MDCDX2"));
    assert_eq!(gone_between(&diabetes, &other), one(Section::Diagnoses));

    let mixture = |drugs: &[&str]| with(&[injection("20240304", drugs)]);
    let (both, less) = (mixture(&["5^見本輸液^HOT9", "6^見本薬^HOT9"]), mixture(&["5^見本輸液^HOT9"]));
    assert_eq!(gone_between(&both, &less), one(Section::Injections));
    assert_eq!(gone_between(&less, &both), []);
}

#[test]
fn what_was_given_and_is_not_there_any_more_is_listed() {
    let order = injection("20240304", &["5^見本輸液^HOT9"]);
    let once = with(&[order.clone(), given(2, "20240304", "20240304")]);
    let never = with(&[order]);
    assert_eq!(gone_between(&once, &never), [(Section::Injections, Why::Replaced, 1)]);
    assert_eq!(gone_between(&never, &once), [], "it was given since");
    // The hospital provides no administrations any more: the order is there, and the summary says what is not provided.
    let alone = [once, vec![given(9, "20240401", "20240401")]].concat();
    let mut place = Place::make();
    let package = place.issue(&alone);
    receive(&mut place.phone, &package).unwrap();
    assert_eq!(whole(&place.phone).injections.len(), 2);
    let hidden = profiles::without_field(Section::Injections, "administrations");
    let package = place.hospital.issue(storage::imported(&alone, hidden), &place.offer());
    let received = receive(&mut place.phone, &package).unwrap();
    assert_eq!(rows(&received.gone), [(Section::Injections, Why::Profile, 1)], "that without an order");
}

#[test]
fn a_correction_is_no_loss_and_what_moved_up_is_not_missing() {
    let (a, b) = ("100^A^HOT9|1||TAB", "200^B^HOT9|1||TAB");
    let (dose, name) = ("100^A^HOT9|2||TAB", "100^Ａ錠^HOT9|1||TAB");
    let drugs = |rows: &[&str]| with(&[prescription(rows)]);
    for corrected in [dose, name] {
        assert_eq!(gone_between(&drugs(&[a]), &drugs(&[corrected])), []);
    }
    // Of two one is taken out: it is that one, and not the other.
    assert_eq!(gone_between(&drugs(&[a, b]), &drugs(&[b])), [(Section::Prescriptions, Why::Replaced, 1)]);
    let mut moved_house = files();
    moved_house[0] = moved_house[0].clone().occurred("20240601120000");
    assert_eq!(gone_between(&files(), &moved_house), [], "newer patient basics");
    let later = "OBX|1|NM|3B035^GOT^JC10||31|U/L|13-30|H|||C|||202403020900";
    assert_eq!(gone_between(&files(), &with_report(&[later])), []);
}

/// At the place of a result another one is deleted: nobody said that of this one, which moved on or is missing.
#[test]
fn deleted_is_said_of_nothing_else_than_what_was_deleted() {
    let (gpt, got) = ("OBX|1|NM|3B045^GPT^JC10||22|U/L|||||D", "OBX|2|NM|3B035^GOT^JC10||30|U/L|13-30|H|||F");
    assert_eq!(gone_between(&files(), &with_report(&[gpt])), [(Section::Labs, Why::Unknown, 1)]);
    assert_eq!(gone_between(&files(), &with_report(&[gpt, got])), []);
    let row =
        |action: &str, disease: &str| with(&[diagnosis(&format!("PRB|{action}|20240301|{disease}|P2|||20240301"))]);
    let (diabetes, other) = ("20070001^糖尿病^MDCDX2", "20070002^便秘症^MDCDX2");
    for (disease, why) in [(diabetes, Why::Retracted), (other, Why::Unknown)] {
        assert_eq!(gone_between(&row("AD", diabetes), &row("DE", disease)), [(Section::Diagnoses, why, 1)]);
    }
}

/// What a period keeps, whatever its date, is not gone because of it.
#[test]
fn the_period_is_named_only_where_it_cuts() {
    let ended = diagnosis("PRB|AD|20100101|20070002^便秘症^MDCDX2|P2|||20100101|||||||R");
    let order = injection("20100101", &["5^見本輸液^HOT9"]);
    let late = [order, given(2, "20100101", "20240304")];
    for (section, more) in [(Section::Diagnoses, vec![ended]), (Section::Injections, late.to_vec())] {
        let mut place = Place::make();
        let period = || profiles::profile(|profile| profiles::period(profile, section, 60));
        let package = place.hospital.issue(storage::imported(&with(&more), period()), &place.offer());
        receive(&mut place.phone, &package).unwrap();
        assert_eq!(whole(&place.phone).len(section), 1, "the period keeps it");
        let package = place.hospital.issue(storage::imported(&files(), period()), &place.offer());
        assert_eq!(rows(&receive(&mut place.phone, &package).unwrap().gone), [(section, Why::Unknown, 1)]);
    }
}

/// A key was revoked: the first package of the new epoch follows others. The very first one of an enrolment follows none, and
/// explains nothing.
#[test]
fn only_a_package_that_follows_another_explains() {
    let now = [files()[0].clone(), lab("20240301", 1, "30", "D"), files()[2].clone()];
    for (follows, why) in [(true, Why::Retracted), (false, Why::Unknown)] {
        let mut place = Place::make();
        if follows {
            let package = place.issue(&files());
            receive(&mut place.phone, &package).unwrap();
        } else {
            store(&mut place.phone, imported(&files()));
        }
        place.hospital.list = place.hospital.root.raise_epoch(&place.hospital.list).unwrap();
        place.phone.update_key_list(place.hospital.list.as_bytes()).unwrap();
        let package = place.issue(&now);
        assert_eq!(rows(&receive(&mut place.phone, &package).unwrap().gone), [(Section::Labs, why, 1)]);
    }
}

/// The hospital's disk was not mounted: of the record nothing but the name would be left.
#[test]
fn what_would_be_gone_is_said_before_and_an_emptied_section_wants_a_yes() {
    let mut place = Place::make();
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    // One of two results: said, and taken without a question.
    let package = place.issue(&files()[..2]);
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!(rows(arrival.gone()), [(Section::Labs, Why::Unknown, 1)]);
    assert!(!arrival.needs_confirmation() && arrival.warnings().is_empty());
    watched(|watch| place.phone.accept(arrival, false, watch)).unwrap();
    let package = place.issue(&files()[..1]);
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    assert_eq!(rows(arrival.gone()), [(Section::Labs, Why::Unknown, 1)]);
    assert_eq!(arrival.warnings(), [Warning::WouldEmpty { sections: vec![Section::Labs] }]);
    assert!(arrival.needs_confirmation() && !arrival.is_first());
    let refused = watched(|watch| place.phone.accept(arrival, false, watch));
    assert!(matches!(refused, Err(ReceiveError::NotConfirmed)));
    assert_eq!(place.labs(), 1);
    receive(&mut place.phone, &package).unwrap();
    assert_eq!(place.labs(), 0);
    // A section that is not provided any more is explained by that.
    let package = place.issue(&files());
    receive(&mut place.phone, &package).unwrap();
    let hidden = storage::imported(&files(), profiles::without_sections(&[Section::Labs]));
    let package = place.hospital.issue(hidden, &place.offer());
    assert!(!place.phone.receive(&package, ISSUED_AT).unwrap().needs_confirmation());
}

/// Somebody said yes to what was shown, and then the record became another one.
#[test]
fn a_record_that_changed_since_it_was_compared_is_not_replaced() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let arrival = place.phone.receive(&package, ISSUED_AT).unwrap();
    store(&mut place.phone, imported(&with(&[lab("20240501", 3, "28", "F")])));
    assert!(matches!(watched(|watch| place.phone.accept(arrival, true, watch)), Err(ReceiveError::Stale)));
    assert_eq!(place.labs(), 3);
}

/// The program was killed behind the swap, before it showed what is gone.
#[test]
fn what_is_gone_is_told_again_whenever_it_is_asked_for() {
    let mut place = Place::make();
    let package = place.issue(&files());
    let first = receive(&mut place.phone, &package).unwrap().record;
    assert_eq!(place.phone.last_changes(first).unwrap(), Changes::default());
    let package = place.issue(&files()[..1]);
    let received = receive(&mut place.phone, &package).unwrap();
    let Place { dir, phone, .. } = place;
    drop(phone);
    let mut phone = mykarte::Archive::open(&dir.path().join("phone"), &passcode()).unwrap();
    let changes = phone.last_changes(received.record).unwrap();
    assert_eq!(rows(&changes.gone), [(Section::Labs, Why::Unknown, 2)]);
    assert_eq!(phone.changed_since_signed(received.record).unwrap(), Some(Vec::new()), "the device's own words");
    let again = receive(&mut phone, &package).unwrap();
    assert!(again.was_there);
    assert_eq!(again.gone, changes.gone);
}

#[test]
fn an_import_stops_where_something_else_replaces_what_is_held() {
    let drug = |rxe: &str| with(&[prescription(&[rxe])]);
    let item = with_report(&["OBX|1|NM|3B045^GPT^JC10||22|U/L|||||F"]);
    let (warfarin, aspirin) = (drug("100^ワルファリン^HOT9|1||TAB"), drug("200^アスピリン^HOT9|1||TAB"));
    for (section, first, second) in [(Section::Prescriptions, warfarin, aspirin), (Section::Labs, files(), item)] {
        let mut place = Place::make();
        store(&mut place.phone, imported(&first));
        let mut again = |replace| {
            let options = StoreOptions { replace, threads: 2 };
            watched(|watch| store_record(place.phone.vault_mut(), imported(&second), options, watch))
        };
        let refused = again(false).map(drop);
        let Err(ImportError::WouldLose { losses }) = refused else { panic!("{refused:?}") };
        assert_eq!((losses.total(), losses.0[&section].entries), (1, 1));
        again(true).unwrap();
    }
}
