//! The keys of a vault, derived from its file and its secrets by `docs/vault-format.md` alone: nothing in the API shows them.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rusqlite::Connection;
use sha2::Sha256;
use std::path::Path;
use tempfile::TempDir;

const PASSCODE: u32 = 1;
const RECOVERY: u32 = 3;

/// A slot: id, kind, three costs, salt, the wrapped key.
type Slot = (u32, u32, [u32; 3], Vec<u8>, Vec<u8>);
type Named = Vec<(String, Vec<u8>)>;

/// What opens a vault.
#[derive(Debug, Clone, Copy, Default)]
pub struct Secrets<'s> {
    /// As typed, in NFKC.
    pub passcode: &'s str,
    /// The recovery code, where there is one.
    pub recovery: Option<&'s str>,
    /// The installation secret, where the vault needs one.
    pub installation: &'s [u8],
}

/// Every key that exists while a vault is unlocked and read, by name.
///
/// # Panics
/// When it does not open.
pub fn of_vault(path: &Path, secrets: Secrets<'_>) -> Named {
    let file = File::read(path);
    let mut keys = Named::new();
    let mut data_key = None;
    for slot in &file.slots {
        let input = match (slot.1, secrets.recovery) {
            (PASSCODE, _) => {
                let stretched = stretch(secrets.passcode, slot);
                keys.push(("Argon2id of the passcode".into(), stretched.clone()));
                [&stretched, secrets.installation].concat()
            }
            (RECOVERY, Some(code)) => code.replace('-', "").as_bytes()[..26].to_vec(),
            _ => continue,
        };
        let kek = file.kek(slot, &input);
        // While a passcode is being changed there are two.
        data_key = file.unwrapped(slot, &kek).or(data_key);
        keys.push((format!("key of slot {}", slot.0), kek));
    }
    let data_key = data_key.expect("a slot opens");
    let wrapping = file.derive(&data_key, "generation key");
    let head_key = file.derive(&data_key, "head");
    for (record, generation, row) in records(&open(&head_key, &file.head, &file.place("head", &[]))) {
        let wrapped = file.generation(row);
        let place = file.place("generation key", &[&record, &generation.to_be_bytes()]);
        let key = open(&wrapping, &wrapped, &place);
        for purpose in ["catalogue", "manifest", "chunk"] {
            keys.push((format!("{purpose} key"), file.derive(&key, purpose)));
        }
        keys.push(("generation key".into(), key));
    }
    keys.extend(
        [("data key", data_key), ("wrapping key", wrapping), ("head key", head_key)].map(|(n, k)| (n.into(), k)),
    );
    keys
}

/// Whether a passcode alone opens a vault, whatever its counter of tries says.
///
/// # Panics
/// When it is no vault.
#[must_use]
pub fn opens(path: &Path, passcode: &str) -> bool {
    let file = File::read(path);
    let opens = |slot: &&Slot| file.unwrapped(slot, &file.kek(slot, &stretch(passcode, slot))).is_some();
    file.slots.iter().filter(|slot| slot.1 == PASSCODE).any(|slot| opens(&slot))
}

/// A folder with a copy of a vault, named `v`, and of the journal that a kill left beside it: nothing that is done to it is done to the vault.
///
/// # Panics
/// When there is no vault.
fn copy_of(path: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a place for a copy");
    std::fs::copy(path, folder.path().join("v")).expect("a vault");
    let journal = format!("{}-journal", path.display());
    if Path::new(&journal).exists() {
        std::fs::copy(journal, folder.path().join("v-journal")).expect("its journal");
    }
    folder
}

/// What a vault shows without a secret.
struct File {
    database: Connection,
    id: Vec<u8>,
    flags: u32,
    slots: Vec<Slot>,
    head: Vec<u8>,
}

impl File {
    fn read(path: &Path) -> File {
        let copy = copy_of(path);
        let database = Connection::open(copy.path().join("v")).expect("a database");
        let header = database.query_row("SELECT vault_id, flags FROM header", [], |row| Ok((row.get(0)?, row.get(1)?)));
        let (id, flags) = header.expect("a header");
        let mut query = database.prepare("SELECT id, kind, m_kib, t, p, salt, wrapped FROM slot").expect("slots");
        let slot = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, [row.get(2)?, row.get(3)?, row.get(4)?], row.get(5)?, row.get(6)?))
        };
        let slots = query.query_map([], slot).and_then(Iterator::collect).expect("slots");
        drop(query);
        let head = database.query_row("SELECT sealed FROM head", [], |row| row.get(0)).expect("a head");
        File { database, id, flags, slots, head }
    }

    fn kek(&self, slot: &Slot, input: &[u8]) -> Vec<u8> {
        let flags = self.flags.to_be_bytes();
        hkdf(&slot.3, input, &fields(&[&label("kek"), &self.id, &slot.1.to_be_bytes(), &flags]))
    }

    fn unwrapped(&self, slot: &Slot, kek: &[u8]) -> Option<Vec<u8>> {
        let numbers = [slot.0, slot.1, slot.2[0], slot.2[1], slot.2[2]].map(u32::to_be_bytes);
        let parts: Vec<&[u8]> = numbers.iter().map(|n| &n[..]).chain([&slot.3[..]]).collect();
        try_open(kek, &slot.4, &self.place("slot", &parts))
    }

    fn generation(&self, row: u64) -> Vec<u8> {
        let row = i64::try_from(row).expect("40 bits");
        self.database.query_row("SELECT key FROM generation WHERE id = ?", [row], |row| row.get(0)).expect("its key")
    }

    fn place(&self, purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
        let (label, one, flags) = (label(purpose), 1_u32.to_be_bytes(), self.flags.to_be_bytes());
        fields(&[&[&label[..], &one, &one, &flags, &self.id], parts].concat())
    }

    fn derive(&self, parent: &[u8], purpose: &str) -> Vec<u8> {
        hkdf(&self.id, parent, &fields(&[&label(purpose)]))
    }
}

/// Record id, generation and row of every record in a head.
fn records(head: &[u8]) -> Vec<([u8; 16], u64, u64)> {
    let mut rest = &head[4 + 16..];
    let number = |rest: &mut &[u8]| u32::from_be_bytes(take(rest));
    let slots = number(&mut rest);
    for _ in 0..slots {
        take::<36>(&mut rest);
    }
    let count = number(&mut rest);
    let record = |_| {
        let record = (take(&mut rest), u64::from_be_bytes(take(&mut rest)), u64::from_be_bytes(take(&mut rest)));
        take::<64>(&mut rest);
        let label = u32::from_be_bytes(take(&mut rest));
        rest = &rest[label as usize..];
        record
    };
    (0..count).map(record).collect()
}

fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (first, more) = rest.split_first_chunk().expect("the head goes on");
    *rest = more;
    *first
}

fn label(purpose: &str) -> Vec<u8> {
    format!("mykarte-vault/1 {purpose}").into_bytes()
}

fn fields(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes()[..], part].concat()).collect()
}

fn stretch(passcode: &str, slot: &Slot) -> Vec<u8> {
    let costs = Params::new(slot.2[0], slot.2[1], slot.2[2], Some(32)).expect("costs");
    let mut out = vec![0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs);
    argon2.hash_password_into(passcode.as_bytes(), &slot.3, &mut out).expect("enough memory");
    out
}

fn hkdf(salt: &[u8], input: &[u8], info: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 32];
    Hkdf::<Sha256>::new(Some(salt), input).expand(info, &mut out).expect("32 bytes");
    out
}

fn open(key: &[u8], sealed: &[u8], place: &[u8]) -> Vec<u8> {
    try_open(key, sealed, place).expect("the key fits")
}

fn try_open(key: &[u8], sealed: &[u8], place: &[u8]) -> Option<Vec<u8>> {
    let cipher = XChaCha20Poly1305::new_from_slice(key).expect("32 bytes");
    let (nonce, rest) = sealed.split_first_chunk::<24>().expect("a nonce");
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: rest, aad: place }).ok()
}
