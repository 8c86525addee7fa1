//! What the tests share: a small vault with known content, and ways to look at all of it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mykarte_vault::{DataKey, KdfParams, Part, Passcode, RecordHead, RecordId, Vault, VaultError};
use tempfile::TempDir;

pub const PASSCODE: &str = "つなみ-2011";

pub fn passcode() -> Passcode {
    Passcode::new(PASSCODE.as_bytes()).unwrap()
}

/// A folder with one vault in it, and the key to it.
pub struct Place {
    pub dir: TempDir,
    pub path: PathBuf,
    pub key: DataKey,
}

impl Place {
    /// `records[i]` becomes a record with that many chunks in the section `labs` and one in `basics`.
    pub fn with_records(records: &[u32]) -> (Self, Vec<RecordId>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v.mykarte-vault");
        let mut vault = Vault::create(&path, &passcode(), KdfParams::dangerous_floor()).unwrap();
        let ids = (0..).zip(records).map(|(which, chunks)| import(&mut vault, None, which, *chunks).id).collect();
        let key = vault.dangerous_data_key();
        (Self { dir, path, key }, ids)
    }

    pub fn open(&self) -> Result<Vault, VaultError> {
        Vault::dangerous_open_with_data_key(&self.path, &self.key)
    }

    /// The names of all files in the folder.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Commits a generation whose bytes follow from `which`.
pub fn import(vault: &mut Vault, replace: Option<RecordId>, which: u32, chunks: u32) -> RecordHead {
    let draft = vault.begin(replace).unwrap();
    let mut sealed = vec![draft.seal("basics", 0, b"", format!("basics of {which}").as_bytes()).unwrap()];
    for seq in 0..chunks {
        let text = format!("chunk {seq} of {which}");
        sealed.push(draft.seal("labs", seq, format!("meta {seq}").as_bytes(), text.as_bytes()).unwrap());
    }
    let (label, catalogue) = (format!("label {which}"), format!("catalogue {which}"));
    vault.commit(draft, label.as_bytes(), catalogue.as_bytes(), sealed).unwrap()
}

/// Everything a reader can see, or the first error.
pub fn read_all(vault: &Vault) -> Result<Vec<Vec<u8>>, VaultError> {
    let mut seen = Vec::new();
    for record in vault.records()? {
        seen.push(record.id.as_bytes().to_vec());
        seen.push(record.generation.to_be_bytes().to_vec());
        seen.push(record.label.to_vec());
        seen.push(record.catalogue?.to_vec());
        for section in vault.sections(record.id)? {
            seen.push(section.section.as_bytes().to_vec());
            for chunk in section.chunks {
                seen.push(chunk.meta.to_vec());
                seen.push(vault.chunk(record.id, &section.section, chunk.seq)?.to_vec());
            }
        }
    }
    Ok(seen)
}

/// Runs SQL on the raw file, as an attacker would.
pub fn tamper(path: &Path, sql: &str) -> usize {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(sql).unwrap();
    conn.changes().try_into().unwrap()
}

/// Every part that a reader can ask for, by name, with what it gives.
pub type Parts = BTreeMap<String, Result<Vec<u8>, VaultError>>;

/// All parts: what is intact is there even where something else is damaged.
pub fn read_parts(vault: &Vault) -> Result<Parts, VaultError> {
    let mut parts = Parts::new();
    for (number, record) in vault.records()?.into_iter().enumerate() {
        let mut put = |name: &str, part| parts.insert(format!("{number}/{name}"), part);
        let head = [record.id.as_bytes(), &record.generation.to_be_bytes()[..], &record.label].concat();
        put("head", Ok(head));
        put("catalogue", record.catalogue.map(|bytes| bytes.to_vec()));
        match vault.sections(record.id) {
            Err(error) => drop(put("manifest", Err(error))),
            Ok(sections) => {
                put("manifest", Ok(format!("{sections:?}").into_bytes()));
                for section in sections {
                    for chunk in section.chunks {
                        let plain = vault.chunk(record.id, &section.section, chunk.seq);
                        let all = plain.map(|plain| [&chunk.meta[..], &plain].concat());
                        put(&format!("{} {}", section.section.as_str(), chunk.seq), all);
                    }
                }
            }
        }
    }
    Ok(parts)
}

/// What is damaged, by name. A part that is changed, missing or new without an error is the failure.
pub fn damaged(good: &Parts, seen: &Parts, what: &str) -> Vec<String> {
    let manifest_of = |name: &str| format!("{}/manifest", name.split('/').next().unwrap_or_default());
    for (name, part) in seen {
        assert!(good.contains_key(name), "{what}: {name} is new");
        assert!(part.is_err() || *part == good[name], "{what}: {name} was changed");
    }
    for name in good.keys().filter(|name| !seen.contains_key(*name)) {
        assert!(seen[&manifest_of(name)].is_err(), "{what}: {name} is missing");
    }
    let broken = |name: &&String| seen.get(*name).is_none_or(Result::is_err);
    good.keys().filter(broken).cloned().collect()
}

/// Whether an error says what the file is, rather than that something went wrong.
pub fn is_diagnosis(error: &VaultError) -> bool {
    use VaultError as E;
    matches!(
        error,
        E::Damaged { .. }
            | E::NotAVault
            | E::Truncated
            | E::NewerFormat { .. }
            | E::UnknownSuite { .. }
            | E::KdfOutOfBounds { .. }
            | E::WrongDataKey
    )
}

/// Whether an error says why a secret does not open: of the slot, of the header, of the table of slots.
pub fn is_refusal(error: &VaultError) -> bool {
    use VaultError as E;
    match error {
        E::WrongPasscode { .. }
        | E::WrongBiometricSecret
        | E::WrongRecoveryCode
        | E::KdfOutOfBounds { .. }
        | E::NoSlot { .. }
        | E::NewerFormat { .. }
        | E::UnknownSuite { .. }
        | E::InstallationSecretNeeded => true,
        E::Damaged { part } => matches!(part, Part::SlotTable | Part::Header),
        _ => false,
    }
}
