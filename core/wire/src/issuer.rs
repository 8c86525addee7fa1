//! Between issuer and publisher. The issuer alone opens connections, and shows the link's token with every call.

use mykarte_vault::package::{EnrolmentId, HospitalId};
use serde::{Deserialize, Serialize};

/// `PUT` [`ISSUER_TICKET`](crate::path::ISSUER_TICKET): a ticket was printed. The same may be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewTicket {
    /// Whose patient it is for.
    #[serde(with = "crate::bytes::hospital")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub hospital: HospitalId,
    /// The public half of the ticket's key.
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub key: [u8; 32],
    /// A hash of the proof of the birth date.
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub birth: [u8; 32],
    /// When it is taken no more, in Unix seconds.
    pub expires: u64,
}

/// How far a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TicketState {
    /// No phone has used it yet.
    Open,
    /// A phone has; staff have not confirmed.
    Used,
    /// Staff saw the same digits.
    Confirmed,
    /// Too many wrong birth dates.
    Locked,
    /// Its time was over before a phone used it.
    Expired,
    /// Taken back.
    Cancelled,
}

/// `200` of [`ISSUER_TICKET`](crate::path::ISSUER_TICKET).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketStatus {
    /// How far it is.
    pub state: TicketState,
    /// Wrong birth dates so far.
    pub wrong: u32,
    /// [`mykarte_vault::ticket::Request`], once a phone has sent it.
    #[serde(default, with = "crate::bytes::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Byte))]
    pub request: Option<Vec<u8>>,
}

/// `PUT` [`ISSUER_NONCE`](crate::path::ISSUER_NONCE): the request is known, the digits may be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShowNonce {
    /// [`mykarte_vault::ticket::Nonce`].
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub nonce: [u8; 32],
}

/// Who ended an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EndedBy {
    /// The hospital withdrew it.
    Hospital,
    /// Its device revoked it.
    Device,
}

/// An enrolment as the issuer sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolmentLine {
    /// Its name.
    #[serde(with = "crate::bytes::enrolment")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub enrolment: EnrolmentId,
    /// Whose patient it is. An issuer ends those of its own hospital alone.
    #[serde(default, with = "crate::bytes::optional_hospital", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hospital: Option<HospitalId>,
    /// Whether it has ended. Then nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedBy>,
    /// [`mykarte_vault::package::Revocation`], where the device ended it: the issuer takes the device's word, not the publisher's.
    #[serde(default, with = "crate::bytes::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Byte))]
    pub revocation: Option<Vec<u8>>,
    /// [`mykarte_vault::package::SignedOffer`]: the newest.
    #[serde(default, with = "crate::bytes::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Byte))]
    pub offer: Option<Vec<u8>>,
    /// SHA-256 of its package.
    #[serde(default, with = "crate::bytes::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Byte))]
    pub package: Option<[u8; 32]>,
}

/// The most enrolments of a page.
pub const PAGE: usize = 500;
/// The most enrolments that an issuer takes from a publisher, those that ended among them: a thousand pages.
pub const MAX_ENROLMENTS: usize = 500_000;

/// `200` of [`ISSUER_ENROLMENTS`](crate::path::ISSUER_ENROLMENTS)`?after=ID`: enrolments that staff confirmed, by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolmentPage {
    /// A page of them, [`PAGE`] at most.
    pub enrolments: Vec<EnrolmentLine>,
    /// Whether there are more behind the last.
    pub more: bool,
}

/// `200` of `DELETE` [`ISSUER_ENROLMENT`](crate::path::ISSUER_ENROLMENT): what was looked for afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdrawn {
    /// Every place that keeps packages.
    pub copies: Vec<CopyState>,
    /// Tokens and device keys are gone from the publisher's database.
    pub state_gone: bool,
}

/// A place that keeps packages, after a deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CopyState {
    /// Its name in the publisher's settings.
    pub name: String,
    /// Asked again after the deletion, it has nothing; `false`: it has, or did not answer.
    pub gone: bool,
}

/// `POST` [`ISSUER_HEADS`](crate::path::ISSUER_HEADS) with the issuer's head; the answer has the publisher's. Each is the
/// second place of the other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heads {
    /// [`mykarte_vault::chain::Head`], signed.
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub head: Vec<u8>,
    /// The public key that signed it.
    #[serde(with = "crate::bytes::base64url")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
    pub key: [u8; 32],
}
