//! The university's profile: which sections and fields its patients see (design D9).
//!
//! ```text
//! JSON --check--> Document --> Profile --+-- rules --> build (entries that are kept out)
//!           |                            +-- apply --> Record × Profile -> Record
//!           +--> problems with lines     +-- Shape: what travels with the record
//! ```
//!
//! It fails closed: what a profile does not name is hidden, and what it names must exist. What a field's meaning hangs
//! on comes with the field ([`crate::catalogue`]). A [`Profile`] in hand is one that was checked.

pub mod age;
pub mod apply;
pub mod check;
pub mod diff;
pub mod document;
pub mod residue;
mod shape;
#[cfg(test)]
mod tests;
pub mod withhold;

use crate::build::rules::{CodeRule, Rules};
use crate::model::Section;
use check::{Checked, Problem};
use document::{Code, Document, FORMAT, SectionRule};
use sha2::{Digest, Sha256};
pub use shape::Shape;
use std::collections::BTreeMap;
pub use withhold::{Withheld, Withholding};

/// A profile without errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    document: Document,
}

/// The table of design section 1.
pub const GEMINI_STANDARD: &str = include_str!("../../profiles/gemini-standard.json");
/// Every field there is.
pub const FULL: &str = include_str!("../../profiles/full.json");

impl Profile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// All problems of it, warnings among them, if one is an error.
    pub fn parse(text: &str) -> Result<Profile, Vec<Problem>> {
        let Checked { document, problems } = check::check(text);
        match document.filter(|_| !problems.iter().any(Problem::is_error)) {
            Some(document) => Ok(Profile { document }),
            None => Err(problems),
        }
    }

    /// The bundled profiles, by id.
    pub fn bundled() -> [(&'static str, &'static str); 2] {
        [("gemini-standard", GEMINI_STANDARD), ("full", FULL)]
    }

    /// The bundled profile of this id.
    pub fn find(id: &str) -> Option<Profile> {
        let (_, text) = Profile::bundled().into_iter().find(|(known, _)| *known == id)?;
        Profile::parse(text).ok()
    }

    /// Everything: what an import without a profile uses.
    pub fn full() -> Profile {
        let field = |f: &'static crate::catalogue::Field| (f.key.to_string(), true);
        let rule = |section| SectionRule {
            show: true,
            fields: crate::catalogue::fields(section)
                .filter(|f| f.part == crate::catalogue::Part::Own)
                .map(field)
                .collect(),
            ..SectionRule::default()
        };
        let sections: BTreeMap<Section, SectionRule> = Section::ALL.map(|section| (section, rule(section))).into();
        Profile {
            document: Document {
                schema: None,
                format: FORMAT,
                id: "full".into(),
                name: "すべての項目".into(),
                version: 1,
                based_on: None,
                university: None,
                contact: None,
                sections,
                exclude: Default::default(),
                withholding: false,
                acknowledged: Vec::new(),
            },
        }
    }

    /// What was written.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether a section is shown.
    pub fn shows(&self, section: Section) -> bool {
        self.document.sections.get(&section).is_some_and(|rule| rule.show)
    }

    /// Whether a field of its own is shown; the section must be too.
    pub fn shows_field(&self, section: Section, key: &str) -> bool {
        let rule = self.document.sections.get(&section).filter(|rule| rule.show);
        rule.is_some_and(|rule| rule.fields.get(key) == Some(&true))
    }

    /// Whether a rule may take entries out of a section that is shown, whatever their age.
    pub(crate) fn may_thin_out(&self, section: Section) -> bool {
        use Section::*;
        let exclude = &self.document.exclude;
        let secret = exclude.confidential_diagnoses || exclude.unaware_diagnoses;
        let by_rule = match section {
            // Blood types come from results too.
            Basics => !exclude.tests.is_empty() || !exclude.departments.is_empty(),
            Allergies | Memos => false,
            Diagnoses => secret,
            Admissions => secret,
            Prescriptions => !exclude.drugs.is_empty(),
            // Without its administrations nothing is left of what was given without an order.
            Injections => {
                let hides_given = !self.shows_field(Injections, "administrations");
                hides_given || !exclude.drugs.is_empty() || !exclude.tests.is_empty()
            }
            Labs => !exclude.tests.is_empty(),
            Others => !exclude.drugs.is_empty() || !exclude.tests.is_empty(),
        };
        let everywhere = !exclude.departments.is_empty() || self.document.withholding;
        by_rule || everywhere && document::may_have_period(section)
    }

    /// Whether some diagnoses are secret, so that older versions have to be asked about them.
    pub fn has_secrets(&self) -> bool {
        let exclude = &self.document.exclude;
        exclude.confidential_diagnoses || exclude.unaware_diagnoses || self.document.withholding
    }

    /// Whether the builder keeps entries out, or would of some patients.
    pub fn has_rules(&self) -> bool {
        self.document.withholding || !self.document.exclude.is_empty()
    }

    /// What is to be kept out while the record is built.
    pub fn rules(&self, withholding: Option<&Withholding>, patient_id: &str) -> Rules {
        let exclude = &self.document.exclude;
        let codes = |codes: &[Code]| {
            let rule = |c: &Code| CodeRule { system: c.system.clone(), code: c.code.clone() };
            codes.iter().map(rule).collect()
        };
        Rules {
            departments: exclude.departments.clone(),
            drugs: codes(&exclude.drugs),
            tests: codes(&exclude.tests),
            confidential_diagnoses: exclude.confidential_diagnoses,
            unaware_diagnoses: exclude.unaware_diagnoses,
            has_secrets: self.has_secrets(),
            has_list: self.document.withholding,
            withheld: withholding.map(|list| list.of(patient_id)).unwrap_or_default(),
        }
    }

    /// SHA-256 of what was decided: neither spaces nor the order of keys change it, nor whether something hidden is named.
    pub fn sha256(&self) -> String {
        let mut plain = Document { schema: None, ..self.document.clone() };
        for rule in plain.sections.values_mut() {
            rule.fields.retain(|_, on| *on && rule.show);
            rule.period = rule.period.filter(|_| rule.show);
            rule.message = rule.message.take().filter(|_| !rule.show);
        }
        plain.sections.retain(|_, rule| rule.show || rule.message.is_some());
        plain.exclude.departments.sort();
        let key = |code: &Code| (code.system.clone(), code.code.clone());
        [&mut plain.exclude.drugs, &mut plain.exclude.tests].into_iter().for_each(|codes| codes.sort_by_key(key));
        // Texts, numbers and maps with text keys are always JSON.
        let json = serde_json::to_vec(&plain).unwrap_or_default();
        Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
