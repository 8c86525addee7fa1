//! What the core asks of a platform's HTTP: one request, an answer whose body is read in pieces.

use std::fmt;
use std::io::Read;
use std::time::Duration;
use zeroize::Zeroizing;

/// A platform's HTTP. Blocking, one request at a time.
///
/// An implementation checks the server's certificate, follows no redirect (the token would go along), keeps no cookie and
/// no copy, unpacks nothing, and gives up after a time without a byte: the core limits how long a whole answer may take, but
/// can do so only between two reads. Status codes are answers, never errors.
pub trait Http {
    /// Sends a request and returns when the answer's head is there.
    ///
    /// # Errors
    /// [`HttpError`], where there is no answer.
    fn call<'a>(&'a self, request: &HttpRequest<'_>) -> Result<HttpAnswer<'a>, HttpError>;

    /// Waits between two tries. Replaced where threads must not sleep, and in tests.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// What is done with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

/// One request.
pub struct HttpRequest<'a> {
    /// What is done.
    pub method: Method,
    /// The whole address, `https` but for tests on the same machine.
    pub url: &'a str,
    /// Name and value; one of them may be a token.
    pub headers: &'a [(&'static str, Zeroizing<String>)],
    /// The body; empty for none.
    pub body: &'a [u8],
}

/// What a server answers.
pub struct HttpAnswer<'a> {
    /// Its status.
    pub status: u16,
    /// Its headers, names in any case.
    pub headers: Vec<(String, String)>,
    /// Its body, as it comes. An error of reading means that the connection broke.
    pub body: Box<dyn Read + 'a>,
}

/// Why there is no answer, or not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum HttpError {
    /// No way to the server.
    #[error("the server cannot be reached; check the network and try again")]
    Unreachable,
    /// Its certificate is not one that this device trusts: nothing was sent.
    #[error("the server's certificate is not trusted; use another network, or ask the hospital")]
    Untrusted,
    /// Nothing came for too long.
    #[error("the server did not answer in time; try again")]
    TimedOut,
    /// The connection ended in between.
    #[error("the connection broke; try again")]
    Broken,
}

impl HttpAnswer<'_> {
    /// A header by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({:?} {}, {} bytes)", self.method, self.url, self.body.len())
    }
}

impl fmt::Debug for HttpAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpAnswer({})", self.status)
    }
}
