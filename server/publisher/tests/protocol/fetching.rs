//! Packages on their way to a phone.

use crate::support::{Hospital, Phone, Place, place};
use mykarte_wire::issuer::EnrolmentPage;
use mykarte_wire::path;
use mykarte_wire::phone::{NextKey, State, Status};
use mykarte_wire::problem::Kind;
use std::path::Path;

const CONTENT: &[u8] = b"[]";

fn enrolled() -> (Place, Hospital, Phone) {
    let place = place();
    let hospital = Hospital::at(&place);
    let phone = hospital.enrolled(&place);
    (place, hospital, phone)
}

#[test]
fn a_package_arrives_as_it_was_sealed_and_is_fetched_once() {
    let (place, hospital, mut phone) = enrolled();
    let package = hospital.publish(&place, &phone, CONTENT);
    let at = phone.at(path::PACKAGE);
    assert_eq!(place.get(&phone.at(path::STATUS), phone.token(), &[]).is(200).json::<Status>().state, State::Issued);
    let answer = place.get(&at, phone.token(), &[]).is(200);
    assert_eq!((&answer.body, &answer.headers["cache-control"]), (&package, &"no-store".parse().unwrap()));
    let (etag, first) = (answer.headers["etag"].to_str().unwrap().to_owned(), phone.token.take().unwrap());
    phone.token = Some(answer.next());
    // The one before lives until the new one is used.
    place.get(&at, &first, &[("if-none-match", &etag)]).is(304);
    let unchanged = place.get(&at, phone.token(), &[("if-none-match", &etag)]).is(304);
    assert!(unchanged.body.is_empty() && !unchanged.headers.contains_key("mykarte-next-token"));
    place.get(&at, phone.token(), &[]).is(200);
    assert_eq!(place.get(&at, &first, &[]).is(401).problem(), Kind::Token);
}

#[test]
fn a_download_goes_on_from_any_byte() {
    let (place, hospital, mut phone) = enrolled();
    let package = hospital.publish(&place, &phone, CONTENT);
    let at = phone.at(path::PACKAGE);
    let total = package.len();
    for from in [0, 1, 1024, 65_536, total - 1] {
        let answer = place.get(&at, phone.token(), &[("range", &format!("bytes={from}-"))]);
        let answer = answer.is(if from == 0 { 200 } else { 206 });
        assert_eq!(answer.body, package[from..], "from {from}");
        if from > 0 {
            let said = answer.headers["content-range"].to_str().unwrap();
            assert_eq!(said, format!("bytes {from}-{}/{total}", total - 1));
        }
        phone.token = Some(answer.next());
    }
    let answer = place.get(&at, phone.token(), &[("range", "bytes=-10")]).is(206);
    assert_eq!(answer.body, package[total - 10..]);
    for outside in [format!("bytes={total}-"), "bytes=-0".to_owned()] {
        assert_eq!(place.get(&at, phone.token(), &[("range", &outside)]).is(416).problem(), Kind::Range);
    }
    // Another package came between two ranges: all of the new one, not a mixture.
    let etag = answer.headers["etag"].to_str().unwrap().to_owned();
    let next = hospital.publish(&place, &phone, b"[1]");
    let conditions = [("range", "bytes=100-"), ("if-range", etag.as_str())];
    let answer = place.get(&at, phone.token(), &conditions).is(200);
    assert_eq!(answer.body, next);
}

#[test]
fn a_token_fetches_its_own_package_and_no_other() {
    let (place, hospital, phone) = enrolled();
    let other = hospital.enrolled(&place);
    hospital.publish(&place, &other, CONTENT);
    assert_eq!(place.get(&other.at(path::PACKAGE), phone.token(), &[]).is(401).problem(), Kind::Token);
    assert_eq!(place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(404).problem(), Kind::NothingIssued);
}

#[test]
fn only_a_package_of_this_hospital_for_the_newest_key_takes_its_place() {
    let (place, hospital, phone) = enrolled();
    let at = phone.at(path::ISSUER_PACKAGE);
    let good = hospital.package(&phone, CONTENT);
    let refused = |package: &[u8], status: u16| place.issuer_bytes("PUT", &at, Some(package)).is(status).problem();
    let mut bent = good.clone();
    *bent.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&bent, 400), Kind::Malformed);
    assert_eq!(refused(b"something else", 400), Kind::Malformed);
    let other = hospital.enrolled(&place);
    assert_eq!(refused(&hospital.package(&other, CONTENT), 409), Kind::Conflict);
    let elsewhere = Hospital::at(&place);
    assert_eq!(refused(&elsewhere.package(&phone, CONTENT), 409), Kind::Conflict, "a key that the list does not have");
    place.issuer_bytes("PUT", &at, Some(&good)).is(204);
    // One that waits for staff gets nothing.
    let mut waiting = hospital.ticket(&place, 3600);
    waiting.enrol(&place);
    let package = hospital.package(&waiting, CONTENT);
    let put = place.issuer_bytes("PUT", &waiting.at(path::ISSUER_PACKAGE), Some(&package));
    assert_eq!(put.is(409).problem(), Kind::Conflict);
}

/// Only the latest is kept, in every copy; the device's next key is told to the issuer.
#[test]
fn the_next_package_takes_the_place_of_the_one_before() {
    let (place, hospital, mut phone) = enrolled();
    let first = hospital.publish(&place, &phone, CONTENT);
    let device =
        std::mem::replace(&mut phone.device, mykarte_vault::package::Enrolment::make(hospital.list.clone()).unwrap());
    let (verified, opened, _) = device.open(&first).unwrap();
    let device = device.after(&verified, &opened.origin).unwrap();
    phone.device = device;
    let offer = NextKey { offer: phone.device.offer().as_bytes().to_vec() };
    place.send("PUT", &phone.at(path::NEXT_KEY), Some(phone.token()), &offer).is(204);
    place.send("PUT", &phone.at(path::NEXT_KEY), Some(phone.token()), &offer).is(204);
    let page: EnrolmentPage = place.issuer_bytes("GET", path::ISSUER_ENROLMENTS, None).is(200).json();
    assert_eq!(page.enrolments[0].offer.as_deref(), Some(phone.device.offer().as_bytes()));
    // A package for the key before would not open any more.
    let old = place.issuer_bytes("PUT", &phone.at(path::ISSUER_PACKAGE), Some(&first));
    assert_eq!(old.is(409).problem(), Kind::StaleKey);
    let second = hospital.publish(&place, &phone, b"[2]");
    assert_eq!(place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(200).body, second);
    for copy in ["east", "west"] {
        assert_eq!(objects(&place.dir.path().join(copy)), 1, "{copy}");
    }
}

pub fn objects(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { objects(&path) } else { 1 }).sum()
}

/// One data centre is gone: the other serves.
#[test]
fn a_package_comes_from_the_copy_that_has_it() {
    let (place, hospital, phone) = enrolled();
    let package = hospital.publish(&place, &phone, CONTENT);
    std::fs::remove_dir_all(place.dir.path().join("east/packages")).unwrap();
    assert_eq!(place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(200).body, package);
}
