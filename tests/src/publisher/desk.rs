//! The counter of the hospital: tickets, digits, confirming, issuing.

use super::{Publisher, State, TicketRow};
use mykarte::vault::package::{EnrolmentId, KeyList, SignedOffer};
use mykarte::vault::ticket::{Request, Ticket};
use mykarte_wire::Kind;
use std::sync::Mutex;

/// The birth date in the hospital's records.
pub const BORN: &str = "1957-03-08";
/// Where the publisher is, for a phone in the same process.
pub(super) const ADDRESS: &str = "https://publisher.example.jp";

impl Publisher {
    /// A publisher that has the key list of a hospital.
    pub fn of(list: &KeyList) -> Publisher {
        let state =
            State { hospital: Some(list.listing().hospital), list: list.as_bytes().to_vec(), ..State::default() };
        Publisher { state: Mutex::new(state), twist: Mutex::new(None) }
    }

    /// The issuer puts another key list.
    pub fn put_list(&self, list: &KeyList) {
        self.state().list = list.as_bytes().to_vec();
    }

    /// Prints a ticket.
    pub fn ticket(&self, list: &KeyList) -> String {
        self.ticket_at(list, ADDRESS)
    }

    /// The same with another address.
    pub fn ticket_at(&self, list: &KeyList, address: &str) -> String {
        let made = Ticket::make(list.listing().hospital, list.pin(), address, 1_780_000_000);
        let (ticket, nonce) = made.expect("a ticket");
        let (verifier, id) = (ticket.verifier(BORN), ticket.id);
        let row =
            TicketRow { verifier, nonce, wrong: 0, problem: None, request: None, is_shown: false, is_confirmed: false };
        self.state().tickets.insert(id, row);
        ticket.dangerous_text().to_string()
    }

    /// From now on the publisher refuses this ticket so.
    pub fn refuse_ticket(&self, text: &str, problem: Option<Kind>) {
        self.with_ticket(text, |row| row.problem = problem);
    }

    /// How often a wrong birth date was sent.
    pub fn wrong_dates(&self, text: &str) -> u32 {
        self.with_ticket(text, |row| row.wrong)
    }

    /// The counter looks at the request and shows its digits; `None` while there is no request.
    pub fn look(&self, text: &str) -> Option<String> {
        self.with_ticket(text, |row| {
            let request = Request::read(row.request.as_ref()?).expect("a request");
            row.is_shown = true;
            Some(row.nonce.digits(&request))
        })
    }

    /// Staff saw the same digits.
    pub fn confirm(&self, text: &str) {
        self.with_ticket(text, |row| row.is_confirmed = true);
    }

    /// The key that the next package of an enrolment is sealed to.
    pub fn offer(&self, id: EnrolmentId) -> SignedOffer {
        self.state().enrolments[&id].offer.clone()
    }

    /// The issuer puts a package.
    pub fn put(&self, id: EnrolmentId, package: Vec<u8>) {
        self.state().enrolments.get_mut(&id).expect("an enrolment").package = Some(package);
    }

    /// The hospital withdraws an enrolment.
    pub fn withdraw(&self, id: EnrolmentId) {
        let mut state = self.state();
        let row = state.enrolments.get_mut(&id).expect("an enrolment");
        (row.has_ended, row.package) = (true, None);
    }

    /// Whether an enrolment has ended; `None` where there is none.
    pub fn has_ended(&self, id: EnrolmentId) -> Option<bool> {
        self.state().enrolments.get(&id).map(|row| row.has_ended)
    }

    fn with_ticket<T>(&self, text: &str, work: impl FnOnce(&mut TicketRow) -> T) -> T {
        let id = Ticket::parse(text).expect("a ticket").id;
        work(self.state().tickets.get_mut(&id).expect("a ticket of this counter"))
    }
}
