//! What two profiles decide differently, for somebody who signs off a change.

use super::Profile;
use super::apply::is_shown;
use crate::catalogue::{self, Field, Part};
use crate::model::Section;
use serde_json::Value;

/// One difference: what the first shows or says, and the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A section is shown by one only.
    Section {
        /// Which.
        section: Section,
        /// Whether the second shows it.
        shown: bool,
    },
    /// A field is shown by one only; where the section is, too, these are all that it shows.
    Field {
        /// Its section.
        section: Section,
        /// Which.
        field: &'static Field,
        /// Whether the second shows it.
        shown: bool,
    },
    /// Another setting: its place, and what it was and is.
    Setting {
        /// `sections.labs.period`, `exclude.departments`.
        path: String,
        /// In the first.
        before: Option<Value>,
        /// In the second.
        after: Option<Value>,
    },
}

/// All differences that change what a patient sees or is told, in the order of the sections.
pub fn diff(a: &Profile, b: &Profile) -> Vec<Difference> {
    let mut all = Vec::new();
    for section in Section::ALL {
        if a.shows(section) != b.shows(section) {
            all.push(Difference::Section { section, shown: b.shows(section) });
        }
        let own = catalogue::fields(section).filter(|f| f.part == Part::Own);
        let shown = |p: &Profile, f: &Field| is_shown(p, section, f.key);
        let differing = own.filter(|f| shown(a, f) != shown(b, f));
        all.extend(differing.map(|field| Difference::Field { section, field, shown: shown(b, field) }));
    }
    settings("", &plain(a), &plain(b), &mut all);
    all
}

/// The document without what sections and fields already told.
fn plain(profile: &Profile) -> Value {
    let mut value = serde_json::to_value(profile.document()).unwrap_or_default();
    if let Some(sections) = value["sections"].as_object_mut() {
        for rule in sections.values_mut().filter_map(Value::as_object_mut) {
            rule.remove("show");
            rule.remove("fields");
        }
        sections.retain(|_, rule| rule.as_object().is_some_and(|rule| !rule.is_empty()));
    }
    if let Some(document) = value.as_object_mut() {
        document.remove("$schema");
    }
    value
}

fn settings(path: &str, a: &Value, b: &Value, all: &mut Vec<Difference>) {
    let (Some(before), Some(after)) = (a.as_object(), b.as_object()) else {
        if a != b {
            let value = |v: &Value| (!v.is_null()).then(|| v.clone());
            all.push(Difference::Setting { path: path.to_string(), before: value(a), after: value(b) });
        }
        return;
    };
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        settings(&inner, before.get(key).unwrap_or(&Value::Null), after.get(key).unwrap_or(&Value::Null), all);
    }
}
