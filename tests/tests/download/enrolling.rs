//! With a ticket: lost answers, wrong birth dates, refusals, what does not belong together.

use super::is_request;
use mykarte::download::{DownloadError, EnrolmentState, HttpError, enrol_with_ticket, give_up, linked};
use mykarte::package::ReceiveError;
use mykarte::vault::package::PackageError;
use mykarte::vault::ticket::TicketError;
use mykarte_tests::hospital::Hospital;
use mykarte_tests::online::Online;
use mykarte_tests::publisher::{BORN, Call};
use mykarte_wire::Kind;

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
