//! What is cut, to the entry and to the number: periods, counts of what is withheld, and the list of what went.

use super::records::{MARKERS, YEARS};
use mykarte::record::profile::Profile;
use mykarte::record::profile::apply::apply;
use mykarte::record::summary::Withheld;
use mykarte::record::{Mark, Record, Section, Status};
use mykarte_tests::entries;
use mykarte_tests::profiles::{hide_field, period, profile, without_sections};
use serde_json::json;
use std::collections::BTreeSet;

/// How many were deleted or replaced is told with the section that they were of, and not without it.
#[test]
fn numbers_of_what_is_withheld_go_with_their_section() {
    let mut record = YEARS[0].clone();
    record.summary.withheld = Withheld {
        diagnoses_deleted: 1,
        labs_deleted_or_wrong: 2,
        labs_replaced: 3,
        allergies_deleted: 4,
        lab_orders_with_results: 5,
    };
    record.answered_orders = vec!["1".into()];
    let numbers = |profile: &Profile| {
        let shown = apply(profile, record.clone()).0;
        let w = &shown.summary.withheld;
        let all = [w.diagnoses_deleted, w.labs_deleted_or_wrong, w.labs_replaced, w.allergies_deleted];
        (all, w.lab_orders_with_results, shown.answered_orders.len())
    };
    assert_eq!(numbers(&Profile::full()), ([1, 2, 3, 4], 5, 1));
    for section in Section::ALL {
        let expected = match section {
            Section::Diagnoses => ([0, 2, 3, 4], 5, 1),
            Section::Labs => ([1, 0, 0, 4], 0, 0),
            Section::Allergies => ([1, 2, 3, 0], 5, 1),
            Section::Others => ([1, 2, 3, 4], 0, 0),
            _ => ([1, 2, 3, 4], 5, 1),
        };
        assert_eq!(numbers(&without_sections(&[section])), expected, "{section:?}");
    }
    for (section, orders) in [(Section::Labs, 0), (Section::Others, 0), (Section::Diagnoses, 5)] {
        let (_, of_orders, answered) = numbers(&profile(|p| period(p, section, 1200)));
        assert_eq!((of_orders, answered), (orders, 1), "{section:?}");
    }
}

/// A diagnosis that ended nobody knows when may have ended yesterday; one that is open is of any time.
#[test]
fn a_period_cuts_the_diagnoses_that_are_known_to_have_ended_before_it() {
    let old = || Some("2001-02-03".parse().unwrap());
    let stays = |status, end| {
        let mut record = MARKERS.clone();
        record.diagnoses.truncate(1);
        let entry = &mut record.diagnoses[0];
        (entry.status, entry.date, entry.body.end) = (status, old(), end);
        apply(&profile(|p| period(p, Section::Diagnoses, 12)), record).0.diagnoses.len() == 1
    };
    let recent = MARKERS.summary.as_of;
    assert!(recent.is_some());
    let all = [(Status::Ended, old()), (Status::Ended, None), (Status::Ended, recent), (Status::Active, None)];
    assert_eq!(all.map(|(status, end)| stays(status, end)), [false, true, true, true]);
}

/// What a preview lists as gone is what is gone.
#[test]
fn the_list_of_what_went_is_what_went() {
    let cut = profile(|p| {
        for section in [Section::Diagnoses, Section::Admissions, Section::Prescriptions, Section::Labs] {
            period(p, section, 6);
        }
        hide_field(p, Section::Injections, "administrations");
    });
    for record in YEARS.iter().chain([&*MARKERS]) {
        let (shown, excluded) = apply(&cut, record.clone());
        let listed: BTreeSet<(Section, String)> =
            excluded.iter().map(|gone| (gone.section, gone.id.to_string())).collect();
        let went: BTreeSet<(Section, String)> = ids(record).difference(&ids(&shown)).cloned().collect();
        assert_eq!(listed, went);
    }
    assert!(!apply(&cut, YEARS[0].clone()).1.is_empty(), "something is gone");
}

fn ids(record: &Record) -> BTreeSet<(Section, String)> {
    let id = |section| move |entry: serde_json::Value| (section, entry["id"].as_str().unwrap().to_owned());
    Section::ALL.into_iter().flat_map(|section| entries(record, section).into_iter().map(id(section))).collect()
}

/// A period of a later profile cuts a record that an earlier one shaped without any.
#[test]
fn a_period_cuts_after_a_profile_that_had_none() {
    let injections = |record: &Record| entries(record, Section::Injections).len();
    let cut = profile(|p| period(p, Section::Injections, 1));
    let (at_once, after_another) =
        (apply(&cut, YEARS[0].clone()).0, apply(&cut, apply(&Profile::full(), YEARS[0].clone()).0).0);
    assert!(injections(&at_once) < injections(&YEARS[0]), "something is cut");
    assert_eq!(injections(&after_another), injections(&at_once));
}

/// What a rule or a period thinned out is called so, unless it is hidden.
#[test]
fn a_section_that_was_thinned_out_says_so_and_a_hidden_one_does_not() {
    let rules = |p: &mut serde_json::Value| p["exclude"] = json!({ "drugs": [{ "code": "1" }] });
    let all = apply(&profile(rules), YEARS[0].clone()).0;
    let hidden = profile(|p| {
        rules(p);
        p["sections"]["injections"] = json!({ "show": false });
    });
    let hidden = apply(&hidden, YEARS[0].clone()).0;
    let partial = |record: &Record, section| record.summary.sections.get(&section).is_some_and(|state| state.partial);
    let of = |record: &Record| {
        [Section::Prescriptions, Section::Injections, Section::Diagnoses].map(|section| partial(record, section))
    };
    assert_eq!((of(&all), of(&hidden)), ([true, true, false], [true, false, false]));
}

/// Files of another patient are counted as far as something of them is shown.
#[test]
fn files_of_another_patient_go_with_what_they_gave() {
    let mut record = YEARS[0].clone();
    record.summary.other_patient_files = 3;
    for (entry, file) in record.labs.iter_mut().zip([901, 902]) {
        entry.marks.push(Mark::OtherPatient);
        entry.source = [file].into_iter().collect();
    }
    let files = |profile: &Profile| apply(profile, record.clone()).0.summary.other_patient_files;
    assert_eq!((files(&Profile::full()), files(&without_sections(&[Section::Labs]))), (2, 0));
}

/// The file of a blood type from a result is a source as long as the type is shown.
#[test]
fn a_blood_type_that_is_hidden_takes_its_file_along() {
    let mut record = MARKERS.clone();
    let basics = &mut record.basics[0];
    basics.body.blood_abo.iter_mut().for_each(|blood| blood.source = "OML-11".into());
    assert!(!basics.body.blood_abo.is_empty());
    basics.source = [1, 900].into_iter().collect();
    let sources = |profile: &Profile| apply(profile, record.clone()).0.basics[0].source.to_vec();
    let hidden = profile(|p| ["blood_abo", "blood_rh"].iter().for_each(|key| hide_field(p, Section::Basics, key)));
    assert_eq!((sources(&Profile::full()), sources(&hidden)), (vec![1, 900], vec![1]));
}
