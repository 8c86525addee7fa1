//! One code, several words: a table of codes that was changed, or that every department has of its own. A search for the
//! one word does not find the other, and values of two units are no series.

use mykarte::record::Record;
use mykarte::ssmix2::types::Coded;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Words that are kept of one code,
const WORDS: usize = 4;
/// and codes in all, the first in their order: more than a hospital has drugs and tests.
const CODES: usize = 20_000;

/// Words by what they are for and the code.
#[derive(Debug, Default)]
pub(crate) struct Spellings(BTreeMap<(&'static str, String), BTreeSet<String>>);

/// What is called (`labs.item`), the system and the code, and a word for it: each once.
#[derive(Default)]
struct Said<'r>(HashSet<(&'static str, &'r str, &'r str, &'r str), foldhash::fast::RandomState>);

impl<'r> Said<'r> {
    /// A code with its own word.
    fn code(&mut self, what: &'static str, code: Option<&'r Coded>) {
        self.word(what, code, code);
    }

    /// A code with a word that stands beside it.
    fn word(&mut self, what: &'static str, code: Option<&'r Coded>, word: Option<&'r Coded>) {
        if let (Some(code), Some(word)) = (code, word) {
            self.0.insert((what, &code.system, &code.code, &word.text));
        }
    }
}

impl Spellings {
    /// The words of one record.
    pub fn of(record: &Record) -> Spellings {
        let mut said = Said::default();
        for lab in &record.labs {
            said.code("labs.item", Some(&lab.body.item));
            said.word("labs.unit", Some(&lab.body.item), lab.body.unit.as_deref());
        }
        for prescription in &record.prescriptions {
            let sent = &prescription.body.sent;
            said.code("prescriptions.drug", sent.drug.as_deref());
            said.code("prescriptions.unit", sent.dispensed.as_ref().and_then(|dispensed| dispensed.unit.as_deref()));
        }
        for part in record.injections.iter().flat_map(|injection| &injection.body.sent.components) {
            said.code("injections.drug", part.drug.as_deref());
        }
        record.allergies.iter().for_each(|entry| said.code("allergies.category", entry.body.row.category.as_deref()));
        let mut spellings = Spellings::default();
        let whole = said.0.into_iter().filter(|(_, system, code, word)| ![*system, *code, *word].contains(&""));
        for (what, system, code, word) in whole {
            spellings.0.entry((what, format!("{code} {system}"))).or_default().insert(word.to_owned());
        }
        spellings
    }

    /// Takes another patient's words in.
    pub fn add(&mut self, more: Spellings) {
        for (code, words) in more.0 {
            let known = self.0.entry(code).or_default();
            known.extend(words);
            while known.len() > WORDS {
                known.pop_last();
            }
            // Whoever came first, the same ones stay.
            if self.0.len() > CODES {
                self.0.pop_last();
            }
        }
    }

    /// What has several words: for what, the code, the words.
    pub fn several(&self) -> impl Iterator<Item = (&'static str, &str, Vec<&str>)> {
        let several = self.0.iter().filter(|(_, words)| words.len() > 1);
        several.map(|((what, code), words)| (*what, code.as_str(), words.iter().map(String::as_str).collect()))
    }
}
