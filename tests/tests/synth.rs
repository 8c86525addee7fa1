//! Synthetic storages against their counted truth.
//!
//! The generator shares no code with the reader: where the two agree on every
//! count, file fate and list, both read SS-MIX2 2.x the same way. Whole storages
//! first (encodings, line ends, styles, volumes), then every defect on its own,
//! so that a failure names the defect, then all defects together.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "synth/compare.rs"]
mod compare;
#[path = "synth/lists.rs"]
mod lists;

use compare::differences;
use mykarte_synth::{Defect, Encoding, LineEnd, Options, Style, Volumes};

/// Imports every patient of each storage and lists what differs from the truth.
fn check(storages: &[(String, Options)]) {
    let found: Vec<String> = storages.iter().flat_map(|(name, options)| differences(name, options)).collect();
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

fn small(seed: u64) -> Options {
    Options::new(seed).patients(1)
}

#[test]
fn every_encoding_and_line_end() {
    let encodings = [Encoding::Jis, Encoding::Cp932, Encoding::EucJp, Encoding::Utf8, Encoding::Utf8Bom];
    let ends = [LineEnd::Cr, LineEnd::Lf, LineEnd::CrLf, LineEnd::CrFs];
    let storages = encodings.iter().flat_map(|e| ends.iter().map(move |l| (e, l))).zip(100..).map(|((e, l), seed)| {
        (format!("{e:?} {l:?}"), small(seed).years(1).visits_per_year(6).encoding(*e).line_end(*l))
    });
    check(&storages.collect::<Vec<_>>());
}

#[test]
fn every_style_and_volume() {
    let volumes = [Volumes::One, Volumes::ByPeriod(3), Volumes::DatelessApart];
    let styles = [Style::V12, Style::V096];
    let storages = styles.iter().flat_map(|s| volumes.iter().map(move |v| (s, v))).zip(200..).map(|((s, v), seed)| {
        (format!("{s:?} {v:?}"), Options::new(seed).patients(2).style(*s).volumes(*v).interim_labs(seed % 2 == 0))
    });
    check(&storages.collect::<Vec<_>>());
}

#[test]
fn many_years_and_several_seeds() {
    let mut storages: Vec<(String, Options)> =
        (1..5).map(|seed| (format!("seed {seed}"), small(seed).years(4).interim_labs(true))).collect();
    storages.push(("medical and dental volumes".into(), small(30).dental(true)));
    storages.push(("without history".into(), small(31).history(false)));
    storages.push(("without extended storage".into(), small(32).extended(false)));
    check(&storages);
}

#[test]
fn each_defect_alone() {
    let storages = Defect::ALL.iter().zip(300..).map(|(defect, seed)| {
        (format!("{} {defect:?}", defect.number()), small(seed).visits_per_year(5).defects(&[*defect]))
    });
    check(&storages.collect::<Vec<_>>());
}

#[test]
fn all_defects_together() {
    let all = |seed| {
        (format!("all, seed {seed}"), Options::new(seed).patients(2).years(3).interim_labs(true).defects(Defect::ALL))
    };
    check(&[all(400), all(401)]);
}
