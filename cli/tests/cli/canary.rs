//! A storage whose every field holds a marker goes through the program; then every byte it has left on the disk is searched: vault,
//! journal, drafts, passing files, report, what was said on stderr. After every command and after every kill.
#![allow(clippy::print_stdout, reason = "shows what it counted")]

mod desk;

use crate::killed::{kill, kill_in_rounds};
use crate::server::serve;
use crate::support::{names, text};
use desk::Desk;
use mykarte::ImportRequest;
use mykarte::import::Shaping;
use mykarte::record::profile::Profile;
use mykarte::vault::package::EnrolmentId;
use mykarte_tests::hospital::Hospital;
use mykarte_tests::publisher::{BORN, Publisher};
use mykarte_tests::{import, request};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const PASSCODES: [&str; 2] = ["ふたりで決めた長い合言葉", "引っ越してからの別の合言葉"];
const STDIN: &str = "--passcode-stdin";

#[test]
fn no_field_and_no_key_is_in_any_byte_on_the_disk() {
    let mut desk = Desk::make();
    let in_storage = desk.markers_in_storage();
    let import = desk.import("v");
    let [old, new] = PASSCODES;
    desk.run(&import, &[old]).exits(0);
    desk.learn("v", old, None);
    let code = desk.run_unlogged(&["recovery-code", "new", STDIN, "--vault", "v"], &[old]).exits(0).code_on_stderr();
    desk.learn("v", old, Some(&code));
    desk.run(&import, &[old]).exits(0);
    desk.learn("v", old, Some(&code));

    // The markers are there for whoever has the passcode, so the search means something.
    let shown: String =
        ["basics", "allergies", "diagnoses", "admissions", "prescriptions", "injections", "labs", "memos", "others"]
            .map(|section| desk.run(&["show", section, "--json", STDIN, "--vault", "v"], &[old]).exits(0).out)
            .concat();
    let shown = desk.markers.found(shown.as_bytes()).len();
    println!("markers in the storage: {in_storage}, in the record: {shown}");
    assert!(in_storage >= 200 && shown >= 200, "{in_storage} in the storage, {shown} in the record");

    desk.run(&["show", "--search", "印", STDIN, "--vault", "v"], &[old]).exits(0);
    desk.run(&["show", "--recovery-code-stdin", "--vault", "v"], &[&code]).exits(0);
    desk.run(&["show", STDIN, "--vault", "v"], &["不正解の合言葉です"]).exits(1);
    desk.run(&["passcode", "change", STDIN, "--vault", "v"], &[old, new]).exits(0);
    desk.learn("v", new, Some(&code));
    let code = desk.run_unlogged(&["rekey", STDIN, "--vault", "v"], &[new, old]).exits(0).code_on_stderr();
    desk.learn("v", old, Some(&code));
    desk.run(&["vault", "copy", "copy", STDIN, "--vault", "v"], &[old]).exits(0);
    let patient = desk.patient.clone();
    desk.run(&["vault", "delete", "--patient", &patient, "--yes", STDIN, "--vault", "v"], &[old]).exits(0);
    assert_eq!(names(&desk.path("work")), ["copy", "report.json", "v"]);
    assert!(names(&desk.path("tmp")).is_empty() && names(&desk.path("home")).is_empty());
}

/// Killed while it reads, seals and writes; a crash that wants to leave a core dump leaves none.
#[test]
fn nor_after_a_kill_at_any_moment() {
    let mut desk = Desk::make();
    let again = desk.import("v");
    let mut passcodes = PASSCODES;
    desk.run(&again, &[passcodes[0]]).exits(0);
    desk.learn("v", passcodes[0], None);
    let (mut beside, mut rests) = (0, 0);
    kill_in_rounds(20, |round| {
        let first = format!("first-{round}");
        let (args, secrets) = match round % 4 {
            0 => (desk.import(&first), &passcodes[..1]),
            3 => (["passcode", "change", STDIN, "--vault", "v"].map(String::from).to_vec(), &passcodes[..]),
            _ => (again.clone(), &passcodes[..1]),
        };
        let child = desk.begin(&args, secrets);
        let killed = if round % 5 == 4 {
            crash(child, round)
        } else {
            // A quarter of the rounds is of each command: the moment is chosen apart from it.
            kill(child, &desk.path("work"), round / 2).killed
        };
        let left = names(&desk.path("work"));
        assert!(!left.iter().any(|name| name.contains("core")), "{left:?}");
        rests += usize::from(left.iter().any(|name| name.ends_with("-journal") || name.starts_with('.')));
        // Whether it was done before the kill shows in what opens it.
        if !desk.opens("v", passcodes[0]) {
            passcodes.reverse();
        }
        desk.learn("v", passcodes[0], None);
        if Path::new(&desk.path("work")).join(&first).exists() {
            desk.learn(&first, passcodes[0], None);
            beside += 1;
        }
        desk.search(&format!("round {round}"));
        killed
    });
    println!("{rests} left a journal or draft, {beside} first imports were whole");
}

/// Aborted from outside, as by a fault: what writes core dumps would write one.
fn crash(mut child: std::process::Child, round: u64) -> bool {
    std::thread::sleep(std::time::Duration::from_millis(40 + 31 * (round % 11)));
    let _ = std::process::Command::new("kill").args(["-ABRT", &child.id().to_string()]).output();
    child.wait().unwrap().signal().is_some()
}

#[test]
fn nor_where_packages_are_made_and_received() {
    let mut desk = Desk::make();
    let storage = desk.storage.clone();
    let (root, signing, own) = ("金庫の奥のルート鍵の言葉", "受付に置く署名鍵の言葉", PASSCODES[0]);
    let hospital = format!("{}=見本病院", desk.hospital);
    desk.run(&["keys", "new-root", "--keys", "keys", "--hospital", &hospital, STDIN], &[root]).exits(0);
    desk.run(&["keys", "new-signing", "--keys", "keys", STDIN], &[root, signing]).exits(0);
    let listed = desk.run(&["keys", "list", "--keys", "keys", "--json"], &[]).exits(0).out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let pin = listed["root"].as_str().unwrap();
    let list = "keys/hospital.mykarte-list";
    desk.run(&["enrol", "--list", list, "--root", pin, "--out", "key", STDIN, "--vault", "phone"], &[own]).exits(0);
    let patient = desk.patient.clone();
    let seal = ["seal", text(&storage), "--patient", &patient, "--profile", "full", "--keys", "keys", STDIN];
    let to = |package| [&seal[..], &["--recipient", "key", "--out", package]].concat();
    desk.run(&to("1.mykarte"), &[signing]).exits(0);
    desk.learn("phone", own, None);
    desk.run(&["receive", "1.mykarte", "--yes", STDIN, "--vault", "phone"], &[own]).exits(0);
    desk.learn("phone", own, None);
    desk.run(&["enrol", "--out", "key", STDIN, "--vault", "phone"], &[own]).exits(0);
    desk.run(&to("2.mykarte"), &[signing]).exits(0);
    desk.run(&["receive", "2.mykarte", STDIN, "--vault", "phone"], &[own]).exits(0);
    desk.learn("phone", own, None);
    let labs = desk.run(&["show", "others", "--json", STDIN, "--vault", "phone"], &[own]).exits(0).out;
    assert!(desk.markers.found(labs.as_bytes()).len() >= 200, "the phone has the record");
    desk.run(&["vault", "delete", "--patient", &patient, "--yes", STDIN, "--vault", "phone"], &[own]).exits(0);
    for (file, passcode) in desk.key_files().into_iter().zip([root, signing]) {
        desk.learn(&file, passcode, None);
    }
    desk.search("at the end");
}

/// Tickets, tokens and birth dates are secrets, too, and a package waits on the disk while it comes in pieces.
#[test]
fn nor_where_a_record_is_downloaded() {
    let mut desk = Desk::make();
    let counter = tempfile::tempdir().unwrap();
    let mut hospital = Hospital::make(counter.path(), &desk.hospital);
    let server = serve(Publisher::of(&hospital.list), false);
    let ticket = server.publisher.ticket_at(&hospital.list, &server.address);
    let own = PASSCODES[0];
    desk.remember("ticket", ticket.as_bytes());
    let (publisher, on_paper) = (Arc::clone(&server.publisher), ticket.clone());
    let staff = std::thread::spawn(move || {
        while publisher.look(&on_paper).is_none() {
            std::thread::sleep(Duration::from_millis(50));
        }
        publisher.confirm(&on_paper);
    });
    desk.run(&["enrol", "--ticket", &ticket, "--birth-date", BORN, STDIN, "--vault", "phone"], &[own]).exits(0);
    staff.join().unwrap();
    desk.learn("phone", own, None);
    let listed = desk.run(&["enrol", STDIN, "--vault", "phone"], &[own]).exits(0).out;
    let id = EnrolmentId::parse(listed.lines().nth(1).unwrap().split_whitespace().last().unwrap()).unwrap();

    let fetch = ["fetch", "--yes", STDIN, "--vault", "phone"];
    for cuts in [0, 3] {
        let request = ImportRequest { shaping: full(), ..request(&[desk.storage.as_path()], &desk.patient) };
        let package = hospital.issue(import(&request).unwrap(), &server.publisher.offer(id));
        server.publisher.put(id, package);
        let mut left = cuts;
        server.publisher.twist(move |call, reply| {
            if call.is_download() && left > 0 {
                left -= 1;
                reply.cut = Some(30_000);
            }
        });
        desk.run(&fetch, &[own]).exits(0);
        desk.learn("phone", own, None);
    }
    let calls = server.publisher.calls();
    let shown = calls.iter().filter_map(|call| call.header("authorization")?.strip_prefix("Bearer "));
    let tokens: BTreeSet<&str> = shown.collect();
    assert!(tokens.len() >= 3, "each download hands out another token");
    tokens.iter().for_each(|token| desk.remember("token", token.as_bytes()));
    let labs = desk.run(&["show", "others", "--json", STDIN, "--vault", "phone"], &[own]).exits(0).out;
    assert!(desk.markers.found(labs.as_bytes()).len() >= 200, "the phone has the record");
    let end = ["enrol", "--end", &id.to_string(), "--yes", STDIN, "--vault", "phone"];
    desk.run(&end, &[own]).exits(0);
    desk.search("at the end");
}

fn full() -> Shaping {
    Shaping { profile: Profile::full(), withholding: None }
}
