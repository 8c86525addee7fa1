//! Tests that need a look behind the public surface: bytes on the disk and failures at named points.

mod canary;
mod crash;
mod erasing;
mod forgery;
mod keys;
mod standards;

use std::path::{Path, PathBuf};

use crate::store::fault;
use crate::{KdfParams, Passcode, RecordId, Vault, VaultError};

fn passcode() -> Passcode {
    Passcode::new("つなみ-2011".as_bytes()).unwrap()
}

/// A vault with one record of `chunks` chunks that hardly compress, in a folder of its own.
pub(crate) fn vault_with(chunks: u32) -> (tempfile::TempDir, PathBuf, Vault, RecordId) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let mut vault = Vault::create(&path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    let id = import(&mut vault, None, 1, chunks).unwrap();
    (dir, path, vault, id)
}

/// Commits a generation whose chunks follow from `seed`.
fn import(vault: &mut Vault, replace: Option<RecordId>, seed: u8, chunks: u32) -> Result<RecordId, VaultError> {
    let draft = vault.begin(replace)?;
    let sealed = (0..chunks).map(|seq| draft.seal("labs", seq, b"", &noise(seed, seq))).collect::<Result<_, _>>()?;
    vault.commit(draft, &[seed], &[seed], sealed).map(|head| head.id)
}

fn noise(seed: u8, seq: u32) -> Vec<u8> {
    let mut state = u32::from(seed) << 16 | seq;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..9000).map(|_| next()).collect()
}

/// The seed of the generation that is current, after all of it was read and found to be that generation's.
fn current(vault: &Vault, id: RecordId, chunks: u32) -> Result<u8, VaultError> {
    let records = vault.records()?;
    assert_eq!(records.len(), 1);
    let seed = records[0].label[0];
    assert_eq!(records[0].catalogue.clone()?.as_slice(), [seed]);
    for seq in 0..chunks {
        assert_eq!(vault.chunk(id, "labs", seq)?.as_slice(), noise(seed, seq));
    }
    Ok(seed)
}

/// Copies every file of a folder: what a crash at this moment would leave.
pub(crate) fn picture(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Runs `work` with a hook at the named points of this thread.
pub(crate) fn with_hook<T>(
    hook: impl FnMut(&'static str) -> Result<(), VaultError> + 'static,
    work: impl FnOnce() -> T,
) -> T {
    fault::set(Some(Box::new(hook)));
    let outcome = work();
    fault::set(None);
    outcome
}

/// Every file that a power cut leaves while the pages of a commit are being written in their order, each with the journal,
/// synced; to `look` at, with the number of pages that are new.
pub(crate) fn torn_between(old: &[u8], new: &[u8], journal: &Path, mut look: impl FnMut(&Path, usize)) {
    // SQLite writes the number of records into the journal's header when it syncs it, just before the first page.
    let mut journal = std::fs::read(journal).unwrap();
    let sector = usize::try_from(u32::from_be_bytes(*journal[20..].first_chunk().unwrap())).unwrap();
    let records = u32::try_from((journal.len() - sector) / (4 + 4096 + 4)).unwrap();
    journal[..8].copy_from_slice(&[0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]);
    journal[8..12].copy_from_slice(&records.to_be_bytes());
    let dir = tempfile::tempdir().unwrap();
    let torn = dir.path().join("torn");
    for page in 0..=new.len() / 4096 {
        let mut mixed = old.to_vec();
        mixed.resize(mixed.len().max(page * 4096), 0);
        mixed[..page * 4096].copy_from_slice(&new[..page * 4096]);
        std::fs::write(&torn, &mixed).unwrap();
        std::fs::write(dir.path().join("torn-journal"), &journal).unwrap();
        look(&torn, page);
    }
}
