//! Readers of foreign bytes answer, whatever they are given: `./x fuzz` runs these with more cases.

use proptest::prelude::*;

use super::super::body::Body;
use super::super::keys::make_seed;
use super::*;
use crate::aead;
use crate::codec::Writer;
use crate::pack;

/// Bytes that look right at the beginning.
fn looks_like(magic: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let versions = prop_oneof![Just(vec![0, 0, 0, 1, 0, 0, 0, 1]), prop::collection::vec(any::<u8>(), 8)];
    let rest = prop::collection::vec(any::<u8>(), 0..500);
    (versions, rest).prop_map(move |(versions, rest)| [magic, &versions, &rest].concat())
}

proptest! {
    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..500), package in looks_like(b"MYKARTEP"), list in looks_like(b"MYKARTEK")) {
        prop_assert!(Outside::read(&noise).is_err() && Outside::read(&package).is_err());
        prop_assert!(KeyList::dangerous_read_unpinned(&noise).is_err() && KeyList::dangerous_read_unpinned(&list).is_err());
        prop_assert!(SignedOffer::read(&noise).is_err());
        prop_assert!(Enrolment::decode(&noise).is_none());
        prop_assert!(Proof::from_bytes(&noise).signing_key().is_none());
    }

    /// Any text as a key: read as what it says, or refused.
    #[test]
    fn typed_keys_are_read_or_refused(typed in "\\PC{0,80}") {
        if let Ok(pin) = RootPin::parse(&typed) {
            prop_assert_eq!(RootPin::parse(&pin.to_string()), Ok(pin));
        }
        prop_assert!(SignedOffer::parse(&typed).is_err());
    }

    /// Signed by the hospital, with any index and any frames.
    #[test]
    fn a_signed_body_of_noise_is_refused(
        index in prop::collection::vec(any::<u8>(), 0..200),
        lines in 0_u32..5,
        rest in prop::collection::vec(any::<u8>(), 0..200),
        plain_len in any::<u64>(),
    ) {
        let world = World::make();
        let index = [&lines.to_be_bytes()[..], &index].concat();
        let mut bytes = Writer::new();
        bytes.field(&pack::frame(&index));
        bytes.raw(&rest);
        let body = Body { bytes: bytes.finish(), plain_len, index_hash: aead::derive_hash(&index) };
        let package = world.issue().seal_body(&body, make_seed().unwrap()).unwrap();
        let nothing = lines == 0 && index.len() == 4 && rest.is_empty() && plain_len == 0;
        prop_assert_eq!(world.open(&package).is_ok(), nothing);
    }

    /// Whatever the sizes of its parts.
    #[test]
    fn parts_are_what_was_sealed(sizes in prop::collection::vec(0_usize..3000, 0..6), fill in any::<u8>()) {
        let world = World::make();
        let plain = |size: usize| (0..size).map(|n| (n % 251) as u8 ^ fill).collect::<Vec<u8>>();
        let parts: Vec<Part> = (0..).zip(&sizes).map(|(seq, size)| part("labs", seq, &plain(*size))).collect();
        let opened = world.open(&world.issue().seal(&parts).unwrap()).unwrap();
        let found: Vec<Vec<u8>> = opened.parts.iter().map(|part| part.plain().unwrap().to_vec()).collect();
        prop_assert_eq!(found, sizes.iter().map(|size| plain(*size)).collect::<Vec<_>>());
    }
}
