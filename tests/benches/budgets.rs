//! The budgets of the design, each as a ratio within one run.
//!
//! The floor is what no importer can do without: walk, read every file, decode
//! ISO-2022-JP. It is timed in turn with what is compared with it, because the
//! machine's speed drifts. Nothing here asserts a time; it prints.

#![allow(clippy::print_stdout)]

use mykarte::record::{Section, search::Query};
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, ImportRequest, StoreOptions, Watch, read_record, store_record};
use mykarte_synth::{Options, generate};
use mykarte_tests::request;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    if let Some(dir) = std::env::args().skip_while(|a| a != "--peak-memory").nth(1) {
        return peak_memory(Path::new(&dir));
    }
    let dir = std::env::temp_dir().join(format!("mykarte-bench-{}", std::process::id()));
    let result = run(&dir);
    std::fs::remove_dir_all(&dir)?;
    result
}

fn run(dir: &Path) -> Result<(), Failure> {
    let heavy = Storage::make(&dir.join("heavy"), &Options::heavy_25_years(1))?;
    let small = Storage::make(&dir.join("small"), &Options::new(2).patients(1).years(1))?;
    if std::env::args().any(|a| a == "--once") {
        for _ in 0..12 {
            heavy.stored(&dir.join("x.vault"), 1)?;
        }
        return Ok(());
    }
    println!("25-year record: {} files, {:.1} MB", heavy.files, heavy.bytes as f64 / 1e6);
    import_lines(dir, &heavy)?;
    let vault = heavy.stored(&dir.join("read.vault"), 0)?;
    let young = small.stored(&dir.join("small.vault"), 0)?;
    reading_lines(&vault, &young)?;
    size_line(&dir.join("read.vault"), &heavy, vault)?;
    memory_lines(dir, &heavy)
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
        let all = floor(root)?;
        Ok(Storage { root: root.to_path_buf(), patient, files: all.0, bytes: all.1 })
    }

    fn request(&self, threads: usize) -> ImportRequest {
        ImportRequest { threads, ..request(&[&self.root], &self.patient) }
    }

    /// Storage folder to durable vault, Argon2id left out of the timed part.
    fn stored(&self, path: &Path, threads: usize) -> Result<Vault, Failure> {
        let _ = std::fs::remove_file(path);
        let mut vault = Vault::create(path, &Passcode::new(b"correct horse")?, KdfParams::dangerous_floor())?;
        self.import(&mut vault, threads)?;
        Ok(vault)
    }

    fn import(&self, vault: &mut Vault, threads: usize) -> Result<Duration, Failure> {
        let start = Instant::now();
        let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
        let imported = read_record(&self.request(threads), &watch)?;
        store_record(vault, imported, StoreOptions { replace: true, threads }, &watch)?;
        Ok(start.elapsed())
    }
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

/// One line: what, value, budget, aim, and whether the budget is met.
fn line(what: &str, value: f64, unit: &str, budget: f64, aim: &str, at_least: bool) {
    let met = if at_least { value >= budget } else { value <= budget };
    let sign = if at_least { ">=" } else { "<=" };
    println!(
        "{what:<58} {value:>8.2} {unit:<8} budget {sign} {budget} (aim {aim}) {}",
        if met { "met" } else { "MISSED" }
    );
}

fn import_lines(dir: &Path, heavy: &Storage) -> Result<(), Failure> {
    let (mut floors, mut one, mut gain) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let start = Instant::now();
        floor(&heavy.root)?;
        let base = ms(start.elapsed());
        let path = dir.join(format!("import-{round}.vault"));
        let fresh = |path: &Path| Vault::create(path, &Passcode::new(b"correct horse")?, KdfParams::dangerous_floor());
        let single = ms(heavy.import(&mut fresh(&path)?, 1)?);
        std::fs::remove_file(&path)?;
        let double = ms(heavy.import(&mut fresh(&path)?, 2)?);
        std::fs::remove_file(&path)?;
        floors.push(base);
        one.push(single / base);
        gain.push(single / double);
    }
    println!("floor (walk + read + decode, one thread): {:.1} ms", median(floors));
    line("storage folder -> durable vault, one thread", median(one), "x floor", 3.0, "2", false);
    line("the same on 2 cores", median(gain), "x faster", 1.6, "-", true);
    Ok(())
}

fn reading_lines(vault: &Vault, young: &Vault) -> Result<(), Failure> {
    let _ = young;
    let key = vault.dangerous_data_key();
    let _ = key;
    Ok(())
}

fn size_line(path: &Path, heavy: &Storage, mut vault: Vault) -> Result<(), Failure> {
    let percent = |path: &Path| -> Result<f64, Failure> {
        Ok(std::fs::metadata(path)?.len() as f64 * 100.0 / heavy.bytes as f64)
    };
    line("vault size / SS-MIX2 bytes", percent(path)?, "%", 10.0, "6", false);
    heavy.import(&mut vault, 0)?;
    line("the same after a re-import", percent(path)?, "%", 10.0, "6", false);
    let archive = Archive::of(vault);
    let id = archive.records()?.first().ok_or("no record")?.id;
    let record = archive.record(id)?;
    let time = |f: &dyn Fn() -> Result<(), Failure>| -> Result<f64, Failure> {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            f()?;
            times.push(ms(start.elapsed()));
        }
        Ok(median(times))
    };
    let page = time(&|| Ok(drop(record.page(Section::Labs, 12_000, 50)?)))?;
    line("a page of 50 entries", page, "ms", 2.0, "1", false);
    let query = Query::new("クレアチニン").ok_or("no query")?;
    let search = time(&|| {
        let mut hits = 0;
        for section in Section::ALL {
            record.search(section, &query, |_| hits += 1);
        }
        std::hint::black_box(hits);
        Ok(())
    })?;
    line("search of the whole record", search, "ms", 80.0, "40", false);
    Ok(())
}

fn memory_lines(dir: &Path, heavy: &Storage) -> Result<(), Failure> {
    let _ = (dir, heavy);
    Ok(())
}

fn peak_memory(_dir: &Path) -> Result<(), Failure> {
    Ok(())
}
