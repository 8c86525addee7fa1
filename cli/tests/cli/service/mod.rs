//! Issuer inside, publisher outside, phone: the programs together, as a hospital runs them.

mod counter;
mod damaged;
mod ends;
mod unknown;
mod upkeep;

use crate::hospital::{Place, SIGNING, lines, place};
use crate::support::{PASSCODE, PATIENT, Run, run_with, text};
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::model::Enrolled;
use mykarte_publisher::start;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BORN: &str = "1955-03-11";

/// A publisher that serves until it is dropped, and an issuer that was set up for it.
pub struct Service {
    pub place: Place,
    runtime: tokio::runtime::Runtime,
    stop: tokio::sync::watch::Sender<bool>,
    served: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the issuer's program.
fn issuer_begins(args: &[&str], stdin: &str) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mykarte-issuer"));
    command.args(args).env("NO_COLOR", "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), stdin.as_bytes());
    child
}

/// Runs it.
pub fn issuer_with(args: &[&str], stdin: &str) -> Run {
    let done = issuer_begins(args, stdin).wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
}

pub fn service(storage: &Path) -> Service {
    service_with(storage, "full")
}

fn service_with(storage: &Path, profile: &str) -> Service {
    let place = place();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (settings, keys) = (place.path("issuer.toml"), place.path("keys"));
    let address = format!("http://{free}");
    let init = ["init", "--settings", text(&settings), "--publisher", &address, "--storage", text(storage)];
    let more = ["--keys", text(&keys), "--profile", profile, "--contact", "医療情報部 内線 1234"];
    let run = issuer_with(&[&init[..], &more].concat(), "").exits(0);
    let hash = run.out.lines().find(|line| line.starts_with("link_token_hash")).unwrap().to_owned();
    let (folder, file) = (place.path("outside"), place.path("outside/publisher.toml"));
    std::fs::create_dir(&folder).unwrap();
    let copies = ["east", "west"]
        .map(|name| format!("[[copies]]\nname = \"{name}\"\nurl = \"file://{}\"\n", text(&folder.join(name))));
    let limits = "[limits]\ncalls = 100000\nenrolments = 1000\n";
    let all = format!(
        "listen = \"{free}\"\nstate = \"state.sqlite\"\n{hash}\nbehind_proxy = true\n{}{limits}",
        copies.concat()
    );
    std::fs::write(&file, all).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ready = runtime.block_on(start::look(&file, false)).unwrap();
    let stop = ready.stopper();
    let served = Some(runtime.spawn(async { ready.serve().await.unwrap() }));
    Service { place, runtime, stop, served }
}

impl Service {
    /// The publisher goes away.
    pub fn stop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(served) = self.served.take() {
            self.runtime.block_on(served).unwrap();
        }
    }

    /// And comes back.
    pub fn start(&mut self) {
        let file = self.place.path("outside/publisher.toml");
        // What went away with its runtime's tasks lets go of the database a moment later.
        let ready = (0..100).find_map(|_| {
            let looked = self.runtime.block_on(start::look(&file, false));
            if looked.is_err() {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            looked.ok()
        });
        let ready = ready.expect("it starts again");
        self.stop = ready.stopper();
        self.served = Some(self.runtime.spawn(async { ready.serve().await.unwrap() }));
    }

    pub fn issuer(&self, args: &[&str]) -> Run {
        let settings = self.place.path("issuer.toml");
        issuer_with(&[args, &["--settings", text(&settings), "--dangerous-single-host"]].concat(), &lines(&[SIGNING]))
    }

    /// A ticket, into a folder that is made for it.
    pub fn print(&self, more: &[&str]) -> Run {
        let out = self.place.path("sheets");
        let args = ["enrol", "--patient", PATIENT, "--staff", "N1234", "--identity-check", "my-number-card"];
        let rest = ["--consent", "2026-04", "--out", text(&out), "--no-wait"];
        self.issuer(&[&args[..], &rest, more].concat())
    }

    pub fn phone(&self, args: &[&str]) -> Run {
        self.phone_of("online", args)
    }

    /// Somebody's phone.
    fn phone_of(&self, whose: &str, args: &[&str]) -> Run {
        let vault = self.place.path(whose);
        run_with(&[args, &["--vault", text(&vault), "--passcode-stdin"]].concat(), PASSCODE)
    }

    fn issue(&self, more: &[&str]) -> Run {
        self.issuer(&[&["issue", "--passcode-stdin"], more].concat())
    }

    /// Starts it again, with the settings as they are by now.
    fn restart(&mut self) {
        self.stop();
        self.start();
    }

    /// The enrolments of the patient: number and the whole line, as `list` has them.
    fn listed(&self) -> Vec<(String, String)> {
        let run = self.issuer(&["list", "--patient", PATIENT]).exits(0);
        let line = |line: &str| (line.split_whitespace().nth(1).unwrap().to_owned(), line.to_owned());
        run.out.lines().map(line).collect()
    }

    /// Changes what the issuer remembers of the enrolment with this number.
    fn remember(&self, number: &str, change: impl Fn(&mut Enrolled)) {
        let state = mykarte_state::open(text(&self.place.path("issuer.sqlite"))).unwrap();
        let all = state.list(Enrolled::KIND, None, 100).unwrap();
        let (id, json) = all.into_iter().find(|(id, _)| id.starts_with(number)).unwrap();
        let mut enrolled: Enrolled = mykarte_state::read(Enrolled::KIND, &json).unwrap();
        change(&mut enrolled);
        let keys = [Enrolled::place(EnrolmentId::parse(&id).unwrap())];
        let put = state.change(&keys, |tx| -> Result<(), mykarte_state::StateError> {
            tx.put(keys[0].clone(), &enrolled);
            Ok(())
        });
        put.unwrap();
    }

    /// Changes the issuer's database past the program.
    fn in_issuer(&self, sql: &str) {
        rusqlite::Connection::open(self.place.path("issuer.sqlite")).unwrap().execute_batch(sql).unwrap();
    }

    /// Stops the publisher, brings its database back from a copy, and starts it; the issuer takes its chain for a new one.
    fn restore_publisher(&mut self, backup: &Path) {
        self.stop();
        // The last connection takes the log with it; of one that is still open it would be written into the older file.
        let log = self.place.path("outside/state.sqlite-wal");
        let begun = std::time::Instant::now();
        while log.exists() && begun.elapsed() < std::time::Duration::from_secs(30) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(!log.exists(), "the publisher has not closed its database");
        std::fs::copy(backup, self.place.path("outside/state.sqlite")).unwrap();
        self.start();
        let kept = self.place.path("publisher-old.heads");
        self.issuer(&["audit", "heads", "--out", text(&kept), "--begin-anew"]).exits(0);
    }

    /// Packages that a copy of the publisher has.
    fn packages(&self, copy: &str) -> usize {
        fn files(folder: &Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
            let count = |path: PathBuf| if path.is_dir() { files(&path) } else { 1 };
            entries.map(|entry| count(entry.unwrap().path())).sum()
        }
        files(&self.place.path("outside").join(copy))
    }

    /// The paper, as a picture, and its number.
    pub fn ticket(&self) -> (PathBuf, String) {
        self.ticket_with(&[])
    }

    fn ticket_with(&self, more: &[&str]) -> (PathBuf, String) {
        let run = self.print(more).exits(0);
        let number = run.out.lines().find_map(|line| line.strip_prefix("登録票番号: ")).unwrap().to_owned();
        (self.place.path(&format!("sheets/ticket-{number}.png")), number)
    }

    /// A phone at the counter, from paper to confirmed.
    fn enrol(&self) {
        self.enrol_as("online", &[]);
    }

    fn enrol_as(&self, whose: &str, more: &[&str]) {
        let (picture, number) = self.ticket_with(more);
        self.enrol_by(&picture, &number, whose);
    }

    /// A phone with this ticket.
    fn enrol_by(&self, picture: &Path, number: &str, whose: &str) {
        std::thread::scope(|scope| {
            let enrol = ["enrol", "--ticket", text(picture), "--birth-date", BORN];
            let phone = scope.spawn(move || self.phone_of(whose, &enrol));
            let mut confirmed = None;
            // Staff confirm the digits that the patient reads out; a first look lets the phone show them.
            while confirmed.is_none() {
                std::thread::sleep(std::time::Duration::from_millis(300));
                let seen = self.issuer(&["confirm", "--ticket", number, "--staff", "N1234"]);
                let digits =
                    seen.out.lines().find_map(|line| line.strip_prefix("確認番号: ").map(|d| d.replace(' ', "")));
                confirmed = digits.map(|digits| {
                    let confirm = ["confirm", "--ticket", number, "--staff", "N1234", "--digits", &digits];
                    self.issuer(&confirm).exits(0).shows("登録しました")
                });
            }
            phone.join().unwrap().exits(0);
        });
    }
}
