//! The primitives are the standards' own: published vectors.

use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

use super::super::keys::{HpkeAead, HpkeKdf, HpkeKem};
use super::super::random::Once;

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

/// RFC 9180, A.2.1: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
#[test]
fn hpke_is_rfc_9180() {
    let info = hex("4f6465206f6e2061204772656369616e2055726e");
    let seed = hex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
    let recipient = hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
    let private = <HpkeKem as Kem>::PrivateKey::from_bytes(&recipient).unwrap();
    let public = HpkeKem::sk_to_pk(&private);
    assert_eq!(public.to_bytes().to_vec(), hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"));
    let mut seed = Once::of(seed.try_into().unwrap());
    let (encapsulated, mut sender) =
        hpke::setup_sender_with_rng::<HpkeAead, HpkeKdf, HpkeKem>(&OpModeS::Base, &public, &info, &mut seed).unwrap();
    assert_eq!(
        encapsulated.to_bytes().to_vec(),
        hex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
    );
    let text = hex("4265617574792069732074727574682c20747275746820626561757479");
    let sealed = sender.seal(&text, b"Count-0").unwrap();
    let wanted = "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28";
    assert_eq!(sealed, hex(wanted));
    let mut receiver =
        hpke::setup_receiver::<HpkeAead, HpkeKdf, HpkeKem>(&OpModeR::Base, &private, &encapsulated, &info).unwrap();
    assert_eq!(receiver.open(&sealed, b"Count-0").unwrap(), text);
}

/// RFC 8032, 7.1, test 2.
#[test]
fn ed25519_is_rfc_8032() {
    let seed: [u8; 32] = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").try_into().unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    assert_eq!(
        key.verifying_key().as_bytes().to_vec(),
        hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    );
    let signature = ed25519_dalek::Signer::sign(&key, &[0x72]);
    assert_eq!(
        signature.to_bytes().to_vec(),
        hex(concat!(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ))
    );
}
