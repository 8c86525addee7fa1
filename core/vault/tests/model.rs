//! Random sequences of operations against a plain map, with reopening between.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use common::{Place, passcode, read_all};
use mykarte_vault::{
    BiometricSecret, DataKey, KdfParams, NewSlots, Passcode, RecordId, RecoveryCode, SlotKind, Unlock, Vault,
    VaultError,
};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    /// Import; `target` picks an existing record to replace, or none. Chunk sizes in bytes, in two sections.
    Import {
        target: Option<prop::sample::Index>,
        chunks: Vec<(bool, usize)>,
        seed: u8,
    },
    /// A draft that is dropped.
    Abandon {
        target: Option<prop::sample::Index>,
    },
    Delete(prop::sample::Index),
    /// Close, and open again: with the data key, the code or the biometric secret, whatever there is.
    Reopen(u8),
    PauseAndResume,
    NewCode,
    NewBiometric,
    ChangePasscode(u8),
    Rekey(u8),
    RemoveSlot(prop::sample::Index),
    Copy,
}

fn step() -> impl Strategy<Value = Step> {
    let target = || prop::option::of(any::<prop::sample::Index>());
    let chunks = prop::collection::vec((any::<bool>(), 0_usize..20_000), 0..6);
    prop_oneof![
        8 => (target(), chunks, any::<u8>()).prop_map(|(target, chunks, seed)| Step::Import { target, chunks, seed }),
        1 => target().prop_map(|target| Step::Abandon { target }),
        3 => any::<prop::sample::Index>().prop_map(Step::Delete),
        6 => any::<u8>().prop_map(Step::Reopen),
        2 => Just(Step::PauseAndResume),
        3 => Just(Step::NewCode),
        2 => Just(Step::NewBiometric),
        1 => any::<u8>().prop_map(Step::ChangePasscode),
        1 => any::<u8>().prop_map(Step::Rekey),
        2 => any::<prop::sample::Index>().prop_map(Step::RemoveSlot),
        2 => Just(Step::Copy),
    ]
}

/// The secrets that should open the vault now.
struct Secrets {
    key: DataKey,
    passcode: Option<Passcode>,
    code: Option<RecoveryCode>,
    face: Option<BiometricSecret>,
}

fn passcode_number(number: u8) -> Passcode {
    Passcode::new(format!("つなみ-{number:03}").as_bytes()).unwrap()
}

impl Secrets {
    fn reopen(&self, path: &Path, how: u8) -> Vault {
        match (how % 3, &self.code, &self.face) {
            (1, Some(code), _) => Vault::unlock(path, Unlock::Recovery(code)).unwrap(),
            (2, _, Some(face)) => Vault::unlock(path, Unlock::Biometric(face)).unwrap(),
            _ => Vault::dangerous_open_with_data_key(path, &self.key).unwrap(),
        }
    }

    fn kinds(&self) -> Vec<SlotKind> {
        let all = [
            self.passcode.as_ref().map(|_| SlotKind::Passcode),
            self.code.as_ref().map(|_| SlotKind::Recovery),
            self.face.as_ref().map(|_| SlotKind::Biometric),
        ];
        all.into_iter().flatten().collect()
    }

    /// Removes a slot that the vault let go, or holds that it was right to keep it.
    fn remove(&mut self, vault: &mut Vault, which: prop::sample::Index) {
        let slots = vault.slots();
        let slot = which.get(&slots);
        let anywhere = slots.iter().filter(|s| s.opens_anywhere && s.id != slot.id).count();
        match vault.remove_slot(slot.id) {
            Err(error) => assert_eq!((error, anywhere), (VaultError::LastSlot, 0)),
            Ok(()) => match slot.kind {
                SlotKind::Passcode => self.passcode = None,
                SlotKind::Recovery => self.code = None,
                _ => self.face = None,
            },
        }
    }

    fn rekey(&mut self, vault: &mut Vault, number: u8) {
        let passcode = passcode_number(number);
        let code = number.is_multiple_of(2).then(|| RecoveryCode::make().unwrap());
        let new = NewSlots {
            passcode: Some((&passcode, None)),
            biometric: None,
            recovery: code.as_ref(),
            params: KdfParams::dangerous_floor(),
        };
        vault.rekey(new).unwrap();
        *self = Self { key: vault.dangerous_data_key(), passcode: Some(passcode), code, face: None };
    }
}

/// What the vault should hold: per record its generation, label and chunks.
type Model = BTreeMap<RecordId, (u64, Vec<u8>, BTreeMap<(String, u32), Vec<u8>>)>;

fn pick(model: &Model, target: Option<prop::sample::Index>) -> Option<RecordId> {
    let ids: Vec<RecordId> = model.keys().copied().collect();
    target.filter(|_| !ids.is_empty()).map(|index| *index.get(&ids))
}

fn noise(len: usize, seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed) + 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

fn import(vault: &mut Vault, model: &mut Model, replace: Option<RecordId>, chunks: &[(bool, usize)], seed: u8) {
    let draft = vault.begin(replace).unwrap();
    let mut content = BTreeMap::new();
    let mut sealed = Vec::new();
    let mut counts = [0_u32; 2];
    for (which, len) in chunks {
        let seq = counts[usize::from(*which)];
        counts[usize::from(*which)] += 1;
        let section = if *which { "labs" } else { "memos" };
        let plain = noise(*len, seed ^ seq as u8);
        sealed.push(draft.seal(section, seq, &len.to_be_bytes(), &plain).unwrap());
        content.insert((section.to_owned(), seq), plain);
    }
    let head = vault.commit(draft, &[seed], b"catalogue", sealed).unwrap();
    assert!(replace.is_none_or(|id| id == head.id));
    let generation = model.get(&head.id).map_or(1, |record| record.0 + 1);
    assert_eq!(head.generation, generation);
    model.insert(head.id, (generation, vec![seed], content));
}

fn assert_same(vault: &Vault, model: &Model) {
    let records = vault.records().unwrap();
    assert_eq!(records.len(), model.len());
    for record in records {
        let (generation, label, content) = &model[&record.id];
        assert_eq!((record.generation, record.label.as_slice()), (*generation, label.as_slice()));
        let mut found = BTreeMap::new();
        for section in vault.sections(record.id).unwrap() {
            for chunk in section.chunks {
                let plain = vault.chunk(record.id, &section.section, chunk.seq).unwrap().to_vec();
                assert_eq!(chunk.meta.as_slice(), plain.len().to_be_bytes());
                assert_eq!(chunk.plain_len as usize, plain.len());
                found.insert((section.section.to_string(), chunk.seq), plain);
            }
        }
        assert_eq!(&found, content);
    }
}

/// A vault of no records, made once: every case begins with a copy of it.
fn template() -> (tempfile::TempDir, PathBuf, DataKey) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("template");
    let mut vault = Vault::create(&path, &passcode_number(0), KdfParams::dangerous_floor()).unwrap();
    let id = common::import(&mut vault, None, 1, 1).id;
    vault.delete(id).unwrap();
    let key = vault.dangerous_data_key();
    (dir, path, key)
}

/// 60 in a test run, where each waits for the disk; `./x evidence` asks for 10,000.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

struct World {
    dir: tempfile::TempDir,
    path: PathBuf,
    model: Model,
    secrets: Secrets,
}

impl World {
    fn take(&mut self, mut vault: Vault, step: Step) -> Vault {
        match step {
            Step::Import { target, chunks, seed } => {
                let replace = pick(&self.model, target);
                import(&mut vault, &mut self.model, replace, &chunks, seed);
            }
            Step::Abandon { target } => drop(vault.begin(pick(&self.model, target)).unwrap()),
            Step::Delete(which) => match pick(&self.model, Some(which)) {
                Some(id) => {
                    vault.delete(id).unwrap();
                    self.model.remove(&id);
                }
                None => drop(vault.erase_leftovers().unwrap()),
            },
            Step::Reopen(how) => {
                drop(vault);
                vault = self.secrets.reopen(&self.path, how);
            }
            Step::PauseAndResume => {
                vault.pause();
                vault.resume().unwrap();
            }
            Step::NewCode => {
                let code = RecoveryCode::make().unwrap();
                vault.set_recovery_code(&code).unwrap();
                self.secrets.code = Some(code);
            }
            Step::NewBiometric => {
                let face = BiometricSecret::make().unwrap();
                vault.set_biometric(&face).unwrap();
                self.secrets.face = Some(face);
            }
            Step::ChangePasscode(number) => {
                vault.change_passcode(&passcode_number(number), None, KdfParams::dangerous_floor()).unwrap();
                self.secrets.passcode = Some(passcode_number(number));
            }
            Step::Rekey(number) => self.secrets.rekey(&mut vault, number),
            Step::RemoveSlot(which) => self.secrets.remove(&mut vault, which),
            Step::Copy => self.copy(&vault),
        }
        vault
    }

    fn copy(&self, vault: &Vault) {
        let target = self.dir.path().join("copy");
        let Some(code) = &self.secrets.code else {
            assert_eq!(vault.copy(&target, None), Err(VaultError::NoSlot { kind: SlotKind::Recovery }));
            return;
        };
        assert_eq!(vault.copy(&target, None), Ok(0));
        let copy = Vault::unlock(&target, Unlock::Recovery(code)).unwrap();
        assert_same(&copy, &self.model);
        drop(copy);
        std::fs::remove_file(&target).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_vault_does_what_a_map_does(steps in prop::collection::vec(step(), 1..14)) {
        static TEMPLATE: LazyLock<(tempfile::TempDir, PathBuf, DataKey)> = LazyLock::new(template);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v");
        std::fs::copy(&TEMPLATE.1, &path).unwrap();
        let secrets =
            Secrets { key: TEMPLATE.2.clone(), passcode: Some(passcode_number(0)), code: None, face: None };
        let mut world = World { dir, path, model: Model::new(), secrets };
        let mut vault = world.secrets.reopen(&world.path, 0);
        for step in steps {
            vault = world.take(vault, step);
            assert_same(&vault, &world.model);
            let mut kinds: Vec<SlotKind> = vault.slots().iter().map(|slot| slot.kind).collect();
            kinds.sort_by_key(|kind| world.secrets.kinds().iter().position(|k| k == kind));
            prop_assert_eq!(kinds, world.secrets.kinds());
            prop_assert!(vault.slot_table_intact());
        }
        drop(vault);
        prop_assert_eq!(std::fs::read_dir(world.dir.path()).unwrap().count(), 1);
        // A restart knows nothing but the file: each way in opens what the model holds.
        for how in 0..3 {
            assert_same(&world.secrets.reopen(&world.path, how), &world.model);
        }
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (place, ids) = Place::with_records(&[1]);
    let (other, _) = Place::with_records(&[1]);
    let (mut vault, mut stranger) = (place.open().unwrap(), other.open().unwrap());
    let before = read_all(&vault).unwrap();

    let (one, two) = (vault.begin(Some(ids[0])).unwrap(), vault.begin(Some(ids[0])).unwrap());
    let chunk = one.seal("labs", 0, b"", b"x").unwrap();
    assert_eq!(vault.commit(two, b"", b"", vec![chunk]).unwrap_err(), VaultError::ForeignDraft);
    assert_eq!(stranger.commit(one, b"", b"", vec![]).unwrap_err(), VaultError::ForeignDraft);
    assert_eq!(vault.begin(Some(RecordId::from_bytes([0; 16]))).unwrap_err(), VaultError::NoSuchRecord);

    let draft = vault.begin(Some(ids[0])).unwrap();
    let gap = vec![draft.seal("labs", 1, b"", b"x").unwrap()];
    assert_eq!(vault.commit(draft, b"", b"", gap).unwrap_err(), VaultError::MissingChunk { seq: 0 });
    let draft = vault.begin(Some(ids[0])).unwrap();
    let twice = vec![draft.seal("labs", 0, b"", b"x").unwrap(), draft.seal("labs", 0, b"", b"y").unwrap()];
    assert_eq!(vault.commit(draft, b"", b"", twice).unwrap_err(), VaultError::DuplicateChunk { seq: 0 });
    assert_eq!(read_all(&vault).unwrap(), before);

    let (early, late) = (vault.begin(Some(ids[0])).unwrap(), vault.begin(Some(ids[0])).unwrap());
    vault.commit(early, b"", b"", vec![]).unwrap();
    assert_eq!(vault.commit(late, b"", b"", vec![]).unwrap_err(), VaultError::StaleDraft);
    assert_eq!(vault.chunk(ids[0], "labs", 0).unwrap_err(), VaultError::NoSuchChunk);
}

/// Whoever comes second is told at once; after a pause in which somebody else wrote, the first is told instead of mixing
/// generations.
#[test]
fn one_opener_at_a_time() {
    let (place, ids) = Place::with_records(&[1]);
    let mut first = place.open().unwrap();
    assert_eq!(place.open().unwrap_err(), VaultError::InUse);
    assert_eq!(Vault::open(&place.path, &passcode()).unwrap_err(), VaultError::InUse);
    let seen = read_all(&first).unwrap();

    first.pause();
    assert_eq!(place.files(), ["v.mykarte-vault"]);
    assert_eq!(first.records().unwrap_err(), VaultError::Paused);
    let draft = first.begin(Some(ids[0])).unwrap();
    assert_eq!(first.commit(draft, b"", b"", vec![]).unwrap_err(), VaultError::Paused);
    first.resume().unwrap();
    assert_eq!(read_all(&first).unwrap(), seen);

    first.pause();
    let mut second = place.open().unwrap();
    assert_eq!(first.resume().unwrap_err(), VaultError::InUse);
    common::import(&mut second, Some(ids[0]), 5, 1);
    drop(second);
    assert_eq!(first.resume().unwrap_err(), VaultError::ChangedElsewhere);
    drop(first);
    read_all(&place.open().unwrap()).unwrap();
}

/// Sealing is pure: as many threads as the caller likes, and the order of the chunks does not matter.
#[test]
fn chunks_sealed_on_many_threads_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut vault = Vault::create(dir.path().join("v"), &passcode(), KdfParams::dangerous_floor()).unwrap();
    let draft = vault.begin(None).unwrap();
    let sealed = std::thread::scope(|scope| {
        let draft = &draft;
        let threads = (0..8_u32).map(|seq| scope.spawn(move || draft.seal("labs", seq, b"", &noise(5000, seq as u8))));
        let mut threads: Vec<_> = threads.collect();
        threads.reverse();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
    });
    let id = vault.commit(draft, b"", b"", sealed).unwrap().id;
    for seq in 0..8 {
        assert_eq!(vault.chunk(id, "labs", seq).unwrap().as_slice(), noise(5000, seq as u8));
    }
}
