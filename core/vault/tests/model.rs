//! Random sequences of operations against a plain map, with reopening between.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::collections::BTreeMap;

use common::{Place, passcode, read_all};
use mykarte_vault::{KdfParams, RecordId, Vault, VaultError};
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
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let target = || prop::option::of(any::<prop::sample::Index>());
    let chunks = prop::collection::vec((any::<bool>(), 0_usize..20_000), 0..6);
    prop_oneof![
        4 => (target(), chunks, any::<u8>()).prop_map(|(target, chunks, seed)| Step::Import { target, chunks, seed }),
        1 => target().prop_map(|target| Step::Abandon { target }),
        2 => Just(Step::Reopen),
    ]
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_vault_does_what_a_map_does(steps in prop::collection::vec(step(), 1..14)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v");
        let mut vault = Vault::create(&path, &passcode(), KdfParams::dangerous_floor()).unwrap();
        let key = vault.dangerous_data_key();
        let mut model = Model::new();
        for step in steps {
            match step {
                Step::Import { target, chunks, seed } => {
                    let replace = pick(&model, target);
                    import(&mut vault, &mut model, replace, &chunks, seed);
                }
                Step::Abandon { target } => drop(vault.begin(pick(&model, target)).unwrap()),
                Step::Reopen if model.is_empty() => assert!(!path.exists()),
                Step::Reopen => {
                    drop(vault);
                    vault = Vault::dangerous_open_with_data_key(&path, &key).unwrap();
                }
            }
            assert_same(&vault, &model);
        }
        let files = std::fs::read_dir(dir.path()).unwrap().count();
        prop_assert_eq!(files, usize::from(!model.is_empty()));
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
