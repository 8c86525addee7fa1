//! Values that many entries share, written once.
//!
//! A record holds the same test items, units, doctors and report heads tens of
//! thousands of times. While a table is open on this thread ([`collect`]), such
//! a value serialises as `{"@":n}` and its JSON goes into the table; without a
//! table it serialises as itself. [`expand`] puts the values back into a line,
//! as text, so that readers never see a reference.

use foldhash::fast::RandomState;
use memchr::memmem::Finder;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::any::TypeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

/// How a reference begins. These bytes never occur inside a JSON string, where
/// the quotation marks would be escaped.
pub const MARK: &[u8] = b"{\"@\":";

#[derive(Default)]
struct Table {
    /// By address and type: values behind an `Arc` that lives as long as the table is open.
    addresses: HashMap<(usize, TypeId), u32, RandomState>,
    /// By content: the same value met at another address.
    contents: HashMap<Box<str>, u32, RandomState>,
    values: Vec<Box<str>>,
    /// The reference to each value, written once.
    references: Vec<Box<RawValue>>,
}

thread_local! {
    static TABLE: RefCell<Option<Table>> = const { RefCell::new(None) };
}

/// Runs `write` with a fresh table and returns its result with the values that
/// were shared, each as JSON, in the order of their numbers. What `write`
/// serialises must stay where it is until `collect` returns.
pub fn collect<R>(write: impl FnOnce() -> R) -> (R, Vec<Box<str>>) {
    TABLE.set(Some(Table::default()));
    let result = write();
    (result, TABLE.take().map(|t| t.values).unwrap_or_default())
}

/// Serialises `value`, shared when a table is open. `plain` writes it as itself;
/// it is called with the table still open, so values inside it are shared too.
pub(crate) fn serialize<T: 'static, S: Serializer>(
    value: &T,
    serializer: S,
    plain: impl Serialize,
) -> Result<S::Ok, S::Error> {
    let address = (std::ptr::from_ref(value).addr(), TypeId::of::<T>());
    let known = TABLE.with_borrow(|t| t.as_ref().map(|t| t.addresses.get(&address).copied()));
    let number = match known {
        None => return plain.serialize(serializer),
        Some(Some(number)) => number,
        Some(None) => {
            let json = serde_json::to_string(&plain).map_err(S::Error::custom)?;
            TABLE
                .with_borrow_mut(|t| t.as_mut().map(|t| t.add(address, json)))
                .ok_or_else(|| S::Error::custom("table"))?
                .map_err(S::Error::custom)?
        }
    };
    TABLE.with_borrow(|t| match t.as_ref().and_then(|t| t.references.get(number as usize)) {
        Some(reference) => reference.serialize(serializer),
        None => Err(S::Error::custom("table")),
    })
}

impl Table {
    fn add(&mut self, address: (usize, TypeId), json: String) -> serde_json::Result<u32> {
        let json = json.into_boxed_str();
        let next = self.values.len() as u32;
        let number = *self.contents.entry(json.clone()).or_insert(next);
        if number == next {
            self.values.push(json);
            self.references.push(RawValue::from_string(format!("{{\"@\":{number}}}"))?);
        }
        self.addresses.insert(address, number);
        Ok(number)
    }
}

/// The number of the reference at the start of `bytes` and its length.
pub fn reference(bytes: &[u8]) -> Option<(usize, usize)> {
    let digits = bytes.strip_prefix(MARK)?;
    let length = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let number = std::str::from_utf8(&digits[..length]).ok()?.parse().ok()?;
    (digits.get(length) == Some(&b'}')).then_some((number, MARK.len() + length + 1))
}

/// A line in the pieces that [`expand`] writes.
enum Piece<'a> {
    Text(&'a [u8]),
    Value(usize),
}

/// To make one costs more than a line takes to search.
static MARKS: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(MARK));

fn pieces(line: &[u8], mut f: impl FnMut(Piece<'_>)) {
    let mut done = 0;
    for at in MARKS.find_iter(line) {
        // What only begins as a reference is text.
        if let Some((number, length)) = reference(&line[at..]) {
            f(Piece::Text(&line[done..at]));
            f(Piece::Value(number));
            done = at + length;
        }
    }
    f(Piece::Text(&line[done..]));
}

/// What stands for a value that is not there.
const MISSING: &[u8] = b"null";

/// Writes `line` to `out` with every reference replaced by its value. A number
/// without a value becomes `null`; values are expanded already.
pub fn expand(line: &[u8], values: &[Vec<u8>], out: &mut Vec<u8>) {
    pieces(line, |piece| {
        out.extend_from_slice(match piece {
            Piece::Text(text) => text,
            Piece::Value(number) => values.get(number).map_or(MISSING, Vec::as_slice),
        });
    });
}

/// How many bytes [`expand`] would write, for values of these lengths.
pub fn expanded_length(line: &[u8], lengths: &[usize]) -> usize {
    let mut length = 0_usize;
    pieces(line, |piece| {
        length = length.saturating_add(match piece {
            Piece::Text(text) => text.len(),
            Piece::Value(number) => lengths.get(number).copied().unwrap_or(MISSING.len()),
        });
    });
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Coded;
    use std::sync::Arc;

    #[test]
    fn equal_values_are_written_once_and_come_back() {
        let a = Arc::new(Coded::of_text("mg/dL"));
        let b = Arc::new(Coded::of_text("mg/dL"));
        let c = Arc::new(Coded::of_text("{\"@\":7}"));
        let row = (&a, &b, &a, &c);
        let plain = serde_json::to_vec(&row).expect("JSON");
        let (line, values) = collect(|| serde_json::to_vec(&row).expect("JSON"));
        assert_eq!(line, br#"[{"@":0},{"@":0},{"@":0},{"@":1}]"#);
        let values: Vec<Vec<u8>> = values.iter().map(|v| v.as_bytes().to_vec()).collect();
        let mut out = Vec::new();
        expand(&line, &values, &mut out);
        assert_eq!(out, plain);
        let lengths: Vec<usize> = values.iter().map(Vec::len).collect();
        assert_eq!(expanded_length(&line, &lengths), plain.len());
        assert_eq!(serde_json::to_vec(&row).expect("JSON"), plain);
    }

    #[test]
    fn a_missing_value_is_null_and_a_broken_mark_stays() {
        let mut out = Vec::new();
        expand(br#"[{"@":9},{"@":x}]"#, &[], &mut out);
        assert_eq!(out, br#"[null,{"@":x}]"#);
    }
}
