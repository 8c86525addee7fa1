//! Tokens and lost answers: no answer that does not come costs more than a call.

use super::is_request;
use mykarte::download::{DownloadError, EnrolmentState, HttpError, News};
use mykarte_tests::online::Online;
use mykarte_tests::phone::files;
use mykarte_tests::publisher::{BORN, Call};
use mykarte_wire::{Kind, NEXT_TOKEN, Problem};
use std::sync::{Arc, Mutex};

/// The server may have done what was asked; whatever is asked next has to go on from there.
#[test]
fn no_lost_answer_after_the_request_costs_more_than_a_call() {
    let one_of = |path: &'static str| move |call: &Call| call.path.ends_with(path);
    for path in ["/keys", "/package", "/key"] {
        for lost in [HttpError::Broken, HttpError::TimedOut, HttpError::Unreachable] {
            let (mut online, id) = Online::received(&files()[..2]);
            online.issue(id, &files());
            online.publisher.twist_once(one_of(path), move |reply| reply.lost = Some(lost));
            // A download is tried again at once, what else is asked by the next fetch.
            let taken = online.take(id);
            assert_eq!(taken.is_ok(), path == "/package", "{path} {lost:?} {:?}", taken.err());
            online.take(id).unwrap();
            assert_eq!(online.labs(), 2);
            let known = online.publisher.offer(id);
            assert_eq!(known, online.phone.enrolments().unwrap()[0].offer.clone().unwrap(), "{path} {lost:?}");
        }
    }
}

#[test]
fn a_token_is_kept_before_the_body_is_read_and_used_from_then_on() {
    let (mut online, id) = Online::received(&files()[..2]);
    online.issue(id, &files());
    let given = Arc::new(Mutex::new(Vec::new()));
    let own = Arc::clone(&given);
    online.publisher.twist(move |call, reply| {
        if call.is_download() {
            let next = reply.headers.iter().find(|(name, _)| name == NEXT_TOKEN).unwrap().1.clone();
            own.lock().unwrap().push(format!("Bearer {next}"));
            // Of the first body nothing comes.
            reply.cut = (own.lock().unwrap().len() == 1).then_some(0);
        }
    });
    online.fetch(id).unwrap();
    online.state(id).unwrap();
    let calls = online.publisher.calls();
    let shown: Vec<&str> = calls.iter().filter_map(|call| call.header("authorization")).skip(1).collect();
    assert_eq!(shown, *given.lock().unwrap(), "the second download and the state after it");
}

/// Every download hands out a token; the phone that never sees an answer goes on with the one that it has.
#[test]
fn answers_that_are_lost_again_and_again_cost_no_token() {
    let (mut online, id) = Online::received(&files()[..2]);
    online.issue(id, &files());
    online.publisher.twist(|call, reply| {
        if call.is_download() {
            reply.lost = Some(HttpError::Broken);
        }
    });
    for _ in 0..5 {
        assert!(matches!(online.fetch(id), Err(DownloadError::Http(HttpError::Broken))));
    }
    online.publisher.untwist();
    online.take(id).unwrap().unwrap();
}

/// An answer whose token did not become durable: the one before is tried when the newest is refused.
#[test]
fn the_token_before_is_tried_where_the_newest_is_refused() {
    let (mut online, id) = Online::received(&files()[..2]);
    online.issue(id, &files());
    // A token that the publisher never gave.
    let wrong = mykarte_wire::Token::make().unwrap().dangerous_text().to_string();
    online.publisher.twist_once(Call::is_download, move |reply| {
        reply.set(NEXT_TOKEN, Some(&wrong));
        reply.cut = Some(0);
    });
    online.take(id).unwrap().unwrap();
    assert_eq!(online.labs(), 2);
    online.publisher.twist_once(Call::is_download, |reply| reply.set(NEXT_TOKEN, Some("no token")));
    online.issue(id, &files());
    assert!(matches!(online.fetch(id), Err(DownloadError::NotAPublisher { .. })));
    online.take(id).unwrap().unwrap();
}

#[test]
fn a_device_that_the_publisher_does_not_know_is_told_so() {
    let (mut online, id) = Online::received(&files());
    online.publisher.twist(|call, reply| {
        if call.is_download() {
            (reply.status, reply.body) = (401, serde_json::to_vec(&Problem::new(Kind::Token)).unwrap());
        }
    });
    assert!(matches!(online.fetch(id), Err(DownloadError::TokenRefused)));
    online.publisher.untwist();
    assert!(online.take(id).unwrap().is_none());
}

/// Another answer to the same request made the phone's token void, and nobody has it. While staff have not confirmed the same
/// request brings another; after that a ticket gives nothing.
#[test]
fn a_token_that_is_refused_before_staff_confirmed_is_asked_for_again() {
    let mut online = Online::make();
    let id = online.enrol(BORN).unwrap();
    let request = online.publisher.calls().into_iter().find(is_request).unwrap();
    let void = |online: &Online| assert_eq!(online.publisher.answer(request.clone()).status, 201);
    void(&online);
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Waiting);
    let digits = online.publisher.look(&online.ticket).unwrap();
    void(&online);
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Compare { digits });
    void(&online);
    assert!(matches!(online.fetch(id).unwrap().package, News::NothingIssued));
    let sent: Vec<Call> = online.publisher.calls().into_iter().filter(is_request).collect();
    assert!(sent.len() == 6 && sent.iter().all(|call| *call == request), "the same request and no other");
    void(&online);
    online.publisher.confirm(&online.ticket);
    assert!(matches!(online.state(id), Err(DownloadError::TokenRefused)));
    assert!(matches!(online.fetch(id), Err(DownloadError::TokenRefused)));
}
