//! A patient's app in small, whose memory is looked through: it opens a vault, reads all of it, locks it and waits.
//!
//! ```text
//! mykarte-locks passcode|recovery VAULT              stdin: the secret, then a line for each step
//! mykarte-locks import VAULT STORAGE PATIENT         a new vault, and the import into it
//! ```
//! It says `open` with all in hand and `locked` afterwards. It keeps its memory in only so far as the library and the allocator
//! do: whoever started it may read it.
#![allow(clippy::print_stdout, reason = "the answer")]

use mykarte::record::{Section, search::Query};
use mykarte::vault::{KdfParams, Passcode, RecoveryCode, Unlock, Vault};
use mykarte::{Archive, StoreOptions, store_record};
use mykarte_tests::hospital::watched;
use mykarte_tests::{import, request};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// As in the command line and the library of the apps.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Standard input of the library keeps what it read in a buffer of its own.
    let mut steps = File::open("/dev/stdin").expect("steps");
    let secret = line(&mut steps);
    let archive = match words[..] {
        ["passcode", vault] => Archive::open(Path::new(vault), &passcode(&secret)),
        ["recovery", vault] => {
            let code = RecoveryCode::parse(std::str::from_utf8(&secret).expect("a code")).expect("a code");
            Archive::open(Path::new(vault), Unlock::Recovery(&code))
        }
        ["import", vault, storage, patient] => {
            let mut vault = Vault::create(vault, &passcode(&secret), KdfParams::default()).expect("a vault");
            let imported = import(&request(&[Path::new(storage)], patient)).expect("a record");
            let options = StoreOptions { replace: false, threads: 2 };
            watched(|watch| store_record(&mut vault, imported, options, watch)).expect("stored");
            Ok(Archive::of(vault))
        }
        _ => panic!("usage: see the source"),
    };
    let archive = archive.expect("an open vault");
    let read = read_all(&archive);
    wait("open", &mut steps);
    drop((archive, secret, read));
    wait("locked", &mut steps);
}

fn passcode(secret: &[u8]) -> Passcode {
    Passcode::new(secret).expect("text")
}

/// All that an app reads: every page, a search, results over time, everything by date.
fn read_all(archive: &Archive) -> Vec<Vec<u8>> {
    let mut pages = Vec::new();
    let query = Query::new("印").expect("a word");
    for info in archive.records().expect("records") {
        let record = archive.record(info.id).expect("a record");
        for section in Section::ALL {
            pages.extend(record.page(section, 0, usize::MAX).lines);
            record.search(section, &query, |_, line| pages.push(line.to_vec()));
        }
        drop(record.labs(0, 50));
        let items = record.lab_items().items;
        items.iter().for_each(|item| drop(record.series(&item.id)));
        drop(record.timeline(None, None, 0, 50));
    }
    pages
}

/// Says where it is, and goes on with the next line.
fn wait(at: &str, steps: &mut File) {
    println!("{at}");
    std::io::stdout().flush().expect("somebody listens");
    line(steps);
}

/// One line, byte by byte into memory that is wiped.
fn line(steps: &mut File) -> Zeroizing<Vec<u8>> {
    let mut line = Zeroizing::new(Vec::with_capacity(256));
    let mut byte = Zeroizing::new([0]);
    while steps.read(byte.as_mut_slice()).expect("a line") == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    line
}
