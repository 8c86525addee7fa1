//! The program is killed at random under load: what was answered holds, what was not is done or not done, nothing between.

use crate::support::{BORN, Hospital, Phone, Place, program};
use mykarte_wire::path;
use mykarte_wire::phone::{Enrolled, NextKey};
use mykarte_wire::{NEXT_TOKEN, Token};
use std::time::{Duration, Instant};

/// How often; `./x evidence` asks for 200.
fn rounds() -> u64 {
    std::env::var("MYKARTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// What a phone knows after whatever it got.
struct Held {
    phone: Phone,
    /// The one in use, then those that were handed out with an answer that arrived.
    tokens: Vec<Token>,
    package: Vec<u8>,
}

#[test]
fn killed_at_random_nothing_is_half_done() {
    let mut place = program();
    let hospital = Hospital::at(&place);
    let mut phones: Vec<Held> = (0..4)
        .map(|n| {
            let mut phone = hospital.enrolled(&place);
            let package = hospital.publish(&place, &phone, format!("[{n}]").as_bytes());
            let tokens = vec![phone.token.take().unwrap()];
            Held { phone, tokens, package }
        })
        .collect();
    for round in 0..rounds() {
        let time = Duration::from_millis(3 + round * 37 % 60);
        let begun = Instant::now();
        let mut waiting = std::thread::scope(|scope| {
            let load: Vec<_> = phones.iter_mut().map(|held| scope.spawn(|| fetch_until_gone(&place, held))).collect();
            let enrolling = scope.spawn(|| enrol_until_gone(&place, &hospital));
            std::thread::sleep(time.saturating_sub(begun.elapsed()));
            place.kill_from_outside();
            load.into_iter().for_each(|thread| thread.join().unwrap());
            enrolling.join().unwrap()
        });
        place.kill();
        place.start();
        for held in &mut phones {
            check(&place, held);
        }
        // A phone whose request was under way asks again, and is enrolled once.
        if let Some(mut phone) = waiting.take() {
            phone.enrol(&place);
            hospital.confirm(&place, &phone);
        }
    }
}

/// Fetches and announces keys until nobody answers.
fn fetch_until_gone(place: &Place, held: &mut Held) {
    loop {
        let token = held.tokens.last().unwrap().clone();
        let Some(answer) = place.try_call("GET", &held.phone.at(path::PACKAGE), Some(&token), b"") else { return };
        assert_eq!((answer.status, &answer.body), (200, &held.package));
        held.tokens = vec![token, Token::parse(answer.headers[NEXT_TOKEN].to_str().unwrap()).unwrap()];
        let offer = serde_json::to_vec(&NextKey { offer: held.phone.device.offer().as_bytes().to_vec() }).unwrap();
        let newest = held.tokens.last().unwrap();
        let Some(answer) = place.try_call("PUT", &held.phone.at(path::NEXT_KEY), Some(newest), &offer) else { return };
        assert_eq!(answer.status, 204);
    }
}

/// Enrols one phone after another; returns the one whose request got no answer.
fn enrol_until_gone(place: &Place, hospital: &Hospital) -> Option<Phone> {
    loop {
        let phone = hospital.try_ticket(place)?;
        let body = serde_json::to_vec(&phone.request(BORN)).unwrap();
        match place.try_call("POST", path::ENROLMENTS, None, &body) {
            None => return Some(phone),
            Some(answer) => {
                assert_eq!(answer.status, 201);
                let _: Enrolled = answer.json();
            }
        }
    }
}

/// One of the tokens that a phone holds fetches its package, and the whole of it.
fn check(place: &Place, held: &mut Held) {
    let at = held.phone.at(path::PACKAGE);
    let fetched = held.tokens.iter().rev().find_map(|token| {
        let answer = place.try_call("GET", &at, Some(token), b"").unwrap();
        (answer.status == 200).then_some((token.clone(), answer))
    });
    let (used, answer) = fetched.expect("a token that was handed out, or the one before, still works");
    assert_eq!(answer.body, held.package);
    held.tokens = vec![used, answer.next()];
}
