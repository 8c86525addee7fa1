//! The app's HTTP, as the app implements it and as the core calls it.

use mykarte::download::{Http, HttpAnswer, HttpError, HttpRequest, Method};
use std::fmt;
use std::io::{Error, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is done with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum HttpMethod {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

/// A header. As text it is its name alone.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct HttpHeader {
    /// Its name, in whatever case.
    pub name: String,
    /// Its value. One that is sent may be a token: never log it.
    pub value: String,
}

impl fmt::Display for HttpHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpHeader({})", self.name)
    }
}

/// One request, to be sent as it is.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpCall {
    /// What is done.
    pub method: HttpMethod,
    /// The whole address.
    pub url: String,
    /// All headers but those that the platform adds by itself.
    pub headers: Vec<HttpHeader>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// What a server answers.
#[derive(uniffi::Record)]
pub struct HttpResponse {
    /// Its status; none is an error.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<HttpHeader>,
    /// Its body, as it comes.
    pub body: Arc<dyn HttpBody>,
}

/// Why there is no answer, or not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HttpFailure {
    /// No way to the server.
    #[error("unreachable")]
    Unreachable,
    /// Its certificate is not one that the platform trusts.
    #[error("untrusted")]
    Untrusted,
    /// Nothing came for too long.
    #[error("timed out")]
    TimedOut,
    /// The connection ended in between.
    #[error("broken")]
    Broken,
}

/// What an app throws otherwise breaks its connection and nothing else.
impl From<uniffi::UnexpectedUniFFICallbackError> for HttpFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Broken
    }
}

/// The platform's HTTP. Blocking, called in the thread that called the vault, one request at a time.
///
/// It checks certificates, follows no redirect (a token would go along), keeps no cookie and no copy, unpacks nothing, and
/// gives up after a silence (30 seconds).
#[uniffi::export(foreign)]
pub trait HttpClient: Send + Sync {
    /// Sends a request and returns when the head of the answer is there.
    fn call(&self, call: HttpCall) -> Result<HttpResponse, HttpFailure>;
}

/// The body of an answer, read in pieces.
#[uniffi::export(foreign)]
pub trait HttpBody: Send + Sync {
    /// The next bytes, `most` of them; none at the end.
    fn read(&self, most: u32) -> Result<Vec<u8>, HttpFailure>;

    /// Nobody reads on: let go of the connection. What it throws is of no account.
    fn finish(&self) -> Result<(), HttpFailure>;
}

/// Between the core and the app.
pub(super) struct Bridge<'a> {
    pub client: Arc<dyn HttpClient>,
    /// What the core looks at, and whether nobody wants the answer any more.
    pub stop: Option<(&'a AtomicBool, &'a dyn Fn() -> bool)>,
}

impl Bridge<'_> {
    /// Passes on that the app has cancelled or locked.
    fn look(&self) {
        if let Some((stop, is_over)) = &self.stop
            && is_over()
        {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Http for Bridge<'_> {
    fn call<'a>(&'a self, request: &HttpRequest<'_>) -> Result<HttpAnswer<'a>, HttpError> {
        self.look();
        let response = self.client.call(HttpCall {
            method: match request.method {
                Method::Get => HttpMethod::Get,
                Method::Post => HttpMethod::Post,
                Method::Put => HttpMethod::Put,
            },
            url: request.url.to_owned(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| HttpHeader { name: (*name).to_owned(), value: value.to_string() })
                .collect(),
            body: request.body.to_vec(),
        });
        let HttpResponse { status, headers, body } = response.map_err(|failure| match failure {
            HttpFailure::Unreachable => HttpError::Unreachable,
            HttpFailure::Untrusted => HttpError::Untrusted,
            HttpFailure::TimedOut => HttpError::TimedOut,
            HttpFailure::Broken => HttpError::Broken,
        })?;
        let headers = headers.into_iter().map(|header| (header.name, header.value)).collect();
        Ok(HttpAnswer { status, headers, body: Box::new(Pieces { bridge: self, body }) })
    }

    fn pause(&self, time: std::time::Duration) {
        std::thread::sleep(time);
        self.look();
    }
}

/// A body as the core reads it.
struct Pieces<'a> {
    bridge: &'a Bridge<'a>,
    body: Arc<dyn HttpBody>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let most = u32::try_from(into.len()).unwrap_or(u32::MAX);
        let piece = self.body.read(most).map_err(|failure| {
            Error::from(match failure {
                HttpFailure::TimedOut => ErrorKind::TimedOut,
                _ => ErrorKind::ConnectionReset,
            })
        })?;
        self.bridge.look();
        // More than was asked for is no body that can be believed.
        let place = into.get_mut(..piece.len()).ok_or(ErrorKind::InvalidData)?;
        place.copy_from_slice(&piece);
        Ok(piece.len())
    }
}

impl Drop for Pieces<'_> {
    fn drop(&mut self) {
        let _ = self.body.finish();
    }
}
