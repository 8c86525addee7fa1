//! The record of a patient in SQLCipher, as an app would keep it that takes what is there: a row an entry with its section,
//! place, date and JSON, an index for pages, FTS5 with trigrams for the search, the defaults of SQLCipher 4 for the rest.
//!
//! `mykarte-versus ENTRIES FOLDER` reads what `examples/versus` wrote: the summary, then `section TAB JSON` a line. For each
//! line on its input it does everything once and answers what that took, as one line of JSON.

mod database;

use database::{Kind, Record};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

const PASSCODE: &str = "'correct horse'";
const RAW_KEY: &str = "\"x'2DD29CA851E7B56E4697B0E1F08507293D761A05CE4D1B628663F411A8086D99'\"";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, entries, dir, words @ ..] = arguments.as_slice() else { return Err("ENTRIES FOLDER WORD ...".into()) };
    let record = Record::read(Path::new(entries))?;
    for line in std::io::stdin().lock().lines() {
        line?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", round(&record, Path::new(dir), words)?)?;
        out.flush()?;
    }
    Ok(())
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// Runs it twice: the time of the first, that of the second, and the result.
fn twice<R>(mut f: impl FnMut() -> Result<R, Failure>) -> Result<(f64, f64, R), Failure> {
    let start = Instant::now();
    f()?;
    let first = ms(start);
    let start = Instant::now();
    let result = f()?;
    Ok((first, ms(start), result))
}

fn round(record: &Record, dir: &Path, words: &[String]) -> Result<Value, Failure> {
    let path = |name: &str| dir.join(name);
    let written = |name: &str, key: &str, kind: Kind| -> Result<(f64, u64), Failure> {
        // A round before left one.
        let _ = std::fs::remove_file(path(name));
        let start = Instant::now();
        record.write(&path(name), key, kind)?;
        Ok((ms(start), std::fs::metadata(path(name))?.len()))
    };
    written("passcode.db", PASSCODE, Kind::Rows)?;
    let (writing, size) = written("rows.db", RAW_KEY, Kind::Rows)?;
    let (writing_lean, size_lean) = written("lean.db", RAW_KEY, Kind::Lean)?;
    let (writing_index, size_index) = written("index.db", RAW_KEY, Kind::Indexed)?;

    let start = Instant::now();
    database::summary(&database::open(&path("passcode.db"), PASSCODE)?)?;
    let by_passcode = ms(start);
    let start = Instant::now();
    database::summary(&database::open(&path("rows.db"), RAW_KEY)?)?;
    let by_key = ms(start);

    let page = |name: &str, kind: Kind| -> Result<(f64, f64, usize), Failure> {
        let opened = database::open(&path(name), RAW_KEY)?;
        database::summary(&opened)?;
        twice(|| database::page(&opened, kind, "labs", record.len("labs") / 2, 50))
    };
    let search = |name: &str, kind: Kind, word: &str| -> Result<(f64, f64, usize), Failure> {
        let opened = database::open(&path(name), RAW_KEY)?;
        database::summary(&opened)?;
        twice(|| database::search(&opened, kind, word))
    };
    let (page_first, page_again, _) = page("rows.db", Kind::Rows)?;
    let (lean_first, lean_again, _) = page("lean.db", Kind::Lean)?;
    let mut answer = json!({
        "write": writing, "write_lean": writing_lean, "write_index": writing_index,
        "size": size, "size_lean": size_lean, "size_index": size_index,
        "passcode": by_passcode, "key": by_key,
        "page": page_first, "page_again": page_again, "page_lean": lean_first, "page_lean_again": lean_again,
    });
    for (n, word) in words.iter().enumerate() {
        let (first, again, hits) = search("rows.db", Kind::Rows, word)?;
        let (index_first, index_again, index_hits) = search("index.db", Kind::Indexed, word)?;
        answer[format!("word_{n}")] = json!({
            "like": first, "like_again": again, "like_hits": hits,
            "index": index_first, "index_again": index_again, "index_hits": index_hits,
        });
    }
    Ok(answer)
}
