//! Checking a profile: everything that is wrong with it at once, each with its line.
//!
//! Keys and values are held against the JSON Schema that editors use, so the two cannot differ; then come the rules that
//! no schema knows. Nothing is ever ignored.

mod forms;
mod keys;
mod lints;
mod rules;
#[cfg(test)]
mod tests;

use super::document::{Document, Vital};
use crate::model::Section;
use chrono::NaiveDate;
pub use forms::Wanted;
use keys::Lines;

/// What is wrong, or worth a second look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line it is about; 0 for the document as a whole.
    pub line: usize,
    /// What.
    pub what: What,
}

/// The kinds of problems. Up to [`What::Repeats`] they are errors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Nothing is written at all.
    Empty,
    /// No JSON from here on.
    NotJson,
    /// A value of another kind than it must be.
    WrongValue {
        /// What it must be.
        wanted: Wanted,
    },
    /// A setting that must be written and is not.
    Missing {
        /// Its key.
        key: String,
    },
    /// A period in years; it is counted in months.
    Years {
        /// The months that are meant.
        months: Option<u32>,
    },
    /// A section, field or setting that does not exist.
    UnknownKey {
        /// What was written.
        key: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// A key that stands twice.
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A field that cannot be parted from another.
    GoesWith {
        /// The field.
        key: String,
        /// The one that is set.
        owner: &'static str,
    },
    /// What a section is about is shown or hidden with the section.
    Subject {
        /// The field.
        key: String,
    },
    /// A form of a later time.
    UnknownFormat {
        /// Its number.
        format: u32,
    },
    /// An id that is not made of small letters, digits and hyphens.
    BadId,
    /// A text that must not be blank.
    Blank {
        /// Where: `name`, `acknowledged.reason`.
        key: &'static str,
    },
    /// A text with a control character, or one that is not seen or turns the direction of the text.
    ControlCharacter {
        /// Where.
        key: &'static str,
    },
    /// Versions are counted from 1.
    NoVersion,
    /// Entries of this section are not cut by age.
    NoPeriodHere {
        /// The section.
        section: Section,
    },
    /// A period of no month, or of more than a lifetime.
    BadPeriod {
        /// The section.
        section: Section,
    },
    /// A section that a doctor relies on is hidden and nobody answers for it.
    NotAcknowledged {
        /// Which.
        item: Vital,
    },
    /// A form twice over: this item is acknowledged twice.
    Repeats {
        /// Which.
        item: Vital,
    },
    /// Warning: nothing is shown at all.
    AllHidden,
    /// Warning: the university is not named.
    NoUniversity,
    /// Warning: patients are told nobody to ask.
    NoContact,
    /// Warning: name, birth date or sex are hidden: another person's record is hard to notice.
    IdentityHidden {
        /// The field.
        key: &'static str,
    },
    /// Warning: only what the section is about is shown.
    SubjectOnly {
        /// The section.
        section: Section,
    },
    /// Warning: fields are switched on in a section that is hidden.
    FieldsOfHidden {
        /// The section.
        section: Section,
    },
    /// Warning: a message that nobody sees, for the section is shown.
    MessageOfShown {
        /// The section.
        section: Section,
    },
    /// Warning: reasons for admission come from the diagnoses, which are hidden.
    ReasonsWithoutDiagnoses,
    /// Warning: drugs of a hidden section stand in the lines of その他.
    DrugsInOthers {
        /// The hidden section.
        item: Vital,
    },
    /// Warning: drugs that a doctor may have to know of are kept out, with a general notice only.
    ThinsOutDrugs {
        /// `exclude.drugs`, `sections.prescriptions.period`.
        key: &'static str,
    },
    /// Warning: with the departments their prescriptions and injections are kept out.
    ThinsOutDepartments,
    /// Warning: approved on a day that is still to come.
    FutureDate {
        /// What is acknowledged.
        item: Vital,
    },
    /// Warning: an acknowledgement of what is shown.
    NeedlessAcknowledgement {
        /// Which.
        item: Vital,
    },
    /// Warning: all that it could match is hidden.
    ExclusionOfHidden {
        /// `exclude.drugs`.
        key: &'static str,
    },
    /// Warning: no code of this system looks like this, so it never matches.
    NeverMatches {
        /// The code.
        code: String,
    },
    /// Warning: no department of table 0069; right only if the hospital has codes of its own.
    UnknownDepartment {
        /// The code.
        code: String,
    },
}

impl Problem {
    /// Whether the profile cannot be used.
    pub fn is_error(&self) -> bool {
        self.what < What::AllHidden
    }
}

/// What was read, as far as it could be, and what is wrong with it, by line.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The document, unless its form is wrong.
    pub document: Option<Document>,
    /// Errors and warnings.
    pub problems: Vec<Problem>,
}

/// Checks a profile.
pub fn check(text: &str) -> Checked {
    check_on(text, None)
}

/// Checks a profile; where it is known which day it is, dates are compared with it.
pub fn check_on(text: &str, today: Option<NaiveDate>) -> Checked {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Checked { document: None, problems: vec![Problem { line: 1, what: What::Empty }] };
    }
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Checked { document: None, problems: vec![Problem { line: error.line(), what: What::NotJson }] };
    }
    let (lines, mut problems) = keys::check(text);
    let mut document = None;
    if problems.is_empty() {
        match serde_json::from_str::<Document>(text) {
            Ok(read) => {
                rules::check(&read, &lines, &mut problems);
                lints::check(&read, &lines, today, &mut problems);
                document = Some(read);
            }
            // The schema says the same as the types, so this is not to be expected.
            Err(error) => {
                problems.push(Problem { line: error.line(), what: What::WrongValue { wanted: Wanted::Unknown } });
            }
        }
    }
    problems.sort();
    Checked { document, problems }
}

/// Adds a problem at the line of a path.
fn add(problems: &mut Vec<Problem>, lines: &Lines, path: &str, what: What) {
    problems.push(Problem { line: lines.of(path), what });
}
