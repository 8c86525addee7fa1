//! Packages: a vault enrols at a hospital, and receives what the hospital seals for it.
//!
//! ```text
//! enrol        -> a public key that the hospital is given at its counter
//! receive      -> Arrival: verified, opened, nothing changed yet
//! Arrival      -> whose it is, what would be gone; accept swaps it in
//! provenance   -> who signed what the vault holds
//! ```
//!
//! What arrived waits inside the open vault, so that a lock empties it with everything else.

mod arrival;
mod outside;

pub use arrival::{Arrival, Arriving, GoneEntries, LastChanges, PackageWarning, Received, WhyGone};
pub use outside::{PackageOutside, inspect_package, verify_package};

use crate::error::{MyKarteError, PackageProblem, PersonDifference};
use crate::record::PatientRecord;
use crate::vault::Vault;
use mykarte::package::{self, EnrolmentInfo, ReceiveError};
use mykarte::vault::package::{EnrolmentId, IssueNumber, KeyList, RootPin};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which package of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PackageNumber {
    /// The hospital's epoch; it counts more than the counter.
    pub epoch: u32,
    /// Counts the packages of the enrolment.
    pub counter: u64,
}

/// A package that names another person, and was therefore not taken in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SetAside {
    /// When it was issued, by the hospital's clock.
    pub issued_at: SystemTime,
    /// What differs.
    pub differs: PersonDifference,
}

/// An enrolment at a hospital.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Enrolment {
    /// Its id; it says nothing about the person.
    pub id: String,
    /// The facility id that the hospital's keys vouch for; absent where the enrolment's keys are damaged: enrol again then.
    pub hospital_id: Option<String>,
    /// The hospital's name; may be empty.
    pub hospital_name: Option<String>,
    /// The record that it received, once it has: an id of `records`.
    pub record_id: Option<String>,
    /// The package received last.
    pub last: Option<PackageNumber>,
    /// When that was issued, by the hospital's clock.
    pub last_issued_at: Option<SystemTime>,
    /// The public key to give to the hospital, as text for a QR code. Another one after most packages; absent where the
    /// enrolment's keys are damaged.
    pub public_key: Option<String>,
    /// Packages that were set aside, oldest first; the last twenty.
    pub set_aside: Vec<SetAside>,
}

/// Where a record is from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Provenance {
    /// Imported from a storage on this device: nobody signed it.
    Imported,
    /// A hospital signed it, with a key that holds.
    Confirmed {
        /// The facility id that the key vouches for.
        hospital_id: String,
        /// The hospital's name.
        hospital_name: String,
        /// The package's number.
        number: PackageNumber,
        /// When it was issued, by the hospital's clock.
        issued_at: SystemTime,
    },
    /// It came as a package, and who signed it cannot be confirmed any more: mark it with 「署名未確認」.
    Unconfirmed {
        /// Why.
        reason: UnconfirmedReason,
    },
}

/// Why a signature is not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum UnconfirmedReason {
    /// The hospital has revoked the key since: ask it for a new package.
    KeyCompromised,
    /// The newest key list does not hold the key any more.
    KeyUnknown,
    /// The proof is damaged.
    ProofDamaged,
}

#[uniffi::export]
impl Vault {
    /// Begins an enrolment with the hospital's key list (the bytes of the file) and the root key (the text on the paper from
    /// its counter, in which blanks, hyphens and small letters do not matter). Durable when it returns; the public key goes
    /// to the hospital.
    pub fn enrol(&self, key_list: Vec<u8>, root_key: String) -> Result<Enrolment, MyKarteError> {
        self.write(|open| {
            let list = KeyList::read(&key_list, &RootPin::parse(&root_key)?)?;
            let id = open.archive.enrol(list)?.offer().enrolment;
            let all = open.archive.enrolments()?;
            let made = all.into_iter().find(|info| info.id == id).ok_or(MyKarteError::NoSuchRecord)?;
            Ok(Enrolment::of(&made))
        })
    }

    /// The enrolments, each at one hospital.
    pub fn enrolments(&self) -> Result<Vec<Enrolment>, MyKarteError> {
        self.read(|open| Ok(open.archive.enrolments()?.iter().map(Enrolment::of).collect()))
    }

    /// Ends an enrolment: its keys are destroyed, no package for it opens any more. The record that it received stays. After
    /// `NotYetErased` it is ended, and something of its keys is left in the file: `eraseLeftovers`.
    pub fn end_enrolment(&self, id: String) -> Result<(), MyKarteError> {
        self.write(|open| {
            let id = EnrolmentId::parse(&id).ok_or(MyKarteError::NoSuchRecord)?;
            open.archive.end_enrolment(id).map_err(|error| or_not_enrolled(error, MyKarteError::NoSuchRecord))
        })
    }

    /// Takes a newer key list of a hospital; returns for how many enrolments it was newer: 0 for one that is known already.
    /// `OtherHospital` where no enrolment is at its hospital.
    pub fn update_key_list(&self, key_list: Vec<u8>) -> Result<u32, MyKarteError> {
        let other = MyKarteError::refused(PackageProblem::OtherHospital);
        self.write(|open| {
            let updated = open.archive.update_key_list(&key_list).map_err(|error| or_not_enrolled(error, other))?;
            Ok(u32::try_from(updated).unwrap_or(u32::MAX))
        })
    }

    /// Verifies and opens a package. Nothing is changed until the arrival is accepted; one that names another person is
    /// noted as set aside and refused (`OtherPerson`). A large one takes a second: keep it off the main thread.
    pub fn receive(self: Arc<Self>, bytes: Vec<u8>) -> Result<Arc<Arrival>, MyKarteError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let (number, since) = self.write(|open| {
            let arrival = open.archive.receive(&bytes, now)?;
            Ok((open.keep_arrival(arrival), open.since))
        })?;
        Ok(Arc::new(Arrival::new(&self, number, since)))
    }
}

#[uniffi::export]
impl PatientRecord {
    /// Where the record is from, and who signed it.
    pub fn provenance(&self) -> Result<Provenance, MyKarteError> {
        self.with_vault(|open, id| Ok(Provenance::of(open.archive.provenance(id)?)))
    }

    /// What the package changed that made the record as it is: what `accept` returned, for whoever missed it. Nothing where
    /// the record was imported, or was the first.
    pub fn last_changes(&self) -> Result<LastChanges, MyKarteError> {
        self.with_vault(|open, id| Ok(LastChanges::of(&open.archive.last_changes(id)?)))
    }

    /// What is not as the hospital signed it, by key: `labs`, `memos`, `summary`. Emergency memos were taken over, or the
    /// profile took out on the device what the hospital should not have sent. Empty when all is as signed, absent where no
    /// signature is confirmed. Reads the whole record.
    pub fn changed_since_signed(&self) -> Result<Option<Vec<String>>, MyKarteError> {
        self.with_vault(|open, id| Ok(open.archive.changed_since_signed(id)?))
    }
}

impl Enrolment {
    fn of(info: &EnrolmentInfo) -> Enrolment {
        let (hospital_id, hospital_name) = info.facility.clone().unzip();
        let differs =
            |text: &str| if text == "birth_date" { PersonDifference::BirthDate } else { PersonDifference::PatientId };
        let set_aside = info.quarantined.iter();
        Enrolment {
            id: info.id.to_string(),
            hospital_id,
            hospital_name,
            record_id: info.record.map(|id| id.to_string()),
            last: info.last.map(|(number, _)| number.into()),
            last_issued_at: info.last.map(|(_, at)| time(at)),
            public_key: info.offer.as_ref().map(ToString::to_string),
            set_aside: set_aside
                .map(|package| SetAside { issued_at: time(package.issued_at), differs: differs(&package.differs) })
                .collect(),
        }
    }
}

impl From<IssueNumber> for PackageNumber {
    fn from(number: IssueNumber) -> Self {
        let IssueNumber { epoch, counter } = number;
        Self { epoch, counter }
    }
}

impl Provenance {
    fn of(provenance: package::Provenance) -> Provenance {
        match provenance {
            package::Provenance::Imported => Provenance::Imported,
            package::Provenance::Confirmed(signed) => Provenance::Confirmed {
                hospital_id: signed.facility,
                hospital_name: signed.name,
                number: signed.number.into(),
                issued_at: time(signed.issued_at),
            },
            package::Provenance::Unconfirmed(why) => Provenance::Unconfirmed {
                reason: match why {
                    package::Unconfirmed::KeyCompromised => UnconfirmedReason::KeyCompromised,
                    package::Unconfirmed::KeyUnknown => UnconfirmedReason::KeyUnknown,
                    package::Unconfirmed::ProofDamaged => UnconfirmedReason::ProofDamaged,
                },
            },
        }
    }
}

/// Where a call names no package "for another device" would say nothing.
fn or_not_enrolled(error: ReceiveError, instead: MyKarteError) -> MyKarteError {
    if matches!(error, ReceiveError::NotEnrolled) { instead } else { error.into() }
}

/// A hospital's clock may say anything: what no calendar holds is the last day that every platform can show.
pub(crate) fn time(seconds: u64) -> SystemTime {
    const LAST: u64 = 253_402_300_799;
    UNIX_EPOCH + Duration::from_secs(seconds.min(LAST))
}
