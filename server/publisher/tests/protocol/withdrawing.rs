//! The end of an enrolment, by its device or by the hospital.

use crate::fetching::objects;
use crate::support::{BORN, Hospital, Phone, Place, place};
use data_encoding::BASE64URL_NOPAD;
use mykarte_wire::issuer::{EndedBy, EnrolmentPage, ShowNonce, Withdrawn};
use mykarte_wire::path::{self, fill};
use mykarte_wire::phone::Revoke;
use mykarte_wire::problem::Kind;
use std::time::{Duration, Instant};

fn published() -> (Place, Hospital, Phone) {
    let place = place();
    let hospital = Hospital::at(&place);
    let phone = hospital.enrolled(&place);
    hospital.publish(&place, &phone, b"[]");
    (place, hospital, phone)
}

fn nothing_is_left(place: &Place, phone: &Phone, by: EndedBy) {
    for at in [path::STATUS, path::PACKAGE] {
        assert_eq!(place.get(&phone.at(at), phone.token(), &[]).is(410).problem(), Kind::Ended);
    }
    assert_eq!(objects(&place.dir.path().join("east")) + objects(&place.dir.path().join("west")), 0);
    let page: EnrolmentPage = place.issuer_bytes("GET", path::ISSUER_ENROLMENTS, None).is(200).json();
    let line = page.enrolments.iter().find(|line| line.enrolment == phone.device.id()).unwrap();
    assert_eq!((line.ended, &line.offer, line.package), (Some(by), &None, None));
}

#[test]
fn the_hospital_withdraws_and_every_copy_is_asked_again() {
    let (place, hospital, phone) = published();
    let at = phone.at(path::ISSUER_ENROLMENT);
    // What an interrupted run left behind goes, too.
    std::fs::write(place.dir.path().join(format!("west/packages/{}/left", phone.device.id())), b"behind").unwrap();
    std::fs::write(place.dir.path().join(format!("east/packages/{}/half#1", phone.device.id())), b"written").unwrap();
    let withdrawn: Withdrawn = place.issuer_bytes("DELETE", &at, None).is(200).json();
    assert!(withdrawn.state_gone && withdrawn.copies.len() == 2 && withdrawn.copies.iter().all(|copy| copy.gone));
    nothing_is_left(&place, &phone, EndedBy::Hospital);
    // Nor in the database's journal.
    assert_eq!(std::fs::metadata(place.dir.path().join("state.sqlite-wal")).map_or(0, |meta| meta.len()), 0);
    place.issuer_bytes("DELETE", &at, None).is(200);
    let late = hospital.package(&phone, b"[]");
    let put = place.issuer_bytes("PUT", &phone.at(path::ISSUER_PACKAGE), Some(&late));
    assert_eq!(put.is(410).problem(), Kind::Ended);
    assert_eq!(objects(&place.dir.path().join("east")), 0);
}

#[test]
fn a_device_ends_its_own_enrolment_without_a_token() {
    let (place, hospital, phone) = published();
    let other = hospital.enrolled(&place);
    let foreign = Revoke { revocation: other.device.revocation().as_bytes().to_vec() };
    let at = phone.at(path::REVOCATION);
    assert_eq!(place.send("POST", &at, None, &foreign).is(401).problem(), Kind::Token);
    place.get(&phone.at(path::STATUS), phone.token(), &[]).is(200);
    let own = Revoke { revocation: phone.device.revocation().as_bytes().to_vec() };
    place.send("POST", &at, None, &own).is(204);
    place.send("POST", &at, None, &own).is(204);
    nothing_is_left(&place, &phone, EndedBy::Device);
    place.get(&other.at(path::STATUS), other.token(), &[]).is(200);
}

/// A copy that cannot be reached is not said to be empty.
#[test]
fn a_copy_that_does_not_answer_is_said() {
    let (place, _, phone) = published();
    let west = place.dir.path().join("west/packages");
    std::fs::remove_dir_all(&west).unwrap();
    std::fs::write(&west, b"no folder").unwrap();
    let withdrawn: Withdrawn = place.issuer_bytes("DELETE", &phone.at(path::ISSUER_ENROLMENT), None).is(200).json();
    let gone: Vec<(&str, bool)> = withdrawn.copies.iter().map(|copy| (copy.name.as_str(), copy.gone)).collect();
    assert_eq!(gone[0], ("east", true));
    assert_eq!(gone[1].0, "west");
}

/// Not only out of sight: nobody who takes the disk afterwards finds what a phone had sent.
#[test]
fn what_has_ended_is_off_the_databases_files_within_seconds() {
    type End = fn(&Place, &Phone);
    let ends: [End; 3] = [
        |place, phone| drop(place.issuer_bytes("DELETE", &fill(path::ISSUER_TICKET, &phone.paper.id), None).is(204)),
        |place, phone| {
            let own = Revoke { revocation: phone.device.revocation().as_bytes().to_vec() };
            place.send("POST", &phone.at(path::REVOCATION), None, &own).is(204);
        },
        // The other phone's is kept, and its request not any more.
        |place, phone| {
            let nonce = ShowNonce { nonce: *phone.nonce.as_bytes() };
            place.issuer("PUT", &fill(path::ISSUER_NONCE, &phone.paper.id), &nonce).is(204);
            place.issuer_bytes("PUT", &fill(path::ISSUER_CONFIRMATION, &phone.paper.id), None).is(204);
        },
    ];
    let place = place();
    let hospital = Hospital::at(&place);
    for end in ends {
        let mut phone = hospital.ticket(&place, 3600);
        phone.enrol(&place);
        let request = BASE64URL_NOPAD.encode(&phone.request(BORN).request);
        assert!(lies_on_disk(&place, &request), "the search finds what is there");
        end(&place, &phone);
        let since = Instant::now();
        while lies_on_disk(&place, &request) {
            assert!(since.elapsed() < Duration::from_secs(20), "still there");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// In any of the database's files.
fn lies_on_disk(place: &Place, text: &str) -> bool {
    ["state.sqlite", "state.sqlite-wal"].iter().any(|name| {
        let bytes = std::fs::read(place.dir.path().join(name)).unwrap_or_default();
        // A long value goes on in pages of its own: its beginning and its end.
        [&text[..100], &text[text.len() - 100..]]
            .iter()
            .any(|part| bytes.windows(part.len()).any(|window| window == part.as_bytes()))
    })
}
