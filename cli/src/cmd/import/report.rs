//! `--report FILE.json`: written whole or not at all.
//!
//! The report is written beside its name before the record is stored, and gets
//! its name only after that, so a refused import leaves none.

use crate::failure::Failure;
use crate::out::Out;
use mykarte::record::ImportReport;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Write};
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
pub fn check(path: Option<&Path>, vault: &Path, out: &Out) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    if same_file(path, vault) {
        let (ja, en) = (
            "--report と --vault が同じファイルです。別の名前にしてください。",
            "--report and --vault are one file; choose another name.",
        );
        return Err(Failure::Usage(out.pick(ja, en).to_string()));
    }
    if path.is_file() && is_database(path) {
        let (ja, en) = (
            "--report が暗号化ファイルを上書きします。別の名前にしてください。",
            "--report would replace an encrypted file; choose another name.",
        );
        return Err(Failure::Refused(format!("{}: {}", path.display(), out.pick(ja, en))));
    }
    Ok(())
}

fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |p: &Path| {
        let folder = p.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        p.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(p.file_name()?)))
    };
    whole(a).is_some() && whole(a) == whole(b)
}

/// Whether a file begins as every SQLite file, hence every vault, begins.
fn is_database(path: &Path) -> bool {
    let mut head = [0; 15];
    File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && head == *b"SQLite format 3"
}

impl Prepared {
    /// Writes the report under a passing name.
    pub fn write(path: Option<&Path>, report: &ImportReport, out: &Out) -> Result<Prepared, Failure> {
        let Some(path) = path else { return Ok(Prepared::None) };
        let refused = |error: &std::io::Error| refused(path, error.kind(), out);
        let mut bytes = serde_json::to_vec_pretty(report).map_err(|e| refused(&e.into()))?;
        bytes.push(b'\n');
        if path.exists() && !path.is_file() {
            return if path.is_dir() {
                Err(refused(&ErrorKind::IsADirectory.into()))
            } else {
                Ok(Prepared::Stream(bytes, path.to_path_buf()))
            };
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).map_err(|e| refused(&e))?;
        let mut writer = BufWriter::new(file.as_file());
        writer.write_all(&bytes).and_then(|()| writer.flush()).map_err(|e| refused(&e))?;
        drop(writer);
        Ok(Prepared::Beside(file, path.to_path_buf()))
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
        "取込は完了しましたが、--report を書き出せませんでした。",
        "The record was imported, but --report was not written.",
    );
    Failure::Refused(format!("{}: {}{}", path.display(), reason(kind, out), rest))
}
