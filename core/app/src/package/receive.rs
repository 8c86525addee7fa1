//! Receiving: a package becomes the current generation of a record in the vault, or nothing changes.
//!
//! [`Archive::receive`] verifies, opens and compares; the [`Arrival`] that it gives back says whose record it is, and
//! [`Archive::accept`] swaps it in, together with the enrolment's new keys, in one durable transaction. Until then the old
//! record stays as it is.

use super::changes::{self, Gone, GoneRow};
use super::content::{self, Content, Taken};
use super::enrol::{self, Held};
use super::error::ReceiveError;
use super::issue::subject_of;
use super::last_changes::{self, Changes};
use super::provenance;
use super::swap::swap;
use super::trust;
use crate::archive::{Archive, summary_of};
use crate::identity;
use crate::import::{Step, Watch};
use crate::label::{Label, Quarantined};
use mykarte_record::{Section, Summary};
use mykarte_vault::package::{Enrolment, KeyState, Order, Origin, Outside, Subject};
use mykarte_vault::{RecordHead, RecordId, Vault};
use ssmix2::types::Timestamp;
use zeroize::Zeroizing;

/// How many quarantined packages an enrolment remembers.
const MAX_QUARANTINED: usize = 20;
/// A package issued so long after this device's present is worth a word: seconds.
const CLOCK_SLACK: u64 = 24 * 60 * 60;
/// So is one that is older than this: a year, in seconds.
const OLD: u64 = 365 * 24 * 60 * 60;

/// Whose record a package holds, for a person to confirm.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Patient id.
    pub patient_id: String,
    /// Name, where the profile shows it.
    pub name: Option<String>,
    /// Name in kana, where the profile shows it.
    pub name_kana: Option<String>,
    /// Birth date, where the profile shows it.
    pub birth_date: Option<Timestamp>,
}

/// What is worth a word and no reason to refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// By this device's clock the package was issued in the future, by so many days: one of the clocks is wrong.
    IssuedInFuture {
        /// Days.
        days: u64,
    },
    /// By this device's clock the package was issued so many days ago.
    IssuedLongAgo {
        /// Days.
        days: u64,
    },
    /// The signing key is retired: there may be a newer key list and a newer package.
    KeyRetired,
    /// The vault holds a record of the same patient id, which this one would replace, with another birth date, sex, name or
    /// hospital: to be shown where a person confirms. One for each that differs.
    DiffersFromHeld {
        /// `birth_date`, `sex`, `name_kana`, `hospital`; `summary` when that of the held record cannot be read.
        field: &'static str,
    },
    /// The hospital has a newer key list than this device knows.
    NewerKeyList,
    /// The hospital sent more than its profile shows; it was taken out here.
    TakenOut(Taken),
    /// Sections that have entries and would have none, and the package does not say why: to be shown, with
    /// [`Arrival::gone`], where a person confirms.
    WouldEmpty {
        /// Which.
        sections: Vec<Section>,
    },
}

/// A package that was verified and opened, and waits to be accepted.
pub struct Arrival {
    /// The enrolment as it was then: with another one in the vault the package has to be received again.
    before: Zeroizing<Vec<u8>>,
    /// The record that it would replace, as it was then: place and generation. With another one the same.
    replaces: Option<(RecordId, u64)>,
    pub(super) next: Enrolment,
    pub(super) content: Content,
    origin: Origin,
    order: Order,
    /// It differs from the record that is held, or that was deleted.
    is_in_doubt: bool,
    warnings: Vec<Warning>,
    pub(super) gone: Gone,
}

/// What was received.
#[derive(Debug)]
pub struct Received {
    /// The record in the vault.
    pub record: RecordId,
    /// Its generation.
    pub generation: u64,
    /// By section, what the record before held and this one does not, and why.
    pub gone: Vec<GoneRow>,
    /// Entries of the record before that could not be read: nobody can say whether they are still there.
    pub unread: u32,
    /// Emergency memos that were taken over from the record before.
    pub carried_memos: usize,
    /// The package had been received before: nothing was changed now, and what is said here is of then.
    pub was_there: bool,
    /// Earlier enrolments of the same person at the same hospital, which this one replaces.
    pub ended_enrolments: usize,
}

impl Arrival {
    /// Whose record it is.
    pub fn person(&self) -> Person {
        let summary = &self.content.record.summary;
        Person {
            patient_id: summary.patient_id.clone(),
            name: summary.name.clone(),
            name_kana: summary.name_kana.clone(),
            birth_date: summary.birth_date,
        }
    }

    /// The summary of the record that would be stored.
    pub fn summary(&self) -> &Summary {
        &self.content.record.summary
    }

    /// The facility id and the name that the hospital's root key vouches for.
    pub fn hospital(&self) -> (&str, &str) {
        let listing = self.next.list().listing();
        (&listing.facility, &listing.name)
    }

    /// Number, issue time, hospital and key.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// By section, what the held record holds and this one does not, and why: to be shown before it is accepted.
    pub fn gone(&self) -> &[GoneRow] {
        &self.gone.rows
    }

    /// Entries of the held record that cannot be read: nobody can say whether they would still be there.
    pub fn unread(&self) -> u32 {
        self.gone.unread
    }

    /// Whether a person has to say that this is to be taken: that it is the right person's, or that sections may become empty.
    pub fn needs_confirmation(&self) -> bool {
        self.asks_whose() || !self.gone.emptied.is_empty()
    }

    /// Whether a person has to say that this is the right person's: with the first package of an enrolment, where something
    /// differs from the record that is held, and where that was deleted since.
    pub fn asks_whose(&self) -> bool {
        self.is_first() || self.is_in_doubt
    }

    /// Whether it is the first package of its enrolment.
    pub fn is_first(&self) -> bool {
        self.order == Order::First
    }

    /// What is worth a word.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl Archive {
    /// Verifies and opens a package, and holds it against its enrolment. Of a package that is refused nothing is kept, but
    /// that one naming another person is noted as set aside. `now`: Unix seconds by this device's clock, for warnings only.
    ///
    /// # Errors
    /// [`ReceiveError`]; the record that is held stays as it is.
    pub fn receive(&mut self, package: &[u8], now: u64) -> Result<Arrival, ReceiveError> {
        let outside = Outside::read(package)?;
        let vault = self.vault_mut();
        let held = enrol::find(vault, outside.enrolment)?;
        let enrolment = held.enrolment()?;
        let (verified, opened, order) = enrolment.open(package)?;
        let origin = opened.origin.clone();
        if let Some(differs) = differs(enrolment, &origin.subject) {
            set_aside(vault, &held, enrolment, &origin, differs)?;
            return Err(ReceiveError::Quarantined { differs });
        }
        let content = content::read(opened, enrolment.list())?;
        // What is stored is what counts, and shaping has written it anew.
        if let Some(differs) = differs(enrolment, &subject_of(&content.record.summary)) {
            set_aside(vault, &held, enrolment, &origin, differs)?;
            return Err(ReceiveError::Quarantined { differs });
        }
        let old = enrol::record_of(vault, &Label::of(&content.record.summary))?;
        let differs = old.as_ref().map(|old| differs_from_held(old, &content.record.summary)).unwrap_or_default();
        let is_in_doubt = !differs.is_empty() || held.lost_record(vault);
        let mut warnings = clock_warnings(origin.issued_at, now);
        warnings.extend(differs.into_iter().map(|field| Warning::DiffersFromHeld { field }));
        warnings.extend((verified.key_state() == KeyState::Retired).then_some(Warning::KeyRetired));
        let is_behind = origin.list_number > enrolment.list().listing().number;
        warnings.extend(is_behind.then_some(Warning::NewerKeyList));
        warnings.extend(content.taken.clone().map(Warning::TakenOut));
        let gone = changes::of_held(vault, old.as_ref(), &content);
        let sections = gone.emptied.clone();
        warnings.extend((!sections.is_empty()).then_some(Warning::WouldEmpty { sections }));
        let next = match order {
            Order::Same => enrolment.clone(),
            Order::First | Order::Newer => enrolment.after(&verified, &origin)?,
        };
        let (before, replaces) = (enrolment.encode(), old.as_ref().map(place));
        Ok(Arrival { before, replaces, next, content, origin, order, is_in_doubt, warnings, gone })
    }

    /// Swaps a package in. `confirmed`: a person has said that name and birth date are right, and that what would be gone may
    /// go. Durable when it returns; then the keys before the one that the package was sealed to are gone.
    ///
    /// # Errors
    /// [`ReceiveError::NotConfirmed`], [`ReceiveError::OthersRecord`], [`ReceiveError::Stale`]; those of a write. The old
    /// record is the current one then.
    pub fn accept(&mut self, arrival: Arrival, confirmed: bool, watch: &Watch<'_>) -> Result<Received, ReceiveError> {
        (watch.progress)(Step::Store);
        if arrival.needs_confirmation() && !confirmed {
            return Err(ReceiveError::NotConfirmed);
        }
        let vault = self.vault_mut();
        let held = enrol::find(vault, arrival.next.id())?;
        if held.enrolment()?.encode() != arrival.before {
            return Err(ReceiveError::Stale);
        }
        let old = enrol::record_of(vault, &Label::of(arrival.summary()))?;
        // Imported over or deleted meanwhile: nobody has seen what this would replace, or wants it back.
        if old.as_ref().map(place) != arrival.replaces {
            return Err(ReceiveError::Stale);
        }
        let replaced = match &old {
            Some(old) => trust::may_replace(vault, old, &held, &arrival.origin)?,
            None => Vec::new(),
        };
        let is_this = |old: &&RecordHead| {
            vault.count_damage_of(old) == 0
                && provenance::stored_proof(vault, old.id).as_ref() == Some(&arrival.content.proof)
        };
        if let (Order::Same, Some(old)) = (arrival.order, old.as_ref().filter(is_this)) {
            let (record, generation) = (old.id, old.generation);
            let Changes { gone, unread, carried_memos } = last_changes::stored(vault, record)?;
            let (was_there, ended_enrolments) = (true, 0);
            return Ok(Received { record, generation, gone, unread, carried_memos, was_there, ended_enrolments });
        }
        let received = swap(vault, &held, old, &replaced, arrival, watch)?;
        // They were ended together with the swap. What is left of them is of no use any more; one that cannot be removed now
        // is by the next package, and so is one whose publisher has not heard of its end.
        for other in replaced.into_iter().filter(|other| !other.label.is_known_outside()) {
            let _ = vault.delete(other.place);
        }
        Ok(received)
    }
}

/// What differs between the person of a package and the one of the enrolment. A birth date that a profile hides is not
/// compared.
fn differs(enrolment: &Enrolment, new: &Subject) -> Option<&'static str> {
    let old = &enrolment.last()?.subject;
    if old.patient_id != new.patient_id {
        return Some("patient_id");
    }
    let both = !old.birth_date.is_empty() && !new.birth_date.is_empty();
    (both && old.birth_date != new.birth_date).then_some("birth_date")
}

/// Notes a package that names another person. Its content is not kept: it is not this patient's.
fn set_aside(
    vault: &mut Vault,
    held: &Held,
    enrolment: &Enrolment,
    origin: &Origin,
    differs: &str,
) -> Result<(), ReceiveError> {
    let note =
        Quarantined { number: origin.number.to_string(), issued_at: origin.issued_at, differs: differs.to_owned() };
    let mut label = held.label.clone();
    if !label.quarantined.contains(&note) {
        label.quarantined.push(note);
        let surplus = label.quarantined.len().saturating_sub(MAX_QUARANTINED);
        label.quarantined.drain(..surplus);
        let ready = enrol::ready(vault, Some(held.place), &label, enrolment)?;
        vault.commit_all(vec![ready])?;
    }
    Ok(())
}

fn clock_warnings(issued_at: u64, now: u64) -> Vec<Warning> {
    const DAY: u64 = 24 * 60 * 60;
    if issued_at > now.saturating_add(CLOCK_SLACK) {
        vec![Warning::IssuedInFuture { days: (issued_at - now) / DAY }]
    } else if now > issued_at.saturating_add(OLD) {
        vec![Warning::IssuedLongAgo { days: (now - issued_at) / DAY }]
    } else {
        Vec::new()
    }
}

/// What differs from the record that is held, whoever it came from: the same ids may be another person's. Whoever confirms
/// sees all of it.
fn differs_from_held(old: &RecordHead, summary: &Summary) -> Vec<&'static str> {
    summary_of(old).map_or(vec!["summary"], |old| identity::differences(&old, summary))
}

fn place(head: &RecordHead) -> (RecordId, u64) {
    (head.id, head.generation)
}
