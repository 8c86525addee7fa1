//! Whether the audit records are those that were written: all of them, unchanged, in their order.
//!
//! Every record leads from the place before it to its own, so what was done to one shows there. Two things do not show in
//! the chain itself: records cut off its end, and a chain that was written anew from some record on. A head that was signed
//! and kept elsewhere shows both, up to where it was signed; of many, the first that does not fit says where.

use std::fmt;

use mykarte_vault::ChainId;
use mykarte_vault::chain::{Head, Place};
use mykarte_vault::package::{SignatureFlaw, VerifyingKey};
use serde::Deserialize;

use crate::{Record, StateError, Store};

const PAGE: usize = 1_000;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How many records, from the first on, are as they were written.
    pub intact: u64,
    /// The first that is not.
    pub broken: Option<Broken>,
    /// What is known of the end.
    pub tail: Tail,
}

/// A record that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub number: u64,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It, or the place kept with it, is not what was written.
    Changed,
    /// There is none of this number.
    Missing,
    /// Another one stands here.
    OutOfOrder,
    /// The signed head knows another one: it, or one before it, was written anew with everything behind.
    PlaceDiffers {
        /// The first that it may be: up to the one before, another head vouches for them.
        from: u64,
    },
}

/// What is known of the end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// No head from elsewhere: whether records are missing at the end cannot be said.
    Unproven,
    /// A head vouches for this many; of those behind it none can be missed.
    Vouched {
        /// How many.
        count: u64,
        /// When it was signed, in Unix seconds.
        at: u64,
    },
    /// The head is not one that this key signed; as good as none.
    HeadRefused {
        /// Why; `None` where no key was given to check it with.
        flaw: Option<SignatureFlaw>,
    },
    /// The head is of another chain: the database, or the head, is not the right one.
    OtherChain,
}

impl Verdict {
    /// Whether nothing speaks against the chain. Without a head that is less: [`Tail::Unproven`].
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.broken.is_none() && matches!(self.tail, Tail::Unproven | Tail::Vouched { .. })
    }
}

/// Walks a whole chain, with heads from elsewhere and the key that signed them, if there are.
///
/// # Errors
/// [`StateError`]: the database cannot be read, which its damage too can be the reason of.
pub fn verify(store: &dyn Store, heads: &[Vec<u8>], key: Option<&VerifyingKey>) -> Result<Verdict, StateError> {
    let read = |head: &Vec<u8>| match key {
        None => Err(Tail::HeadRefused { flaw: None }),
        Some(key) => Head::read(head, key).map_err(|flaw| Tail::HeadRefused { flaw: Some(flaw) }),
    };
    walk(store.reached()?.chain, heads.iter().map(read), records(store))
}

/// Every record, a page at a time.
pub fn records(store: &dyn Store) -> impl Iterator<Item = Result<Record, StateError>> {
    let mut from = Some(0);
    std::iter::from_fn(move || {
        let page = store.records(from?, PAGE);
        from = page.as_ref().ok().and_then(|page| page.last()?.number.checked_add(1));
        Some(page)
    })
    .flat_map(|page| match page {
        Ok(page) => page.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

/// Judges records as they come, with heads, or what is to be said of the end where one is none. One head that is refused
/// keeps no other from being held against the records.
///
/// # Errors
/// That of the first record that could not be had.
pub fn walk<E>(
    chain: ChainId,
    heads: impl IntoIterator<Item = Result<Head, Tail>>,
    records: impl IntoIterator<Item = Result<Record, E>>,
) -> Result<Verdict, E> {
    let (heads, tail) = sort(chain, heads);
    let (mut count, mut place, mut vouched) = (0, Place::start(chain), 0);
    let mut ahead = heads.as_slice();
    for record in records {
        let after = match next(count + 1, place, &record?) {
            Ok(after) => after,
            Err(broken) => return Ok(Verdict { intact: count, broken: Some(broken), tail }),
        };
        (count, place) = (count + 1, after);
        while let Some((head, rest)) = ahead.split_first().filter(|(head, _)| head.count <= count) {
            if head.count == count && head.place != place {
                let broken = Broken { number: count, flaw: Flaw::PlaceDiffers { from: vouched + 1 } };
                return Ok(Verdict { intact: vouched, broken: Some(broken), tail });
            }
            (ahead, vouched) = (rest, head.count);
        }
    }
    let is_cut = ahead.last().is_some_and(|head| head.count > count);
    let broken = is_cut.then_some(Broken { number: count + 1, flaw: Flaw::Missing });
    Ok(Verdict { intact: count, broken, tail })
}

/// The heads of this chain in the order of their records, and what they say of its end.
fn sort(chain: ChainId, heads: impl IntoIterator<Item = Result<Head, Tail>>) -> (Vec<Head>, Tail) {
    let (mut of_this, mut refused) = (Vec::new(), None);
    for head in heads {
        match head {
            Ok(head) if head.chain == chain => of_this.push(head),
            Ok(_) => refused = refused.or(Some(Tail::OtherChain)),
            Err(tail) => refused = refused.or(Some(tail)),
        }
    }
    of_this.sort_by_key(|head| head.count);
    let last = of_this.last().map_or(Tail::Unproven, |last| Tail::Vouched { count: last.count, at: last.at });
    (of_this, refused.unwrap_or(last))
}

#[derive(Deserialize)]
struct Number {
    n: u64,
}

/// Where the next record leads, if it is the one of this number.
fn next(number: u64, before: Place, record: &Record) -> Result<Place, Broken> {
    let broken = |number, flaw| Err(Broken { number, flaw });
    if record.number > number {
        return broken(number, Flaw::Missing);
    }
    if record.number < number {
        return broken(record.number, Flaw::OutOfOrder);
    }
    // Before the place is held against it: one that was moved says more of itself than that it does not fit.
    let own = serde_json::from_slice(&record.json).map(|Number { n }| n);
    if own.is_ok_and(|own| own != number) {
        return broken(number, Flaw::OutOfOrder);
    }
    let place = before.after(number, &record.json);
    if place != record.place {
        return broken(number, Flaw::Changed);
    }
    Ok(place)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.broken {
            None => write!(f, "{} records, all as they were written; {}", self.intact, self.tail),
            Some(broken) => write!(f, "{} records are as they were written, then {broken}; {}", self.intact, self.tail),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match self.flaw {
            Flaw::Changed => write!(f, "record {number} was changed"),
            Flaw::Missing => write!(f, "record {number} is missing"),
            Flaw::OutOfOrder => write!(f, "another record stands in the place of record {number}"),
            Flaw::PlaceDiffers { from } => {
                write!(f, "one of the records {from} to {number} was written anew with all behind it")
            }
        }
    }
}

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unproven => {
                f.write_str("whether some are missing at the end only a signed head from elsewhere can say")
            }
            Self::Vouched { count, at } => write!(f, "a head signed at {at} vouches for the first {count}"),
            Self::HeadRefused { flaw: None } => {
                f.write_str("the head was not looked at: give the public key that signed it")
            }
            Self::HeadRefused { flaw: Some(_) } => {
                f.write_str("the head is not one that this key signed: it says nothing")
            }
            Self::OtherChain => {
                f.write_str("the head is of another chain: this database, or the head, is not the right one")
            }
        }
    }
}
