//! SQLite's own file functions with an ear between: each write, truncation and creation is noted in its order, and with reads
//! and locks fails when the plan says so. Syncs and deletions are heard where they arrive, in `calls`.
//!
//! Registered as the default, so the vault runs over it unchanged. What is opened while this thread records nothing goes
//! straight to SQLite's own functions: the oracle reads over the ordinary ones.
//!
//! SQLite keeps a file in memory of its own: in front our [`Heard`], behind
//! it what the ordinary functions keep there.
#![expect(unsafe_code, reason = "SQLite calls through a table of C functions")]
// Every function here is called by SQLite alone, with what its documentation of `sqlite3_vfs` and `sqlite3_io_methods` says.
#![allow(clippy::missing_safety_doc)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::Once;

use rusqlite::ffi;

use crate::record::{self, Kind};

/// What stands in front of the ordinary file.
#[repr(C)]
struct Heard {
    methods: *const ffi::sqlite3_io_methods,
    file: usize,
}

/// Makes it SQLite's default, once.
pub(crate) fn register() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        // SAFETY: SQLite's own default lives for ever; the copy is leaked and does so, too.
        unsafe {
            ffi::sqlite3_initialize();
            let ordinary = ffi::sqlite3_vfs_find(std::ptr::null());
            let mut ours = *ordinary;
            ours.szOsFile += size_of::<Heard>() as c_int;
            ours.zName = c"mykarte-crash".as_ptr();
            ours.pNext = std::ptr::null_mut();
            ours.pAppData = ordinary.cast();
            ours.xOpen = Some(open);
            ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1);
        }
    });
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: `register` put the ordinary functions there; `name` is null or ends with a zero; `file` has the size that
    // we asked for, which is enough for both.
    unsafe {
        let ordinary: *mut ffi::sqlite3_vfs = (*vfs).pAppData.cast();
        let Some(open) = (*ordinary).xOpen else { return ffi::SQLITE_CANTOPEN };
        let Some(path) = path(name).filter(|path| record::hears(path)) else {
            return open(ordinary, name, file, flags, out);
        };
        (*file).pMethods = std::ptr::null();
        if record::fails(Kind::Open) {
            return ffi::SQLITE_CANTOPEN;
        }
        let code = open(ordinary, name, real(file), flags, out);
        if code == ffi::SQLITE_OK {
            file.cast::<Heard>().write(Heard { methods: &METHODS, file: record::opened(path) });
        }
        code
    }
}

unsafe fn path<'a>(name: *const c_char) -> Option<&'a Path> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, and SQLite ends it with a zero.
    unsafe { CStr::from_ptr(name) }.to_str().ok().map(Path::new)
}

/// The ordinary file behind ours.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: `szOsFile` counts both, and the size of `Heard` keeps the alignment of a pointer.
    unsafe { file.cast::<Heard>().add(1).cast() }
}

/// Calls one of the ordinary file's functions.
macro_rules! pass {
    ($file:ident, $method:ident $(, $arg:expr)*) => {{
        // SAFETY: the ordinary `xOpen` succeeded on it, so it has its table of functions.
        unsafe {
            let real = real($file);
            (*(*real).pMethods).$method.map_or(ffi::SQLITE_IOERR, |method| method(real $(, $arg)*))
        }
    }};
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // Version 1: no shared memory, no mapping; the vault uses neither.
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

unsafe fn number(file: *mut ffi::sqlite3_file) -> usize {
    // SAFETY: these functions are in the table of files only that `open` filled.
    unsafe { (*file.cast::<Heard>()).file }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    pass!(file, xClose)
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, len: c_int, at: i64) -> c_int {
    if record::fails(Kind::Read) {
        return ffi::SQLITE_IOERR_READ;
    }
    pass!(file, xRead, to, len, at)
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, len: c_int, at: i64) -> c_int {
    if record::fails(Kind::Write) {
        return ffi::SQLITE_IOERR_WRITE;
    }
    // What still fits is written.
    let is_full = record::fails(Kind::Space);
    let fits = if is_full { len / 2 } else { len };
    let code = pass!(file, xWrite, from, fits, at);
    if code == ffi::SQLITE_OK {
        // SAFETY: SQLite hands in `len` bytes.
        let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), fits.unsigned_abs() as usize) };
        // SAFETY: as there.
        record::wrote(unsafe { number(file) }, at, bytes);
    }
    if is_full { ffi::SQLITE_FULL } else { code }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: i64) -> c_int {
    if record::fails(Kind::Truncate) {
        return ffi::SQLITE_IOERR_TRUNCATE;
    }
    let code = pass!(file, xTruncate, len);
    if code == ffi::SQLITE_OK {
        // SAFETY: as there.
        record::truncated(unsafe { number(file) }, len);
    }
    code
}

/// How many bytes SQLite may have in all, or as many as it likes.
pub fn limit_memory(bytes: Option<usize>) {
    let bytes = bytes.map_or(0, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    // SAFETY: it takes a number. 0 is no limit.
    unsafe { ffi::sqlite3_hard_heap_limit64(bytes) };
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    pass!(file, xSync, flags)
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    if record::fails(Kind::Lock) {
        return ffi::SQLITE_IOERR_LOCK;
    }
    pass!(file, xLock, level)
}

unsafe extern "C" fn size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    pass!(file, xFileSize, out)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    pass!(file, xUnlock, level)
}

unsafe extern "C" fn is_reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    pass!(file, xCheckReservedLock, out)
}

unsafe extern "C" fn control(file: *mut ffi::sqlite3_file, what: c_int, arg: *mut c_void) -> c_int {
    pass!(file, xFileControl, what, arg)
}

unsafe extern "C" fn sector(file: *mut ffi::sqlite3_file) -> c_int {
    pass!(file, xSectorSize)
}

unsafe extern "C" fn characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    pass!(file, xDeviceCharacteristics)
}
