//! A made-up report as a hospital with a migration behind it might get one.

use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::report::{Chosen, Example, FORMAT, FieldCover, Finding, Form, KindMonths, Report, Scope};
use mykarte_record::profile::Shape;
use mykarte_record::{Section, catalogue};
use ssmix2::types::Timestamp;
use ssmix2::{Code, DataType};
use std::collections::BTreeMap;

/// What is found only where two storages are held against each other.
const OF_A_REISSUE: &[Drill] = &[
    Drill::PatientLost,
    Drill::EntryLost,
    Drill::MinorEntryLost,
    Drill::PeriodLost,
    Drill::EntryChanged,
    Drill::EntryRenamed,
    Drill::NotComparable,
    Drill::FieldLost,
    Drill::EntryGoneOn,
    Drill::FewerFilesOfKind,
    Drill::ValueChanged,
    Drill::PersonDiffers,
    Drill::IdPadded,
    Drill::OnlyInNew,
    Drill::PatientOnlyInNew,
];

pub const PATIENTS: u32 = 1_200;

/// The report of 2026-11-22.
pub fn report() -> Report {
    Report {
        format: FORMAT,
        at: "2026-11-22T16:38".parse::<Timestamp>().unwrap(),
        scope: Scope {
            patients_with_errors: 12,
            patients_in_storage: 48_210,
            patients: PATIENTS,
            files: 1_284_377,
            read: 1_190_022,
            chosen: Chosen::Sample { patients: PATIENTS, seed: 7 },
        },
        baseline: None,
        profile: Some(Shape {
            id: "mihon".to_owned(),
            name: "見本大学病院の公開項目".to_owned(),
            version: 3,
            university: Some("見本大学医学部附属病院".to_owned()),
            ..Shape::default()
        }),
        holds: false,
        findings: findings(),
        fields: fields(),
        kinds: kinds(2012, 2026),
        forms: forms(),
        reissue: None,
    }
}

/// A finding that an earlier report does not have.
pub fn finding(check: Check, detail: &str, count: u64, patients: u32, examples: Vec<Example>) -> Finding {
    Finding {
        traces: Default::default(),
        check,
        detail: detail.to_owned(),
        group: check.group(),
        severity: check.severity(),
        text: check.text().to_owned(),
        advice: check.advice().to_owned(),
        count,
        patients,
        examples,
        new: count,
    }
}

fn example(patient: &str, kind: &str, place: &str, text: Option<&str>) -> Example {
    let path = format!(
        "{}/{}/{patient}/20240401/{kind}/{patient}_20240401_{kind}_000000000012345_20240401093015123_01_1",
        &patient[..3],
        &patient[3..6]
    );
    Example {
        patient: patient.to_owned(),
        path,
        place: place.to_owned(),
        text: text.map(str::to_owned),
        ..Example::default()
    }
}

fn findings() -> Vec<Finding> {
    let garbled = ["0012345", "0023456", "0034567", "0045678", "0056789"]
        .map(|patient| example(patient, "OMP-02", "RXE-2", Some("●●繧●繝●縺●")))
        .to_vec();
    let of = |patient, kind, place| vec![example(patient, kind, place, None)];
    let mut findings = vec![
        finding(Check::Drill(Drill::Mojibake), "UTF-8 を Shift_JIS として読んだ", 18_442, 231, garbled),
        finding(Check::Drill(Drill::KindStopped), "OMP-02", 1, 0, vec![]),
        finding(Check::Read(Code::PatientIdDiffers), "", 3, 3, of("0078901", "OML-11", "PID-3")),
        finding(
            Check::Drill(Drill::SectionUnreadable),
            "注射オーダー",
            231,
            231,
            of("0012345", "OMP-02", "注射オーダー"),
        ),
        finding(Check::Drill(Drill::DrugWithoutUsage), "RXE-7", 8_120, 402, of("0012345", "OMP-01", "RXE-7")),
        finding(Check::Drill(Drill::FieldNeverPresent), "アレルギー情報：重症度", 1, 0, vec![]),
        finding(Check::Read(Code::OrderNumberDiffers), "", 77, 31, of("0045678", "OMP-01", "ORC-2")),
    ];
    let of_one_storage = |drill: &&Drill| !OF_A_REISSUE.contains(drill);
    for (at, drill) in Drill::ALL.iter().filter(of_one_storage).enumerate() {
        if !findings.iter().any(|finding| finding.check == Check::Drill(*drill)) {
            findings.push(finding(Check::Drill(*drill), "", 40 + at as u64, 20, of("0034567", "PPR-01", "PRB-3")));
        }
    }
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), std::cmp::Reverse(finding.count)));
    findings
}

/// Every field of the catalogue; in its first section everybody, half and nobody have one.
fn fields() -> Vec<FieldCover> {
    let cover = |(at, (section, field)): (usize, (Section, &catalogue::Field))| {
        let present = match at {
            0 => PATIENTS,
            1 => PATIENTS / 2,
            2 => 0,
            at => PATIENTS - (at as u32 * 97) % 1_100,
        };
        let unreadable = if section == Section::Injections { (PATIENTS - present).min(231) } else { 0 };
        let absent = PATIENTS - present - unreadable;
        FieldCover { section, key: field.key.to_owned(), name: field.ja.to_owned(), present, absent, unreadable }
    };
    let all =
        Section::ALL.into_iter().flat_map(|section| catalogue::fields(section).map(move |field| (section, field)));
    all.enumerate().map(cover).collect()
}

/// Files of every data type from April of the first year to November of the last; injections stop in March 2025.
pub fn kinds(first: i32, last: i32) -> Vec<KindMonths> {
    let months = |kind: &DataType, at: u32| -> BTreeMap<String, u32> {
        let months = (first..=last).flat_map(|year| (1..=12).map(move |month| (year, month)));
        let comes = |(year, month): &(i32, u32)| {
            let stopped = *kind == DataType::Omp02 && (*year, *month) > (2025, 3);
            (first, 4) <= (*year, *month) && (*year, *month) <= (last, 11) && !stopped
        };
        let count = |(year, month): (i32, u32)| 20 + (at * 37 + month * 53 + year as u32 * 11) % 400;
        months.filter(comes).map(|(year, month)| (format!("{year:04}-{month:02}"), count((year, month)))).collect()
    };
    let of = |(at, kind): (usize, &DataType)| KindMonths {
        kind: kind.folder().to_owned(),
        name: kind.label().to_owned(),
        months: months(kind, at as u32),
        undated: if at == 0 { PATIENTS } else { 0 },
    };
    DataType::ALL.iter().enumerate().map(of).collect()
}

fn forms() -> Vec<Form> {
    let form = |what: &str, value: &str, files, from: &str, to: &str| Form {
        what: what.to_owned(),
        value: value.to_owned(),
        files,
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    };
    vec![
        form("version", "2.5 / SSMIX2_0.96", 310_220, "2012-04", "2017-12"),
        form("version", "2.5 / SSMIX2_1.20", 974_157, "2018-01", "2026-11"),
        form("diagnoses", "one_file_a_patient", 11_020, "2012-04", "2017-12"),
        form("diagnoses", "one_file_a_diagnosis", 88_300, "2018-01", "2026-11"),
    ]
}
