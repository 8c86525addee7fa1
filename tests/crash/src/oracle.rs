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
}

/// Holds an image against what may be found: read without a write, then written again. Returns which it was.
pub fn judge(operation: &Operation, image: &Image, expected: &Expected<'_>) -> usize {
    let folder = folder();
    lay_out(image, folder.path());
    // A journal, or what births that were cut off left.
    let known = |name: &str| name == "v" || name == "v-journal" || name.starts_with(".v.") && name.ends_with(".new");
    assert!(image.keys().all(|name| known(name)), "other files: {:?}", image.keys());
    let state = read(operation, folder.path(), expected.allowed);
    assert!(operation.counts_tries || image_of(folder.path()) == *image, "reading wrote");
    write_again(operation, folder.path(), expected.keys);
    state
}

fn read(operation: &Operation, folder: &Path, allowed: &[View]) -> usize {
    let view = View::of(&vault_in(folder), operation.passcodes);
    let view = view.unwrap_or_else(|error| panic!("cannot be read: {error:?}"));
    let found = allowed.iter().position(|one| *one == view);
    found.unwrap_or_else(|| panic!("between: {view:?}\nallowed: {allowed:?}"))
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
    let bytes = std::fs::read(&path).unwrap();
    let held = wrapped_keys(&path);
    let gone = keys.iter().filter(|key| !held.contains(key));
    let left = gone.filter(|key| bytes.windows(key.len()).any(|window| window == key.as_slice()));
    assert_eq!(left.count(), 0, "a key that was let go of is in the file");
    import(&mut open(&path).unwrap(), "三郎", 7, 1).unwrap();
    assert_eq!(View::of(&path, false).unwrap().len(), found.len() + 1, "one more record");
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
