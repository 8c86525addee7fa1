//! Issuer and publisher, as a hospital runs them.

use mykarte::Shaping;
use mykarte::package::Issuer;
use mykarte::record::profile::Profile;
use mykarte::vault::package::KeyList;
use mykarte::vault::ticket::{Ticket, TicketId};
use mykarte_issuer::admission::{Admission, IdentityCheck, Receiver};
use mykarte_issuer::counter::{Counter, Person, Seen};
use mykarte_issuer::issue::{Desk, Outcome, Run};
use mykarte_issuer::link::Link;
use mykarte_issuer::withdraw::withdraw;
use mykarte_publisher::start;
use mykarte_state::{Store, now};
use mykarte_tests::hospital::Hospital as Keys;
use mykarte_tests::{import, request};
use mykarte_wire::Token;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const STAFF: &str = "N1234";

/// A hospital of one patient, and its publisher, which serves for as long as the program runs.
pub struct Hospital {
    person: Person,
    storages: Vec<PathBuf>,
    shaping: Shaping,
    list: KeyList,
    issuer: Mutex<Issuer>,
    state: Box<dyn Store>,
    link: Link,
    publisher: SocketAddr,
    _serving: tokio::runtime::Runtime,
    _dir: tempfile::TempDir,
}

impl Hospital {
    /// Makes keys, settings and databases, and begins to serve.
    pub fn open(storage: &Path, patient: &str, profile: Option<&Path>) -> Hospital {
        let summary = import(&request(&[storage], patient)).expect("a record").record.summary;
        let person = Person { patient: patient.to_owned(), birth_date: summary.birth_date.map(|born| born.date()) };
        let profile = profile.map(|path| std::fs::read_to_string(path).expect("a profile"));
        let profile = profile.map_or_else(Profile::full, |text| Profile::parse(&text).expect("a profile"));
        let dir = tempfile::tempdir().expect("a folder");
        let (inside, outside) = (dir.path().join("inside"), dir.path().join("outside"));
        [&inside, &outside].into_iter().for_each(|folder| std::fs::create_dir(folder).expect("a folder"));
        let Keys { issuer, list, .. } = Keys::make(&inside, &summary.hospital.id);
        let token = Token::make().expect("a token");
        let settings = write_settings(&outside, &token);
        let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let serving = serving.expect("threads");
        let ready = serving.block_on(start::look(&settings, false)).expect("a publisher");
        let publisher = ready.address().expect("an address");
        serving.spawn(async { ready.serve().await.expect("serving") });
        let url = format!("http://{publisher}").parse().expect("an address");
        let link = Link::to(&url, &token, None, true).expect("a line");
        let state = mykarte_state::open(&inside.join("issuer.sqlite").to_string_lossy()).expect("a database");
        Hospital {
            person,
            storages: vec![storage.to_owned()],
            shaping: Shaping { profile, withholding: None },
            list,
            issuer: Mutex::new(issuer),
            state,
            link,
            publisher,
            _serving: serving,
            _dir: dir,
        }
    }

    /// Where the publisher listens.
    pub fn publisher(&self) -> SocketAddr {
        self.publisher
    }

    /// A ticket that leads to this address.
    pub fn print(&self, address: &str) -> Ticket {
        let admission = Admission {
            staff: STAFF.into(),
            identity_check: IdentityCheck::MyNumberCard,
            consent: "2026-04".into(),
            receiver: Receiver::Patient,
        };
        let today = mykarte::now().at.date();
        self.counter(address).print(&self.person, admission, now(), today).expect("a ticket")
    }

    /// The digits, once a phone has used the ticket; whoever looks lets the phone show them.
    pub fn look(&self, ticket: TicketId) -> Option<String> {
        match self.counter("").look(ticket).expect("a look") {
            Seen::Compare { digits, .. } => Some(digits),
            _ => None,
        }
    }

    /// Staff saw the same digits.
    pub fn confirm(&self, ticket: TicketId) -> String {
        self.counter("").confirm(ticket, STAFF).expect("an enrolment").to_string()
    }

    /// Issues whatever is due.
    pub fn issue(&self) -> Outcome {
        let desk = Desk {
            state: self.state.as_ref(),
            link: &self.link,
            list: &self.list,
            issuer: &self.issuer,
            storages: &self.storages,
            shaping: &self.shaping,
            shaping_hash: Sha256::digest(self.shaping.profile.sha256()).into(),
            today: mykarte::now().at.date(),
        };
        let (progress, cancel) = (|_, _| (), AtomicBool::new(false));
        let run = Run { patient: None, again: false, progress: &progress, cancel: &cancel, threads: 1 };
        let outcome = desk.run(&run).expect("a run");
        assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
        outcome
    }

    /// The patient withdraws at the hospital. Returns how many enrolments ended.
    pub fn withdraw(&self) -> usize {
        let proof = withdraw(self.state.as_ref(), &self.link, &self.person.patient, STAFF).expect("a withdrawal");
        assert!(proof.is_complete());
        proof.enrolments.len()
    }

    fn counter<'a>(&'a self, address: &'a str) -> Counter<'a> {
        Counter { state: self.state.as_ref(), link: &self.link, list: &self.list, address }
    }
}

/// The publisher's settings: any port, two copies, no limit that a suite reaches.
fn write_settings(folder: &Path, token: &Token) -> PathBuf {
    let copies = ["east", "west"]
        .map(|name| format!("[[copies]]\nname = \"{name}\"\nurl = \"file://{}/{name}\"\n", folder.display()));
    let text = format!(
        "listen = \"127.0.0.1:0\"\nstate = \"state.sqlite\"\nlink_token_hash = {}\nbehind_proxy = true\n{}\
         [limits]\ncalls = 1000000\nenrolments = 1000000\n",
        serde_json::to_string(&token.hash()).expect("a hash"),
        copies.concat()
    );
    let file = folder.join("publisher.toml");
    std::fs::write(&file, text).expect("settings");
    file
}
