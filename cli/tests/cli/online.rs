//! From the sheet at the counter to the record, over a socket.

use crate::server::{Server, serve};
use crate::support::{PASSCODE, Run, command, run_with, text};
use mykarte::vault::package::EnrolmentId;
use mykarte_tests::hospital::Hospital;
use mykarte_tests::phone::{files, imported};
use mykarte_tests::publisher::{BORN, Publisher};
use qrcodegen::{QrCode, QrCodeEcc};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A hospital with a server, a ticket, and a phone that has nothing yet.
struct Counter {
    dir: TempDir,
    hospital: Hospital,
    server: Server,
    ticket: String,
}

impl Counter {
    fn make(with_tls: bool) -> Counter {
        let dir = tempfile::tempdir().unwrap();
        let hospital = Hospital::of_storage(dir.path());
        let server = serve(Publisher::of(&hospital.list), with_tls);
        let ticket = server.publisher.ticket_at(&hospital.list, &server.address);
        Counter { dir, hospital, server, ticket }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn phone(&self, args: &[&str]) -> Run {
        run_with(&[args, &["--vault", text(&self.path("phone")), "--passcode-stdin"]].concat(), PASSCODE)
    }

    /// Staff look as soon as there is a request, and confirm a little later.
    fn confirm_soon(&self) -> std::thread::JoinHandle<String> {
        let (publisher, ticket) = (std::sync::Arc::clone(&self.server.publisher), self.ticket.clone());
        std::thread::spawn(move || {
            let digits = loop {
                match publisher.look(&ticket) {
                    Some(digits) => break digits,
                    None => std::thread::sleep(Duration::from_millis(50)),
                }
            };
            std::thread::sleep(Duration::from_millis(4500));
            publisher.confirm(&ticket);
            digits
        })
    }

    /// The phone enrols; returns its enrolment.
    fn enrol(&self, more: &[&str]) -> (Run, EnrolmentId) {
        let staff = self.confirm_soon();
        let run = self.phone(&[&["enrol", "--ticket", &self.ticket, "--birth-date", "昭和32年3月8日"], more].concat());
        let run = run.exits(0);
        let digits = staff.join().unwrap();
        assert!(run.err.contains(&format!("確認番号: {} {}", &digits[..3], &digits[3..])), "{}", run.err);
        let listed = self.phone(&["enrol"]).exits(0);
        let id = listed.out.lines().nth(1).unwrap().split_whitespace().last().unwrap().to_owned();
        (run, EnrolmentId::parse(&id).unwrap())
    }

    fn issue(&mut self, id: EnrolmentId, from: usize) {
        let offer = self.server.publisher.offer(id);
        let package = self.hospital.issue(imported(&files()[..from]), &offer);
        self.server.publisher.put(id, package);
    }
}

#[test]
fn the_whole_way_with_tls() {
    let mut counter = Counter::make(true);
    let ca = counter.path("ca.pem");
    std::fs::write(&ca, counter.server.ca.clone().unwrap()).unwrap();
    let refused = counter.phone(&["enrol", "--ticket", &counter.ticket, "--birth-date", BORN]).exits(1);
    refused.says("証明書を信頼できません");
    assert!(!counter.path("phone").exists(), "nothing was sent, and nothing was made");

    let (run, id) = counter.enrol(&["--ca", text(&ca)]);
    assert!(
        run.out.contains("登録を申し込みました: 見本大学病院") && run.out.contains("登録は完了です"),
        "{}",
        run.out
    );
    counter.phone(&["enrol"]).exits(0).shows("https://localhost:");
    counter.phone(&["fetch", "--ca", text(&ca)]).exits(0).shows("まだ発行されていません");

    counter.issue(id, 2);
    let waits = counter.phone(&["fetch", "--ca", text(&ca)]).exits(1).says("--yes を付けてください");
    assert!(waits.out.contains("見本 花子"), "{}", waits.out);
    counter.phone(&["fetch", "--ca", text(&ca), "--yes"]).exits(0).shows("受け取りました（第1世代）");
    counter.phone(&["fetch", "--ca", text(&ca)]).exits(0).shows("新しい記録はありません");
    // In pieces: what came is not asked for again.
    counter.issue(id, 3);
    let mut cuts = 0;
    counter.server.publisher.twist(move |call, reply| {
        if call.is_download() && cuts < 3 {
            cuts += 1;
            reply.cut = Some(30_000);
        }
    });
    counter.phone(&["fetch", "--ca", text(&ca)]).exits(0).shows("受け取りました（第2世代）");
    counter.phone(&["fetch"]).exits(1).shows("証明書を信頼できません");

    counter.server.publisher.untwist();
    let run = counter.phone(&["enrol", "--end", &id.to_string(), "--yes", "--ca", text(&ca)]).exits(0);
    assert!(!run.err.contains("伝えられませんでした"), "{}", run.err);
    assert_eq!(counter.server.publisher.has_ended(id), Some(true));
    counter.phone(&["fetch"]).exits(1).says("配信サーバーから受け取る登録がありません");
    counter.phone(&["show"]).exits(0).shows("検査");
}

#[test]
fn a_picture_of_the_code_and_an_end_that_nobody_hears() {
    let counter = Counter::make(false);
    let picture = counter.path("ticket.png");
    draw(&counter.ticket, &picture);
    let staff = counter.confirm_soon();
    counter.phone(&["enrol", "--ticket", text(&picture), "--birth-date", "S32.3.8"]).exits(0);
    staff.join().unwrap();
    let listed = counter.phone(&["enrol", "--lang", "en"]).exits(0).shows("publisher");
    let id = listed.out.lines().nth(1).unwrap().split_whitespace().last().unwrap().to_owned();
    counter.server.publisher.twist(|_, reply| reply.lost = Some(mykarte::download::HttpError::Broken));
    counter.phone(&["enrol", "--end", &id[..8], "--yes"]).exits(0).shows("伝えられませんでした");
    counter.server.publisher.untwist();
    counter.phone(&["fetch"]).exits(1).says("配信サーバーから受け取る登録がありません");
    assert_eq!(counter.server.publisher.has_ended(EnrolmentId::parse(&id).unwrap()), Some(true));

    for (name, bytes, says) in [
        ("no.png", &b"\x89PNG\r\n\x1a\nrest"[..], "QR コードを読み取れません"),
        ("other.txt", b"MYKARTE1:AAAA", "登録票として読めません"),
    ] {
        let path = counter.path(name);
        std::fs::write(&path, bytes).unwrap();
        counter.phone(&["enrol", "--ticket", text(&path), "--birth-date", BORN]).exits(1).says(says);
    }
    counter
        .phone(&["enrol", "--ticket", "MYKARTE1:AAAA", "--birth-date", BORN])
        .exits(1)
        .says("登録票として読めません");
    counter.phone(&["enrol", "--ticket", &counter.ticket, "--birth-date", "32.3.8"]).exits(2);
    counter.phone(&["enrol", "--ticket", &counter.ticket]).exits(1).says("--birth-date を付けてください");
    counter.phone(&["enrol", "--birth-date", BORN]).exits(2);
}

#[test]
fn a_wrong_birth_date_is_said_and_leaves_no_enrolment() {
    let counter = Counter::make(false);
    let wrong = counter.phone(&["enrol", "--ticket", &counter.ticket, "--birth-date", "19570309"]).exits(1);
    wrong.says("あと9回試せます");
    counter.phone(&["enrol"]).exits(1).says("登録がありません");
    counter.phone(&["fetch"]).exits(1).says("登録がありません");
    assert_eq!(counter.server.publisher.wrong_dates(&counter.ticket), 1);
    let elsewhere = counter.server.publisher.ticket_at(&counter.hospital.list, "http://publisher.example.jp");
    counter.phone(&["enrol", "--ticket", &elsewhere, "--birth-date", BORN]).exits(1).says("https ではありません");
}

/// Whoever stops the waiting goes on with the same command.
#[cfg(unix)]
#[test]
fn stopped_at_the_counter_it_goes_on_with_the_same_command() {
    use std::io::Write;
    let counter = Counter::make(false);
    let vault = counter.path("phone");
    let args =
        ["enrol", "--ticket", &counter.ticket, "--birth-date", BORN, "--vault", text(&vault), "--passcode-stdin"];
    let mut child = command(&args).stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSCODE.as_bytes()).unwrap();
    while counter.server.publisher.look(&counter.ticket).is_none() {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8(done.stderr).unwrap().contains("続きから進めます"));
    counter.phone(&["enrol"]).exits(0).shows("窓口の確認待ち");
    let before = counter.server.publisher.calls().len();
    assert!(before > 0);
    let (run, _) = counter.enrol(&[]);
    assert!(run.out.contains("登録は完了です"), "{}", run.out);
    let asked = counter.server.publisher.calls();
    assert!(!asked.iter().any(|call| call.path == "/v1/enrolments"), "the request was answered before");
}

/// A code as a scanner saves it.
fn draw(text: &str, path: &Path) {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
    let (scale, border) = (6, 4);
    let side = (code.size() + 2 * border) * scale;
    let module = |at: i32| at / scale - border;
    let light = |x: i32, y: i32| if code.get_module(module(x), module(y)) { 0 } else { 255 };
    let pixels: Vec<u8> = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| light(x, y)).collect();
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
}
