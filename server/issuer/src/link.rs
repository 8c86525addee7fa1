//! The line to the publisher: every connection begins here, and shows the link's token.

use mykarte_vault::package::{EnrolmentId, HospitalId};
use mykarte_vault::ticket::TicketId;
use mykarte_wire::address::{self, AddressError};
use mykarte_wire::issuer::{
    EnrolmentLine, EnrolmentPage, Heads, MAX_ENROLMENTS, NewTicket, PAGE, ShowNonce, TicketStatus, Withdrawn,
};
use mykarte_wire::problem::Kind;
use mykarte_wire::{JSON, OCTETS, Problem, Token, path};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Request;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use url::Url;
use zeroize::Zeroizing;

#[cfg(test)]
mod tests;

/// The most bytes of an answer: a page of 500 enrolments has below 300 KiB.
const MAX_ANSWER: u64 = 1 << 20;

/// Why the publisher cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// An address that is none, or not `https`.
    #[error("the publisher's address must be https://host (http only for this machine, with --dangerous-single-host)")]
    Address,
    /// An address with more than host, port and path.
    #[error("the publisher's address must have no user name, no query (?) and no fragment (#)")]
    NotPlain,
    /// The file of additional roots.
    #[error("the certificate of `ca` cannot be read; it is a PEM file")]
    Roots,
    /// Not reached.
    #[error("the publisher does not answer ({detail}); check its address, the network and its certificate")]
    Unreachable {
        /// What the library says: no token, no body.
        detail: String,
    },
    /// The publisher says no.
    #[error("the publisher refuses: {}", .0.title)]
    Refused(Problem),
    /// Something that is no publisher answered.
    #[error("what answers at the publisher's address is no publisher (status {status}); check the address")]
    NotAPublisher {
        /// The HTTP status.
        status: u16,
    },
    /// It names enrolments without end.
    #[error(
        "the publisher names more than {most} enrolments, and no hospital has so many: look into its database, and whether it was broken into"
    )]
    Endless {
        /// How many are taken.
        most: usize,
    },
}

impl LinkError {
    /// The kind of problem that the publisher named.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            LinkError::Refused(problem) => Some(problem.kind()),
            _ => None,
        }
    }
}

/// The line.
pub struct Link {
    base: String,
    bearer: Zeroizing<String>,
    agent: Agent,
}

impl Link {
    /// A line to a publisher. `ca`: a root certificate besides those of the system. `single_host`: plain HTTP to this very
    /// machine is allowed.
    ///
    /// # Errors
    /// [`LinkError::Address`], [`LinkError::NotPlain`], [`LinkError::Roots`].
    pub fn to(publisher: &Url, token: &Token, ca: Option<&Path>, single_host: bool) -> Result<Link, LinkError> {
        let is_here = matches!(publisher.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if is_here && !single_host {
            return Err(LinkError::Address);
        }
        let base = address::check(publisher.as_str()).map_err(|error| match error {
            AddressError::Insecure => LinkError::Address,
            AddressError::NotPlain => LinkError::NotPlain,
        })?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder().root_certs(roots(ca)?).unversioned_rustls_crypto_provider(provider).build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_send_body(Some(Duration::from_secs(300)))
            .timeout_recv_response(Some(Duration::from_secs(120)))
            .timeout_recv_body(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        let bearer = Zeroizing::new(format!("Bearer {}", *token.dangerous_text()));
        Ok(Link { base: base.to_owned(), bearer, agent })
    }

    /// Sends the hospital's key list.
    ///
    /// # Errors
    /// [`LinkError`]; [`Kind::Conflict`] where the publisher has a newer one.
    pub fn put_key_list(&self, hospital: HospitalId, list: &[u8]) -> Result<(), LinkError> {
        self.send("PUT", &path::fill(path::ISSUER_KEY_LIST, &hospital), OCTETS, list).map(drop)
    }

    /// A ticket was printed.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn put_ticket(&self, id: TicketId, ticket: &NewTicket) -> Result<(), LinkError> {
        self.send_json("PUT", &path::fill(path::ISSUER_TICKET, &id), ticket).map(drop)
    }

    /// How far a ticket is.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn ticket(&self, id: TicketId) -> Result<TicketStatus, LinkError> {
        read(&self.get("GET", &path::fill(path::ISSUER_TICKET, &id))?)
    }

    /// A ticket is taken back.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn cancel(&self, id: TicketId) -> Result<(), LinkError> {
        self.get("DELETE", &path::fill(path::ISSUER_TICKET, &id)).map(drop)
    }

    /// The nonce of a ticket's digits.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn show_nonce(&self, id: TicketId, nonce: [u8; 32]) -> Result<(), LinkError> {
        self.send_json("PUT", &path::fill(path::ISSUER_NONCE, &id), &ShowNonce { nonce }).map(drop)
    }

    /// Staff saw the same digits.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn confirm(&self, id: TicketId) -> Result<(), LinkError> {
        self.send("PUT", &path::fill(path::ISSUER_CONFIRMATION, &id), OCTETS, b"").map(drop)
    }

    /// All enrolments that staff confirmed.
    ///
    /// # Errors
    /// [`LinkError::Endless`] over [`MAX_ENROLMENTS`]; [`LinkError`].
    pub fn enrolments(&self) -> Result<Vec<EnrolmentLine>, LinkError> {
        let mut all: Vec<EnrolmentLine> = Vec::new();
        // Behind a page that has more there is a whole page of enrolments, whether or not all of them are told.
        for _ in 0..MAX_ENROLMENTS / PAGE {
            let last = all.last().map(|line| line.enrolment);
            let page = self.page(last)?;
            let is_end = !page.more || page.enrolments.is_empty();
            let goes_on = page.enrolments.first().is_none_or(|first| last.is_none_or(|last| first.enrolment > last));
            let is_in_order = page.enrolments.is_sorted_by(|one, next| one.enrolment < next.enrolment);
            if !goes_on || !is_in_order || page.enrolments.len() > PAGE {
                return Err(LinkError::NotAPublisher { status: 200 });
            }
            all.extend(page.enrolments);
            if is_end {
                return Ok(all);
            }
        }
        Err(LinkError::Endless { most: MAX_ENROLMENTS })
    }

    /// One of them; the publisher is asked for the page that begins with it.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn enrolment(&self, id: EnrolmentId) -> Result<Option<EnrolmentLine>, LinkError> {
        let before = u128::from_be_bytes(*id.as_bytes()).checked_sub(1);
        let page = self.page(before.map(|before| EnrolmentId::from_bytes(before.to_be_bytes())))?;
        Ok(page.enrolments.into_iter().find(|line| line.enrolment == id))
    }

    fn page(&self, after: Option<EnrolmentId>) -> Result<EnrolmentPage, LinkError> {
        let place = match after {
            Some(id) => format!("{}?after={id}", path::ISSUER_ENROLMENTS),
            None => path::ISSUER_ENROLMENTS.to_owned(),
        };
        read(&self.get("GET", &place)?)
    }

    /// Puts a package.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn put_package(&self, enrolment: EnrolmentId, package: &[u8]) -> Result<(), LinkError> {
        self.send("PUT", &path::fill(path::ISSUER_PACKAGE, &enrolment), OCTETS, package).map(drop)
    }

    /// Ends an enrolment; the answer says what is left where.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn withdraw(&self, enrolment: EnrolmentId) -> Result<Withdrawn, LinkError> {
        read(&self.get("DELETE", &path::fill(path::ISSUER_ENROLMENT, &enrolment))?)
    }

    /// Leaves a head, and takes the publisher's.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn exchange_heads(&self, ours: &Heads) -> Result<Heads, LinkError> {
        read(&self.send_json("POST", path::ISSUER_HEADS, ours)?)
    }

    fn get(&self, method: &str, place: &str) -> Result<Vec<u8>, LinkError> {
        let request = self.request(method, place).body(());
        let request = request.map_err(|_| LinkError::Address)?;
        answer(self.agent.run(request))
    }

    fn send_json(&self, method: &str, place: &str, body: &impl Serialize) -> Result<Vec<u8>, LinkError> {
        // Structs of texts and numbers are always JSON.
        let json = serde_json::to_vec(body).unwrap_or_default();
        self.send(method, place, JSON, &json)
    }

    fn send(&self, method: &str, place: &str, kind: &str, body: &[u8]) -> Result<Vec<u8>, LinkError> {
        let request = self.request(method, place).header("content-type", kind).body(body);
        let request = request.map_err(|_| LinkError::Address)?;
        answer(self.agent.run(request))
    }

    fn request(&self, method: &str, place: &str) -> ureq::http::request::Builder {
        let uri = format!("{}{place}", self.base);
        Request::builder().method(method).uri(uri).header("authorization", self.bearer.as_str())
    }
}

fn answer(answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, LinkError> {
    let unreachable = |error: ureq::Error| LinkError::Unreachable { detail: error.to_string() };
    let mut answer = answered.map_err(unreachable)?;
    let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().map_err(unreachable)?;
    let status = answer.status().as_u16();
    if answer.status().is_success() {
        return Ok(body);
    }
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(LinkError::Refused(problem)),
        Err(_) => Err(LinkError::NotAPublisher { status }),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, LinkError> {
    serde_json::from_slice(body).map_err(|_| LinkError::NotAPublisher { status: 200 })
}

/// The system's roots, and one more.
fn roots(ca: Option<&Path>) -> Result<RootCerts, LinkError> {
    let native = rustls_native_certs::load_native_certs().certs;
    let own = match ca {
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|_| LinkError::Roots)?,
        None => Vec::new(),
    };
    let all = native.iter().chain(&own).map(|der| Certificate::from_der(der.as_ref()).to_owned());
    let all: Vec<Certificate<'static>> = all.collect();
    Ok(RootCerts::new_with_certs(&all))
}
