//! What is cut off: each operation that writes into a vault.

use std::path::Path;
use std::sync::LazyLock;

use mykarte_vault::{KdfParams, NewSlots, SlotKind, Unlock, Vault, VaultError};

use crate::disk::{self, Crash, Event, Image};
use crate::record::{self, Fault, Heard};
use crate::view::{SECRETS, View, find, folder, import, import_sized, make, open, vault_in};

type Step = fn(&Path) -> Result<(), VaultError>;

/// One operation, or several of which each is acknowledged.
pub struct Operation {
    /// What a replay is called by.
    pub name: &'static str,
    /// Whether passcodes are its subject.
    pub passcodes: bool,
    /// Whether it first takes the name with an empty file (`docs/limits.md`).
    pub reserves: bool,
    /// Whether it lets go of keys: nothing of them is in the file when it is done.
    pub erases: bool,
    /// Whether it is done only when they are gone. Another change of keys is done when it is in the file; what it left in a page
    /// may go with the next write.
    pub deletes: bool,
    /// Whether it counts wrong passcodes: then any way in clears the count, which is a write.
    pub counts_tries: bool,
    prepare: fn(&Path),
    steps: &'static [Step],
}

const fn one(name: &'static str, steps: &'static [Step]) -> Operation {
    Operation {
        name,
        passcodes: false,
        reserves: false,
        erases: false,
        deletes: false,
        counts_tries: false,
        prepare: |_| (),
        steps,
    }
}

/// All of them. The first three make a file.
pub const ALL: &[Operation] = &[
    Operation { prepare: forget, ..one("create", &[create]) },
    Operation { prepare: forget, reserves: true, ..one("create-without-links", &[create_without_links]) },
    Operation { prepare: forget, ..one("copy", &[copy]) },
    one("import", &[add]),
    one("re-import", &[replace]),
    Operation { passcodes: true, erases: true, ..one("passcode", &[change_passcode]) },
    Operation { counts_tries: true, ..one("unlock", &[unlock]) },
    Operation { prepare: |path| remove_face(path).unwrap(), ..one("slot-add", &[add_face]) },
    Operation { erases: true, ..one("slot-replace", &[new_code]) },
    Operation { erases: true, ..one("slot-remove", &[remove_face]) },
    Operation { erases: true, deletes: true, ..one("delete", &[delete]) },
    Operation { erases: true, ..one("rekey", &[rekey]) },
    Operation { prepare: crashed, ..one("recover", &[add]) },
    one("sequence", &[replace, new_code, delete, add]),
];

/// One whose pages do not fit the cache: the file is written before the commit, the journal has several parts.
pub const LARGE: Operation = Operation { prepare: |path| grow(path).unwrap(), ..one("large", &[grow]) };

fn forget(path: &Path) {
    std::fs::remove_file(path).unwrap();
}

fn create(path: &Path) -> Result<(), VaultError> {
    let mut vault = Vault::create(path, &SECRETS.passcodes[0], KdfParams::dangerous_floor())?;
    vault.set_recovery_code(&SECRETS.codes[0])?;
    import(&mut vault, "花子", 1, 3)
}

/// Where a file has one name at most (Android, FAT).
fn create_without_links(path: &Path) -> Result<(), VaultError> {
    record::without_links(|| create(path))
}

/// From another folder.
fn copy(path: &Path) -> Result<(), VaultError> {
    static SOURCE: LazyLock<Image> = LazyLock::new(|| {
        let folder = folder();
        make(&vault_in(folder.path()));
        disk::image_of(folder.path())
    });
    let source = folder();
    disk::lay_out(&SOURCE, source.path());
    open(&vault_in(source.path()))?.copy(path, None).map(drop)
}

fn add(path: &Path) -> Result<(), VaultError> {
    import(&mut open(path)?, "次郎", 1, 3)
}

fn replace(path: &Path) -> Result<(), VaultError> {
    import(&mut open(path)?, "花子", 2, 8)
}

fn grow(path: &Path) -> Result<(), VaultError> {
    let mut vault = open(path)?;
    let seed = if find(&vault, "長い")?.is_some() { 2 } else { 1 };
    import_sized(&mut vault, "長い", seed, 20, 1 << 20)
}

fn change_passcode(path: &Path) -> Result<(), VaultError> {
    open(path)?.change_passcode(&SECRETS.passcodes[1], None, KdfParams::dangerous_floor())
}

/// Counts a try and clears it.
fn unlock(path: &Path) -> Result<(), VaultError> {
    Vault::unlock(path, Unlock::Passcode(&SECRETS.passcodes[0])).map(drop)
}

fn add_face(path: &Path) -> Result<(), VaultError> {
    open(path)?.set_biometric(&SECRETS.faces[1])
}

fn new_code(path: &Path) -> Result<(), VaultError> {
    open(path)?.set_recovery_code(&SECRETS.codes[1])
}

fn remove_face(path: &Path) -> Result<(), VaultError> {
    let mut vault = open(path)?;
    let face = vault.slots().into_iter().find(|slot| slot.kind == SlotKind::Biometric).unwrap();
    vault.remove_slot(face.id)
}

fn delete(path: &Path) -> Result<(), VaultError> {
    let mut vault = open(path)?;
    let id = find(&vault, "花子")?.unwrap();
    vault.delete(id)
}

fn rekey(path: &Path) -> Result<(), VaultError> {
    open(path)?.rekey(NewSlots {
        passcode: None,
        biometric: Some(&SECRETS.faces[1]),
        recovery: Some(&SECRETS.codes[1]),
        params: KdfParams::dangerous_floor(),
    })
}

/// A re-import that was killed when the file was written and its journal still there.
fn crashed(path: &Path) {
    let folder = path.parent().unwrap();
    let (done, heard) = record::listen(folder, None, || replace(path));
    done.unwrap();
    let end = heard.events.iter().position(|event| matches!(event, Event::Deleted { .. })).unwrap();
    let mut disk = heard.start;
    heard.events[..end].iter().for_each(|event| disk.apply(event));
    let image = disk.after(Crash::Process);
    assert_eq!(image.len(), 2, "the journal is there");
    disk::lay_out(&image, folder);
}

/// An operation done once without a crash.
pub struct Rehearsal {
    /// The folder before.
    pub start: Image,
    /// What a reader sees before, and after each step.
    pub states: Vec<View>,
    /// What was written.
    pub heard: Heard,
}

impl Operation {
    /// Makes the folder that the operation begins with.
    #[must_use]
    pub fn start(&self) -> Image {
        let folder = folder();
        make(&vault_in(folder.path()));
        (self.prepare)(&vault_in(folder.path()));
        disk::image_of(folder.path())
    }

    /// Does it and listens.
    #[must_use]
    pub fn rehearse(&self, start: Image) -> Rehearsal {
        let folder = folder();
        disk::lay_out(&start, folder.path());
        let path = vault_in(folder.path());
        let look = || View::of(&path, self.passcodes).unwrap();
        let all = || {
            let mut states = vec![look()];
            for step in self.steps {
                step(&path).unwrap();
                record::acknowledge();
                states.push(look());
            }
            states
        };
        let (states, heard) = record::listen(folder.path(), None, all);
        Rehearsal { start, states, heard }
    }

    /// Does it in a folder until something fails. Returns how many steps were acknowledged, and the failure.
    pub fn attempt(&self, folder: &Path, fault: Fault) -> ((usize, Option<VaultError>), Heard) {
        let path = vault_in(folder);
        record::listen(folder, Some(fault), || {
            for (done, step) in self.steps.iter().enumerate() {
                match step(&path) {
                    Ok(()) => record::acknowledge(),
                    Err(error) => return (done, Some(error)),
                }
            }
            (self.steps.len(), None)
        })
    }

    /// Does its first step again.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn again(&self, path: &Path) -> Result<(), VaultError> {
        self.steps[0](path)
    }

    /// What a reader may see when so many steps were acknowledged and the next had perhaps begun.
    #[must_use]
    pub fn allowed(&self, states: &[View], acknowledged: usize) -> Vec<View> {
        let mut allowed = vec![states[acknowledged].clone()];
        if let Some(next) = states.get(acknowledged + 1) {
            allowed.push(next.clone());
            if self.passcodes {
                // For a moment both open (ADR 0007).
                allowed.push(states[acknowledged].with_secrets_of(next));
            }
        }
        allowed
    }
}
