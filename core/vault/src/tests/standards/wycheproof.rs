//! Wycheproof: what implementations elsewhere got wrong. A valid case passes, an invalid one fails. Each test says how
//! many cases it took, so that an empty set is no success.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use wycheproof::TestResult;

use super::array;
use crate::aead::{Fields, derive_key, open};
use crate::package::{DevicePublicKey, VerifyingKey};
use crate::secret::Key;

fn valid(result: TestResult) -> bool {
    result == TestResult::Valid
}

/// Sealing, through our own `open`.
#[test]
fn xchacha20_poly1305() {
    use wycheproof::aead::{TestName, TestSet};
    let set = TestSet::load(TestName::XChaCha20Poly1305).unwrap();
    // Nonces of other lengths are no values of ours: the first 24 bytes are the nonce.
    let groups = set.test_groups.iter().filter(|group| group.nonce_size == 192);
    let mut count = 0;
    for case in groups.flat_map(|group| &group.tests) {
        let sealed = [&case.nonce[..], &case.ct, &case.tag].concat();
        let opened = open(&Key::from_slice(&case.key).unwrap(), &Fields::of(&case.aad), &sealed);
        let expected = valid(case.result).then(|| case.pt.to_vec());
        assert_eq!(opened.map(|plain| plain.to_vec()), expected, "{}", case.tc_id);
        count += 1;
    }
    assert_eq!(count, 306);
}

/// The chunks of packages: HPKE uses this type of this very crate.
#[test]
fn chacha20_poly1305() {
    use wycheproof::aead::{TestName, TestSet};
    let set = TestSet::load(TestName::ChaCha20Poly1305).unwrap();
    let groups = set.test_groups.iter().filter(|group| group.nonce_size == 96);
    let mut count = 0;
    for case in groups.flat_map(|group| &group.tests) {
        let sealed = [&case.ct[..], &case.tag].concat();
        let cipher = ChaCha20Poly1305::new_from_slice(&case.key).unwrap();
        let nonce: [u8; 12] = array(&case.nonce);
        let opened = cipher.decrypt(&nonce.into(), Payload { msg: &sealed, aad: &case.aad });
        let expected = valid(case.result).then(|| case.pt.to_vec());
        assert_eq!(opened.ok(), expected, "{}", case.tc_id);
        count += 1;
    }
    assert_eq!(count, 316);
}

/// Signatures, through our own strict `verify`.
#[test]
fn ed25519() {
    use wycheproof::eddsa::{TestName, TestSet};
    let mut count = 0;
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key = VerifyingKey::from_bytes(&array(&group.key.pk)).unwrap();
        for case in group.tests {
            // Signatures of another length do not come as far as `verify`.
            let verified = case.sig[..].try_into().is_ok_and(|sig| key.verify(&Fields::of(&case.msg), sig).is_ok());
            assert_eq!(verified, valid(case.result), "{}: {}", case.tc_id, case.comment);
            count += 1;
        }
    }
    assert_eq!(count, 151);
}

/// The agreement below HPKE; and our own check of public keys, which refuses those that lead to the same secret for
/// everybody or are not in their only form, and no other.
#[test]
fn x25519() {
    use wycheproof::xdh::{TestFlag, TestName, TestSet};
    let mut count = 0;
    for case in TestSet::load(TestName::X25519).unwrap().test_groups.into_iter().flat_map(|group| group.tests) {
        let (public, private): ([u8; 32], [u8; 32]) = (array(&case.public_key), array(&case.private_key));
        assert_eq!(x25519_dalek::x25519(private, public).as_slice(), &case.shared_secret[..], "{}", case.tc_id);
        let ambiguous = [TestFlag::NonCanonicalPublic, TestFlag::ZeroSharedSecret, TestFlag::LowOrderPublic]
            .iter()
            .any(|flag| case.flags.contains(flag));
        assert_eq!(DevicePublicKey::from_bytes(&public).is_err(), ambiguous, "{}: {}", case.tc_id, case.comment);
        count += 1;
    }
    assert_eq!(count, 518);
}

/// Deriving, through our own `derive_key`, whose output has 32 bytes: as many as a case has, and no more than these.
#[test]
fn hkdf_sha256() {
    use wycheproof::hkdf::{TestName, TestSet};
    let mut count = 0;
    let set = TestSet::load(TestName::HkdfSha256).unwrap();
    for case in set.test_groups.iter().flat_map(|group| &group.tests).filter(|case| valid(case.result)) {
        let key = derive_key(&case.salt, &case.ikm, &Fields::of(&case.info));
        let shared = case.okm.len().min(32);
        assert_eq!(key.bytes()[..shared], case.okm[..shared], "{}", case.tc_id);
        count += 1;
    }
    assert_eq!(count, 83);
}

/// The proof of a birth date on a ticket.
#[test]
fn hmac_sha256() {
    use wycheproof::mac::{TestName, TestSet};
    let mut count = 0;
    for group in TestSet::load(TestName::HmacSha256).unwrap().test_groups {
        for case in group.tests {
            let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&case.key).unwrap().chain_update(&case.msg[..]);
            assert_eq!(mac.verify_truncated_left(&case.tag).is_ok(), valid(case.result), "{}", case.tc_id);
            count += 1;
        }
    }
    assert_eq!(count, 174);
}
