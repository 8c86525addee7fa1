//! A storage and its re-issue, held against each other.

use super::{files, found, progress, request, said, storage};
use mykarte::record::Section;
use mykarte::ssmix2::Severity;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::Finding;
use mykarte_drill::{Report, Request, Who};
use mykarte_synth::{Encoding, Options, Style, Volumes};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

pub fn of(old: &Path) -> Request {
    request(vec![old.to_owned()])
}

fn run(request: &Request, new: &Path) -> Report {
    mykarte_drill::compare(request, &[new.to_owned()], &progress(&AtomicBool::new(false))).unwrap()
}

pub fn held_against(old: &Path, new: &Path) -> Report {
    run(&of(old), new)
}

pub fn options() -> Options {
    Options::new(7).patients(6).years(3)
}

/// A copy of a storage, each file under the name and with the bytes that `change` gives it; none leaves it out.
pub fn copy_of(old: &Path, change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for path in files(old) {
        let (name, bytes) = (path.strip_prefix(old).unwrap().to_str().unwrap(), std::fs::read(&path).unwrap());
        if let Some((name, bytes)) = change(name, bytes) {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    dir
}

/// All but the files of which this is said.
pub fn without(old: &Path, is_left_out: impl Fn(&str) -> bool) -> TempDir {
    copy_of(old, |name, bytes| (!is_left_out(name)).then(|| (name.to_owned(), bytes)))
}

/// The name of the first current file of a data type.
pub fn first_of(root: &Path, kind: &str) -> String {
    let name = |path: PathBuf| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    let is_it = |name: &String| name.contains(&format!("_{kind}_")) && name.ends_with("_1");
    files(root).into_iter().map(name).find(is_it).unwrap()
}

/// The care date in a name, `20240131`.
pub fn care_date(name: &str) -> &str {
    name.rsplit('/').next().unwrap().split('_').nth(1).unwrap()
}

#[track_caller]
fn nothing_is_worse_than_a_note(report: &Report) {
    let worse: Vec<&Finding> = report.findings.iter().filter(|f| f.severity > Severity::Info).collect();
    assert!(worse.is_empty(), "{:#?}", said(report));
    assert!(report.holds);
}

#[test]
fn a_storage_is_its_own_re_issue() {
    let dir = storage(&options());
    let report = held_against(dir.path(), dir.path());
    assert_eq!(said(&report), Vec::<String>::new());
    let compared = report.reissue.unwrap();
    assert_eq!((compared.old_patients, compared.new_patients), (6, 6));
    let labs = compared.sections.iter().find(|of| of.section == Section::Labs).unwrap();
    assert!(labs.old.entries > 100 && labs.old == labs.new && labs.lost.months.is_empty(), "{labs:?}");
}

#[test]
fn another_version_encoding_or_layout_loses_nothing() {
    // The generator draws the authors of memos by lot after the diagnoses: theirs are others in another version.
    let options = || options().patients(3);
    let by_version = |style| options().style(style).extended(false);
    for (before, options, is_other_version) in [
        (by_version(Style::V096), by_version(Style::V12), true),
        (by_version(Style::V096), by_version(Style::V12).volumes(Volumes::ByPeriod(3)), true),
        (options(), options().encoding(Encoding::Cp932), false),
        (options(), options().volumes(Volumes::DatelessApart), false),
        (options().extended(false), options().extended(false).dental(true), false),
    ] {
        let old = storage(&before);
        let new = storage(&options);
        for (old, new) in [(old.path(), new.path()), (new.path(), old.path())] {
            let mut report = held_against(old, new);
            // Who may know a diagnosis it draws anew for each version of one, of which one style writes fewer.
            let is_drawn = |f: &Finding| {
                is_other_version && ["diagnoses.awareness", "diagnoses.confidentiality"].contains(&&*f.detail)
            };
            report.findings.retain(|f| !is_drawn(f));
            nothing_is_worse_than_a_note(&report);
        }
    }
}

#[test]
fn new_order_numbers_and_no_old_versions_lose_nothing() {
    let old = storage(&options());
    let renumbered = |bytes: &[u8]| -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len().saturating_sub(14) {
            if bytes[at..].starts_with(b"0000000") && bytes[at..at + 15].iter().all(u8::is_ascii_digit) {
                bytes[at] = b'1';
            }
        }
        bytes
    };
    let new = copy_of(old.path(), |name, bytes| {
        let is_order = name.contains("_OM") && !name.contains("_999999999999999_");
        let name = String::from_utf8(renumbered(name.as_bytes())).unwrap();
        (!is_order || name.ends_with("_1")).then(|| (name, renumbered(&bytes)))
    });
    assert!(files(new.path()).iter().any(|path| path.to_str().unwrap().contains("_OMP-01_1000000")));
    let report = held_against(old.path(), new.path());
    assert_eq!(said(&report), Vec::<String>::new());
}

#[test]
fn a_file_that_is_gone_is_named_with_its_entries_and_its_place() {
    let old = storage(&options());
    let gone = first_of(old.path(), "OMP-01");
    let new = without(old.path(), |name| name == gone);
    let report = held_against(old.path(), new.path());
    let lost = found(&report, Drill::EntryLost, "prescriptions").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((lost.patients, lost.severity, report.holds), (1, Severity::Error, false));
    let drugs = String::from_utf8_lossy(&std::fs::read(old.path().join(&gone)).unwrap()).matches("RXE|").count();
    assert_eq!(lost.count, drugs as u64);
    let example = &lost.examples[0];
    assert!(gone.ends_with(&example.path), "{example:?}");
    assert!(example.place.starts_with("旧 20"), "{example:?}");
    let only: Vec<&Finding> = report.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    assert_eq!(only.len(), 1, "{:#?}", said(&report));
    let compared = report.reissue.unwrap();
    let of = compared.sections.iter().find(|of| of.section == Section::Prescriptions).unwrap();
    assert_eq!(of.lost.months.values().sum::<u32>(), drugs as u32);
    assert_eq!(of.lost.months.len(), 1);
}

/// Another message may say all that it said.
#[test]
fn a_file_less_is_noted_whatever_others_say() {
    let old = storage(&options());
    let gone = first_of(old.path(), "ADT-12");
    let new = without(old.path(), |name| name == gone);
    let report = held_against(old.path(), new.path());
    let fewer = found(&report, Drill::FewerFilesOfKind, "ADT-12").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((fewer.count, fewer.severity), (1, Severity::Info));
    assert_eq!(mykarte_drill::words::detail(fewer), "ADT-12 外来診察の受付");
}

/// A message whose first numeric OBX-5 is another number.
fn another_number(message: &[u8]) -> Option<Vec<u8>> {
    let mut segments: Vec<Vec<u8>> = message.split(|b| *b == b'\r').map(<[u8]>::to_vec).collect();
    for segment in segments.iter_mut().filter(|segment| segment.starts_with(b"OBX|")) {
        let mut fields: Vec<&[u8]> = segment.split(|b| *b == b'|').collect();
        // Japanese may hold the byte of a bar: then it is not the fifth.
        if fields[2] == b"NM" && std::str::from_utf8(fields[5]).is_ok_and(|text| text.parse::<f64>().is_ok()) {
            fields[5] = b"98765.4";
            *segment = fields.join(&b'|');
            return Some(segments.join(&b'\r'));
        }
    }
    None
}

#[test]
fn an_altered_value_is_a_change_whose_text_is_masked() {
    let old = storage(&options());
    let altered = files(old.path())
        .into_iter()
        .filter(|path| path.to_str().unwrap().contains("_OML-11_") && path.to_str().unwrap().ends_with("_1"))
        .find(|path| another_number(&std::fs::read(path).unwrap()).is_some());
    let altered = altered.unwrap().strip_prefix(old.path()).unwrap().to_str().unwrap().to_owned();
    let new = copy_of(old.path(), |name, bytes| {
        let changed = if name == altered { another_number(&bytes).unwrap() } else { bytes };
        Some((name.to_owned(), changed))
    });
    let report = held_against(old.path(), new.path());
    let changed = found(&report, Drill::ValueChanged, "labs.value").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((changed.count, changed.patients, changed.severity), (1, 1, Severity::Error));
    assert!(!report.holds && report.findings.len() == 1, "{:#?}", said(&report));
    let example = &changed.examples[0];
    assert!(altered.ends_with(&example.path) && example.place.starts_with("新 20"), "{example:?}");
    let text = example.text.as_deref().unwrap();
    assert!(text.ends_with("→ 99999.9") && !text.contains("98765"), "{text}");
    let shown = run(&Request { show_text: true, ..of(old.path()) }, new.path());
    assert!(
        found(&shown, Drill::ValueChanged, "labs.value").unwrap().examples[0]
            .text
            .as_deref()
            .unwrap()
            .ends_with("→ 98765.4")
    );
}

/// A newer ADT-00 may weigh the patient anew; the same one may not.
#[test]
fn a_later_weight_is_no_change_and_another_blood_type_is() {
    let old = storage(&options());
    let basics = first_of(old.path(), "ADT-00");
    let edited = |edits: &'static [(&str, &str)]| {
        let new = copy_of(old.path(), |name, bytes| {
            // Japanese bytes stay what they are.
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            let text =
                edits.iter().fold(text, |text, (from, to)| if name == basics { text.replace(from, to) } else { text });
            Some((name.to_owned(), text.chars().map(|c| c as u8).collect()))
        });
        held_against(old.path(), new.path())
    };
    let same = edited(&[("^JC10||178.3|", "^JC10||178.4|")]);
    assert_eq!(found(&same, Drill::EntryChanged, "basics.height").map(|f| f.count), Some(1), "{:#?}", said(&same));
    let later = edited(&[("^JC10||178.3|", "^JC10||178.4|"), ("EVN||202412", "EVN||202501"), ("20241220", "20250120")]);
    assert_eq!(said(&later).len(), 1, "{:#?}", said(&later));
    assert!(found(&later, Drill::EntryGoneOn, "basics").is_some());
    let blood = edited(&[("^JC10||O^O^", "^JC10||A^A^"), ("20241220", "20250120")]);
    assert!(found(&blood, Drill::ValueChanged, "basics.blood_abo").is_some(), "{:#?}", said(&blood));
}

#[test]
fn numbers_that_are_filled_up_with_zeros_are_the_same_patients() {
    let old = storage(&options());
    let id = first_of(old.path(), "ADT-00").split('/').nth(3).unwrap().to_owned();
    let padded = format!("000{id}");
    let new = copy_of(old.path(), |name, bytes| Some((name.replace(&id, &padded), bytes)));
    let report = held_against(old.path(), new.path());
    assert_eq!(found(&report, Drill::IdPadded, "").map(|f| f.patients), Some(1), "{:#?}", said(&report));
    nothing_is_worse_than_a_note(&report);
    // Both are there: then they are two.
    let both = copy_of(new.path(), |name, bytes| Some((name.to_owned(), bytes)));
    let basics = first_of(old.path(), "ADT-00");
    std::fs::create_dir_all(both.path().join(&basics).parent().unwrap()).unwrap();
    std::fs::copy(old.path().join(&basics), both.path().join(&basics)).unwrap();
    let report = held_against(old.path(), both.path());
    assert!(found(&report, Drill::EntryLost, "labs").is_some() && found(&report, Drill::IdPadded, "").is_none());
    assert!(found(&report, Drill::PatientOnlyInNew, "").is_some(), "{:#?}", said(&report));
}

#[test]
fn another_birth_date_under_one_number_is_an_error() {
    let old = storage(&options());
    let basics = first_of(old.path(), "ADT-00");
    let new = copy_of(old.path(), |name, bytes| {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let other = |line: &str| match line.starts_with("PID") {
            true => line
                .splitn(9, '|')
                .enumerate()
                .map(|(n, f)| if n == 7 { "19010203" } else { f })
                .collect::<Vec<_>>()
                .join("|"),
            false => line.to_owned(),
        };
        let changed = text.split('\r').map(other).collect::<Vec<_>>().join("\r");
        let text = if name == basics { changed } else { text };
        Some((name.to_owned(), text.chars().map(|c| c as u8).collect()))
    });
    let report = held_against(old.path(), new.path());
    let person = found(&report, Drill::PersonDiffers, "").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((person.patients, person.severity, report.holds), (1, Severity::Error, false));
}

#[test]
fn a_patient_of_one_storage_only_is_named() {
    let old = storage(&options());
    let patient = first_of(old.path(), "ADT-00").rsplit('/').next().unwrap().split('_').next().unwrap().to_owned();
    let new = without(old.path(), |name| name.contains(&format!("/{patient}/")));
    let report = held_against(old.path(), new.path());
    let lost = found(&report, Drill::PatientLost, "").unwrap();
    assert_eq!((lost.count, lost.patients, lost.severity), (1, 1, Severity::Error));
    assert_eq!(lost.examples[0].patient, patient);
    assert!(!report.findings.iter().any(|f| f.check == Check::Drill(Drill::EntryLost)), "{:#?}", said(&report));
    assert_eq!((report.scope.patients, report.scope.patients_in_storage), (6, 6));
    let back = held_against(new.path(), old.path());
    assert_eq!(found(&back, Drill::PatientOnlyInNew, "").unwrap().count, 1);
    nothing_is_worse_than_a_note(&back);
    let alone = run(&Request { who: Who::Patient(patient), ..of(old.path()) }, new.path());
    assert_eq!(alone.scope.patients, 1);
    assert!(found(&alone, Drill::PatientLost, "").is_some());
}

#[test]
fn a_quarter_without_data_is_a_lost_period() {
    let old = storage(&options().visits_per_year(24));
    let new = without(old.path(), |name| ("20230401".."20230701").contains(&care_date(name)));
    let report = held_against(old.path(), new.path());
    let lost = found(&report, Drill::EntryLost, "labs").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    let period =
        found(&report, Drill::PeriodLost, "labs 2023-04〜2023-06").unwrap_or_else(|| panic!("{:#?}", said(&report)));
    assert_eq!((period.count, period.severity), (lost.count, Severity::Error));
    let compared = report.reissue.as_ref().unwrap();
    let labs = compared.sections.iter().find(|of| of.section == Section::Labs).unwrap();
    let months: Vec<&str> = labs.lost.months.keys().map(String::as_str).collect();
    assert_eq!(months, ["2023-04", "2023-05", "2023-06"]);
    assert_eq!((labs.old.first.clone(), labs.old.last.clone()), (labs.new.first.clone(), labs.new.last.clone()));
    assert_eq!(labs.old.entries - labs.new.entries, lost.count);
    // The same whoever worked first, and the end of a storage is a period, too.
    let one = run(&Request { threads: 1, ..of(old.path()) }, new.path());
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&report).unwrap());
    let short = without(old.path(), |name| care_date(name) >= "20240701" && care_date(name) < "3");
    let report = held_against(old.path(), short.path());
    assert!(found(&report, Drill::PeriodLost, "labs 2024-07〜2024-12").is_some(), "{:#?}", said(&report));
}

#[test]
fn what_the_old_storage_cannot_say_is_said_to_be_unknown() {
    let old = storage(&options());
    let broken = first_of(old.path(), "OML-11");
    let damaged =
        copy_of(old.path(), |name, bytes| Some((name.to_owned(), if name == broken { vec![b'x'; 9] } else { bytes })));
    let report = held_against(damaged.path(), old.path());
    assert_eq!(found(&report, Drill::NotComparable, "labs").unwrap().patients, 1, "{:#?}", said(&report));
    assert!(report.holds);
    let back = held_against(old.path(), damaged.path());
    assert!(
        found(&back, Drill::EntryLost, "labs").is_some() && found(&back, Drill::SectionUnreadable, "labs").is_some()
    );
}
