//! The budgets of the design, each as a ratio within one run.
//!
//! The floor is what no importer can do without: walk, read every file, decode
//! ISO-2022-JP. It is timed in turn with what is compared with it, because a
//! machine's speed drifts. Nothing here asserts a time; it prints.
#![allow(clippy::print_stdout)]

use mykarte::record::profile::{FULL, GEMINI_STANDARD, Profile, apply::apply};
use mykarte::record::{Section, search::Query};
use mykarte::vault::{DataKey, KdfParams, Passcode, Vault};
use mykarte::{Archive, ImportRequest, RecordLines, Step, StoreOptions, Watch, read_record, store_record};
use mykarte_synth::{Options, generate};
use mykarte_tests::request;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--peak-memory") {
        return peak_memory(Path::new(&arguments[at + 1]), &arguments[at + 2]);
    }
    let dir = std::env::temp_dir().join(format!("mykarte-bench-{}", std::process::id()));
    let result = run(&dir);
    std::fs::remove_dir_all(&dir)?;
    result
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

/// A storage on disk with one patient to import.
struct Storage {
    root: PathBuf,
    patient: String,
    files: usize,
    bytes: usize,
}

impl Storage {
    fn make(root: &Path, options: &Options) -> Result<Storage, Failure> {
        let truth = generate(options, root)?;
        // The truth lies beside the storage and is no part of it.
        std::fs::remove_file(root.join("truth.json"))?;
        let patient = truth.patients.keys().next().ok_or("the generator made no patient")?.clone();
        let (files, bytes) = floor(root)?;
        Ok(Storage { root: root.to_path_buf(), patient, files, bytes })
    }

    /// Storage folder to durable vault; Argon2id stays outside of the time.
    fn import(&self, vault: &mut Vault, threads: usize) -> Result<Steps, Failure> {
        let begun = Mutex::new(Vec::new());
        let progress = |step| match step {
            Step::Read { done, .. } if done > 0 => (),
            _ => begun.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now()),
        };
        let watch = Watch { progress: &progress, cancel: &AtomicBool::new(false) };
        let request = ImportRequest { threads, ..request(&[&self.root], &self.patient) };
        let start = Instant::now();
        let imported = read_record(&request, &watch)?;
        store_record(vault, imported, StoreOptions { replace: true, threads }, &watch)?;
        let all = start.elapsed();
        let begun = begun.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ends = begun.iter().skip(1).copied().chain([start + all]);
        Ok(Steps { all, each: begun.iter().zip(ends).map(|(a, b)| b - *a).collect() })
    }

    fn stored(&self, path: &Path) -> Result<Vault, Failure> {
        let mut vault = fresh(path)?;
        self.import(&mut vault, 0)?;
        Ok(vault)
    }
}

/// What an import took: in all, and for survey, read, build, store.
struct Steps {
    all: Duration,
    each: Vec<Duration>,
}

fn fresh(path: &Path) -> Result<Vault, Failure> {
    Ok(Vault::create(path, &Passcode::new(b"correct horse")?, KdfParams::dangerous_floor())?)
}

/// Walk, read, decode; returns files and bytes.
fn floor(dir: &Path) -> std::io::Result<(usize, usize)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let below = floor(&entry.path())?;
            files += below.0;
            bytes += below.1;
        } else {
            let content = std::fs::read(entry.path())?;
            std::hint::black_box(encoding_rs::ISO_2022_JP.decode_without_bom_handling(&content));
            files += 1;
            bytes += content.len();
        }
    }
    Ok((files, bytes))
}

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Median time of several calls.
fn timed<R>(f: impl Fn() -> Result<R, Failure>) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let result = f()?;
        times.push(ms(start.elapsed()));
        drop(result);
    }
    Ok(median(times))
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
            let path = dir.join(format!("import-{round}-{threads}.vault"));
            let steps = heavy.import(&mut fresh(&path)?, threads)?;
            std::fs::remove_file(&path)?;
            Ok(steps)
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
    let record = read_record(&request(&[&heavy.root], &heavy.patient), &watch)?.record;
    let profiles = [("gemini-standard", GEMINI_STANDARD), ("full", FULL)];
    let mut shares = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let path = dir.join("filtering.vault");
        let import = heavy.import(&mut fresh(&path)?, 1)?.all;
        std::fs::remove_file(&path)?;
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
        timed(|| {
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
    let page = timed(|| Ok(archive.record(id)?.page(Section::Labs, 12_000, 50)))?;
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
    line("search of the whole record", timed(|| Ok(search(&opened()?)))?, "ms", ("<=", 80.0), "40");
    let record = archive.record(id)?;
    line("search again", timed(|| Ok(search(&record)))?, "ms", ("<=", 20.0), "5");
    let timeline = timed(|| Ok(opened()?.timeline(None, None, 0, 50)))?;
    line("timeline, a page of 50", timeline, "ms", ("<=", 2.0), "1");
    let deep = timed(|| Ok(opened()?.timeline(None, None, 12_000, 50)))?;
    println!("  of it a page in the middle of a record just opened {deep:.2} ms");
    let item = record.lab_items().items.first().ok_or("no laboratory item")?.id.clone();
    let series = timed(|| Ok(opened()?.series(&item)))?;
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
    let once = || -> Result<f64, Failure> {
        let mut child = Command::new(std::env::current_exe()?);
        let output = child.arg("--peak-memory").arg(&heavy.root).arg(&heavy.patient).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    };
    let peak = || -> Result<f64, Failure> { Ok(median((0..5).map(|_| once()).collect::<Result<_, _>>()?)) };
    let alone = peak()?;
    line("extra memory of an import", alone, "MiB", ("<=", 64.0), "-");
    let others = generate(&Options::new(3).patients(200).years(1), &dir.join("others"))?;
    for root in std::fs::read_dir(dir.join("others"))? {
        let root = root?;
        if root.file_type()?.is_dir() {
            std::fs::rename(root.path(), heavy.root.join("others").join(root.file_name())).or_else(|_| {
                std::fs::create_dir_all(heavy.root.join("others"))?;
                std::fs::rename(root.path(), heavy.root.join("others").join(root.file_name()))
            })?;
        }
    }
    let growth = peak()? - alone;
    line(&format!("growth beside {} other patients", others.patients.len()), growth, "MiB", ("<=", 2.0), "0");
    Ok(())
}

/// Imports once and prints how much the peak is above the start, in MiB.
fn peak_memory(root: &Path, patient: &str) -> Result<(), Failure> {
    let status = |key: &str| -> Result<f64, Failure> {
        let text = std::fs::read_to_string("/proc/self/status")?;
        let line = text.lines().find(|l| l.starts_with(key)).ok_or("no such line")?;
        Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<f64>()? / 1024.0)
    };
    let path = std::env::temp_dir().join(format!("mykarte-peak-{}.vault", std::process::id()));
    // Argon2id at its floor takes 19 MiB for a moment; below what an import needs.
    let mut vault = fresh(&path)?;
    let storage = Storage { root: root.to_path_buf(), patient: patient.to_string(), files: 0, bytes: 0 };
    let before = status("VmRSS:")?;
    storage.import(&mut vault, 2)?;
    println!("{:.1}", status("VmHWM:")? - before);
    std::fs::remove_file(&path)?;
    Ok(())
}
