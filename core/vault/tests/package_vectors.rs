//! A committed hospital, enrolment and package of every released format are read for ever. `tests/vectors/README.md` says
//! what is in them.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

use std::fs;
use std::path::PathBuf;

use mykarte_vault::package::{
    Enrolment, HospitalId, Issue, IssueNumber, KeyList, KeyState, ListedKey, Listing, Order, Outside, PackageError,
    Part, RootPin, SignedOffer, SigningKey, Subject, VerifyingKey, verify,
};
use zeroize::Zeroizing;

const ROOT: [u8; 32] = *b"root key of the vector hospital ";
const SIGNING: [u8; 32] = *b"signing key of the test vectors ";
const RETIRED: [u8; 32] = *b"an earlier signing key, retired ";
const HOSPITAL: [u8; 16] = *b"vector hospital!";

fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/package-v1").join(name)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(vector(name)).unwrap()
}

/// Noise, so that the body takes two chunks: bytes of a linear congruential generator (Knuth, MMIX).
fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..70_000).map(|_| next()).collect()
}

fn parts() -> Vec<(&'static str, u32, &'static [u8], Vec<u8>)> {
    let labs: Vec<u8> = (0..2000).flat_map(|n| format!("{{\"n\":{n}}}\n").into_bytes()).collect();
    vec![
        ("basics", 0, b"{\"entries\":1}", "患者　太郎".as_bytes().to_vec()),
        ("labs", 0, b"{\"entries\":2000}", labs),
        ("labs", 1, b"", noise()),
        ("memos", 0, b"", Vec::new()),
        ("summary", 0, b"", "概要".as_bytes().to_vec()),
    ]
}

fn verifying(seed: &[u8; 32]) -> VerifyingKey {
    SigningKey::dangerous_from_bytes(seed).verifying_key()
}

#[test]
fn format_1_opens_for_ever() {
    let list = KeyList::read(&read("hospital.mykarte-list"), &RootPin::of(&verifying(&ROOT))).unwrap();
    let listing = list.listing();
    assert_eq!((listing.number, listing.epoch, listing.hospital), (5, 2, HospitalId::from_bytes(HOSPITAL)));
    assert_eq!((listing.facility.as_str(), listing.name.as_str()), ("1319910000", "見本大学病院"));
    assert_eq!(listing.keys[0], ListedKey { key: verifying(&RETIRED), state: KeyState::Retired });

    let package = read("package.mykarte");
    let outside = Outside::read(&package).unwrap();
    let enrolment = Enrolment::decode(&read("enrolment.bin")).unwrap();
    assert_eq!((outside.enrolment, outside.chunks), (enrolment.id(), 3));
    assert_eq!(verify(&package, &list).unwrap().key_state(), KeyState::Active);
    let (verified, opened, order) = enrolment.open(&package).unwrap();
    let origin = &opened.origin;
    assert_eq!((order, origin.number), (Order::First, IssueNumber { epoch: 2, counter: 41 }));
    assert_eq!((origin.issued_at, origin.list_number, origin.content_form), (1_767_225_600, 5, 1));
    assert_eq!((origin.subject.patient_id.as_str(), origin.subject.birth_date.as_str()), ("0000001", "1957-03-08"));
    assert_eq!(origin.profile_sha256, *b"SHA-256 of the vector's profile.");
    let wanted = parts();
    assert_eq!(opened.parts.len(), wanted.len());
    for (part, (section, seq, meta, plain)) in opened.parts.iter().zip(&wanted) {
        assert_eq!((part.section.as_str(), part.seq, part.meta.as_slice()), (*section, *seq, *meta));
        assert_eq!(part.plain().unwrap().as_slice(), plain);
    }
    // The next pair is random; everything else of the enrolment after it is known.
    let after = Enrolment::decode(&read("enrolment-after.bin")).unwrap();
    assert_eq!(after.last(), enrolment.after(&verified, origin).unwrap().last());
    assert_eq!((enrolment.offer().offer().number, after.offer().offer().number), (1, 2));
    assert_eq!(after.open(&package).unwrap().2, Order::Same);
    let stranger = Enrolment::make(list).unwrap();
    assert_eq!(stranger.open(&package).unwrap_err(), PackageError::OtherDevice);
}

#[test]
fn an_offer_of_format_1_is_read_for_ever() {
    let enrolment = Enrolment::decode(&read("enrolment.bin")).unwrap();
    let offer = SignedOffer::parse(std::str::from_utf8(&read("offer.txt")).unwrap()).unwrap();
    assert_eq!(enrolment.offer(), offer);
    assert_eq!(offer.offer().hospital, HospitalId::from_bytes(HOSPITAL));
    assert!(enrolment.last().is_none());
}

/// Makes the vectors where there are none. One that exists is never made again.
#[test]
#[ignore = "makes tests/vectors/package-v1, once"]
fn make_vectors() {
    fs::create_dir(vector("")).unwrap();
    let keys = [(&RETIRED, KeyState::Retired), (&SIGNING, KeyState::Active)];
    let listing = Listing {
        hospital: HospitalId::from_bytes(HOSPITAL),
        number: 5,
        epoch: 2,
        facility: "1319910000".into(),
        name: "見本大学病院".into(),
        keys: keys.map(|(seed, state)| ListedKey { key: verifying(seed), state }).into(),
    };
    let list = KeyList::sign(&SigningKey::dangerous_from_bytes(&ROOT), listing).unwrap();
    fs::write(vector("hospital.mykarte-list"), list.as_bytes()).unwrap();
    let enrolment = Enrolment::make(list).unwrap();
    fs::write(vector("enrolment.bin"), &*enrolment.encode()).unwrap();
    let offer = enrolment.offer();
    fs::write(vector("offer.txt"), offer.to_string()).unwrap();
    let issue = Issue {
        hospital: HospitalId::from_bytes(HOSPITAL),
        signing_key: &SigningKey::dangerous_from_bytes(&SIGNING),
        enrolment: offer.offer().enrolment,
        recipient: offer.offer().recipient,
        number: IssueNumber { epoch: 2, counter: 41 },
        issued_at: 1_767_225_600,
        subject: Subject {
            patient_id: Zeroizing::new("0000001".into()),
            birth_date: Zeroizing::new("1957-03-08".into()),
        },
        profile_sha256: *b"SHA-256 of the vector's profile.",
        content_form: 1,
        list_number: 5,
    };
    let part =
        |(section, seq, meta, plain): (&str, u32, &[u8], Vec<u8>)| Part::new(&plain).unwrap().at(section, seq, meta);
    let package = issue.seal(&parts().into_iter().map(part).collect::<Vec<_>>()).unwrap();
    fs::write(vector("package.mykarte"), &package).unwrap();
    let (verified, opened, _) = enrolment.open(&package).unwrap();
    let after = enrolment.after(&verified, &opened.origin).unwrap();
    fs::write(vector("enrolment-after.bin"), &*after.encode()).unwrap();
}
