//! The budgets of the design, each as a ratio within one run.
//!
//! The floor is walk + read + decode (`measure`), timed in turn with what is
//! compared with it. Nothing here asserts a time; it prints.
#![allow(clippy::print_stdout)]

use mykarte::record::profile::{FULL, GEMINI_STANDARD, Profile, apply::apply};
use mykarte::record::{Section, search::Query};
use mykarte::vault::{DataKey, Vault};
use mykarte::{Archive, RecordLines, Watch, read_record};
use mykarte_synth::Options;
use mykarte_tests::measure::{Failure, Steps, Storage, floor, median, move_into, ms, peak_of_child, timed};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const ROUNDS: usize = 15;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--peak-memory") {
        return Storage::print_peak_memory(&arguments[at + 1], &arguments[at + 2], &arguments[at + 3]);
    }
    run(tempfile::tempdir()?.path())
}

fn run(dir: &Path) -> Result<(), Failure> {
    let heavy = Storage::make(&dir.join("heavy"), &Options::heavy_25_years(1))?;
    let young = Storage::make(&dir.join("young"), &Options::new(2).patients(1).years(1))?;
    println!("25-year record: {} files, {:.1} MB", heavy.files, heavy.bytes as f64 / 1e6);
    importing(dir, &heavy)?;
    filtering(dir, &heavy)?;
    let (old_file, young_file) = (dir.join("old.vault"), dir.join("young.vault"));
    let old_key = heavy.stored(&old_file)?.dangerous_data_key();
    let young_key = young.stored(&young_file)?.dangerous_data_key();
    unlocking((&old_file, &old_key), (&young_file, &young_key))?;
    reading(&old_file, &old_key)?;
    sizes(&old_file, &old_key, &heavy)?;
    memory(dir, &heavy)
}

/// One line: what, value, budget, aim, and whether the budget is met.
fn line(what: &str, value: f64, unit: &str, (sign, budget): (&str, f64), aim: &str) {
    let met = if sign == ">=" { value >= budget } else { value <= budget };
    let verdict = if met { "met" } else { "MISSED" };
    println!("{what:<52} {value:>7.2} {unit:<8} budget {sign} {budget:<4} aim {aim:<4} {verdict}");
}

fn importing(dir: &Path, heavy: &Storage) -> Result<(), Failure> {
    let (mut floors, mut one, mut gain) = (Vec::new(), Vec::new(), Vec::new());
    let mut steps: [Vec<f64>; 4] = Default::default();
    for round in 0..ROUNDS {
        let start = Instant::now();
        floor(&heavy.root)?;
        let base = ms(start.elapsed());
        let time = |threads| -> Result<Steps, Failure> {
            heavy.import_once(&dir.join(format!("import-{round}-{threads}.vault")), threads)
        };
        let (single, double) = (time(1)?, time(2)?);
        floors.push(base);
        one.push(ms(single.all) / base);
        gain.push(ms(single.all) / ms(double.all));
        steps.iter_mut().zip(&single.each).for_each(|(all, step)| all.push(ms(*step) / base));
    }
    println!("floor: walk + read + decode, one thread              {:>7.2} ms", median(floors));
    line("storage folder -> durable vault, one thread", median(one), "x floor", ("<=", 4.0), "3");
    let [survey, read, build, store] = steps.map(median);
    println!("  of it survey {survey:.2}, read {read:.2}, build {build:.2}, write and seal {store:.2}");
    line("the same on 2 cores", median(gain), "x faster", (">=", 1.4), "1.6");
    Ok(())
}

/// What a profile costs, as a share of the import that it is part of.
fn filtering(dir: &Path, heavy: &Storage) -> Result<(), Failure> {
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    let record = read_record(&heavy.request(0), &watch)?.record;
    let profiles = [("gemini-standard", GEMINI_STANDARD), ("full", FULL)];
    let mut shares = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let import = heavy.import_once(&dir.join("filtering.vault"), 1)?.all;
        for ((_, text), shares) in profiles.iter().zip(&mut shares) {
            let profile = Profile::parse(text).map_err(|problems| format!("{problems:?}"))?;
            let copy = record.clone();
            let start = Instant::now();
            let shown = apply(&profile, copy);
            shares.push(start.elapsed().as_secs_f64() * 100.0 / import.as_secs_f64());
            drop(shown);
        }
    }
    for ((id, _), shares) in profiles.iter().zip(shares) {
        line(&format!("filtering a 25-year record, {id} / import"), median(shares), "%", ("<=", 10.0), "-");
    }
    Ok(())
}

fn unlocking(old: (&Path, &DataKey), young: (&Path, &DataKey)) -> Result<(), Failure> {
    let summary = |(path, key): (&Path, &DataKey)| -> Result<f64, Failure> {
        timed(ROUNDS, || {
            let archive = Archive::of(Vault::dangerous_open_with_data_key(path, key)?);
            Ok(archive.records()?.into_iter().map(|r| r.summary).collect::<Vec<_>>())
        })
    };
    line("data key in hand -> summary, 25 years", summary(old)?, "ms", ("<=", 5.0), "2");
    line("data key in hand -> summary, 1 year", summary(young)?, "ms", ("<=", 5.0), "2");
    Ok(())
}

fn reading(path: &Path, key: &DataKey) -> Result<(), Failure> {
    let archive = Archive::of(Vault::dangerous_open_with_data_key(path, key)?);
    let id = archive.records()?.first().ok_or("no record")?.id;
    let page = timed(ROUNDS, || Ok(archive.record(id)?.page(Section::Labs, 12_000, 50)))?;
    line("a page of 50 entries", page, "ms", ("<=", 2.0), "1");
    let query = Query::new("クレアチニン").ok_or("no query")?;
    let search = |record: &RecordLines<'_>| {
        let mut hits = 0;
        for section in Section::ALL {
            record.search(section, &query, |_, _| hits += 1);
        }
        std::hint::black_box(hits)
    };
    // An archive just opened keeps nothing yet.
    let opened = || {
        archive.forget();
        archive.record(id)
    };
    line("search of the whole record", timed(ROUNDS, || Ok(search(&opened()?)))?, "ms", ("<=", 80.0), "40");
    let record = archive.record(id)?;
    line("search again", timed(ROUNDS, || Ok(search(&record)))?, "ms", ("<=", 20.0), "5");
    let timeline = timed(ROUNDS, || Ok(opened()?.timeline(None, None, 0, 50)))?;
    line("timeline, a page of 50", timeline, "ms", ("<=", 2.0), "1");
    let deep = timed(ROUNDS, || Ok(opened()?.timeline(None, None, 12_000, 50)))?;
    println!("  of it a page in the middle of a record just opened {deep:.2} ms");
    let item = record.lab_items().items.first().ok_or("no laboratory item")?.id.clone();
    let series = timed(ROUNDS, || Ok(opened()?.series(&item)))?;
    line("one item as a series", series, "ms", ("<=", 80.0), "40");
    Ok(())
}

fn sizes(path: &Path, key: &DataKey, heavy: &Storage) -> Result<(), Failure> {
    let percent = || -> Result<f64, Failure> { Ok(std::fs::metadata(path)?.len() as f64 * 100.0 / heavy.bytes as f64) };
    line("vault size / SS-MIX2 bytes", percent()?, "%", ("<=", 10.0), "6");
    heavy.import(&mut Vault::dangerous_open_with_data_key(path, key)?, 0)?;
    line("the same after a re-import", percent()?, "%", ("<=", 10.0), "6");
    Ok(())
}

/// Peak memory in a process of its own, alone and beside other patients.
fn memory(dir: &Path, heavy: &Storage) -> Result<(), Failure> {
    let root = heavy.root.to_str().ok_or("a folder with an odd name")?;
    let peak = |threads: &str| peak_of_child(&["--peak-memory", root, &heavy.patient, threads]);
    line("extra memory of an import, one thread", peak("1")?, "MiB", ("<=", 64.0), "-");
    let alone = peak("2")?;
    line("the same on 2 cores", alone, "MiB", ("<=", 64.0), "-");
    let others = Storage::make(&dir.join("others"), &Options::new(3).patients(200).years(1))?;
    move_into(&others.root, &heavy.root)?;
    let growth = peak("2")? - alone;
    line("growth beside 200 other patients", growth, "MiB", ("<=", 2.0), "0");
    Ok(())
}
