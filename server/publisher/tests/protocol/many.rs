//! Many phones at once: the evening after an earthquake.

use crate::support::{Hospital, program};
use mykarte_wire::path;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::Duration;

const PHONES: usize = 200;

/// Bytes that do not shrink.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

/// Two hundred slow downloads of 8 MiB together, all begun before one ends: the process does not hold them.
#[test]
#[cfg(target_os = "linux")]
fn two_hundred_downloads_fit_into_little_memory() {
    let place = program();
    let hospital = Hospital::at(&place);
    let content = noise(8 << 20);
    // As many as one enrolment may have open; `shares` has what is beyond.
    let phones: Vec<_> = (0..PHONES / 8).map(|_| hospital.enrolled(&place)).collect();
    let packages: Vec<Vec<u8>> = phones.iter().map(|phone| hospital.publish(&place, phone, &content)).collect();
    let before = resident(place.pid());
    let (all_begun, address) = (Barrier::new(PHONES + 1), place.base.trim_start_matches("http://"));
    let most = std::thread::scope(|scope| {
        let downloads: Vec<_> = (0..PHONES)
            .map(|n| {
                let (phone, package) = (&phones[n % phones.len()], &packages[n % phones.len()]);
                let all_begun = &all_begun;
                // The token in use stays good for all of them: none uses the one that it is handed.
                scope.spawn(move || slow_download(address, &phone.at(path::PACKAGE), phone.token(), package, all_begun))
            })
            .collect();
        all_begun.wait();
        let mut most = 0;
        while !downloads.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            most = most.max(resident(place.pid()));
            std::thread::sleep(Duration::from_millis(20));
        }
        downloads.into_iter().for_each(|download| download.join().unwrap());
        most
    });
    let grown = most.saturating_sub(before);
    println!("{PHONES} downloads of {} KiB at once: the process grew by {grown} KiB", packages[0].len() / 1024);
    assert!(grown <= 64 * 1024, "grew by {grown} KiB");
}

/// Connections that say nothing, as from a scanner or a hall of phones that fell asleep: others are served meanwhile, and the
/// process stays small. `./x evidence` asks for 2,000, which is all that are served at once.
#[test]
#[cfg(target_os = "linux")]
fn idle_connections_keep_nobody_away() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted: usize = std::env::var("MYKARTE_IDLE").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(8_192, |most| most.min(8_192));
    setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..limit }).unwrap();
    let wanted = wanted.min(usize::try_from(most).unwrap() - 200);
    let place = program();
    let address = place.base.trim_start_matches("http://");
    place.call("GET", path::HEALTH, &[], None).is(200);
    let before = resident(place.pid());
    let idle: Vec<TcpStream> = (0..wanted).map(|_| TcpStream::connect(address).unwrap()).collect();
    // Half of them have begun a call.
    idle.iter().step_by(2).for_each(|mut stream| stream.write_all(b"GET /v1/heal").unwrap());
    let begun = std::time::Instant::now();
    let status = || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.starts_with("HTTP/1.1 200")
    };
    assert!((0..20).all(|_| status()));
    let (waited, grown) = (begun.elapsed(), resident(place.pid()).saturating_sub(before));
    println!("{wanted} idle connections: 20 others were served in {waited:?}, the process grew by {grown} KiB");
    // Whoever says nothing has ten seconds.
    assert!(waited < Duration::from_secs(20) && grown <= 64 * 1024, "{waited:?}, {grown} KiB");
    drop(idle);
}

fn slow_download(at: &str, path: &str, token: &mykarte_wire::Token, package: &[u8], all_begun: &Barrier) {
    let mut stream = TcpStream::connect(at).unwrap();
    let bearer = token.dangerous_text();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n\r\n", *bearer)
        .unwrap();
    let mut got = vec![0; 1024];
    let is_whole = stream.read_exact(&mut got).is_ok();
    // Whoever is refused does not keep the others waiting for ever.
    let is_begun = is_whole && got.starts_with(b"HTTP/1.1 200");
    // Nobody goes on before everybody has begun.
    all_begun.wait();
    assert!(is_begun, "refused");
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = stream.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        got.extend_from_slice(&piece[..read]);
        std::thread::sleep(Duration::from_millis(1));
    }
    let head = got.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    assert!(got[head..] == *package, "a download arrived as something else");
}

/// KiB that a process holds in memory.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
