//! A vault with known secrets, and all that anybody can see of it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mykarte_vault::{BiometricSecret, KdfParams, Passcode, RecordId, RecoveryCode, Unlock, Vault, VaultError};
use tempfile::TempDir;

/// Secrets that open without a key derivation, and two passcodes.
pub struct Secrets {
    /// Recovery codes: the one at the beginning, and another.
    pub codes: [RecoveryCode; 2],
    /// Biometric secrets: the same.
    pub faces: [BiometricSecret; 2],
    /// Passcodes: the same.
    pub passcodes: [Passcode; 2],
}

/// Of every vault here.
pub static SECRETS: LazyLock<Secrets> = LazyLock::new(|| Secrets {
    codes: std::array::from_fn(|_| RecoveryCode::make().unwrap()),
    faces: std::array::from_fn(|_| BiometricSecret::make().unwrap()),
    passcodes: ["つなみ-2011", "ひなん-7294"].map(|text| Passcode::new(text.as_bytes()).unwrap()),
});

/// The vault in a folder.
#[must_use]
pub fn vault_in(folder: &Path) -> PathBuf {
    folder.join("v")
}

/// A folder of one case; in memory where there is such a place, for thousands of them sync.
#[must_use]
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.unwrap()
}

/// Opens with whichever secret opens.
///
/// # Errors
/// That of the first way in that fails for another reason than its secret.
pub fn open(path: &Path) -> Result<Vault, VaultError> {
    let opened = ways().iter().find_map(|way| unlock(path, way).transpose());
    opened.unwrap_or(Err(VaultError::WrongRecoveryCode))
}

fn ways() -> [Unlock<'static>; 4] {
    let Secrets { codes, faces, .. } = &*SECRETS;
    [
        Unlock::Recovery(&codes[0]),
        Unlock::Recovery(&codes[1]),
        Unlock::Biometric(&faces[0]),
        Unlock::Biometric(&faces[1]),
    ]
}

fn unlock(path: &Path, way: &Unlock<'_>) -> Result<Option<Vault>, VaultError> {
    match Vault::unlock(path, *way) {
        Err(VaultError::WrongRecoveryCode | VaultError::WrongBiometricSecret | VaultError::NoSlot { .. }) => Ok(None),
        opened => opened.map(Some),
    }
}

/// Makes a vault with two people in it that opens with the first of each kind of secret.
pub fn make(path: &Path) {
    let mut vault = Vault::create(path, &SECRETS.passcodes[0], KdfParams::dangerous_floor()).unwrap();
    import(&mut vault, "花子", 1, 6).unwrap();
    import(&mut vault, "太郎", 1, 2).unwrap();
    vault.set_recovery_code(&SECRETS.codes[0]).unwrap();
    vault.set_biometric(&SECRETS.faces[0]).unwrap();
}

/// Whose record has this label.
///
/// # Errors
/// Those of reading.
pub fn find(vault: &Vault, who: &str) -> Result<Option<RecordId>, VaultError> {
    Ok(vault.records()?.iter().find(|head| *head.label == who.as_bytes()).map(|head| head.id))
}

/// Commits somebody's next generation; its bytes follow from `seed`.
///
/// # Errors
/// Those of the vault.
pub fn import(vault: &mut Vault, who: &str, seed: u8, chunks: u32) -> Result<(), VaultError> {
    import_sized(vault, who, seed, chunks, 9000)
}

/// The same with larger chunks.
///
/// # Errors
/// Those of the vault.
pub fn import_sized(vault: &mut Vault, who: &str, seed: u8, chunks: u32, len: usize) -> Result<(), VaultError> {
    let draft = vault.begin(find(vault, who)?)?;
    let seal = |seq: u32| draft.seal("labs", seq, &[seed], &noise(len, u32::from(seed) << 16 | seq));
    let sealed = (0..chunks).map(seal).collect::<Result<_, _>>()?;
    vault.commit(draft, who.as_bytes(), &noise(2000, seed.into()), sealed).map(drop)
}

/// Bytes that do not compress.
fn noise(len: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

/// All of a vault: every entry, every summary, and which secrets open it.
#[derive(Clone, PartialEq, Eq)]
pub struct View {
    /// Label, generation and every byte of each record, in the order of the labels.
    records: Vec<(String, u64, Vec<u8>)>,
    /// Codes, faces and, where somebody asked, passcodes.
    opens: Vec<bool>,
}

impl View {
    /// Looks at a vault, or sees that there is none. The passcodes cost a key derivation each, and are asked only where they are the subject.
    ///
    /// # Errors
    /// Whatever keeps a reader from all of it.
    pub fn of(path: &Path, passcodes: bool) -> Result<Self, VaultError> {
        if !path.exists() {
            return Ok(Self { records: Vec::new(), opens: Vec::new() });
        }
        let mut opens = Vec::new();
        let mut seen = None;
        for way in ways() {
            let vault = unlock(path, &way)?;
            opens.push(vault.is_some());
            if let (Some(vault), None) = (vault, &seen) {
                seen = Some(records(&vault)?);
                if passcodes {
                    // Not by unlocking: that would count a try in the file.
                    let both = SECRETS.passcodes.iter().map(|passcode| vault.opens_with(passcode));
                    opens.splice(0..0, both.collect::<Result<Vec<_>, _>>()?);
                }
            }
        }
        Ok(Self { records: seen.ok_or(VaultError::WrongRecoveryCode)?, opens })
    }

    /// The records of one with the secrets of either: while a passcode is changed.
    #[must_use]
    pub fn with_secrets_of(&self, other: &Self) -> Self {
        let opens = self.opens.iter().zip(&other.opens).map(|(one, two)| *one || *two).collect();
        Self { records: self.records.clone(), opens }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no vault at all: one without records is not made here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

fn records(vault: &Vault) -> Result<Vec<(String, u64, Vec<u8>)>, VaultError> {
    if !vault.slot_table_intact() {
        return Err(VaultError::Damaged { part: mykarte_vault::Part::SlotTable });
    }
    let mut all = Vec::new();
    for record in vault.records()? {
        let mut bytes = record.catalogue?.to_vec();
        for section in vault.sections(record.id)? {
            bytes.extend(section.section.as_bytes());
            for chunk in section.chunks {
                bytes.extend(&*chunk.meta);
                bytes.extend(&*vault.chunk(record.id, &section.section, chunk.seq)?);
            }
        }
        all.push((String::from_utf8_lossy(&record.label).into_owned(), record.generation, bytes));
    }
    all.sort();
    Ok(all)
}

/// Short enough for a failed test.
impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.records.iter().map(|(who, generation, bytes)| (who, generation, bytes.len()));
        f.debug_list().entries(all).finish()?;
        write!(f, " opened by {:?}", self.opens)
    }
}
