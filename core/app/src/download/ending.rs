//! The end of an enrolment: durable here first, for that cannot fail for want of a network. What the publisher is to be
//! told waits, signed, in the ended enrolment's label, until it has answered.

use super::ask::{self, Call};
use super::http::{Http, Method};
use super::link::Farewell;
use super::{DownloadError, Turns};
use crate::archive::Archive;
use crate::package::{self, Held};
use mykarte_vault::package::EnrolmentId;
use mykarte_vault::{Ready, Vault};
use mykarte_wire::{Kind, path, phone};
use zeroize::Zeroizing;

/// Ends an enrolment: its keys and tokens are destroyed, its record stays, and the publisher is told. Returns whether it has
/// heard; if not, [`super::tell_ended`] says it again.
///
/// # Errors
/// Those of [`Archive::end_enrolment`]. What the network does is none.
pub fn revoke(turns: &mut impl Turns, id: EnrolmentId, http: &dyn Http) -> Result<bool, DownloadError> {
    turns.turn(|archive| Ok(archive.end_enrolment(id)?))?;
    let farewell = turns.turn(|archive| Ok(untold(archive.vault())?.into_iter().find(|(known, _)| *known == id)))?;
    let Some((id, farewell)) = farewell else { return Ok(true) };
    match tell(&farewell, id, http) {
        true => turns.turn(|archive| forget(archive, id)).map(|()| true),
        false => Ok(false),
    }
}

/// Tells publishers of enrolments that ended while nobody could. Returns how many still have not heard; to be called now and
/// then, before fetching for instance.
///
/// # Errors
/// Those of the vault. What the network does is none.
pub fn tell_ended(turns: &mut impl Turns, http: &dyn Http) -> Result<usize, DownloadError> {
    let waiting = turns.turn(|archive| untold(archive.vault()))?;
    let mut left = 0;
    for (id, farewell) in waiting {
        match tell(&farewell, id, http) {
            true => turns.turn(|archive| forget(archive, id))?,
            false => left += 1,
        }
    }
    Ok(left)
}

fn untold(vault: &Vault) -> Result<Vec<(EnrolmentId, Farewell)>, DownloadError> {
    let all = package::held(vault)?.into_iter().filter(|held| held.label.ended);
    Ok(all.filter_map(|held| Some((EnrolmentId::parse(&held.label.enrolment)?, held.label.farewell?))).collect())
}

/// Whether the publisher has heard, or has said that it never will.
fn tell(farewell: &Farewell, id: EnrolmentId, http: &dyn Http) -> bool {
    let body = phone::Revoke { revocation: farewell.revocation.clone() };
    let call = Call::send(Method::Post, path::fill(path::REVOCATION, &id), &body);
    let Ok(mut answer) = call.to(&farewell.address, None, http) else { return false };
    // A login page in between is no publisher's answer.
    ask::is_success(answer.status)
        || ask::problem(&mut answer).is_some_and(|problem| {
            matches!(problem.kind(), Kind::Ended | Kind::NotFound | Kind::Token | Kind::Malformed | Kind::Conflict)
        })
}

/// The publisher knows: nothing is to be told any more.
fn forget(archive: &mut Archive, id: EnrolmentId) -> Result<(), DownloadError> {
    let vault = archive.vault_mut();
    let name = id.to_string();
    let is_meant = |held: &Held| held.label.ended && held.label.enrolment == name;
    let Some(held) = package::held(vault)?.into_iter().find(is_meant) else { return Ok(()) };
    if held.record().is_none() {
        return Ok(vault.delete(held.place)?);
    }
    let mut label = held.label.clone();
    label.farewell = None;
    let catalogue = held.enrolment.as_ref().map(|enrolment| enrolment.encode()).unwrap_or_default();
    let label = Zeroizing::new(label.write());
    let ready = Ready { draft: vault.begin(Some(held.place))?, label, catalogue, chunks: Vec::new() };
    Ok(vault.commit_all(vec![ready])?)
}
