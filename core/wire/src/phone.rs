//! Between phone and publisher.

use crate::Token;
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::ticket::Nonce;
use serde::{Deserialize, Serialize};

/// `POST` [`ENROLMENTS`](crate::path::ENROLMENTS): a phone asks to be enrolled. The same request may be sent again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrol {
    /// [`mykarte_vault::ticket::Request`].
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub request: Vec<u8>,
}

/// `201`: the request is taken; staff will see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// As the request's offer names it.
    #[serde(with = "crate::bytes::enrolment")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub enrolment: EnrolmentId,
    /// For every further call. Each answer to the same request has a new one, and the one before is void.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub token: Token,
}

/// How far an enrolment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum State {
    /// The counter has not looked yet.
    Waiting,
    /// The counter shows the six digits; so does the phone.
    Compare,
    /// Staff saw the same digits; nothing was issued yet.
    Confirmed,
    /// There is a package.
    Issued,
    /// A state that this program does not know.
    #[serde(other)]
    Unknown,
}

/// `200` of [`STATUS`](crate::path::STATUS). One that has ended is `410` and a problem.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// How far it is.
    pub state: State,
    /// From [`State::Compare`] on: what the digits are made with.
    #[serde(default, with = "crate::bytes::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Byte))]
    pub nonce: Option<NonceBytes>,
}

/// A nonce as bytes.
pub type NonceBytes = [u8; 32];

impl Status {
    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> Option<Nonce> {
        self.nonce.map(Nonce::from_bytes)
    }
}

/// `PUT` [`NEXT_KEY`](crate::path::NEXT_KEY): the key that the next package shall be sealed to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextKey {
    /// [`mykarte_vault::package::SignedOffer`], of the enrolment's own device and newer than the one before.
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub offer: Vec<u8>,
}

/// `POST` [`REVOCATION`](crate::path::REVOCATION): the device wants nothing more. Its signature says who asks, no token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revoke {
    /// [`mykarte_vault::package::Revocation`].
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub revocation: Vec<u8>,
}
