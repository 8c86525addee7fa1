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
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

pub const BORN: &str = "1955-03-11";
pub const PATIENT: &str = "0009137752";

/// A publisher that serves until it is dropped.
pub struct Place {
    pub dir: TempDir,
    pub base: String,
    pub link: Token,
    serving: Serving,
    agent: Agent,
}

enum Serving {
    /// In this process.
    Here { runtime: tokio::runtime::Runtime, stop: watch::Sender<bool>, served: Option<JoinHandle<()>> },
    /// The program itself, which can be killed.
    Program(Option<Child>),
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Limits that no test reaches.
const FREE: &str = "[limits]\ncalls = 1000000\nenrolments = 1000000\n";

pub fn place() -> Place {
    place_with(FREE)
}

pub fn place_with(more: &str) -> Place {
    let (dir, link, file) = settings("127.0.0.1:0", more);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ready = runtime.block_on(start::look(&file, false)).unwrap();
    let (base, stop) = (format!("http://{}", ready.address().unwrap()), ready.stopper());
    let served = Some(runtime.spawn(async { ready.serve().await.unwrap() }));
    Place { dir, base, link, serving: Serving::Here { runtime, stop, served }, agent: agent() }
}

/// The program on a port of its own.
pub fn program() -> Place {
    program_with("")
}

/// The same with more copies.
pub fn program_with(copies: &str) -> Place {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (dir, link, _) = settings(&free.to_string(), &format!("{copies}{FREE}"));
    let mut place =
        Place { dir, base: format!("http://{free}"), link, serving: Serving::Program(None), agent: agent() };
    place.start();
    place
}

/// Where a body was refused unread the publisher closes the connection: none is used twice.
fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).max_idle_connections(0).build().new_agent()
}

fn settings(listen: &str, more: &str) -> (TempDir, Token, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let link = Token::make().unwrap();
    let hash = serde_json::to_string(&link.hash()).unwrap();
    let settings = format!(
        "listen = \"{listen}\"\nstate = \"state.sqlite\"\nlink_token_hash = {hash}\nbehind_proxy = true\n\
         [[copies]]\nname = \"east\"\nurl = \"file://{0}/east\"\n[[copies]]\nname = \"west\"\nurl = \"file://{0}/west\"\n{more}",
        dir.path().display()
    );
    let file = dir.path().join("publisher.toml");
    std::fs::write(&file, settings).unwrap();
    (dir, link, file)
}

impl Drop for Place {
    fn drop(&mut self) {
        match &mut self.serving {
            Serving::Here { runtime, stop, served } => {
                let _ = stop.send(true);
                if let Some(served) = served.take() {
                    runtime.block_on(served).unwrap();
                }
            }
            Serving::Program(child) => child.iter_mut().for_each(|child| {
                let _ = child.kill();
                let _ = child.wait();
            }),
        }
    }
}

impl Place {
    /// Starts the program, and waits until it serves.
    pub fn start(&mut self) {
        let Serving::Program(child) = &mut self.serving else { return };
        let mut command = Command::new(env!("CARGO_BIN_EXE_mykarte-publisher"));
        command.args(["serve", "--settings"]).arg(self.dir.path().join("publisher.toml")).stderr(Stdio::null());
        // As for the store of `copies.rs`.
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing-secret");
        *child = Some(command.spawn().unwrap());
        let address = self.base.trim_start_matches("http://").to_owned();
        while TcpStream::connect(&address).is_err() {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Kills it, as if its power had failed; others may be talking to it.
    pub fn kill_from_outside(&self) {
        if let Serving::Program(Some(child)) = &self.serving {
            assert!(Command::new("kill").args(["-9", &child.id().to_string()]).status().unwrap().success());
        }
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        match &self.serving {
            Serving::Program(Some(child)) => child.id(),
            _ => std::process::id(),
        }
    }

    /// Waits until it is gone.
    pub fn kill(&mut self) {
        if let Serving::Program(Some(child)) = &mut self.serving {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// One call that may find nobody there, or nobody any more.
    pub fn try_call(&self, method: &str, path: &str, token: Option<&Token>, body: &[u8]) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {}", *token.dangerous_text()));
        }
        let mut answer = match method {
            "GET" | "DELETE" => self.agent.run(request.body(()).unwrap()).ok()?,
            _ => self.agent.run(request.body(body).unwrap()).ok()?,
        };
        let mut body = Vec::new();
        answer.body_mut().with_config().limit(1 << 30).reader().read_to_end(&mut body).ok()?;
        Some(Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
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
    counter: AtomicU64,
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
        Hospital { list, key, counter: AtomicU64::new(0) }
    }

    /// Prints a ticket that expires in so many seconds.
    pub fn ticket(&self, place: &Place, seconds: i64) -> Phone {
        let (phone, new) = self.printed(place, seconds);
        place.issuer("PUT", &path::fill(path::ISSUER_TICKET, &phone.paper.id), &new).is(204);
        phone
    }

    fn printed(&self, place: &Place, seconds: i64) -> (Phone, NewTicket) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let expires = now.saturating_add_signed(seconds);
        let hospital = self.list.listing().hospital;
        let (paper, nonce) = Ticket::make(hospital, self.list.pin(), &place.base, expires).unwrap();
        let verifier = paper.verifier(BORN);
        let new = NewTicket { hospital, key: *verifier.key.as_bytes(), birth: verifier.birth, expires };
        let device = Enrolment::make(self.list.clone()).unwrap();
        (Phone { paper, nonce, device, token: None }, new)
    }

    /// Prints a ticket, if somebody answers.
    pub fn try_ticket(&self, place: &Place) -> Option<Phone> {
        let (phone, new) = self.printed(place, 3600);
        let body = serde_json::to_vec(&new).unwrap();
        let at = path::fill(path::ISSUER_TICKET, &phone.paper.id);
        place.try_call("PUT", &at, Some(&place.link), &body).map(|answer| {
            assert_eq!(answer.status, 204);
            phone
        })
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

    /// What must never be found at the publisher.
    pub fn dangerous_seed(&self) -> [u8; 32] {
        *self.key.dangerous_bytes()
    }

    /// Seals something for a phone.
    pub fn package(&self, phone: &Phone, content: &[u8]) -> Vec<u8> {
        let (offer, number) =
            (phone.device.offer(), IssueNumber { epoch: 1, counter: self.counter.fetch_add(1, Ordering::Relaxed) + 1 });
        let offer = offer.offer();
        let issue = Issue {
            hospital: offer.hospital,
            signing_key: &self.key,
            enrolment: offer.enrolment,
            recipient: offer.recipient,
            number,
            issued_at: 1_780_000_000,
            subject: Subject { patient_id: PATIENT.to_owned().into(), birth_date: BORN.to_owned().into() },
            profile_sha256: [0; 32],
            content_form: 1,
            list_number: 1,
        };
        let parts = (0..).zip(content.chunks(900_000));
        let parts: Vec<Part> = parts.map(|(seq, part)| Part::new(part).unwrap().at("labs", seq, b"")).collect();
        issue.seal(&parts).unwrap()
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
