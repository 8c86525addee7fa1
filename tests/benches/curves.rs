//! Cost curves: one patient of 1, 5 and 25 years, and one patient of 25 years in a storage with 1, 10 and 200.
//!
//! All years are as busy as those of the 25-year record. What reads files is a multiple of the floor of the patient's
//! own files (`measure`), timed in turn with it. Nothing here asserts a time; it prints.
#![allow(clippy::print_stdout)]

use mykarte::package::{IssueRequest, issue};
use mykarte::record::{Section, search::Query};
use mykarte::vault::{Vault, package::IssueNumber};
use mykarte::{Archive, Imported, PatientIndex, read_indexed, read_record};
use mykarte_synth::Options;
use mykarte_tests::hospital::{Hospital, ISSUED_AT, device, watched};
use mykarte_tests::measure::{Failure, Storage, floor, median, move_into, ms, peak_of_child, timed};
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 9;
/// One a core.
const ALL: usize = 0;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--peak-memory") {
        return Storage::print_peak_memory(&arguments[at + 1], &arguments[at + 2], &arguments[at + 3]);
    }
    run(tempfile::tempdir()?.path())
}

fn run(dir: &Path) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism()?;
    let of = |years| of_years(&dir.join(format!("{years}-years")), years);
    table(&format!("one patient ({cores} cores)"), ["1 year", "5 years", "25 years"], [of(1)?, of(5)?, of(25)?]);
    let among = |patients| among(&dir.join(format!("{patients}-patients")), patients);
    let heads = ["1 patient", "10", "200"];
    table("one of 25 years in a storage with, the others of one year", heads, [among(1)?, among(10)?, among(200)?]);
    Ok(())
}

/// A column: what, value, decimals.
type Column = Vec<(&'static str, f64, usize)>;

fn table(title: &str, heads: [&str; 3], columns: [Column; 3]) {
    println!("{title:<52} {:>10} {:>10} {:>10}", heads[0], heads[1], heads[2]);
    for (row, (what, _, decimals)) in columns[0].iter().enumerate() {
        let [a, b, c] = columns.each_ref().map(|column| column[row].1);
        println!("  {what:<50} {a:>10.decimals$} {b:>10.decimals$} {c:>10.decimals$}");
    }
}

fn of_years(dir: &Path, years: u32) -> Result<Column, Failure> {
    let storage = Storage::make(&dir.join("storage"), &Options::heavy_25_years(1).years(years))?;
    let mut column = vec![("files", storage.files as f64, 0), ("MB", storage.bytes as f64 / 1e6, 1)];
    column.extend(writing(dir, &storage)?);
    column.extend(peaks(&storage)?);
    let path = dir.join("vault");
    let key = storage.stored(&path)?.dangerous_data_key();
    let size = std::fs::metadata(&path)?.len() as f64;
    column.push(("vault, KiB", size / 1024.0, 0));
    column.push(("  of the storage, %", size * 100.0 / storage.bytes as f64, 1));
    let open = || -> Result<Archive, Failure> { Ok(Archive::of(Vault::dangerous_open_with_data_key(&path, &key)?)) };
    let summary = || Ok(open()?.records()?.into_iter().map(|record| record.summary).collect::<Vec<_>>());
    column.push(("data key in hand -> summary, ms", timed(ROUNDS, summary)?, 2));
    column.extend(reading(&open()?)?);
    Ok(column)
}

/// Import and package, each from the storage.
fn writing(dir: &Path, storage: &Storage) -> Result<Column, Failure> {
    let imported = |threads| read(storage, threads, None);
    let hospital = Hospital::make(dir, &imported(ALL)?.record.summary.hospital.id);
    let offer = device(dir, "phone").enrol(hospital.list.clone())?;
    let package = |threads| -> Result<(f64, usize), Failure> {
        let request = IssueRequest {
            list: &hospital.list,
            signing_key: hospital.issuer.active(&hospital.list)?,
            offer: offer.offer(),
            number: IssueNumber { epoch: 1, counter: 1 },
            follows: false,
            issued_at: ISSUED_AT,
            threads,
        };
        let start = Instant::now();
        let package = watched(|watch| issue(imported(threads)?, &request, watch).map_err(Failure::from))?.package;
        Ok((ms(start.elapsed()), package.len()))
    };
    let [mut floors, mut one, mut all, mut sealed_one, mut sealed_all] = [const { Vec::new() }; 5];
    let mut length = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        floor(&storage.root)?;
        let base = ms(start.elapsed());
        let import = |threads| Ok::<_, Failure>(ms(storage.import_once(&dir.join("import"), threads)?.all) / base);
        floors.push(base);
        one.push(import(1)?);
        all.push(import(ALL)?);
        sealed_one.push(package(1)?.0 / base);
        let (time, bytes) = package(ALL)?;
        sealed_all.push(time / base);
        length = bytes;
    }
    Ok(vec![
        ("floor: walk + read + decode, one thread, ms", median(floors), 1),
        ("storage -> durable vault, one thread, x floor", median(one), 2),
        ("  all threads", median(all), 2),
        ("storage -> package, one thread, x floor", median(sealed_one), 2),
        ("  all threads", median(sealed_all), 2),
        ("package, KiB", length as f64 / 1024.0, 0),
    ])
}

fn read(storage: &Storage, threads: usize, index: Option<&PatientIndex>) -> Result<Imported, Failure> {
    let request = storage.request(threads);
    Ok(watched(|watch| match index {
        Some(index) => read_indexed(&request, index, watch),
        None => read_record(&request, watch),
    })?)
}

/// Peak memory of an import, in a process of its own.
fn peaks(storage: &Storage) -> Result<Column, Failure> {
    let root = storage.root.to_str().ok_or("a folder with an odd name")?;
    let peak = |threads: &str| peak_of_child(&["--peak-memory", root, &storage.patient, threads]);
    Ok(vec![("peak memory of the import, one thread, MiB", peak("1")?, 0), ("  all threads", peak("0")?, 0)])
}

/// What a patient waits for, the record just opened.
fn reading(archive: &Archive) -> Result<Column, Failure> {
    let id = archive.records()?.first().ok_or("no record")?.id;
    let query = Query::new("クレアチニン").ok_or("no query")?;
    let middle = archive.record(id)?.len(Section::Labs) / 2;
    let opened = || {
        archive.forget();
        archive.record(id)
    };
    let page = timed(ROUNDS, || Ok(opened()?.page(Section::Labs, middle, 50)))?;
    let search = timed(ROUNDS, || {
        let (record, mut hits) = (opened()?, 0);
        for section in Section::ALL {
            record.search(section, &query, |_, _| hits += 1);
        }
        Ok(hits)
    })?;
    Ok(vec![
        ("a page of 50 in the middle of the labs, ms", page, 2),
        ("search of the whole record, first time, ms", search, 1),
    ])
}

/// The patient of 25 years among others; the floor is that of the patient's own files.
fn among(dir: &Path, patients: usize) -> Result<Column, Failure> {
    let alone = Storage::make(&dir.join("alone"), &Options::heavy_25_years(1))?;
    let mut storage = Storage::make(&dir.join("storage"), &Options::heavy_25_years(1))?;
    if patients > 1 {
        let others = Storage::make(&dir.join("others"), &Options::new(3).patients(patients - 1).years(1))?;
        move_into(&others.root, &storage.root)?;
        storage.files += others.files;
    }
    let [mut one, mut all, mut indexed] = [const { Vec::new() }; 3];
    let index = PatientIndex::of(std::slice::from_ref(&storage.root))?;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        floor(&alone.root)?;
        let base = ms(start.elapsed());
        let import = |threads| Ok::<_, Failure>(ms(storage.import_once(&dir.join("import"), threads)?.all) / base);
        one.push(import(1)?);
        all.push(import(ALL)?);
        let start = Instant::now();
        drop(read(&storage, 1, Some(&index))?);
        indexed.push(ms(start.elapsed()) / base);
    }
    let mut column = vec![
        ("files", storage.files as f64, 0),
        ("storage -> durable vault, one thread, x floor", median(one), 2),
        ("  all threads", median(all), 2),
        ("storage looked through before -> record, x floor", median(indexed), 2),
    ];
    column.extend(peaks(&storage)?);
    Ok(column)
}
