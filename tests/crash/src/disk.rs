//! A disk as it is after a crash: what was synced is there, what was not may be.

use std::collections::BTreeMap;
use std::path::Path;

use crate::file::{Change, File};
use crate::random::Random;

/// One step of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A file, mostly a new one, got a name.
    Created {
        /// Its number: a name may be another file's later.
        file: usize,
        /// The name.
        name: String,
    },
    /// Bytes were written.
    Wrote {
        /// Into this file.
        file: usize,
        /// From there on.
        at: usize,
        /// These.
        bytes: Vec<u8>,
    },
    /// A file was cut or lengthened.
    Truncated {
        /// This one.
        file: usize,
        /// To so many bytes.
        len: usize,
    },
    /// A file is durable so far; its name need not be.
    Synced {
        /// This one.
        file: usize,
    },
    /// A file could not be synced: what is not durable yet may be lost, and no later sync will say so.
    SyncFailed {
        /// This one.
        file: usize,
    },
    /// A name is gone.
    Deleted {
        /// This one.
        name: String,
    },
    /// The names of the folder are durable so far.
    FolderSynced,
    /// They could not be synced: those that are not durable yet may be lost, whatever a later sync says.
    FolderSyncFailed,
    /// Somebody was told that it is done.
    Acknowledged,
}

/// How the machine ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process is killed: what was written is there.
    Process,
    /// The power fails: what was synced is there and nothing else; names that were made or deleted since the folder was
    /// synced are as before.
    Power,
    /// The same, with the names as they were meant.
    PowerNames,
    /// The power fails while the disk writes in an order of its own: each sector, cut and name that was not synced is
    /// there or not, as the seed says; what lies in a gap is zero or noise.
    Torn(u64),
}

/// Files and names, durable and pending.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    /// Names that a failed sync left in doubt.
    doubtful: Vec<(String, Option<usize>)>,
    /// A name that now is a file's, or nobody's.
    pending: Vec<(String, Option<usize>)>,
}

/// Files by name.
pub type Image = BTreeMap<String, Vec<u8>>;

impl Disk {
    /// A folder as it is, all of it durable.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Self {
        let mut disk = Self::default();
        for (name, durable) in image_of(folder) {
            disk.names.insert(name, disk.files.len());
            disk.files.push(File::of(durable));
        }
        disk
    }

    pub(crate) fn numbers(&self) -> BTreeMap<String, usize> {
        self.names.clone()
    }

    /// One step on.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Created { file, name } => {
                self.files.resize_with(self.files.len().max(file + 1), File::default);
                self.pending.push((name.clone(), Some(*file)));
            }
            Event::Wrote { file, at, bytes } => self.files[*file].pending.push(Change::Write(*at, bytes.clone())),
            Event::Truncated { file, len } => self.files[*file].pending.push(Change::Truncate(*len)),
            Event::Synced { file } => self.files[*file].settle(),
            Event::SyncFailed { file } => self.files[*file].doubt(),
            Event::Deleted { name } => self.pending.push((name.clone(), None)),
            Event::FolderSynced => {
                let pending = std::mem::take(&mut self.pending);
                self.doubtful.retain(|(name, _)| pending.iter().all(|(settled, _)| settled != name));
                pending.into_iter().for_each(|change| rename(&mut self.names, change));
            }
            Event::FolderSyncFailed => self.doubtful.append(&mut self.pending),
            Event::Acknowledged => {}
        }
    }

    /// What a crash at this moment leaves.
    #[must_use]
    pub fn after(&self, crash: Crash) -> Image {
        let mut random = Random::new(match crash {
            Crash::Torn(seed) => seed,
            _ => 0,
        });
        // Now most of what is pending has arrived, now little.
        let share = [10, 50, 90][random.below(3)];
        let mut names = self.names.clone();
        for change in self.doubtful.iter().chain(&self.pending) {
            let arrives = match crash {
                Crash::Power => false,
                Crash::Process | Crash::PowerNames => true,
                Crash::Torn(_) => random.below(100) < share,
            };
            if arrives {
                rename(&mut names, change.clone());
            }
        }
        let content = |file: &File, random: &mut Random| match crash {
            Crash::Process => file.written(),
            Crash::Power | Crash::PowerNames => file.durable.clone(),
            Crash::Torn(_) => file.torn(share, random),
        };
        names.into_iter().map(|(name, file)| (name, content(&self.files[file], &mut random))).collect()
    }
}

fn rename(names: &mut BTreeMap<String, usize>, (name, file): (String, Option<usize>)) {
    match file {
        Some(file) => drop(names.insert(name, file)),
        None => drop(names.remove(&name)),
    }
}

/// All files of a folder.
#[must_use]
pub fn image_of(folder: &Path) -> Image {
    let entries = std::fs::read_dir(folder).expect("the test's own folder").flatten();
    entries.map(|entry| (name_of(&entry.path()), std::fs::read(entry.path()).expect("the test's own file"))).collect()
}

/// Writes all files of an image into a folder.
pub fn lay_out(image: &Image, folder: &Path) {
    for (name, bytes) in image {
        std::fs::write(folder.join(name), bytes).expect("the test's own folder");
    }
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[Event], crash: Crash) -> Image {
        let mut disk = Disk::default();
        events.iter().for_each(|event| disk.apply(event));
        disk.after(crash)
    }

    fn created(file: usize, name: &str) -> Event {
        Event::Created { file, name: name.to_owned() }
    }

    fn wrote(file: usize, at: usize, bytes: &[u8]) -> Event {
        Event::Wrote { file, at, bytes: bytes.to_vec() }
    }

    #[test]
    fn what_was_synced_is_there_and_what_was_not_may_be() {
        let events = [created(0, "v"), wrote(0, 0, b"one"), Event::Synced { file: 0 }, Event::FolderSynced];
        let more = [wrote(0, 3, b" two"), created(1, "j"), Event::Truncated { file: 1, len: 2 }];
        let all = [&events[..], &more[..]].concat();
        let image = |pairs: &[(&str, &[u8])]| -> Image {
            pairs.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
        };
        assert_eq!(after(&all, Crash::Process), image(&[("v", b"one two"), ("j", b"\0\0")]));
        assert_eq!(after(&all, Crash::Power), image(&[("v", b"one")]));
        assert_eq!(after(&all, Crash::PowerNames), image(&[("v", b"one"), ("j", b"")]));
        let torn: Vec<Image> = (0..64).map(|seed| after(&all, Crash::Torn(seed))).collect();
        for one in [&b"one"[..], b"one two"] {
            assert!(torn.iter().any(|image| image["v"] == one));
        }
        assert!(torn.iter().any(|image| image.contains_key("j")) && torn.iter().any(|image| !image.contains_key("j")));
    }

    #[test]
    fn a_deleted_name_may_come_back_with_the_file_it_had() {
        let events = [created(0, "j"), wrote(0, 0, b"old"), Event::Synced { file: 0 }, Event::FolderSynced];
        let more = [Event::Deleted { name: "j".to_owned() }, created(1, "j")];
        let all = [&events[..], &more[..]].concat();
        assert_eq!(after(&all, Crash::Power)["j"], b"old");
        assert_eq!(after(&all, Crash::PowerNames)["j"], b"");
    }

    #[test]
    fn what_a_failed_sync_left_in_doubt_is_saved_by_writing_it_again_alone() {
        let begun = [created(0, "v"), wrote(0, 0, b"old"), Event::Synced { file: 0 }, Event::FolderSynced];
        let failed = [wrote(0, 0, b"new"), Event::SyncFailed { file: 0 }];
        let synced = [Event::Synced { file: 0 }];
        let told = [&begun[..], &failed, &synced].concat();
        assert_eq!(
            (&*after(&told, Crash::Process)["v"], &*after(&told, Crash::Power)["v"]),
            (&b"new"[..], &b"old"[..])
        );
        let again = [&begun[..], &failed, &[wrote(0, 0, b"new")], &synced].concat();
        assert_eq!(after(&again, Crash::Power)["v"], b"new");

        let gone = [Event::Deleted { name: "v".to_owned() }, Event::FolderSyncFailed, Event::FolderSynced];
        let told = [&begun[..], &gone].concat();
        assert!(after(&told, Crash::Process).is_empty() && after(&told, Crash::Power).contains_key("v"));
        let again = [&told[..], &[created(1, "v"), Event::FolderSynced, gone[0].clone(), Event::FolderSynced]].concat();
        assert!(after(&again, Crash::Power).is_empty());
    }
}
