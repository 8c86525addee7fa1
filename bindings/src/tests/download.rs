//! Publishers: the app's HTTP, locks while the network is waited for, listeners, cancelling, and what a refusal says.

use crate::download::*;
use crate::error::{MyKarteError, NetworkProblem, TicketProblem};
use crate::import::{Cancellation, ListenerError};
use crate::vault::{Vault, VaultState, create_vault};
use mykarte::download::{DownloadError, Http, HttpError, HttpRequest, Method};
use mykarte::vault::package::EnrolmentId;
use mykarte::vault::ticket::TicketError;
use mykarte_tests::hospital::Hospital;
use mykarte_tests::phone::{files, imported};
use mykarte_tests::publisher::{BORN, Publisher};
use std::io::Read;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

const PASSCODE: &[u8] = "いざというとき".as_bytes();

/// An app's HTTP that leads to a publisher in memory. `at` is called before each answer, with its path.
struct App {
    publisher: Arc<Publisher>,
    at: Box<dyn Fn(&str) + Send + Sync>,
    closed: Mutex<u32>,
}

struct Body(Mutex<Box<dyn Read + Send>>, Arc<App>);

impl HttpBody for Body {
    fn read(&self, most: u32) -> Result<Vec<u8>, HttpFailure> {
        let mut piece = vec![0; most as usize];
        let came = self.0.lock().unwrap().read(&mut piece).map_err(|_| HttpFailure::Broken)?;
        piece.truncate(came);
        Ok(piece)
    }

    fn finish(&self) -> Result<(), HttpFailure> {
        *self.1.closed.lock().unwrap() += 1;
        Ok(())
    }
}

/// What the tests hand to the vault.
struct Client(Arc<App>);

impl HttpClient for Client {
    fn call(&self, call: HttpCall) -> Result<HttpResponse, HttpFailure> {
        (self.0.at)(&call.url);
        let names = ["accept", "content-type", "authorization", "range", "if-range", "if-none-match"];
        let name = |header: &HttpHeader| names.into_iter().find(|name| *name == header.name).unwrap();
        let headers: Vec<_> = call.headers.iter().map(|h| (name(h), Zeroizing::new(h.value.clone()))).collect();
        let method = match call.method {
            HttpMethod::Get => Method::Get,
            HttpMethod::Post => Method::Post,
            HttpMethod::Put => Method::Put,
        };
        let request = HttpRequest { method, url: &call.url, headers: &headers, body: &call.body };
        let mut answer = self.0.publisher.call(&request).map_err(|_| HttpFailure::TimedOut)?;
        let mut body = Vec::new();
        let is_cut = answer.body.read_to_end(&mut body).is_err();
        let body: Box<dyn Read + Send> = match is_cut {
            true => Box::new(std::io::Cursor::new(body).chain(Cut)),
            false => Box::new(std::io::Cursor::new(body)),
        };
        let headers =
            answer.headers.iter().map(|(name, value)| HttpHeader { name: name.clone(), value: value.clone() });
        let body = Arc::new(Body(Mutex::new(body), Arc::clone(&self.0)));
        Ok(HttpResponse { status: answer.status, headers: headers.collect(), body })
    }
}

struct Cut;

impl Read for Cut {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::ConnectionReset.into())
    }
}

struct Counter {
    _dir: tempfile::TempDir,
    hospital: Hospital,
    publisher: Arc<Publisher>,
    ticket: String,
    vault: Arc<Vault>,
}

impl Counter {
    fn make() -> Counter {
        let dir = tempfile::tempdir().unwrap();
        let hospital = Hospital::of_storage(dir.path());
        let publisher = Arc::new(Publisher::of(&hospital.list));
        let ticket = publisher.ticket(&hospital.list);
        let path = dir.path().join("v").to_string_lossy().into();
        let vault = create_vault(path, PASSCODE, super::SECRET).unwrap().vault;
        Counter { _dir: dir, hospital, publisher, ticket, vault }
    }

    fn client(&self) -> Arc<Client> {
        self.client_at(|_| ())
    }

    fn client_at(&self, at: impl Fn(&str) + Send + Sync + 'static) -> Arc<Client> {
        let publisher = Arc::clone(&self.publisher);
        Arc::new(Client(Arc::new(App { publisher, at: Box::new(at), closed: Mutex::new(0) })))
    }

    /// Enrols, and staff confirm.
    fn enrol(&self) -> String {
        let id = self.vault.enrol_with_ticket(self.ticket.clone(), BORN.into(), self.client()).unwrap().id;
        let state = |counter: &Counter| counter.vault.enrolment_state(id.clone(), counter.client()).unwrap();
        assert_eq!(state(self), EnrolmentState::Waiting);
        let digits = self.publisher.look(&self.ticket).unwrap();
        assert_eq!(state(self), EnrolmentState::Compare { digits });
        self.publisher.confirm(&self.ticket);
        assert_eq!(state(self), EnrolmentState::Confirmed);
        id
    }

    fn issue(&mut self, id: &str) {
        let id = EnrolmentId::parse(id).unwrap();
        let offer = self.publisher.offer(id);
        self.publisher.put(id, self.hospital.issue(imported(&files()), &offer));
    }

    fn fetch(&self, id: &str, client: Arc<Client>) -> Result<Fetched, MyKarteError> {
        Arc::clone(&self.vault).fetch(id.into(), client, None, None)
    }
}

#[test]
fn the_whole_way() {
    let mut counter = Counter::make();
    let id = counter.enrol();
    assert_eq!(counter.fetch(&id, counter.client()).unwrap().outcome, FetchOutcome::NothingIssued);
    counter.issue(&id);
    let client = counter.client();
    let fetched = counter.fetch(&id, Arc::clone(&client)).unwrap();
    assert_eq!(
        (fetched.outcome, fetched.newer_key_list, fetched.key_list_refused),
        (FetchOutcome::Arrived, false, false)
    );
    assert_eq!(*client.0.closed.lock().unwrap(), 2, "key list and package");
    let arrival = fetched.arrival.unwrap();
    assert!(arrival.look().unwrap().needs_confirmation);
    arrival.accept(true).unwrap();
    counter.vault.announce_next_key(id.clone(), counter.client()).unwrap();
    assert_eq!(counter.fetch(&id, counter.client()).unwrap().outcome, FetchOutcome::Unchanged);
    assert!(counter.vault.revoke(id.clone(), counter.client()).unwrap());
    assert_eq!(counter.fetch(&id, counter.client()).err(), Some(MyKarteError::NoSuchRecord));
    assert_eq!(counter.vault.tell_ended(counter.client()), Ok(0));
    assert_eq!(counter.vault.records().unwrap().len(), 1);
}

#[test]
fn the_vault_is_free_while_the_network_is_waited_for_and_a_lock_ends_the_call() {
    let mut counter = Counter::make();
    let id = counter.enrol();
    counter.issue(&id);
    let vault = Arc::clone(&counter.vault);
    let client = counter.client_at(move |_| assert_eq!(vault.state(), Ok(VaultState::Unlocked)));
    assert_eq!(counter.fetch(&id, client).unwrap().outcome, FetchOutcome::Arrived);
    let vault = Arc::clone(&counter.vault);
    let client = counter.client_at(move |url| {
        if url.ends_with("/package") {
            vault.lock().unwrap();
            vault.unlock(PASSCODE, super::SECRET).unwrap();
        }
    });
    assert_eq!(counter.fetch(&id, client).err(), Some(MyKarteError::Locked), "also where it was unlocked again");
    assert_eq!(counter.fetch(&id, counter.client()).unwrap().outcome, FetchOutcome::Arrived);
}

/// Locks at the first news.
struct Locker(Arc<Vault>, Mutex<u32>);

impl DownloadListener for Locker {
    fn on_progress(&self, _: u64, _: Option<u64>) -> Result<(), ListenerError> {
        *self.1.lock().unwrap() += 1;
        self.0.lock().map_err(|_| ListenerError::Failed)
    }
}

#[test]
fn a_lock_does_not_wait_for_the_rest() {
    let mut counter = Counter::make();
    let id = counter.enrol();
    counter.issue(&id);
    let locker = Arc::new(Locker(Arc::clone(&counter.vault), Mutex::default()));
    let own: Arc<dyn DownloadListener> = Arc::<Locker>::clone(&locker);
    let fetched = Arc::clone(&counter.vault).fetch(id, counter.client(), Some(own), None);
    assert_eq!(fetched.err(), Some(MyKarteError::Locked));
    assert_eq!(*locker.1.lock().unwrap(), 1);
}

#[test]
fn what_came_waits_in_the_open_vault() {
    let mut counter = Counter::make();
    let id = counter.enrol();
    counter.issue(&id);
    counter.publisher.twist(|call, reply| {
        if call.is_download() {
            reply.cut = Some(if call.header("range").is_some() { 0 } else { 50_000 });
        }
    });
    let broken = Some(MyKarteError::NetworkFailed { problem: NetworkProblem::Broken });
    assert_eq!(counter.fetch(&id, counter.client()).err(), broken);
    counter.publisher.untwist();
    counter.publisher.calls();
    assert_eq!(counter.fetch(&id, counter.client()).unwrap().outcome, FetchOutcome::Arrived);
    let calls = counter.publisher.calls();
    assert!(calls.iter().any(|call| call.header("range") == Some("bytes=50000-")));
}

struct Listener(Mutex<Vec<u64>>, u64, Arc<Cancellation>);

impl DownloadListener for Listener {
    fn on_progress(&self, done: u64, _: Option<u64>) -> Result<(), ListenerError> {
        self.0.lock().unwrap().push(done);
        if done > self.1 { Err(ListenerError::Failed) } else { self.2.cancel().map_err(|_| ListenerError::Failed) }
    }
}

#[test]
fn a_listener_may_throw_and_a_download_may_be_cancelled() {
    let mut counter = Counter::make();
    let id = counter.enrol();
    counter.issue(&id);
    for (most, wanted) in [(0, MyKarteError::ListenerFailed), (u64::MAX, MyKarteError::Cancelled)] {
        let cancellation = Cancellation::new().unwrap();
        let listener = Arc::new(Listener(Mutex::default(), most, Arc::clone(&cancellation)));
        let own: Arc<dyn DownloadListener> = Arc::<Listener>::clone(&listener);
        let fetched = Arc::clone(&counter.vault).fetch(id.clone(), counter.client(), Some(own), Some(cancellation));
        assert_eq!(fetched.err(), Some(wanted));
        assert_eq!(listener.0.lock().unwrap().len(), 1);
    }
    assert_eq!(counter.fetch(&id, counter.client()).unwrap().outcome, FetchOutcome::Arrived);
}

#[test]
fn birth_dates_and_tickets() {
    let counter = Counter::make();
    assert_eq!(parse_birth_date("昭和32年3月8日".into()), Ok(Some(BORN.into())));
    assert_eq!(parse_birth_date("きのう".into()), Ok(None));
    let enrol = |born: &str| counter.vault.enrol_with_ticket(counter.ticket.clone(), born.into(), counter.client());
    assert_eq!(enrol("1957-03-09"), Err(MyKarteError::WrongBirthDate { remaining: Some(9) }));
    assert_eq!(counter.vault.enrolments().unwrap().len(), 1);
    counter.vault.give_up_ticket(counter.ticket.clone()).unwrap();
    assert_eq!(counter.vault.enrolments().unwrap(), []);
    assert_eq!(enrol("8.3.1957"), Err(MyKarteError::invalid("birthDate")));
    let none = counter.vault.enrol_with_ticket("x".into(), BORN.into(), counter.client());
    assert_eq!(none, Err(MyKarteError::TicketRefused { problem: TicketProblem::NotATicket }));
    let unknown = counter.vault.enrolment_state("00".repeat(16), counter.client());
    assert_eq!(unknown, Err(MyKarteError::NoSuchRecord));
    counter.vault.lock().unwrap();
    assert_eq!(enrol(BORN), Err(MyKarteError::Locked));
}

#[test]
fn every_refusal_says_what_to_do() {
    use DownloadError as E;
    use NetworkProblem as N;
    use TicketProblem as T;
    let network = |problem| MyKarteError::NetworkFailed { problem };
    let ticket = |problem| MyKarteError::TicketRefused { problem };
    for (error, wanted) in [
        (E::Http(HttpError::Unreachable), network(N::Unreachable)),
        (E::Http(HttpError::Untrusted), network(N::Untrusted)),
        (E::Http(HttpError::TimedOut), network(N::TimedOut)),
        (E::Http(HttpError::Broken), network(N::Broken)),
        (E::TryLater, network(N::TryLater)),
        (E::Changing, network(N::TryLater)),
        (E::NotAPublisher { what: "x" }, network(N::NotAPublisher)),
        (E::TooLarge, network(N::NotAsAnnounced)),
        (E::NotAsAnnounced { what: "hash" }, network(N::NotAsAnnounced)),
        (E::Refused { status: 418 }, network(N::Refused)),
        (E::Ticket(TicketError::NotATicket), ticket(T::NotATicket)),
        (E::Ticket(TicketError::OtherNonce), ticket(T::ForgedDigits)),
        (E::Ticket(TicketError::NewerFormat { format: 9 }), MyKarteError::NewerFormat { format: 9 }),
        (E::InsecureAddress, ticket(T::InsecureAddress)),
        (E::TicketUnknown, ticket(T::Unknown)),
        (E::TicketExpired, ticket(T::Expired)),
        (E::TicketUsed, ticket(T::Used)),
        (E::TicketLocked, ticket(T::Locked)),
        (E::TicketCancelled, ticket(T::Cancelled)),
        (E::NoPublisher, MyKarteError::NoSuchRecord),
        (E::TokenRefused, MyKarteError::DeviceUnknown),
        (E::Ended, MyKarteError::EnrolmentEnded),
        (E::Cancelled, MyKarteError::Cancelled),
        (E::Locked, MyKarteError::Locked),
    ] {
        let said = format!("{error:?}");
        assert_eq!(MyKarteError::from(error), wanted, "{said}");
    }
}
