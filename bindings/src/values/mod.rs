//! What the record is made of, as Kotlin and Swift see it: one file a section, as in the core.
//!
//! Names are the core's. What was not sent is absent, never an empty text. Codes keep what the hospital sent; words for
//! them are in [`crate::labels`].

mod admissions;
mod allergies;
mod basics;
mod coded;
mod diagnoses;
mod entry;
mod injections;
mod labs;
mod memos;
mod orders;
mod others;
mod people;
mod prescriptions;
mod state;
mod timestamp;

pub use admissions::{AdmissionReason, Movement, Stay};
pub use allergies::{Allergy, AllergyRow, AllergySource};
pub use basics::{Basics, BloodType, BodyMeasurement, Insurance, NextOfKin};
pub use coded::{Coded, Quantity};
pub use diagnoses::{Diagnosis, Icd10};
pub use entry::RecordEntry;
pub use injections::{AdministeredDrug, Administration, Given, Injection, InjectionComponent};
pub use labs::{Lab, LabGroup, LabReport, LabRole, Microbiology};
pub use memos::Memo;
pub use orders::{Order, Route, Timing};
pub use others::{Observation, Other, OtherItem};
pub use people::{Address, Person, PersonName, Phone, Place};
pub use prescriptions::Prescription;
pub use state::{Absence, Mark, RecordSection, Status};
pub use timestamp::Timestamp;
