//! Any bytes as what a device signs or keeps: an offer, a revocation, an enrolment, a proof. What was changed is refused,
//! and what is read is written the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{edited, vector};
use mykarte_vault::package::{Enrolment, Proof, Revocation, SignedOffer, SigningKey};
use std::sync::LazyLock;

static PHONE: LazyLock<Enrolment> = LazyLock::new(|| Enrolment::decode(&vector("package-v1/enrolment.bin")).unwrap());
static KEPT: LazyLock<Vec<u8>> = LazyLock::new(|| vector("package-v1/enrolment-after.bin"));
static PROOF: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let package = vector("package-v1/package.mykarte");
    PHONE.open(&package).unwrap().1.proof.as_bytes().to_vec()
});

fuzz_target!(|input: &[u8]| {
    let Some((first, input)) = input.split_first() else { return };
    let bytes_of = |original: &[u8]| if *first >= 128 { input.to_vec() } else { edited(original, input) };
    let (offer, revocation) = (PHONE.offer(), PHONE.revocation());
    let bytes = bytes_of(offer.as_bytes());
    assert_eq!(SignedOffer::read(&bytes).is_ok(), bytes == offer.as_bytes());
    let text = String::from_utf8_lossy(&bytes_of(offer.to_string().as_bytes())).into_owned();
    assert!(SignedOffer::parse(&text).is_ok_and(|read| read == offer) || SignedOffer::parse(&text).is_err());
    let bytes = bytes_of(revocation.as_bytes());
    assert_eq!(Revocation::verify(&bytes, &offer.offer().device).is_ok(), bytes == revocation.as_bytes());
    let bytes = bytes_of(&KEPT);
    if let Some(enrolment) = Enrolment::decode(&bytes) {
        assert_eq!(Enrolment::decode(&enrolment.encode()).unwrap().encode(), enrolment.encode());
    }
    let proof = Proof::from_bytes(&bytes_of(&PROOF));
    let _ = proof.signing_key();
    let signer = SigningKey::dangerous_from_bytes(b"signing key of the test vectors ").verifying_key();
    let proven = proof.check(&signer);
    assert_eq!(proven.is_ok(), proof.as_bytes() == PROOF.as_slice());
});
