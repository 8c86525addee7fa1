//! Looks through the memory of another process of the same user for the markers of a storage and the keys of a vault, for the suites of
//! the bindings: what is looked for must not come into the memory that is searched.
//!
//! ```text
//! mykarte-looks PID STORAGE VAULT INSTALLATION-SECRET-HEX     stdin: the passcode
//! ```
//! Prints one line: how many different markers, by region, and which keys.
#![allow(clippy::print_stdout, reason = "the answer")]

use data_encoding::HEXLOWER;
use mykarte_tests::canary::Needles;

#[cfg(target_os = "linux")]
fn main() {
    use mykarte_tests::canary::{keys, memory};
    use std::collections::{BTreeMap, BTreeSet};
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [pid, storage, vault, secret] = &words[..] else { panic!("usage: see the source") };
    let passcode = std::io::read_to_string(std::io::stdin()).expect("a passcode");
    let secret = HEXLOWER.decode(secret.as_bytes()).expect("hexadecimal");
    let secrets = keys::Secrets { passcode: passcode.trim_end(), installation: &secret, recovery: None };
    let keys = Needles::new(keys::of_vault(vault.as_ref(), secrets));
    let table = std::fs::read_to_string(std::path::Path::new(storage).join("markers.tsv")).expect("markers");
    let unique = table.lines().filter(|line| line.ends_with("\ttrue"));
    let markers = Needles::of_texts(unique.filter_map(|line| line.split('\t').nth(4)).filter(|m| m.len() >= 8));
    let (mut all, mut places, mut open) = (BTreeSet::new(), BTreeMap::<String, usize>::new(), BTreeSet::new());
    for region in memory::regions(pid.parse().expect("a process")).expect("memory that may be read") {
        let found = markers.found(&region.bytes);
        *places.entry(region.kind().into()).or_default() += found.len();
        all.extend(found.into_keys());
        open.extend(keys.found(&region.bytes).into_keys());
    }
    places.retain(|_, count| *count > 0);
    println!("{} markers {places:?}, keys {open:?}", all.len());
}

#[cfg(not(target_os = "linux"))]
fn main() {}
