//! What is left in memory when a vault is locked: the process is searched for the keys, what opened it, and 200 and more
//! texts of the record, with the same search before the lock to show that it finds them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may stop, and shows what it measured")]

use mykarte::vault::{KdfParams, RecoveryCode, Vault};
use mykarte::{StoreOptions, store_record};
use mykarte_synth::{Options, generate, generate_in_memory};
use mykarte_tests::canary::keys::Secrets;
use mykarte_tests::canary::{Needles, keys, memory};
use mykarte_tests::hospital::watched;
use mykarte_tests::{import, request, skipped};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use tempfile::TempDir;

const PASSCODE: &str = "ふたりで決めた長い合言葉";

/// A storage full of markers, and a vault into which it was imported.
struct Marked {
    dir: TempDir,
    patient: String,
    code: String,
    markers: Needles,
}

/// What was found: how many secrets by name, and how many different markers by region.
#[derive(Debug, Default)]
struct Seen {
    secrets: Vec<String>,
    markers: BTreeMap<String, usize>,
}

impl Marked {
    fn make() -> Marked {
        let dir = tempfile::tempdir().unwrap();
        let options = Options::new(3).markers(true);
        let truth = generate(&options, &dir.path().join("storage")).unwrap();
        let markers = generate_in_memory(&options).markers;
        let patient = truth.patients.into_keys().next().unwrap();
        let mut vault = Vault::create(dir.path().join("vault"), &passcode(), KdfParams::default()).unwrap();
        let imported = import(&request(&[&dir.path().join("storage")], &patient)).unwrap();
        let options = StoreOptions { replace: false, threads: 2 };
        watched(|watch| store_record(&mut vault, imported, options, watch)).unwrap();
        let code = RecoveryCode::make().unwrap();
        vault.set_recovery_code(&code).unwrap();
        let texts = markers.iter().filter(|marker| marker.unique && marker.marker.len() >= 8);
        let markers = Needles::of_texts(texts.map(|marker| marker.marker.as_str()));
        Marked { patient, markers, code: code.dangerous_text().to_string(), dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What opens it, as typed and as it goes into a key, and every key.
    fn secrets(&self, vault: &str) -> Needles {
        let mut secrets = keys::of_vault(
            &self.path(vault),
            Secrets { passcode: PASSCODE, recovery: Some(&self.code), installation: &[] },
        );
        secrets.push(("passcode".into(), PASSCODE.into()));
        secrets.push(("recovery code".into(), self.code.clone().into()));
        secrets.push(("recovery code".into(), self.code.replace('-', "").as_bytes()[..26].into()));
        Needles::new(secrets)
    }

    /// `None` where the system lets nobody read the memory of what he started.
    fn look(&self, app: &App, secrets: &Needles) -> Option<Seen> {
        let mut seen = Seen::default();
        for region in memory::regions(app.child.id()).ok()? {
            seen.secrets
                .extend(secrets.found(&region.bytes).into_keys().map(|name| format!("{name} in {}", region.name)));
            let markers = self.markers.found(&region.bytes).len();
            if markers > 0 {
                *seen.markers.entry(region.name).or_default() += markers;
            }
        }
        Some(seen)
    }
}

fn passcode() -> mykarte::vault::Passcode {
    mykarte::vault::Passcode::new(PASSCODE.as_bytes()).unwrap()
}

/// The program that opens and locks.
struct App {
    child: Child,
    steps: ChildStdin,
    says: BufReader<std::process::ChildStdout>,
}

impl App {
    fn begin(args: &[&str], secret: &str) -> App {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mykarte-locks"));
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (steps, says) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut app = App { child, steps, says };
        app.send(secret);
        app
    }

    fn send(&mut self, line: &str) {
        self.steps.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn waits_at(&mut self, place: &str) {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), place);
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn after_the_lock_memory_holds_nothing_that_opens_a_vault() {
    let marked = Marked::make();
    let path = |name| marked.path(name).to_str().unwrap().to_owned();
    let (vault, new, storage) = (path("vault"), path("new"), path("storage"));
    let ways = [
        (&["passcode", &vault][..], PASSCODE, "passcode"),
        (&["recovery", &vault], &marked.code, "recovery code"),
        (&["import", &new, &storage, &marked.patient], PASSCODE, "passcode"),
    ];
    for (args, secret, typed) in ways {
        let mut app = App::begin(args, secret);
        app.waits_at("open");
        let secrets = marked.secrets(if args[0] == "import" { "new" } else { "vault" });
        let Some(open) = marked.look(&app, &secrets) else {
            assert!(std::env::var_os("CI").is_none(), "this system lets nobody read a process's memory");
            return skipped("SKIPPED: this system lets nobody read a process's memory");
        };
        for known in [typed, "data key"] {
            assert!(open.secrets.iter().any(|name| name.starts_with(known)), "the search finds the {known}");
        }
        let read: usize = open.markers.values().sum();
        assert!(read >= 200, "the search finds the record: {read} markers");
        app.send("");
        app.waits_at("locked");
        let mut locked = marked.look(&app, &secrets).unwrap();
        println!("{}: open {open:?}\n  locked {locked:?}", args[0]);
        assert_eq!(locked.secrets, [""; 0], "{}", args[0]);
        // zstd frees its workspaces as they are, with ends of what was compressed: C memory, shown above, not promised.
        let of_zstd = if args[0] == "import" { locked.markers.remove("anonymous").unwrap_or(0) } else { 0 };
        assert!(of_zstd <= 16, "more than an end: {of_zstd}");
        assert_eq!(locked.markers, BTreeMap::new(), "{}", args[0]);
    }
}
