//! A publisher in memory that follows `docs/download-protocol.md`, with the counter and the network that tests need: every
//! answer can be lost, cut or twisted.

mod calls;
mod desk;

pub use desk::BORN;

use mykarte::download::{Http, HttpAnswer, HttpError, HttpRequest, Method};
use mykarte::vault::package::{EnrolmentId, HospitalId, SignedOffer};
use mykarte::vault::ticket::{Nonce, TicketId, Verifier};
use mykarte_wire::{JSON, Kind, OCTETS, Problem, TokenHash};
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A publisher of one hospital.
pub struct Publisher {
    state: Mutex<State>,
    twist: Mutex<Option<Twist>>,
}

/// Changes an answer on its way.
type Twist = Box<dyn FnMut(&Call, &mut Reply) + Send>;

#[derive(Default)]
struct State {
    hospital: Option<HospitalId>,
    list: Vec<u8>,
    tickets: HashMap<TicketId, TicketRow>,
    enrolments: HashMap<EnrolmentId, Row>,
    calls: Vec<Call>,
}

/// A ticket as the publisher knows it; the nonce is the counter's.
struct TicketRow {
    verifier: Verifier,
    nonce: Nonce,
    wrong: u32,
    problem: Option<Kind>,
    request: Option<Vec<u8>>,
    is_shown: bool,
    is_confirmed: bool,
}

/// An enrolment.
struct Row {
    ticket: TicketId,
    offer: SignedOffer,
    in_use: Option<TokenHash>,
    handed_out: TokenHash,
    package: Option<Vec<u8>>,
    has_ended: bool,
}

/// A call as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What is done.
    pub method: Method,
    /// Behind the address.
    pub path: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer before it goes out.
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
    /// The connection breaks after so many bytes of the body.
    pub cut: Option<usize>,
    /// The answer never arrives.
    pub lost: Option<HttpError>,
    /// The body never ends.
    pub is_endless: bool,
}

impl Call {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `GET /package`, with the range that it asks for.
    pub fn is_download(&self) -> bool {
        self.path.ends_with("/package")
    }
}

impl Reply {
    fn new(status: u16, kind: &str, body: Vec<u8>) -> Reply {
        let headers = vec![("Content-Type".into(), kind.into()), ("Content-Length".into(), body.len().to_string())];
        Reply { status, headers, body, cut: None, lost: None, is_endless: false }
    }

    fn json(status: u16, body: &impl serde::Serialize) -> Reply {
        Reply::new(status, JSON, serde_json::to_vec(body).expect("bodies are JSON"))
    }

    fn octets(status: u16, body: &[u8]) -> Reply {
        Reply::new(status, OCTETS, body.to_vec())
    }

    fn problem(kind: Kind) -> Reply {
        let problem = Problem::new(kind);
        let status = problem.status;
        Reply { status, ..Reply::json(status, &problem) }
    }

    /// With another header, or none of that name.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
}

impl Publisher {
    /// Twists every answer from now on.
    pub fn twist(&self, twist: impl FnMut(&Call, &mut Reply) + Send + 'static) {
        *self.twist.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(twist));
    }

    /// Twists the next answer to a certain call, and no other.
    pub fn twist_once(
        &self,
        which: impl Fn(&Call) -> bool + Send + 'static,
        mut twist: impl FnMut(&mut Reply) + Send + 'static,
    ) {
        let mut is_done = false;
        self.twist(move |call, reply| {
            if !is_done && which(call) {
                is_done = true;
                twist(reply);
            }
        });
    }

    /// An honest network again.
    pub fn untwist(&self) {
        *self.twist.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The calls so far; they are forgotten.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    /// Answers one call.
    pub fn answer(&self, call: Call) -> Reply {
        let mut state = self.state();
        let mut reply = state.answer(&call);
        state.calls.push(call.clone());
        drop(state);
        if let Some(twist) = self.twist.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            twist(&call, &mut reply);
        }
        reply
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Http for Publisher {
    fn call<'a>(&'a self, request: &HttpRequest<'_>) -> Result<HttpAnswer<'a>, HttpError> {
        let path = request.url.strip_prefix(desk::ADDRESS).expect("the publisher's address").to_owned();
        let headers = request.headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let reply = self.answer(Call { method: request.method, path, headers, body: request.body.to_vec() });
        if let Some(lost) = reply.lost {
            return Err(lost);
        }
        let Reply { status, headers, body, cut, is_endless, .. } = reply;
        Ok(HttpAnswer { status, headers, body: Box::new(Wire { body, at: 0, cut, is_endless }) })
    }

    fn pause(&self, _: Duration) {}
}

/// A body as it comes over a network: in pieces, perhaps not all of it.
struct Wire {
    body: Vec<u8>,
    at: usize,
    cut: Option<usize>,
    is_endless: bool,
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.is_endless {
            into.fill(7);
            return Ok(into.len());
        }
        let end = self.cut.map_or(self.body.len(), |cut| cut.min(self.body.len()));
        // No more than a network gives at once.
        let length = into.len().min(end - self.at).min(16 << 10);
        if length == 0 && self.cut.is_some_and(|cut| cut < self.body.len()) {
            return Err(Error::from(ErrorKind::ConnectionReset));
        }
        into[..length].copy_from_slice(&self.body[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
