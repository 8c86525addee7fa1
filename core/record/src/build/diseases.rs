//! Diseases by their names and codes: which diagnoses are one.

use crate::fold::fold;
use ssmix2::clinical::Diagnosis;
use ssmix2::types::{Coded, is_local_system};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Diagnoses without a code of their own share these: of the disease master, of receipts.
const UNCODED: [&str; 2] = ["20084317", "0000999"];
/// And this text.
const UNCODED_TEXT: &str = "未コード";

/// System and code.
type Code = (String, String);

/// What stands with different names and so tells no disease.
#[derive(Debug, Default)]
pub(super) struct Ambiguous {
    /// Local codes; those without a system stand for that code in any local system.
    codes: HashSet<Code>,
    /// Texts of PRB-3 where PRB-17 names the disease: 「ワープロ病名」.
    texts: HashSet<String>,
}

impl Ambiguous {
    /// `all`: the versions of each diagnosis.
    pub(super) fn new(all: &[Vec<&Diagnosis>]) -> Ambiguous {
        let mut texts = Names(HashMap::new());
        for versions in all {
            let versions = || versions.iter().filter(|sent| sent.name_from == "PRB-17");
            let titles: HashSet<String> = versions().map(|sent| fold(&sent.name)).collect();
            let coded: HashSet<String> = versions().flat_map(|sent| texts_of(&sent.disease)).map(fold).collect();
            for text in coded {
                // A name that says more than the text leaves it a name.
                let other = titles.iter().filter(|title| !are_alike(title, &text)).cloned().collect();
                texts.add(text, other);
            }
        }
        let mut ambiguous = Ambiguous { texts: texts.different(), ..Ambiguous::default() };
        let mut codes = Names(HashMap::new());
        for versions in all {
            let named: HashSet<String> = versions.iter().flat_map(|sent| ambiguous.whole(sent).names).collect();
            let local = versions.iter().flat_map(|sent| ambiguous.whole(sent).codes);
            let local = local.filter(|(system, _)| is_local_system(system));
            let each: HashSet<Code> =
                local.flat_map(|(system, code)| [(String::new(), code.clone()), (system, code)]).collect();
            each.into_iter().for_each(|code| codes.add(code, named.clone()));
        }
        ambiguous.codes = codes.different();
        ambiguous
    }

    /// The name that is shown, and PRB-3.
    fn whole(&self, sent: &Diagnosis) -> Words {
        let name = Some(sent.name.as_str()).filter(|_| sent.name_from != "PRB-3").into_iter();
        let texts = texts_of(&sent.disease).filter(|text| !self.texts.contains(&fold(text)));
        self.words(name.chain(texts), &sent.disease)
    }

    /// The base word of ZPR, which many diseases may have in common.
    fn base(&self, sent: &Diagnosis) -> Words {
        self.words(texts_of(&sent.base), &sent.base)
    }

    fn words<'s>(&self, names: impl Iterator<Item = &'s str>, coded: &Option<std::sync::Arc<Coded>>) -> Words {
        let names = names.filter(|name| !name.contains(UNCODED_TEXT)).map(fold).filter(|name| !name.is_empty());
        let pairs = coded.iter().flat_map(|c| [(&c.system, &c.code), (&c.alt_system, &c.alt_code)]);
        let own = pairs.filter(|(_, code)| !code.is_empty() && !UNCODED.contains(&&***code));
        let codes = own.map(|(system, code)| (fold(system), fold(code))).filter(|code| !self.codes.contains(code));
        Words { names: names.collect(), codes: codes.collect() }
    }
}

fn texts_of(coded: &Option<std::sync::Arc<Coded>>) -> impl Iterator<Item = &str> {
    coded.iter().flat_map(|c| [&*c.text, &*c.alt_text, &*c.original, &*c.label])
}

/// Whether one name only says more than the other.
fn are_alike(a: &str, b: &str) -> bool {
    a.contains(b) || b.contains(a)
}

/// The names that stand with something; none where they are different.
struct Names<K>(HashMap<K, Option<HashSet<String>>>);

impl<K: Eq + Hash> Names<K> {
    fn add(&mut self, key: K, names: HashSet<String>) {
        if names.is_empty() {
            return;
        }
        let known = self.0.entry(key).or_insert_with(|| Some(names.clone()));
        match known {
            Some(all) if all.iter().any(|a| names.iter().any(|b| are_alike(a, b))) => all.extend(names),
            _ => *known = None,
        }
    }

    fn different(self) -> HashSet<K> {
        self.0.into_iter().filter(|(_, names)| names.is_none()).map(|(key, _)| key).collect()
    }
}

/// Folded names and codes.
struct Words {
    names: Vec<String>,
    codes: Vec<Code>,
}

/// What a diagnosis is called.
pub(super) struct Called {
    whole: Words,
    base: Words,
}

#[derive(Default)]
struct Known {
    names: HashSet<String>,
    /// By code, the systems.
    codes: HashMap<String, HashSet<String>>,
}

impl Known {
    fn add(&mut self, words: Words) {
        self.names.extend(words.names);
        for (system, code) in words.codes {
            self.codes.entry(code).or_default().insert(system);
        }
    }

    /// A code without a system may be of any.
    fn has(&self, words: &Words) -> bool {
        let is_known = |(system, code): &Code| {
            let systems = self.codes.get(code);
            systems.is_some_and(|known| system.is_empty() || known.contains("") || known.contains(system))
        };
        words.names.iter().any(|name| self.names.contains(name)) || words.codes.iter().any(is_known)
    }
}

/// Some diseases, by all their names and codes.
pub(super) struct Diseases<'a> {
    pub ambiguous: &'a Ambiguous,
    whole: Known,
    base: Known,
    /// Their names, for the hospital to look for.
    pub written: Vec<String>,
}

impl<'a> Diseases<'a> {
    pub(super) fn new(ambiguous: &'a Ambiguous) -> Diseases<'a> {
        Diseases { ambiguous, whole: Known::default(), base: Known::default(), written: Vec::new() }
    }

    pub(super) fn words(&self, sent: &Diagnosis) -> Called {
        Called { whole: self.ambiguous.whole(sent), base: self.ambiguous.base(sent) }
    }

    pub(super) fn add(&mut self, sent: &Diagnosis) {
        self.note(sent);
        let Called { whole, base } = self.words(sent);
        self.whole.add(whole);
        self.base.add(base);
    }

    /// Adds only its names to those that the hospital looks for.
    pub(super) fn note(&mut self, sent: &Diagnosis) {
        let Called { whole, base } = self.words(sent);
        self.written.extend(whole.names.into_iter().chain(base.names));
    }

    /// Whether a diagnosis is one of them: 打撲傷 may be what another calls its base word, but two base words of one kind
    /// are two diseases.
    pub(super) fn has(&self, called: &Called) -> bool {
        self.whole.has(&called.whole) || self.whole.has(&called.base) || self.base.has(&called.whole)
    }
}
