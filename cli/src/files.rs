//! Files that are read whole or written whole: under a passing name first, made durable, and only then given their own.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// Bytes of the largest package and a little more; a device never ends.
const LARGEST: u64 = 65 << 20;

/// How a draft's name ends, and how many random characters stand before that.
const SUFFIX: &str = ".draft";
const RANDOM: usize = 16;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever wrote it.
    Owner,
    /// Anybody: it holds no secret.
    All,
}

/// All of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, ErrorKind> {
    begin(path, LARGEST + 1).and_then(|bytes| match bytes.len() as u64 > LARGEST {
        true => Err(ErrorKind::FileTooLarge),
        false => Ok(bytes),
    })
}

/// Its first bytes.
pub fn begin(path: &Path, most: u64) -> Result<Vec<u8>, ErrorKind> {
    if path.is_dir() {
        return Err(ErrorKind::IsADirectory);
    }
    let mut bytes = Vec::new();
    let mut limited = File::open(path).map_err(|error| error.kind())?.take(most);
    limited.read_to_end(&mut bytes).map_err(|error| error.kind())?;
    Ok(bytes)
}

/// Refuses early what would fail after the work: a taken name, a folder that is not there or cannot be written.
pub fn check_free(path: &Path) -> Result<(), ErrorKind> {
    if path.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists);
    }
    draft(path, For::Owner).map(drop)
}

/// The same of a name that may be taken.
pub fn check_writable(path: &Path) -> Result<(), ErrorKind> {
    if path.is_dir() {
        return Err(ErrorKind::IsADirectory);
    }
    draft(path, For::Owner).map(drop)
}

/// The path as it is without links; of a file not yet made, by its folder.
pub fn whole(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| Some(folder(path).canonicalize().ok()?.join(path.file_name()?)))
}

/// Whether a file lies in a storage: what a hospital exported is not ours to write into.
pub fn inside(path: &Path, storages: &[PathBuf]) -> bool {
    let Some(path) = whole(path) else { return false };
    storages.iter().filter_map(|s| s.canonicalize().ok()).any(|storage| path.starts_with(storage))
}

/// Whether two names are of one file, be it there or not.
pub fn is_one(one: &Path, other: &Path) -> bool {
    one == other || whole(one).is_some_and(|one| Some(one) == whole(other))
}

/// Writes a new file; what is there already stays.
pub fn write_new(path: &Path, bytes: &[u8], whose: For) -> Result<(), ErrorKind> {
    let file = filled(path, bytes, whose)?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(ErrorKind::AlreadyExists),
        // Neither exclusive renames nor hard links, as on some USB sticks: the name is taken by an empty file first.
        Err(error) => reserve_and_rename(error.file, path)?,
    }
    sync_folder(path)
}

/// Writes a file in the place of another.
pub fn replace(path: &Path, bytes: &[u8], whose: For) -> Result<(), ErrorKind> {
    keep(filled(path, bytes, whose)?, path)
}

/// Gives a draft its name, in the place of what has it.
pub fn keep(draft: NamedTempFile, path: &Path) -> Result<(), ErrorKind> {
    draft.as_file().sync_all().map_err(|error| error.kind())?;
    draft.persist(path).map_err(|error| error.error.kind())?;
    sync_folder(path)
}

/// Makes a folder that is its owner's alone, and those above it.
pub fn make_folder(path: &Path) -> Result<(), ErrorKind> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| error.kind())?;
    sync_folder(path)
}

/// The folder in which a file is.
pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name of 32 random hexadecimal digits: it says nothing about anybody.
pub fn random_name(folder: &Path, suffix: &str) -> Result<PathBuf, ErrorKind> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|_| ErrorKind::Other)?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(folder.join(name + suffix))
}

/// A file beside the name it is to get. What a program that was killed left for that name goes.
pub fn draft(path: &Path, whose: For) -> Result<NamedTempFile, ErrorKind> {
    let prefix = prefix(path);
    sweep(path, &prefix);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    if whose == For::All {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    }
    builder.tempfile_in(folder(path)).map_err(|error| error.kind())
}

fn prefix(path: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    prefix
}

/// Removes drafts of this very name. One that is being written at this moment would be lost to its program, which says so.
fn sweep(path: &Path, prefix: &OsString) {
    let Ok(entries) = std::fs::read_dir(folder(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let middle = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
        let random = middle.and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
        if random.is_some_and(|random| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn filled(path: &Path, bytes: &[u8], whose: For) -> Result<NamedTempFile, ErrorKind> {
    let mut file = draft(path, whose)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|error| error.kind())?;
    Ok(file)
}

fn reserve_and_rename(file: NamedTempFile, path: &Path) -> Result<(), ErrorKind> {
    File::options().write(true).create_new(true).open(path).map_err(|error| error.kind())?;
    file.persist(path).map(drop).map_err(|error| {
        let _ = std::fs::remove_file(path);
        error.error.kind()
    })
}

/// Makes a name durable, where folders can be synced.
pub fn sync_folder(path: &Path) -> Result<(), ErrorKind> {
    match File::open(folder(path)).and_then(|folder| folder.sync_all()) {
        Err(error) if cfg!(unix) && !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Err(error.kind())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_replaced_and_nothing_is_left_beside() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a");
        write_new(&path, b"one", For::Owner).expect("a new file");
        assert_eq!(write_new(&path, b"two", For::All), Err(ErrorKind::AlreadyExists));
        assert_eq!(check_free(&path), Err(ErrorKind::AlreadyExists));
        assert_eq!(check_free(&dir.path().join("none/a")), Err(ErrorKind::NotFound));
        let other = filled(&path, b"two", For::Owner).expect("a draft");
        assert_eq!(reserve_and_rename(other, &path), Err(ErrorKind::AlreadyExists));
        assert_eq!(read(&path).as_deref(), Ok(&b"one"[..]));
        replace(&path, b"three", For::All).expect("replaced");
        assert_eq!(read(&path).as_deref(), Ok(&b"three"[..]));
        let other = filled(&path, b"two", For::Owner).expect("a draft");
        reserve_and_rename(other, &dir.path().join("b")).expect("the fallback");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_package_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a folder");
        let mode = |name: &str| dir.path().join(name).metadata().expect("it is there").permissions().mode() & 0o777;
        write_new(&dir.path().join("a"), b"", For::Owner).expect("a new file");
        write_new(&dir.path().join("b"), b"", For::All).expect("a new file");
        make_folder(&dir.path().join("x/y")).expect("folders");
        // What the process takes away from everybody is its own affair.
        assert_eq!((mode("a"), mode("b") & !0o044, mode("x/y")), (0o600, 0o600, 0o700));
    }
}
