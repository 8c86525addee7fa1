//! Packages for many patients: from the storage, and from records that are in memory already.
//!
//! 200 patients of three years each, a patient a worker, all cores. It prints what a core seals in a minute.
#![allow(clippy::print_stdout)]

use mykarte::package::{IssueRequest, issue};
use mykarte::record::profile::Profile;
use mykarte::vault::package::IssueNumber;
use mykarte::{ImportRequest, Imported, Shaping, read_record};
use mykarte_synth::{Options, generate};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, device, watched};
use mykarte_tests::request;
use rayon::prelude::*;
use std::path::Path;
use std::time::Instant;

const PATIENTS: usize = 200;
const ROUNDS: usize = 5;
/// Patients a minute a core (design, section 4).
const BUDGET: f64 = 5000.0;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let dir = std::env::temp_dir().join(format!("mykarte-sealing-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let result = run(&dir);
    std::fs::remove_dir_all(&dir)?;
    result
}

fn run(dir: &Path) -> Result<(), Failure> {
    let storage = dir.join("storage");
    let truth = generate(&Options::three_years(1).patients(PATIENTS), &storage)?;
    std::fs::remove_file(storage.join("truth.json"))?;
    let patients: Vec<&String> = truth.patients.keys().collect();
    let files = truth.files / patients.len();
    let profile = Profile::find("gemini-standard").ok_or("a bundled profile")?;
    let read = |patient: &str| {
        let shaping = Shaping { profile: profile.clone(), withholding: None };
        let request = ImportRequest { threads: 1, shaping, ..request(&[&storage], patient) };
        watched(|watch| read_record(&request, watch)).map_err(Failure::from)
    };
    let facility = read(patients[0])?.record.summary.hospital.id;
    let hospital = Hospital::make(dir, &facility);
    let offer = device(dir, "phone").enrol(hospital.list.clone())?;
    let request = IssueRequest {
        list: &hospital.list,
        signing_key: hospital.issuer.active(&hospital.list)?,
        offer: offer.offer(),
        number: IssueNumber { epoch: 1, counter: 1 },
        issued_at: ISSUED_AT,
        threads: 1,
    };
    let seal = |imported: Imported| -> Result<usize, Failure> {
        Ok(watched(|watch| issue(imported, &request, watch))?.package.len())
    };

    let cores = rayon::current_num_threads();
    println!("sealing packages: {} patients of three years, {files} files each, {cores} cores", patients.len());
    let mut bytes = 0;
    let whole = best(|| {
        let sizes = patients.par_iter().map(|patient| seal(read(patient)?));
        bytes = sizes.collect::<Result<Vec<usize>, Failure>>()?.into_iter().sum();
        Ok(())
    })?;
    let records: Vec<Imported> = patients.par_iter().map(|patient| read(patient)).collect::<Result<_, _>>()?;
    let sealing = best(|| {
        let copy = |imported: &Imported| Imported {
            record: imported.record.clone(),
            report: imported.report.clone(),
            profile: imported.profile.clone(),
        };
        records.par_iter().map(|imported| seal(copy(imported))).collect::<Result<Vec<usize>, Failure>>().map(drop)
    })?;
    let rate = |seconds: f64| 60.0 * patients.len() as f64 / seconds / cores as f64;
    println!("  storage -> package    {:6.0} patients a minute a core  (budget {BUDGET})", rate(whole));
    println!("  record -> package     {:6.0} patients a minute a core", rate(sealing));
    println!("  a package             {:6} KiB", bytes / patients.len() / 1024);
    Ok(())
}

/// Seconds of the fastest round: what the code costs, not what else the machine did.
fn best(mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}
