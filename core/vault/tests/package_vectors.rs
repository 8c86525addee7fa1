//! A committed package, key list, offer and enrolment of every released format are read for ever.
//! `tests/vectors/README.md` says what is in them.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

use std::fs;
use std::path::PathBuf;

use mykarte_vault::package::{
    DeviceKey, DevicePublicKey, Enrolment, EnrolmentId, HospitalId, Issue, IssueNumber, KeyList, KeyState, ListedKey,
    Listing, Outside, PackageError, Part, RootPin, SignedOffer, SigningKey, Subject, VerifyingKey, verify,
};
use zeroize::Zeroizing;

const ROOT: [u8; 32] = *b"root key of the vector hospital ";
const SIGNING: [u8; 32] = *b"signing key of the test vectors ";
const RETIRED: [u8; 32] = *b"an earlier signing key, retired ";
const DEVICE: [u8; 32] = *b"X25519 key of the vector device ";
const HOSPITAL: [u8; 16] = *b"vector hospital!";
const ENROLMENT: [u8; 16] = *b"vector enrolment";

fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/package-v1").join(name)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(vector(name)).unwrap()
}

fn parts() -> Vec<(&'static str, u32, &'static [u8], Vec<u8>)> {
    let labs: Vec<u8> = (0..2000).flat_map(|n| format!("{{\"n\":{n}}}\n").into_bytes()).collect();
    vec![
        ("basics", 0, b"{\"entries\":1}", "患者　太郎".as_bytes().to_vec()),
        ("labs", 0, b"{\"entries\":2000}", labs),
        ("labs", 1, b"", b"last".to_vec()),
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
    assert_eq!((outside.enrolment, outside.chunks), (EnrolmentId::from_bytes(ENROLMENT), 2));
    let opened = verify(&package, &list).unwrap().open(&DeviceKey::dangerous_from_bytes(&DEVICE)).unwrap();
    let origin = &opened.origin;
    assert_eq!((origin.number, origin.issued_at), (IssueNumber { epoch: 2, counter: 41 }, 1_767_225_600));
    assert_eq!((origin.subject.patient_id.as_str(), origin.subject.birth_date.as_str()), ("0000001", "1957-03-08"));
    assert_eq!(origin.profile_sha256, *b"SHA-256 of the vector's profile.");
    let wanted = parts();
    assert_eq!(opened.parts.len(), wanted.len());
    for (part, (section, seq, meta, plain)) in opened.parts.iter().zip(&wanted) {
        assert_eq!((part.section.as_str(), part.seq, part.meta.as_slice()), (*section, *seq, *meta));
        assert_eq!(part.plain().unwrap().as_slice(), plain);
    }

    let other = DeviceKey::dangerous_from_bytes(&[7; 32]);
    assert_eq!(verify(&package, &list).unwrap().open(&other).unwrap_err(), PackageError::OtherDevice);
}

#[test]
fn an_enrolment_of_form_1_is_read_for_ever() {
    let enrolment = Enrolment::decode(&read("enrolment.bin")).unwrap();
    let offer = SignedOffer::parse(std::str::from_utf8(&read("offer.txt")).unwrap()).unwrap();
    assert_eq!(enrolment.offer(), offer);
    assert_eq!((enrolment.hospital(), offer.offer().number), (HospitalId::from_bytes(HOSPITAL), 1));
    assert!(enrolment.last().is_none());
    assert!(enrolment.key(offer.offer().recipient.id()).is_ok());
}

/// Makes the vectors where there are none. One that exists is never made again.
#[test]
#[ignore = "makes tests/vectors/package-v1, once"]
fn make_vectors() {
    fs::create_dir(vector("")).unwrap();
    let signing_key = SigningKey::dangerous_from_bytes(&SIGNING);
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
    let recipient: DevicePublicKey = DeviceKey::dangerous_from_bytes(&DEVICE).public_key();
    let issue = Issue {
        hospital: HospitalId::from_bytes(HOSPITAL),
        signing_key: &signing_key,
        enrolment: EnrolmentId::from_bytes(ENROLMENT),
        recipient,
        number: IssueNumber { epoch: 2, counter: 41 },
        issued_at: 1_767_225_600,
        subject: Subject {
            patient_id: Zeroizing::new("0000001".into()),
            birth_date: Zeroizing::new("1957-03-08".into()),
        },
        profile_sha256: *b"SHA-256 of the vector's profile.",
        content_form: 1,
    };
    let part =
        |(section, seq, meta, plain): (&str, u32, &[u8], Vec<u8>)| Part::new(&plain).unwrap().at(section, seq, meta);
    let parts: Vec<Part> = parts().into_iter().map(part).collect();
    fs::write(vector("package.mykarte"), issue.seal(&parts).unwrap()).unwrap();
    let enrolment = Enrolment::make(list).unwrap();
    fs::write(vector("enrolment.bin"), &*enrolment.encode()).unwrap();
    fs::write(vector("offer.txt"), enrolment.offer().to_string()).unwrap();
}
