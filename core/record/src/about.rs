//! What an entry is about: whether an id still means what it meant.
//!
//! The id of most entries is a place in a file, and the hospital may put something else there. The same thing with another
//! dose, date or value is a correction; another thing under its id has replaced it.

use crate::fold::fold;
use crate::model::{Allergy, Diagnosis, Given, Injection, Prescription, Section, Stay};
use compact_str::format_compact;
use sha2::{Digest, Sha256};
use ssmix2::clinical::{Basics, Lab, Memo, Other};
use ssmix2::types::{Coded, Text, is_local_system};
use std::sync::Arc;

/// MEDIS: a disease without a code. All of them share this one, and their names tell them apart.
const UNCODED_DISEASE: &str = "20084317";

/// What something is about: its codes by system, and what it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject<'a> {
    codes: Vec<(&'a str, &'a str)>,
    texts: Vec<&'a str>,
}

impl<'a> Subject<'a> {
    /// Of a coded value.
    pub fn of(coded: &'a Coded) -> Subject<'a> {
        let codes = [(&coded.system, &coded.code), (&coded.alt_system, &coded.alt_code)];
        let texts = [&coded.text, &coded.alt_text, &coded.original];
        Subject {
            codes: codes
                .into_iter()
                .map(|(system, code)| (system.trim(), &**code))
                .filter(|c| !c.1.is_empty())
                .collect(),
            texts: texts.into_iter().map(|text| &**text).filter(|text| !text.is_empty()).collect(),
        }
    }

    fn of_disease(diagnosis: &'a Diagnosis) -> Subject<'a> {
        let disease = diagnosis.sent.disease.as_deref().map(Subject::of).unwrap_or_default();
        let codes = disease.codes.into_iter().filter(|(_, code)| *code != UNCODED_DISEASE).collect();
        Subject { codes, texts: vec![&diagnosis.sent.name] }
    }

    /// Whether both are the same thing: by the codes of a system that both have, of standard systems first; where there is
    /// none by what they are called.
    pub fn is_same(&self, other: &Subject<'_>) -> bool {
        for is_local in [false, true] {
            let of_kind = self.codes.iter().filter(|(system, _)| is_local_system(system) == is_local);
            let mut common = of_kind.filter(|(system, _)| other.codes.iter().any(|(s, _)| s == system)).peekable();
            if common.peek().is_some() {
                return common.all(|code| other.codes.contains(code));
            }
        }
        let has_text = |text: &&str| other.texts.iter().any(|other| other == text || fold(other) == fold(text));
        // What is about nothing is nowhere missed.
        self.texts.iter().any(has_text) || self.codes.is_empty() && self.texts.iter().all(|text| text.is_empty())
    }

    /// Whether a code of one system tells them apart or together.
    pub fn shares_a_system(&self, other: &Subject<'_>) -> bool {
        self.codes.iter().any(|(system, _)| other.codes.iter().any(|(s, _)| s == system))
    }

    /// Digests by which somebody who holds the entry of this id knows that it is meant, and others learn little.
    pub fn digests(&self, section: Section, id: &str) -> Vec<Text> {
        let of_text = self.texts.iter().map(|text| ["text".to_string(), fold(text)]);
        let texts: Vec<[String; 2]> = of_text.filter(|_| self.codes.is_empty()).collect();
        let codes = self.codes.iter().map(|(system, code)| [format!("code {system}"), code.to_string()]);
        codes.chain(texts).map(|[kind, value]| digest(&[section.key(), id, &kind, &value])).collect()
    }
}

/// Cut to 64 bits.
fn digest(parts: &[&str]) -> Text {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let bits = hash.finalize()[..8].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    format_compact!("{bits:016x}")
}

/// Says what it is about.
pub trait About {
    /// Whether `new`, which stands at its place, is about all that this is about. `provides`: whether a field of the section
    /// is provided there at all.
    fn is_still_in(&self, new: &Self, provides: &dyn Fn(&str) -> bool) -> bool;

    /// What it is about, where that is one thing.
    fn subject(&self) -> Option<Subject<'_>> {
        None
    }

    /// All that it is about: of a mixture its drugs.
    fn subjects(&self) -> Vec<Subject<'_>> {
        self.subject().into_iter().collect()
    }

    /// The field of its section without which it is not shown at all.
    fn needs(&self) -> Option<&'static str> {
        None
    }
}

/// A value that may be missing.
fn of(coded: &Option<Arc<Coded>>) -> Subject<'_> {
    coded.as_deref().map(Subject::of).unwrap_or_default()
}

/// Whether each of `old` has one of its own in `new`.
pub(crate) fn each_has_one<T>(old: &[T], new: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    let mut free: Vec<&T> = new.iter().collect();
    old.iter().all(|old| match free.iter().position(|new| is_same(old, new)) {
        Some(at) => {
            free.swap_remove(at);
            true
        }
        None => false,
    })
}

impl About for Prescription {
    fn is_still_in(&self, new: &Self, _: &dyn Fn(&str) -> bool) -> bool {
        of(&self.sent.drug).is_same(&of(&new.sent.drug))
    }

    fn subject(&self) -> Option<Subject<'_>> {
        self.sent.drug.as_deref().map(Subject::of)
    }
}

/// All drugs of the mixture, and all that was given of it: a mixture without one of its drugs is another one.
impl About for Injection {
    fn is_still_in(&self, new: &Self, provides: &dyn Fn(&str) -> bool) -> bool {
        let drugs = |a: &Given, b: &Given| a.is_still_in(b, provides);
        each_has_one(&self.sent.components, &new.sent.components, |a, b| of(&a.drug).is_same(&of(&b.drug)))
            && (!provides("administrations") || each_has_one(&self.administrations, &new.administrations, drugs))
    }

    fn subjects(&self) -> Vec<Subject<'_>> {
        self.sent.components.iter().map(|part| of(&part.drug)).collect()
    }

    fn needs(&self) -> Option<&'static str> {
        (!self.ordered).then_some("administrations")
    }
}

/// All drugs that were given at once.
impl About for Given {
    fn is_still_in(&self, new: &Self, _: &dyn Fn(&str) -> bool) -> bool {
        each_has_one(&self.sent.drugs, &new.sent.drugs, |a, b| of(&a.drug).is_same(&of(&b.drug)))
    }

    fn subjects(&self) -> Vec<Subject<'_>> {
        self.sent.drugs.iter().map(|part| of(&part.drug)).collect()
    }
}

impl About for Diagnosis {
    fn is_still_in(&self, new: &Self, _: &dyn Fn(&str) -> bool) -> bool {
        Subject::of_disease(self).is_same(&Subject::of_disease(new))
    }

    fn subject(&self) -> Option<Subject<'_>> {
        Some(Subject::of_disease(self))
    }
}

/// The allergen, as any of its rows states it. Its id is made of it.
impl About for Allergy {
    fn is_still_in(&self, new: &Self, _: &dyn Fn(&str) -> bool) -> bool {
        let rows = |allergy: &Self| -> Vec<Arc<Coded>> {
            [&allergy.row].into_iter().chain(&allergy.also).map(|row| Arc::clone(&row.allergen)).collect()
        };
        let new = rows(new);
        rows(self).iter().any(|old| new.iter().any(|new| Subject::of(old).is_same(&Subject::of(new))))
    }
}

impl About for Lab {
    fn is_still_in(&self, new: &Self, _: &dyn Fn(&str) -> bool) -> bool {
        Subject::of(&self.item).is_same(&Subject::of(&new.item))
    }

    fn subject(&self) -> Option<Subject<'_>> {
        Some(Subject::of(&self.item))
    }
}

impl About for Other {
    fn is_still_in(&self, new: &Self, _: &dyn Fn(&str) -> bool) -> bool {
        self.kind == new.kind
    }
}

/// Who somebody is, a stay, a memo: their ids are of nothing else.
macro_rules! by_id_alone {
    ($($body:ty),*) => {$(
        impl About for $body {
            fn is_still_in(&self, _: &Self, _: &dyn Fn(&str) -> bool) -> bool {
                true
            }
        }
    )*};
}

by_id_alone!(Basics, Stay, Memo);

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(parts: [&str; 6]) -> Coded {
        let [code, text, system, alt_code, alt_text, alt_system] = parts.map(Box::from);
        Coded { code, text, system, alt_code, alt_text, alt_system, ..Coded::default() }
    }

    #[track_caller]
    fn check(a: [&str; 6], b: [&str; 6], is_same: bool) {
        let (a, b) = (coded(a), coded(b));
        for (a, b) in [(&a, &b), (&b, &a)] {
            assert_eq!(Subject::of(a).is_same(&Subject::of(b)), is_same, "{a:?} {b:?}");
        }
    }

    #[test]
    fn one_drug_is_known_by_its_code_and_without_one_by_its_name() {
        let plain = ["100", "ワルファリン", "HOT9", "", "", ""];
        check(plain, ["100", "ワーファリン錠", "HOT9", "", "", ""], true);
        check(plain, ["200", "ワルファリン", "HOT9", "", "", ""], false);
        check(plain, ["", "ﾜﾙﾌｧﾘﾝ", "", "", "", ""], true);
        check(plain, ["", "アスピリン", "", "", "", ""], false);
        // The standard code counts, wherever it stands, and not the hospital's own number.
        check(["1", "A", "99X", "100", "A", "HOT9"], ["100", "A", "HOT9", "2", "A", "99X"], true);
        check(["1", "A", "99X", "100", "A", "HOT9"], ["200", "A", "HOT9", "1", "A", "99X"], false);
        check(["1", "", "99X", "", "", ""], ["1", "", "99Y", "", "", ""], false);
    }

    #[test]
    fn a_disease_without_a_code_is_known_by_its_name() {
        let diagnosis = |code: &str, name: &str| -> Diagnosis {
            serde_json::from_value(serde_json::json!({
                "name": name, "name_from": "PRB-17",
                "disease": { "code": code, "text": "未コード化傷病名", "system": "MDCDX2" },
            }))
            .expect("a diagnosis")
        };
        let is_still = |a: &Diagnosis, b: &Diagnosis| a.is_still_in(b, &|_| true);
        assert!(is_still(&diagnosis("20070001", "糖尿病"), &diagnosis("20070001", "２型糖尿病")));
        assert!(!is_still(&diagnosis(UNCODED_DISEASE, "めずらしい病気"), &diagnosis(UNCODED_DISEASE, "別の病気")));
    }

    #[test]
    fn digests_tell_things_and_places_apart() {
        let (got, gpt) = (coded(["1", "GOT", "JC10", "", "", ""]), coded(["2", "GPT", "JC10", "", "", ""]));
        let of = |coded: &Coded, id: &str| Subject::of(coded).digests(Section::Labs, id);
        assert_eq!(of(&got, "f-0"), of(&got, "f-0"));
        assert!(of(&got, "f-0") != of(&gpt, "f-0") && of(&got, "f-0") != of(&got, "f-1"));
    }
}
