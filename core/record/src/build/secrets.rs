//! Which diagnoses are secret over all their versions, and what makes another diagnosis the same disease.

use super::diagnoses::Version;
use super::rules::{Rule, Rules};
use crate::fold::fold;
use ssmix2::clinical::Diagnosis;
use ssmix2::types::{Coded, is_local_system};
use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

/// What a diagnosis says of one reason of secrecy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing: senders leave out what has not changed.
    None,
    /// It is secret, or may be.
    Secret,
    /// Plainly not.
    Free,
}

/// Texts beside the U of PRB-25 that say the same.
const USUAL: [&str; 9] =
    ["通常", "通常管理", "通常の管理", "通常制御", "通常の制御", "制限なし", "usual", "usual control", "U"];

/// What PRB-21 says where the patient plainly knows; the whole text, for 「家族のみ告知済」 says the contrary.
const AWARE: [&str; 10] = [
    "告知済",
    "告知済み",
    "告知あり",
    "本人告知済",
    "本人へ告知済",
    "本人に告知済",
    "説明済",
    "説明済み",
    "本人に説明済",
    "本人へ説明済",
];

/// Diagnoses without a code of their own share these: of the disease master, of receipts.
const UNCODED: [&str; 2] = ["20084317", "0000999"];
/// And this text.
const UNCODED_TEXT: &str = "未コード";

/// PRB-25 or PRB-21. It sets free only if all it says agrees: every repetition, both triples and the texts.
pub(super) fn word(sent: &Diagnosis, reason: Rule) -> Word {
    let (first, further, is_free): (_, _, fn(&str, &str) -> bool) = match reason {
        Rule::Confidential => (&sent.confidentiality, &sent.further_confidentiality, is_usual),
        _ => (&sent.patient_awareness, &sent.further_awareness, is_aware),
    };
    let mut all = first.iter().chain(further);
    match first.is_some() || !further.is_empty() {
        false => Word::None,
        true if all.all(|coded| agrees(coded, is_free)) => Word::Free,
        true => Word::Secret,
    }
}

/// Both triples and the original text, as far as they say anything.
fn agrees(coded: &Coded, is_free: fn(&str, &str) -> bool) -> bool {
    let original = if coded.original.is_empty() { "" } else { &coded.code };
    let said = [(&*coded.code, &*coded.text), (&coded.alt_code, &coded.alt_text), (original, &coded.original)];
    let mut said = said.into_iter().filter(|(code, text)| !code.is_empty() || !text.is_empty()).peekable();
    said.peek().is_some() && said.all(|(code, text)| is_free(code, text))
}

fn is_one_of(text: &str, known: &[&str]) -> bool {
    let text = fold(text);
    known.iter().any(|word| fold(word) == text)
}

/// U is usual control, the only value of table 0177 that restricts nothing.
fn is_usual(code: &str, text: &str) -> bool {
    code == "U" && (text.is_empty() || is_one_of(text, &USUAL))
}

/// A text says more than a code, which may be the hospital's own.
fn is_aware(code: &str, text: &str) -> bool {
    if text.is_empty() { code == "Y" } else { code != "N" && is_one_of(text, &AWARE) }
}

/// Whether a version takes back what another one says: it is not older, neither by its date nor by that of its file, and
/// speaks of the same disease as far as several share a PRB-4.
fn frees(version: &Version<'_>, marked: &Version<'_>, reason: Rule) -> bool {
    word(version.sent, reason) == Word::Free && version.is_since(marked)
}

/// Why the newest of these versions is secret: a reason holds until it is plainly taken back. Where several diseases share
/// a PRB-4 only what is said of its own disease takes it back.
pub(super) fn reason(rules: &Rules, versions: &[Version<'_>], newest: &Version<'_>, is_only: bool) -> Option<Rule> {
    let concerns = |version: &&Version<'_>| is_only || version.is_of_same(newest);
    rules.reasons().find(|reason| {
        let own = || versions.iter().filter(concerns);
        let is_told = own().any(|version| word(version.sent, *reason) == Word::Free);
        let mut marked = versions.iter().filter(|version| word(version.sent, *reason) == Word::Secret);
        marked.any(|marked| match concerns(&marked) {
            true => !own().any(|version| frees(version, marked, *reason)),
            false => !is_told,
        })
    })
}

/// The versions that are secret, also of what was deleted since: not those before the mark, for a diagnosis may have been
/// another one then.
pub(super) fn secret<'v, 'a>(rules: &Rules, versions: &'v [Version<'a>], is_only: bool) -> Vec<&'v Version<'a>> {
    let mut all = Vec::new();
    for reason in rules.reasons() {
        let is_secret = |marked: &Version<'_>| {
            let mut own = versions.iter().filter(|version| is_only || version.is_of_same(marked));
            word(marked.sent, reason) == Word::Secret && !own.any(|version| frees(version, marked, reason))
        };
        let first = versions.iter().position(is_secret).unwrap_or(versions.len());
        all.extend(versions[first..].iter().filter(|version| is_only || is_secret(version)));
    }
    all
}

/// The diseases that are secret, by all their names and codes.
#[derive(Debug, Default)]
pub(super) struct Diseases {
    names: HashSet<String>,
    /// By code, the systems.
    codes: HashMap<String, HashSet<String>>,
    /// Local codes that stand for several diseases.
    dummies: HashSet<(String, String)>,
    /// The names as they are written, for the hospital to look for.
    pub written: Vec<String>,
}

impl Diseases {
    /// `all`: the versions of each diagnosis. A local code of different names is none.
    pub(super) fn new<'a>(all: impl Iterator<Item = Vec<&'a Diagnosis>>) -> Diseases {
        let mut known: HashMap<(String, String), HashSet<String>> = HashMap::new();
        let mut dummies = HashSet::new();
        for versions in all {
            let named: HashSet<String> = versions.iter().flat_map(|sent| names(sent)).map(fold).collect();
            let codes: HashSet<_> = versions.iter().flat_map(|sent| codes(sent)).collect();
            for code in codes.into_iter().filter(|(system, _)| is_local_system(system)) {
                match known.entry(code) {
                    Slot::Vacant(slot) => drop(slot.insert(named.clone())),
                    Slot::Occupied(slot) if slot.get().is_disjoint(&named) => drop(dummies.insert(slot.key().clone())),
                    Slot::Occupied(mut slot) => slot.get_mut().extend(named.iter().cloned()),
                }
            }
        }
        Diseases { dummies, ..Diseases::default() }
    }

    /// Adds a secret one.
    pub(super) fn add(&mut self, sent: &Diagnosis) {
        self.note(sent);
        self.names.extend(names(sent).map(fold));
        for (system, code) in codes(sent).filter(|code| !self.dummies.contains(code)) {
            self.codes.entry(code).or_default().insert(system);
        }
    }

    /// Adds only its names to those that the hospital looks for.
    pub(super) fn note(&mut self, sent: &Diagnosis) {
        self.written.extend(names(sent).map(str::to_string));
    }

    /// Whether a diagnosis is one of them. A code without a system may be of any.
    pub(super) fn has(&self, sent: &Diagnosis) -> bool {
        let is_known = |(system, code): (String, String)| {
            let systems = self.codes.get(&code).filter(|_| !self.dummies.contains(&(system.clone(), code)));
            systems.is_some_and(|known| system.is_empty() || known.contains("") || known.contains(&system))
        };
        names(sent).any(|name| self.names.contains(&fold(name))) || codes(sent).any(is_known)
    }
}

fn coded(sent: &Diagnosis) -> impl Iterator<Item = &Coded> {
    sent.disease.iter().chain(&sent.base).map(|coded| &**coded)
}

/// The name to show (PRB-17, ZPR or PRB-3), and the texts of PRB-3 and of the base word.
fn names(sent: &Diagnosis) -> impl Iterator<Item = &str> {
    let texts = coded(sent).flat_map(|c| [&*c.text, &*c.alt_text, &*c.original, &*c.label]);
    let all = std::iter::once(sent.name.as_str()).chain(texts).map(str::trim);
    all.filter(|name| !name.is_empty() && !name.contains(UNCODED_TEXT))
}

/// Both triples of PRB-3 and of the base word: system and code.
fn codes(sent: &Diagnosis) -> impl Iterator<Item = (String, String)> {
    let pairs = coded(sent).flat_map(|c| [(&c.system, &c.code), (&c.alt_system, &c.alt_code)]);
    let own = pairs.filter(|(_, code)| !code.is_empty() && !UNCODED.contains(&&***code));
    own.map(|(system, code)| (fold(system), fold(code)))
}
