//! Tickets that nobody confirms, and cancels that a phone overtakes.

use super::*;

/// However a request that waited comes to an end: its keys and its digits go with it.
#[test]
fn a_request_is_not_kept_longer_than_somebody_may_confirm_it() {
    type End = fn(&Publisher, &Phone);
    let ends: [(End, TicketState); 4] = [
        (|publisher, phone| publisher.cancel(phone.paper.id).unwrap(), TicketState::Cancelled),
        (|publisher, phone| publisher.withdraw(phone.id()).unwrap(), TicketState::Cancelled),
        (
            |publisher, phone| {
                assert!(publisher.revoke(phone.id(), phone.device.revocation().as_bytes()).unwrap());
            },
            TicketState::Cancelled,
        ),
        (|publisher, phone| publisher.tidy_tickets(phone.expires + DAY).unwrap(), TicketState::Expired),
    ];
    for (end, state) in ends {
        let place = place();
        let (phone, token) = place.asked();
        place.publisher.show_nonce(phone.paper.id, *phone.nonce.as_bytes()).unwrap();
        assert!(phone.traces().iter().all(|trace| place.kept().contains(trace)));
        end(&place.publisher, &phone);
        let kept = place.kept();
        assert!(phone.traces().iter().all(|trace| !kept.contains(trace)), "{state:?}: {kept}");
        let status = place.publisher.ticket_status(phone.paper.id).unwrap();
        assert!(status.state == state && status.request.is_none());
        // Nothing comes of it any more, and the phone learns so.
        assert_eq!(refusal(place.publisher.confirm(phone.paper.id)), Kind::Conflict);
        assert_eq!(refusal(place.publisher.show_nonce(phone.paper.id, *phone.nonce.as_bytes())), Kind::Conflict);
        assert_eq!(refusal(place.publisher.status(phone.id(), Some(&token))), Kind::Ended);
        let again = refusal(place.publisher.enrol(&phone.request()));
        assert!(matches!(again, Kind::TicketCancelled | Kind::TicketExpired), "{again:?}");
    }
}

/// A phone uses the ticket between the counter's look at it and its end.
#[test]
fn a_cancel_that_a_phone_overtakes_ends_what_the_phone_began() {
    let place = place();
    let phone = place.phone();
    let (second, request) = (publisher(place.dir.path(), place.state.inner.clone(), &place.runtime), phone.request());
    *place.state.before_change.lock().unwrap() = Some(Box::new(move || drop(second.enrol(&request).unwrap())));
    place.publisher.cancel(phone.paper.id).unwrap();
    assert!(place.has_ended(&phone));
    assert_eq!(refusal(place.publisher.show_nonce(phone.paper.id, *phone.nonce.as_bytes())), Kind::Conflict);
    assert_eq!(refusal(place.publisher.confirm(phone.paper.id)), Kind::Conflict);
    assert_eq!(refusal(place.publisher.enrol(&phone.request())), Kind::TicketCancelled);
    assert!(phone.traces().iter().all(|trace| !place.kept().contains(trace)));
}

/// Whoever of the two is first, after the answer to `cancel` there is no way to an enrolment.
#[test]
fn after_a_cancel_nothing_comes_of_the_ticket() {
    let place = place();
    for _ in 0..50 {
        let phone = place.phone();
        std::thread::scope(|scope| {
            scope.spawn(|| place.publisher.enrol(&phone.request()));
            place.publisher.cancel(phone.paper.id).unwrap();
            assert_eq!(refusal(place.publisher.confirm(phone.paper.id)), Kind::Conflict);
        });
        assert_eq!(refusal(place.publisher.enrol(&phone.request())), Kind::TicketCancelled);
        assert!(matches!(place.publisher.enrolment(phone.id()).unwrap(), None | Some(Enrolment::Ended { .. })));
    }
}

#[test]
fn staff_have_a_day_and_what_is_confirmed_stays() {
    let place = place();
    let (waiting, _) = place.asked();
    let (enrolled, token) = place.enrolled();
    place.publisher.tidy_tickets(waiting.expires + DAY - 1).unwrap();
    assert!(!place.has_ended(&waiting));
    // A program that was off for a month ends it all the same before it forgets the ticket.
    place.publisher.tidy_tickets(waiting.expires + 30 * DAY).unwrap();
    assert!(place.has_ended(&waiting) && place.publisher.ticket(waiting.paper.id).unwrap().is_none());
    place.publisher.status(enrolled.id(), Some(&token)).unwrap();
}

/// A counter that was restored to before its word would say "taken back", and the phone would fetch on.
#[test]
fn a_ticket_that_is_confirmed_is_not_said_to_be_taken_back() {
    let place = place();
    let (enrolled, token) = place.enrolled();
    assert_eq!(refusal(place.publisher.cancel(enrolled.paper.id)), Kind::Conflict);
    assert!(place.publisher.status(enrolled.id(), Some(&token)).is_ok());
    // Once the hospital has ended the enrolment, there is nothing to be taken back.
    place.publisher.withdraw(enrolled.id()).unwrap();
    place.publisher.cancel(enrolled.paper.id).unwrap();
}

/// Deleted from the database is not yet gone from the disk.
#[test]
fn what_is_forgotten_is_off_the_files_with_the_next_look() {
    let place = place();
    let (enrolled, _) = place.enrolled();
    let key = data_encoding::BASE64URL_NOPAD.encode(enrolled.paper.verifier(BORN).key.as_bytes());
    let lies_on_disk = || {
        let files = ["state", "state-wal"].map(|name| std::fs::read(place.dir.path().join(name)).unwrap_or_default());
        files.iter().any(|file| file.windows(key.len()).any(|window| window == key.as_bytes()))
    };
    place.publisher.erase_leavings().unwrap();
    place.publisher.tidy_tickets(enrolled.expires + 7 * DAY).unwrap();
    assert!(place.publisher.ticket(enrolled.paper.id).unwrap().is_none() && lies_on_disk());
    place.publisher.erase_leavings().unwrap();
    assert!(!lies_on_disk());
}
