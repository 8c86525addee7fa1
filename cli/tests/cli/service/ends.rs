//! Enrolments end: withdrawn, with a proxy's last day, again after they were forgotten.

use super::{BORN, service};
use crate::support::{PATIENT, demo, text};
use mykarte_issuer::admission::Receiver;
use mykarte_issuer::model::End;

#[test]
fn a_withdrawal_leaves_nothing_and_says_so_of_every_place() {
    let service = service(&demo());
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    service.phone(&["fetch", "--yes"]).exits(0);
    service.issuer(&["withdraw", "--patient", PATIENT, "--staff", "N9"]).exits(1).shows("--yes を付けてください");
    let run = service.issuer(&["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"]).exits(0);
    for place in ["publisher: 残っていません", "east: 残っていません", "west: 残っていません"] {
        assert!(run.out.contains(place), "{place} in {}", run.out);
    }
    service.phone(&["fetch"]).exits(1).shows("この登録は終わっています");
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 0件"), "{}", run.out);
    service.phone(&["show"]).exits(0).shows("見本 花子");
    service.issuer(&["list"]).exits(0).shows("撤回");
}

/// The publisher was away when it was withdrawn: the next run tells it, and only then says that nothing is left.
#[test]
fn a_withdrawal_is_finished_when_the_publisher_is_back() {
    let mut service = service(&demo());
    let (_, number) = service.ticket();
    service.stop();
    let withdraw = ["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"];
    service.issuer(&withdraw).exits(1).shows("発行は止まっています");
    service.start();
    service.issuer(&withdraw).exits(0);
    let picture = service.place.path(&format!("sheets/ticket-{number}.png"));
    let run = service.phone(&["enrol", "--ticket", text(&picture), "--birth-date", BORN]).exits(1);
    assert!(run.err.contains("取り消"), "{}", run.err);
}

/// The last day of a proxy counts; the run of the day after ends that enrolment and no other, and every place is empty of it.
#[test]
fn a_proxy_ends_on_the_day_after_the_last_one() {
    let service = service(&demo());
    let today = mykarte::now().at.date();
    service.enrol();
    service.enrol_as("mother", &["--proxy", "母", "--until", &today.to_string()]);
    service.issue(&[]).exits(0).shows("発行 2件").shows("代理の期限で終了 0件");
    service.phone_of("mother", &["fetch", "--yes"]).exits(0);
    assert_eq!(service.packages("east"), 2);
    let list = service.issuer(&["list"]).exits(0).shows("期限が近い").shows("代理の期限が60日以内に来る登録が 1件");
    assert!(list.out.contains("代理（母）") && list.out.contains("本人"), "{}", list.out);

    let (number, _) = service.listed().into_iter().find(|(_, line)| line.contains('母')).unwrap();
    service.remember(&number, |enrolled| match &mut enrolled.admission.receiver {
        Receiver::Proxy { until, .. } => *until = today.pred_opt().unwrap(),
        Receiver::Patient => unreachable!("the mother's"),
    });
    service.issue(&[]).exits(0).shows("発行 0件   変更なし 1件").shows("代理の期限で終了 1件");
    assert_eq!((service.packages("east"), service.packages("west")), (1, 1));
    service.phone_of("mother", &["fetch"]).exits(1).shows("この登録は終わっています");
    service.phone_of("mother", &["show"]).exits(0).shows("見本 花子");
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    service.issue(&[]).exits(0).shows("代理の期限で終了 0件");
    let lines = service.listed();
    assert!(lines.iter().any(|(of, line)| *of == number && line.contains("代理の期限で終了")), "{lines:?}");
    service.issuer(&["audit", "verify"]).exits(0);
}

/// A lost phone: its enrolment ends, the patient's other one goes on.
#[test]
fn one_enrolment_alone_is_withdrawn() {
    let service = service(&demo());
    service.enrol_as("lost", &[]);
    let lost = service.listed()[0].0.clone();
    service.enrol();
    service.issue(&[]).exits(0).shows("発行 2件");
    let withdraw = |number: &str| {
        let args = ["withdraw", "--patient", PATIENT, "--enrolment", number, "--staff", "N9", "--yes"];
        service.issuer(&args)
    };
    service.issuer(&["withdraw", "--enrolment", &lost, "--staff", "N9"]).exits(2);
    withdraw("00000000").exits(1).shows("list --patient で見て");
    withdraw(&lost[..4]).exits(1).shows("8けた以上");
    let run = withdraw(&lost).exits(0).shows("どこにも残っていない");
    assert!(run.out.contains(&format!("登録 {lost}")) && run.out.matches("east: 残っていません").count() == 1);
    service.phone_of("lost", &["fetch"]).exits(1).shows("この登録は終わっています");
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");
    assert_eq!(service.packages("east"), 1);
    service.issue(&[]).exits(0).shows("変更なし 1件");
}

/// What ended here, and what a publisher that was restored has again: the next run ends it there.
#[test]
fn an_end_that_the_publisher_forgot_is_told_again() {
    let service = service(&demo());
    service.enrol();
    service.issue(&[]).exits(0);
    let (number, _) = service.listed().remove(0);
    service.remember(&number, |enrolled| enrolled.end = Some(End::Withdrawn));
    service.issue(&[]).exits(0).shows("発行 0件   変更なし 0件");
    assert_eq!(service.packages("east"), 0);
    service.phone(&["fetch"]).exits(1).shows("この登録は終わっています");
}

/// The publisher's database is brought back from before a withdrawal: the next run ends there what has ended since.
#[test]
fn a_restored_publisher_revives_nobody() {
    let mut service = service(&demo());
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    let (state, backup) = (service.place.path("outside/state.sqlite"), service.place.path("publisher.backup"));
    mykarte_state::back_up(&state, &backup).unwrap();
    service.issuer(&["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"]).exits(0);
    service.restore_publisher(&backup);
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 0件") && run.err.contains("登録 1件が続いていた"), "{}{}", run.out, run.err);
    service.phone(&["fetch"]).exits(1).shows("この登録は終わっています");
    service.issuer(&["list"]).exits(0).shows("撤回");
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(!run.err.contains("続いていた"), "once: {}", run.err);
}

/// So it is with a ticket that was taken back.
#[test]
fn a_restored_publisher_takes_no_cancelled_ticket() {
    let mut service = service(&demo());
    let (picture, number) = service.ticket();
    let (state, backup) = (service.place.path("outside/state.sqlite"), service.place.path("publisher.backup"));
    mykarte_state::back_up(&state, &backup).unwrap();
    service.issuer(&["cancel", "--ticket", &number, "--staff", "N9"]).exits(0);
    service.issue(&[]).exits(0);
    service.restore_publisher(&backup);
    let run = service.issue(&[]).exits(0).shows("取り消したはずの登録票 1枚");
    assert!(run.out.contains("発行 0件"), "{}", run.out);
    let run = service.phone(&["enrol", "--ticket", text(&picture), "--birth-date", BORN]).exits(1);
    assert!(run.err.contains("取り消"), "{}", run.err);
    let run = service.issue(&[]).exits(0);
    assert!(!run.err.contains("登録票"), "once: {}", run.err);
}

/// A ticket was printed, and nobody used it: there is nothing of which every place could be empty.
#[test]
fn a_withdrawal_of_nothing_is_no_proof() {
    let service = service(&demo());
    service.ticket();
    let run = service.issuer(&["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"]).exits(0);
    assert!(!run.out.contains("どこにも残っていない"), "{}", run.out);
    assert!(run.out.contains("登録はなく") && run.out.contains("登録票 1枚"), "{}", run.out);
}
