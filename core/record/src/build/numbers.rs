//! Order numbers begin again every year in many hospitals: two messages of one
//! number belong together only if they are of one patient and near in time.

use chrono::{Days, NaiveDate};
use ssmix2::types::Text;
use std::collections::HashMap;

/// How far an order and its answer may lie apart.
const NEAR: Days = Days::new(366);

/// Whether the message is another patient's, and the order number.
pub(super) type Number = (bool, Text);

/// Items by key, in the order of their dates.
pub(super) struct ByNumber<K>(HashMap<K, Vec<(NaiveDate, usize)>>);

impl<K: std::hash::Hash + Eq> ByNumber<K> {
    pub(super) fn new(items: impl Iterator<Item = (K, NaiveDate, usize)>) -> ByNumber<K> {
        let mut map: HashMap<K, Vec<(NaiveDate, usize)>> = HashMap::new();
        for (key, date, item) in items {
            map.entry(key).or_default().push((date, item));
        }
        map.values_mut().for_each(|items| items.sort_unstable());
        ByNumber(map)
    }

    /// The items of this key near a date.
    pub(super) fn near(&self, key: &K, date: NaiveDate) -> &[(NaiveDate, usize)] {
        let all = self.0.get(key).map_or(&[][..], Vec::as_slice);
        let (from, to) = (date - NEAR, date + NEAR);
        &all[all.partition_point(|(d, _)| *d < from)..all.partition_point(|(d, _)| *d <= to)]
    }

    /// The first item of the day nearest to a date.
    pub(super) fn nearest(&self, key: &K, date: NaiveDate) -> Option<usize> {
        let near = self.near(key, date);
        let (before, after) = near.split_at(near.partition_point(|(d, _)| *d < date));
        let days = [before.last(), after.first()].into_iter().flatten().map(|(d, _)| *d);
        let day = days.min_by_key(|d| (*d - date).num_days().abs())?;
        near.get(near.partition_point(|(d, _)| *d < day)).map(|(_, item)| *item)
    }
}
