//! Any pages in the journal that a crash leaves beside a vault: refused, or each part is what was sealed there, or damaged.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{Contents, contents, edited, is_said, vector};
use mykarte_vault::{BiometricSecret, Unlock, Vault, VaultError};
use std::path::Path;
use std::sync::LazyLock;

static ORIGINAL: LazyLock<Vec<u8>> = LazyLock::new(|| vector("v1-slots.mykarte-vault"));
static CONTENTS: LazyLock<Contents> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("v"), &*ORIGINAL).unwrap();
    contents(&open(&folder.path().join("v")).unwrap()).unwrap()
});
const PAGE: usize = 4096;

/// SQLite's file format, section 3.
#[derive(Debug, Arbitrary)]
struct Journal<'a> {
    records: u32,
    nonce: u32,
    pages_before: u8,
    sector: u32,
    /// Page number, and what is changed in the page.
    pages: Vec<(u8, &'a [u8])>,
    tail: &'a [u8],
}

impl Journal<'_> {
    fn bytes(&self) -> Vec<u8> {
        let magic = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7];
        let sector = [512, 4096, self.sector][self.sector as usize % 3];
        let numbers = [self.records, self.nonce, self.pages_before.into(), sector, PAGE as u32];
        let mut bytes = [&magic[..], &numbers.map(u32::to_be_bytes).concat()].concat();
        bytes.resize(bytes.len().max(sector.min(1 << 16) as usize), 0);
        for (number, edits) in &self.pages {
            let start = usize::from(number.wrapping_sub(1)) * PAGE;
            let page = edited(ORIGINAL.get(start..start + PAGE).unwrap_or(&[0; PAGE]), edits);
            let samples = (1..20).map(|step| PAGE - 200 * step).map(|at| u32::from(page.get(at).copied().unwrap_or(0)));
            let sum = samples.fold(self.nonce, u32::wrapping_add);
            bytes.extend([&u32::from(*number).to_be_bytes()[..], &page, &sum.to_be_bytes()].concat());
        }
        bytes.extend_from_slice(self.tail);
        bytes
    }
}

fn open(path: &Path) -> Result<Vault, VaultError> {
    Vault::unlock(path, Unlock::Biometric(&BiometricSecret::from_bytes(b"biometric secret of the phone  1")))
}

fuzz_target!(|journal: Journal<'_>| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v");
    std::fs::write(&path, &*ORIGINAL).unwrap();
    std::fs::write(folder.path().join("v-journal"), journal.bytes()).unwrap();
    let Ok(vault) = open(&path) else { return };
    assert!(contents(&vault).is_ok_and(|found| is_said(&found, &CONTENTS)));
});
