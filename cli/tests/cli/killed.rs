//! The program is killed (-9) at random moments: what it was to write is there or is not, and there if it said so; the next run
//! works, and nothing is left beside.

use crate::support::{PATIENT, Run, command, copy_of_demo, demo, names, on, patient_folder, run_with, text};
use mykarte::vault::{Passcode, Vault, VaultError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Round after round until so many were killed, or as many as `./x evidence` asks for; returns how many rounds it took. A
/// round says whether it was: a program that had ended before the signal came was not.
#[expect(clippy::print_stdout, reason = "the numbers of docs/evidence.md")]
pub fn kill_in_rounds(kills: u64, mut one: impl FnMut(u64) -> bool) -> u64 {
    let kills = std::env::var("MYKARTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(kills);
    let (mut killed, mut round) = (0, 0);
    while killed < kills {
        killed += u64::from(one(round));
        round += 1;
        assert!(round < 10 * kills, "{killed} of {round} were killed in time");
    }
    println!("{killed} of {round} were killed");
    round
}

const PASSCODES: [&str; 2] = ["避難袋の奥にしまった古い鍵", "あたらしい長いパスコード"];

/// All that a vault holds: the generation of its one record, and a hash of every entry.
type Content = (u64, Vec<u64>);

/// A vault over all rounds, and what it should hold.
struct Kept {
    dir: TempDir,
    /// Two storages of one patient, and the entries that each gives.
    storages: [(PathBuf, Vec<u64>); 2],
    passcode: usize,
    code: String,
    content: Content,
    _without: TempDir,
}

#[test]
fn killed_at_random_the_vault_is_as_before_or_after() {
    let mut kept = Kept::new();
    kill_in_rounds(20, |round| {
        let killed = match round % 5 {
            0 => first_import(&kept, round),
            1 => kept.import_again(round),
            2 => kept.change(&["passcode", "change", "--passcode-stdin"], round),
            3 => kept.new_code(round),
            _ => kept.change(&["rekey", "--passcode-stdin"], round),
        };
        assert_eq!(names(kept.dir.path()), ["r.json", "v"], "round {round}");
        on(&kept.path(), &["show", "--passcode-stdin"], &[PASSCODES[kept.passcode]]).exits(0).shows("見本 花子");
        killed
    });
}

impl Kept {
    fn new() -> Kept {
        let without = copy_of_demo();
        std::fs::remove_dir_all(patient_folder(without.path()).join("20251110/OML-11")).unwrap();
        let storages = [demo(), without.path().to_path_buf()].map(|storage| {
            let dir = tempfile::tempdir().unwrap();
            run_with(&import_args(&storage, dir.path()), &lines(&[PASSCODES[0]])).exits(0);
            let entries = content(&dir.path().join("v"), PASSCODES[0]).unwrap().1;
            (storage, entries)
        });
        assert_ne!(storages[0].1, storages[1].1);
        let dir = tempfile::tempdir().unwrap();
        run_with(&import_args(&storages[0].0, dir.path()), &lines(&[PASSCODES[0]])).exits(0);
        let vault = dir.path().join("v");
        let new_code = ["recovery-code", "new", "--passcode-stdin", "--vault", text(&vault)];
        let code = run_with(&new_code, &lines(&[PASSCODES[0]])).exits(0).code_on_stderr();
        let content = (1, storages[0].1.clone());
        Kept { dir, storages, passcode: 0, code, content, _without: without }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("v")
    }

    /// As all of these: whether the program was killed.
    fn import_again(&mut self, round: u64) -> bool {
        let (storage, entries) = &self.storages[(self.content.0 % 2) as usize];
        let (args, stdin) = (import_args(storage, self.dir.path()), lines(&[PASSCODES[self.passcode]]));
        let ended = kill(begin(&args, &stdin), self.dir.path(), round);
        let after = (self.content.0 + 1, entries.clone());
        let found = content(&self.path(), PASSCODES[self.passcode]).unwrap();
        let may_be_before = !ended.says("取込完了") && found == self.content;
        assert!(may_be_before || found == after, "round {round}: {} between {}", found.0, after.0);
        run_with(&args, &stdin).exits(0);
        self.content = (found.0 + 1, entries.clone());
        assert_eq!(content(&self.path(), PASSCODES[self.passcode]), Ok(self.content.clone()), "round {round}");
        ended.killed
    }

    /// Another passcode: either opens, never none, and the new one if that was said.
    fn change(&mut self, args: &[&str], round: u64) -> bool {
        let (vault, new) = (self.path(), 1 - self.passcode);
        let args = [args, &["--vault", text(&vault)]].concat();
        let ended = kill(begin(&args, &lines(&[PASSCODES[self.passcode], PASSCODES[new]])), self.dir.path(), round);
        let opens = [self.passcode, new].map(|which| content(&vault, PASSCODES[which]).ok());
        let found = opens.iter().flatten().next().unwrap_or_else(|| panic!("round {round}: no passcode opens"));
        assert_eq!(*found, self.content, "round {round}");
        let is_said = ended.says("パスコードを変えました") || ended.says("鍵とパスコードを新しくしました");
        assert!(!is_said || opens[1].is_some(), "round {round}: said and not done");
        if opens[0].is_some() {
            run_with(&args, &lines(&[PASSCODES[self.passcode], PASSCODES[new]])).exits(0);
        }
        // If it was done before the kill, a journal that may be left goes with this write, not by reading.
        let code = ["recovery-code", "new", "--passcode-stdin", "--vault", text(&vault)];
        self.code = run_with(&code, &lines(&[PASSCODES[new]])).exits(0).code_on_stderr();
        self.passcode = new;
        assert_eq!(content(&vault, PASSCODES[new]), Ok(self.content.clone()), "round {round}");
        assert!(content(&vault, PASSCODES[1 - new]).is_err(), "round {round}: the passcode of before opens");
        ended.killed
    }

    /// Another code: the old one opens, or the new one was made and has to be shown; one that nobody saw may have been made.
    fn new_code(&mut self, round: u64) -> bool {
        let (vault, passcode) = (self.path(), PASSCODES[self.passcode]);
        let args = ["recovery-code", "new", "--passcode-stdin", "--vault", text(&vault)];
        let ended = kill(begin(&args, &lines(&[passcode])), self.dir.path(), round);
        assert_eq!(content(&vault, passcode), Ok(self.content.clone()), "round {round}");
        let opens = |code: &str| on(&vault, &["show", "--recovery-code-stdin"], &[code]).code == Some(0);
        match ended.says("紙に書き写し") {
            true => {
                assert!(opens(&ended.run.code_on_stderr()) && !opens(&self.code), "round {round}: shown and not made")
            }
            false => assert!(ended.killed, "round {round}: ended, and shows no code"),
        }
        self.code = run_with(&args, &lines(&[passcode])).exits(0).code_on_stderr();
        assert!(opens(&self.code), "round {round}");
        ended.killed
    }
}

/// No vault, or a whole one; the next try makes it, or makes it anew.
fn first_import(kept: &Kept, round: u64) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let (storage, entries) = &kept.storages[0];
    let (args, stdin) = (import_args(storage, dir.path()), lines(&[PASSCODES[0]]));
    let ended = kill(begin(&args, &stdin), dir.path(), round);
    let vault = dir.path().join("v");
    if vault.exists() || ended.says("取込完了") {
        assert_eq!(content(&vault, PASSCODES[0]), Ok((1, entries.clone())), "round {round}");
    }
    run_with(&args, &stdin).exits(0);
    assert_eq!(&content(&vault, PASSCODES[0]).unwrap().1, entries, "round {round}");
    assert_eq!(names(dir.path()), ["r.json", "v"], "round {round}");
    ended.killed
}

fn import_args<'a>(storage: &'a Path, folder: &Path) -> Vec<&'a str> {
    let name = |name: &str| -> &'static str { text(&folder.join(name)).to_string().leak() };
    let args = ["import", text(storage), "--patient", PATIENT, "--profile", "full", "--passcode-stdin", "--replace"];
    [&args[..], &["--vault", name("v"), "--report", name("r.json")]].concat()
}

fn lines(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn begin(args: &[&str], stdin: &str) -> Child {
    let mut child = command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child
}

/// A program that was killed, or had ended before; then it did what it was to.
pub struct Ended {
    pub killed: bool,
    run: Run,
}

impl Ended {
    fn says(&self, text: &str) -> bool {
        self.run.out.contains(text) || self.run.err.contains(text)
    }
}

/// Every other time anywhere, else while a file is being written, which takes a hundredth of the time.
pub fn kill(mut child: Child, folder: &Path, round: u64) -> Ended {
    let random = round.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    if (round / 5).is_multiple_of(2) {
        std::thread::sleep(Duration::from_millis(random % 400));
    } else {
        for _ in 0..=random % 4 {
            wait(&mut child, folder, true);
            if !random.is_multiple_of(5) {
                wait(&mut child, folder, false);
            }
        }
        std::thread::sleep(Duration::from_micros(random % 700));
    }
    let _ = child.kill();
    // What it said fits a pipe.
    let output = child.wait_with_output().unwrap();
    let killed = output.status.signal() == Some(9);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let run = Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(killed || run.code == Some(0), "round {round}: {}", run.err);
    Ended { killed, run }
}

/// Until a file is being written, or no longer, or the program has ended.
fn wait(child: &mut Child, folder: &Path, writing: bool) {
    let is_passing = |name: &str| name.ends_with("-journal") || name.starts_with(".v.");
    while names(folder).iter().any(|name| is_passing(name)) != writing && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}

fn content(path: &Path, passcode: &str) -> Result<Content, VaultError> {
    let vault = Vault::open(path, &Passcode::new(passcode.as_bytes())?)?;
    let record = vault.records()?.remove(0);
    let mut entries = Vec::new();
    for section in vault.sections(record.id)? {
        for chunk in section.chunks {
            let mut hasher = DefaultHasher::new();
            vault.chunk(record.id, &section.section, chunk.seq)?.hash(&mut hasher);
            entries.push(hasher.finish());
        }
    }
    Ok((record.generation, entries))
}
