//! The second reader: `tests/reader`, in Python, written from `docs/vault-format.md` and `docs/package-format.md` alone.
//! Here it is started and asked, and what our own reader says is put into the same form.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;
use mykarte::vault::package::{Enrolment, Origin, Part};
use mykarte::vault::{Vault, VaultError};
use serde_json::{Value, json};

use crate::skipped;

/// A running second reader.
pub struct SecondReader {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl SecondReader {
    /// Starts it, with its packages installed below `dir`. `None`, and said, where Python or the package index is out of
    /// reach; with CI set that fails.
    #[must_use]
    pub fn start(dir: &Path) -> Option<SecondReader> {
        let python = match install(dir) {
            Ok(python) => python,
            Err(why) => {
                assert!(std::env::var_os("CI").is_none(), "the second reader: {why}");
                skipped(&format!("the second reader: {why}"));
                return None;
            }
        };
        let mut command = Command::new(python);
        command.args(["-B", "-X", "utf8"]).arg(folder().join("read.py"));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python was just installed");
        let requests = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        Some(SecondReader { child, requests, answers })
    }

    /// Asks and waits. What is refused comes back as [`refused`], whatever the reason.
    ///
    /// # Panics
    /// When it breaks off, as it does at anything that is no refusal.
    pub fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").expect("it reads requests");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers in UTF-8");
        let mut answer = serde_json::from_str(&line).expect("it answers every request, or says on stderr why not");
        forget_reasons(&mut answer);
        answer
    }
}

impl Drop for SecondReader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reader")
}

/// A virtual environment with the pinned packages; made once, and moved to its place when it is whole.
fn install(dir: &Path) -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _gate = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let place = dir.join("second-reader");
    let (python, pinned) = (place.join("bin/python"), folder().join("requirements.txt"));
    let wanted = std::fs::read(&pinned).map_err(|error| error.to_string())?;
    if std::fs::read(place.join("installed")).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let fresh = tempfile::tempdir_in(dir).map_err(|error| error.to_string())?;
    run(Command::new("python3").args(["-m", "venv"]).arg(fresh.path()))?;
    let mut pip = Command::new(fresh.path().join("bin/python"));
    run(pip.args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "-r"]).arg(&pinned))?;
    std::fs::write(fresh.path().join("installed"), wanted).map_err(|error| error.to_string())?;
    let _ = std::fs::remove_dir_all(&place);
    std::fs::rename(fresh.path(), &place).map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let done = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr);
    if done.status.success() { Ok(()) } else { Err(said.lines().last().unwrap_or("it failed").to_owned()) }
}

/// A refusal in either reader's answer.
#[must_use]
pub fn refused() -> Value {
    json!({ "refused": true })
}

/// The two programs word their reasons differently.
fn forget_reasons(answer: &mut Value) {
    match answer {
        Value::Object(map) => {
            if let Some(reason) = map.get_mut("refused") {
                *reason = true.into();
            }
            map.values_mut().for_each(forget_reasons);
        }
        Value::Array(rows) => rows.iter_mut().for_each(forget_reasons),
        _ => (),
    }
}

/// All of a vault, as our reader has it.
#[must_use]
pub fn of_vault(opened: Result<Vault, VaultError>) -> Value {
    opened.and_then(|vault| whole(&vault)).unwrap_or_else(|_| refused())
}

fn whole(vault: &Vault) -> Result<Value, VaultError> {
    let mut records = Vec::new();
    for record in vault.records()? {
        let mut shown = json!({
            "id": HEXLOWER.encode(record.id.as_bytes()),
            "generation": record.generation,
            "label": HEXLOWER.encode(&record.label),
            "catalogue": data(record.catalogue.ok().as_deref().map(Vec::as_slice)),
        });
        let parts = vault.sections(record.id).map(|sections| {
            let places = sections.iter().flat_map(|section| section.chunks.iter().map(move |chunk| (section, chunk)));
            let part = |(section, chunk): (&mykarte::vault::SectionIndex, &mykarte::vault::ChunkIndex)| {
                let read = vault.chunk(record.id, &section.section, chunk.seq).ok();
                part(&section.section, chunk.seq, &chunk.meta, read.as_deref().map(Vec::as_slice))
            };
            places.map(part).collect::<Vec<_>>()
        });
        match parts {
            Ok(parts) => shown["parts"] = parts.into(),
            Err(_) => shown["refused"] = true.into(),
        }
        records.push(shown);
    }
    let anchor = vault.anchor();
    let anchor = json!({ "counter": anchor.counter, "sha256": HEXLOWER.encode(&anchor.head_hash) });
    Ok(json!({ "writable": vault.slot_table_intact(), "anchor": anchor, "records": records }))
}

fn data(bytes: Option<&[u8]>) -> Value {
    bytes.map_or_else(refused, |bytes| json!({ "data": HEXLOWER.encode(bytes) }))
}

fn part(section: &str, seq: u32, meta: &[u8], plain: Option<&[u8]>) -> Value {
    let mut shown = data(plain);
    shown["section"] = section.into();
    shown["seq"] = seq.into();
    shown["meta"] = HEXLOWER.encode(meta).into();
    shown
}

/// All of a package, as our reader has it.
#[must_use]
pub fn of_package(package: &[u8], enrolment: &Enrolment) -> Value {
    let Ok((_, opened, _)) = enrolment.open(package) else { return refused() };
    let parts: Option<Vec<Value>> = opened.parts.iter().map(of_part).collect();
    parts.map_or_else(refused, |parts| with_origin(&opened.origin, parts))
}

fn of_part(opened: &Part) -> Option<Value> {
    let plain = opened.plain().ok()?;
    Some(part(&opened.section, opened.seq, &opened.meta, Some(&plain)))
}

fn with_origin(origin: &Origin, parts: Vec<Value>) -> Value {
    json!({
        "epoch": origin.number.epoch,
        "counter": origin.number.counter,
        "issued_at": origin.issued_at,
        "patient": origin.subject.patient_id.as_str(),
        "birth": origin.subject.birth_date.as_str(),
        "form": origin.content_form,
        "parts": parts,
    })
}
