//! Which diagnoses are secret over all their versions; [`super::diseases`] says which others are the same disease.

use super::diagnoses::Version;
use super::diseases::{Ambiguous, Diseases};
use super::rules::{Rule, Rules};
use crate::fold::fold;
use ssmix2::clinical::Diagnosis;
use ssmix2::types::Coded;

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

/// The versions of one PRB-4 by the disease they speak of. A number may name two diseases at once, or another one after
/// a deletion; a version that changes the disease, or that a newer list of the hospital replaced, is the same one before.
pub(super) fn lives<'a>(versions: &[Version<'a>]) -> Vec<Vec<Version<'a>>> {
    let mut lives: Vec<Vec<Version<'a>>> = Vec::new();
    for version in versions {
        let mut is_known = false;
        for life in lives.iter_mut().filter(|life| speaks_of(version, life)) {
            life.push(*version);
            is_known = true;
        }
        match lives.as_mut_slice() {
            _ if is_known => {}
            [only] if continues(version, only, versions) => only.push(*version),
            _ => lives.push(vec![*version]),
        }
    }
    lives
}

fn speaks_of(version: &Version<'_>, life: &[Version<'_>]) -> bool {
    let mut named = life.iter().filter(|known| known.names_disease()).peekable();
    named.peek().is_none() || named.any(|known| version.is_of_same(known))
}

/// Whether a version is the only life of its number under another disease. One without a code is never plainly another.
fn continues(version: &Version<'_>, life: &[Version<'_>], all: &[Version<'_>]) -> bool {
    let Some(last) = life.last() else { return false };
    let has_both = || all.iter().any(|v| v.is_in_file_of(version) && speaks_of(v, life));
    let is_change = version.is_change() || !last.is_shown;
    !version.is_coded() || !last.is_deletion() && is_change && !version.is_in_file_of(last) && !has_both()
}

/// The versions that mark a life as secret and that no later one takes back.
fn marks<'v, 'a>(life: &'v [Version<'a>], reason: Rule) -> impl Iterator<Item = &'v Version<'a>> {
    let is_freed = move |marked: &Version<'_>| {
        life.iter().any(|version| word(version.sent, reason) == Word::Free && version.is_since(marked))
    };
    life.iter().filter(move |version| word(version.sent, reason) == Word::Secret && !is_freed(version))
}

/// Why a life is secret: a reason holds until it is plainly taken back.
pub(super) fn reason(rules: &Rules, life: &[Version<'_>]) -> Option<Rule> {
    rules.reasons().find(|reason| marks(life, *reason).next().is_some())
}

/// The marks of registrations that are no more.
pub(super) struct Gone<'a> {
    diseases: Diseases<'a>,
    marks: Vec<(Rule, Version<'a>)>,
}

impl Gone<'_> {
    /// Whether a registration that lives says itself that it is not secret. `free`: its versions that may say so.
    fn releases(&self, free: &[Version<'_>]) -> bool {
        self.marks
            .iter()
            .all(|(reason, marked)| free.iter().any(|v| word(v.sent, *reason) == Word::Free && v.is_not_older(marked)))
    }
}

/// What is secret in the patient's own messages, or in those of other patients: neither tells of the other.
pub(super) struct Secrets<'a> {
    living: Diseases<'a>,
    gone: Vec<Gone<'a>>,
}

impl<'a> Secrets<'a> {
    pub(super) fn new(ambiguous: &'a Ambiguous) -> Secrets<'a> {
        Secrets { living: Diseases::new(ambiguous), gone: Vec::new() }
    }

    /// Adds a secret diagnosis that is not deleted.
    pub(super) fn add(&mut self, sent: &Diagnosis) {
        self.living.add(sent);
    }

    /// Adds the versions of a life from its first mark on: before, it may have been another diagnosis.
    pub(super) fn add_life(&mut self, rules: &Rules, life: &[Version<'a>], is_gone: bool) {
        let mut gone = Gone { diseases: Diseases::new(self.living.ambiguous), marks: Vec::new() };
        for reason in rules.reasons() {
            let marked: Vec<&Version<'a>> = marks(life, reason).collect();
            let Some(first) = marked.first().map(|version| version.place) else { continue };
            let diseases = if is_gone { &mut gone.diseases } else { &mut self.living };
            life.iter().filter(|version| version.place >= first).for_each(|version| diseases.add(version.sent));
            gone.marks.extend(marked.into_iter().map(|version| (reason, *version)));
        }
        if is_gone && !gone.marks.is_empty() {
            self.gone.push(gone);
        }
    }

    /// Whether a diagnosis is one of them. `free`: its versions that say that it is not.
    pub(super) fn hide(&self, sent: &Diagnosis, free: &[Version<'_>]) -> bool {
        let words = self.living.words(sent);
        self.living.has(&words) || self.gone.iter().any(|gone| gone.diseases.has(&words) && !gone.releases(free))
    }

    /// The names for the hospital to look for. `same`: diagnoses that go with them. What is gone and shown nevertheless
    /// was released.
    pub(super) fn names<'s>(self, same: &[&Diagnosis], shown: impl Iterator<Item = &'s Diagnosis>) -> Vec<String> {
        let Secrets { mut living, mut gone } = self;
        same.iter().for_each(|sent| living.note(sent));
        for words in shown.map(|sent| living.words(sent)) {
            gone.retain(|gone| !gone.diseases.has(&words));
        }
        gone.into_iter().map(|gone| gone.diseases).chain([living]).flat_map(|diseases| diseases.written).collect()
    }
}
