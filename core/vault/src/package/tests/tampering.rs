//! Whoever carries a package can do nothing to it but destroy it.

use super::super::header::{CHUNK, HEADER};
use super::super::keys::SIGNATURE;
use super::*;

const PAYLOAD: usize = HEADER + SIGNATURE;

/// Every bit of the outside, and of the ciphertext bytes at every border and at steps between.
#[test]
fn every_flipped_bit_is_refused() {
    let world = World::make();
    let mut package = world.issue().seal(&parts()).unwrap();
    let borders = (PAYLOAD..=package.len()).step_by(CHUNK).flat_map(|border| border - 17..border + 17);
    let between = (PAYLOAD..package.len()).step_by(4099);
    let places = (0..PAYLOAD).chain(borders).chain(between).filter(|at| *at < package.len()).collect::<Vec<_>>();
    for at in places {
        let bits = if at < PAYLOAD { 0..8 } else { at % 8..at % 8 + 1 };
        for bit in bits {
            package[at] ^= 1 << bit;
            assert!(world.open(&package).is_err(), "byte {at}, bit {bit}");
            package[at] ^= 1 << bit;
        }
    }
    assert!(world.open(&package).is_ok());
}

/// The smallest package there is, so that all of it can be tried.
fn every_byte(world: &World, bits: fn(usize) -> std::ops::Range<usize>) {
    let package = &world.issue().seal(&[part("labs", 0, b"[]\n{}\n")]).unwrap();
    assert!(world.open(package).is_ok());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || {
                let mut package = package.clone();
                for at in (worker..package.len()).step_by(workers) {
                    for bit in bits(at) {
                        package[at] ^= 1 << bit;
                        assert!(world.open(&package).is_err(), "byte {at}, bit {bit}");
                        package[at] ^= 1 << bit;
                    }
                }
            });
        }
    });
}

#[test]
fn a_flipped_bit_of_every_byte_is_refused() {
    every_byte(&World::make(), |at| at % 8..at % 8 + 1);
}

#[test]
#[ignore = "a million packages: minutes; run by ./x evidence"]
fn every_bit_of_every_byte_is_refused() {
    every_byte(&World::make(), |_| 0..8);
}

/// Any byte put in, taken out or repeated, any two exchanged: the length is fixed, the rest is signed.
#[test]
fn bytes_put_in_taken_out_and_exchanged_are_refused() {
    let world = World::make();
    let package = world.issue().seal(&[]).unwrap();
    for at in (0..PAYLOAD).chain((PAYLOAD..package.len()).step_by(997)) {
        let (before, after) = package.split_at(at);
        assert!(world.open(&[before, &[0], after].concat()).is_err(), "put in at {at}");
        assert!(world.open(&[before, &after[1..]].concat()).is_err(), "taken out at {at}");
        assert!(world.open(&[before, &after[1..], &[0]].concat()).is_err(), "moved up at {at}");
        assert!(world.open(before).is_err(), "cut at {at}");
        let other = package.len() - 1 - at;
        if package[at] != package[other] {
            let mut bent = package.clone();
            bent.swap(at, other);
            assert!(world.open(&bent).is_err(), "{at} and {other}");
        }
    }
    assert!(world.open(&package).is_ok());
}

#[test]
fn cut_swapped_appended_and_repeated_chunks_are_refused() {
    let world = World::make();
    let package = world.issue().seal(&parts()).unwrap();
    let (outside, payload) = package.split_at(PAYLOAD);
    let chunks: Vec<&[u8]> = payload.chunks(CHUNK).collect();
    let [a, b, c, d] = chunks[..] else { panic!("four chunks") };
    let orders: [&[&[u8]]; 8] = [
        &[a, b, c],
        &[b, c, d],
        &[a, c, b, d],
        &[a, b, d, c],
        &[a, a, c, d],
        &[a, b, c, c],
        &[a, b, c, d, d],
        &[a, b, c, d, a],
    ];
    for order in orders {
        assert!(world.open(&[&[outside], order].concat().concat()).is_err());
    }
    for border in (0..=4).map(|n| PAYLOAD + n * CHUNK) {
        for end in [border.saturating_sub(1), border, border + 1].into_iter().filter(|end| *end < package.len()) {
            assert_eq!(world.refusal(&package[..end]), PackageError::WrongLength, "cut at {end}");
        }
    }
    assert_eq!(world.refusal(&[&package[..], &[0]].concat()), PackageError::WrongLength);
    assert_eq!(world.refusal(&[&package[..], &package[..]].concat()), PackageError::WrongLength);
}

#[test]
fn a_header_that_promises_too_much_is_refused_by_its_length_alone() {
    let world = World::make();
    let package = world.issue().seal(&[]).unwrap();
    for payload in [0, 1, CHUNK as u64, 1025 * CHUNK as u64, u64::MAX, u64::MAX - (CHUNK as u64 - 1)] {
        let mut bent = package.clone();
        bent[92..100].copy_from_slice(&payload.to_be_bytes());
        assert_eq!(world.refusal(&bent), PackageError::WrongLength);
    }
    for (at, wanted) in [(0, PackageError::NotAPackage), (8, PackageError::NewerFormat { format: 0x0100_0001 })] {
        let mut bent = package.clone();
        bent[at] ^= 1;
        assert_eq!(world.refusal(&bent), wanted);
    }
    let mut bent = package.clone();
    bent[15] = 2;
    assert_eq!(world.refusal(&bent), PackageError::UnknownSuite { suite: 2 });
    assert_eq!(world.refusal(b""), PackageError::NotAPackage);
    assert_eq!(world.refusal(b"MYKARTEP"), PackageError::WrongLength);
}

#[test]
fn a_signature_is_needed_and_only_the_hospitals_own_will_do() {
    let (world, other) = (World::make(), World::make());
    let package = world.issue().seal(&parts()).unwrap();
    let outer = |flaw| PackageError::OuterSignature { flaw };
    let mut stripped = package.clone();
    stripped[HEADER..PAYLOAD].fill(0);
    assert_eq!(world.refusal(&stripped), outer(SignatureFlaw::Missing));

    // Another hospital's package; the same under our hospital's name; and under our key's name, too.
    let foreign = Issue { signing_key: &other.signing_key, ..world.issue() };
    let elsewhere = Issue { hospital: other.list.listing().hospital, ..foreign.clone() };
    let refused = world.refusal(&elsewhere.seal(&parts()).unwrap());
    assert_eq!(refused, PackageError::OtherHospital { hospital: other.list.listing().hospital });
    let mut forged = foreign.seal(&parts()).unwrap();
    assert_eq!(world.refusal(&forged), PackageError::UnknownKey { key: other.signing_key.verifying_key().id() });
    forged[32..48].copy_from_slice(world.signing_key.verifying_key().id().as_bytes());
    let (header, payload) = (forged[..HEADER].to_vec(), forged[PAYLOAD..].to_vec());
    let signature = other.signing_key.sign(&seal::outer_text(&header, &payload));
    forged[HEADER..PAYLOAD].copy_from_slice(&signature);
    assert_eq!(world.refusal(&forged), outer(SignatureFlaw::Wrong));
}

#[test]
fn another_device_opens_nothing_and_another_key_of_the_list_changes_nothing() {
    let (world, other) = (World::make(), World::make());
    let package = world.issue().seal(&parts()).unwrap();
    let verified = verify(&package, &world.list).unwrap();
    assert_eq!(verified.open(other.device()).unwrap_err(), PackageError::OtherDevice);
    let state = |state| {
        let keys = vec![ListedKey { key: world.signing_key.verifying_key(), state }];
        KeyList::sign(&world.root, Listing { keys, ..world.list.listing().clone() }).unwrap()
    };
    assert_eq!(verify(&package, &state(KeyState::Retired)).unwrap().key_state(), KeyState::Retired);
    let key = world.signing_key.verifying_key().id();
    assert_eq!(verify(&package, &state(KeyState::Compromised)).unwrap_err(), PackageError::CompromisedKey { key });
    let none = KeyList::sign(&world.root, Listing { keys: vec![], ..world.list.listing().clone() }).unwrap();
    assert_eq!(verify(&package, &none).unwrap_err(), PackageError::UnknownKey { key });
    let old = KeyList::sign(&world.root, Listing { epoch: 2, ..world.list.listing().clone() }).unwrap();
    assert_eq!(verify(&package, &old).unwrap_err(), PackageError::UnknownEpoch { epoch: 3 });
}
