//! A publisher on a port of its own, a hospital and a phone that talk to it.

use mykarte_publisher::start;
use mykarte_vault::package::{
    Enrolment, HospitalId, Issue, IssueNumber, KeyList, KeyState, ListedKey, Listing, Part, SigningKey, Subject,
};
use mykarte_vault::ticket::{Nonce, Ticket};
use mykarte_wire::issuer::{NewTicket, ShowNonce};
use mykarte_wire::phone::{Enrol, Enrolled};
use mykarte_wire::problem::Kind;
use mykarte_wire::{Problem, Token, path};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Read;
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

pub const BORN: &str = "1955-03-11";

/// A publisher that serves until it is dropped.
pub struct Place {
    pub dir: TempDir,
    pub base: String,
    pub link: Token,
    runtime: tokio::runtime::Runtime,
    stop: tokio::sync::watch::Sender<bool>,
    served: Option<tokio::task::JoinHandle<()>>,
    agent: Agent,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

pub fn place() -> Place {
    place_with("[limits]\ncalls = 1000000\nenrolments = 1000000\n")
}

pub fn place_with(more: &str) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let link = Token::make().unwrap();
    let hash = serde_json::to_string(&link.hash()).unwrap();
    let settings = format!(
        "listen = \"127.0.0.1:0\"\nstate = \"state.sqlite\"\nlink_token_hash = {hash}\nbehind_proxy = true\n\
         [[copies]]\nname = \"east\"\nurl = \"file://{0}/east\"\n[[copies]]\nname = \"west\"\nurl = \"file://{0}/west\"\n{more}",
        dir.path().display()
    );
    let file = dir.path().join("publisher.toml");
    std::fs::write(&file, settings).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ready = runtime.block_on(start::look(&file, false)).unwrap();
    let (base, stop) = (format!("http://{}", ready.address().unwrap()), ready.stopper());
    let served = Some(runtime.spawn(async { ready.serve().await.unwrap() }));
    let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
    Place { dir, base, link, runtime, stop, served, agent }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(served) = self.served.take() {
            self.runtime.block_on(served).unwrap();
        }
    }
}

impl Place {
    /// One call.
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()).unwrap(),
            None => self.agent.run(request.body(()).unwrap()).unwrap(),
        };
        let mut body = Vec::new();
        answer.body_mut().with_config().limit(1 << 30).reader().read_to_end(&mut body).unwrap();
        Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body }
    }

    pub fn send(&self, method: &str, path: &str, token: Option<&Token>, body: &impl Serialize) -> Answer {
        let bearer = token.map(|token| format!("Bearer {}", *token.dangerous_text()));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|value| ("authorization", value.as_str())).collect();
        self.call(method, path, &headers, Some(&serde_json::to_vec(body).unwrap()))
    }

    pub fn get(&self, path: &str, token: &Token, more: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", *token.dangerous_text());
        self.call("GET", path, &[&[("authorization", bearer.as_str())], more].concat(), None)
    }

    /// As the issuer.
    pub fn issuer(&self, method: &str, path: &str, body: &impl Serialize) -> Answer {
        self.send(method, path, Some(&self.link), body)
    }

    pub fn issuer_bytes(&self, method: &str, path: &str, body: Option<&[u8]>) -> Answer {
        let bearer = format!("Bearer {}", *self.link.dangerous_text());
        self.call(method, path, &[("authorization", &bearer)], body)
    }
}

impl Answer {
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The kind of a problem; it is a problem document and nothing else.
    pub fn problem(&self) -> Kind {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem: Problem = self.json();
        assert_eq!(problem.status, self.status);
        problem.kind()
    }

    pub fn next(&self) -> Token {
        Token::parse(self.headers[mykarte_wire::NEXT_TOKEN].to_str().unwrap()).unwrap()
    }
}

/// A hospital with a signing key.
pub struct Hospital {
    pub list: KeyList,
    key: SigningKey,
    counter: std::cell::Cell<u64>,
}

/// A patient's phone, before or after it is enrolled.
pub struct Phone {
    pub paper: Ticket,
    pub nonce: Nonce,
    pub device: Enrolment,
    pub token: Option<Token>,
}

impl Hospital {
    /// Makes one, and tells the publisher its key list.
    pub fn at(place: &Place) -> Hospital {
        let (root, key) = (SigningKey::make().unwrap(), SigningKey::make().unwrap());
        let hospital = HospitalId::make().unwrap();
        let keys = vec![ListedKey { key: key.verifying_key(), state: KeyState::Active }];
        let listing = Listing { hospital, number: 1, epoch: 1, facility: "1319999999".into(), name: "".into(), keys };
        let list = KeyList::sign(&root, listing).unwrap();
        let put = path::fill(path::ISSUER_KEY_LIST, &hospital);
        place.issuer_bytes("PUT", &put, Some(list.as_bytes())).is(204);
        Hospital { list, key, counter: std::cell::Cell::new(0) }
    }

    /// Prints a ticket that expires in so many seconds.
    pub fn ticket(&self, place: &Place, seconds: i64) -> Phone {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let expires = now.saturating_add_signed(seconds);
        let hospital = self.list.listing().hospital;
        let (paper, nonce) = Ticket::make(hospital, self.list.pin(), &place.base, expires).unwrap();
        let verifier = paper.verifier(BORN);
        let new = NewTicket { hospital, key: *verifier.key.as_bytes(), birth: verifier.birth, expires };
        place.issuer("PUT", &path::fill(path::ISSUER_TICKET, &paper.id), &new).is(204);
        Phone { paper, nonce, device: Enrolment::make(self.list.clone()).unwrap(), token: None }
    }

    /// A phone that is enrolled and confirmed.
    pub fn enrolled(&self, place: &Place) -> Phone {
        let mut phone = self.ticket(place, 3600);
        phone.enrol(place);
        self.confirm(place, &phone);
        phone
    }

    pub fn confirm(&self, place: &Place, phone: &Phone) {
        let nonce = ShowNonce { nonce: *phone.nonce.as_bytes() };
        place.issuer("PUT", &path::fill(path::ISSUER_NONCE, &phone.paper.id), &nonce).is(204);
        place.issuer_bytes("PUT", &path::fill(path::ISSUER_CONFIRMATION, &phone.paper.id), None).is(204);
    }

    /// Seals something for a phone.
    pub fn package(&self, phone: &Phone, content: &[u8]) -> Vec<u8> {
        self.counter.set(self.counter.get() + 1);
        let (offer, number) = (phone.device.offer(), IssueNumber { epoch: 1, counter: self.counter.get() });
        let offer = offer.offer();
        let issue = Issue {
            hospital: offer.hospital,
            signing_key: &self.key,
            enrolment: offer.enrolment,
            recipient: offer.recipient,
            number,
            issued_at: 1_780_000_000,
            subject: Subject { patient_id: "1".to_owned().into(), birth_date: BORN.to_owned().into() },
            profile_sha256: [0; 32],
            content_form: 1,
            list_number: 1,
        };
        issue.seal(&[Part::new(content).unwrap().at("labs", 0, b"")]).unwrap()
    }

    pub fn publish(&self, place: &Place, phone: &Phone, content: &[u8]) -> Vec<u8> {
        let package = self.package(phone, content);
        place.issuer_bytes("PUT", &path::fill(path::ISSUER_PACKAGE, &phone.device.id()), Some(&package)).is(204);
        package
    }
}

impl Phone {
    pub fn request(&self, born: &str) -> Enrol {
        Enrol { request: self.paper.request(born, &self.device.offer()).as_bytes().to_vec() }
    }

    pub fn enrol(&mut self, place: &Place) {
        let answer = place.send("POST", path::ENROLMENTS, None, &self.request(BORN)).is(201);
        let enrolled: Enrolled = answer.json();
        assert_eq!(enrolled.enrolment, self.device.id());
        self.token = Some(enrolled.token);
    }

    pub fn token(&self) -> &Token {
        self.token.as_ref().unwrap()
    }

    pub fn at(&self, template: &str) -> String {
        path::fill(template, &self.device.id())
    }
}
