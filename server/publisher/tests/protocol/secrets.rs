//! What the publisher never has: on its disk, in its database, in the memory of its process.

use crate::support::{BORN, Hospital, PATIENT, Place, program};
use data_encoding::BASE32_NOPAD;
use mykarte_wire::path::{self, fill};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// A plaintext that no compression makes unrecognisable: it has no repetition.
const CONTENT: &[u8] = b"[\"Karte-9f3a7c15e8d24b60 Warfarin 1.5mg\"]";

/// A publisher to which everything has happened.
struct Busy {
    place: Place,
    /// What must not be left anywhere.
    secrets: Vec<(&'static str, Vec<u8>)>,
    /// What it does have: a scan has to find this.
    known: Vec<u8>,
}

fn busy() -> Busy {
    let place = program();
    let hospital = Hospital::at(&place);
    let phone = hospital.enrolled(&place);
    let wrong = hospital.ticket(&place, 3600);
    place.send("POST", path::ENROLMENTS, None, &wrong.request("1955-03-12")).is(403);
    hospital.publish(&place, &phone, CONTENT);
    place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(200);
    place.get(&fill(path::KEY_LIST, &hospital.list.listing().hospital), phone.token(), &[]).is(200);
    let text = phone.paper.dangerous_text();
    let bytes = BASE32_NOPAD.decode(text.split_once(':').unwrap().1.as_bytes()).unwrap();
    let secrets = vec![
        ("plaintext of a package", CONTENT[2..24].to_vec()),
        ("patient id", PATIENT.as_bytes().to_vec()),
        ("birth date", BORN.as_bytes().to_vec()),
        ("birth date without hyphens", BORN.replace('-', "").into_bytes()),
        ("ticket secret", bytes[20..52].to_vec()),
        ("ticket text", text.as_bytes()[50..90].to_vec()),
        ("signing key", hospital.dangerous_seed().to_vec()),
    ];
    Busy { place, secrets, known: phone.device.id().to_string().into_bytes() }
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn the_disk_holds_no_secret() {
    let Busy { place, secrets, known } = busy();
    let mut all = Vec::new();
    read_all(place.dir.path(), &mut all);
    assert!(holds(&all, &known), "the scan finds what is there");
    for (what, secret) in &secrets {
        assert!(!holds(&all, secret), "{what} lies on the publisher's disk");
    }
}

fn read_all(folder: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            into.extend(path.as_os_str().as_encoded_bytes());
            into.extend(std::fs::read(&path).unwrap());
        }
    }
}

/// A dump of the running process: what passed through it, too, and not only what it keeps. The program keeps its memory in, so
/// only root may look, with the right to trace others; to anybody else the system has to refuse it.
#[test]
#[cfg(target_os = "linux")]
#[allow(clippy::print_stderr, reason = "says what was not tested")]
fn the_memory_of_the_process_holds_no_secret() {
    let Busy { place, secrets, known } = busy();
    let memory = dump(place.pid());
    if !may_trace() {
        assert!(memory.is_none(), "another process of its user reads the publisher's memory");
        eprintln!("SKIPPED: only root may search the publisher's memory; that nobody else may was tested");
        return;
    }
    let memory = memory.expect("root may read it");
    assert!(holds(&memory, &known), "the scan finds what is there");
    for (what, secret) in &secrets {
        assert!(!holds(&memory, secret), "{what} is in the publisher's memory");
    }
}

/// CAP_SYS_PTRACE.
fn may_trace() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    u64::from_str_radix(rights.trim(), 16).unwrap() & (1 << 19) != 0
}

#[test]
#[cfg(target_os = "linux")]
fn a_crash_leaves_no_memory_on_the_disk() {
    let place = program();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", place.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
}

/// Every writable region of a process; `None` where that is not allowed.
fn dump(pid: u32) -> Option<Vec<u8>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    let mut all = Vec::new();
    for line in
        maps.lines().filter(|line| line.split_whitespace().nth(1).is_some_and(|rights| rights.starts_with("rw")))
    {
        let (from, to) = line.split_whitespace().next()?.split_once('-')?;
        let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        let mut region = vec![0; usize::try_from(to - from).ok()?];
        if memory.seek(SeekFrom::Start(from)).is_ok() && memory.read_exact(&mut region).is_ok() {
            all.extend(region);
        }
    }
    Some(all)
}
