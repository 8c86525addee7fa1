//! Size after re-imports, asserted; speed, printed by
//! `cargo test --release -p mykarte-vault --test budgets -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use common::passcode;
use mykarte_vault::{KdfParams, RecordId, SealedChunk, Vault};

/// Lab-like JSON: about 8 MB in 26 chunks, what a record of 25 years and 11.6 MB of messages comes to.
fn chunks() -> Vec<Vec<u8>> {
    let mut state = 7_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let mut chunk = |n: u32| {
        let mut text = String::new();
        for entry in 0..1000 {
            let (item, whole, part) = (next(60), next(200), next(10));
            let (year, month, day) = (2001 + n, 1 + entry / 84, 1 + entry % 28);
            text.push_str(&format!(
                "{{\"id\":\"{n:04}{entry:06}\",\"date\":\"{year}-{month:02}-{day:02}\",\"name\":\"検査項目{item}\",\
                 \"code\":\"3B{item:03}0000023272{item:02}\",\"system\":\"JC10\",\"value\":\"{whole}.{part}\",\
                 \"unit\":\"mg/dL\",\"range\":\"10-{}\",\"flag\":\"{}\",\"status\":\"F\",\"specimen\":\"血清\",\
                 \"department\":\"内科\",\"order\":\"{:08}\",\"source\":{entry}}}\n",
                item * 3,
                if whole > 180 { "H" } else { "" },
                next(100_000_000) / 40,
            ));
        }
        text.into_bytes()
    };
    (0..26).map(&mut chunk).collect()
}

fn import(vault: &mut Vault, replace: Option<RecordId>, chunks: &[Vec<u8>]) -> (RecordId, usize, Duration) {
    let draft = vault.begin(replace).unwrap();
    let seal = |(seq, plain): (u32, &Vec<u8>)| draft.seal("labs", seq, b"{\"entries\":1000}", plain).unwrap();
    let sealed: Vec<SealedChunk> = (0..).zip(chunks).map(seal).collect();
    let bytes = sealed.iter().map(SealedChunk::sealed_len).sum();
    let start = Instant::now();
    let id = vault.commit(draft, b"label", &[b'x'; 3000], sealed).unwrap().id;
    (id, bytes, start.elapsed())
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn re_imports_do_not_make_the_file_grow() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let chunks = chunks();
    let mut vault = Vault::create(&path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    let (id, sealed, _) = import(&mut vault, None, &chunks);
    let first = size(&path);
    // Pages, tables, head, catalogue and manifest cost little beside the chunks.
    assert!(first < sealed as u64 * 103 / 100 + 64 * 1024, "{first} bytes for {sealed} sealed");
    for round in 0..5 {
        import(&mut vault, Some(id), &chunks);
        let now = size(&path);
        assert!(now <= first + 4 * 4096, "re-import {round}: {now} bytes, first {first}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
    let free: u32 =
        rusqlite::Connection::open(&path).unwrap().query_row("PRAGMA freelist_count", [], |row| row.get(0)).unwrap();
    assert_eq!(free, 0);
}

fn median(times: usize, mut work: impl FnMut()) -> Duration {
    let mut measured: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    measured.sort();
    measured[times / 2]
}

#[test]
#[ignore = "prints numbers; run with --release"]
fn numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let chunks = chunks();
    let plain: usize = chunks.iter().map(Vec::len).sum();
    let mut vault = Vault::create(&path, &passcode(), KdfParams::default()).unwrap();
    let key = vault.dangerous_data_key();
    let (id, sealed, birth) = import(&mut vault, None, &chunks);
    let first = size(&path);
    let mut sizes = Vec::new();
    let mut commits = Vec::new();
    for _ in 0..5 {
        commits.push(import(&mut vault, Some(id), &chunks).2);
        sizes.push(size(&path));
    }
    let draft = vault.begin(Some(id)).unwrap();
    let sealing = median(5, || {
        for (seq, chunk) in (0..).zip(&chunks) {
            draft.seal("labs", seq, b"", chunk).unwrap();
        }
    });
    drop(vault);
    let unlock = median(200, || {
        let vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
        assert_eq!(vault.records().unwrap()[0].catalogue.as_ref().unwrap().len(), 3000);
    });
    let passcode_unlock = median(7, || drop(Vault::open(&path, &passcode()).unwrap()));
    let vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
    let sections = median(50, || {
        let vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
        assert_eq!(vault.sections(id).unwrap()[0].chunks.len(), 26);
    });
    let page = median(50, || drop(vault.chunk(id, "labs", 12).unwrap()));
    let mut out = std::io::stdout();
    let mut say = |line: String| writeln!(out, "{line}").unwrap();
    say(format!("plain {plain} B, sealed {sealed} B, file {first} B, after 5 re-imports {sizes:?}"));
    say(format!("file / 11.6 MB = {:.2} %", first as f64 / 116_000.0));
    say(format!(
        "seal {:.0} MB/s ({sealing:?}), first commit {birth:?}, re-commits {commits:?}",
        plain as f64 / 1e6 / sealing.as_secs_f64()
    ));
    say(format!(
        "data key -> records with catalogue {unlock:?}; -> sections {sections:?}; one chunk of {} kB {page:?}",
        chunks[12].len() / 1000
    ));
    say(format!("passcode (64 MiB, 3, 4) -> unlocked {passcode_unlock:?}"));
}
