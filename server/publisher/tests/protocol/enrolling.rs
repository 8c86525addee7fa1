//! Tickets: what a phone gets with one, and what somebody without one learns.

use crate::support::{BORN, Hospital, place, place_with};
use mykarte_vault::ticket::Request;
use mykarte_wire::issuer::{EnrolmentPage, ShowNonce, TicketState, TicketStatus};
use mykarte_wire::path::{self, fill};
use mykarte_wire::phone::{Enrolled, State, Status};
use mykarte_wire::problem::Kind;
use mykarte_wire::{MAX_WRONG, Problem, Token};

#[test]
fn a_phone_enrols_and_both_sides_show_the_same_digits() {
    let place = place();
    let hospital = Hospital::at(&place);
    let mut phone = hospital.ticket(&place, 3600);
    let keys = place.call("GET", &fill(path::KEY_LIST, &hospital.list.listing().hospital), &[], None).is(200);
    assert_eq!(keys.body, hospital.list.as_bytes());
    phone.enrol(&place);
    let status = || place.get(&phone.at(path::STATUS), phone.token(), &[]).is(200).json::<Status>();
    assert_eq!(status().state, State::Waiting);

    let at = fill(path::ISSUER_TICKET, &phone.paper.id);
    let seen: TicketStatus = place.issuer_bytes("GET", &at, None).is(200).json();
    let request = Request::read(&seen.request.unwrap()).unwrap();
    request.verify(&phone.paper.verifier(BORN).key).unwrap();
    assert_eq!(seen.state, TicketState::Used);
    let nonce = ShowNonce { nonce: *phone.nonce.as_bytes() };
    place.issuer("PUT", &fill(path::ISSUER_NONCE, &phone.paper.id), &nonce).is(204);

    let shown = status();
    assert_eq!(shown.state, State::Compare);
    let nonce = shown.nonce().unwrap();
    phone.paper.commitment.check(phone.paper.id, &nonce).unwrap();
    assert_eq!(nonce.digits(&phone.paper.request(BORN, &phone.device.offer())), phone.nonce.digits(&request));

    let page = || place.issuer_bytes("GET", path::ISSUER_ENROLMENTS, None).is(200).json::<EnrolmentPage>();
    assert!(page().enrolments.is_empty(), "not before staff confirmed");
    hospital.confirm(&place, &phone);
    assert_eq!(status().state, State::Confirmed);
    assert_eq!(page().enrolments.len(), 1);
    let nothing = place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(404);
    assert_eq!(nothing.problem(), Kind::NothingIssued);
}

/// Whoever has no ticket gets one answer, byte for byte, whatever became of the ticket.
#[test]
fn without_the_ticket_all_answers_are_alike() {
    let place = place();
    let hospital = Hospital::at(&place);
    let (open, expired, mut used) =
        (hospital.ticket(&place, 3600), hospital.ticket(&place, -1), hospital.ticket(&place, 3600));
    used.enrol(&place);
    let locked = hospital.ticket(&place, 3600);
    for _ in 0..MAX_WRONG {
        place.send("POST", path::ENROLMENTS, None, &locked.request("2000-01-01")).is(403);
    }
    let cancelled = hospital.ticket(&place, 3600);
    place.issuer_bytes("DELETE", &fill(path::ISSUER_TICKET, &cancelled.paper.id), None).is(204);
    let unknown = {
        let elsewhere = crate::support::place();
        Hospital::at(&elsewhere).ticket(&elsewhere, 3600)
    };
    let mut answers = Vec::new();
    for phone in [&open, &expired, &used, &locked, &cancelled, &unknown] {
        let mut forged = phone.request(BORN);
        // The last byte is of the ticket's signature.
        *forged.request.last_mut().unwrap() ^= 1;
        let answer = place.send("POST", path::ENROLMENTS, None, &forged).is(403);
        assert_eq!(answer.problem(), Kind::Ticket);
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.push((answer.body, names));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    // With the ticket each has its own.
    for (phone, kind) in [
        (&expired, Kind::TicketExpired),
        (&locked, Kind::TicketLocked),
        (&cancelled, Kind::TicketCancelled),
        (&unknown, Kind::Ticket),
    ] {
        assert_eq!(place.send("POST", path::ENROLMENTS, None, &phone.request(BORN)).is(403).problem(), kind);
    }
    let other = mykarte_vault::package::Enrolment::make(hospital.list.clone()).unwrap();
    let second = mykarte_wire::phone::Enrol { request: used.paper.request(BORN, &other.offer()).as_bytes().to_vec() };
    assert_eq!(place.send("POST", path::ENROLMENTS, None, &second).is(403).problem(), Kind::TicketUsed);
}

#[test]
fn a_wrong_birth_date_says_how_many_tries_are_left() {
    let place = place();
    let phone = Hospital::at(&place).ticket(&place, 3600);
    let answer = place.send("POST", path::ENROLMENTS, None, &phone.request("1955-03-12")).is(403);
    let problem: Problem = answer.json();
    assert_eq!((answer.problem(), problem.remaining), (Kind::BirthDate, Some(MAX_WRONG - 1)));
    place.send("POST", path::ENROLMENTS, None, &phone.request(BORN)).is(201);
}

/// Guesses at once are all counted, and no more than ten of them learn anything.
#[test]
fn a_thousand_parallel_guesses_are_counted_exactly() {
    let place = place();
    let phone = Hospital::at(&place).ticket(&place, 3600);
    let guess = phone.request("1999-09-09");
    let told: usize = std::thread::scope(|scope| {
        let guesses = || {
            let told = |_: &usize| {
                let answer = place.send("POST", path::ENROLMENTS, None, &guess).is(403);
                answer.problem() == Kind::BirthDate
            };
            (0..125).filter(told).count()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(guesses)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let status: TicketStatus =
        place.issuer_bytes("GET", &fill(path::ISSUER_TICKET, &phone.paper.id), None).is(200).json();
    assert_eq!((status.wrong, status.state, told), (1000, TicketState::Locked, MAX_WRONG as usize));
}

/// The answer was lost: the same request gets another token, and the one that nobody got is void.
#[test]
fn a_request_may_be_sent_again() {
    let place = place();
    let mut phone = Hospital::at(&place).ticket(&place, 3600);
    phone.enrol(&place);
    let again: Enrolled = place.send("POST", path::ENROLMENTS, None, &phone.request(BORN)).is(201).json();
    let at = phone.at(path::STATUS);
    assert_eq!(place.get(&at, phone.token(), &[]).is(401).problem(), Kind::Token);
    place.get(&at, &again.token, &[]).is(200);
}

#[test]
fn a_request_with_another_enrolments_name_leaves_both_as_they_were() {
    let place = place();
    let hospital = Hospital::at(&place);
    let first = hospital.enrolled(&place);
    let second = hospital.ticket(&place, 3600);
    let stolen =
        mykarte_wire::phone::Enrol { request: second.paper.request(BORN, &first.device.offer()).as_bytes().to_vec() };
    assert_eq!(place.send("POST", path::ENROLMENTS, None, &stolen).is(409).problem(), Kind::Conflict);
    place.get(&first.at(path::STATUS), first.token(), &[]).is(200);
    place.send("POST", path::ENROLMENTS, None, &second.request(BORN)).is(201);
}

#[test]
fn the_link_wants_its_token_everywhere() {
    let place = place();
    let phone = Hospital::at(&place).ticket(&place, 3600);
    let wrong = Token::make().unwrap();
    let id = &phone.paper.id;
    let places = [
        ("PUT", fill(path::ISSUER_TICKET, id)),
        ("GET", fill(path::ISSUER_TICKET, id)),
        ("DELETE", fill(path::ISSUER_TICKET, id)),
        ("PUT", fill(path::ISSUER_NONCE, id)),
        ("PUT", fill(path::ISSUER_CONFIRMATION, id)),
        ("GET", path::ISSUER_ENROLMENTS.to_owned()),
        ("PUT", phone.at(path::ISSUER_PACKAGE)),
        ("DELETE", phone.at(path::ISSUER_ENROLMENT)),
        ("PUT", fill(path::ISSUER_KEY_LIST, id)),
        ("POST", path::ISSUER_HEADS.to_owned()),
    ];
    for (method, at) in places {
        for token in [None, Some(&wrong)] {
            let answer = place.send(method, &at, token, &serde_json::json!({}));
            assert_eq!(answer.is(401).problem(), Kind::Token, "{method} {at}");
        }
    }
}

#[test]
fn one_address_cannot_ask_for_ever() {
    let place = place_with("[limits]\ncalls = 100\nenrolments = 3\n");
    let phone = Hospital::at(&place).ticket(&place, 3600);
    let guess = phone.request("1999-09-09");
    let answers: Vec<_> = (0..5).map(|_| place.send("POST", path::ENROLMENTS, None, &guess)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 403).count(), 3);
    let last = answers.last().unwrap();
    assert_eq!((last.problem(), last.headers.contains_key("retry-after")), (Kind::TooMany, true));
    place.call("GET", path::HEALTH, &[], None).is(200);
    // A night's work of the issuer is more than that.
    for _ in 0..120 {
        place.issuer_bytes("GET", path::ISSUER_ENROLMENTS, None).is(200);
    }
    assert!((0..120).any(|_| place.call("GET", path::HEALTH, &[], None).status == 429));
}
