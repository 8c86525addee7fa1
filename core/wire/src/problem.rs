//! What went wrong, as a problem document (RFC 9457): one kind a cause, without a word about anybody.

use serde::{Deserialize, Serialize};

/// The media type.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// In front of every kind.
const URN: &str = "urn:mykarte:problem:";

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// Not signed with the key of a ticket that is known: unknown, forged, and whatever else, all alike.
    Ticket,
    /// The ticket's time is over.
    TicketExpired,
    /// Another phone has used the ticket.
    TicketUsed,
    /// Too many wrong birth dates.
    TicketLocked,
    /// The counter has taken the ticket back.
    TicketCancelled,
    /// Another birth date than the hospital's records have.
    BirthDate,
    /// No token, or not the one of this enrolment.
    Token,
    /// Withdrawn, or ended by its device: nothing is kept of it any more.
    Ended,
    /// Staff have not confirmed yet, or nothing was issued yet.
    NothingIssued,
    /// A device's key that is not newer, or not this device's.
    StaleKey,
    /// A body that is not what is expected here.
    Malformed,
    /// A body that is too large.
    TooLarge,
    /// A body that came too slowly.
    TooSlow,
    /// Too many calls; try later.
    TooMany,
    /// No such place.
    NotFound,
    /// The place exists, the method does not.
    Method,
    /// A range outside of the package.
    Range,
    /// Contradicts what is there.
    Conflict,
    /// The publisher's store does not answer; try later.
    Unavailable,
    /// A kind that this program does not know.
    #[serde(other)]
    Unknown,
}

impl Kind {
    /// Its HTTP status and a title. The title is for people who debug, in English; apps have their own words.
    #[must_use]
    pub const fn describe(self) -> (u16, &'static str) {
        match self {
            Kind::Ticket => (403, "the ticket is not valid"),
            Kind::TicketExpired => (403, "the ticket has expired; ask the counter for a new one"),
            Kind::TicketUsed => (403, "the ticket was used by another device; ask the counter for a new one"),
            Kind::TicketLocked => (403, "too many wrong birth dates; ask the counter for a new ticket"),
            Kind::TicketCancelled => (403, "the counter took the ticket back; ask for a new one"),
            Kind::BirthDate => (403, "the birth date is not the one in the hospital's records"),
            Kind::Token => (401, "the token is missing or not valid"),
            Kind::Ended => (410, "the enrolment has ended"),
            Kind::NothingIssued => (404, "nothing was issued yet; try later"),
            Kind::StaleKey => (409, "the key is not newer than the one that is known"),
            Kind::Malformed => (400, "the body is not what is expected here"),
            Kind::TooLarge => (413, "the body is too large"),
            Kind::TooSlow => (408, "the body came too slowly"),
            Kind::TooMany => (429, "too many calls; try later"),
            Kind::NotFound => (404, "there is no such place"),
            Kind::Method => (405, "this method is not offered here"),
            Kind::Range => (416, "the range is outside of the package"),
            Kind::Conflict => (409, "this contradicts what is there"),
            Kind::Unavailable => (503, "the service cannot answer now; try later"),
            Kind::Unknown => (500, "something went wrong"),
        }
    }
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:mykarte:problem:` and the kind.
    #[serde(rename = "type")]
    pub uri: String,
    /// For people who debug.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// How often another birth date may be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u32>,
}

impl Problem {
    /// The document of a kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let (status, title) = kind.describe();
        // A unit variant is always a JSON string.
        let name =
            serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        Self { uri: format!("{URN}{name}"), title: title.to_owned(), status, remaining: None }
    }

    /// The kind; [`Kind::Unknown`] where another program wrote it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let name = self.uri.strip_prefix(URN).unwrap_or_default();
        serde_json::from_value(serde_json::Value::from(name)).unwrap_or(Kind::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_back_and_another_programs_is_unknown() {
        for kind in [Kind::Ticket, Kind::BirthDate, Kind::NothingIssued, Kind::Unavailable] {
            assert_eq!(Problem::new(kind).kind(), kind);
        }
        assert_eq!(Problem::new(Kind::TicketUsed).uri, "urn:mykarte:problem:ticket-used");
        let other = Problem { uri: "about:blank".into(), ..Problem::new(Kind::Ticket) };
        assert_eq!(other.kind(), Kind::Unknown);
    }
}
