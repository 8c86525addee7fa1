//! Which entry of a new record stands for which of an old one: each new one for one old one at most, and only for one that
//! is [about](About) the same.

use crate::about::About;
use crate::model::Entry;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// The entries of a new record, and which of them are taken.
pub struct Pairs<'a, T> {
    new: Vec<&'a Entry<T>>,
    taken: Vec<bool>,
    not_provided: Vec<&'a str>,
}

impl<'a, T: About> Pairs<'a, T> {
    /// None taken yet. `not_provided`: fields of the section that an entry need not have to stand for another one.
    pub fn new(new: impl IntoIterator<Item = &'a Entry<T>>, not_provided: Vec<&'a str>) -> Pairs<'a, T> {
        let new: Vec<&Entry<T>> = new.into_iter().collect();
        Pairs { taken: vec![false; new.len()], new, not_provided }
    }

    /// The new entry at this place.
    pub fn at(&self, at: usize) -> &'a Entry<T> {
        self.new[at]
    }

    /// Whether a field is provided in the new record.
    pub fn provides(&self, key: &str) -> bool {
        !self.not_provided.contains(&key)
    }

    /// Takes the new entry at this place for an old one, if it is about the same and free.
    pub fn take(&mut self, old: &Entry<T>, at: usize) -> bool {
        let provides = |key: &str| self.provides(key);
        let is_it = !self.taken[at] && old.body.is_still_in(&self.new[at].body, &provides);
        self.taken[at] |= is_it;
        is_it
    }

    /// Takes for each of `left` the first free entry at its place that is about the same and fits, and hands over the pair;
    /// what finds none stays. `places`: of an old entry, and of a new one.
    pub fn find<E: Borrow<Entry<T>>, P: Hash + Eq>(
        &mut self,
        left: &mut Vec<E>,
        places: (impl Fn(&Entry<T>) -> P, impl Fn(&Entry<T>) -> P),
        fits: impl Fn(&Entry<T>, &Entry<T>) -> bool,
        found: impl FnMut(&E, &'a Entry<T>),
    ) {
        let not_provided = self.not_provided.clone();
        let is_about = |old: &Entry<T>, new: &Entry<T>| {
            old.body.is_still_in(&new.body, &|key| !not_provided.contains(&key)) && fits(old, new)
        };
        self.find_other(left, places, is_about, found);
    }

    /// The same, whatever they are about.
    pub fn find_other<E: Borrow<Entry<T>>, P: Hash + Eq>(
        &mut self,
        left: &mut Vec<E>,
        places: (impl Fn(&Entry<T>) -> P, impl Fn(&Entry<T>) -> P),
        fits: impl Fn(&Entry<T>, &Entry<T>) -> bool,
        mut found: impl FnMut(&E, &'a Entry<T>),
    ) {
        if left.is_empty() {
            return;
        }
        let mut free: HashMap<P, Vec<usize>> = HashMap::new();
        for (at, entry) in self.new.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            free.entry((places.1)(entry)).or_default().push(at);
        }
        left.retain(|old| {
            let Some(there) = free.get_mut(&(places.0)(old.borrow())) else { return true };
            let Some(first) = there.iter().position(|at| fits(old.borrow(), self.new[*at])) else { return true };
            let at = there.remove(first);
            self.taken[at] = true;
            found(old, self.new[at]);
            false
        });
    }

    /// Those that stand for none.
    pub fn free(&self) -> impl Iterator<Item = &'a Entry<T>> {
        self.new.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(entry, _)| *entry)
    }
}
