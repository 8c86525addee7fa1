//! What is found in files, counted where it is found: the places of the first few are kept.

use crate::checks::Drill;
use crate::report::EXAMPLES;
use std::collections::BTreeMap;

/// A field (`PID`, 5), a segment (`PV1`, 0), or the file (empty, 0).
pub(crate) type Spot<'a> = (&'a str, u16);

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Number of the file in the import's report.
    pub file: u32,
    /// `PID-5`.
    pub spot: String,
    pub text: Option<String>,
}

/// Findings of one check: by [`crate::report::Finding::detail`], how often and where.
type Found = Vec<(String, u64, Vec<Place>)>;

/// Findings of one patient's files.
#[derive(Debug, Default)]
pub(crate) struct Noted(BTreeMap<Drill, Found>);

impl Noted {
    /// Check, detail, how often, where.
    pub fn all(&self) -> impl Iterator<Item = (Drill, &str, u64, &[Place])> {
        self.0.iter().flat_map(|(check, found)| {
            found.iter().map(|(detail, count, places)| (*check, detail.as_str(), *count, places.as_slice()))
        })
    }
}

/// Notes what is found in one file.
pub(crate) struct Notes<'n> {
    pub file: u32,
    pub noted: &'n mut Noted,
}

impl Notes<'_> {
    pub fn add(&mut self, check: Drill, detail: &str, spot: Spot<'_>, text: Option<&str>) {
        let found = self.noted.0.entry(check).or_default();
        let at = found.iter().position(|(known, ..)| known == detail).unwrap_or_else(|| {
            found.push((detail.to_owned(), 0, Vec::new()));
            found.len() - 1
        });
        let (_, count, places) = &mut found[at];
        *count += 1;
        if places.len() < EXAMPLES {
            let spot = match spot {
                (id, 0) => id.to_owned(),
                (id, number) => format!("{id}-{number}"),
            };
            places.push(Place { file: self.file, spot, text: text.map(str::to_owned) });
        }
    }
}
