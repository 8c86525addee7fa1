//! The files of a storage, read by us and by Python's libraries, all on one thread.

use crate::{Other, ROUNDS, middle};
use mykarte::read_record;
use mykarte::ssmix2::message::File;
use mykarte_synth::{Defect, Options, generate};
use mykarte_tests::hospital::watched;
use mykarte_tests::measure::{Failure, Storage, ms};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// They take a hundred and a thousand times as long as we do: each reads one of so many files.
const LIBRARIES: [(&str, usize); 2] = [("hl7", 10), ("hl7apy", 80)];

pub fn compare(dir: &Path, storage: &Storage, python: &str) -> Result<(), Failure> {
    let files = read_by_us(storage)?;
    let mut theirs = start(python, &storage.root, &files, &dir.join("texts"))?;
    let (mut ours, mut others) = (Vec::new(), [const { Vec::new() }; 2]);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        drop(watched(|watch| read_record(&storage.request(1), watch))?);
        ours.push(json!({ "rate": files.len() as f64 * 1e3 / ms(start.elapsed()) }));
        for ((library, every), answers) in LIBRARIES.iter().zip(&mut others) {
            let answer = theirs.ask(&format!("read {library} {every}"))?;
            let rate = answer["files"].as_f64().ok_or("no files")? / answer["seconds"].as_f64().ok_or("no time")?;
            answers.push(json!({ "rate": rate }));
        }
    }
    let rate = middle(&ours, "/rate");
    println!("{:<58} {:>10} {:>10}", format!("reading its {} files, one thread", files.len()), "files/s", "ratio");
    println!("  {:<56} {rate:>10.0}", "mykarte: found, decoded, a record built of them");
    for ((library, _), answers) in LIBRARIES.iter().zip(&others) {
        let theirs = middle(answers, "/rate");
        println!(
            "  {:<56} {theirs:>10.0} {:>10.4}",
            format!("{library}: decoded, parsed, each field as text"),
            theirs / rate
        );
    }
    understood("of these files", &mut theirs, &LIBRARIES)?;
    let (root, odd) = with_defects(&dir.join("odd"))?;
    let mut theirs = start(python, &root, &odd, &dir.join("odd-texts"))?;
    understood("files with a defect of the field", &mut theirs, &LIBRARIES.map(|(library, _)| (library, 1)))
}

/// What each library refuses, and where its text is not what was sent, as our reader has it.
fn understood(what: &str, theirs: &mut Other, libraries: &[(&str, usize)]) -> Result<(), Failure> {
    for (library, every) in libraries {
        let read = theirs.ask(&format!("read {library} {every}"))?;
        let compared = theirs.ask(&format!("compare {library} {every}"))?;
        println!(
            "  {library}, {} {what}: refuses {}; {} have characters that Python does not decode, {} other text besides",
            read["files"], read["refused"], compared["unknown"], compared["differ"]
        );
    }
    Ok(())
}

/// The files that an import of the storage opens.
fn read_by_us(storage: &Storage) -> Result<Vec<PathBuf>, Failure> {
    let report = watched(|watch| read_record(&storage.request(0), watch))?.report;
    let read = report.list.iter().filter(|file| file.number > 0);
    // The report names them below their root, a folder of the storage.
    let roots: Vec<PathBuf> =
        std::fs::read_dir(&storage.root)?.map(|root| Ok(root?.path())).collect::<Result<_, Failure>>()?;
    let paths = read.flat_map(|file| roots.iter().map(move |root| root.join(&file.path)));
    Ok(paths.filter(|path| path.is_file()).collect())
}

/// A storage with every defect that the generator knows, and the files that have one. Patients with 髙, 﨑, 德 or 濵 in their
/// names are left out: Python decodes none of their files, whatever else is the matter.
fn with_defects(root: &Path) -> Result<(PathBuf, Vec<PathBuf>), Failure> {
    let truth = generate(&Options::new(1).patients(12).years(3).interim_labs(true).defects(Defect::ALL), root)?;
    let is_plain = |path: &str| {
        let owner = truth.patients.iter().find(|(id, _)| path.split('/').any(|part| part == id.as_str()));
        owner.is_some_and(|(_, patient)| !patient.name.contains(['髙', '﨑', '德', '濵']))
    };
    let files = truth.defects.iter().map(|defect| &defect.file).filter(|path| is_plain(path));
    let files: BTreeSet<PathBuf> = files.map(|path| root.join(path)).collect();
    Ok((root.to_path_buf(), files.into_iter().filter(|path| path.is_file()).collect()))
}

/// Starts the Python program on files, with the text of each as we read it. Files that hold no message are left out.
fn start(python: &str, root: &Path, files: &[PathBuf], texts: &Path) -> Result<Other, Failure> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(texts)?);
    for path in files {
        let file = File::decode(&std::fs::read(path)?, 1);
        if file.messages(1, &RefCell::default()).is_empty() {
            continue;
        }
        let segments: Vec<&str> = file.segments().map(|(_, text)| text).collect();
        writeln!(out, "{}", json!({ "path": path.strip_prefix(root)?, "segments": segments }))?;
    }
    out.flush()?;
    Other::start(Command::new(python).args(["-B", "tests/versus/read.py"]).arg(root).arg(texts))
}
