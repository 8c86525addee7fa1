use super::*;
use mykarte_vault::package::{Enrolment as Device, HospitalId, KeyList, Listing, SigningKey};
use mykarte_vault::ticket::{Nonce, Request};
use mykarte_wire::MAX_WRONG;
use mykarte_wire::issuer::{EndedBy, NewTicket, TicketState};
use mykarte_wire::phone::State;
use mykarte_wire::problem::Kind;
use mykarte_wire::{Token, TokenHash};

const BORN: &str = "1955-03-11";
const EXPIRES: u64 = 1_780_000_000;
const NOW: u64 = EXPIRES - 3_600;

struct Place {
    ticket: Ticket,
    paper: mykarte_vault::ticket::Ticket,
    nonce: Nonce,
    device: Device,
}

fn place() -> Place {
    let hospital = HospitalId::make().unwrap();
    let listing = Listing { hospital, number: 1, epoch: 1, facility: "1".into(), name: "".into(), keys: vec![] };
    let list = KeyList::sign(&SigningKey::make().unwrap(), listing).unwrap();
    let address = "https://publisher.example";
    let (paper, nonce) = mykarte_vault::ticket::Ticket::make(hospital, list.pin(), address, EXPIRES).unwrap();
    let verifier = paper.verifier(BORN);
    let new = NewTicket { hospital, key: *verifier.key.as_bytes(), birth: verifier.birth, expires: EXPIRES };
    Place { ticket: Ticket::new(&new).unwrap(), paper, nonce, device: Device::make(list).unwrap() }
}

impl Place {
    fn request(&self, born: &str) -> Request {
        self.paper.request(born, &self.device.offer())
    }

    fn open(&self, token: &Token) -> Open {
        Open::begin(&self.request(BORN), token.hash())
    }
}

fn token() -> Token {
    Token::make().unwrap()
}

#[test]
fn a_ticket_works_once_and_the_same_request_again() {
    let mut place = place();
    let request = place.request(BORN);
    assert_eq!(place.ticket.take(&request, NOW), Outcome::Taken { again: false });
    // The answer was lost; even after its time the same request is answered.
    assert_eq!(place.ticket.take(&request, EXPIRES + 1), Outcome::Taken { again: true });
    let other = Device::make(place.device.list().clone()).unwrap();
    let foreign = place.paper.request(BORN, &other.offer());
    assert_eq!(place.ticket.take(&foreign, NOW), Outcome::Refused(Kind::TicketUsed));
    assert_eq!(place.ticket.status(NOW).state, TicketState::Used);
}

#[test]
fn the_tenth_wrong_birth_date_locks_and_every_one_is_counted() {
    let mut place = place();
    let (right, wrong) = (place.request(BORN), place.request("1955-03-12"));
    for n in 1..=MAX_WRONG {
        assert_eq!(place.ticket.take(&wrong, NOW), Outcome::WrongBirthDate { remaining: MAX_WRONG - n });
    }
    // Locked: nobody learns any more whether a date is right, and wrong ones are counted on.
    assert_eq!(place.ticket.take(&right, NOW), Outcome::Refused(Kind::TicketLocked));
    assert_eq!(place.ticket.take(&wrong, NOW), Outcome::Refused(Kind::TicketLocked));
    let status = place.ticket.status(NOW);
    assert_eq!((status.state, status.wrong), (TicketState::Locked, MAX_WRONG + 1));
    assert!(status.request.is_none());
}

#[test]
fn a_ticket_that_is_over_or_taken_back_takes_nothing() {
    let mut place = place();
    assert_eq!(place.ticket.take(&place.request(BORN), EXPIRES), Outcome::Refused(Kind::TicketExpired));
    assert_eq!(place.ticket.status(EXPIRES).state, TicketState::Expired);
    assert!(place.ticket.cancel());
    assert_eq!(place.ticket.take(&place.request(BORN), NOW), Outcome::Refused(Kind::TicketCancelled));
    assert!(!place.ticket.is_over(EXPIRES) && place.ticket.is_over(EXPIRES + 8 * 86_400));
}

/// No nonce without a request, no other nonce later, no confirmation without a nonce.
#[test]
fn the_digits_come_in_their_order() {
    let mut place = place();
    let nonce = *place.nonce.as_bytes();
    assert_eq!(place.ticket.show(nonce), Err(Kind::Conflict));
    assert_eq!(place.ticket.confirm(), Err(Kind::Conflict));
    place.ticket.take(&place.request(BORN), NOW);
    assert_eq!(place.ticket.confirm(), Err(Kind::Conflict));
    assert!(place.ticket.show(nonce).is_ok() && place.ticket.show(nonce).is_ok());
    assert_eq!(place.ticket.show([9; 32]), Err(Kind::Conflict));
    assert!(place.ticket.confirm().is_ok() && place.ticket.confirm().is_ok());
    assert!(place.ticket.status(NOW).request.is_none(), "nobody needs it any more");
    assert_eq!(place.ticket.take(&place.request(BORN), NOW), Outcome::Refused(Kind::TicketUsed), "no way to a token");
    // Staff cannot take back what they confirmed; withdrawing ends it.
    assert!(!place.ticket.cancel());
    assert_eq!(place.ticket.status(NOW).state, TicketState::Confirmed);
}

#[test]
fn an_enrolment_says_how_far_it_is() {
    let place = place();
    let mut open = place.open(&token());
    assert_eq!(open.status().state, State::Waiting);
    assert!(open.clone().into_document().line(place.device.id()).is_none(), "the issuer hears of confirmed ones only");
    open.show([1; 32]);
    assert_eq!((open.status().state, open.status().nonce), (State::Compare, Some([1; 32])));
    open.confirm();
    assert_eq!(open.status().state, State::Confirmed);
    let line = open.clone().into_document().line(place.device.id()).unwrap();
    assert_eq!(line.hospital, Some(place.device.offer().offer().hospital), "an issuer tells its own from others'");
    let package = |object: &str| Package { object: object.to_owned(), hash: [2; 32], bytes: 9 };
    assert!(open.put_package(package("a")).is_none());
    assert_eq!(open.put_package(package("b")).map(|before| before.object), Some("a".into()));
    assert_eq!(open.status().state, State::Issued);
    let ended = Enrolment::Ended { by: EndedBy::Device, revocation: None };
    assert_eq!(ended.line(place.device.id()).and_then(|line| line.ended), Some(EndedBy::Device));
    assert_eq!(Enrolment::open(Some(ended)).err(), Some(Kind::Ended));
    assert_eq!(Enrolment::open(None).err(), Some(Kind::Token));
}

/// A phone that lost an answer has the token before; one that got it uses the new one, and the old one is void then.
#[test]
fn the_old_token_lives_until_the_new_one_is_used() {
    let place = place();
    let [first, second, third, fourth] = [token(), token(), token(), token()];
    let mut open = place.open(&first);
    let works = |open: &Open, token: &Token| open.check(token).is_ok();
    open.rotate(&first, second.hash()).unwrap();
    assert!(works(&open, &first) && works(&open, &second));
    // The answer with the second was lost: the first fetches again, and the second is void.
    open.rotate(&first, third.hash()).unwrap();
    assert!(works(&open, &first) && works(&open, &third) && !works(&open, &second));
    open.rotate(&third, fourth.hash()).unwrap();
    assert!(works(&open, &third) && works(&open, &fourth) && !works(&open, &first));
    assert_eq!(open.rotate(&first, token().hash()), Err(Kind::Token));
    assert_eq!(open.begin_again(&place.request(BORN), first.hash()), Ok(()));
    assert!(works(&open, &first) && !works(&open, &third) && !works(&open, &fourth));
}

#[test]
fn only_the_device_itself_changes_its_key_or_ends() {
    let (place, other) = (place(), place());
    let mut open = place.open(&token());
    let id = place.device.id();
    let offer = place.device.offer();
    assert_eq!(open.take_key(id, offer.as_bytes()), Ok(false), "the one that is known");
    assert_eq!(open.take_key(id, other.device.offer().as_bytes()), Err(Kind::StaleKey));
    assert_eq!(open.take_key(id, &offer.as_bytes()[1..]), Err(Kind::Malformed));
    let revocation = place.device.revocation();
    assert_eq!(open.check_revocation(id, revocation.as_bytes()), Ok(()));
    assert_eq!(open.check_revocation(id, other.device.revocation().as_bytes()), Err(Kind::Token));
    assert_eq!(open.check_revocation(other.device.id(), revocation.as_bytes()), Err(Kind::Token));
}

/// What lies in the database tells nobody anything, and is read back as it was.
#[test]
fn documents_hold_hashes_and_are_read_back() {
    let mut place = place();
    place.ticket.take(&place.request(BORN), NOW);
    let secret = token();
    let open = place.open(&secret).into_document();
    let json = serde_json::to_string(&place.ticket).unwrap() + &serde_json::to_string(&open).unwrap();
    assert!(!json.contains("1955") && !json.contains(&*secret.dangerous_text()));
    assert!(!json.contains(&place.paper.dangerous_text()[9..60]));
    let again: Enrolment = serde_json::from_str(&serde_json::to_string(&open).unwrap()).unwrap();
    assert_eq!(again, open);
    let ticket: Ticket = serde_json::from_str(&serde_json::to_string(&place.ticket).unwrap()).unwrap();
    assert_eq!(ticket, place.ticket);
    let _: TokenHash = secret.hash();
}
