//! Enrolments that only the publisher has, as after the issuer was restored: ended on the word of staff, and no others.

use super::{Service, service};
use crate::support::{Run, demo, text};
use mykarte_state::open_existing;

/// Two are enrolled, and the issuer's database forgets one of them. The numbers of both, the forgotten one's first.
fn with_one_forgotten() -> (Service, String) {
    let service = service(&demo());
    service.enrol_as("later", &[]);
    let later = service.listed().remove(0).0;
    service.enrol();
    service.issue(&[]).exits(0).shows("発行 2件");
    service.in_issuer(&format!("DELETE FROM documents WHERE kind = 'enrolment' AND id LIKE '{later}%'"));
    (service, later)
}

fn withdraw(service: &Service, more: &[&str]) -> Run {
    service.issuer(&[&["withdraw", "--unknown", "--staff", "N9"], more].concat())
}

/// Puts an enrolment beside the others that is the same but for its name and hospital.
fn add_neighbour(service: &Service) -> &'static str {
    let neighbour = "ffffffffffffffffffffffffffffffff";
    let conn = rusqlite::Connection::open(service.place.path("outside/state.sqlite")).unwrap();
    let body: Vec<u8> =
        conn.query_row("SELECT body FROM documents WHERE kind = 'enrolment' LIMIT 1", [], |row| row.get(0)).unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    document["hospital"] = "00000000000000000000000000000001".into();
    let body = serde_json::to_vec(&document).unwrap();
    conn.execute("INSERT INTO documents VALUES ('enrolment', ?, ?)", rusqlite::params![neighbour, body]).unwrap();
    neighbour
}

fn is_open_at_publisher(service: &Service, id: &str) -> bool {
    let state = open_existing(text(&service.place.path("outside/state.sqlite"))).unwrap();
    let json = state.read(&mykarte_state::Key::new("enrolment", id)).unwrap().unwrap();
    String::from_utf8(json).unwrap().contains("\"open\"")
}

#[test]
fn another_hospitals_enrolments_stay() {
    let (service, later) = with_one_forgotten();
    let neighbour = add_neighbour(&service);
    let run = service.issue(&[]).exits(1).shows("台帳にない登録が配信サーバーに 1件");
    assert!(run.err.contains(&later) && !run.err.contains(&neighbour[..8]), "{}", run.err);
    let asked = withdraw(&service, &[]).exits(1).shows("--yes を付けて");
    assert!(asked.out.contains("台帳にない登録 1件") && asked.out.contains("ほかの病院の登録 1件"), "{}", asked.out);
    let run = withdraw(&service, &["--yes"]).exits(0).shows("どこにも残っていない");
    assert!(run.out.contains(&later) && !run.out.contains(&neighbour[..8]), "{}", run.out);
    assert!(is_open_at_publisher(&service, neighbour));
    service.phone_of("later", &["fetch"]).exits(1).shows("この登録は終わっています");
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    service.issue(&[]).exits(0);
    withdraw(&service, &["--yes"]).exits(0).shows("ほかの病院の登録 1件");
}

/// Most likely these are not the settings that were meant: who goes on all the same says how many there are.
#[test]
fn a_database_that_knows_nobody_ends_nobody_by_yes_alone() {
    let service = service(&demo());
    service.enrol();
    service.issue(&[]).exits(0);
    service.in_issuer("DELETE FROM documents WHERE kind IN ('enrolment', 'patient')");
    let refused = withdraw(&service, &["--yes"]).exits(1).shows("--count 1");
    assert!(refused.err.contains("登録が1件もありません") && refused.err.contains("state"), "{}", refused.err);
    withdraw(&service, &["--yes", "--count", "2"]).exits(1).shows("1件");
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    withdraw(&service, &["--yes", "--count", "1"]).exits(0).shows("どこにも残っていない");
    service.phone(&["fetch"]).exits(1).shows("この登録は終わっています");
}

/// A copy is away: the publisher has ended it, and only what is remembered here says that something may be left.
#[test]
fn an_unfinished_end_is_finished_by_the_next_run() {
    for finish in [&["issue", "--passcode-stdin"][..], &["withdraw", "--unknown", "--staff", "N9", "--yes"]] {
        let (service, later) = with_one_forgotten();
        let (west, away) = (service.place.path("outside/west"), service.place.path("outside/away"));
        std::fs::rename(&west, &away).unwrap();
        std::fs::write(&west, "no folder").unwrap();
        withdraw(&service, &["--yes"]).exits(1).shows("west: 残っているか、答えません");
        std::fs::remove_file(&west).unwrap();
        std::fs::rename(&away, &west).unwrap();
        assert_eq!(service.packages("west"), 2);
        service.issuer(finish).exits(0);
        assert_eq!(service.packages("west"), 1, "{finish:?}");
        withdraw(&service, &["--yes"]).exits(0).shows("配信サーバーにありません");
        service.issuer(&["audit", "verify"]).exits(0);
        let shown = service.issuer(&["audit", "show"]).exits(0).out;
        assert!(shown.lines().any(|line| line.contains(&later) && line.contains("N9")), "{shown}");
    }
}

/// The publisher forgets that it has ended: what was remembered here ends it again, and nobody is asked.
#[test]
fn one_that_a_restored_publisher_revives_is_ended_again() {
    let (mut service, _) = with_one_forgotten();
    let (state, backup) = (service.place.path("outside/state.sqlite"), service.place.path("publisher.backup"));
    mykarte_state::back_up(&state, &backup).unwrap();
    withdraw(&service, &["--yes"]).exits(0);
    service.restore_publisher(&backup);
    service.issue(&[]).exits(0).shows("登録 1件が続いていた");
    service.phone_of("later", &["fetch"]).exits(1).shows("この登録は終わっています");
}

/// The issuer's database is from before the confirmation, which the publisher has: nobody forged anything.
#[test]
fn a_confirmation_that_the_restored_issuer_does_not_know_is_called_so() {
    let service = service(&demo());
    let (picture, number) = service.ticket();
    let backup = service.place.path("issuer.backup");
    mykarte_state::back_up(&service.place.path("issuer.sqlite"), &backup).unwrap();
    service.enrol_by(&picture, &number, "online");
    for name in ["issuer.sqlite-wal", "issuer.sqlite-shm"] {
        let _ = std::fs::remove_file(service.place.path(name));
    }
    std::fs::copy(&backup, service.place.path("issuer.sqlite")).unwrap();
    let args = ["confirm", "--ticket", &number, "--staff", "N1"];
    let run = service.issuer(&args).exits(1).shows("withdraw --unknown");
    assert!(!run.err.contains("作られたものではありません") && run.err.contains("バックアップ"), "{}", run.err);
    let args = ["cancel", "--ticket", &number, "--staff", "N1"];
    service.issuer(&args).exits(1).shows("withdraw --unknown");
}
