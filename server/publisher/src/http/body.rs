//! What comes in: bodies within their size and time, tokens, conditions, ids.

use super::answer::Failed;
use crate::service::Conditions;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use mykarte_wire::problem::Kind;
use mykarte_wire::{MAX_JSON, MAX_PACKAGE, Token, etag};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a JSON body may take.
const JSON_TIME: Duration = Duration::from_secs(10);
/// How long a package may take: 64 MiB over 2 Mbit/s.
const PACKAGE_TIME: Duration = Duration::from_secs(300);

/// A JSON body.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        let bytes = read(request.into_body(), MAX_JSON, JSON_TIME).await?;
        serde_json::from_slice(&bytes).map(Json).map_err(|_| Kind::Malformed.into())
    }
}

/// A package or a key list.
pub struct Octets(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Octets {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        read(request.into_body(), MAX_PACKAGE, PACKAGE_TIME).await.map(Octets)
    }
}

async fn read(body: Body, most: usize, time: Duration) -> Result<Bytes, Failed> {
    match tokio::time::timeout(time, to_bytes(body, most)).await {
        Err(_) => Err(Kind::TooSlow.into()),
        Ok(Ok(bytes)) => Ok(bytes),
        // Too long, or cut off: then nobody reads the answer.
        Ok(Err(_)) => Err(Kind::TooLarge.into()),
    }
}

/// The id in a path; anything else is no place of ours.
pub struct Id<T>(pub T);

/// An id that is written as hexadecimal digits.
pub trait Hexadecimal: Sized {
    /// Reads it.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! hexadecimal {
    ($($id:ty),*) => {
        $(impl Hexadecimal for $id {
            fn read(text: &str) -> Option<Self> {
                // One spelling only: what is signed and compared elsewhere has one, too.
                <$id>::parse(text).filter(|id| id.to_string() == text)
            }
        })*
    };
}

hexadecimal!(mykarte_vault::package::EnrolmentId, mykarte_vault::package::HospitalId, mykarte_vault::ticket::TicketId);

impl<S: Send + Sync, T: Hexadecimal> FromRequestParts<S> for Id<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Kind::NotFound.into());
        };
        T::read(&text).map(Id).ok_or_else(|| Kind::NotFound.into())
    }
}

/// The token of a call.
pub fn token(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    Token::parse(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

/// What a phone says of the package that it wants. Conditions of another form are as if they were not there.
pub fn conditions(headers: &HeaderMap) -> Conditions {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    Conditions {
        has: text(header::IF_NONE_MATCH).and_then(etag::read),
        range: text(header::RANGE).and_then(range),
        range_of: text(header::IF_RANGE).and_then(etag::read),
    }
}

/// One range of bytes; several at once are answered with everything (RFC 9110, 14.2 allows it).
fn range(text: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |digits: &str| (!digits.is_empty()).then(|| digits.parse::<u64>()).transpose().ok();
    let (from, to) = (number(from)?, number(to)?);
    match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) if to < from => None,
        range => Some(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_nonsense_is_none() {
        assert_eq!(range("bytes=0-99"), Some((Some(0), Some(99))));
        assert_eq!(range("bytes=100-"), Some((Some(100), None)));
        assert_eq!(range("bytes=-5"), Some((None, Some(5))));
        for other in ["bytes=-", "bytes=9-3", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "0-1", ""] {
            assert_eq!(range(other), None, "{other}");
        }
    }
}
