//! From a ticket to the next package, with a publisher in memory: what is asked, in which order, and what a lost answer costs.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::download::{
    DownloadError, EnrolmentState, HttpError, ListNews, Method, News, announce_next_key, enrol_with_ticket, give_up,
    linked, revoke, tell_ended,
};
use mykarte::package::ReceiveError;
use mykarte::vault::package::PackageError;
use mykarte::vault::ticket::TicketError;
use mykarte::{Archive, vault::Vault};
use mykarte_tests::hospital::{Hospital, accept, passcode, receive};
use mykarte_tests::online::Online;
use mykarte_tests::phone::{files, imported};
use mykarte_tests::publisher::{BORN, Call};
use mykarte_wire::{Kind, NEXT_TOKEN, Problem};
use std::sync::{Arc, Mutex};

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

#[test]
fn a_lost_answer_to_the_request_is_made_up_for_by_the_same_request() {
    let mut online = Online::make();
    online.publisher.twist_once(is_request, |reply| reply.lost = Some(HttpError::TimedOut));
    assert!(matches!(online.enrol(BORN), Err(DownloadError::Http(HttpError::TimedOut))));
    let open = linked(&online.phone).unwrap();
    assert!(open[0].is_unanswered);
    // By the state alone, without ticket and birth date.
    assert_eq!(online.state(open[0].id).unwrap(), EnrolmentState::Waiting);
    // Or with them.
    assert_eq!(online.enrol(BORN).unwrap(), open[0].id);
    let sent: Vec<Call> = online.publisher.calls().into_iter().filter(is_request).collect();
    assert_eq!(sent.len(), 2, "once there is a token nothing is sent");
    assert_eq!(sent[0], sent[1]);
    assert_eq!(online.places(), 1);
}

/// The answer came, and its body was cut: the token in it is void with the next request, the enrolment is the same.
#[test]
fn a_request_whose_answer_is_cut_at_any_byte_is_sent_again() {
    for cut in (0..100).step_by(9) {
        let mut online = Online::make();
        online.publisher.twist_once(is_request, move |reply| reply.cut = Some(cut));
        assert!(matches!(online.enrol(BORN), Err(DownloadError::Http(HttpError::Broken))), "{cut}");
        let id = online.enrol(BORN).unwrap();
        assert_eq!(online.state(id).unwrap(), EnrolmentState::Waiting);
        assert_eq!(online.places(), 1);
    }
}

#[test]
fn a_wrong_birth_date_costs_a_try_and_leaves_nothing_when_given_up() {
    let mut online = Online::make();
    let wrong = |online: &mut Online| match online.enrol("1957-03-09") {
        Err(DownloadError::WrongBirthDate { remaining }) => remaining,
        other => panic!("{other:?}"),
    };
    assert_eq!((wrong(&mut online), wrong(&mut online)), (Some(9), Some(8)));
    assert_eq!(online.places(), 1, "the same keys for the next try");
    give_up(&mut online.phone, &online.ticket).unwrap();
    give_up(&mut online.phone, &online.ticket).unwrap();
    assert_eq!(online.places(), 0);

    assert_eq!(wrong(&mut online), Some(7));
    let id = online.enrol(BORN).unwrap();
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Waiting);
    assert!(
        ["1957-3-8", "19570308", "1957-02-29", "", "1957-03-08 "]
            .iter()
            .all(|typed| matches!(online.enrol(typed), Err(DownloadError::NoDate)))
    );
}

#[test]
fn every_refusal_of_a_ticket_is_its_own_and_leaves_nothing() {
    for kind in [Kind::Ticket, Kind::TicketExpired, Kind::TicketUsed, Kind::TicketLocked, Kind::TicketCancelled] {
        let mut online = Online::make();
        online.publisher.refuse_ticket(&online.ticket, Some(kind));
        let said = online.enrol(BORN).unwrap_err();
        use DownloadError as E;
        let is_its_own = match kind {
            Kind::Ticket => matches!(said, E::TicketUnknown),
            Kind::TicketExpired => matches!(said, E::TicketExpired),
            Kind::TicketUsed => matches!(said, E::TicketUsed),
            Kind::TicketLocked => matches!(said, E::TicketLocked),
            _ => matches!(said, E::TicketCancelled),
        };
        assert!(is_its_own, "{kind:?}: {said:?}");
        assert_eq!(online.places(), 0, "{kind:?}");
    }
}

/// Also after a wrong birth date, whose keys waited for the next try.
#[test]
fn a_ticket_that_is_locked_leaves_nothing() {
    let mut online = Online::make();
    for left in (0..10).rev() {
        let said = online.enrol("1957-03-09").unwrap_err();
        assert!(matches!(said, DownloadError::WrongBirthDate { remaining: Some(n) } if n == left), "{said:?}");
    }
    assert_eq!(online.places(), 1);
    assert!(matches!(online.enrol(BORN), Err(DownloadError::TicketLocked)));
    assert_eq!(online.places(), 0);
}

/// The right date was taken and its answer lost; a slip afterwards is refused as another request, and costs nothing.
#[test]
fn a_slip_after_a_lost_answer_does_not_lose_the_enrolment() {
    let mut online = Online::make();
    online.publisher.twist_once(is_request, |reply| reply.lost = Some(HttpError::Broken));
    online.enrol(BORN).unwrap_err();
    assert!(matches!(online.enrol("1957-03-09"), Err(DownloadError::TicketUsed)));
    let id = online.enrol(BORN).unwrap();
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Waiting);
    assert_eq!(online.publisher.wrong_dates(&online.ticket), 0);
}

#[test]
fn a_ticket_is_held_against_the_key_list() {
    let mut online = Online::make();
    let other = Hospital::of_storage(online.dir.path());
    let (list, honest) = (other.list.as_bytes().to_vec(), online.hospital.list.as_bytes().to_vec());
    online.publisher.twist(move |call, reply| {
        if call.path.ends_with("/keys") {
            reply.body = list.clone();
        }
    });
    let refused = online.enrol(BORN).unwrap_err();
    assert!(matches!(refused, DownloadError::Receive(ReceiveError::Package(PackageError::OtherRoot))), "{refused:?}");
    let mut bent = honest;
    let last = bent.len() - 1;
    bent[last] ^= 1;
    online.publisher.twist(move |call, reply| {
        if call.path.ends_with("/keys") {
            reply.body = bent.clone();
        }
    });
    let refused = online.enrol(BORN).unwrap_err();
    let DownloadError::Receive(ReceiveError::Package(error)) = refused else { panic!("{refused:?}") };
    assert!(matches!(error, PackageError::ListSignature { .. }), "{error:?}");
    assert_eq!(online.places(), 0);
    assert!(!online.publisher.calls().iter().any(is_request), "nothing of the patient is sent to a stranger");
}

#[test]
fn addresses_that_anybody_can_read_are_refused() {
    let mut online = Online::make();
    for address in ["http://publisher.example.jp", "https://", "ftp://publisher.example.jp", "http://localhost@x.jp"] {
        let ticket = online.publisher.ticket_at(&online.hospital.list, address);
        let refused = enrol_with_ticket(&mut online.phone, &ticket, BORN, &online.publisher);
        assert!(matches!(refused, Err(DownloadError::InsecureAddress)), "{address}");
    }
    assert!(matches!(
        enrol_with_ticket(&mut online.phone, "MYKARTE1:AAAA", BORN, &online.publisher),
        Err(DownloadError::Ticket(TicketError::NotATicket))
    ));
    assert!(online.publisher.calls().is_empty());
}

#[test]
fn digits_of_another_number_are_not_shown() {
    let mut online = Online::make();
    let id = online.enrol(BORN).unwrap();
    online.publisher.look(&online.ticket).unwrap();
    online.publisher.twist_once(
        |_| true,
        |reply| {
            let mut status: mykarte_wire::phone::Status = serde_json::from_slice(&reply.body).unwrap();
            status.nonce = Some([7; 32]);
            reply.body = serde_json::to_vec(&status).unwrap();
        },
    );
    assert!(matches!(online.state(id), Err(DownloadError::Ticket(TicketError::OtherNonce))));
    online.publisher.twist_once(|_| true, |reply| reply.body = br#"{"state":"compare"}"#.to_vec());
    assert!(matches!(online.state(id), Err(DownloadError::NotAPublisher { .. })));
    online.publisher.twist_once(|_| true, |reply| reply.body = br#"{"state":"later-than-us"}"#.to_vec());
    assert_eq!(online.state(id).unwrap(), EnrolmentState::Unknown);
    assert!(matches!(online.state(id).unwrap(), EnrolmentState::Compare { .. }));
}

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

#[test]
fn newer_key_lists_come_first_and_a_forged_one_stops_nothing() {
    let (mut online, id) = Online::received(&files()[..2]);
    let key = online.hospital.issuer.make_key().unwrap();
    let list = online.hospital.root.add(&online.hospital.list, key).unwrap();
    let old = std::mem::replace(&mut online.hospital.list, list.clone());
    online.publisher.put_list(&list);
    online.issue(id, &files());
    // Signed with a key that only the newer list has.
    let fetched = online.fetch(id).unwrap();
    assert!(matches!(fetched.list, ListNews::Newer));
    let News::Arrived(arrival) = fetched.package else { panic!("nothing arrived") };
    accept(&mut online.phone, *arrival).unwrap();

    online.publisher.put_list(&old);
    assert!(matches!(online.fetch(id).unwrap().list, ListNews::Known), "an older one is no news");
    let other = Hospital::of_storage(online.dir.path());
    online.publisher.twist(move |call, reply| {
        if call.path.ends_with("/keys") {
            reply.body = other.list.as_bytes().to_vec();
        }
    });
    let fetched = online.fetch(id).unwrap();
    assert!(matches!(fetched.list, ListNews::Refused(PackageError::OtherRoot)), "{:?}", fetched.list);
    assert!(matches!(fetched.package, News::Unchanged));
}

/// The list is put between the two calls of a fetch.
#[test]
fn a_package_of_a_key_that_is_newer_than_the_list_asks_for_the_list_again() {
    let (mut online, id) = Online::received(&files()[..2]);
    let key = online.hospital.issuer.make_key().unwrap();
    online.hospital.list = online.hospital.root.add(&online.hospital.list, key).unwrap();
    online.issue(id, &files());
    let (new, mut asked) = (online.hospital.list.as_bytes().to_vec(), 0);
    online.publisher.twist(move |call, reply| {
        if call.path.ends_with("/keys") {
            asked += 1;
            if asked > 1 {
                reply.body = new.clone();
            }
        }
    });
    assert!(online.take(id).unwrap().is_some());
    assert_eq!(online.labs(), 2);
}

#[test]
fn a_damaged_record_is_fetched_again_although_it_is_the_newest() {
    let (mut online, id) = Online::received(&files());
    assert!(online.take(id).unwrap().is_none());
    let record = online.phone.records().unwrap()[0].id;
    online.phone.vault_mut().delete(record).unwrap();
    assert!(!online.take(id).unwrap().unwrap().was_there);
    assert_eq!(online.labs(), 2);
}

#[test]
fn what_came_by_stick_is_not_fetched_again() {
    let (mut online, id) = Online::received(&files()[..2]);
    let offer = online.publisher.offer(id);
    let package = online.hospital.issue(imported(&files()), &offer);
    receive(&mut online.phone, &package).unwrap();
    online.publisher.put(id, package);
    assert!(online.take(id).unwrap().is_none());
    let now = online.phone.enrolments().unwrap()[0].offer.clone().unwrap();
    assert_eq!(online.publisher.offer(id), now, "the key is told with the next fetch");
}

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
