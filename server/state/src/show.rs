//! The audit records as somebody looks at them: some of all, in their order.

use std::collections::VecDeque;

use chrono::{DateTime, FixedOffset, NaiveDate};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::{Map, Value};

use crate::audit::records;
use crate::{StateError, Store};

/// Hours that Japan is ahead of UTC.
const JAPAN: i32 = 9;

/// Which records.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// From this day in Japan on.
    pub since: Option<NaiveDate>,
    /// Of those that are wanted otherwise, so many from the end.
    pub last: Option<usize>,
    /// Those in which this stands: a name and its text.
    pub with: Option<(&'static str, String)>,
}

/// A record that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Under which it is kept.
    pub number: u64,
    /// Byte for byte as it was hashed.
    pub json: Vec<u8>,
    /// What it says; `None` where it cannot be read, which verifying names.
    pub fields: Option<Map<String, Value>>,
}

/// Hands over the records that are wanted, in their order. One that cannot be read is always wanted.
///
/// # Errors
/// That of the database, or of `each`.
pub fn show<E: From<StateError>>(
    store: &dyn Store,
    wanted: &Wanted,
    mut each: impl FnMut(Shown) -> Result<(), E>,
) -> Result<(), E> {
    let mut last = VecDeque::new();
    for record in records(store) {
        let record = record?;
        let fields = serde_json::from_slice(&record.json).ok();
        if fields.as_ref().is_some_and(|fields| !is_wanted(fields, wanted)) {
            continue;
        }
        let shown = Shown { number: record.number, json: record.json, fields };
        let Some(most) = wanted.last else {
            each(shown)?;
            continue;
        };
        last.push_back(shown);
        if last.len() > most {
            last.pop_front();
        }
    }
    last.into_iter().try_for_each(each)
}

fn is_wanted(fields: &Map<String, Value>, wanted: &Wanted) -> bool {
    let is_since =
        |day| fields.get("at").and_then(Value::as_u64).and_then(time).is_none_or(|at| at.date_naive() >= day);
    let has = |(name, text): &(&str, String)| fields.get(*name).and_then(Value::as_str) == Some(text);
    wanted.since.is_none_or(is_since) && wanted.with.as_ref().is_none_or(has)
}

/// A record's time in Japan; `None` from a clock that was never set.
#[must_use]
pub fn time(at: u64) -> Option<DateTime<FixedOffset>> {
    let japan = FixedOffset::east_opt(JAPAN * 3_600)?;
    let utc = DateTime::from_timestamp(i64::try_from(at).ok().filter(|at| *at > 0)?, 0)?;
    Some(utc.with_timezone(&japan))
}

impl Shown {
    /// One line for machines: the record as it was hashed, or, where it is no JSON, its number alone.
    #[must_use]
    pub fn json_line(&self) -> Vec<u8> {
        let mut line = match self.fields {
            Some(_) => self.json.clone(),
            None => format!("{{\"n\":{},\"unreadable\":true}}", self.number).into_bytes(),
        };
        line.push(b'\n');
        line
    }

    /// A field as text; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        match self.fields.as_ref().and_then(|fields| fields.get(name)) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    /// All fields but those of these names, as `name=text`.
    #[must_use]
    pub fn rest(&self, known: &[&str]) -> String {
        let fields = self.fields.iter().flatten().filter(|(name, _)| !known.contains(&name.as_str()));
        let value = |name: &str| self.key_of_head(name).unwrap_or_else(|| self.text(name));
        let pairs: Vec<String> = fields.map(|(name, _)| format!("{name}={}", value(name))).collect();
        pairs.join(" ")
    }

    /// The key of a kept head, as verifying and exporting print it: people compare them.
    fn key_of_head(&self, name: &str) -> Option<String> {
        let is_of_head = name == "key" && self.fields.as_ref()?.contains_key("head");
        let key = HEXLOWER.decode(self.text(name).as_bytes()).ok().filter(|_| is_of_head)?;
        Some(BASE64URL_NOPAD.encode(&key))
    }
}
