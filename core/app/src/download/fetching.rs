//! Fetching: the newer key list first, then the package, which [`Archive::receive`] verifies, opens and compares as one
//! from a stick. What the vault holds changes only when the arrival is accepted.

use super::ask::{self, Call};
use super::enrolling::{self, MAX_LIST};
use super::http::{Http, Method};
use super::link;
use super::transfer::{Download, DownloadWatch, Partial, Transfer};
use super::{DownloadError, Turns};
use crate::archive::Archive;
use crate::package::{self, Arrival, ReceiveError};
use mykarte_vault::package::{EnrolmentId, Outside, PackageError};
use mykarte_wire::path;
use mykarte_wire::phone::NextKey;
use std::time::{SystemTime, UNIX_EPOCH};

/// What came of a fetch.
pub struct Fetched {
    /// The hospital's key list.
    pub list: ListNews,
    /// The package.
    pub package: News,
}

/// What came of the key list.
#[derive(Debug)]
pub enum ListNews {
    /// It is the one that is known, an older one, or there is none.
    Known,
    /// A newer one was taken.
    Newer,
    /// One that is forged or contradicts the known one: that one stays, and packages are held against it.
    Refused(PackageError),
}

/// What came of the package.
pub enum News {
    /// Staff have not confirmed yet, or nothing was issued yet.
    NothingIssued,
    /// The one that is held is the newest.
    Unchanged,
    /// A package that was verified and opened, and waits to be accepted; then call [`announce_next_key`].
    Arrived(Box<Arrival>),
}

/// Fetches what is new for an enrolment. `partial`: what an earlier call left when it failed, and what this one leaves.
///
/// # Errors
/// [`DownloadError`]; the record that is held stays as it is, and the tokens are good for the next call.
pub fn fetch(
    turns: &mut impl Turns,
    id: EnrolmentId,
    http: &dyn Http,
    watch: &DownloadWatch<'_>,
    partial: &mut Option<Partial>,
) -> Result<Fetched, DownloadError> {
    // What failed after the last package. If it fails again, the package below says why, or comes for the key before.
    let _ = announce_next_key(turns, id, http);
    let mut list = fetch_list(turns, id, http)?;
    let held = turns.turn(|archive| held_hash(archive, id))?;
    let mut download = Download { enrolment: id, held, http, watch, partial, changes: 0 };
    let package = match enrolling::with_token(turns, id, http, |turns| download.run(turns))? {
        Transfer::Nothing => return Ok(Fetched { list, package: News::NothingIssued }),
        Transfer::Unchanged => return Ok(Fetched { list, package: News::Unchanged }),
        Transfer::Whole(package) => package,
    };
    if Outside::read(&package)?.enrolment != id {
        return Err(DownloadError::OtherEnrolment);
    }
    let arrival = match receive(turns, &package) {
        // It was issued between the two calls.
        Err(DownloadError::Receive(ReceiveError::Package(
            PackageError::UnknownKey { .. } | PackageError::UnknownEpoch { .. },
        ))) => {
            list = fetch_list(turns, id, http)?;
            receive(turns, &package)?
        }
        arrival => arrival?,
    };
    Ok(Fetched { list, package: News::Arrived(Box::new(arrival)) })
}

/// Gives the publisher the key that the next package shall be sealed to, unless it has it. To be called when an arrival was
/// accepted; one that failed is made up for by the next fetch.
///
/// # Errors
/// [`DownloadError`]; until it succeeds packages come for the key before, which stays.
pub fn announce_next_key(turns: &mut impl Turns, id: EnrolmentId, http: &dyn Http) -> Result<(), DownloadError> {
    let (link, offer) = turns.turn(|archive| {
        let held = package::find(archive.vault(), id)?;
        Ok((link::of(archive, id)?, held.enrolment()?.offer()))
    })?;
    let number = offer.offer().number;
    if link.offered >= number {
        return Ok(());
    }
    let body = NextKey { offer: offer.as_bytes().to_vec() };
    let answer = Call::send(Method::Put, path::fill(path::NEXT_KEY, &id), &body).authorised(turns, id, http)?;
    // One that is not newer is the same, whose answer was lost; or this is an older copy of the device, whose packages say so.
    if !ask::is_success(answer.status) {
        ask::expect_stale_key(answer)?;
    }
    turns.turn(|archive| {
        link::change(archive, id, |link| {
            link.offered = number;
            // A package was received, so nothing is asked or compared any more.
            link.pending = None;
        })
    })
}

/// Takes the hospital's key list if it is newer.
fn fetch_list(turns: &mut impl Turns, id: EnrolmentId, http: &dyn Http) -> Result<ListNews, DownloadError> {
    let (link, hospital) = turns.turn(|archive| {
        let held = package::find(archive.vault(), id)?;
        Ok((link::of(archive, id)?, held.enrolment()?.hospital()))
    })?;
    let answer = Call::get(path::fill(path::KEY_LIST, &hospital)).to(&link.address, None, http)?;
    let bytes = match ask::bytes(answer, MAX_LIST) {
        Err(DownloadError::Refused { status: 404 }) => return Ok(ListNews::Known),
        bytes => bytes?,
    };
    match turns.turn(|archive| Ok(archive.update_key_list(&bytes)?)) {
        Ok(0) | Err(DownloadError::Receive(ReceiveError::Package(PackageError::ListRolledBack { .. }))) => {
            Ok(ListNews::Known)
        }
        Ok(_) => Ok(ListNews::Newer),
        // Another hospital's.
        Err(DownloadError::Receive(ReceiveError::NotEnrolled)) => Ok(ListNews::Refused(PackageError::OtherRoot)),
        Err(DownloadError::Receive(ReceiveError::Package(error))) => Ok(ListNews::Refused(error)),
        Err(error) => Err(error),
    }
}

/// SHA-256 of the package received last, if its record is there and whole: one that is damaged is fetched again.
fn held_hash(archive: &Archive, id: EnrolmentId) -> Result<Option<[u8; 32]>, DownloadError> {
    let vault = archive.vault();
    let held = package::find(vault, id)?;
    let Some(last) = held.enrolment()?.last() else { return Ok(None) };
    let record = vault.records()?.into_iter().find(|head| held.record() == Some(head.id));
    let is_whole = record.is_some_and(|head| vault.count_damage_of(&head) == 0);
    Ok(is_whole.then_some(last.package_hash))
}

fn receive(turns: &mut impl Turns, package: &[u8]) -> Result<Arrival, DownloadError> {
    // For warnings only.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    turns.turn(|archive| Ok(archive.receive(package, now)?))
}
