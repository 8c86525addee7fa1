//! On whose word somebody is enrolled: what the counter has to know before there is a ticket.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The most characters of a text that staff type.
const MAX_TEXT: usize = 200;

/// What the counter has to know. All of it goes into the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The staff id of whoever is at the counter.
    pub staff: String,
    /// How the person's identity was checked.
    pub identity_check: IdentityCheck,
    /// The version of the text that was consented to.
    pub consent: String,
    /// Who receives the record.
    pub receiver: Receiver,
}

/// How the person's identity was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityCheck {
    /// マイナンバーカード.
    MyNumberCard,
    /// 運転免許証.
    DriversLicence,
    /// パスポート.
    Passport,
    /// 資格確認書 and the patient's card together.
    TwoDocuments,
    /// Known to the ward, such as a patient in a bed.
    KnownToWard,
}

impl IdentityCheck {
    /// All of them, with the words that the command line takes.
    pub const ALL: [(IdentityCheck, &'static str); 5] = [
        (IdentityCheck::MyNumberCard, "my-number-card"),
        (IdentityCheck::DriversLicence, "drivers-licence"),
        (IdentityCheck::Passport, "passport"),
        (IdentityCheck::TwoDocuments, "two-documents"),
        (IdentityCheck::KnownToWard, "known-to-ward"),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(check, _)| *check == self).map_or("", |(_, word)| word)
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<IdentityCheck> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(check, _)| check)
    }
}

/// Who receives the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Receiver {
    /// The patient.
    Patient,
    /// Somebody for the patient, until a day.
    Proxy {
        /// Such as 母, 長男, 成年後見人.
        relation: String,
        /// The last day.
        until: NaiveDate,
    },
}

/// What is missing or cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AdmissionError {
    /// No staff id.
    #[error("the staff id is missing")]
    Staff,
    /// No version of the consent text.
    #[error("the version of the consent text is missing")]
    Consent,
    /// No relation of the proxy.
    #[error("the proxy's relation to the patient is missing")]
    Relation,
    /// A day that has passed.
    #[error("the proxy's last day has passed")]
    Over,
    /// A text longer than 200 characters.
    #[error("a text is longer than 200 characters")]
    TooLong,
}

impl Admission {
    /// Whether everything is there. Without it there is no ticket.
    ///
    /// # Errors
    /// [`AdmissionError`]: the first thing that is missing.
    pub fn check(&self, today: NaiveDate) -> Result<(), AdmissionError> {
        let is_blank = |text: &str| text.trim().is_empty();
        let relation = match &self.receiver {
            Receiver::Patient => "",
            Receiver::Proxy { relation, .. } => relation,
        };
        match &self.receiver {
            _ if is_blank(&self.staff) => Err(AdmissionError::Staff),
            _ if is_blank(&self.consent) => Err(AdmissionError::Consent),
            Receiver::Proxy { relation, .. } if is_blank(relation) => Err(AdmissionError::Relation),
            Receiver::Proxy { .. } if self.is_over(today) => Err(AdmissionError::Over),
            _ if [&self.staff, &self.consent, relation].iter().any(|text| text.chars().count() > MAX_TEXT) => {
                Err(AdmissionError::TooLong)
            }
            _ => Ok(()),
        }
    }

    /// Whether the proxy's time is over.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        matches!(self.receiver, Receiver::Proxy { until, .. } if today > until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn without_all_of_it_there_is_no_ticket() {
        let good = Admission {
            staff: "N1234".into(),
            identity_check: IdentityCheck::MyNumberCard,
            consent: "2026-04".into(),
            receiver: Receiver::Patient,
        };
        let today = day("2026-11-22");
        assert_eq!(good.check(today), Ok(()));
        let proxy = |relation: &str, until| Receiver::Proxy { relation: relation.into(), until: day(until) };
        let with = |receiver| Admission { receiver, ..good.clone() }.check(today);
        assert_eq!(with(proxy("母", "2026-11-22")), Ok(()), "the last day counts");
        assert_eq!(with(proxy("母", "2026-11-21")), Err(AdmissionError::Over));
        assert_eq!(with(proxy(" ", "2027-01-01")), Err(AdmissionError::Relation));
        assert_eq!(Admission { staff: " ".into(), ..good.clone() }.check(today), Err(AdmissionError::Staff));
        assert_eq!(Admission { consent: "".into(), ..good.clone() }.check(today), Err(AdmissionError::Consent));
        assert_eq!(Admission { staff: "1".repeat(201), ..good }.check(today), Err(AdmissionError::TooLong));
        assert!(IdentityCheck::ALL.iter().all(|(check, word)| IdentityCheck::parse(word) == Some(*check)));
    }
}
