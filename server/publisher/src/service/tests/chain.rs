//! What the audit chain has a record of, and what it only counts: whoever asks in vain does not make it grow.

use super::*;
use mykarte_wire::MAX_WRONG;

impl Place {
    fn records(&self) -> u64 {
        Store::reached(self.state.as_ref()).unwrap().count
    }

    /// Action, result, ticket and count of the records behind the first so many.
    fn said(&self, behind: u64) -> Vec<(String, String, Option<String>, Option<u64>)> {
        let records = Store::records(self.state.as_ref(), behind + 1, 1_000).unwrap();
        let fields = records.iter().map(|record| serde_json::from_slice::<serde_json::Value>(&record.json).unwrap());
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        fields
            .map(|record| {
                let [action, result] = ["action", "result"].map(|name| text(&record[name]).unwrap());
                (action, result, text(&record["ticket"]), record["count"].as_u64())
            })
            .collect()
    }
}

impl Phone {
    fn guess(&self, born: &str) -> Vec<u8> {
        self.paper.request(born, &self.device.offer()).as_bytes().to_vec()
    }

    fn ticket(&self) -> Option<String> {
        Some(self.paper.id.to_string())
    }
}

/// A phone that asks every minute whether there is something new costs one reading.
#[test]
fn an_answer_that_changes_nothing_leaves_no_record() {
    let place = place();
    let (phone, token) = place.enrolled();
    place.runtime.block_on(place.publisher.put_package(phone.id(), Bytes::from_static(b"package"))).unwrap();
    let fetched = place.publisher.begin_fetch(phone.id(), Some(&token), &Conditions::default()).unwrap();
    let held = Conditions { has: Some(fetched.package.hash), ..Conditions::default() };
    let offer = phone.device.offer().as_bytes().to_vec();
    let (before, changes) = (place.records(), place.state.changes.load(Ordering::Relaxed));
    for _ in 0..50 {
        let unchanged = place.publisher.begin_fetch(phone.id(), Some(&token), &held).unwrap();
        assert!(unchanged.promised.is_none());
        place.publisher.next_key(phone.id(), Some(&token), &offer).unwrap();
    }
    assert_eq!((place.records(), place.state.changes.load(Ordering::Relaxed)), (before, changes));
    // What goes out is written down, each time.
    place.publisher.begin_fetch(phone.id(), Some(&token), &Conditions::default()).unwrap();
    assert_eq!(place.said(before), [("fetch".to_owned(), "done".to_owned(), None, None)]);
}

#[test]
fn a_ticket_that_gives_nothing_any_more_is_counted_and_named_once() {
    let place = place();
    let (cancelled, (used, _), unknown) = (place.phone(), place.enrolled(), super::place().phone());
    place.publisher.cancel(cancelled.paper.id).unwrap();
    let before = place.records();
    for _ in 0..30 {
        assert_eq!(refusal(place.publisher.enrol(&cancelled.request())), Kind::TicketCancelled);
        assert_eq!(refusal(place.publisher.enrol(&used.request())), Kind::TicketUsed);
        assert_eq!(refusal(place.publisher.enrol(&unknown.request())), Kind::Ticket);
    }
    assert_eq!(place.records(), before);
    place.publisher.write_refusals().unwrap();
    place.publisher.write_refusals().unwrap();
    let mut said = place.said(before);
    said.sort();
    let enrol = |result: &str, phone: &Phone| ("enrol".to_owned(), result.to_owned(), phone.ticket(), Some(30));
    let unknown = ("unknown-tickets".to_owned(), "done".to_owned(), None, Some(30));
    assert_eq!(said, [enrol("ticket-cancelled", &cancelled), enrol("ticket-used", &used), unknown]);
}

/// Each wrong birth date counts against the ticket, and so each has its record; what comes to a locked ticket does not.
#[test]
fn wrong_birth_dates_are_written_down_one_by_one_until_the_ticket_is_locked() {
    let place = place();
    let phone = place.phone();
    let before = place.records();
    for _ in 0..MAX_WRONG {
        assert_eq!(refusal(place.publisher.enrol(&phone.guess("2000-01-01"))), Kind::BirthDate);
    }
    for born in ["2000-01-01", BORN].repeat(20) {
        assert_eq!(refusal(place.publisher.enrol(&phone.guess(born))), Kind::TicketLocked);
    }
    let wrong = ("enrol".to_owned(), "birth-date".to_owned(), phone.ticket(), None);
    let mut all = vec![wrong; MAX_WRONG as usize];
    all.push(("lock".to_owned(), "done".to_owned(), phone.ticket(), None));
    assert_eq!(place.said(before), all);
    place.publisher.write_refusals().unwrap();
    all.push(("enrol".to_owned(), "ticket-locked".to_owned(), phone.ticket(), Some(40)));
    assert_eq!(place.said(before), all);
    // Also the twenty wrong ones behind the tenth are known at the counter.
    assert_eq!(place.publisher.ticket_status(phone.paper.id).unwrap().wrong, MAX_WRONG + 20);
}

/// A count that could not be written is kept for the next time.
#[test]
fn a_count_outlives_a_database_that_does_not_answer() {
    let place = place();
    let phone = place.phone();
    place.publisher.cancel(phone.paper.id).unwrap();
    let before = place.records();
    let ask = || assert_eq!(refusal(place.publisher.enrol(&phone.request())), Kind::TicketCancelled);
    ask();
    place.state.is_down.store(true, Ordering::Relaxed);
    assert!(matches!(place.publisher.write_refusals(), Err(Refused::State(_))));
    place.state.is_down.store(false, Ordering::Relaxed);
    ask();
    place.publisher.write_refusals().unwrap();
    assert_eq!(place.said(before), [("enrol".to_owned(), "ticket-cancelled".to_owned(), phone.ticket(), Some(2))]);
}
