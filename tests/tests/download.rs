//! From a ticket to the next package, with a publisher in memory: what is asked, in which order, and what a lost answer costs.
//!
//! | module | what goes wrong, or comes to its end |
//! |---|---|
//! | `enrolling` | the request of a ticket, its birth date, its digits |
//! | `tokens` | tokens that are lost, refused or void |
//! | `fetching` | key lists and packages that are newer, older, damaged or there already |
//! | `ending` | enrolments that end here or there |
#![allow(clippy::unwrap_used, reason = "a test may stop")]

#[path = "download/ending.rs"]
mod ending;
#[path = "download/enrolling.rs"]
mod enrolling;
#[path = "download/fetching.rs"]
mod fetching;
#[path = "download/tokens.rs"]
mod tokens;

use mykarte::Archive;
use mykarte::download::{DownloadError, EnrolmentState, Method, News, announce_next_key, linked};
use mykarte::vault::Vault;
use mykarte_tests::hospital::{accept, passcode};
use mykarte_tests::online::Online;
use mykarte_tests::phone::files;
use mykarte_tests::publisher::{BORN, Call};

fn is_request(call: &Call) -> bool {
    call.method == Method::Post && call.path == "/v1/enrolments"
}

#[test]
fn the_whole_way() {
    let mut online = Online::make();
    let id = online.enrol(BORN).unwrap();
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Waiting);
    let digits = online.publisher.look(&online.ticket).unwrap();
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Compare { digits });
    assert!(matches!(online.fetch(id).unwrap().package, News::NothingIssued));
    assert!(linked(&online.phone).unwrap()[0].is_pending);
    online.publisher.confirm(&online.ticket);
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Confirmed);
    assert!(!linked(&online.phone).unwrap()[0].is_pending);

    online.issue(id, &files()[..2]);
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Issued);
    let News::Arrived(arrival) = online.fetch(id).unwrap().package else { panic!("nothing arrived") };
    assert!(arrival.needs_confirmation());
    accept(&mut online.phone, *arrival).unwrap();
    let before = online.publisher.offer(id);
    announce_next_key(&mut online.phone, id, &online.publisher).unwrap();
    assert_ne!(online.publisher.offer(id), before, "the next package goes to the next key");
    assert_eq!(online.labs(), 1);

    assert!(online.take(id).unwrap().is_none(), "it is asked for once");
    online.issue(id, &files());
    online.take(id).unwrap().unwrap();
    assert_eq!(online.labs(), 2);
}

/// What the vault remembers outlives the program, and a vault that was made by hand has none of it.
#[test]
fn a_closed_vault_goes_on_where_it_was() {
    let (mut online, id) = Online::received(&files());
    let path = online.dir.path().join("phone");
    drop(std::mem::replace(
        &mut online.phone,
        Archive::of(
            Vault::create(online.dir.path().join("other"), &passcode(), mykarte::vault::KdfParams::dangerous_floor())
                .unwrap(),
        ),
    ));
    online.phone = Archive::open(&path, &passcode()).unwrap();
    online.issue(id, &files());
    online.take(id).unwrap().unwrap();

    let by_hand = online.phone.enrol(online.hospital.list.clone()).unwrap().offer().enrolment;
    assert!(matches!(online.fetch(by_hand), Err(DownloadError::NoPublisher)));
    assert_eq!(linked(&online.phone).unwrap().len(), 1);
}
