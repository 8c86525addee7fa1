//! What a re-issue says otherwise: every field, one value from another, and nothing that tells of somebody.

use super::compare::{care_date, copy_of, first_of, held_against, of, options, without};
use super::edits::{clear, fields, put, with_another};
use super::{found, said, storage};
use mykarte_drill::checks::Drill;
use std::path::Path;

#[test]
fn amounts_stay_with_their_drugs_and_words_with_their_codes() {
    let old = storage(&options().patients(3));
    let exchanged = with_another(old.path(), "OMP-02", |lines| {
        let at: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with("RXC|")).collect();
        let part = |at: usize| lines[at].split('|').map(str::to_owned).collect::<Vec<_>>();
        let (mut one, mut two) = (part(*at.first()?), part(*at.get(1)?));
        let is_other = one[3..5] != two[3..5] && one[2] != two[2];
        one[3..5].swap_with_slice(&mut two[3..5]);
        let mut all: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        (all[at[0]], all[at[1]]) = (one.join("|"), two.join("|"));
        is_other.then_some(all)
    });
    let another_unit = with_another(old.path(), "OML-11", |lines| {
        fields(lines, "OBX", |obx| obx[6] = obx[6].replace("mg/dL^mg/dL", "mg/dL^g/dL"))
    });
    let another_name = with_another(old.path(), "OMP-01", |lines| {
        fields(lines, "RXE", |rxe| {
            let mut code: Vec<String> = rxe[2].split('^').map(str::to_owned).collect();
            code[1] = "X".to_owned();
            rxe[2] = code.join("^");
        })
    });
    let second_name = with_another(old.path(), "OMP-01", |lines| {
        fields(lines, "RXE", |rxe| {
            let mut code: Vec<String> = rxe[2].split('^').map(str::to_owned).collect();
            if let Some(name) = code.get_mut(4).filter(|name| !name.is_empty()) {
                *name = "X".to_owned();
            }
            rxe[2] = code.join("^");
        })
    });
    let put_in = |segment, number, text| {
        with_another(old.path(), "OMP-01", |lines| fields(lines, segment, |of| put(of, number, text)))
    };
    for (new, check, detail) in [
        (exchanged, Drill::ValueChanged, "injections.amount"),
        (another_unit, Drill::ValueChanged, "labs.unit"),
        (another_name, Drill::ValueChanged, "prescriptions.drug"),
        (second_name, Drill::ValueChanged, "prescriptions.drug"),
    ] {
        let report = held_against(old.path(), new.path());
        assert!(found(&report, check, detail).is_some(), "{detail}: {:#?}", said(&report));
    }
    for (with, check, detail) in [
        (put_in("TQ1", 8, "20991231"), Drill::FieldLost, "prescriptions.days"),
        (put_in("ORC", 1, "DC"), Drill::ValueChanged, "prescriptions.status"),
    ] {
        let report = held_against(with.path(), old.path());
        assert!(found(&report, check, detail).is_some(), "{detail}: {:#?}", said(&report));
    }
}

/// A field, or the code before its name.
#[test]
fn what_is_gone_of_an_entry_is_named() {
    let old = storage(&options().patients(3));
    let half = |fields: &mut [String], number: usize| {
        if let Some(field) = fields.get_mut(number).filter(|field| field.contains('^')) {
            *field = field.replacen(|c: char| c != '^', "", field.find('^').unwrap_or_default());
        }
    };
    for (kind, segment, number, is_half, check, detail) in [
        ("OMP-01", "TQ1", 11, false, Drill::ValueChanged, "prescriptions.usage"),
        ("OMP-02", "TQ1", 8, false, Drill::EntryChanged, "injections.end"),
        ("OMP-02", "RXR", 2, false, Drill::ValueChanged, "injections.routes"),
        ("OMP-01", "RXR", 1, true, Drill::FieldLost, "prescriptions.routes"),
        ("OMP-01", "RXE", 6, false, Drill::FieldLost, "prescriptions.form"),
        ("OMP-01", "RXE", 21, false, Drill::FieldLost, "prescriptions.types"),
        ("OMP-12", "RXA", 4, false, Drill::FieldLost, "injections.administrations"),
        ("OMP-12", "RXA", 7, true, Drill::FieldLost, "injections.amount"),
        ("ADT-00", "PID", 11, false, Drill::EntryChanged, "basics.addresses"),
    ] {
        let less = |of: &mut Vec<String>| if is_half { half(of, number) } else { clear(of, number) };
        let new = with_another(old.path(), kind, |lines| fields(lines, segment, less));
        let report = held_against(old.path(), new.path());
        assert!(found(&report, check, detail).is_some(), "{detail}: {:#?}", said(&report));
    }
}

/// Fields that nobody compares by name are compared all the same.
#[test]
fn no_field_becomes_another_in_silence() {
    let old = storage(&options().patients(3));
    let put_at = |kind, segment: &'static str, number: usize, text: &'static str| {
        let other = move |fields: &mut Vec<String>| {
            if fields.get(number).is_some_and(|field| !field.is_empty()) {
                fields[number] = text.to_owned();
            }
        };
        with_another(old.path(), kind, |lines| fields(lines, segment, other))
    };
    for (new, check, detail) in [
        (put_at("OMP-12", "RXA", 12, "999ml/hr"), Drill::ValueChanged, "injections.rate"),
        (put_at("OMP-12", "RXR", 1, "X^X^99SYN"), Drill::ValueChanged, "injections.routes"),
        (put_at("OMP-12", "RXA", 20, "NA"), Drill::ValueChanged, "injections.status"),
        (put_at("OMP-12", "RXA", 9, "X^X^99SYN"), Drill::EntryChanged, "injections.notes"),
        (put_at("OMP-01", "RXE", 6, "X^X^99SYN"), Drill::ValueChanged, "prescriptions.form"),
        (put_at("OMP-01", "TQ1", 3, "X^X^99SYN"), Drill::ValueChanged, "prescriptions.usage"),
        (put_at("PPR-01", "PRB", 10, "X99^^I10^O^X^JHSD0004"), Drill::EntryChanged, "diagnoses.codes"),
        (put_at("ADT-22", "PV1", 3, "X^X^X"), Drill::EntryChanged, "admissions.place"),
    ] {
        let report = held_against(old.path(), new.path());
        let changed = found(&report, check, detail).unwrap_or_else(|| panic!("{detail}: {:#?}", said(&report)));
        let text = changed.examples[0].text.as_deref().unwrap();
        assert!(text.contains(" → ") && !text.ends_with(" → "), "{detail}: {text}");
    }
}

/// The same number of changes is not the same changes; a mended month splits a lost period and loses nothing.
#[test]
fn a_baseline_knows_one_change_from_another() {
    let old = storage(&options().visits_per_year(24));
    let changed = |to: &'static str| {
        with_another(old.path(), "OML-11", move |lines| {
            let mut at = 0;
            fields(lines, "OBX", |obx| {
                at += usize::from(obx[2] == "NM" && obx[5].parse::<f64>().is_ok());
                if at == 1 && obx[2] == "NM" {
                    obx[5] = to.to_owned();
                }
            })
        })
    };
    let (one, two) = (changed("98765.4"), changed("0.004"));
    let baseline = held_against(old.path(), one.path());
    let of = |new: &Path| {
        let report = held_against(old.path(), new).since(&baseline);
        (found(&report, Drill::ValueChanged, "labs.value").unwrap().new, report.holds)
    };
    assert_eq!((of(one.path()), of(two.path())), ((0, true), (1, false)));
    // The next re-issue was written at another time.
    let later = copy_of(one.path(), |name, bytes| {
        let parts: Vec<&str> = name.rsplitn(4, '_').collect();
        let [flag, department, time, rest] = parts[..] else { return Some((name.to_owned(), bytes)) };
        Some((format!("{rest}_{}9_{department}_{flag}", &time[..time.len() - 1]), bytes))
    });
    assert_eq!(of(later.path()), (0, true));

    let quarter = without(old.path(), |name| ("20230401".."20230701").contains(&care_date(name)));
    let mended = without(old.path(), |name| {
        ("20230401".."20230501").contains(&care_date(name)) || ("20230601".."20230701").contains(&care_date(name))
    });
    let baseline = held_against(old.path(), quarter.path());
    let report = held_against(old.path(), mended.path()).since(&baseline);
    let split = found(&report, Drill::PeriodLost, "labs 2023-04").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((split.new, report.holds), (0, true), "{:#?}", said(&report));
}

/// What is not read of the old storage may be lost in the new one.
#[cfg(unix)]
#[test]
fn what_is_not_taken_of_the_old_storage_is_said() {
    let clean = storage(&options().patients(3));
    let name = first_of(clean.path(), "OML-11");
    let new = without(clean.path(), |other| other == name);
    let (kind, file) = name.rsplit_once('/').unwrap();
    let (day, _) = kind.rsplit_once('/').unwrap();
    let moved = copy_of(clean.path(), |at, bytes| {
        Some((if at == name { format!("{day}/{file}") } else { at.to_owned() }, bytes))
    });
    let linked = copy_of(clean.path(), |at, bytes| (at != name).then(|| (at.to_owned(), bytes)));
    let _ = std::fs::create_dir_all(linked.path().join(kind));
    std::os::unix::fs::symlink(clean.path().join(&name), linked.path().join(&name)).unwrap();
    for (old, check) in [(moved, Drill::NotTaken), (linked, Drill::LinkedFolder)] {
        let report = held_against(old.path(), new.path());
        let missed = found(&report, check, "").unwrap_or_else(|| panic!("{check:?}: {:#?}", said(&report)));
        assert_eq!((missed.count, missed.examples[0].place.as_str(), report.holds), (1, "旧", false));
        assert!(!super::run(&of(old.path())).holds, "{check:?}");
    }
}

/// Names of files may be names of people.
#[test]
fn a_path_is_masked_like_a_text() {
    let old = storage(&options().patients(3));
    let altered = with_another(old.path(), "OML-11", |lines| {
        fields(lines, "OBX", |obx| {
            if obx[2] == "NM" {
                obx[5] = "98765.4".to_owned();
            }
        })
    });
    let named = |name: &str, bytes| {
        let parts: Vec<&str> = name.rsplitn(3, '_').collect();
        Some((format!("{}_山田花子_{}", parts[2], parts[0]), bytes))
    };
    let (old, new) = (copy_of(old.path(), named), copy_of(altered.path(), named));
    let report = serde_json::to_string(&held_against(old.path(), new.path())).unwrap();
    assert!(report.contains("_字字字字_1") && !report.contains('山') && !report.contains("花"), "{report}");
}

/// A diagnosis that its patient was not to see is one without the word of it.
#[test]
fn who_may_know_a_diagnosis_is_not_lost_in_silence() {
    let plain = storage(&options().patients(3));
    for (number, text, detail) in
        [(21, "K^X^99SYN", "diagnoses.awareness"), (25, "V^X^HL70177", "diagnoses.confidentiality")]
    {
        let secret = with_another(plain.path(), "PPR-01", |lines| fields(lines, "PRB", |prb| put(prb, number, text)));
        let report = held_against(secret.path(), plain.path());
        assert!(found(&report, Drill::EntryChanged, detail).is_some(), "{detail}: {:#?}", said(&report));
    }
}
