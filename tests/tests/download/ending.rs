//! The end of an enrolment: durable here first, and told until it is heard.

use mykarte::download::{DownloadError, EnrolmentState, HttpError, linked, revoke, tell_ended};
use mykarte::package::ReceiveError;
use mykarte_tests::online::Online;
use mykarte_tests::phone::files;
use mykarte_tests::publisher::BORN;

#[test]
fn an_ended_enrolment_says_so_and_the_record_stays() {
    let (mut online, id) = Online::received(&files());
    online.publisher.withdraw(id);
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Ended);
    assert!(matches!(online.fetch(id), Err(DownloadError::Ended)));
    assert_eq!(online.labs(), 2);
    assert!(revoke(&mut online.phone, id, &online.publisher).unwrap(), "it has heard of it before");
    assert_eq!(online.labs(), 2);
}

#[test]
fn an_end_is_durable_here_first_and_told_until_it_is_heard() {
    for has_record in [true, false] {
        let (mut online, id) = if has_record { Online::received(&files()) } else { Online::confirmed() };
        // A network that wants a login answers in the publisher's place, or nobody does.
        online.publisher.twist(|_, reply| (reply.status, reply.body) = (511, b"<html>".to_vec()));
        assert!(!revoke(&mut online.phone, id, &online.publisher).unwrap());
        assert!(linked(&online.phone).unwrap().is_empty());
        assert!(matches!(online.fetch(id), Err(DownloadError::Receive(ReceiveError::NotEnrolled))));
        online.publisher.twist(|_, reply| reply.lost = Some(HttpError::Unreachable));
        assert_eq!(tell_ended(&mut online.phone, &online.publisher).unwrap(), 1);
        online.publisher.untwist();
        assert_eq!(tell_ended(&mut online.phone, &online.publisher).unwrap(), 0);
        assert_eq!(online.publisher.has_ended(id), Some(true));
        online.publisher.calls();
        assert_eq!(tell_ended(&mut online.phone, &online.publisher).unwrap(), 0);
        assert!(online.publisher.calls().is_empty(), "told once");
        assert_eq!(online.places(), if has_record { 2 } else { 0 });
        if has_record {
            assert_eq!(online.labs(), 2);
        }
    }
}

/// Whoever deletes a person wants nothing more, and the publisher hears of it when there is a network.
#[test]
fn the_end_of_a_deleted_person_is_told_and_nothing_else_is_kept() {
    let (mut online, id) = Online::received(&files());
    let patient = online.phone.records().unwrap()[0].identity.clone().unwrap().1;
    assert_eq!(online.phone.delete_patient(&patient, None).unwrap(), 1);
    assert!(online.phone.records().unwrap().is_empty() && online.phone.enrolments().unwrap().is_empty());
    assert!(matches!(online.fetch(id), Err(DownloadError::Receive(ReceiveError::NotEnrolled))));
    assert_eq!(online.places(), 1, "what is to be told");
    online.publisher.twist(|_, reply| reply.lost = Some(HttpError::Unreachable));
    assert_eq!(tell_ended(&mut online.phone, &online.publisher).unwrap(), 1);
    online.publisher.untwist();
    assert_eq!(tell_ended(&mut online.phone, &online.publisher).unwrap(), 0);
    assert_eq!((online.publisher.has_ended(id), online.places()), (Some(true), 0));
}

/// A second enrolment of the same person takes the first one's place; its publisher hears of that, too.
#[test]
fn an_enrolment_that_is_replaced_is_told_as_ended() {
    let (mut online, first) = Online::received(&files());
    online.ticket = online.publisher.ticket(&online.hospital.list);
    let second = online.enrol(BORN).unwrap();
    online.publisher.look(&online.ticket);
    online.publisher.confirm(&online.ticket);
    online.issue(second, &files());
    assert_eq!(online.take(second).unwrap().unwrap().ended_enrolments, 1);
    assert_eq!(linked(&online.phone).unwrap().len(), 1);
    assert_eq!(tell_ended(&mut online.phone, &online.publisher).unwrap(), 0);
    assert_eq!(online.publisher.has_ended(first), Some(true));
    assert_eq!(online.publisher.has_ended(second), Some(false));
    online.issue(second, &files()[..2]);
    online.take(second).unwrap().unwrap();
    assert_eq!(online.labs(), 1);
}
