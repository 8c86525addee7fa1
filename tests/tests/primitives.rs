//! The primitives of the crates that the vault is built on, and those of libsodium, OpenSSL and the reference Argon2 behind
//! the second reader: on random inputs both compute the same and refuse the same. `MYKARTE_INPUTS` of them; `./x evidence`
//! has 100,000.
#![allow(clippy::unwrap_used, reason = "a test may stop")]
#![allow(clippy::print_stdout, reason = "seed and numbers")]

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use mykarte_tests::reader::{SecondReader, refused};
use serde_json::json;
use sha2::{Digest, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

/// Bytes that follow from a seed.
struct Noise(Hkdf<Sha256>, u64);

impl Noise {
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.expand(&self.1.to_be_bytes(), &mut bytes).unwrap();
        self.1 += 1;
        bytes
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N).try_into().unwrap()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(u16::from_be_bytes(self.array())) % limit
    }

    /// Up to so many bytes, often few.
    fn text(&mut self, most: usize) -> Vec<u8> {
        let most = if self.below(2) == 0 { 65 } else { most };
        let len = self.below(most);
        self.bytes(len)
    }

    /// As it is, or, half of the times, with one bit changed.
    fn bend(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        if self.below(2) == 0 {
            let at = self.below(bytes.len());
            bytes[at] ^= 1 << self.below(8);
        }
        bytes
    }
}

/// What to ask, and what our side has computed; none where it refuses.
type Made = (&'static str, Vec<Vec<u8>>, Option<Vec<u8>>);

fn aead(noise: &mut Noise) -> Made {
    let (key, nonce): ([u8; 32], [u8; 24]) = (noise.array(), noise.array());
    let (plain, place) = (noise.text(4000), noise.text(200));
    let cipher = XChaCha20Poly1305::new(&key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &place }).unwrap();
    let sealed = noise.bend([&nonce[..], &sealed].concat());
    let nonce = XNonce::from(*sealed.first_chunk::<24>().unwrap());
    let opened = cipher.decrypt(&nonce, Payload { msg: &sealed[24..], aad: &place }).ok();
    ("aead", vec![key.to_vec(), sealed, place], opened)
}

fn hkdf(noise: &mut Noise) -> Made {
    let (salt, secret, info) = (noise.text(100), noise.text(300), noise.text(300));
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(Some(&salt), &secret).expand(&info, &mut out).unwrap();
    ("hkdf", vec![salt, secret, info], Some(out.to_vec()))
}

fn sha256(noise: &mut Noise) -> Made {
    let text = noise.text(8000);
    let hash = Sha256::digest(&text).to_vec();
    ("sha256", vec![text], Some(hash))
}

/// Points of small order: 0, 1, the two of order 8 and p - 1 (https://cr.yp.to/ecdh.html#validate).
const SMALL: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// Without the top bit, which RFC 7748 masks and the documents do not allow. One in eight is of small order.
fn x25519(noise: &mut Noise) -> Made {
    let (private, mut public): ([u8; 32], [u8; 32]) = (noise.array(), noise.array());
    public[31] &= 0x7F;
    if noise.below(8) == 0 {
        public = HEXLOWER.decode(SMALL[noise.below(SMALL.len())].as_bytes()).unwrap().try_into().unwrap();
    }
    let shared = StaticSecret::from(private).diffie_hellman(&PublicKey::from(public));
    let found = shared.was_contributory().then(|| shared.as_bytes().to_vec());
    ("x25519", vec![private.to_vec(), public.to_vec()], found)
}

fn ed25519(noise: &mut Noise) -> Made {
    let key = SigningKey::from_bytes(&noise.array());
    let text = noise.text(2000);
    let signature = noise.bend(key.sign(&text).to_bytes().to_vec());
    let mut public = key.verifying_key().to_bytes().to_vec();
    if noise.below(4) == 0 {
        public = noise.bend(public);
    }
    let accepted = accepts(&public, &text, &signature).then(|| text.clone());
    ("ed25519", vec![public, signature, text], accepted)
}

fn accepts(public: &[u8], text: &[u8], signature: &[u8]) -> bool {
    let public = VerifyingKey::from_bytes(public.try_into().unwrap());
    let signature = Signature::from_slice(signature);
    public.is_ok_and(|public| signature.is_ok_and(|signature| public.verify_strict(text, &signature).is_ok()))
}

/// With the least costs that are accepted, and those that we choose. It takes a thousand times as long as the others.
fn argon2id(noise: &mut Noise) -> Made {
    let (passcode, salt): (Vec<u8>, [u8; 16]) = (noise.text(80), noise.array());
    let (m, t, p) = if noise.below(2) == 0 { (19_456, 2, 1) } else { (65_536, 3, 4) };
    let params = Params::new(m, t, p, Some(32)).unwrap();
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(&passcode, &salt, &mut out).unwrap();
    ("argon2id", vec![passcode, salt.to_vec(), vec![t as u8, p as u8]], Some(out.to_vec()))
}

#[test]
fn both_compute_the_same_and_refuse_the_same() {
    let Some(mut second) = SecondReader::start(Path::new(env!("CARGO_TARGET_TMPDIR"))) else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let inputs = number("MYKARTE_INPUTS").unwrap_or(1000_u64);
    let seed = number("MYKARTE_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("again with MYKARTE_SEED={seed}");
    let mut noise = Noise(Hkdf::new(None, &seed.to_be_bytes()), 0);
    let makers = [aead, ed25519, x25519, hkdf, sha256];
    let mut neither = 0;
    for n in 0..inputs {
        let make = if n % 500 == 499 { argon2id } else { makers[(n % 5) as usize] };
        let (what, inputs, ours) = make(&mut noise);
        let inputs: Vec<String> = inputs.iter().map(|input| HEXLOWER.encode(input)).collect();
        let theirs = second.ask(&json!({ "primitive": what, "inputs": inputs }));
        let expected = ours.as_ref().map_or_else(refused, |out| json!({ "out": HEXLOWER.encode(out) }));
        assert_eq!(theirs, expected, "{what}, input {n}");
        neither += u64::from(ours.is_none());
    }
    println!("{inputs} inputs, {neither} refused by both");
    assert!(neither > inputs / 10 && neither < inputs / 2, "{neither} of {inputs}");
}
