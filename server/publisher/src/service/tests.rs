//! What callers over HTTP cannot time: races, late sweeps, copies that are down.

use super::*;
use crate::model::{enrolment, ticket};
use bytes::Bytes;
use mykarte_state::{Change, Document, Reached, Record, StateError};
use mykarte_vault::package::{Enrolment as Device, KeyList, Listing};
use mykarte_vault::ticket::{Nonce, Ticket as Paper};
use mykarte_wire::issuer::{NewTicket, TicketState};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tokio::runtime::Runtime;
use url::Url;

const BORN: &str = "1955-03-11";
const DAY: u64 = 86_400;

/// A database between whose reading and changing something else may happen.
struct Watched {
    inner: Arc<dyn Store>,
    changes: AtomicUsize,
    before_change: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Store for Watched {
    fn transact(
        &self,
        keys: &[Key],
        decide: &mut dyn FnMut(&[Option<Document>]) -> Option<Change>,
    ) -> Result<(), StateError> {
        self.changes.fetch_add(1, Ordering::Relaxed);
        let before = self.before_change.lock().unwrap().take();
        before.into_iter().for_each(|before| before());
        self.inner.transact(keys, decide)
    }

    fn read(&self, key: &Key) -> Result<Option<Document>, StateError> {
        Store::read(self.inner.as_ref(), key)
    }

    fn list(&self, kind: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Document)>, StateError> {
        self.inner.list(kind, after, limit)
    }

    fn reached(&self) -> Result<Reached, StateError> {
        self.inner.reached()
    }

    fn records(&self, from: u64, limit: usize) -> Result<Vec<Record>, StateError> {
        self.inner.records(from, limit)
    }
}

struct Place {
    dir: tempfile::TempDir,
    state: Arc<Watched>,
    publisher: Arc<Publisher>,
    runtime: Runtime,
}

/// A phone with a ticket that the publisher knows.
struct Phone {
    paper: Paper,
    nonce: Nonce,
    device: Device,
    expires: u64,
}

fn publisher(dir: &Path, state: Arc<dyn Store>, runtime: &Runtime) -> Arc<Publisher> {
    let named = ["east", "west"].map(|name| (name.to_owned(), Url::from_directory_path(dir.join(name)).unwrap()));
    let copies = runtime.block_on(Copies::open(&named)).unwrap();
    let hash = Token::make().unwrap().hash();
    Arc::new(Publisher::new(state, copies, hash, SigningKey::make().unwrap()).unwrap())
}

fn place() -> Place {
    let (dir, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
    let inner: Arc<dyn Store> = Arc::from(mykarte_state::open(dir.path().join("state").to_str().unwrap()).unwrap());
    let state = Arc::new(Watched { inner, changes: AtomicUsize::new(0), before_change: Mutex::new(None) });
    let publisher = publisher(dir.path(), state.clone(), &runtime);
    Place { dir, state, publisher, runtime }
}

impl Place {
    fn phone(&self) -> Phone {
        let (hospital, expires) = (HospitalId::make().unwrap(), mykarte_state::now() + 3_600);
        let listing = Listing { hospital, number: 1, epoch: 1, facility: "1".into(), name: "".into(), keys: vec![] };
        let list = KeyList::sign(&SigningKey::make().unwrap(), listing).unwrap();
        let (paper, nonce) = Paper::make(hospital, list.pin(), "https://publisher.example", expires).unwrap();
        let verifier = paper.verifier(BORN);
        let new = NewTicket { hospital, key: *verifier.key.as_bytes(), birth: verifier.birth, expires };
        self.publisher.put_ticket(paper.id, &new).unwrap();
        Phone { paper, nonce, device: Device::make(list).unwrap(), expires }
    }

    /// One whose request was taken.
    fn asked(&self) -> (Phone, Token) {
        let phone = self.phone();
        let token = self.publisher.enrol(&phone.request()).unwrap().token;
        (phone, token)
    }

    /// One that staff confirmed.
    fn enrolled(&self) -> (Phone, Token) {
        let (phone, token) = self.asked();
        self.publisher.show_nonce(phone.paper.id, *phone.nonce.as_bytes()).unwrap();
        self.publisher.confirm(phone.paper.id).unwrap();
        (phone, token)
    }

    /// Every file of an enrolment, on both copies.
    fn files(&self, phone: &Phone) -> Vec<PathBuf> {
        let folders = ["east", "west"].map(|name| self.dir.path().join(name).join(format!("packages/{}", phone.id())));
        let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
        files.map(|file| file.unwrap().path()).collect()
    }

    /// An object that was put two hours ago.
    fn object(&self, copy: &str, enrolment: EnrolmentId) -> PathBuf {
        let path = self.dir.path().join(format!("{copy}/packages/{enrolment}/object"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, b"ciphertext").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(7_200)).unwrap();
        path
    }

    /// The folder of a copy is none any more.
    fn break_copy(&self, name: &str) {
        let folder = self.dir.path().join(name);
        std::fs::rename(&folder, self.dir.path().join(format!("{name}-away"))).unwrap();
        std::fs::write(&folder, b"no folder").unwrap();
    }

    fn mend_copy(&self, name: &str) {
        let folder = self.dir.path().join(name);
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(self.dir.path().join(format!("{name}-away")), &folder).unwrap();
    }

    fn has_ended(&self, phone: &Phone) -> bool {
        matches!(self.publisher.enrolment(phone.id()).unwrap(), Some(Enrolment::Ended { .. }))
    }

    /// What the database keeps of tickets and enrolments.
    fn kept(&self) -> String {
        let all = [ticket::KIND, enrolment::KIND].map(|kind| self.state.list(kind, None, 100).unwrap());
        all.into_iter().flatten().map(|(_, json)| String::from_utf8(json).unwrap()).collect()
    }
}

impl Phone {
    fn id(&self) -> EnrolmentId {
        self.device.id()
    }

    fn request(&self) -> Vec<u8> {
        self.paper.request(BORN, &self.device.offer()).as_bytes().to_vec()
    }

    /// How the request, the device's key and the nonce stand in a document.
    fn traces(&self) -> [String; 3] {
        let encode = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
        let offer = self.device.offer();
        [encode(&self.request()), encode(offer.offer().device.as_bytes()), encode(self.nonce.as_bytes())]
    }
}

fn refusal(refused: Result<impl Sized, Refused>) -> Kind {
    match refused.err() {
        Some(Refused::Problem(problem)) => problem.kind(),
        other => panic!("{other:?}"),
    }
}

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

/// A database that was set up anew, or is another publisher's, knows nobody: nothing may be deleted for that.
#[test]
fn a_sweep_takes_what_is_known_to_be_left_and_nothing_else() {
    let place = place();
    let (ended, unknown) = (EnrolmentId::make().unwrap(), EnrolmentId::make().unwrap());
    place.publisher.withdraw(ended).unwrap();
    let (left, others) = (place.object("east", ended), place.object("east", unknown));
    place.runtime.block_on(place.publisher.sweep()).unwrap();
    assert!(!left.exists() && others.exists());
}

/// The first copy is down for a night: the second is swept, and the first is said to be down.
#[test]
fn a_sweep_goes_on_with_the_other_copies() {
    let place = place();
    let ended = EnrolmentId::make().unwrap();
    place.publisher.withdraw(ended).unwrap();
    let left = place.object("west", ended);
    place.break_copy("east");
    let swept = place.runtime.block_on(place.publisher.sweep());
    assert!(
        matches!(&swept, Err(Refused::Copy(crate::packages::CopyError::Unavailable { name, .. })) if name == "east")
    );
    assert!(!left.exists());
}

/// A package that only the first copy took goes at once; one that could not be taken back goes with a later sweep.
#[test]
fn a_put_that_fails_at_one_copy_leaves_nothing_at_the_others() {
    let place = place();
    let (phone, _) = place.enrolled();
    let put = || place.runtime.block_on(place.publisher.put_package(phone.id(), Bytes::from_static(b"package")));
    place.break_copy("west");
    assert!(matches!(put(), Err(Refused::Copy(_))));
    assert_eq!(place.files(&phone), Vec::<PathBuf>::new());
    place.mend_copy("west");
    put().unwrap();
    assert_eq!(place.files(&phone).len(), 2);
    // As an earlier program, or one that was killed, left it.
    let left = place.object("east", phone.id());
    place.runtime.block_on(place.publisher.sweep()).unwrap();
    assert!(!left.exists() && place.files(&phone).len() == 2);
}

/// When a withdrawal has been answered nothing of the enrolment is on any copy, whatever was being put meanwhile.
#[test]
fn a_package_that_is_put_while_its_enrolment_is_withdrawn_leaves_nothing() {
    let place = place();
    for round in 0..40 {
        let (phone, _) = place.enrolled();
        let (publisher, id) = (place.publisher.clone(), phone.id());
        let put = place.runtime.spawn(async move { publisher.put_package(id, vec![7; 1 << 20].into()).await });
        // From before its first byte to behind its last.
        std::thread::sleep(Duration::from_micros(round * 250));
        place.publisher.withdraw(id).unwrap();
        let copies = place.runtime.block_on(place.publisher.forget(id));
        assert!(copies.iter().all(|copy| copy.gone));
        assert_eq!(place.files(&phone), Vec::<PathBuf>::new(), "round {round}");
        let _ = place.runtime.block_on(put).unwrap();
        assert_eq!(place.files(&phone), Vec::<PathBuf>::new(), "round {round}");
    }
}

/// Who has no token, or says again what was heard, costs one reading: no lock of a change, no question to a copy.
#[test]
fn nobody_without_a_token_takes_the_lock_of_a_change() {
    let place = place();
    let (phone, _) = place.enrolled();
    let (id, wrong) = (phone.id(), Token::make().unwrap());
    let revocation = phone.device.revocation();
    let other = place.phone();
    let foreign = other.device.revocation();
    let changes = || place.state.changes.load(Ordering::Relaxed);
    let before = changes();
    let asked = Conditions::default();
    assert_eq!(refusal(place.publisher.begin_fetch(id, Some(&wrong), &asked)), Kind::Token);
    assert_eq!(refusal(place.publisher.begin_fetch(other.id(), Some(&wrong), &asked)), Kind::Token);
    assert_eq!(refusal(place.publisher.next_key(id, Some(&wrong), phone.device.offer().as_bytes())), Kind::Token);
    assert_eq!(refusal(place.publisher.revoke(id, foreign.as_bytes())), Kind::Token);
    assert_eq!(refusal(place.publisher.revoke(other.id(), foreign.as_bytes())), Kind::Token);
    assert_eq!(changes(), before);
    assert!(place.publisher.revoke(id, revocation.as_bytes()).unwrap());
    assert!(!place.publisher.revoke(id, revocation.as_bytes()).unwrap(), "ended, and nothing is to follow");
    assert!(!place.publisher.revoke(id, b"anything").unwrap());
    assert_eq!(changes(), before + 1);
}
