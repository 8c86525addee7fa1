//! The drill over a whole storage: 200 patients, some 26,000 files, against the floor of walking, reading and decoding
//! them, timed in turn. And what it remembers: the same with ten times fewer patients.
#![allow(clippy::print_stdout)]

use mykarte::Shaping;
use mykarte_drill::{Progress, Report, Request, Who};
use mykarte_synth::{Options, generate};
use mykarte_tests::measure::{Failure, floor, median, memory, peak_of_child};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const ROUNDS: usize = 5;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "--peak-memory") {
        return print_peak_memory(Path::new(&arguments[at + 1]));
    }
    run(tempfile::tempdir()?.path())
}

fn run(dir: &Path) -> Result<(), Failure> {
    let (large, small) = (make(dir, 200)?, make(dir, 20)?);
    let (mut floors, mut one, mut gain, mut files) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        files = floor(&large)?.0;
        let base = start.elapsed().as_secs_f64();
        let time = |threads| -> Result<f64, Failure> {
            let start = Instant::now();
            drill(&large, threads)?;
            Ok(start.elapsed().as_secs_f64())
        };
        let (single, double) = (time(1)?, time(2)?);
        floors.push(base * 1e3);
        one.push(single / base);
        gain.push(single / double);
    }
    println!("drill of 200 patients, {files} files; floor: walk + read + decode, one thread {:.0} ms", median(floors));
    line("  one thread", median(one), "x floor", ("<=", 4.0));
    line("  the same on 2 cores", median(gain), "x faster", (">=", 1.6));
    let (peak, of_few) = (peak(&large)?, peak(&small)?);
    println!("  memory on 2 cores: 20 patients {of_few:.1} MiB, 200 patients {peak:.1} MiB");
    Ok(())
}

fn make(dir: &Path, patients: usize) -> Result<PathBuf, Failure> {
    let root = dir.join(patients.to_string());
    generate(&Options::new(11).patients(patients).years(2), &root)?;
    // The truth lies beside the storage and is no part of it.
    std::fs::remove_file(root.join("truth.json"))?;
    Ok(root)
}

fn drill(storage: &Path, threads: usize) -> Result<Report, Failure> {
    let request = Request {
        storages: vec![storage.to_owned()],
        hospital: None,
        shaping: Shaping::default(),
        who: Who::All,
        threads,
        show_text: false,
        at: mykarte::now(),
    };
    Ok(mykarte_drill::run(&request, &Progress { done: &|_, _| (), each: None, cancel: &AtomicBool::new(false) })?)
}

fn line(what: &str, value: f64, unit: &str, (sign, budget): (&str, f64)) {
    let met = if sign == ">=" { value >= budget } else { value <= budget };
    println!("{what:<24} {value:>6.2} {unit:<8} budget {sign} {budget:<4} {}", if met { "met" } else { "MISSED" });
}

/// Peak memory of a drill in a process of its own.
fn peak(storage: &Path) -> Result<f64, Failure> {
    peak_of_child(&["--peak-memory", storage.to_str().ok_or("a folder with an odd name")?])
}

fn print_peak_memory(storage: &Path) -> Result<(), Failure> {
    drill(storage, 2)?;
    println!("{:.1}", memory("VmHWM:")?);
    Ok(())
}
