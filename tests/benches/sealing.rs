//! Packages for many patients: from the storage, and from records that are in memory already.
//!
//! 200 patients of three years each, a patient a worker, all cores. It prints what a core seals in a minute.
#![allow(clippy::print_stdout)]

use mykarte::package::{IssueRequest, issue};
use mykarte::record::profile::Profile;
use mykarte::vault::package::IssueNumber;
use mykarte::{ImportRequest, Imported, PatientIndex, Shaping, read_indexed, read_record};
use mykarte_synth::{Options, generate};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, accept, device, watched};
use mykarte_tests::request;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const PATIENTS: usize = 200;
const ROUNDS: usize = 5;
/// Patients a minute a core (design, section 4).
const BUDGET: f64 = 5000.0;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    run(tempfile::tempdir()?.path())
}

fn run(dir: &Path) -> Result<(), Failure> {
    let storage = dir.join("storage");
    let truth = generate(&Options::three_years(1).patients(PATIENTS), &storage)?;
    std::fs::remove_file(storage.join("truth.json"))?;
    let patients: Vec<&String> = truth.patients.keys().collect();
    let files = truth.files / patients.len();
    let profile = Profile::find("gemini-standard").ok_or("a bundled profile")?;
    let index = || PatientIndex::of(std::slice::from_ref(&storage));
    let read = |index: &PatientIndex, patient: &str| {
        let shaping = Shaping { profile: profile.clone(), withholding: None };
        let request = ImportRequest { threads: 1, shaping, ..request(&[&storage], patient) };
        watched(|watch| read_indexed(&request, index, watch)).map_err(Failure::from)
    };
    let facility = read(&index()?, patients[0])?.record.summary.hospital.id;
    let hospital = Hospital::make(dir, &facility);
    let offer = device(dir, "phone").enrol(hospital.list.clone())?;
    let request = IssueRequest {
        list: &hospital.list,
        signing_key: hospital.issuer.active(&hospital.list)?,
        offer: offer.offer(),
        number: IssueNumber { epoch: 1, counter: 1 },
        follows: false,
        issued_at: ISSUED_AT,
        threads: 1,
    };
    let seal = |imported: Imported| -> Result<usize, Failure> {
        Ok(watched(|watch| issue(imported, &request, watch))?.package.len())
    };

    let cores = std::thread::available_parallelism()?.get();
    println!("sealing packages: {} patients of three years, {files} files each, {cores} cores", patients.len());
    let (found, mut bytes) = (index()?, 0);
    let records: Vec<Imported> = each(cores, &patients, |patient| read(&found, patient))?;
    for threads in [1, cores] {
        let whole = best(|| {
            let index = index()?;
            bytes = each(threads, &patients, |patient| seal(read(&index, patient)?))?.into_iter().sum();
            Ok(())
        })?;
        let sealing = best(|| each(threads, &records, |imported| seal(imported.clone())).map(drop))?;
        let rate = |seconds: f64| 60.0 * patients.len() as f64 / seconds / threads as f64;
        let verdict = if rate(whole) >= BUDGET { "met" } else { "MISSED" };
        println!("  {threads} at a time: patients a minute a core");
        println!("    storage -> package  {:6.0}  budget >= {BUDGET} {verdict}", rate(whole));
        println!("    record -> package   {:6.0}", rate(sealing));
    }
    println!("  a package             {:6} KiB", bytes / patients.len() / 1024);
    receiving(dir, &profile)
}

/// A record of 25 years from package to durable vault: what a patient waits for.
fn receiving(dir: &Path, profile: &Profile) -> Result<(), Failure> {
    let storage = dir.join("heavy");
    let truth = generate(&Options::heavy_25_years(1), &storage)?;
    std::fs::remove_file(storage.join("truth.json"))?;
    let patient = truth.patients.keys().next().ok_or("a patient")?;
    let shaping = Shaping { profile: profile.clone(), withholding: None };
    let imported = || {
        let request = ImportRequest { shaping: shaping.clone(), ..request(&[&storage], patient) };
        watched(|watch| read_record(&request, watch)).map_err(Failure::from)
    };
    let mut hospital = Hospital::make(dir, &imported()?.record.summary.hospital.id);
    let mut phone = device(dir, "heavy-phone");
    let offer = phone.enrol(hospital.list.clone())?;
    let packages: Vec<Vec<u8>> =
        (0..ROUNDS).map(|_| Ok(hospital.issue(imported()?, &offer))).collect::<Result<_, Failure>>()?;
    let (mut opening, mut swapping) = (f64::INFINITY, f64::INFINITY);
    for package in &packages {
        let start = Instant::now();
        let arrival = phone.receive(package, ISSUED_AT)?;
        opening = opening.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        accept(&mut phone, arrival)?;
        swapping = swapping.min(start.elapsed().as_secs_f64());
    }
    println!("receiving a record of 25 years ({} KiB)", packages[0].len() / 1024);
    println!("  verify, open, check, apply the profile again   {:5.0} ms", opening * 1e3);
    println!("  compare with the record held, seal, swap       {:5.0} ms", swapping * 1e3);
    Ok(())
}

/// Works on all of them, one a thread at a time. Not in workers of rayon: one that waits for an import would take up the
/// next, and the next, until its stack ends.
fn each<T: Sync, R: Send>(
    threads: usize,
    all: &[T],
    work: impl Fn(&T) -> Result<R, Failure> + Sync,
) -> Result<Vec<R>, Failure> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mine = std::iter::from_fn(|| all.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(&work).collect::<Result<Vec<R>, Failure>>()
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let done = running.into_iter().map(|one| one.join().map_err(|_| "a thread panicked")?);
        done.collect::<Result<Vec<Vec<R>>, Failure>>().map(|all| all.into_iter().flatten().collect())
    })
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
