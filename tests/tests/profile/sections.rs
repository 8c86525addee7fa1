//! Each section, switched off: neither its entries nor a number or a date tell of it.

use mykarte::Imported;
use mykarte::record::profile::apply::apply;
use mykarte::record::profile::{Profile, Shape};
use mykarte::record::{Nothing, Record, Section, SectionState};
use mykarte::ssmix2::types::Timestamp;
use mykarte_tests::profiles::{hide_field, hide_section, period, profile, without_sections};
use mykarte_tests::storage::{File, file, imported, memo};
use mykarte_tests::{cases, entries, import};
use serde_json::json;

/// One file a section, each written on a day of its own; the patient basics carry allergies too.
pub fn one_file_each() -> Vec<File> {
    let orc = "ORC|NW|1||1_01_001||||||||||||||||||||||||I";
    vec![
        file("-", "ADT-00", "ADT^A08", &["AL1|1|DA|77^見本薬^99SYN|MO"]).occurred("20240101120000"),
        file("-", "ADT-61", "ADT^A60", &["IAM|1|DA|78^見本粉^99SYN|SV||A"]).occurred("20240102120000"),
        file("-", "PPR-01", "PPR^ZD1", &["PRB|AD|20240103|20054174^肺炎^MDCDX2|5|||20240103|||^^^H^入院時^JHSD0004"])
            .occurred("20240103120000"),
        file("20240110", "ADT-22", "ADT^A01", &[&format!("PV1|1|I|3^301^1{}202401031000", "|".repeat(41))]),
        file("20240111", "OMP-01", "RDE^O11", &[orc, "RXE||3^見本錠|1||TAB", "TQ1|1||||||20240111"]).order(1),
        file("20240112", "OMP-02", "RDE^O11", &[orc, "RXE||00|1", "TQ1|1||||||20240112", "RXC|B|4^見本液|1|ML"])
            .order(2),
        file(
            "20240113",
            "OML-11",
            "OUL^R22",
            &["SPM|1|||023^血清", "OBR|1|3||5^生化学", "OBX|1|NM|3F^見本項||5||||||F"],
        )
        .order(3),
        memo("20240114", "歩行は可能"),
        file("20240115", "OMG-01", "OMG^O19", &["ORC|NW|4", "OBR|1|4||1000^見本撮影^JJ1017"]).order(4),
    ]
}

/// First and last care date, and as of when.
pub fn dates(record: &Record) -> [Option<String>; 3] {
    let s = &record.summary;
    [s.first_care_date, s.last_care_date, s.as_of].map(|t: Option<Timestamp>| t.map(|t| t.to_string()))
}

pub fn want(dates: [&str; 3]) -> [Option<String>; 3] {
    dates.map(|d| (!d.is_empty()).then(|| d.to_string()))
}

#[test]
fn a_section_that_is_off_leaves_nothing_behind() {
    let full = imported(&one_file_each(), Profile::full()).record;
    for section in Section::ALL {
        assert!(full.len(section) > 0, "the storage has something for {}", section.key());
        let without = apply(&without_sections(&[section]), full.clone()).0;
        assert_eq!(without.len(section), 0);
        let state = without.summary.sections[&section];
        assert_eq!(state, SectionState { hidden: true, ..SectionState::default() }, "not even the number of its files");
        assert_eq!(state.nothing(), [Nothing::NotProvided]);
        for other in Section::ALL.into_iter().filter(|other| *other != section) {
            let mut want = entries(&full, other);
            if (section, other) == (Section::Diagnoses, Section::Admissions) {
                assert!(want.iter().all(|stay| stay["reasons"][0]["name"] == "肺炎"), "the stay has a reason to hide");
                want.iter_mut().for_each(|stay| drop(stay.as_object_mut().unwrap().remove("reasons")));
            }
            assert_eq!(entries(&without, other), want, "{} off changes {}", section.key(), other.key());
            assert_eq!(without.summary.sections[&other], full.summary.sections[&other]);
        }
        assert_counts(&full, &without, section);
    }
}

/// The section's own counts are 0, all others as they were.
fn assert_counts(full: &Record, without: &Record, section: Section) {
    let own: &[&str] = match section {
        Section::Basics => &[],
        Section::Prescriptions => &["prescription_orders", "prescription_drugs"],
        Section::Injections => {
            &["injection_orders", "injection_blocks", "injection_components", "injection_administrations"]
        }
        Section::Labs => &["lab_results"],
        _ => &[section.key()],
    };
    let mut want = serde_json::to_value(full.summary.counts).unwrap();
    own.iter().for_each(|key| want[*key] = 0.into());
    assert_eq!(serde_json::to_value(without.summary.counts).unwrap(), want, "{}", section.key());
}

/// From when to when the record is follows from the files of what is shown, as written into the storage above.
#[test]
fn dates_are_those_of_what_is_shown() {
    let full = imported(&one_file_each(), Profile::full()).record;
    let without = |sections: &[Section]| dates(&apply(&without_sections(sections), full.clone()).0);
    let all = ["2024-01-10", "2024-01-15", "2024-01-15T12:00:00"];
    assert_eq!(dates(&full), want(all));
    for section in Section::ALL {
        let expected = match section {
            Section::Admissions => ["2024-01-11", all[1], all[2]],
            Section::Others => [all[0], "2024-01-14", "2024-01-14T12:00:00"],
            _ => all,
        };
        assert_eq!(without(&[section]), want(expected), "{} off", section.key());
    }
    let alone = |section: Section| without(&Section::ALL.into_iter().filter(|s| *s != section).collect::<Vec<_>>());
    assert_eq!(alone(Section::Basics), want(["", "", "2024-01-01T12:00:00"]));
    assert_eq!(alone(Section::Allergies), want(["", "", "2024-01-02T12:00:00"]));
    assert_eq!(alone(Section::Labs), want(["2024-01-13", "2024-01-13", "2024-01-13T12:00:00"]));
}

#[test]
fn the_four_kinds_of_nothing_stay_apart() {
    let case = cases::all().into_iter().find(|case| case.ends_with("nothing-of-four-kinds")).unwrap();
    let mut request = cases::request_of(&case).unwrap();
    let nothing = |imported: &Imported, section| imported.record.summary.sections[&section].nothing();
    let plain = import(&request).unwrap();
    assert_eq!(nothing(&plain, Section::Injections), [Nothing::Unreadable { files: 1 }]);
    request.shaping.profile = without_sections(&[Section::Injections, Section::Diagnoses]);
    let shaped = import(&request).unwrap();
    for section in [Section::Injections, Section::Diagnoses] {
        assert_eq!(nothing(&shaped, section), [Nothing::NotProvided], "whatever was read of {}", section.key());
    }
    assert_eq!(nothing(&shaped, Section::Allergies), [Nothing::NoneRegistered]);
    assert_eq!(nothing(&shaped, Section::Admissions), [Nothing::NotInImport]);
    request.shaping.profile = without_sections(&[Section::Labs]);
    assert_eq!(nothing(&import(&request).unwrap(), Section::Injections), [Nothing::Unreadable { files: 1 }]);
}

/// The report that travels counts the files of what is shown; the hospital's own counts all of them.
#[test]
fn the_travelling_report_knows_only_what_is_shown() {
    let report = |profile| {
        let imported = imported(&one_file_each(), profile);
        (imported.record.summary.report.unwrap().files, imported.report.list.len(), imported.report.kept_out.entries)
    };
    let (files, listed, kept) = report(Profile::full());
    assert_eq!((files, listed, kept.len()), (9, 9, 0));
    let (files, listed, kept) = report(without_sections(&[Section::Labs]));
    assert_eq!((files, listed), (8, 9));
    assert_eq!(json!(kept), json!([{ "section": "labs", "rule": "section", "count": 1 }]));
}

/// An order of last year that was given this month is this month's.
#[test]
fn a_period_counts_from_the_last_time_a_drug_was_given() {
    let order = ["ORC|NW|2||2_01_001", "RXE||00|1", "TQ1|1||||||202303150900", "RXC|B|8^見本液^HOT9|1|ML"];
    let given = |day: &str| {
        let rxa = format!("RXA|0|1|{day}0900|{day}0930|8^見本液^HOT9|1|ML|||||||||||||CP");
        file(day, "OMP-12", "RAS^O17", &["ORC|NW|2||2_01_001", &rxa, "RXR|IV"]).order(2)
    };
    let order = || file("20230315", "OMP-02", "RDE^O11", &order).order(2);
    let profile = || profile(|p| period(p, Section::Injections, 6));
    let shown = |files: &[File]| imported(files, profile()).record.injections.len();
    let today = || file("20240315", "OMG-01", "OMG^O19", &["ORC|NW|4", "OBR|1|4||1000^見本撮影^JJ1017"]).order(4);
    assert_eq!(shown(&[order(), given("20240310"), today()]), 1);
    assert_eq!(shown(&[order(), given("20230316"), today()]), 0);
    // Once more on the device.
    let once = imported(&[order(), given("20240310"), today()], profile()).record;
    assert_eq!(apply(&profile(), once).0.injections.len(), 1);
    // A device that was never told what was given cannot cut the period that the hospital would.
    let without = |months: u32| {
        mykarte_tests::profiles::profile(|p| {
            period(p, Section::Injections, months);
            hide_field(p, Section::Injections, "administrations");
        })
    };
    let files = [order(), given("20240310"), today()];
    let shown = |record: &Record| record.injections.len();
    let device = apply(&without(6), imported(&files, without(60)).record).0;
    assert_eq!((shown(&imported(&files, without(6)).record), shown(&device)), (1, 1));
}

/// By what the device has left of an order nobody could tell how old it is: what one profile let pass, the next one of the
/// same period lets pass too.
#[test]
fn a_period_is_not_cut_again_by_what_is_left() {
    let order = &["ORC|NW|2", "RXE||8^見本錠^HOT9|1||TAB", "TQ1|1||||||20230101|20240601"];
    let files = [file("20230101", "OMP-01", "RDE^O11", order).order(2), file("20240501", "ADT-12", "ADT^A04", &[])];
    let of = |months: u32, name: &str| {
        profile(|p| {
            period(p, Section::Prescriptions, months);
            hide_field(p, Section::Prescriptions, "days");
            p["name"] = name.into();
        })
    };
    let once = imported(&files, of(6, "初版")).record;
    let shown = |months| apply(&of(months, "改名"), once.clone()).0.prescriptions.len();
    assert_eq!((once.prescriptions.len(), shown(6), shown(12), shown(3)), (1, 1, 1, 0));
}

/// What patients are told comes from the profile alone: the same for everybody, with and without anything to hide.
#[test]
fn every_patient_is_told_the_same() {
    let hiding = || {
        profile(|p| {
            p["contact"] = "医療情報部".into();
            hide_section(p, Section::Injections);
            p["sections"]["others"] = json!({ "show": false, "message": "外来でお尋ねください" });
            period(p, Section::Labs, 12);
            p["exclude"] = json!({ "confidential_diagnoses": true, "drugs": [{ "code": "3" }] });
        })
    };
    let shape = |files: &[File]| -> Shape { imported(files, hiding()).record.summary.profile.unwrap() };
    let (much, little) = (shape(&one_file_each()), shape(&one_file_each()[..1]));
    assert_eq!(much, little);
    assert_eq!(json!(much.partial), json!(["diagnoses", "admissions", "prescriptions", "labs"]));
    assert_eq!(json!(much.thinned), json!(["diagnoses", "admissions", "prescriptions"]));
    assert_eq!(json!(much.periods), json!({ "labs": 12 }));
    assert_eq!(json!(much.missing), json!(["injections"]));
    assert_eq!(json!(much.messages), json!({ "others": "外来でお尋ねください" }));
}
