use super::*;
use crate::package::{Enrolment, HospitalId, KeyList, Listing, PackageError, RootPin, SigningKey};
use proptest::prelude::*;

const BORN: &str = "1955-03-11";

fn list() -> KeyList {
    let root = SigningKey::make().unwrap();
    let hospital = HospitalId::make().unwrap();
    let listing =
        Listing { hospital, number: 1, epoch: 1, facility: "1319999999".into(), name: "".into(), keys: vec![] };
    KeyList::sign(&root, listing).unwrap()
}

fn make() -> (Ticket, Nonce, Enrolment) {
    let list = list();
    let address = "https://mykarte.example.jp";
    let (ticket, nonce) = Ticket::make(list.listing().hospital, list.pin(), address, 1_780_000_000).unwrap();
    (ticket, nonce, Enrolment::make(list).unwrap())
}

#[test]
fn both_sides_show_the_same_digits_and_nobody_elses() {
    let (ticket, nonce, enrolment) = make();
    let verifier = ticket.verifier(BORN);
    let scanned = Ticket::parse(&ticket.dangerous_text()).unwrap();
    let request = scanned.request(BORN, &enrolment.offer());

    let sent = Request::read(request.as_bytes()).unwrap();
    sent.verify(&verifier.key).unwrap();
    assert!(verifier.has_birth_date(&sent));
    assert_eq!((sent.ticket(), sent.offer()), (ticket.id, &enrolment.offer()));
    scanned.commitment.check(scanned.id, &nonce).unwrap();
    assert_eq!(nonce.digits(&sent), nonce.digits(&request));
    assert!(nonce.digits(&sent).len() == 6 && nonce.digits(&sent).bytes().all(|b| b.is_ascii_digit()));

    // Another phone with the same ticket, and another nonce.
    let other = Enrolment::make(enrolment.list().clone()).unwrap();
    assert_ne!(nonce.digits(&scanned.request(BORN, &other.offer())), nonce.digits(&sent));
    let another = Nonce::make().unwrap();
    assert_eq!(scanned.commitment.check(scanned.id, &another), Err(TicketError::OtherNonce));
}

/// The same ticket, birth date and keys make the same request: a phone that got no answer asks again.
#[test]
fn a_request_can_be_sent_twice() {
    let (ticket, _, enrolment) = make();
    assert_eq!(ticket.request(BORN, &enrolment.offer()), ticket.request(BORN, &enrolment.offer()));
}

#[test]
fn a_wrong_birth_date_a_wrong_ticket_and_a_bent_byte_are_told() {
    let (ticket, _, enrolment) = make();
    let verifier = ticket.verifier(BORN);
    let wrong = ticket.request("1955-03-12", &enrolment.offer());
    wrong.verify(&verifier.key).unwrap();
    assert!(!verifier.has_birth_date(&wrong));

    let (other, ..) = make();
    let foreign = other.request(BORN, &enrolment.offer());
    assert!(matches!(foreign.verify(&verifier.key), Err(TicketError::Signature { .. })));
    assert!(!verifier.has_birth_date(&foreign));

    let good = ticket.request(BORN, &enrolment.offer());
    for at in 0..good.as_bytes().len() {
        let mut bent = good.as_bytes().to_vec();
        bent[at] ^= 1;
        let taken = Request::read(&bent).and_then(|request| request.verify(&verifier.key));
        assert!(taken.is_err(), "byte {at}");
    }
}

/// Nothing of the patient, and nothing that opens it, is in what the publisher gets or a log might hold.
#[test]
fn a_verifier_and_a_debug_print_hold_no_secret() {
    let (ticket, nonce, enrolment) = make();
    let text = ticket.dangerous_text();
    let shown = format!("{ticket:?}{nonce:?}{:?}", ticket.request(BORN, &enrolment.offer()));
    assert!(!shown.contains(&text[60..90]) && !shown.contains("1955") && shown.contains("[redacted]"));
    let all = format!("{:?}", ticket.verifier(BORN));
    assert!(!all.contains("1955"));
}

#[test]
fn a_ticket_is_read_as_it_was_scanned_or_typed_and_a_slip_is_told() {
    let (ticket, ..) = make();
    let text = ticket.dangerous_text();
    assert!(text.len() < 366, "fits a QR code of version 11 at level M in its alphanumeric mode: {}", text.len());
    let grouped: String = text[9..].chars().flat_map(|c| [c, '-']).collect();
    assert!(Ticket::parse(&text).is_ok());
    assert!(Ticket::parse(&format!(" {}\n", text.to_lowercase())).is_ok());
    assert!(Ticket::parse(&format!("mykarte1:{grouped}")).is_ok());
    for at in 9..text.len() {
        let mut typed: Vec<u8> = text.bytes().collect();
        typed[at] = if typed[at] == b'A' { b'B' } else { b'A' };
        let typed = String::from_utf8(typed).unwrap();
        // The last letter has bits that say nothing; base 32 refuses those that are not zero.
        assert_eq!(Ticket::parse(&typed).err(), Some(TicketError::NotATicket), "letter {at}");
    }
    for cut in 0..text.len() {
        assert!(Ticket::parse(&text[..cut]).is_err());
    }
    let hospital = HospitalId::make().unwrap();
    let long = format!("https://{}", "a".repeat(200));
    assert_eq!(Ticket::make(hospital, RootPin::from_bytes([1; 32]), &long, 0).err(), Some(TicketError::Address));
}

#[test]
fn a_device_ends_its_own_enrolment_and_no_other() {
    use crate::package::Revocation;
    let (_, _, enrolment) = make();
    let device = enrolment.offer().offer().device;
    let revocation = enrolment.revocation();
    assert_eq!(Revocation::verify(revocation.as_bytes(), &device), Ok(enrolment.id()));
    let other = Enrolment::make(enrolment.list().clone()).unwrap();
    let refused = Revocation::verify(other.revocation().as_bytes(), &device);
    assert!(matches!(refused, Err(PackageError::OfferSignature { .. })));
    // An offer is no revocation.
    assert!(Revocation::verify(enrolment.offer().as_bytes(), &device).is_err());
}

proptest! {
    #[test]
    fn whatever_is_scanned_or_sent_never_panics(text in ".{0,400}", bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Ticket::parse(&text);
        let _ = Ticket::parse(&format!("MYKARTE1:{}", crate::text::plain(&bytes)));
        prop_assert!(Request::read(&bytes).is_err());
    }
}
