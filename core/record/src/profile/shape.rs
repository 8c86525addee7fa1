//! What a profile says of the record it shaped: the same for every patient, whatever was there to hide.

use super::Profile;
use super::document::{Period, Vital};
use crate::catalogue::{self, Part};
use crate::labels::Language;
use crate::model::Section;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::collections::BTreeMap;

/// Travels with the record, in its summary.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The profile's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of the profile's canonical JSON, in hexadecimal digits.
    pub sha256: String,
    /// The university.
    pub university: Option<String>,
    /// Whom patients may ask.
    pub contact: Option<String>,
    /// Fields that are not provided, `labs.flags`: what is missing on screen is not taken for normal.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_provided: Vec<String>,
    /// Sections that a doctor relies on and that are not provided, acknowledged by the university.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub missing: Vec<Vital>,
    /// Sections of which entries may be missing by a period, an exclusion or the withholding list; computed from the
    /// profile alone.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub partial: Vec<Section>,
    /// Those of them in which entries may be missing whatever their age.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub thinned: Vec<Section>,
    /// Those of them that are provided for so many months only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub periods: BTreeMap<Section, u32>,
    /// What the university tells its patients about a hidden section.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub messages: BTreeMap<Section, String>,
}

impl Shape {
    /// What a profile makes of every record.
    pub fn of(profile: &Profile) -> Shape {
        let document = profile.document();
        let shown = |section: &Section| profile.shows(*section);
        let hidden_fields = |section: Section| {
            let own = catalogue::fields(section).filter(|f| f.part == Part::Own);
            own.filter(move |f| !profile.shows_field(section, f.key))
                .map(move |f| format!("{}.{}", section.key(), f.key))
        };
        let mut not_provided: Vec<String> = Section::ALL.into_iter().filter(shown).flat_map(hidden_fields).collect();
        not_provided.sort();
        let messages = document.sections.iter().filter(|(_, rule)| !rule.show);
        let thinned: Vec<Section> = Section::ALL.into_iter().filter(|s| shown(s) && profile.may_thin_out(*s)).collect();
        let cut = document.sections.iter().filter(|(_, rule)| rule.show);
        let periods: BTreeMap<Section, u32> = cut.filter_map(|(s, rule)| Some((*s, rule.period?.months))).collect();
        let is_partial = |s: &Section| thinned.contains(s) || periods.contains_key(s);
        Shape {
            id: document.id.clone(),
            name: document.name.clone(),
            version: document.version,
            sha256: profile.sha256(),
            university: document.university.as_ref().map(|u| u.name.clone()),
            contact: document.contact.clone(),
            not_provided,
            missing: Vital::ALL.into_iter().filter(|v| !profile.shows(v.section())).collect(),
            partial: Section::ALL.into_iter().filter(is_partial).collect(),
            thinned,
            periods,
            messages: messages.filter_map(|(s, rule)| Some((*s, rule.message.clone()?))).collect(),
        }
    }

    /// A profile that shows all that this one showed: to be applied again where a record arrives (design D9). It names no
    /// exclusion, for those stay in the hospital. `is_hidden`: sections that are not there at all.
    pub fn again(&self, is_hidden: impl Fn(Section) -> bool) -> Profile {
        let mut profile = Profile::full();
        let document = &mut profile.document;
        (document.id, document.name, document.version) = (self.id.clone(), self.name.clone(), self.version);
        document.sections.retain(|section, _| !is_hidden(*section));
        for (section, rule) in &mut document.sections {
            rule.fields.retain(|key, _| !self.not_provided.contains(&format!("{}.{key}", section.key())));
            rule.period = self.periods.get(section).map(|months| Period { months: *months });
        }
        profile
    }

    /// What was not provided before is not provided after another profile either, and the record goes on saying so.
    /// `is_hidden`: sections that are not there at all, of which nothing more is said.
    pub(super) fn unite(&mut self, earlier: Shape, is_hidden: impl Fn(Section) -> bool) {
        fn add<T: Ord>(all: &mut Vec<T>, more: Vec<T>) {
            all.extend(more);
            all.sort();
            all.dedup();
        }
        let of_hidden = |key: &String| {
            let section = key.split('.').next();
            Section::ALL.into_iter().any(|s| Some(s.key()) == section && is_hidden(s))
        };
        add(&mut self.not_provided, earlier.not_provided);
        self.not_provided.retain(|key| !of_hidden(key));
        add(&mut self.missing, earlier.missing);
        add(&mut self.partial, earlier.partial);
        self.partial.retain(|section| !is_hidden(*section));
        add(&mut self.thinned, earlier.thinned);
        self.thinned.retain(|section| !is_hidden(*section));
        for (section, months) in earlier.periods {
            self.periods.entry(section).and_modify(|known| *known = months.min(*known)).or_insert(months);
        }
        self.periods.retain(|section, _| !is_hidden(*section));
        for (section, message) in earlier.messages {
            self.messages.entry(section).or_insert(message);
        }
    }

    /// What every summary and drug page shows where a section is missing that a doctor relies on. Nothing switches it off.
    pub fn warnings(&self, language: Language) -> Vec<String> {
        let warning = |vital: &Vital| {
            let section = crate::labels::section(vital.section(), language);
            match language {
                Language::Ja => {
                    format!("{section}はこの病院から提供されていません。本人・家族に必ず確認してください。")
                }
                Language::En => format!("{section}: not provided by this hospital. Always ask the patient or family."),
            }
        };
        self.missing.iter().map(warning).collect()
    }

    /// How far back a list goes, and that it may be partial for another reason.
    pub fn partial_notices(&self, section: Section, language: Language) -> Vec<String> {
        let period = self.periods.get(&section).map(|months| match (language, months) {
            (Language::Ja, _) => format!("この病院は過去{months}か月分を提供しています"),
            (Language::En, 1) => "this hospital provides the last month".to_string(),
            (Language::En, _) => format!("this hospital provides the last {months} months"),
        });
        let general = self.thinned.contains(&section).then(|| {
            let (ja, en) = (
                "この病院は一部の病名・薬剤などを提供していない場合があります",
                "this hospital may not provide all diagnoses, drugs and the like",
            );
            language.pick(ja, en).to_string()
        });
        period.into_iter().chain(general).collect()
    }

    /// The names of a section's fields that are not provided, in the order of the catalogue.
    pub fn missing_fields(&self, section: Section, language: Language) -> Vec<&'static str> {
        let of_section = self.not_provided.iter().filter_map(|key| key.strip_prefix(section.key())?.strip_prefix('.'));
        let keys: Vec<&str> = of_section.collect();
        let missing = catalogue::fields(section).filter(|field| keys.contains(&field.key));
        missing.map(|field| field.name(language)).collect()
    }
}
