//! Vectors of RFCs and drafts.

use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

use super::{array, hex};
use crate::aead::{Fields, derive_hash, derive_key, open};
use crate::kdf::{KdfParams, derive_from_passcode};
use crate::package::{DeviceKey, HpkeAead, HpkeKdf, HpkeKem, Once, SigningKey, VerifyingKey};
use crate::secret::Key;
use crate::{Passcode, package};

/// RFC 9106, 5.3. It takes a secret and associated data, which we never give: so the crate, with our features, our way of
/// handing it memory.
#[test]
fn argon2id_is_rfc_9106() {
    let data = AssociatedData::new(&[4; 12]).unwrap();
    let costs = ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).data(data).output_len(32).build().unwrap();
    let mut memory = vec![Block::new(); costs.block_count()];
    let mut tag = [0; 32];
    Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, costs)
        .unwrap()
        .hash_password_into_with_memory(&[1; 32], &[2; 16], &mut tag, memory.as_mut_slice())
        .unwrap();
    assert_eq!(tag.to_vec(), hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
}

/// Our own call, held against the reference implementation in C (argon2-cffi 25.1.0): floor, default, eight lanes.
#[test]
fn argon2id_is_the_reference_implementations() {
    let passcode = Passcode::new("パスコード１".as_bytes()).unwrap();
    let floor = KdfParams::dangerous_floor();
    for (costs, wanted) in [
        (floor, "daa34d7d2eee058dd9e15677e48c09f2c0cf736ed1a94d7986deeedfbbbbdfec"),
        (KdfParams::default(), "6644fc4904489f90918a08a2294e9a7912cbf9e353478796095091ff76f059e0"),
        (KdfParams { t: 3, p: 8, ..floor }, "4f39a4886f0cf16225a99b27a42e7f2018f1101e8de597d1c0ab263f28bf9410"),
    ] {
        let key = derive_from_passcode(&passcode, b"0123456789abcdef", costs).unwrap();
        assert_eq!(key.bytes().to_vec(), hex(wanted), "{costs:?}");
    }
}

/// draft-irtf-cfrg-xchacha-03, A.3.1.
#[test]
fn sealing_is_xchacha20_poly1305() {
    let key = Key::from_slice(&(0x80..0xa0).collect::<Vec<u8>>()).unwrap();
    let sealed = [
        &hex("404142434445464748494a4b4c4d4e4f5051525354555657")[..],
        &hex(concat!(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39",
            "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9",
            "21f9664c97637da9768812f615c68b13b52e"
        )),
        &hex("c0875924c1c7987947deafd8780acf49"),
    ];
    let place = Fields::of(&hex("50515253c0c1c2c3c4c5c6c7"));
    let text: &[u8] = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
                        sunscreen would be it.";
    assert_eq!(open(&key, &place, &sealed.concat()).unwrap().as_slice(), text);
}

/// RFC 5869, A.1 to A.3, their first 32 bytes.
#[test]
fn deriving_is_hkdf_sha256() {
    let range = |bytes: std::ops::RangeInclusive<u8>| bytes.collect::<Vec<u8>>();
    let long = (range(0x60..=0xaf), range(0..=0x4f), range(0xb0..=0xff));
    for (salt, input, info, wanted) in [
        (
            range(0..=12),
            vec![0x0b; 22],
            range(0xf0..=0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        ),
        (long.0, long.1, long.2, "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"),
        (vec![], vec![0x0b; 22], vec![], "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
    ] {
        assert_eq!(derive_key(&salt, &input, &Fields::of(&info)).bytes().to_vec(), hex(wanted));
    }
}

/// FIPS 180-2, B.1 and B.2, and nothing at all.
#[test]
fn hashing_is_sha_256() {
    for (text, wanted) in [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ] {
        assert_eq!(derive_hash(text.as_bytes()).to_vec(), hex(wanted));
    }
}

/// RFC 8032, 7.1, tests 1 to 3.
#[test]
fn signing_is_ed25519() {
    for (seed, public, text, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            concat!(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            concat!(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            concat!(
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ),
    ] {
        let key = SigningKey::dangerous_from_bytes(&array(&hex(seed)));
        let text = Fields::of(&hex(text));
        assert_eq!(key.verifying_key(), VerifyingKey::from_bytes(&array(&hex(public))).unwrap());
        assert_eq!(key.sign(&text).to_vec(), hex(signature));
        assert_eq!(key.verifying_key().verify(&text, &array(&hex(signature))), Ok(()));
    }
}

/// RFC 7748, 6.1: the public halves of both sides.
#[test]
fn device_keys_are_x25519() {
    for (private, public) in [
        (
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        ),
        (
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        ),
    ] {
        let key = DeviceKey::dangerous_from_bytes(&array(&hex(private)));
        assert_eq!(key.public_key().as_bytes().to_vec(), hex(public));
    }
}

/// RFC 9180, A.2.1: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; also past one byte of the
/// message count.
#[test]
fn hpke_is_rfc_9180() {
    let info = hex("4f6465206f6e2061204772656369616e2055726e");
    let seed = hex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
    let recipient = hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
    let private = <HpkeKem as Kem>::PrivateKey::from_bytes(&recipient).unwrap();
    let public = HpkeKem::sk_to_pk(&private);
    assert_eq!(public.to_bytes().to_vec(), hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"));
    let mut seed = Once::of(array(&seed));
    let (encapsulated, mut sender) =
        hpke::setup_sender_with_rng::<HpkeAead, HpkeKdf, HpkeKem>(&OpModeS::Base, &public, &info, &mut seed).unwrap();
    let wanted = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
    assert_eq!(encapsulated.to_bytes().to_vec(), hex(wanted));
    let mut receiver =
        hpke::setup_receiver::<HpkeAead, HpkeKdf, HpkeKem>(&OpModeR::Base, &private, &encapsulated, &info).unwrap();
    let text = hex("4265617574792069732074727574682c20747275746820626561757479");
    let published = [
        (0, "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"),
        (1, "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c"),
        (2, "71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0cb4b02b4f10ecac6f48c32f878fae86b"),
        (4, "63357a2aa291f5a4e5f27db6baa2af8cf77427c7c1a909e0b37214dd47db122bb153495ff0b02e9e54a50dbe16"),
        (255, "18ab939d63ddec9f6ac2b60d61d36a7375d2070c9b683861110757062c52b8880a5f6b3936da9cd6c23ef2a95c"),
        (256, "7a4a13e9ef23978e2c520fd4d2e757514ae160cd0cd05e556ef692370ca53076214c0c40d4c728d6ed9e727a5b"),
    ];
    for count in 0..=256 {
        let aad = format!("Count-{count}");
        let sealed = sender.seal(&text, aad.as_bytes()).unwrap();
        for (_, wanted) in published.iter().filter(|(number, _)| *number == count) {
            assert_eq!(sealed, hex(wanted), "{aad}");
        }
        assert_eq!(receiver.open(&sealed, aad.as_bytes()).unwrap(), text);
    }
}

/// A signature of a package is over its label and fields, not over bytes that somebody could choose.
#[test]
fn nothing_is_signed_without_its_label() {
    let key = SigningKey::make().unwrap();
    let signature: [u8; package::SIGNATURE] = key.sign(&Fields::new(crate::aead::Purpose::Outer).bytes(b"text"));
    assert!(key.verifying_key().verify(&Fields::of(b"text"), &signature).is_err());
}
