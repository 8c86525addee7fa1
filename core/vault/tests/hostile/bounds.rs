//! Numbers out of bounds are refused before memory is taken for them: the test runs itself again, and its address space
//! must not grow by what a file asks for.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use data_encoding::HEXLOWER;
use mykarte_vault::package::{Enrolment, KeyList, Outside, RootPin, SignedOffer, verify};
use mykarte_vault::{DataKey, KdfParams, Vault, VaultError};
use rusqlite::Connection;

use super::common::{Place, import, is_diagnosis, passcode, read_all};
use super::{Dice, setting};

const PATH: &str = "MYKARTE_TEST_VAULT";
const KEY: &str = "MYKARTE_TEST_KEY";

#[test]
fn what_a_file_asks_for_is_refused_before_memory_is_taken() {
    // Made here: its Argon2id would hide what the other process takes.
    let (place, _) = Place::with_records(&[1]);
    let usual = place.path.with_file_name("usual");
    import(&mut Vault::create(usual, &passcode(), KdfParams::default()).unwrap(), None, 1, 1);
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "bounds::in_a_process_of_its_own", "--ignored", "--nocapture", "--test-threads=1"]);
    again.env(PATH, &place.path).env(KEY, HEXLOWER.encode(place.key.dangerous_bytes()));
    let output = again.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    print!("{said}");
}

/// The most address space this process ever had, in KiB.
fn peak() -> u64 {
    status("VmPeak:")
}

fn status(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(of)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[ignore = "run by what_a_file_asks_for_is_refused_before_memory_is_taken"]
fn in_a_process_of_its_own() {
    let path = PathBuf::from(std::env::var_os(PATH).unwrap());
    let key = HEXLOWER.decode(std::env::var(KEY).unwrap().as_bytes()).unwrap();
    let key = DataKey::dangerous_from_bytes(key[..].try_into().unwrap());
    let good = std::fs::read(&path).unwrap();
    let open = || Vault::dangerous_open_with_data_key(&path, &key).and_then(|vault| read_all(&vault));
    open().unwrap();
    costs(&path, 1);
    packages();
    std::fs::write(&path, &good).unwrap();

    let before = peak();
    let count = setting("MYKARTE_HEADERS", 2000);
    costs(&path, count);
    std::fs::write(&path, &good).unwrap();
    headers(&path, &good, open);
    packages();
    let grown = peak() - before;
    println!("{count} hostile slots, counts and lengths elsewhere: {grown} KiB of address space");
    assert!(grown < 4096, "{grown} KiB");
    // That it would have been seen: what the least costs of a passcode take.
    std::fs::write(&path, &good).unwrap();
    Vault::open(&path, &passcode()).unwrap();
    assert!(peak() - before > 18 * 1024, "{} KiB", peak() - before);

    // And that of the usual costs is all that an unlock takes, but for little: of memory, for an allocator reserves addresses
    // by the 64 MiB. Nothing before took as much.
    let before = status("VmRSS:");
    Vault::open(path.with_file_name("usual"), &passcode()).unwrap();
    let grown = status("VmHWM:") - before;
    println!("an unlock with the usual 64 MiB: {grown} KiB of memory at most");
    assert!((60 << 10..80 << 10).contains(&grown), "{grown} KiB");
}

/// Costs of Argon2id outside the bounds: each one of the three alone, and all at once.
fn costs(path: &Path, count: u64) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;").unwrap();
    let mut dice = Dice::roll();
    for _ in 0..count {
        let outside = |dice: &mut Dice, least: i64, most: i64| match dice.below(4) {
            0 => dice.below(least as usize) as i64,
            1 => most + 1 + dice.below(1000) as i64,
            2 => i64::from(u32::MAX) - dice.below(1000) as i64,
            _ => dice.next().cast_signed() | 1 << 40,
        };
        let which = dice.below(4);
        let m = if which == 0 || which == 3 { outside(&mut dice, 19456, 262_144) } else { 65536 };
        let t = if which == 1 || which == 3 { outside(&mut dice, 2, 10) } else { 3 };
        let p = if which == 2 || which == 3 { outside(&mut dice, 1, 8) } else { 4 };
        conn.execute("UPDATE slot SET m_kib = ?1, t = ?2, p = ?3", [m, t, p]).unwrap();
        let error = Vault::open(path, &passcode()).unwrap_err();
        // A number that no u32 holds is no slot.
        let expected = matches!(error, VaultError::KdfOutOfBounds { .. } | VaultError::NoSlot { .. });
        assert!(expected, "{m}, {t}, {p}: {error:?}");
    }
}

/// Counts in SQLite's header, and the length of a value in its row.
fn headers(path: &Path, good: &[u8], open: impl Fn() -> Result<Vec<Vec<u8>>, VaultError>) {
    // Pages, first free page, free pages, cache size, largest root.
    for at in [28, 32, 36, 48, 52] {
        for value in [u32::MAX, i32::MAX.cast_unsigned(), 1 << 30] {
            let mut bytes = good.to_vec();
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
            std::fs::write(path, &bytes).unwrap();
            if let Err(error) = open() {
                assert!(is_diagnosis(&error), "{at}: {error:?}");
            }
        }
    }
    for table in ["head", "chunk", "generation"] {
        std::fs::write(path, good).unwrap();
        let column = if table == "generation" { "manifest" } else { "sealed" };
        let conn = Connection::open(path).unwrap();
        let root: i64 =
            conn.query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [table], |row| row.get(0)).unwrap();
        drop(conn);
        let mut bytes = good.to_vec();
        let page = (usize::try_from(root).unwrap() - 1) * 4096;
        let cell = page + usize::from(u16::from_be_bytes([bytes[page + 8], bytes[page + 9]]));
        // The payload's length, a varint: its two bytes become the begin of 2 GiB and of more.
        bytes[cell] |= 0x80;
        bytes[cell + 1] |= 0x80;
        bytes[cell + 2] |= 0x80;
        std::fs::write(path, &bytes).unwrap();
        assert!(open().is_err_and(|error| is_diagnosis(&error)), "{table}.{column}");
    }
}

/// Lengths and counts of what comes from outside.
fn packages() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/package-v1");
    let read = |name: &str| std::fs::read(vectors.join(name)).unwrap();
    let (package, list, enrolment) = (read("package.mykarte"), read("hospital.mykarte-list"), read("enrolment.bin"));
    let kept = Enrolment::decode(&enrolment).unwrap();
    let pin: RootPin = kept.list().pin();
    for length in [u64::MAX, u64::MAX - 65_535, 1 << 40, 1025 * 65_536] {
        let mut bent = package.clone();
        bent[92..100].copy_from_slice(&length.to_be_bytes());
        assert!(Outside::read(&bent).is_err() && verify(&bent, kept.list()).is_err());
    }
    // Facility and name of a list, and how many keys; a list inside an enrolment, and how many pairs.
    for at in [76, 90] {
        let mut bent = list.clone();
        bent[at..at + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(KeyList::read(&bent, &pin).is_err());
    }
    for at in (0..enrolment.len() - 4).step_by(4) {
        let mut bent = enrolment.clone();
        bent[at..at + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        let _ = Enrolment::decode(&bent);
        let mut bent = list.clone();
        if at + 4 <= bent.len() {
            bent[at..at + 4].copy_from_slice(&u32::MAX.to_be_bytes());
            assert!(KeyList::read(&bent, &pin).is_err(), "at {at}");
        }
    }
    assert!(SignedOffer::parse(&"A".repeat(1 << 16)).is_err());
}
