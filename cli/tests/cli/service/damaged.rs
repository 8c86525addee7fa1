//! A row of the issuer's database that cannot be read: everybody else goes on, and it is said.

use super::service;
use crate::support::{PATIENT, demo};

#[test]
fn a_damaged_enrolment_keeps_nobody_else_away() {
    let service = service(&demo());
    service.enrol_as("first", &[]);
    let first = service.listed().remove(0).0;
    service.enrol();
    service.in_issuer(&format!("UPDATE documents SET body = x'7b' WHERE kind = 'enrolment' AND id LIKE '{first}%'"));
    let run = service.issue(&[]).exits(1).shows("発行 1件");
    assert!(run.err.contains("読めません") && run.err.contains(&first), "{}", run.err);
    assert!(!run.err.contains("台帳にない登録"), "it is known, and nobody shall end it for unknown: {}", run.err);
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    service.issue(&["--patient", PATIENT]).exits(1).shows("変更なし 1件").shows("読めません");
    service.issuer(&["list", "--patient", "404"]).exits(1).shows("登録がありません");
    service.issuer(&["list", "--patient", PATIENT]).exits(1).shows("読めません");
    let list = service.issuer(&["list"]).exits(1).shows("読めません");
    assert!(list.out.contains("発行中"), "{}", list.out);
    // A patient who withdraws is withdrawn, also of what cannot be read.
    let run = service.issuer(&["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"]);
    assert!(run.out.matches("east: 残っていません").count() == 2, "{}{}", run.out, run.err);
    for phone in ["first", "online"] {
        service.phone_of(phone, &["fetch"]).exits(1).shows("この登録は終わっています");
    }
}

#[test]
fn a_damaged_ticket_keeps_nobody_away() {
    let service = service(&demo());
    service.enrol();
    let (_, number) = service.ticket();
    service.in_issuer(&format!("UPDATE documents SET body = x'7b' WHERE kind = 'ticket' AND id LIKE '{number}%'"));
    service.issue(&[]).exits(1).shows("発行 1件").shows("読めません").shows(&number);
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    service.issue(&["--patient", PATIENT]).exits(0).shows("変更なし 1件");
}

/// The same at the publisher: the issuer says which one it misses, everybody else gets the package.
#[test]
fn a_damaged_enrolment_at_the_publisher_keeps_nobody_else_away() {
    let service = service(&demo());
    service.enrol_as("first", &[]);
    let first = service.listed().remove(0).0;
    service.enrol();
    let database = rusqlite::Connection::open(service.place.path("outside/state.sqlite")).unwrap();
    let damage = format!("UPDATE documents SET body = x'7b' WHERE kind = 'enrolment' AND id LIKE '{first}%'");
    assert_eq!(database.execute(&damage, []).unwrap(), 1);
    service.issue(&[]).exits(1).shows("発行 1件").shows("配信サーバーがこの登録を知りません");
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    // What the issuer advises works.
    let run =
        service.issuer(&["withdraw", "--patient", PATIENT, "--enrolment", &first, "--staff", "N9", "--yes"]).exits(0);
    assert!(run.out.contains("east: 残っていません"), "{}{}", run.out, run.err);
    service.issue(&[]).exits(0).shows("変更なし 1件");
}
