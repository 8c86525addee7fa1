//! What a package promises, tried from inside: `tampering` by whoever carries it, `insider` by whoever has a signing key,
//! `strict` for keys and signatures, `noise` for anything at all; `enrolling` has what a device remembers.

mod enrolling;
mod insider;
mod noise;
mod strict;
mod tampering;

use zeroize::Zeroizing;

use super::*;

const ISSUED_AT: u64 = 1_775_000_000;

/// A hospital, a device and an enrolment.
struct World {
    root: SigningKey,
    signing_key: SigningKey,
    list: KeyList,
    enrolment: Enrolment,
}

fn listing(key: VerifyingKey) -> Listing {
    Listing {
        hospital: HospitalId::make().unwrap(),
        number: 1,
        epoch: 3,
        facility: "1319900017".into(),
        name: "見本大学病院".into(),
        keys: vec![ListedKey { key, state: KeyState::Active }],
    }
}

impl World {
    fn make() -> World {
        let (root, signing_key) = (SigningKey::make().unwrap(), SigningKey::make().unwrap());
        let list = KeyList::sign(&root, listing(signing_key.verifying_key())).unwrap();
        let enrolment = Enrolment::make(list.clone()).unwrap();
        World { root, signing_key, list, enrolment }
    }

    fn issue(&self) -> Issue<'_> {
        let offer = self.enrolment.offer();
        Issue {
            hospital: self.list.listing().hospital,
            signing_key: &self.signing_key,
            enrolment: offer.offer().enrolment,
            recipient: offer.offer().recipient,
            number: IssueNumber { epoch: 3, counter: 7 },
            issued_at: ISSUED_AT,
            subject: subject("1957-03-08"),
            profile_sha256: [9; 32],
            content_form: 5,
            list_number: 1,
        }
    }

    fn device(&self) -> &DeviceKey {
        self.enrolment.newest_key()
    }

    fn open(&self, package: &[u8]) -> Result<Opened, PackageError> {
        self.enrolment.open(package).map(|(_, opened, _)| opened)
    }

    fn refusal(&self, package: &[u8]) -> PackageError {
        self.open(package).expect_err("the package was taken")
    }
}

fn subject(birth_date: &str) -> Subject {
    Subject { patient_id: Zeroizing::new("1234567".into()), birth_date: Zeroizing::new(birth_date.into()) }
}

fn part(section: &str, seq: u32, plain: &[u8]) -> Part {
    Part::new(plain).unwrap().at(section, seq, b"{}")
}

/// Parts that fill several chunks: noise does not shrink.
fn parts() -> Vec<Part> {
    let noise = |seed: u64| {
        let mut state = seed;
        let step = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        (0..90_000).map(step).collect::<Vec<u8>>()
    };
    vec![part("labs", 1, &noise(1)), part("labs", 0, b"[]\n{}\n"), part("basics", 0, &noise(2))]
}

#[test]
fn a_package_gives_back_what_was_sealed_and_who_issued_it() {
    let world = World::make();
    let package = world.issue().seal(&parts()).unwrap();
    let outside = Outside::read(&package).unwrap();
    assert_eq!((outside.hospital, outside.number.counter, outside.chunks), (world.list.listing().hospital, 7, 4));
    assert_eq!(package.len(), header::HEADER + keys::SIGNATURE + 4 * header::CHUNK);

    let verified = verify(&package, &world.list).unwrap();
    assert_eq!((verified.outside(), verified.key_state()), (&outside, KeyState::Active));
    let opened = verified.open(world.device()).unwrap();
    assert_eq!(opened.origin.subject, subject("1957-03-08"));
    assert_eq!((opened.origin.issued_at, opened.origin.content_form), (ISSUED_AT, 5));
    let places: Vec<(&str, u32)> = opened.parts.iter().map(|part| (part.section.as_str(), part.seq)).collect();
    assert_eq!(places, [("basics", 0), ("labs", 0), ("labs", 1)]);
    assert_eq!(opened.parts[2].plain().unwrap(), parts()[0].plain().unwrap());

    // The proof that is kept says of each part whether it was issued.
    assert_eq!(opened.proof.signing_key(), Some(outside.signing_key));
    let proof = Proof::from_bytes(opened.proof.as_bytes());
    let proven = proof.check(&world.signing_key.verifying_key()).unwrap();
    assert!(
        proven.covers("labs", 0, b"[]\n{}\n") && !proven.covers("labs", 0, b"[]\n") && !proven.covers("labs", 2, b"")
    );
    assert_eq!(proven.parts().count(), 3);
    let mut bent = opened.proof.as_bytes().to_vec();
    for at in 0..bent.len() {
        bent[at] ^= 1;
        assert!(Proof::from_bytes(&bent).check(&world.signing_key.verifying_key()).is_err(), "byte {at}");
        bent[at] ^= 1;
    }
}

#[test]
fn an_empty_record_and_one_of_many_chunks_are_packages_too() {
    let world = World::make();
    assert_eq!(world.open(&world.issue().seal(&[]).unwrap()).unwrap().parts.len(), 0);
    let noise: Vec<Part> = (0..40).map(|seq| parts().remove(2).at("labs", seq, b"")).collect();
    assert_eq!(world.open(&world.issue().seal(&noise).unwrap()).unwrap().parts.len(), 40);
}

#[test]
fn parts_that_are_missing_or_doubled_are_no_package() {
    let world = World::make();
    for wrong in [vec![part("labs", 1, b"")], vec![part("labs", 0, b"a"), part("labs", 0, b"b")]] {
        assert_eq!(world.issue().seal(&wrong), Err(PackageError::Malformed));
    }
}

#[test]
fn an_enrolment_is_kept_as_it_is() {
    let world = World::make();
    let package = world.issue().seal(&parts()).unwrap();
    let verified = verify(&package, &world.list).unwrap();
    let opened = verified.open(world.device()).unwrap();
    let after = world.enrolment.after(&verified, &opened.origin).unwrap();
    for enrolment in [&world.enrolment, &after] {
        let bytes = enrolment.encode();
        let again = Enrolment::decode(&bytes).unwrap();
        assert_eq!(again.encode(), bytes);
        assert_eq!((again.offer(), again.last()), (enrolment.offer(), enrolment.last()));
        assert!((0..bytes.len()).all(|end| Enrolment::decode(&bytes[..end]).is_none()));
    }
}

/// Whoever reads a log can tell what a thing is, and nothing more.
#[test]
fn what_is_printed_says_the_kind_and_number_alone() {
    let world = World::make();
    let package = world.issue().seal(&parts()).unwrap();
    let (verified, opened, _) = world.enrolment.open(&package).unwrap();
    let shown = [
        (format!("{:?}", world.enrolment.after(&verified, &opened.origin)), "Enrolment"),
        (format!("{opened:?}"), "Opened"),
        (format!("{:?}", opened.parts), "Part"),
        (format!("{:?}", world.signing_key), "SigningKey([redacted]"),
        (format!("{:?}", world.device()), "DeviceKey([redacted]"),
        (format!("{:?}", world.signing_key.verifying_key()), "VerifyingKey"),
        (format!("{:?}", world.device().public_key()), "DevicePublicKey"),
        (format!("{:?}", world.list), "number 1"),
        (format!("{:?}", world.list.pin()), "RootPin"),
        (format!("{:?}", world.enrolment.offer()), "Offer"),
    ];
    for (shown, kind) in shown {
        assert!(shown.contains(kind) && !shown.contains("1234567") && !shown.contains("1957"), "{kind}: {shown}");
        // No list of bytes, as a derived one would print; of what was opened the hashes alone.
        let bytes = shown.split(", ").filter(|part| part.parse::<u8>().is_ok()).count();
        assert!(kind == "Opened" || bytes < 3, "{kind}: {shown}");
    }
    assert_eq!(verified.outside().number.to_string(), "3.7");
    let kinds = [&package, world.list.as_bytes(), b"PK"].map(FileKind::of);
    assert_eq!(kinds, [Some(FileKind::Package), Some(FileKind::KeyList), None]);
}

#[test]
fn a_key_list_that_is_signed_can_be_read() {
    let world = World::make();
    let key = |_| ListedKey { key: SigningKey::make().unwrap().verifying_key(), state: KeyState::Active };
    for (keys, text, fits) in [(256, 256, true), (257, 256, false), (256, 257, false)] {
        let keys = (0..keys).map(key).collect();
        let listing = Listing { keys, name: "x".repeat(text), ..world.list.listing().clone() };
        let list = KeyList::sign(&world.root, listing);
        assert_eq!(list.as_ref().err(), (!fits).then_some(&PackageError::TooLarge));
        if let Ok(list) = list {
            assert!(KeyList::read(list.as_bytes(), &world.list.pin()).is_ok());
        }
    }
}

#[test]
fn a_key_list_takes_only_a_higher_number() {
    let world = World::make();
    let list = |change: fn(&mut Listing)| {
        let mut listing = world.list.listing().clone();
        change(&mut listing);
        KeyList::sign(&world.root, listing).unwrap()
    };
    let mut enrolment = world.enrolment.clone();
    let mut update = |list: &KeyList| enrolment.update_list(list.as_bytes());
    let second = list(|listing| listing.number = 2);
    assert_eq!(update(&world.list), Ok(false));
    assert_eq!(update(&second), Ok(true));
    assert_eq!(update(&world.list), Err(PackageError::ListRolledBack { known: 2, offered: 1 }));
    let forked = list(|listing| (listing.number, listing.epoch) = (2, 4));
    assert_eq!(update(&forked), Err(PackageError::ListForked { number: 2 }));
    let lower_epoch = list(|listing| (listing.number, listing.epoch) = (3, 2));
    assert_eq!(update(&lower_epoch), Err(PackageError::ListRolledBack { known: 2, offered: 3 }));
    let facility = list(|listing| (listing.number, listing.facility) = (3, "1319900099".into()));
    assert!(matches!(update(&facility), Err(PackageError::OtherHospital { .. })));

    let key = world.signing_key.verifying_key();
    let state = |number, state| {
        let keys = vec![ListedKey { key, state }];
        KeyList::sign(&world.root, Listing { number, keys, ..world.list.listing().clone() }).unwrap()
    };
    assert_eq!(update(&state(4, KeyState::Compromised)), Ok(true));
    assert_eq!(update(&state(5, KeyState::Retired)), Err(PackageError::KeyRevived { key: key.id() }));
    let left_out = list(|listing| (listing.number, listing.keys) = (5, Vec::new()));
    assert_eq!(
        update(&left_out),
        Err(PackageError::KeyRevived { key: key.id() }),
        "the next could say that it is good"
    );
    for keys in [vec![(key, KeyState::Active); 2], vec![(world.root.verifying_key(), KeyState::Active)]] {
        let keys = keys.into_iter().map(|(key, state)| ListedKey { key, state }).collect();
        let listing = Listing { number: 6, keys, ..world.list.listing().clone() };
        assert_eq!(
            KeyList::sign(&world.root, listing),
            Err(PackageError::NotAKey),
            "one state a key, none for the root"
        );
    }

    let foreign = KeyList::sign(&SigningKey::make().unwrap(), Listing { number: 9, ..world.list.listing().clone() });
    assert_eq!(update(&foreign.unwrap()), Err(PackageError::OtherRoot));
    let mut bent = second.as_bytes().to_vec();
    for at in 0..bent.len() {
        bent[at] ^= 1;
        assert!(KeyList::read(&bent, &world.list.pin()).is_err(), "byte {at}");
        bent[at] ^= 1;
    }
    assert!((0..bent.len()).all(|end| KeyList::read(&bent[..end], &world.list.pin()).is_err()));
}

#[test]
fn keys_as_text_are_read_however_they_are_typed() {
    let world = World::make();
    let pin = world.list.pin();
    let text = pin.to_string();
    assert_eq!(text.len(), 52 + 12, "13 groups of four");
    for typed in [text.clone(), text.to_lowercase(), text.replace('-', " "), format!(" {}\n", text.replace('-', ""))] {
        assert_eq!(RootPin::parse(&typed), Ok(pin));
    }
    assert_eq!(RootPin::parse(&text[..60]), Err(PackageError::NotAKey));
    let offer = world.enrolment.offer();
    assert_eq!(SignedOffer::parse(&offer.to_string().to_lowercase()).unwrap(), offer);
    let mut bent = offer.as_bytes().to_vec();
    for at in 0..bent.len() {
        bent[at] ^= 1;
        assert!(SignedOffer::read(&bent).is_err(), "byte {at}");
        bent[at] ^= 1;
    }
}
