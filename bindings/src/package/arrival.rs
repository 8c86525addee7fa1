//! A package that arrived, until it is accepted or let go of.

use crate::cross::Cross;
use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::summary::RecordInfo;
use crate::values::{RecordSection, Timestamp};
use crate::vault::Vault;
use mykarte::Watch;
use mykarte::package::{self, Warning, Why};
use mykarte::record::Section;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};
use std::time::SystemTime;

/// A package that was verified and opened. It changes nothing until it is accepted.
///
/// A lock of the vault empties it for good: receive the package again after the next unlocking. One that nobody accepts is
/// freed when it is let go of: in Kotlin with `use`.
#[derive(uniffi::Object)]
pub struct Arrival {
    vault: Weak<Vault>,
    /// Its number among those that wait in the open vault.
    number: u64,
    /// The unlocking that it belongs to.
    since: u64,
}

/// Whose record arrived, for the patient to confirm with the first package of an enrolment, and what is worth a word.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Arriving {
    /// Patient id.
    pub patient_id: String,
    /// Name, where the hospital provides it.
    pub name: Option<String>,
    /// The same in kana.
    pub name_kana: Option<String>,
    /// Birth date, where the hospital provides it.
    pub birth_date: Option<Timestamp>,
    /// The facility id that the hospital's root key vouches for.
    pub hospital_id: String,
    /// The hospital's name, from the same.
    pub hospital_name: String,
    /// When it was issued, by the hospital's clock.
    pub issued_at: SystemTime,
    /// A person has to say that it is to be taken: that name and birth date are right, with the first package of an enrolment,
    /// where something differs from the record before (each difference is a warning) and where that was deleted; or that all
    /// of some sections may go (`WouldEmpty` among the warnings).
    pub needs_confirmation: bool,
    /// It is the enrolment's first package: name and birth date are to be confirmed.
    pub is_first: bool,
    /// What the held record holds and this one does not: to be shown before it is accepted.
    pub gone: Vec<GoneEntries>,
    /// Entries of the held record that cannot be read: nobody can say whether the new one holds them.
    pub unread: u32,
    /// To be shown; none is a reason to refuse.
    pub warnings: Vec<PackageWarning>,
}

/// What is worth a word and no reason to refuse.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PackageWarning {
    /// By this device's clock it was issued in the future: one of the clocks is wrong.
    IssuedInFuture {
        /// By so many days.
        days: u64,
    },
    /// By this device's clock it was issued long ago.
    IssuedLongAgo {
        /// So many days.
        days: u64,
    },
    /// The key that signed it is retired: there may be a newer package.
    KeyRetired,
    /// The vault holds a record of the same patient id with other data, which this one would replace: show both.
    DiffersFromHeld {
        /// `birth_date`, `sex`, `name_kana`, `hospital`, or `summary` where the held one cannot be read.
        field: String,
    },
    /// The hospital has a newer key list: fetch it.
    NewerKeyList,
    /// The hospital sent more than its profile shows; it was taken out.
    TakenOut {
        /// Of these sections.
        sections: Vec<RecordSection>,
    },
    /// Nothing would be left of these sections, and the package does not say why: show `gone`, and ask.
    WouldEmpty {
        /// Which.
        sections: Vec<RecordSection>,
    },
}

/// Why entries are not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum WhyGone {
    /// The hospital no longer provides this section.
    Profile,
    /// They are older than what the hospital provides.
    Period,
    /// The hospital has deleted them.
    Retracted,
    /// Laboratory orders whose results are there now.
    Answered,
    /// Something else stands in their place: another drug, another disease.
    Replaced,
    /// The package does not say.
    Unknown,
}

/// Entries of a section that the record before held and this one does not.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GoneEntries {
    /// The section.
    pub section: RecordSection,
    /// Why.
    pub why: WhyGone,
    /// How many.
    pub entries: u32,
    /// Their earliest care date.
    pub from: Option<Timestamp>,
    /// Their latest care date.
    pub to: Option<Timestamp>,
}

/// What was received. Always show what is gone: nothing disappears silently.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Received {
    /// The record as it is now in the vault.
    pub record: RecordInfo,
    /// What is gone.
    pub gone: Vec<GoneEntries>,
    /// Entries of the record before that could not be read: nobody can say whether the new one holds them.
    pub unread: u32,
    /// Emergency memos that were taken over from the record before.
    pub carried_memos: u32,
    /// The same package was received before: nothing was changed now, and what is said here is of then.
    pub was_there: bool,
    /// Earlier enrolments of the same person at the same hospital, which this one replaces.
    pub ended_enrolments: u32,
}

/// What the package changed that made a record as it is held.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LastChanges {
    /// What is gone.
    pub gone: Vec<GoneEntries>,
    /// Entries of the record before that could not be read.
    pub unread: u32,
    /// Emergency memos that were taken over from the record before.
    pub carried_memos: u32,
}

#[uniffi::export]
impl Arrival {
    /// Whose record it is, and what would be gone.
    pub fn look(&self) -> Result<Arriving, MyKarteError> {
        self.vault()?.read(|open| {
            open.check_since(self.since)?;
            Ok(Arriving::of(open.arrival(self.number)?))
        })
    }

    /// Puts the record in place of the one before, durably, together with the keys for the next package. `confirmed`: a
    /// person has said that it is to be taken; it counts where `needsConfirmation` says so. After `NotConfirmed`
    /// and `Paused` accept it again; after success and every other error receive the package again.
    pub fn accept(&self, confirmed: bool) -> Result<Received, MyKarteError> {
        self.vault()?.read(|open| {
            open.check_since(self.since)?;
            if open.arrival(self.number)?.needs_confirmation() && !confirmed {
                return Err(MyKarteError::NotConfirmed);
            }
            // What cannot be written now is not thrown away for it.
            if open.archive.vault().is_paused() {
                return Err(MyKarteError::Paused);
            }
            let arrival = open.take_arrival(self.number)?;
            open.forget();
            let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
            let received = open.archive.accept(arrival, confirmed, &watch)?;
            let info = open.archive.records()?.into_iter().find(|info| info.id == received.record);
            Ok(Received::of(&received, RecordInfo::of(&info.ok_or(MyKarteError::NoSuchRecord)?)))
        })
    }
}

impl Arrival {
    pub(crate) fn new(vault: &Arc<Vault>, number: u64, since: u64) -> Arrival {
        Arrival { vault: Arc::downgrade(vault), number, since }
    }

    /// A vault that was let go of is locked.
    fn vault(&self) -> Result<Arc<Vault>, MyKarteError> {
        self.vault.upgrade().ok_or(MyKarteError::Locked)
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        // What nobody accepted any more waits for nothing.
        let _ = guarded(|| {
            self.vault()?.read(|open| {
                open.check_since(self.since)?;
                open.take_arrival(self.number).map(drop)
            })
        });
    }
}

impl Arriving {
    fn of(arrival: &package::Arrival) -> Arriving {
        let (person, (hospital_id, hospital_name)) = (arrival.person(), arrival.hospital());
        Arriving {
            patient_id: person.patient_id,
            name: person.name,
            name_kana: person.name_kana,
            birth_date: person.birth_date.cross(),
            hospital_id: hospital_id.to_owned(),
            hospital_name: hospital_name.to_owned(),
            issued_at: super::time(arrival.origin().issued_at),
            needs_confirmation: arrival.needs_confirmation(),
            is_first: arrival.is_first(),
            gone: rows(arrival.gone()),
            unread: arrival.unread(),
            warnings: arrival.warnings().iter().map(Into::into).collect(),
        }
    }
}

impl From<&Warning> for PackageWarning {
    fn from(warning: &Warning) -> Self {
        match warning {
            Warning::IssuedInFuture { days } => Self::IssuedInFuture { days: *days },
            Warning::IssuedLongAgo { days } => Self::IssuedLongAgo { days: *days },
            Warning::KeyRetired => Self::KeyRetired,
            Warning::DiffersFromHeld { field } => Self::DiffersFromHeld { field: (*field).into() },
            Warning::NewerKeyList => Self::NewerKeyList,
            Warning::TakenOut(taken) => Self::TakenOut { sections: sections_of(&taken.sections) },
            Warning::WouldEmpty { sections } => Self::WouldEmpty { sections: sections_of(sections) },
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn sections_of(sections: &[Section]) -> Vec<RecordSection> {
    sections.iter().map(|section| (*section).into()).collect()
}

fn rows(gone: &[package::GoneRow]) -> Vec<GoneEntries> {
    let row = |row: &package::GoneRow| GoneEntries {
        section: row.section.into(),
        why: row.why.into(),
        entries: count(row.entries),
        from: row.from.cross(),
        to: row.to.cross(),
    };
    gone.iter().map(row).collect()
}

impl LastChanges {
    pub(super) fn of(changes: &package::Changes) -> LastChanges {
        let package::Changes { gone, unread, carried_memos } = changes;
        LastChanges { gone: rows(gone), unread: *unread, carried_memos: count(*carried_memos) }
    }
}

impl Received {
    fn of(received: &package::Received, record: RecordInfo) -> Received {
        let package::Received { record: _, generation: _, gone, unread, carried_memos, was_there, ended_enrolments } =
            received;
        Received {
            record,
            gone: rows(gone),
            unread: *unread,
            carried_memos: count(*carried_memos),
            was_there: *was_there,
            ended_enrolments: count(*ended_enrolments),
        }
    }
}

impl From<Why> for WhyGone {
    fn from(why: Why) -> Self {
        match why {
            Why::Profile => Self::Profile,
            Why::Period => Self::Period,
            Why::Retracted => Self::Retracted,
            Why::Answered => Self::Answered,
            Why::Replaced => Self::Replaced,
            Why::Unknown => Self::Unknown,
        }
    }
}
