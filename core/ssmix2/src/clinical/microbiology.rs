//! Microbiology: organism and amount, drug and MIC keep together.
//!
//! Rows belong together by OBX-4 within one test group and one analyte; a
//! susceptibility names its organism by OBR-26. A name is given only where one
//! alone is possible: a drug under the wrong organism is worse than under none.

use super::labs::{Lab, jlac10};
use crate::types::Text;
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// What a row of microbiology is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabRole {
    /// The organism itself (JLAC10 result 14 in culture or smear).
    Organism,
    /// How much of it.
    Amount,
    /// A drug with S, I or R, or with its MIC.
    Susceptibility,
    /// Something else found in a specimen.
    Finding,
}

/// Keeps the rows of one finding together.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Microbiology {
    /// What this row is.
    pub role: LabRole,
    /// The organism it speaks of.
    pub organism: Option<Text>,
    /// The drug it speaks of.
    pub drug: Option<Text>,
}

/// Names by key; `None` where two rows disagree.
struct Names<K>(HashMap<K, Option<Text>, foldhash::fast::RandomState>);

impl<K: Hash + Eq> Names<K> {
    fn new() -> Names<K> {
        Names(HashMap::default())
    }

    fn add(&mut self, key: K, name: &Text) {
        let known = self.0.entry(key).or_insert_with(|| Some(name.clone()));
        if known.as_ref() != Some(name) {
            *known = None;
        }
    }

    fn get(&self, key: &K) -> Option<Text> {
        self.0.get(key)?.clone()
    }
}

/// Binds the rows of one specimen, in file order.
pub(super) fn bind(labs: &mut [Lab]) {
    if !labs.iter().any(|lab| code_of(lab).is_some()) {
        return;
    }
    let mut pairs = Names::new();
    for lab in labs.iter() {
        if let (Some(key), Some(value), true) = (pair(lab), &lab.value, names_something(lab)) {
            pairs.add(key, value);
        }
    }
    // Only organisms above a susceptibility are its parents.
    let mut parents = Names::new();
    let mut bound = Vec::with_capacity(labs.len());
    for lab in labs.iter() {
        let named = || pair(lab).and_then(|key| pairs.get(&key));
        let parent = || {
            let (sub_id, item) = (lab.group.parent_sub_id.as_deref()?, lab.group.parent_item.as_deref());
            parents.get(&(sub_id, item.unwrap_or("")))
        };
        let row = row(lab, named, parent);
        if row.as_ref().is_some_and(|r| r.role == LabRole::Organism) {
            add_parent(&mut parents, lab);
        }
        bound.push(row.map(Box::new));
    }
    for (lab, row) in labs.iter_mut().zip(bound) {
        lab.microbiology = row;
    }
}

fn row(lab: &Lab, named: impl FnOnce() -> Option<Text>, parent: impl FnOnce() -> Option<Text>) -> Option<Microbiology> {
    let code = code_of(lab)?;
    if code.starts_with("6C") {
        let drug = match names_something(lab) {
            true => lab.value.clone(),
            false => named().or_else(|| Some(lab.item.display().to_compact_string())),
        };
        let organism = lab.group.parent_organism.clone().or_else(parent);
        return Some(Microbiology { role: LabRole::Susceptibility, organism, drug });
    }
    let role = match result_of(code) {
        "14" => LabRole::Organism,
        "11" | "12" | "01" => LabRole::Amount,
        _ => LabRole::Finding,
    };
    let organism = if role == LabRole::Organism { lab.value.clone() } else { named() };
    Some(Microbiology { role, organism, drug: None })
}

/// OBR-26.1 may say nothing, the whole code of the item, or its analyte.
fn add_parent<'l>(parents: &mut Names<(&'l str, &'l str)>, lab: &'l Lab) {
    let (Some(sub_id), Some(value), Some(code)) = (lab.sub_id.as_deref(), &lab.value, code_of(lab)) else { return };
    let mut keys = vec![&*lab.item.code, &*lab.item.alt_code, analyte_of(code)];
    keys.retain(|key| !key.is_empty());
    // A susceptibility that names no item follows a culture, not a smear.
    keys.extend(code.starts_with("6B").then_some(""));
    for key in keys {
        parents.add((sub_id, key), value);
    }
}

/// What rows of one pair share: the test group, OBX-4 and the analyte.
fn pair(lab: &Lab) -> Option<(usize, &str, &str)> {
    Some((Arc::as_ptr(&lab.group) as usize, lab.sub_id.as_deref()?, analyte_of(code_of(lab)?)))
}

/// The JLAC10 code, if it is one of microbiology.
fn code_of(lab: &Lab) -> Option<&str> {
    jlac10(&lab.item).filter(|code| code.starts_with('6'))
}

fn names_something(lab: &Lab) -> bool {
    code_of(lab).is_some_and(|code| result_of(code) == "14")
}

fn analyte_of(code: &str) -> &str {
    code.get(..5).unwrap_or(code)
}

fn result_of(code: &str) -> &str {
    code.get(15..17).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::tests::entries;

    fn bound(segments: &[&str]) -> Vec<Microbiology> {
        let (e, _) = entries("OML-11", segments);
        e.labs.into_iter().map(|l| *l.microbiology.expect("bound")).collect()
    }

    #[test]
    fn organism_amount_and_susceptibility_keep_together() {
        let m = bound(&[
            "PID|1||1",
            "SPM|1|77||061^喀痰^JC10",
            "OBR|1|5||6B010^培養同定^JC10",
            "OBX|1|CWE|6B010000006174114^菌名^JC10|1|1301^S.aureus^JANIS||||||F",
            "OBX|2|ST|6B010000006174112^菌量^JC10|1| 2 +||||||F",
            "OBX|1|CWE|6B010000006174114^菌名^JC10|2|2001^E.coli^JANIS||||||F",
            "OBR|2|5||6C105^感受性^JC10||||||||||||||||||||||6B010&菌名&JC10^1^S.aureus",
            "OBX|1|ST|6C105131006174105^ABPC^JC10|1|>8||||R|||F",
        ]);
        assert_eq!((m[1].role, m[1].organism.as_deref()), (LabRole::Amount, Some("S.aureus")));
        assert_eq!((m[2].role, m[2].organism.as_deref()), (LabRole::Organism, Some("E.coli")));
        assert_eq!(
            (m[3].role, m[3].organism.as_deref(), m[3].drug.as_deref()),
            (LabRole::Susceptibility, Some("S.aureus"), Some("ABPC"))
        );
    }

    #[test]
    fn a_susceptibility_follows_the_culture_of_its_own_specimen() {
        let m = bound(&[
            "PID|1||1",
            "SPM|1|77||019^血液^JC10",
            "OBR|1|5||6B010^培養同定^JC10",
            "OBX|1|CWE|6B010000001974114^菌名^JC10|1|1301^S.aureus^JANIS||||||F",
            "SPM|2|78||001^尿^JC10",
            "OBR|2|5||6B010^培養同定^JC10",
            "OBX|1|CWE|6A010000000174114^塗抹^JC10|1|9001^GNR^JANIS||||||F",
            "OBX|2|ST|6B010000000174112^菌量^JC10|1|(3+)||||||F",
            "OBX|3|CWE|6B010000000174114^菌名^JC10|1|2001^E.coli^JANIS||||||F",
            "OBR|3|5||6C105^感受性^JC10||||||||||||||||||||||6B010&菌名&JC10^1",
            "OBX|1|CWE|6C105000000174114^薬剤^JC10|1|11^ABPC^JANIS||||||F",
            "OBX|2|ST|6C105000000174105^MIC^JC10|1|<=2||S||||F",
        ]);
        let organisms: Vec<_> = m.iter().map(|m| m.organism.as_deref().unwrap_or("?")).collect();
        assert_eq!(organisms, ["S.aureus", "GNR", "E.coli", "E.coli", "E.coli", "E.coli"]);
        assert_eq!((m[4].drug.as_deref(), m[5].drug.as_deref()), (Some("ABPC"), Some("ABPC")));
    }

    #[test]
    fn two_possible_organisms_are_none() {
        let m = bound(&[
            "PID|1||1",
            "SPM|1|77||061^喀痰^JC10",
            "OBR|1|5||6B010^培養同定^JC10",
            "OBX|1|CWE|6B010000006174114^菌名^JC10|1|1301^S.aureus^JANIS||||||F",
            "OBX|2|CWE|6B010000006174114^菌名^JC10|1|2001^E.coli^JANIS||||||F",
            "OBX|3|ST|6B010000006174112^菌量^JC10|1|(1+)||||||F",
            "OBR|2|5||6C105^感受性^JC10||||||||||||||||||||||6B010&菌名&JC10^1",
            "OBX|1|ST|6C105131006174105^ABPC^JC10|1|>8||R||||F",
        ]);
        let organisms: Vec<_> = m.iter().map(|m| m.organism.as_deref()).collect();
        assert_eq!(organisms, [Some("S.aureus"), Some("E.coli"), None, None]);
    }

    #[test]
    fn many_rows_of_one_file_are_bound_at_once() {
        let mut rows =
            vec!["PID|1||1".to_string(), "SPM|1|77||061^喀痰^JC10".into(), "OBR|1|5||6B010^培養^JC10".into()];
        for n in 0..20_000 {
            rows.push(format!("OBX|1|CWE|6B010000006174114^菌名^JC10|{n}|{n}^菌{n}^99||||||F"));
            rows.push(format!("OBX|2|ST|6B010000006174112^菌量^JC10|{n}|(1+)||||||F"));
        }
        let started = std::time::Instant::now();
        let m = bound(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(m[39_999].organism.as_deref(), Some("菌19999"));
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }
}
