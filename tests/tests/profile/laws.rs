//! What holds for every profile, on synthetic records and random profiles.

use super::records::{MARKERS, RARE, YEARS};
use mykarte::record::catalogue::{self, Part};
use mykarte::record::profile::Profile;
use mykarte::record::profile::apply::{apply, is_shown};
use mykarte::record::profile::document::{Vital, may_have_period};
use mykarte::record::{Record, Section};
use mykarte_tests::entries;
use mykarte_tests::profiles::{self, all_own_fields, leaves, profile};
use mykarte_tests::storage::{file, imported};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a profile hides.
#[derive(Debug, Clone, Default)]
struct Hidden {
    sections: BTreeSet<Section>,
    fields: BTreeSet<(Section, &'static str)>,
    /// Months by section.
    periods: BTreeMap<Section, u32>,
}

impl Hidden {
    fn profile(&self) -> Profile {
        profile(|p| {
            self.sections.iter().for_each(|section| profiles::hide_section(p, *section));
            self.fields.iter().for_each(|(section, key)| profiles::hide_field(p, *section, key));
            self.periods.iter().for_each(|(section, months)| profiles::period(p, *section, *months));
        })
    }

    fn and(&self, other: &Hidden) -> Hidden {
        Hidden {
            sections: &self.sections | &other.sections,
            fields: &self.fields | &other.fields,
            periods: self.periods.clone(),
        }
    }

    /// The record under this profile, with what it says of itself but its hash.
    fn of(&self, record: &Record) -> Record {
        let mut record = apply(&self.profile(), record.clone()).0;
        record.summary.profile.iter_mut().for_each(|shape| shape.sha256.clear());
        record
    }
}

/// Few sections and about a third of the fields: what is hidden whole shows little.
fn hidden() -> impl Strategy<Value = Hidden> {
    let sections = prop::collection::btree_set(prop::sample::select(Section::ALL.to_vec()), 0..4);
    let all: Vec<(Section, &'static str)> = all_own_fields().map(|(section, field)| (section, field.key)).collect();
    let fields = prop::collection::btree_set(prop::sample::select(all), 0..50);
    (sections, fields).prop_map(|(sections, fields)| Hidden { sections, fields, periods: BTreeMap::new() })
}

fn with_periods() -> impl Strategy<Value = Hidden> {
    let cut: Vec<Section> = Section::ALL.into_iter().filter(|section| may_have_period(*section)).collect();
    let periods = prop::collection::btree_map(prop::sample::select(cut), 1_u32..40, 0..5);
    (hidden(), periods).prop_map(|(hidden, periods)| Hidden { periods, ..hidden })
}

/// A record by its number: as a strategy it would be printed whole.
fn record(i: usize) -> &'static Record {
    match i {
        0 => &MARKERS,
        1 => &RARE,
        i => &YEARS[i - 2],
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// At the hospital and once more on the device, where the dates of the files are no longer known.
    #[test]
    fn twice_is_once(hidden in with_periods(), which in 0..5_usize) {
        let record = record(which);
        let profile = hidden.profile();
        let once = apply(&profile, record.clone()).0;
        prop_assert!(is_equal(&apply(&profile, once.clone()).0, &once)?);
        let mut read_back = once;
        read_back.spans.clear();
        prop_assert!(is_equal(&apply(&profile, read_back.clone()).0, &read_back)?);
    }

    /// What one profile has hidden is not there after another either, however often that one is applied.
    #[test]
    fn what_was_not_provided_is_never_forgotten(a in with_periods(), b in hidden(), which in 0..5_usize) {
        let (first, second) = (a.profile(), b.profile());
        let device = apply(&second, apply(&first, record(which).clone()).0).0;
        let again = apply(&second, device.clone()).0;
        prop_assert!(is_equal(&again, &device)?);
        let (shape, hidden) = (again.summary.profile.unwrap(), &a.sections | &b.sections);
        for vital in Vital::ALL {
            let is_hidden = hidden.contains(&vital.section());
            prop_assert_eq!(shape.missing.contains(&vital), is_hidden, "{}", vital.section().key());
        }
        let hides = |key: &String| a.fields.iter().chain(&b.fields).any(|(s, f)| *key == format!("{}.{f}", s.key()));
        let is_told = |(section, key): &(Section, &'static str)| shape.not_provided.contains(&format!("{}.{key}", section.key()));
        prop_assert!(shape.not_provided.iter().all(hides));
        prop_assert!(a.fields.iter().chain(&b.fields).filter(|(s, _)| !hidden.contains(s)).all(is_told));
    }

    #[test]
    fn order_does_not_matter(a in hidden(), b in hidden(), which in 0..5_usize) {
        let record = record(which);
        let both = a.and(&b).of(record);
        prop_assert!(is_equal(&b.of(&a.of(record)), &both)?);
        prop_assert!(is_equal(&a.of(&b.of(record)), &both)?);
    }

    /// Who sees less sees no entry that who sees more does not.
    #[test]
    fn hiding_more_never_shows_more(a in hidden(), b in hidden(), which in 0..5_usize) {
        let record = record(which);
        let (some, less) = (a.of(record), a.and(&b).of(record));
        for section in Section::ALL {
            let shown = |r: &Record| profiles::ids(r, section);
            prop_assert!(shown(&less).is_subset(&shown(&some)) && shown(&some).is_subset(&shown(record)));
        }
    }

    #[test]
    fn no_group_is_split(hidden in with_periods(), which in 0..5_usize) {
        let record = record(which);
        let profile = hidden.profile();
        let shown = apply(&profile, record.clone()).0;
        for section in Section::ALL.into_iter().filter(|s| profile.shows(*s)) {
            let full: BTreeMap<String, Value> =
                entries(record, section).into_iter().map(|e| (e["id"].as_str().unwrap().to_string(), e)).collect();
            for entry in entries(&shown, section) {
                let before = full.get(entry["id"].as_str().unwrap());
                prop_assert!(before.is_some(), "an entry with an id of its own: {entry}");
                check_group(&profile, section, before.unwrap(), &entry)?;
            }
        }
    }

    #[test]
    fn every_number_is_that_of_what_is_shown(hidden in with_periods(), which in 0..5_usize) {
        let record = record(which);
        let shown = hidden.of(record);
        let (counts, states) = (shown.summary.counts, &shown.summary.sections);
        for section in Section::ALL {
            prop_assert_eq!(states[&section].entries as usize, shown.len(section), "{}", section.key());
        }
        let blocks = shown.injections.iter().filter(|e| e.body.ordered);
        let given: usize = shown.injections.iter().map(|e| e.body.administrations.len()).sum();
        let orders: BTreeSet<_> = shown.prescriptions.iter().map(|e| e.body.order).collect();
        prop_assert_eq!(counts.injection_blocks as usize, blocks.count());
        prop_assert_eq!(counts.injection_administrations as usize, given);
        prop_assert_eq!(counts.prescription_orders as usize, orders.len());
        prop_assert_eq!(counts.prescription_drugs as usize, shown.prescriptions.len());
        prop_assert_eq!(counts.lab_results as usize, shown.labs.len());
        prop_assert!(shown.summary.as_of <= record.summary.as_of);
    }
}

/// A period looks at the last day of an entry, which the same profile may hide.
#[test]
fn what_a_period_left_stays_though_its_end_is_hidden() {
    let segments = ["PRB|AD|20240103|20054174^肺炎^MDCDX2|5|||20100103||20231203"];
    let drug = ["ORC|NW|1||1_01_001", "RXE||3^見本錠|1||TAB", "TQ1|1||||||20230101|20231231"];
    let files = [
        file("-", "PPR-01", "PPR^ZD1", &segments),
        file("20230101", "OMP-01", "RDE^O11", &drug).order(1).occurred("20240103120000"),
    ];
    for (section, key) in [(Section::Diagnoses, "end"), (Section::Prescriptions, "days")] {
        let profile = profile(|p| {
            profiles::period(p, section, 6);
            profiles::hide_field(p, section, key);
        });
        let once = imported(&files, profile.clone()).record;
        assert_eq!(once.len(section), 1, "{} ended within the period", section.key());
        let twice = apply(&profile, once.clone()).0;
        assert_eq!(twice.len(section), 1, "{} are cut when the profile is applied again", section.key());
    }
}

/// Equal, or where they differ: a record is too long to print.
fn is_equal(a: &Record, b: &Record) -> Result<bool, TestCaseError> {
    for section in Section::ALL {
        prop_assert_eq!(a.len(section), b.len(section), "entries of {}", section.key());
        if let Some((a, b)) = entries(a, section).into_iter().zip(entries(b, section)).find(|(a, b)| a != b) {
            prop_assert_eq!(a, b);
        }
    }
    prop_assert_eq!(&a.summary, &b.summary);
    Ok(a == b)
}

/// The list in which other fields stand, too: they are there only if it is.
fn inside(section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Injections => ("administrations.", "administrations"),
        Section::Others => ("items.", "items"),
        _ => ("\0", ""),
    }
}

/// A field is there whole or not at all, and so is what goes with it.
fn check_group(profile: &Profile, section: Section, full: &Value, entry: &Value) -> Result<(), TestCaseError> {
    let (full, have) = (by_field(section, full), by_field(section, entry));
    for field in catalogue::fields(section) {
        let owner = if let Part::With(owner) = field.part { owner } else { field.key };
        let is_on = is_shown(profile, section, owner);
        let (inside, list) = inside(section);
        let is_given = |place: &String| place.starts_with(inside);
        let all_given = list.is_empty() || is_shown(profile, section, list);
        let mut want = full.get(field.key).cloned().unwrap_or_default();
        want.retain(|(place, _)| is_on && (all_given || !is_given(place)));
        // A reason for admission goes with its diagnosis, too.
        let is_reason = |place: &String| section == Section::Admissions && place.starts_with("reasons");
        want.retain(|(place, _)| !is_reason(place));
        let mut have = have.get(field.key).cloned().unwrap_or_default();
        have.retain(|(place, _)| !is_reason(place));
        prop_assert_eq!(have, want, "{}.{}", section.key(), field.key);
    }
    Ok(())
}

/// The values of an entry by field. Rows of an allergy that say the same are shown once.
fn by_field(section: Section, entry: &Value) -> BTreeMap<&'static str, BTreeSet<(String, String)>> {
    let mut all: BTreeMap<&'static str, BTreeSet<(String, String)>> = BTreeMap::new();
    for leaf in leaves(entry) {
        let key = catalogue::owner(section, &leaf.place).unwrap().key;
        let place = leaf.place.strip_prefix("also.").unwrap_or(&leaf.place).to_string();
        all.entry(key).or_default().insert((place, leaf.value.to_string()));
    }
    all
}
