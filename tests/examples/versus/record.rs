//! The record in a vault and in SQLCipher.

use crate::{Other, ROUNDS, WORDS, middle};
use mykarte::record::{Section, search::Query};
use mykarte::vault::{DataKey, KdfParams, Passcode, Vault};
use mykarte::{Archive, Imported, RecordLines, StoreOptions, read_record, store_record};
use mykarte_tests::entries;
use mykarte_tests::hospital::watched;
use mykarte_tests::measure::{Failure, Storage, fresh, ms};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

pub fn compare(dir: &Path, storage: &Storage, sqlcipher: &str) -> Result<(), Failure> {
    let imported = watched(|watch| read_record(&storage.request(0), watch))?;
    let export = dir.join("entries");
    write(&export, &imported)?;
    let ours = Ours::make(dir, imported)?;
    let mut theirs = Other::start(Command::new(sqlcipher).arg(export).arg(dir).args(WORDS))?;
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        mine.push(ours.round()?);
        other.push(theirs.ask("round")?);
    }
    table(&mine, &other);
    Ok(())
}

/// The summary, then `section TAB JSON` a line.
fn write(path: &Path, imported: &Imported) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "{}", serde_json::to_string(&imported.record.summary)?)?;
    for section in Section::ALL {
        for entry in entries(&imported.record, section) {
            writeln!(out, "{}\t{entry}", section.key())?;
        }
    }
    Ok(out.flush()?)
}

struct Ours<'d> {
    dir: &'d Path,
    imported: Imported,
    passcode: Passcode,
    key: DataKey,
}

impl Ours<'_> {
    /// With the costs of Argon2id that a vault is made with.
    fn make(dir: &Path, imported: Imported) -> Result<Ours<'_>, Failure> {
        let passcode = Passcode::new(b"correct horse")?;
        let mut vault = Vault::create(dir.join("vault"), &passcode, KdfParams::default())?;
        store(&mut vault, imported.clone())?;
        Ok(Ours { dir, imported, passcode, key: vault.dangerous_data_key() })
    }

    fn round(&self) -> Result<Value, Failure> {
        let path = self.dir.join("vault");
        let (copy, again) = (self.imported.clone(), self.dir.join("again"));
        let mut vault = fresh(&again)?;
        let (writing, _) = timed(|| store(&mut vault, copy))?;
        let size = std::fs::metadata(&again)?.len();
        std::fs::remove_file(&again)?;
        let (passcode, _) = timed(|| Ok(Archive::open(&path, &self.passcode)?.records()?))?;
        let opened =
            || -> Result<Archive, Failure> { Ok(Archive::of(Vault::dangerous_open_with_data_key(&path, &self.key)?)) };
        let (by_key, _) = timed(|| Ok(opened()?.records()?))?;
        let archive = opened()?;
        let record = archive.record(archive.records()?.first().ok_or("no record")?.id)?;
        let page = || Ok(record.page(Section::Labs, record.len(Section::Labs) / 2, 50));
        let ((first, _), (again, _)) = (timed(page)?, timed(page)?);
        let mut answer = json!({
            "write": writing, "size": size, "passcode": passcode, "key": by_key, "page": first, "page_again": again,
        });
        for (n, word) in WORDS.iter().enumerate() {
            archive.forget();
            let ((first, hits), (again, _)) = (timed(|| search(&record, word))?, timed(|| search(&record, word))?);
            answer[format!("word_{n}")] = json!({ "first": first, "again": again, "hits": hits });
        }
        Ok(answer)
    }
}

fn store(vault: &mut Vault, imported: Imported) -> Result<(), Failure> {
    // One thread, as SQLCipher has.
    let options = StoreOptions { replace: true, threads: 1 };
    watched(|watch| store_record(vault, imported, options, watch))?;
    Ok(())
}

fn search(record: &RecordLines<'_>, word: &str) -> Result<usize, Failure> {
    let (query, mut hits) = (Query::new(word).ok_or("no query")?, 0);
    for section in Section::ALL {
        record.search(section, &query, |_, _| hits += 1);
    }
    Ok(hits)
}

fn timed<R>(f: impl FnOnce() -> Result<R, Failure>) -> Result<(f64, R), Failure> {
    let start = Instant::now();
    let result = f()?;
    Ok((ms(start.elapsed()), result))
}

fn table(mine: &[Value], other: &[Value]) {
    println!("{:<58} {:>10} {:>10} {:>8}", "the record (ms, one thread)", "vault", "SQLCipher", "ratio");
    let row = |what: &str, ours: &str, theirs: &str, unit: f64| {
        let (ours, theirs) = (middle(mine, ours) / unit, middle(other, theirs) / unit);
        println!("  {what:<56} {ours:>10.2} {theirs:>10.2} {:>8.2}", theirs / ours);
    };
    row("passcode -> summary (Argon2id; PBKDF2, 256,000 rounds)", "/passcode", "/passcode", 1.0);
    row("key in hand -> summary", "/key", "/key", 1.0);
    row("a page of 50 laboratory results, just opened", "/page", "/page", 1.0);
    row("  the same again", "/page_again", "/page_again", 1.0);
    row("  just opened, their objects in a table of their own", "/page", "/page_lean", 1.0);
    for (n, word) in WORDS.iter().enumerate() {
        let at = |key: &str| format!("/word_{n}/{key}");
        row(&format!("search for {word}, LIKE, just opened"), &at("first"), &at("like"), 1.0);
        row("  again", &at("again"), &at("like_again"), 1.0);
        row("  FTS5 with trigrams, just opened", &at("first"), &at("index"), 1.0);
        row("  again", &at("again"), &at("index_again"), 1.0);
        row("  found by LIKE, entries", &at("hits"), &at("like_hits"), 1.0);
        row("  found by FTS5", &at("hits"), &at("index_hits"), 1.0);
    }
    row("write, durable", "/write", "/write", 1.0);
    row("  objects in a table of their own", "/write", "/write_lean", 1.0);
    row("  with FTS5", "/write", "/write_index", 1.0);
    row("size, KiB", "/size", "/size", 1024.0);
    row("  objects in a table of their own", "/size", "/size_lean", 1024.0);
    row("  with FTS5", "/size", "/size_index", 1024.0);
}
