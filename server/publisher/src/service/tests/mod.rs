//! What callers over HTTP cannot time: races, late sweeps, copies that are down.

mod chain;
mod packages;
mod tickets;

use super::*;
use crate::model::{enrolment, ticket};
use bytes::Bytes;
use mykarte_state::{Change, Document, Reached, Record, StateError};
use mykarte_vault::package::{Enrolment as Device, KeyList, Listing};
use mykarte_vault::ticket::{Nonce, Ticket as Paper};
use mykarte_wire::issuer::{NewTicket, TicketState};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    /// Changes fail as if the database were gone.
    is_down: AtomicBool,
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
        if self.is_down.load(Ordering::Relaxed) {
            return Err(StateError::Unavailable { detail: "down".into() });
        }
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

    fn erase(&self) -> Result<(), StateError> {
        self.inner.erase()
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
    let state = Arc::new(Watched {
        inner,
        changes: AtomicUsize::new(0),
        before_change: Mutex::new(None),
        is_down: AtomicBool::new(false),
    });
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
