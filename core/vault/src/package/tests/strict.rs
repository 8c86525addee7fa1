//! Keys and signatures that verifiers elsewhere read in different ways are refused here.

use super::*;
use crate::aead::{Fields, Purpose};

fn bytes(hex: &str) -> [u8; 32] {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

/// Points of small order on Curve25519 and values that are not below 2^255 - 19 (RFC 7748, 5 and 7).
#[test]
fn weak_and_non_canonical_x25519_keys_are_refused() {
    let zero_to_five = (0..6).map(|n| {
        let mut key = [0; 32];
        key[0] = n;
        key
    });
    let refused: Vec<bool> = zero_to_five.map(|key| DevicePublicKey::from_bytes(&key).is_err()).collect();
    assert_eq!(refused, [true, true, false, false, false, false], "0 and 1 are of small order");
    for weak in [
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        // p - 1, then p, p + 1, p + 2, and 2 with the highest bit set.
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000080",
    ] {
        assert_eq!(DevicePublicKey::from_bytes(&bytes(weak)), Err(PackageError::WeakKey), "{weak}");
    }
    let good = "0900000000000000000000000000000000000000000000000000000000000000";
    assert!(DevicePublicKey::from_bytes(&bytes(good)).is_ok());
}

/// The eight points of small order on edwards25519, and their other spellings.
#[test]
fn weak_and_non_canonical_ed25519_keys_are_refused() {
    for weak in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert_eq!(VerifyingKey::from_bytes(&bytes(weak)), Err(PackageError::WeakKey), "{weak}");
    }
    // y = p + n is the point y = n, spelled in another way: there is room for n below 19.
    for n in 0..19 {
        let mut other = bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        other[0] += n;
        assert_eq!(VerifyingKey::from_bytes(&other), Err(PackageError::WeakKey), "{n}");
    }
    // Good keys plus a point of order 8: of large order, and verifiers differ about them.
    let good = (0..8).map(|_| SigningKey::make().unwrap().verifying_key().0.to_edwards());
    let order_8 = ed25519_dalek::VerifyingKey::from_bytes(&bytes(
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ));
    let order_8 = order_8.unwrap().to_edwards();
    for mixed in good.map(|point| (point + order_8).compress()) {
        assert_eq!(VerifyingKey::from_bytes(mixed.as_bytes()), Err(PackageError::WeakKey));
    }
}

/// s + L is the same number modulo L: a verifier that does not look would take both.
#[test]
fn a_signature_has_one_spelling_only() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = SigningKey::make().unwrap();
    let text = Fields::new(Purpose::Outer).bytes(b"text");
    let signature = key.sign(&text);
    let check = |signature: &[u8; 64]| key.verifying_key().verify(&text, signature);
    assert_eq!(check(&signature), Ok(()));
    let mut carry = 0;
    let mut other = signature;
    for (s, l) in other[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        (*s, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(check(&other), Err(SignatureFlaw::NotCanonical));
    let mut small = signature;
    small[..32].copy_from_slice(&bytes("0100000000000000000000000000000000000000000000000000000000000000"));
    assert_eq!(check(&small), Err(SignatureFlaw::NotCanonical));
    assert_eq!(check(&[0; 64]), Err(SignatureFlaw::Missing));
    assert_eq!(
        key.verifying_key().verify(&Fields::new(Purpose::Inner).bytes(b"text"), &signature),
        Err(SignatureFlaw::Wrong)
    );
    let mut bent = signature;
    bent[40] ^= 1;
    assert_eq!(check(&bent), Err(SignatureFlaw::Wrong));
}

/// A package, list or offer that names such a key is refused as a whole.
#[test]
fn weak_keys_are_refused_wherever_they_stand() {
    let world = World::make();
    let mut offer = world.enrolment.offer().as_bytes().to_vec();
    offer[40..72].fill(0);
    assert_eq!(SignedOffer::read(&offer), Err(PackageError::WeakKey));
    let mut list = world.list.as_bytes().to_vec();
    list[32..64].fill(0);
    assert_eq!(KeyList::read(&list, &world.list.pin()), Err(PackageError::WeakKey));
    // An encapsulated key of small order, signed by the hospital.
    let package = world.issue().seal(&[]).unwrap();
    let mut outside = Outside::read(&package).unwrap();
    outside.encapsulated = [0; 32];
    let (header, payload) = (outside.encode(), &package[header::HEADER + keys::SIGNATURE..]);
    let signature = world.signing_key.sign(&seal::outer_text(&header, payload));
    assert_eq!(world.refusal(&[&header[..], &signature, payload].concat()), PackageError::WeakKey);
}
