//! What the vault and SQLite do at the C library: files made, written and synced past SQLite when a vault is born, names given
//! and taken, folders synced.
//!
//! A program's own function of that name goes before the C library's, for Rust's standard library and for SQLite alike. Each
//! here does what the real one does, by a system call, notes it where this thread listens, and fails when the plan says so.
#![expect(unsafe_code, reason = "these are functions of C")]
#![allow(clippy::missing_safety_doc, missing_docs, reason = "open(2), write(2), fsync(2), link(2), unlink(2)")]

use std::ffi::{CStr, OsStr, c_char, c_int, c_uint, c_void};
use std::os::fd::{BorrowedFd, IntoRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, SeekFrom};
use rustix::io::Errno;

use crate::record::{self, Kind};

unsafe extern "C" {
    safe fn __errno_location() -> *mut c_int;
}

/// As C returns it.
fn answer<T>(outcome: Result<T, Errno>, good: impl FnOnce(T) -> isize) -> isize {
    outcome.map_or_else(
        |errno| {
            // SAFETY: it is this thread's own.
            unsafe { *__errno_location() = errno.raw_os_error() };
            -1
        },
        good,
    )
}

unsafe fn path<'a>(name: *const c_char) -> (&'a CStr, &'a Path) {
    // SAFETY: the caller hands in what ends with a zero.
    let name = unsafe { CStr::from_ptr(name) };
    (name, Path::new(OsStr::from_bytes(name.to_bytes())))
}

/// What an open file is called, where this thread listens.
fn path_of(fd: c_int) -> Option<PathBuf> {
    let found = record::listens().then(|| std::fs::read_link(format!("/proc/self/fd/{fd}")).ok());
    found.flatten().filter(|path| record::hears(path) || record::hears_folder(path))
}

fn check(kind: Kind) -> Result<(), Errno> {
    if record::fails(kind) { Err(if kind == Kind::Space { Errno::NOSPC } else { Errno::IO }) } else { Ok(()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(name: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: as C says of it.
    let (name, path) = unsafe { path(name) };
    let flags = OFlags::from_bits_retain(flags.cast_unsigned());
    let makes = flags.contains(OFlags::CREATE) && record::hears(path) && !path.exists();
    let opened = if makes { check(Kind::Open) } else { Ok(()) };
    let opened = opened.and_then(|()| rustix::fs::openat(CWD, name, flags, Mode::from_bits_retain(mode)));
    if makes && opened.is_ok() {
        record::opened(path);
    }
    answer(opened, |file| file.into_raw_fd() as isize) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(name: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: on 64 bits they are one.
    unsafe { open64(name, flags, mode) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, from: *const c_void, len: usize) -> isize {
    // SAFETY: as C says of it.
    let (file, bytes) = unsafe { (BorrowedFd::borrow_raw(fd), std::slice::from_raw_parts(from.cast::<u8>(), len)) };
    let Some(path) = path_of(fd) else { return answer(rustix::io::write(file, bytes), |len| len as isize) };
    let at = rustix::fs::seek(file, SeekFrom::Current(0)).unwrap_or(0);
    let written = check(Kind::Write).and_then(|()| check(Kind::Space)).and_then(|()| rustix::io::write(file, bytes));
    if let Ok(len) = written {
        record::wrote(record::opened(&path), at.cast_signed(), &bytes[..len]);
    }
    answer(written, |len| len as isize)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    // SAFETY: as C says of it.
    let file = unsafe { BorrowedFd::borrow_raw(fd) };
    let Some(path) = path_of(fd) else { return answer(rustix::fs::fsync(file), |()| 0) as c_int };
    let is_folder = record::hears_folder(&path);
    let synced = check(if is_folder { Kind::SyncFolder } else { Kind::Sync }).and_then(|()| rustix::fs::fsync(file));
    if is_folder {
        record::synced_folder(synced.is_ok())
    } else {
        record::synced(&path, synced.is_ok())
    }
    answer(synced, |()| 0) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    // SAFETY: as C says of it. Lengths are synced by both.
    unsafe { fsync(fd) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn linkat(
    from_fd: c_int,
    from: *const c_char,
    to_fd: c_int,
    to: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: as C says of it.
    let (folders, (from, old), (to, new)) =
        unsafe { ((BorrowedFd::borrow_raw(from_fd), BorrowedFd::borrow_raw(to_fd)), path(from), path(to)) };
    let heard = record::hears(new);
    let linked = if heard { check(Kind::Link) } else { Ok(()) };
    let linked = linked.and(if heard && !record::has_links() { Err(Errno::PERM) } else { Ok(()) });
    let flags = AtFlags::from_bits_retain(flags.cast_unsigned());
    let linked = linked.and_then(|()| rustix::fs::linkat(folders.0, from, folders.1, to, flags));
    if heard && linked.is_ok() {
        record::named(old, new);
    }
    answer(linked, |()| 0) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: as C says of it.
    let ((from, old), (to, new)) = unsafe { (path(from), path(to)) };
    let heard = record::hears(new);
    let renamed = if heard { check(Kind::Link) } else { Ok(()) };
    let renamed = renamed.and_then(|()| rustix::fs::rename(from, to));
    if heard && renamed.is_ok() {
        record::named(old, new);
        record::deleted(old);
    }
    answer(renamed, |()| 0) as c_int
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(name: *const c_char) -> c_int {
    // SAFETY: as C says of it.
    let (name, path) = unsafe { path(name) };
    let heard = record::hears(path) && path.exists();
    let gone = if heard { check(Kind::Delete) } else { Ok(()) };
    let gone = gone.and_then(|()| rustix::fs::unlink(name));
    if heard && gone.is_ok() {
        record::deleted(path);
    }
    answer(gone, |()| 0) as c_int
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use crate::disk::Event;
    use crate::record::listen;

    #[test]
    fn the_standard_library_is_heard() {
        let dir = crate::view::folder();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        let work = || {
            let mut file = File::create(&one).unwrap();
            file.write_all(b"abc").unwrap();
            file.sync_all().unwrap();
            std::fs::hard_link(&one, &two).unwrap();
            std::fs::remove_file(&one).unwrap();
            File::open(dir.path()).unwrap().sync_all().unwrap();
        };
        let ((), heard) = listen(dir.path(), None, work);
        let created = |name: &str| Event::Created { file: 0, name: name.to_owned() };
        let expected = [
            created("one"),
            Event::Wrote { file: 0, at: 0, bytes: b"abc".to_vec() },
            Event::Synced { file: 0 },
            created("two"),
            Event::Deleted { name: "one".to_owned() },
            Event::FolderSynced,
        ];
        assert_eq!(heard.events, expected);
    }
}
