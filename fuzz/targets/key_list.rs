//! Any bytes as a key list: one that was changed is refused; what a hospital signs is read as it was signed, or was never
//! signed.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{edited, vector};
use mykarte_vault::package::{HospitalId, KeyList, KeyState, ListedKey, Listing, RootPin, SigningKey};
use std::sync::LazyLock;

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Raw(&'a [u8]),
    Edits(&'a [u8]),
    Listing { hospital: [u8; 16], number: u64, epoch: u32, facility: String, name: String, keys: Vec<(u8, u8)> },
}

static LIST: LazyLock<Vec<u8>> = LazyLock::new(|| vector("package-v1/hospital.mykarte-list"));
static ROOT: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::dangerous_from_bytes(b"root key of the vector hospital "));

fn changed(bytes: &[u8]) {
    let is_same = bytes == LIST.as_slice();
    assert_eq!(KeyList::dangerous_read_unpinned(bytes).is_ok(), is_same);
    assert_eq!(KeyList::read(bytes, &RootPin::of(&ROOT.verifying_key())).is_ok(), is_same);
}

fn signed(listing: Listing) {
    let Ok(list) = KeyList::sign(&ROOT, listing.clone()) else { return };
    let read = KeyList::read(list.as_bytes(), &RootPin::of(&ROOT.verifying_key())).unwrap();
    assert_eq!((read.listing(), read.as_bytes()), (&listing, list.as_bytes()));
    assert_eq!(read.may_become(&read), Ok(false));
}

fuzz_target!(|input: Input<'_>| {
    match input {
        Input::Raw(bytes) => changed(bytes),
        Input::Edits(edits) => changed(&edited(&LIST, edits)),
        Input::Listing { hospital, number, epoch, facility, name, keys } => {
            let states = [KeyState::Active, KeyState::Retired, KeyState::Compromised];
            let key = |(seed, state): &(u8, u8)| ListedKey {
                key: SigningKey::dangerous_from_bytes(&[*seed; 32]).verifying_key(),
                state: states[usize::from(*state) % 3],
            };
            let keys = keys.iter().take(4).map(key).collect();
            signed(Listing { hospital: HospitalId::from_bytes(hospital), number, epoch, facility, name, keys });
        }
    }
});
