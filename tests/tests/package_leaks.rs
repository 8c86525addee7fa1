//! What 200 packages tell whoever carries them: nothing that depends on a patient but how many 64 KiB steps a record takes.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::package::{IssueRequest, issue};
use mykarte::vault::package::{IssueNumber, Outside, SignedOffer};
use mykarte_synth::{Options, generate};
use mykarte_tests::hospital::{Hospital, ISSUED_AT, device, watched};
use mykarte_tests::{import, request};
use std::collections::BTreeSet;

/// Header and outer signature.
const OUTSIDE: usize = 196;
const CHUNK: usize = 64 << 10;
/// Where the header states the padded length; HPKE's key and the outer signature follow.
const LENGTH: std::ops::Range<usize> = 92..100;

#[test]
fn outside_a_package_stand_ids_a_number_and_a_padded_length() {
    let dir = tempfile::tempdir().unwrap();
    let storage = dir.path().join("storage");
    let truth = generate(&Options::new(6).patients(40).years(1).visits_per_year(2), &storage).unwrap();
    let facility = import(&request(&[&storage], truth.patients.keys().next().unwrap())).unwrap();
    let hospital = Hospital::make(dir.path(), &facility.record.summary.hospital.id);
    let mut phone = device(dir.path(), "phone");
    let offers: Vec<SignedOffer> = (0..5).map(|_| phone.enrol(hospital.list.clone()).unwrap()).collect();
    let signing_key = hospital.issuer.active(&hospital.list).unwrap();

    let mut packages = Vec::new();
    for (at, id) in truth.patients.keys().enumerate() {
        for (counter, offer) in (1..).zip(&offers) {
            let number = IssueNumber { epoch: 1, counter };
            let offer = offer.offer();
            let issued_at = ISSUED_AT + at as u64;
            let list = &hospital.list;
            let request_to = IssueRequest { list, signing_key, offer, number, follows: true, issued_at, threads: 1 };
            let imported = import(&request(&[&storage], id)).unwrap();
            let package = watched(|watch| issue(imported, &request_to, watch)).unwrap().package;
            let outside = Outside::read(&package).unwrap();
            assert_eq!((outside.enrolment, outside.recipient), (offer.enrolment, offer.recipient.id()));
            assert_eq!((outside.hospital, outside.number), (offer.hospital, number));
            assert_eq!(outside.signing_key, signing_key.verifying_key().id());
            packages.push((counter, package));
        }
    }
    assert_eq!(packages.len(), 200);
    // Under one enrolment the outside of every patient is the same, but for length, HPKE's key and the signature.
    for of_one in (1..=5).map(|n| packages.iter().filter(move |(counter, _)| *counter == n)) {
        let seen: BTreeSet<&[u8]> = of_one.clone().map(|(_, package)| &package[..LENGTH.start]).collect();
        assert_eq!(seen.len(), 1);
        let rest: BTreeSet<&[u8]> = of_one.map(|(_, package)| &package[LENGTH.end..OUTSIDE]).collect();
        assert_eq!(rest.len(), 40, "never the same key twice");
    }
    let steps: BTreeSet<usize> = packages.iter().map(|(_, package)| (package.len() - OUTSIDE) % CHUNK).collect();
    assert_eq!(steps, BTreeSet::from([0]));
    // What is sealed cannot be told from noise: nobody makes it smaller, and no two share a block.
    let sealed: Vec<u8> = packages.iter().flat_map(|(_, package)| package[OUTSIDE..].iter().copied()).collect();
    let blocks: BTreeSet<&[u8]> = sealed.chunks(16).collect();
    assert_eq!(blocks.len(), sealed.len() / 16);
    let mut counts = [0_u64; 256];
    sealed.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let mean = sealed.len() as f64 / 256.0;
    let chi: f64 = counts.iter().map(|count| (*count as f64 - mean).powi(2) / mean).sum();
    assert!((150.0..400.0).contains(&chi), "255 degrees of freedom: {chi}");
    // And no name and no id stands anywhere in it.
    for (patient, of_one) in truth.patients.values().zip(packages.chunks(offers.len())) {
        let needles = [&patient.patient_id, &patient.name, &facility.record.summary.hospital.id];
        for needle in needles.map(|text| text.as_bytes()) {
            assert!(needle.len() >= 5 && of_one.iter().all(|(_, package)| !holds(package, needle)));
        }
    }
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
