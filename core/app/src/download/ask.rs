//! One call: where to, with which token, and what a refusal says.

use super::http::{Http, HttpAnswer, HttpError, HttpRequest, Method};
use super::link;
use super::{DownloadError, Turns};
use mykarte_vault::package::EnrolmentId;
use mykarte_wire::problem::PROBLEM_JSON;
use mykarte_wire::{JSON, Kind, MAX_JSON, NEXT_TOKEN, OCTETS, Problem, Token, address};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long all of an answer may take that is no package: it has a few KiB.
const ANSWER_TIME: Duration = Duration::from_secs(30);

const NOT_A_PROBLEM: DownloadError = DownloadError::NotAPublisher { what: "a problem document" };

/// A call before it has an address and a token.
pub(super) struct Call {
    method: Method,
    path: String,
    headers: Vec<(&'static str, Zeroizing<String>)>,
    body: Vec<u8>,
}

impl Call {
    /// A `GET` of bytes or of a body.
    pub fn get(path: String) -> Call {
        let accept = format!("{OCTETS}, {JSON}, {PROBLEM_JSON}");
        Call { method: Method::Get, path, headers: Vec::new(), body: Vec::new() }.with("accept", accept)
    }

    /// A call with a body.
    pub fn send(method: Method, path: String, body: &impl Serialize) -> Call {
        // Bytes and numbers are always JSON.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Call { method, path, headers: Vec::new(), body }.with("content-type", JSON.to_owned())
    }

    /// With a header.
    pub fn with(mut self, name: &'static str, value: String) -> Call {
        self.headers.push((name, Zeroizing::new(value)));
        self
    }

    /// Sends it to a publisher.
    ///
    /// # Errors
    /// [`DownloadError::InsecureAddress`], [`DownloadError::Http`].
    pub fn to<'h>(
        &self,
        publisher: &str,
        token: Option<&Token>,
        http: &'h dyn Http,
    ) -> Result<HttpAnswer<'h>, DownloadError> {
        let url = format!("{}{}", address::check(publisher)?, self.path);
        let mut headers = self.headers.clone();
        if let Some(token) = token {
            let text = token.dangerous_text();
            let mut value = Zeroizing::new(String::with_capacity(64));
            value.push_str("Bearer ");
            value.push_str(&text);
            headers.push(("authorization", value));
        }
        Ok(http.call(&HttpRequest { method: self.method, url: &url, headers: &headers, body: &self.body })?)
    }

    /// Sends it with the newest token of an enrolment, and with the one before where that is refused. A token that comes
    /// with the answer is durable before the answer is returned, and so before its body is read.
    ///
    /// # Errors
    /// [`DownloadError::TokenRefused`]; those of [`Self::to`] and of a write.
    pub fn authorised<'h>(
        &self,
        turns: &mut impl Turns,
        id: EnrolmentId,
        http: &'h dyn Http,
    ) -> Result<HttpAnswer<'h>, DownloadError> {
        let link = turns.turn(|archive| link::of(archive, id))?;
        for token in link.tokens {
            let answer = self.to(&link.address, Some(&token), http)?;
            if answer.status == 401 {
                match refusal(answer) {
                    DownloadError::TokenRefused => continue,
                    other => return Err(other),
                }
            }
            if let Some(next) = answer.header(NEXT_TOKEN).filter(|_| is_success(answer.status)) {
                let next = Token::parse(next).ok_or(DownloadError::NotAPublisher { what: "a token" })?;
                turns.turn(|archive| link::change(archive, id, |link| link.take_token(next, Some(token))))?;
            }
            return Ok(answer);
        }
        Err(DownloadError::TokenRefused)
    }
}

/// The body of a good answer.
///
/// # Errors
/// The refusal; [`DownloadError::NotAPublisher`].
pub(super) fn json<T: DeserializeOwned>(answer: HttpAnswer<'_>) -> Result<T, DownloadError> {
    let bytes = bytes(answer, MAX_JSON)?;
    serde_json::from_slice(&bytes).map_err(|_| DownloadError::NotAPublisher { what: "a JSON body" })
}

/// The bytes of a good answer, `most` of them.
///
/// # Errors
/// The refusal; [`DownloadError::TooLarge`].
pub(super) fn bytes(mut answer: HttpAnswer<'_>, most: usize) -> Result<Zeroizing<Vec<u8>>, DownloadError> {
    if !is_success(answer.status) {
        return Err(refusal(answer));
    }
    let (bytes, is_all) = read(&mut answer, most)?;
    if is_all { Ok(bytes) } else { Err(DownloadError::TooLarge) }
}

/// Why a call was refused, as its problem document says.
pub(super) fn refusal(mut answer: HttpAnswer<'_>) -> DownloadError {
    let problem = problem(&mut answer);
    explain(problem.as_ref(), answer.status)
}

/// The problem document of an answer; `None` where it has none, as a gateway's or a login page.
pub(super) fn problem(answer: &mut HttpAnswer<'_>) -> Option<Problem> {
    let (body, _) = read(answer, MAX_JSON).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Takes a refusal that says that a key is not newer.
///
/// # Errors
/// Every other refusal.
pub(super) fn expect_stale_key(mut answer: HttpAnswer<'_>) -> Result<(), DownloadError> {
    let problem = problem(&mut answer);
    match problem.as_ref().map(Problem::kind) {
        Some(Kind::StaleKey) => Ok(()),
        _ => Err(explain(problem.as_ref(), answer.status)),
    }
}

/// What a problem means here.
pub(super) fn explain(problem: Option<&Problem>, status: u16) -> DownloadError {
    let Some(problem) = problem else {
        // A gateway in front of the publisher says no more than its status.
        let is_gateway = [429, 502, 503, 504].contains(&status);
        return if is_gateway { DownloadError::TryLater } else { NOT_A_PROBLEM };
    };
    match problem.kind() {
        Kind::Ticket => DownloadError::TicketUnknown,
        Kind::TicketExpired => DownloadError::TicketExpired,
        Kind::TicketUsed => DownloadError::TicketUsed,
        Kind::TicketLocked => DownloadError::TicketLocked,
        Kind::TicketCancelled => DownloadError::TicketCancelled,
        Kind::BirthDate => DownloadError::WrongBirthDate { remaining: problem.remaining },
        Kind::Token => DownloadError::TokenRefused,
        Kind::Ended => DownloadError::Ended,
        Kind::TooMany | Kind::TooSlow | Kind::Unavailable => DownloadError::TryLater,
        _ => DownloadError::Refused { status },
    }
}

/// Up to `most` bytes of a body, and whether that is all of it.
fn read(answer: &mut HttpAnswer<'_>, most: usize) -> Result<(Zeroizing<Vec<u8>>, bool), DownloadError> {
    read_within(answer, most, ANSWER_TIME)
}

/// The platform ends a silence; a server that drips bytes is never silent.
fn read_within(
    answer: &mut HttpAnswer<'_>,
    most: usize,
    time: Duration,
) -> Result<(Zeroizing<Vec<u8>>, bool), DownloadError> {
    let (begun, mut there) = (Instant::now(), 0);
    let mut bytes = Zeroizing::new(vec![0; most + 1]);
    while there <= most {
        match answer.body.read(&mut bytes[there..]) {
            Ok(0) => break,
            Ok(came) => there += came,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(cut(&error)),
        }
        if begun.elapsed() > time {
            return Err(HttpError::TimedOut.into());
        }
    }
    bytes.truncate(there);
    Ok((bytes, there <= most))
}

/// What an error of reading a body means.
pub(super) fn cut(error: &std::io::Error) -> DownloadError {
    DownloadError::Http(match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => HttpError::TimedOut,
        _ => HttpError::Broken,
    })
}

pub(super) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    /// A server that gives a byte now and then, for ever.
    struct Dripping;

    impl Read for Dripping {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            std::thread::sleep(Duration::from_millis(5));
            into[0] = b' ';
            Ok(1)
        }
    }

    fn answer<'a>(body: impl Read + 'a) -> HttpAnswer<'a> {
        HttpAnswer { status: 200, headers: Vec::new(), body: Box::new(body) }
    }

    #[test]
    fn a_server_that_drips_keeps_nobody_waiting() {
        let (begun, time) = (Instant::now(), Duration::from_millis(50));
        let read = read_within(&mut answer(Dripping), MAX_JSON, time);
        assert!(matches!(read, Err(DownloadError::Http(HttpError::TimedOut))));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_body_is_read_to_its_end_and_not_beyond_its_limit() {
        let read = |length: usize| read_within(&mut answer(&vec![7; length][..]), 4, ANSWER_TIME).ok();
        let is_whole = |length: usize| read(length).is_some_and(|(bytes, is_all)| is_all && bytes.len() == length);
        assert!(is_whole(0) && is_whole(4));
        assert!(read(5).is_some_and(|(_, is_all)| !is_all));
    }
}
