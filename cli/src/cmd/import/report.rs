//! `--report FILE.json`: written whole or not at all.
//!
//! The report is written beside its name before the record is stored, and gets
//! its name only after that, so a refused import leaves none.

use crate::failure::Failure;
use crate::files::{For, draft, inside, whole};
use crate::out::Out;
use mykarte::record::ImportReport;
use mykarte::ssmix2::Code;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A report that waits for its import to succeed.
pub enum Prepared {
    /// None was asked for.
    None,
    /// Beside its name.
    Beside(NamedTempFile, PathBuf),
    /// For a pipe or device, which nothing may replace.
    Stream(Vec<u8>, PathBuf),
}

/// Refuses names that a report would destroy.
pub fn check(
    path: Option<&Path>,
    (name, other): (&str, &Path),
    storages: &[PathBuf],
    out: &Out,
) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    if same_file(path, other) {
        let (ja, en) = (
            format!("--report と {name} が同じファイルです。別の名前にしてください。"),
            format!("--report and {name} are one file; choose another name."),
        );
        return Err(Failure::Usage(out.pick(&ja, &en).to_string()));
    }
    let (ja, en) = if inside(path, storages) {
        (
            "--report がストレージの中です。別の場所にしてください。",
            "--report lies in the storage; choose another place.",
        )
    } else if path.is_file() && !is_report(path) {
        (
            "--report がほかのファイルを上書きします。別の名前にしてください。",
            "--report would replace a file that is no report; choose another name.",
        )
    } else {
        return Ok(());
    };
    Err(Failure::Refused(format!("{}: {}", path.display(), out.pick(ja, en))))
}

fn same_file(a: &Path, b: &Path) -> bool {
    whole(a).is_some() && whole(a) == whole(b)
}

/// An earlier report, or a file with nothing to lose.
fn is_report(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Form {
        #[serde(rename = "format")]
        _format: u32,
        #[serde(rename = "unused_fields")]
        _unused_fields: serde::de::IgnoredAny,
    }
    let Ok(file) = File::open(path) else { return false };
    file.metadata().is_ok_and(|m| m.len() == 0) || serde_json::from_reader::<_, Form>(BufReader::new(file)).is_ok()
}

impl Prepared {
    /// Writes the report under a passing name.
    pub fn write(path: Option<&Path>, report: &ImportReport, out: &Out) -> Result<Prepared, Failure> {
        let Some(path) = path else { return Ok(Prepared::None) };
        let refused = |error: &std::io::Error| refused(path, error.kind(), out);
        let bytes = json(report).map_err(|e| refused(&e))?;
        if path.exists() && !path.is_file() {
            return if path.is_dir() {
                Err(refused(&ErrorKind::IsADirectory.into()))
            } else {
                Ok(Prepared::Stream(bytes, path.to_path_buf()))
            };
        }
        let mut file = draft(path, For::Owner).map_err(|kind| refused(&kind.into()))?;
        file.write_all(&bytes).map_err(|e| refused(&e))?;
        Ok(Prepared::Beside(file, path.to_path_buf()))
    }

    /// Writes it again with what only storing found out. The record is stored by now.
    pub fn update(&mut self, report: &ImportReport, out: &Out) -> Result<(), Failure> {
        if report.findings.iter().all(|f| f.code != Code::EntryTooLarge) {
            return Ok(());
        }
        let late = |path: &Path, error: std::io::Error| too_late(path, error.kind(), out);
        match self {
            Prepared::None => Ok(()),
            Prepared::Beside(file, path) => {
                let again = |file: &mut NamedTempFile| {
                    file.as_file().set_len(0)?;
                    file.rewind()?;
                    file.write_all(&json(report)?)
                };
                again(file).map_err(|e| late(path, e))
            }
            Prepared::Stream(bytes, path) => {
                *bytes = json(report).map_err(|e| late(path, e))?;
                Ok(())
            }
        }
    }

    /// Gives the report its name. The record is stored by now.
    pub fn publish(self, out: &mut Out) -> Result<(), Failure> {
        match self {
            Prepared::None => Ok(()),
            Prepared::Beside(file, path) => match file.persist(&path) {
                Ok(_) => Ok(()),
                Err(error) => Err(too_late(&path, error.error.kind(), out)),
            },
            Prepared::Stream(bytes, path) => {
                out.finish()?;
                let written = File::options().write(true).open(&path).and_then(|mut f| f.write_all(&bytes));
                written.map_err(|error| too_late(&path, error.kind(), out))
            }
        }
    }
}

fn json(report: &ImportReport) -> std::io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(report)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn reason(kind: ErrorKind, out: &Out) -> &'static str {
    let (ja, en) = match kind {
        ErrorKind::NotFound => ("書き出し先のフォルダがありません。", "there is no such folder to write to."),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            ("書き込む権限がありません。", "no permission to write.")
        }
        ErrorKind::StorageFull => ("空き容量がありません。", "no space left."),
        ErrorKind::IsADirectory => ("フォルダです。", "this is a folder."),
        _ => ("書き込めません。", "cannot be written."),
    };
    out.language.pick(ja, en)
}

fn refused(path: &Path, kind: ErrorKind, out: &Out) -> Failure {
    let rest = out.pick(
        "--report を別の場所にしてください（何も取り込んでいません）。",
        "Choose another place for --report (nothing was imported).",
    );
    Failure::Refused(format!("{}: {}{}", path.display(), reason(kind, out), rest))
}

fn too_late(path: &Path, kind: ErrorKind, out: &Out) -> Failure {
    let rest = out.pick(
        "記録はできましたが、--report を書き出せませんでした。",
        "The record is made, but --report was not written.",
    );
    Failure::Refused(format!("{}: {}{}", path.display(), reason(kind, out), rest))
}
