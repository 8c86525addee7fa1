//! What the labels of a vault's records say: which of them are patients' records, enrolments, or key lists.
//!
//! A label is read without opening anything else of a record, and stays readable where the rest is damaged.

use crate::download::link::{Farewell, Link};
use mykarte_record::Summary;
use mykarte_vault::RecordHead;
use mykarte_vault::package::{Enrolment, EnrolmentId};
use serde::{Deserialize, Serialize};

/// A patient's record: the identity (facility, patient id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    pub hospital: String,
    pub patient: String,
}

impl Label {
    pub fn of(summary: &Summary) -> Label {
        Label {
            hospital: summary.hospital.id.clone(),
            patient: ssmix2::types::fold_id(&summary.patient_id).to_string(),
        }
    }

    pub fn read(bytes: &[u8]) -> Option<Label> {
        serde_json::from_slice(bytes).ok()
    }

    pub fn write(&self) -> Vec<u8> {
        json(self)
    }
}

/// An enrolment at a hospital. Its keys are in its catalogue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EnrolmentLabel {
    /// Its name in packages, hexadecimal.
    pub enrolment: String,
    /// The record that it received, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// It was ended: its keys are gone. What is left says which hospital the record is from, and takes newer key lists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// Packages that were set aside, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<Quarantined>,
    /// Where its packages are fetched, unless they are handed over. Here, because every write of an enrolment takes its label
    /// along, and the end of one drops it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Link>,
    /// It was ended, and its publisher has not heard of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub farewell: Option<Farewell>,
}

/// A package that names another person than the enrolment, and was therefore not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Its number, `epoch.counter`.
    pub number: String,
    /// When it was issued by the hospital's clock, in Unix seconds.
    pub issued_at: u64,
    /// What differed: `patient_id` or `birth_date`.
    pub differs: String,
}

impl EnrolmentLabel {
    /// That of a new enrolment.
    pub fn new(id: EnrolmentId, publisher: Option<Link>) -> EnrolmentLabel {
        let enrolment = id.to_string();
        EnrolmentLabel { enrolment, record: None, ended: false, quarantined: Vec::new(), publisher, farewell: None }
    }

    /// That of the same when it has ended: tokens are gone, and what the publisher is to be told waits.
    pub fn ended(&self, enrolment: Option<&Enrolment>) -> EnrolmentLabel {
        let told = self.publisher.as_ref().zip(enrolment);
        let farewell = told.map(|(link, enrolment)| Farewell::new(link, enrolment)).or_else(|| self.farewell.clone());
        EnrolmentLabel { ended: true, publisher: None, farewell, ..self.clone() }
    }

    /// Whether a publisher may know of it that has not heard of its end.
    pub fn is_known_outside(&self) -> bool {
        self.publisher.is_some() || self.farewell.is_some()
    }

    pub fn read(bytes: &[u8]) -> Option<EnrolmentLabel> {
        serde_json::from_slice(bytes).ok()
    }

    pub fn write(&self) -> Vec<u8> {
        json(self)
    }
}

/// The newest key list of a root key, in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyListLabel {
    /// The pin of the root key.
    pub key_list: String,
    /// The list's number: known also where the list itself is damaged.
    pub number: u64,
}

impl KeyListLabel {
    pub fn read(bytes: &[u8]) -> Option<KeyListLabel> {
        serde_json::from_slice(bytes).ok()
    }

    pub fn write(&self) -> Vec<u8> {
        json(self)
    }
}

/// Whether this is no patient's record, but what packages are received with.
pub(crate) fn is_of_packages(head: &RecordHead) -> bool {
    EnrolmentLabel::read(&head.label).is_some() || KeyListLabel::read(&head.label).is_some()
}

fn json(label: &impl Serialize) -> Vec<u8> {
    // Texts and numbers are always JSON.
    serde_json::to_vec(label).unwrap_or_default()
}
