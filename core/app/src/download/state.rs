//! How far an enrolment is, as its publisher says, and the digits that phone and counter compare.

use super::ask::{self, Call};
use super::http::Http;
use super::link::{self, Link};
use super::{DownloadError, Turns, enrolling};
use mykarte_vault::package::EnrolmentId;
use mykarte_wire::path;
use mykarte_wire::phone::{State, Status};

/// How far an enrolment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrolmentState {
    /// The counter has not looked yet.
    Waiting,
    /// Show the six digits: staff compare them with their own.
    Compare {
        /// The digits.
        digits: String,
    },
    /// Staff have confirmed; nothing was issued yet.
    Confirmed,
    /// There is a package.
    Issued,
    /// Withdrawn, or ended by a device.
    Ended,
    /// A state that this version does not know: go on asking, or update.
    Unknown,
}

/// Asks how far an enrolment is. Sends the request first where its answer was lost, or its token is taken no more.
///
/// # Errors
/// [`DownloadError::Ticket`] with [`mykarte_vault::ticket::TicketError::OtherNonce`] when the number behind the digits is not
/// the one that the ticket fixed: then somebody stands in between, and no digits are shown.
pub fn enrolment_state(
    turns: &mut impl Turns,
    id: EnrolmentId,
    http: &dyn Http,
) -> Result<EnrolmentState, DownloadError> {
    let call = Call::get(path::fill(path::STATUS, &id));
    let status = enrolling::with_token(turns, id, http, |turns| ask::json(call.authorised(turns, id, http)?));
    let status: Status = match status {
        Err(DownloadError::Ended) => return Ok(EnrolmentState::Ended),
        status => status?,
    };
    let link = turns.turn(|archive| link::of(archive, id))?;
    Ok(match status.state {
        State::Waiting => EnrolmentState::Waiting,
        State::Compare => EnrolmentState::Compare { digits: digits(&link, &status)? },
        State::Unknown => EnrolmentState::Unknown,
        State::Confirmed | State::Issued => {
            if link.pending.is_some() {
                // Nothing is asked or compared any more.
                turns.turn(|archive| link::change(archive, id, |link| link.pending = None))?;
            }
            if status.state == State::Issued { EnrolmentState::Issued } else { EnrolmentState::Confirmed }
        }
    })
}

fn digits(link: &Link, status: &Status) -> Result<String, DownloadError> {
    let pending = link.pending.as_ref().ok_or(DownloadError::NotAPublisher { what: "a later state" })?;
    let nonce = status.nonce().ok_or(DownloadError::NotAPublisher { what: "the number of the digits" })?;
    let request = pending.request()?;
    pending.commitment().check(request.ticket(), &nonce)?;
    Ok(nonce.digits(&request))
}
