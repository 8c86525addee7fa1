//! Bits of a large vault flipped at random: an error, or what is read is what was written; and what does not hang on the
//! flipped byte is read.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;

use mykarte_vault::{DataKey, KdfParams, Vault};

use super::common::{Parts, damaged, is_diagnosis, passcode, read_parts};
use super::{Dice, setting};

const RECORDS: u32 = 2;
const CHUNKS: u32 = 12;

/// Two records of 12 chunks that hardly shrink: 1.2 MiB, most of it overflow pages, with an inner page in the tree.
fn large(path: &Path) -> DataKey {
    let mut vault = Vault::create(path, &passcode(), KdfParams::dangerous_floor()).unwrap();
    let mut dice = Dice(1);
    for _ in 0..RECORDS {
        let draft = vault.begin(None).unwrap();
        let chunks = (0..CHUNKS).map(|seq| {
            let noise: Vec<u8> = (0..50_000).map(|_| dice.next() as u8).collect();
            draft.seal("labs", seq, b"meta", &noise).unwrap()
        });
        let chunks = chunks.collect();
        vault.commit(draft, b"label", b"catalogue", chunks).unwrap();
    }
    vault.dangerous_data_key()
}

/// How many flips led to what.
#[derive(Default)]
struct Count {
    nothing: u64,
    parts: u64,
    refused: u64,
}

/// `MYKARTE_FLIPS` flips; `./x evidence` makes 100,000.
#[test]
fn random_flips_of_a_large_vault_are_errors_or_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let key = large(&path);
    let good = read_parts(&Vault::dangerous_open_with_data_key(&path, &key).unwrap()).unwrap();
    let flips = setting("MYKARTE_FLIPS", 100);
    let mut dice = Dice::roll();
    let counts: Vec<Count> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|worker| {
                let copy = dir.path().join(format!("copy {worker}"));
                std::fs::copy(&path, &copy).unwrap();
                let (mut dice, key, good) = (Dice(dice.next()), &key, &good);
                scope.spawn(move || count(&copy, key, good, flips / 2, &mut dice))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let sum = |of: fn(&Count) -> u64| counts.iter().map(of).sum::<u64>();
    let (nothing, parts, refused) = (sum(|c| c.nothing), sum(|c| c.parts), sum(|c| c.refused));
    println!("{flips} flips: {nothing} changed nothing, {parts} damaged parts, {refused} were refused");
    // Nine bytes in ten are a sealed chunk's; the file as a whole hangs on a few pages.
    assert!(parts > flips * 8 / 10 && refused < flips / 10, "{nothing}, {parts}, {refused}");
}

fn count(path: &Path, key: &DataKey, good: &Parts, flips: u64, dice: &mut Dice) -> Count {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let size = usize::try_from(file.metadata().unwrap().len()).unwrap();
    let mut count = Count::default();
    for _ in 0..flips {
        let (at, bit) = (dice.below(size), dice.below(8));
        let what = format!("byte {at} of {size}, bit {bit}");
        let mut byte = [0];
        file.read_exact_at(&mut byte, at as u64).unwrap();
        file.write_all_at(&[byte[0] ^ (1 << bit)], at as u64).unwrap();
        match Vault::dangerous_open_with_data_key(path, key).and_then(|vault| read_parts(&vault)) {
            Err(error) => {
                assert!(is_diagnosis(&error), "{what}: {error:?}");
                count.refused += 1;
            }
            Ok(seen) => {
                let errors: Vec<_> = seen.values().filter_map(|part| part.as_ref().err()).collect();
                assert!(errors.iter().all(|error| is_diagnosis(error)), "{what}: {errors:?}");
                match damaged(good, &seen, &what).len() {
                    0 => count.nothing += 1,
                    _ => count.parts += 1,
                }
            }
        }
        file.write_all_at(&byte, at as u64).unwrap();
    }
    count
}
