//! Opens what a crash or a failure left, and judges it.

use std::path::Path;

use rusqlite::Connection;

use crate::disk::{Image, image_of, lay_out};
use crate::operations::Operation;
use crate::view::{View, folder, import, open, vault_in};

/// What may be found.
pub struct Expected<'a> {
    /// One of these.
    pub allowed: &'a [View],
    /// Wrapped keys, of slots and generations, that were in the file before.
    pub keys: &'a [Vec<u8>],
    /// Whether those of them that were let go of are gone already, because it was said.
    pub are_gone: bool,
    /// Whether the name of a vault to be may be an empty file's (`docs/limits.md`).
    pub reserves: bool,
}

/// Holds an image against what may be found. One that must not be is kept, for a vault's bytes are others every time.
pub fn judge(operation: &Operation, image: &Image, expected: &Expected<'_>) {
    let kept = Kept(image);
    judge_quietly(operation, image, expected);
    std::mem::forget(kept);
}

struct Kept<'a>(&'a Image);

impl Drop for Kept<'_> {
    #[expect(clippy::print_stderr, reason = "where a person looks next")]
    fn drop(&mut self) {
        let kept = std::env::temp_dir().join(format!("mykarte-crash-{}", std::process::id()));
        std::fs::create_dir_all(&kept).unwrap();
        lay_out(self.0, &kept);
        eprintln!("the disk that was found: {}", kept.display());
    }
}

/// The same: read without a write, then written again.
pub fn judge_quietly(operation: &Operation, image: &Image, expected: &Expected<'_>) {
    let folder = folder();
    lay_out(image, folder.path());
    if expected.reserves && image.get("v").is_some_and(Vec::is_empty) && expected.allowed.iter().any(View::is_empty) {
        assert!(open(&vault_in(folder.path())).is_err(), "an empty file is no vault");
        std::fs::remove_file(vault_in(folder.path())).unwrap();
        return write_again(operation, folder.path(), expected.keys);
    }
    // A journal, or what births that were cut off left.
    let known = |name: &str| name == "v" || name == "v-journal" || name.starts_with(".v.") && name.ends_with(".new");
    assert!(image.keys().all(|name| known(name)), "other files: {:?}", image.keys());
    read(operation, folder.path(), expected.allowed);
    assert!(operation.counts_tries || image_of(folder.path()) == *image, "reading wrote");
    if expected.are_gone {
        assert_eq!(image.len(), 1, "a journal holds what was let go of");
        check_gone(&vault_in(folder.path()), expected.keys);
    }
    write_again(operation, folder.path(), expected.keys);
}

fn read(operation: &Operation, folder: &Path, allowed: &[View]) {
    let view = View::of(&vault_in(folder), operation.passcodes);
    let view = view.unwrap_or_else(|error| panic!("cannot be read: {error:?}"));
    assert!(allowed.contains(&view), "between: {view:?}\nallowed: {allowed:?}");
}

/// The next run of the program: what was left over goes, nothing that was let go of is in the file, and a record more fits.
fn write_again(operation: &Operation, folder: &Path, keys: &[Vec<u8>]) {
    let path = vault_in(folder);
    if !path.exists() {
        operation.again(&path).unwrap();
    }
    let found = View::of(&path, false).unwrap();
    open(&path).unwrap().erase_leftovers().unwrap();
    let names: Vec<String> = image_of(folder).into_keys().collect();
    assert_eq!(names, ["v"], "more than one file");
    assert_eq!(View::of(&path, false).unwrap(), found, "changed by the recovery");
    check_pages(&path);
    check_gone(&path, keys);
    import(&mut open(&path).unwrap(), "三郎", 7, 1).unwrap();
    assert_eq!(View::of(&path, false).unwrap().len(), found.len() + 1, "one more record");
}

/// Of these wrapped keys the file has those alone that its tables hold.
fn check_gone(path: &Path, keys: &[Vec<u8>]) {
    let bytes = std::fs::read(path).unwrap();
    let held = wrapped_keys(path);
    let gone = keys.iter().filter(|key| !held.contains(key));
    let left = gone.filter(|key| bytes.windows(key.len()).any(|window| window == key.as_slice()));
    assert_eq!(left.count(), 0, "a key that was let go of is in the file");
}

fn check_pages(path: &Path) {
    let conn = Connection::open(path).unwrap();
    let verdict: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

/// The wrapped keys in the file's rows.
#[must_use]
pub fn wrapped_keys(path: &Path) -> Vec<Vec<u8>> {
    let conn = Connection::open(path).unwrap();
    let mut query = conn.prepare("SELECT key FROM generation UNION ALL SELECT wrapped FROM slot").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The same of an image, as the next writer finds it.
#[must_use]
pub fn wrapped_keys_in(image: &Image) -> Vec<Vec<u8>> {
    let folder = folder();
    lay_out(image, folder.path());
    let path = vault_in(folder.path());
    if path.exists() { wrapped_keys(&path) } else { Vec::new() }
}
