//! The audit chains of both sides: shown, verified with what the other side kept, and never mistaken for a new one.

use crate::service::{Service, issuer_with, service};
use crate::support::{PATIENT, Run, demo, text};
use mykarte_state::audit::verify;
use mykarte_state::heads::{head_key, signed_heads};
use mykarte_state::kept::kept;
use mykarte_state::{Store, open_existing};
use std::path::Path;

fn state(path: &Path) -> Box<dyn Store> {
    open_existing(text(path)).unwrap()
}

/// Adds a line to the issuer's settings.
fn set(service: &Service, line: &str) {
    let settings = service.place.path("issuer.toml");
    let before = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{line}\n{before}")).unwrap();
}

/// A folder for heads, as on another machine.
fn second_place(service: &Service) {
    std::fs::create_dir(service.place.path("heads")).unwrap();
    set(service, "heads = \"heads\"");
}

/// Takes the last records away, past the triggers.
fn cut(database: &Path, behind: u64) {
    let conn = rusqlite::Connection::open(database).unwrap();
    conn.execute_batch("DROP TRIGGER audit_no_delete").unwrap();
    conn.execute("DELETE FROM audit WHERE number > ?", [behind.cast_signed()]).unwrap();
}

/// The records of the service's issuer that its publisher vouches for, verified.
fn verified(service: &Service, name: &str) -> Run {
    let file = service.place.path(name);
    let publisher = state(&service.place.path("outside/state.sqlite"));
    std::fs::write(&file, kept(publisher.as_ref()).unwrap().lines).unwrap();
    service.issuer(&["audit", "verify", "--head", text(&file)])
}

#[test]
fn each_side_is_verified_with_what_the_other_kept() {
    let service = service(&demo());
    for _ in 0..3 {
        service.print(&[]).exits(0);
    }
    verified(&service, "first").exits(0).shows("までを保証しています");
    // The publisher's, with what the issuer writes out.
    let file = service.place.path("of the publisher");
    service.issuer(&["audit", "heads", "--out", text(&file)]).exits(0).shows("配信サーバーの署名 3件");
    service.issuer(&["audit", "heads", "--out", text(&file)]).exits(1).shows("同じ名前のものがあります");
    let key = head_key(&service.place.path("outside/head.key")).unwrap().verifying_key();
    let heads = signed_heads(&std::fs::read(&file).unwrap());
    let publisher = state(&service.place.path("outside/state.sqlite"));
    let verdict = verify(publisher.as_ref(), &heads, Some(&key)).unwrap();
    assert!(heads.len() == 3 && verdict.is_intact(), "{verdict}");
    // The end of the issuer's is cut off, and grows again.
    let reached = state(&service.place.path("issuer.sqlite")).reached().unwrap().count;
    cut(&service.place.path("issuer.sqlite"), reached - 2);
    verified(&service, "cut").exits(1).shows(&format!("第{}号がありません", reached - 1));
    service.issuer(&["audit", "verify"]).exits(0).shows("末尾が切り取られていないかは");
    let printed = service.print(&[]);
    assert!(printed.code == Some(0) || printed.err.contains("食い違います"), "{}", printed.err);
    service.print(&[]);
    service.print(&[]);
    verified(&service, "grown").exits(1).shows("書き直されています");
}

#[test]
fn what_is_no_head_in_the_second_place_is_named_once() {
    let service = service(&demo());
    second_place(&service);
    std::fs::create_dir(service.place.path("heads/0000000001.head")).unwrap();
    service.issuer(&["check"]).exits(0).shows("0000000001.head").shows("飛ばしました");
    let later = service.print(&[]).exits(0);
    assert!(!later.err.contains("飛ばしました"), "{}", later.err);
}

#[test]
fn a_new_database_on_either_side_is_no_chain_of_before() {
    let mut service = service(&demo());
    second_place(&service);
    service.issuer(&["check"]).exits(0);
    // The publisher's is replaced.
    service.stop();
    for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        let _ = std::fs::remove_file(service.place.path("outside").join(name));
    }
    service.start();
    service.issuer(&["check"]).exits(1).shows("前とは別の監査記録です");
    let file = service.place.path("of the old publisher");
    let printed = service.print(&[]).exits(1);
    assert!(printed.out.contains("登録票番号") && printed.err.contains("前とは別の監査記録です"), "{}", printed.err);
    service.issuer(&["audit", "heads", "--out", text(&file), "--begin-anew"]).exits(0).shows("新しい監査記録");
    service.issuer(&["check"]).exits(0);
    // The issuer's is.
    let database = service.place.path("issuer.sqlite");
    for name in ["issuer.sqlite", "issuer.sqlite-wal", "issuer.sqlite-shm"] {
        let _ = std::fs::remove_file(service.place.path(name));
    }
    drop(mykarte_state::open(text(&database)).unwrap());
    let run = service.issuer(&["check"]).exits(1);
    assert!(
        run.err.contains("配信サーバーが前に預かった") && run.err.contains("この台帳とは別の監査記録"),
        "{}",
        run.err
    );
    assert!(!run.out.contains("すべて使えます"), "{}", run.out);
}

/// What failed has left records, too: they are signed like those of what went well.
#[test]
fn a_command_that_fails_leaves_its_head() {
    let mut service = service(&demo());
    second_place(&service);
    service.print(&[]).exits(0);
    service.stop();
    let withdraw = ["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"];
    service.issuer(&withdraw).exits(1).shows("発行は止まっています");
    every_record_is_vouched_for(&service);
}

/// So has a `check` that found something wrong, when it had sent the key list.
#[test]
fn a_check_that_fails_leaves_its_head() {
    let service = service(&demo());
    second_place(&service);
    std::fs::remove_file(service.place.path("keys/issuer.mykarte-keys")).unwrap();
    service.issuer(&["check"]).exits(1).shows("署名鍵がありません");
    every_record_is_vouched_for(&service);
}

/// By the last head in the folder.
fn every_record_is_vouched_for(service: &Service) {
    let database = state(&service.place.path("issuer.sqlite"));
    let reached = database.reached().unwrap();
    let kept = std::fs::read(service.place.path("heads").join(format!("{}.heads", reached.chain))).unwrap();
    let key = head_key(&service.place.path("issuer-head.key")).unwrap().verifying_key();
    let verdict = verify(database.as_ref(), &signed_heads(&kept), Some(&key)).unwrap();
    let said = verdict.to_string();
    assert!(said.contains(&format!("vouches for the first {}", reached.count)), "{said} of {}", reached.count);
}

#[test]
fn a_slip_in_the_settings_is_no_empty_database() {
    let service = service(&demo());
    service.print(&[]).exits(0);
    set(&service, "state = \"isuer.sqlite\"");
    let out = service.place.path("out");
    let all: [&[&str]; 7] = [
        &["list"],
        &["check"],
        &["issue", "--passcode-stdin"],
        &["audit", "verify"],
        &["audit", "show"],
        &["audit", "heads", "--out", text(&out)],
        &["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"],
    ];
    for args in all {
        service.issuer(args).exits(1).shows("台帳がありません");
        assert!(!service.place.path("isuer.sqlite").exists(), "{args:?}");
    }
    service.print(&[]).exits(1).shows("台帳がありません");
}

#[test]
fn records_are_shown_to_people_and_machines() {
    let service = service(&demo());
    service.print(&[]).exits(0);
    let run = service.issuer(&["audit", "show", "--patient", PATIENT]).exits(0);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines.len() == 1 && lines[0].contains("登録票") && lines[0].contains("職員 N1234"), "{}", run.out);
    assert!(lines[0].contains("consent=2026-04") && lines[0].contains(&format!("患者 {PATIENT}")), "{}", run.out);
    service.issuer(&["audit", "show", "--patient", "404"]).exits(0);
    let all = service.issuer(&["audit", "show", "--json"]).exits(0);
    let records: Vec<serde_json::Value> = all.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<u64> = records.iter().map(|record| record["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let last = service.issuer(&["audit", "show", "--last", "1", "--lang", "en"]).exits(0);
    assert!(last.out.lines().count() == 1 && last.out.contains("head"), "{}", last.out);
    assert!(!last.out.contains("head="), "{}", last.out);
    assert_eq!(service.issuer(&["audit", "show", "--since", "2999-01-01"]).exits(0).out, "");
    service.issuer(&["audit", "show", "--since", "yesterday"]).exits(2);
}

#[test]
fn that_no_second_place_is_chosen_is_said() {
    let service = service(&demo());
    service.issuer(&["check"]).exits(0).shows("heads");
    let (new, heads) = (service.place.path("new"), service.place.path("heads"));
    std::fs::create_dir(&new).unwrap();
    let settings = new.join("issuer.toml");
    let keys = service.place.path("keys");
    let init = ["init", "--settings", text(&settings), "--publisher", "https://karte.example.jp"];
    let rest = ["--storage", "/mnt/ssmix2", "--keys", text(&keys), "--state", "records.sqlite"];
    let run = issuer_with(&[&init[..], &rest, &["--heads", text(&heads)]].concat(), "").exits(0);
    assert!(!run.err.contains("heads"), "{}", run.err);
    assert!(new.join("records.sqlite").exists());
    let read = std::fs::read_to_string(&settings).unwrap();
    assert!(read.contains("state = \"records.sqlite\"") && read.contains(text(&heads)), "{read}");
    for name in ["issuer.toml", "link.token"] {
        std::fs::remove_file(new.join(name)).unwrap();
    }
    let run = issuer_with(&[&init[..], &rest].concat(), "").exits(0);
    assert!(run.err.contains("heads"), "{}", run.err);
}
