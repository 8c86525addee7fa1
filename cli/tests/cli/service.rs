//! Issuer inside, publisher outside, phone: the programs together, as a hospital runs them.

use crate::hospital::{Place, SIGNING, lines, place};
use crate::support::{PASSCODE, PATIENT, Run, copy_of_demo, demo, patient_folder, run_with, text};
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::admission::Receiver;
use mykarte_issuer::model::{End, Enrolled};
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
        let ready = self.runtime.block_on(start::look(&file, false)).unwrap();
        self.stop = ready.stopper();
        self.served = Some(self.runtime.spawn(async { ready.serve().await.unwrap() }));
    }

    pub fn issuer(&self, args: &[&str]) -> Run {
        let settings = self.place.path("issuer.toml");
        issuer_with(&[args, &["--settings", text(&settings), "--dangerous-single-host"]].concat(), &lines(&[SIGNING]))
    }

    pub fn print(&self, more: &[&str]) -> Run {
        let out = self.place.path("");
        let args = ["enrol", "--patient", PATIENT, "--staff", "N1234", "--identity-check", "my-number-card"];
        let rest = ["--consent", "2026-04", "--out", text(&out), "--no-wait"];
        self.issuer(&[&args[..], &rest, more].concat())
    }

    fn phone(&self, args: &[&str]) -> Run {
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
    fn ticket(&self) -> (PathBuf, String) {
        self.ticket_with(&[])
    }

    fn ticket_with(&self, more: &[&str]) -> (PathBuf, String) {
        let run = self.print(more).exits(0);
        let number = run.out.lines().find_map(|line| line.strip_prefix("登録票番号: ")).unwrap().to_owned();
        (self.place.path(&format!("ticket-{number}.png")), number)
    }

    /// A phone at the counter, from paper to confirmed.
    fn enrol(&self) {
        self.enrol_as("online", &[]);
    }

    fn enrol_as(&self, whose: &str, more: &[&str]) {
        let (picture, number) = self.ticket_with(more);
        std::thread::scope(|scope| {
            let enrol = ["enrol", "--ticket", text(&picture), "--birth-date", BORN];
            let phone = scope.spawn(move || self.phone_of(whose, &enrol));
            let mut confirmed = None;
            // Staff confirm the digits that the patient reads out; a first look lets the phone show them.
            while confirmed.is_none() {
                std::thread::sleep(std::time::Duration::from_millis(300));
                let seen = self.issuer(&["confirm", "--ticket", &number, "--staff", "N1234"]);
                let digits =
                    seen.out.lines().find_map(|line| line.strip_prefix("確認番号: ").map(|d| d.replace(' ', "")));
                confirmed = digits.map(|digits| {
                    let confirm = ["confirm", "--ticket", &number, "--staff", "N1234", "--digits", &digits];
                    self.issuer(&confirm).exits(0).shows("登録しました")
                });
            }
            phone.join().unwrap().exits(0);
        });
    }
}

#[test]
fn a_hospital_enrols_issues_and_the_phone_fetches() {
    let service = service(&demo());
    service.issuer(&["check"]).exits(0).shows("すべて使えます");
    service.enrol();
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 1件   変更なし 0件"), "{}", run.out);
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました（第1世代）");
    // The same as a direct import under the same profile.
    let direct = service.place.path("direct");
    crate::support::import(&demo(), &direct, &[]).exits(0);
    let counts = |run: Run| -> Vec<String> {
        let counted =
            run.out.lines().filter(|line| line.starts_with("  ") && line.ends_with(|c: char| c.is_ascii_digit()));
        counted.map(str::to_owned).collect()
    };
    let imported = counts(crate::support::show_in(&direct, &[]).exits(0));
    assert_eq!(counts(service.phone(&["show"]).exits(0)), imported);
    assert!(imported.len() == 8, "{imported:?}");
    service.phone(&["show"]).exits(0).shows("署名          確認済み（見本病院");
    // Nothing new: nothing is issued, and nothing is fetched twice.
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 0件   変更なし 1件"), "a new key of the device alone is no reason: {}", run.out);
    let unchanged = service.phone(&["fetch", "--yes"]).exits(0);
    assert!(!unchanged.out.contains("第2世代"), "{}", unchanged.out);
    // A new signing key: what the old one signed holds, and what is issued now is signed anew.
    service.place.new_signing().exits(0);
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 1件"), "{}", run.out);
    service.phone(&["fetch", "--yes"]).exits(0).shows("第2世代");
    service.issuer(&["list"]).exits(0).shows(PATIENT).shows("発行中");
    service.issuer(&["audit", "verify"]).exits(0).shows("末尾が切り取られていないかは");
}

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

/// Nothing is promised to anybody without the words that the counter has to know.
#[test]
fn without_them_there_is_no_ticket() {
    let service = service(&demo());
    let wrong: [&[&str]; 4] = [
        &["enrol", "--patient", PATIENT, "--staff", "N1", "--identity-check", "passport"],
        &["enrol", "--patient", PATIENT, "--staff", "N1", "--consent", "1"],
        &["enrol", "--patient", PATIENT, "--identity-check", "passport", "--consent", "1"],
        &["enrol", "--patient", PATIENT, "--staff", "N1", "--identity-check", "face", "--consent", "1"],
    ];
    for args in wrong {
        service.issuer(args).exits(2);
    }
    service.print(&["--proxy", "母"]).exits(2);
    service.print(&["--proxy", "母", "--until", "2020-01-01"]).exits(1).shows("代理の期限");
    service
        .issuer(&[
            "enrol",
            "--patient",
            "404",
            "--staff",
            "N1",
            "--identity-check",
            "passport",
            "--consent",
            "1",
            "--no-wait",
        ])
        .exits(1)
        .shows("患者 404 のフォルダがありません");
    service.issuer(&["list"]).exits(1).shows("登録がありません");
    let names = crate::support::names(&service.place.path(""));
    assert!(names.iter().all(|name| !name.starts_with("ticket-")), "{names:?}");
}

/// In the storage the id has become somebody else's: nothing is issued, and the phone keeps what it has.
#[test]
fn another_birth_date_in_the_storage_issues_nothing() {
    let storage = copy_of_demo();
    let service = service(storage.path());
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    service.phone(&["fetch", "--yes"]).exits(0);
    crate::packages::for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(8).position(|window| window == b"19550311") {
            bytes[at + 7] = b'2';
        }
    });
    service.issuer(&["issue", "--passcode-stdin"]).exits(1).shows("生年月日が登録のときと違います");
    service.phone(&["fetch"]).exits(0);
    service.phone(&["show"]).exits(0).shows("1955-03-11");
}

/// Clinical rule 2 outranks a profile: that patients do not see the birth date does not switch the check off.
#[test]
fn a_hidden_birth_date_is_compared_all_the_same() {
    let (storage, dir) = (copy_of_demo(), tempfile::tempdir().unwrap());
    let profile = dir.path().join("profile.json");
    crate::support::run_with(&["profile", "new", text(&profile), "--from", "full"], "").exits(0);
    let json = std::fs::read_to_string(&profile).unwrap();
    let hidden = json.replace("\"birth_date\": true", "\"birth_date\": false");
    assert_ne!(hidden, json);
    std::fs::write(&profile, hidden).unwrap();
    let service = service_with(storage.path(), text(&profile));
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    crate::packages::for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(8).position(|window| window == b"19550311") {
            bytes[at + 7] = b'2';
        }
    });
    service.issuer(&["issue", "--passcode-stdin"]).exits(1).shows("生年月日が登録のときと違います");
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
    let picture = service.place.path(&format!("ticket-{number}.png"));
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

/// At the counter for one patient; and again for a copy that lost what it had.
#[test]
fn one_patient_is_issued_at_once_and_a_lost_copy_is_filled() {
    let service = service(&demo());
    service.enrol();
    service.issue(&["--patient", "404"]).exits(1).shows("登録がありません");
    service.issue(&["--patient", PATIENT]).exits(0).shows("発行 1件");
    service.issue(&["--patient", PATIENT]).exits(0).shows("変更なし 1件");
    service.phone(&["fetch", "--yes"]).exits(0).shows("第1世代");
    std::fs::remove_dir_all(service.place.path("outside/east")).unwrap();
    service.issue(&[]).exits(0).shows("変更なし 1件");
    assert_eq!(service.packages("east"), 0);
    service.issue(&["--again"]).exits(0).shows("発行 1件");
    assert_eq!((service.packages("east"), service.packages("west")), (1, 1));
    service.phone(&["fetch", "--yes"]).exits(0).shows("第2世代");
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

/// The guide's restore, step by step: numbers go on in a higher epoch, and whoever enrolled after the backup is named.
#[test]
fn a_hospital_is_restored_from_its_backup() {
    let service = service(&demo());
    service.enrol();
    service.issue(&[]).exits(0);
    let (here, out) = (service.place.path(""), service.place.path("backups/1"));
    service.issuer(&["backup", "--out", text(&out)]).exits(0).shows("バックアップしました");
    service.issuer(&["backup", "--out", text(&out)]).exits(1).shows("同じ名前のものがあります");
    let names = crate::support::names(&out);
    for name in ["issuer.toml", "link.token", "issuer.sqlite", "issuer.mykarte-keys", "hospital.mykarte-list"] {
        assert!(names.iter().any(|there| there == name), "{name} in {names:?}");
    }
    service.enrol_as("later", &[]);
    service.issue(&["--again"]).exits(0).shows("発行 2件");
    for phone in ["online", "later"] {
        service.phone_of(phone, &["fetch", "--yes"]).exits(0).shows("受け取りました");
    }

    for name in crate::support::names(&here).iter().filter(|name| name.starts_with("issuer.sqlite")) {
        std::fs::remove_file(here.join(name)).unwrap();
    }
    for name in ["issuer.sqlite", "issuer.toml", "link.token"] {
        std::fs::copy(out.join(name), here.join(name)).unwrap();
    }
    for name in ["issuer.mykarte-keys", "hospital.mykarte-list"] {
        std::fs::copy(out.join(name), here.join("keys").join(name)).unwrap();
    }
    // Who forgets the epoch uses numbers again, which phones refuse.
    service.issue(&["--again"]).exits(1);
    service.phone(&["fetch", "--yes"]).exits(1);
    service.place.keys(&["new-epoch"], &[crate::hospital::ROOT]).exits(0);
    let publisher = mykarte_state::open(text(&service.place.path("outside/state.sqlite"))).unwrap();
    mykarte_state::kept::begin_anew(publisher.as_ref()).unwrap();
    let run = service.issue(&[]).exits(1).shows("台帳にない登録が配信サーバーに 1件");
    assert!(run.out.contains("発行 1件"), "{}", run.out);
    service.phone(&["fetch", "--yes"]).exits(0).shows("受け取りました");

    let withdraw = ["withdraw", "--unknown", "--staff", "N9", "--yes"];
    service.issuer(&withdraw).exits(0).shows("east: 残っていません").shows("どこにも残っていない");
    service.issuer(&withdraw).exits(0).shows("台帳にない登録は、配信サーバーにありません");
    service.phone_of("later", &["fetch"]).exits(1).shows("この登録は終わっています");
    service.issue(&[]).exits(0);
    service.issuer(&["audit", "verify"]).exits(0);
}

/// While it serves `check` finds nothing wrong; another program on its port is said.
#[test]
fn a_publisher_is_checked_while_it_serves() {
    let mut service = service(&demo());
    let file = service.place.path("outside/publisher.toml");
    let check = |service: &Service| service.runtime.block_on(start::check(&file, false));
    assert!(check(&service).unwrap(), "it is serving");
    assert!(matches!(service.runtime.block_on(start::look(&file, false)), Err(start::StartError::Serving)));
    service.stop();
    assert!(!check(&service).unwrap());
    let settings = std::fs::read_to_string(&file).unwrap();
    let address = settings.lines().next().unwrap().split('"').nth(1).unwrap();
    let _other = std::net::TcpListener::bind(address).unwrap();
    assert!(matches!(check(&service), Err(start::StartError::Listen { .. })));
}

/// Both sides of the link get another token, and the old one is worth nothing.
#[test]
fn the_links_token_is_renewed_on_both_sides() {
    let mut service = service(&demo());
    let renew = ["link", "new-token", "--staff", "N9"];
    service.issuer(&renew).exits(1).shows("--yes を付けてください");
    service.issuer(&["check"]).exits(0);
    std::fs::remove_file(service.place.path("link.token")).unwrap();
    let run = service.issuer(&[&renew[..], &["--yes"]].concat()).exits(0);
    let line = run.out.lines().find(|line| line.starts_with("link_token_hash")).unwrap().to_owned();
    service.issuer(&["check"]).exits(1).shows("合言葉を認めません");
    let file = service.place.path("outside/publisher.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let change = |old: &str| if old.starts_with("link_token_hash") { line.clone() } else { old.to_owned() };
    std::fs::write(&file, settings.lines().map(change).collect::<Vec<_>>().join("\n")).unwrap();
    service.restart();
    service.issuer(&["check"]).exits(0);
}

/// The publisher's database is brought back from before a withdrawal: the next run ends there what has ended since.
#[test]
fn a_restored_publisher_revives_nobody() {
    let mut service = service(&demo());
    service.enrol();
    service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    service.stop();
    let state = service.place.path("outside/state.sqlite");
    let backup = std::fs::read(&state).unwrap();
    service.start();
    service.issuer(&["withdraw", "--patient", PATIENT, "--staff", "N9", "--yes"]).exits(0);
    service.stop();
    std::fs::write(&state, backup).unwrap();
    service.start();
    let kept = service.place.path("publisher-old.heads");
    service.issuer(&["audit", "heads", "--out", text(&kept), "--begin-anew"]).exits(0);
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(run.out.contains("発行 0件") && run.err.contains("登録 1件が続いていた"), "{}{}", run.out, run.err);
    service.phone(&["fetch"]).exits(1).shows("この登録は終わっています");
    service.issuer(&["list"]).exits(0).shows("撤回");
    let run = service.issuer(&["issue", "--passcode-stdin"]).exits(0);
    assert!(!run.err.contains("続いていた"), "once: {}", run.err);
}

/// What would stand on every ticket, and what others may read, is refused before anything is done with it.
#[test]
fn an_address_that_hides_something_and_a_token_that_others_read_are_refused() {
    let place = place();
    let (settings, keys, storage) = (place.path("issuer.toml"), place.path("keys"), demo());
    for address in ["https://me@karte.example.jp", "https://karte.example.jp/?a=1", "https://karte.example.jp/#a"] {
        let init = ["init", "--settings", text(&settings), "--publisher", address, "--storage", text(&storage)];
        let rest = ["--keys", text(&keys), "--profile", "full"];
        issuer_with(&[&init[..], &rest].concat(), "").exits(1).shows("利用者名");
        assert!(!settings.exists());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let service = service(&demo());
        let token = service.place.path("link.token");
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o640)).unwrap();
        service.issuer(&["check"]).exits(1).shows("chmod 600");
    }
}

/// Killed anywhere between number, record, package and publisher: the next run finishes, no number is used twice, the chain
/// holds, and the phone goes on. `./x evidence` asks for 200.
#[test]
fn an_issuer_that_is_killed_goes_on_where_it_was() {
    let rounds: u32 = std::env::var("MYKARTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let storage = copy_of_demo();
    let service = service(storage.path());
    service.enrol();
    let settings = service.place.path("issuer.toml");
    let args = ["issue", "--passcode-stdin", "--settings", text(&settings), "--dangerous-single-host"];
    let mut generation = 0;
    for round in 0..rounds {
        // Something new every time.
        let file = patient_folder(storage.path()).join(format!("20260311/{round}"));
        std::fs::write(file, b"a file that is none").unwrap();
        let mut child = issuer_begins(&args, &lines(&[SIGNING]));
        std::thread::sleep(std::time::Duration::from_millis(u64::from(40 + round * 83 % 500)));
        let _ = child.kill();
        child.wait().unwrap();
        service.issuer(&["issue", "--passcode-stdin"]).exits(0);
        service.issuer(&["audit", "verify"]).exits(0);
        let fetched = service.phone(&["fetch", "--yes"]).exits(0);
        generation += u32::from(fetched.out.contains("受け取りました"));
    }
    assert!(generation > 0 && generation <= rounds);
    service.phone(&["show"]).exits(0).shows("署名          確認済み");
}
