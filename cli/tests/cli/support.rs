//! Running the program, and one vault made from the demo storage for all tests that only read.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

pub const PASSCODE: &str = "避難袋の奥にしまった古い鍵\n";
pub const PATIENT: &str = "0000311";

/// What a run left behind.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// Checks the exit code, showing what was printed when it differs.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// The recovery code that was shown; on stderr, and nowhere else.
    #[track_caller]
    pub fn code_on_stderr(&self) -> String {
        let is_code = |line: &&str| line.len() == 32 && line.matches('-').count() == 5;
        assert!(self.out.lines().all(|line| !is_code(&line)), "{}", self.out);
        let codes: Vec<&str> = self.err.lines().filter(is_code).collect();
        assert_eq!(codes.len(), 1, "{}", self.err);
        assert!(!self.out.contains(codes[0]));
        codes[0].to_string()
    }

    /// Checks that something is somewhere on the screen.
    #[track_caller]
    pub fn shows(self, text: &str) -> Run {
        let there = self.out.contains(text) || self.err.contains(text);
        assert!(there, "{text:?} is not in\n{}\n{}", self.out, self.err);
        self
    }

    /// Checks that stderr is one line that holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(self.err.contains(text), "{:?} is not in stderr: {}", text, self.err);
        assert_eq!(self.err.lines().count(), 1, "one line only: {}", self.err);
        self
    }
}

/// The program, without colour and with nothing of the surroundings.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mykarte"));
    for proxy in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy).env_remove(proxy.to_uppercase());
    }
    command.args(args).env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it with something on stdin.
pub fn run_with(args: &[&str], stdin: &str) -> Run {
    let mut child = command(args).stdin(Stdio::piped()).spawn().unwrap();
    // A program that refuses earlier does not read it.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
}

/// Runs it with the passcode on stdin where one is asked for.
pub fn run(args: &[&str]) -> Run {
    let asks = !matches!(args[0], "patients" | "inspect" | "demo" | "profile" | "verify");
    let mut args = args.to_vec();
    if asks {
        args.push("--passcode-stdin");
    }
    run_with(&args, if asks { PASSCODE } else { "" })
}

/// `import` with a storage, a patient and a vault; with the full profile where none is named, so that
/// nothing is said of it.
pub fn import(storage: &Path, vault: &Path, more: &[&str]) -> Run {
    let mut args = vec!["import", text(storage), "--patient", PATIENT, "--vault", text(vault)];
    args.extend(more);
    if !more.contains(&"--profile") {
        args.extend(["--profile", "full"]);
    }
    run(&args)
}

/// `show` on a vault of the demo's patient.
pub fn show(more: &[&str]) -> Run {
    show_in(&own_vault().path, more)
}

/// `show` on a vault.
pub fn show_in(vault: &Path, more: &[&str]) -> Run {
    let mut args = vec!["show", "--vault", text(vault)];
    args.extend(more);
    run(&args)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The storage of the demo.
pub fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/demo").canonicalize().unwrap()
}

/// The invented patient's folder in a storage.
pub fn patient_folder(storage: &Path) -> PathBuf {
    storage.join("1319999999/000/031").join(PATIENT)
}

/// A copy of the demo storage that a test may spoil.
pub fn copy_of_demo() -> TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.path().is_dir() { copy(&entry.path(), &target) } else { drop(std::fs::copy(entry.path(), target)) }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    copy(&demo(), dir.path());
    dir
}

/// A vault that holds the demo's patient; made once, and then only copied: one program at a time has a vault open, and
/// every unlocking counts in it.
pub fn vault() -> &'static Path {
    static VAULT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = VAULT.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("demo.mykarte-vault");
        import(&demo(), &path, &[]).exits(0);
        (dir, path)
    });
    path
}

/// A vault of one test.
pub struct Own {
    dir: TempDir,
    pub path: PathBuf,
}

impl Own {
    /// Another name beside it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs something on it with lines of stdin.
    pub fn run(&self, args: &[&str], lines: &[&str]) -> Run {
        on(&self.path, args, lines)
    }

    /// Makes a recovery code.
    pub fn make_code(&self) -> String {
        self.run(&["recovery-code", "new", "--passcode-stdin"], &[PASSCODE]).exits(0).code_on_stderr()
    }
}

/// A copy of the demo's vault.
pub fn own_vault() -> Own {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("own.vault");
    std::fs::copy(vault(), &path).unwrap();
    Own { dir, path }
}

/// Runs something on a vault with lines of stdin.
pub fn on(vault: &Path, args: &[&str], lines: &[&str]) -> Run {
    let stdin: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    run_with(&[args, &["--vault", text(vault)]].concat(), &stdin)
}

/// The state of a vault: whatever is written into it counts it on.
pub fn state(vault: &Path, by: &str, secret: &str) -> serde_json::Value {
    let told = on(vault, &["vault", "info", "--json", by], &[secret]).exits(0).out;
    serde_json::from_str::<serde_json::Value>(&told).unwrap()["anchor"].clone()
}

/// The names in a folder.
pub fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
