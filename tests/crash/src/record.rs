//! What a thread's files went through, in order, and which step shall fail.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, Event, name_of};

/// What can fail, each counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file cannot be opened.
    Open,
    /// A read.
    Read,
    /// A write; nothing of it arrives.
    Write,
    /// A write that no longer fits; half of it arrives.
    Space,
    /// A sync of a file.
    Sync,
    /// A sync of the folder.
    SyncFolder,
    /// A truncation.
    Truncate,
    /// A deletion.
    Delete,
    /// A lock.
    Lock,
    /// A second name for a file, or another one.
    Link,
    /// Whichever of them.
    Any,
}

/// All of them.
pub const KINDS: [Kind; 11] = [
    Kind::Open,
    Kind::Read,
    Kind::Write,
    Kind::Space,
    Kind::Sync,
    Kind::SyncFolder,
    Kind::Truncate,
    Kind::Delete,
    Kind::Lock,
    Kind::Link,
    Kind::Any,
];

/// Which step fails: the `n`-th of a kind, from 0, and where it is `lasting` all after it.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What fails.
    pub kind: Kind,
    /// The how-manieth.
    pub n: u32,
    /// Whether it goes on failing.
    pub lasting: bool,
}

/// What was heard.
pub struct Heard {
    /// The folder when it began, all of it durable.
    pub start: Disk,
    /// What happened since.
    pub events: Vec<Event>,
    /// Whether the planned failure came.
    pub failed: bool,
}

struct Recorder {
    folder: PathBuf,
    /// The number of the file that has this name now.
    names: BTreeMap<String, usize>,
    files: usize,
    fault: Option<Fault>,
    seen: u32,
    heard: Heard,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Runs `work` and listens to what it does in `folder`.
pub fn listen<T>(folder: &Path, fault: Option<Fault>, work: impl FnOnce() -> T) -> (T, Heard) {
    crate::vfs::register();
    let start = Disk::of_folder(folder);
    let names = start.numbers();
    let heard = Heard { start, events: Vec::new(), failed: false };
    let recorder = Recorder { folder: folder.to_owned(), files: names.len(), names, fault, seen: 0, heard };
    RECORDER.with(|cell| *cell.borrow_mut() = Some(recorder));
    let done = work();
    let recorder = RECORDER.with(|cell| cell.borrow_mut().take()).expect("put there above, taken nowhere else");
    (done, recorder.heard)
}

thread_local! {
    static NO_LINKS: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` on a file system that gives a file one name alone.
pub fn without_links<T>(work: impl FnOnce() -> T) -> T {
    NO_LINKS.set(true);
    let done = work();
    NO_LINKS.set(false);
    done
}

pub(crate) fn has_links() -> bool {
    !NO_LINKS.get()
}

/// Notes that the work so far was acknowledged.
pub fn acknowledge() {
    note(Event::Acknowledged);
}

fn with<T>(work: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    // Files are closed after a thread's own data is gone, too.
    RECORDER.try_with(|cell| cell.borrow_mut().as_mut().map(work)).ok().flatten()
}

fn note(event: Event) {
    with(|recorder| recorder.heard.events.push(event));
}

pub(crate) fn hears(path: &Path) -> bool {
    with(|recorder| path.parent() == Some(&recorder.folder)).unwrap_or(false)
}

pub(crate) fn hears_folder(path: &Path) -> bool {
    with(|recorder| path == recorder.folder).unwrap_or(false)
}

/// Whether this thread is listened to.
pub(crate) fn listens() -> bool {
    with(|_| ()).is_some()
}

/// Whether this step shall fail. Counts it.
pub(crate) fn fails(kind: Kind) -> bool {
    let due = |recorder: &mut Recorder| {
        let fault =
            recorder.fault.filter(|fault| fault.kind == kind || fault.kind == Kind::Any && kind != Kind::Space)?;
        recorder.seen += 1;
        let fails = recorder.seen == fault.n + 1 || fault.lasting && recorder.seen > fault.n;
        recorder.heard.failed |= fails;
        Some(fails)
    };
    with(due).flatten().unwrap_or(false)
}

/// The number of an open file; a new one was made if none had the name.
pub(crate) fn opened(path: &Path) -> usize {
    let name = name_of(path);
    let number = |recorder: &mut Recorder| {
        if let Some(file) = recorder.names.get(&name) {
            return *file;
        }
        let file = recorder.files;
        recorder.files += 1;
        recorder.names.insert(name.clone(), file);
        recorder.heard.events.push(Event::Created { file, name });
        file
    };
    with(number).unwrap_or(usize::MAX)
}

/// A file has another name, too.
pub(crate) fn named(old: &Path, new: &Path) {
    let (old, name) = (name_of(old), name_of(new));
    with(|recorder| {
        if let Some(file) = recorder.names.get(&old).copied() {
            recorder.names.insert(name.clone(), file);
            recorder.heard.events.push(Event::Created { file, name });
        }
    });
}

pub(crate) fn deleted(path: &Path) {
    let name = name_of(path);
    with(|recorder| recorder.names.remove(&name));
    note(Event::Deleted { name });
}

pub(crate) fn wrote(file: usize, at: i64, bytes: &[u8]) {
    note(Event::Wrote { file, at: position(at), bytes: bytes.to_vec() });
}

pub(crate) fn truncated(file: usize, len: i64) {
    note(Event::Truncated { file, len: position(len) });
}

pub(crate) fn synced(path: &Path, is_done: bool) {
    let name = name_of(path);
    if let Some(file) = with(|recorder| recorder.names.get(&name).copied()).flatten() {
        note(if is_done { Event::Synced { file } } else { Event::SyncFailed { file } });
    }
}

pub(crate) fn synced_folder(is_done: bool) {
    note(if is_done { Event::FolderSynced } else { Event::FolderSyncFailed });
}

fn position(at: i64) -> usize {
    usize::try_from(at).expect("SQLite's places in a file are not negative")
}
