//! How much each caller has at once: connections of an address, open packages of an enrolment.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many each has.
#[derive(Debug)]
pub struct Shares<K>(Mutex<HashMap<K, usize>>);

/// One of those that somebody has; it is given back when it is dropped.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    all: Arc<Shares<K>>,
    whose: K,
}

impl<K> Default for Shares<K> {
    fn default() -> Self {
        Shares(Mutex::default())
    }
}

impl<K: Eq + Hash + Copy> Shares<K> {
    /// One more, unless he has `most` of them.
    pub fn take(self: &Arc<Self>, whose: K, most: usize) -> Option<Share<K>> {
        let mut all = self.lock();
        let has = all.entry(whose).or_default();
        if *has >= most {
            return None;
        }
        *has += 1;
        Some(Share { all: self.clone(), whose })
    }
}

impl<K> Shares<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        // A count is whole whatever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        let left = all.get_mut(&self.whose).map(|has| {
            *has -= 1;
            *has
        });
        if left == Some(0) {
            all.remove(&self.whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_share_and_no_more() {
        let (shares, one) = (Arc::new(Shares::default()), 1);
        let taken: Vec<Share<u8>> = (0..3).filter_map(|_| shares.take(one, 2)).collect();
        assert_eq!(taken.len(), 2);
        assert!(shares.take(2, 2).is_some());
        drop(taken);
        assert!(shares.take(one, 2).is_some() && shares.lock().is_empty());
    }
}
