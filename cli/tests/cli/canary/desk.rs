//! A place where the program runs with every folder it may write to of its own: working folder, home, temporary files. What it says on
//! stderr is kept in a file there, as a log would.

use crate::support::{Run, command, text};
use mykarte_synth::{Encoding, Options, generate, generate_in_memory};
use mykarte_tests::canary::Needles;
use mykarte_tests::canary::keys::{self, Secrets};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use tempfile::TempDir;

pub struct Desk {
    dir: TempDir,
    pub storage: PathBuf,
    pub patient: String,
    pub hospital: String,
    pub markers: Needles,
    /// Keys, passcodes and codes so far: what was let go of must be gone, too.
    secrets: Vec<(String, Vec<u8>)>,
    runs: usize,
}

impl Desk {
    pub fn make() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        for name in ["own/work", "own/tmp", "own/home", "own/log"] {
            std::fs::create_dir_all(dir.path().join(name)).unwrap();
        }
        // Shift_JIS: what is copied as it stands is told from what was decoded.
        let options = Options::new(5).markers(true).encoding(Encoding::Cp932).ids(&["0091377520"]);
        let storage = dir.path().join("storage");
        let truth = generate(&options, &storage).unwrap();
        let (patient, hospital) = (truth.patients.into_keys().next().unwrap(), truth.facility);
        let markers = generate_in_memory(&options).markers;
        let unique = markers.iter().filter(|marker| marker.unique && marker.marker.len() >= 8);
        let markers = Needles::of_texts(unique.map(|marker| marker.marker.as_str()));
        Desk { dir, storage, patient, hospital, markers, secrets: Vec::new(), runs: 0 }
    }

    /// One of the program's own folders.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("own").join(name)
    }

    pub fn import(&self, vault: &str) -> Vec<String> {
        let args = ["import", text(&self.storage), "--patient", &self.patient, "--vault", vault, "--profile", "full"];
        let more = ["--report", "report.json", "--replace", STDIN];
        args.into_iter().chain(more).map(String::from).collect()
    }

    /// How many different markers the same search finds where they come from.
    pub fn markers_in_storage(&self) -> usize {
        let found = self.markers.found_in(&self.storage);
        found.values().flat_map(|found| found.keys()).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Runs the program and searches what it left.
    pub fn run(&mut self, args: &[impl AsRef<OsStr>], secrets: &[&str]) -> Run {
        self.work(args, secrets, true)
    }

    /// The same where stderr shows a recovery code: that is for paper.
    pub fn run_unlogged(&mut self, args: &[impl AsRef<OsStr>], secrets: &[&str]) -> Run {
        self.work(args, secrets, false)
    }

    fn work(&mut self, args: &[impl AsRef<OsStr>], secrets: &[&str], logged: bool) -> Run {
        let done = self.begin(args, secrets).wait_with_output().unwrap();
        let log = self.log();
        let err = std::fs::read_to_string(&log).unwrap();
        if !logged {
            std::fs::remove_file(log).unwrap();
        }
        let what: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        self.search(&format!("{what:?}"));
        Run { code: done.status.code(), out: String::from_utf8(done.stdout).unwrap(), err }
    }

    fn log(&self) -> PathBuf {
        self.path("log").join(self.runs.to_string())
    }

    /// Begins the program with lines of stdin. A core dump would be allowed here.
    pub fn begin(&mut self, args: &[impl AsRef<OsStr>], secrets: &[&str]) -> Child {
        self.runs += 1;
        let program = command(&[]);
        let mut command = std::process::Command::new("sh");
        command
            .args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\""])
            .arg(program.get_program())
            .args(args);
        let envs = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
        command.envs(envs).current_dir(self.path("work"));
        for name in ["TMPDIR", "TMP", "TEMP"] {
            command.env(name, self.path("tmp"));
        }
        for name in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"]
        {
            command.env(name, self.path("home"));
        }
        let log = File::create(self.log()).unwrap();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines: String = secrets.iter().map(|line| format!("{line}\n")).collect();
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        secrets.iter().for_each(|secret| self.remember("what was typed", secret.as_bytes()));
        child
    }

    pub fn opens(&self, vault: &str, passcode: &str) -> bool {
        keys::opens(&self.path("work").join(vault), passcode)
    }

    /// From now on every key of this vault is looked for, and that none of them is anywhere by now.
    pub fn learn(&mut self, vault: &str, passcode: &str, code: Option<&str>) {
        for (name, key) in
            keys::of_vault(&self.path("work").join(vault), Secrets { passcode, recovery: code, installation: &[] })
        {
            self.remember(&name, &key);
        }
        if let Some(code) = code {
            self.remember("recovery code", code.as_bytes());
            self.remember("recovery code", &code.replace('-', "").as_bytes()[..26]);
        }
        self.search("keys");
    }

    /// From now on these bytes are looked for, too.
    pub fn remember(&mut self, name: &str, secret: &[u8]) {
        let secret = (name.to_owned(), secret.to_vec());
        if !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
    }

    /// Root key and signing keys.
    pub fn key_files(&self) -> [String; 2] {
        ["keys/root.mykarte-keys", "keys/issuer.mykarte-keys"].map(String::from)
    }

    /// Searches every byte on the disk that is not the hospital's storage.
    #[track_caller]
    pub fn search(&self, when: &str) {
        let own = self.dir.path().join("own");
        for (what, needles) in [("field", &self.markers), ("secret", &Needles::new(self.secrets.clone()))] {
            let found = needles.found_in(&own);
            assert!(found.is_empty(), "{when}: a {what} lies open on the disk: {found:?}");
        }
        // The report names files, whose names hold the patient's id, and stays in the hospital; nothing else knows it.
        let id = Needles::of_texts([self.patient.as_str()]).found_in(&own);
        let stray: Vec<&PathBuf> = id.keys().filter(|path| !is_report(path)).collect();
        assert!(stray.is_empty(), "{when}: the patient's id lies open in {stray:?}");
    }
}

const STDIN: &str = super::STDIN;

/// The report, or a draft of it.
fn is_report(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().trim_start_matches('.').starts_with("report.json"))
}
