//! What the benches share: the floor everything is compared with, a storage to import, times, peak memory.
//!
//! The floor is what no importer can do without: walk, read every file, decode ISO-2022-JP. It is timed in turn with
//! what is compared with it, because a machine's speed drifts.

use crate::request;
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{ImportRequest, Step, StoreOptions, Watch, read_record, store_record};
use mykarte_synth::{Options, generate};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whatever went wrong: a bench ends with it.
pub type Failure = Box<dyn std::error::Error>;

/// Walk, read, decode; returns files and bytes.
///
/// # Errors
/// Those of the file system.
pub fn floor(dir: &Path) -> std::io::Result<(usize, usize)> {
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

/// A storage on disk with one patient to import.
pub struct Storage {
    /// Its folder.
    pub root: PathBuf,
    /// Whom to import.
    pub patient: String,
    /// Files, of all patients.
    pub files: usize,
    /// Their bytes.
    pub bytes: usize,
}

/// What an import took: in all, and for survey, read, build, store.
pub struct Steps {
    /// From the storage folder to the durable vault.
    pub all: Duration,
    /// The steps, in order.
    pub each: Vec<Duration>,
}

impl Storage {
    /// Generates it; to be imported is the first patient.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn make(root: &Path, options: &Options) -> Result<Storage, Failure> {
        let truth = generate(options, root)?;
        // The truth lies beside the storage and is no part of it.
        std::fs::remove_file(root.join("truth.json"))?;
        let patient = truth.patients.keys().next().ok_or("the generator made no patient")?.clone();
        let (files, bytes) = floor(root)?;
        Ok(Storage { root: root.to_path_buf(), patient, files, bytes })
    }

    /// A request for its patient.
    #[must_use]
    pub fn request(&self, threads: usize) -> ImportRequest {
        ImportRequest { threads, ..request(&[&self.root], &self.patient) }
    }

    /// Storage folder to durable vault; Argon2id stays outside of the time.
    ///
    /// # Errors
    /// Those of an import.
    pub fn import(&self, vault: &mut Vault, threads: usize) -> Result<Steps, Failure> {
        let begun = Mutex::new(Vec::new());
        let progress = |step| match step {
            Step::Read { done, .. } if done > 0 => (),
            _ => begun.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now()),
        };
        let watch = Watch { progress: &progress, cancel: &AtomicBool::new(false) };
        let request = self.request(threads);
        let start = Instant::now();
        let imported = read_record(&request, &watch)?;
        store_record(vault, imported, StoreOptions { replace: true, threads }, &watch)?;
        let all = start.elapsed();
        let begun = begun.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ends = begun.iter().skip(1).copied().chain([start + all]);
        Ok(Steps { all, each: begun.iter().zip(ends).map(|(a, b)| b - *a).collect() })
    }

    /// An import into a vault that is new and goes again.
    ///
    /// # Errors
    /// Those of an import.
    pub fn import_once(&self, path: &Path, threads: usize) -> Result<Steps, Failure> {
        let steps = self.import(&mut fresh(path)?, threads)?;
        std::fs::remove_file(path)?;
        Ok(steps)
    }

    /// A vault that holds its patient.
    ///
    /// # Errors
    /// Those of an import.
    pub fn stored(&self, path: &Path) -> Result<Vault, Failure> {
        let mut vault = fresh(path)?;
        self.import(&mut vault, 0)?;
        Ok(vault)
    }

    /// Imports once and prints how much the peak is above the start, in MiB. For a process of its own: [`peak_of_child`].
    ///
    /// # Errors
    /// Those of an import.
    #[allow(clippy::print_stdout)]
    pub fn print_peak_memory(root: &str, patient: &str, threads: &str) -> Result<(), Failure> {
        let path = std::env::temp_dir().join(format!("mykarte-peak-{}.vault", std::process::id()));
        let mut vault = fresh(&path)?;
        // Argon2id took 19 MiB for a moment, more than the import of a year does: the peak is to begin anew.
        std::fs::write("/proc/self/clear_refs", "5")?;
        let storage = Storage { root: root.into(), patient: patient.to_string(), files: 0, bytes: 0 };
        let before = memory("VmRSS:")?;
        storage.import(&mut vault, threads.parse()?)?;
        println!("{:.1}", memory("VmHWM:")? - before);
        std::fs::remove_file(&path)?;
        Ok(())
    }
}

/// Moves what lies below `from` below `to`; folders that are in both become one, as patients of one storage have them.
///
/// # Errors
/// Those of the file system.
pub fn move_into(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if place.is_dir() { move_into(&entry.path(), &place)? } else { std::fs::rename(entry.path(), place)? }
    }
    Ok(())
}

/// A new vault, with Argon2id at its floor.
///
/// # Errors
/// Those of a vault that is made.
pub fn fresh(path: &Path) -> Result<Vault, Failure> {
    Ok(Vault::create(path, &Passcode::new(b"correct horse")?, KdfParams::dangerous_floor())?)
}

/// What `/proc` says of this process, in MiB.
///
/// # Errors
/// Where there is no such line.
pub fn memory(key: &str) -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|l| l.starts_with(key)).ok_or("no such line")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<f64>()? / 1024.0)
}

/// The number that this program prints when it is started again with these arguments; the median of some starts.
///
/// # Errors
/// When it prints none.
pub fn peak_of_child(arguments: &[&str]) -> Result<f64, Failure> {
    let once = |_| -> Result<f64, Failure> {
        let output = Command::new(std::env::current_exe()?).args(arguments).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    };
    Ok(median((0..5).map(once).collect::<Result<_, _>>()?))
}

/// Milliseconds.
#[must_use]
pub fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

/// The one in the middle.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Median time of several calls, in milliseconds.
///
/// # Errors
/// Those of a call.
pub fn timed<R>(rounds: usize, f: impl Fn() -> Result<R, Failure>) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        let result = f()?;
        times.push(ms(start.elapsed()));
        drop(result);
    }
    Ok(median(times))
}
