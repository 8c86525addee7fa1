//! Heads of another program's chain: what is kept of them, and what is refused.

use mykarte_state::audit::{Broken, Flaw, verify};
use mykarte_state::heads::signed_heads;
use mykarte_state::kept::{KeptError, begin_anew, keep, kept};
use mykarte_state::{Store, open};
use mykarte_vault::ChainId;
use mykarte_vault::chain::{Head, Place};
use mykarte_vault::package::SigningKey;

use crate::Database;
use crate::cases::add;

/// The other program, by its key and chain.
struct Other {
    key: SigningKey,
    chain: ChainId,
}

impl Other {
    fn new() -> Self {
        Self { key: SigningKey::make().unwrap(), chain: ChainId::make().unwrap() }
    }

    fn head(&self, count: u64) -> Head {
        Head { chain: self.chain, count, place: Place([u8::try_from(count).unwrap(); 32]), at: 1_780_000_000 + count }
    }

    fn send(&self, store: &dyn Store, head: &Head) -> Result<Head, KeptError> {
        keep(store, &head.sign(&self.key), self.key.verifying_key().as_bytes())
    }
}

/// What the records of heads say: how each ended.
fn results(store: &dyn Store) -> Vec<String> {
    let json = |json: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&json).unwrap();
    let all = store.records(1, 1_000).unwrap().into_iter().map(|record| json(record.json));
    all.filter(|record| record["action"] == "head").map(|record| record["result"].as_str().unwrap().into()).collect()
}

pub fn every_head_is_kept_and_none_replaced(database: &impl Database) {
    let (store, other) = (database.open(), Other::new());
    assert_eq!(kept(&*store).unwrap().heads, []);
    for count in [3, 3, 5, 9] {
        assert_eq!(other.send(&*store, &other.head(count)), Ok(other.head(count)));
        add(&*store, "between", 2);
    }
    let all = kept(&*store).unwrap();
    assert_eq!(all.heads, [3, 5, 9].map(|count| other.head(count)));
    assert_eq!(all.key, Some(*other.key.verifying_key().as_bytes()));
    let lines: Vec<Vec<u8>> = [3, 5, 9].map(|count| other.head(count).sign(&other.key)).into();
    assert_eq!(signed_heads(all.lines.as_bytes()), lines);
    assert!(verify(&*store, &[], None).unwrap().is_intact());
}

pub fn what_contradicts_a_head_is_refused_and_recorded(database: &impl Database) {
    let (store, other) = (database.open(), Other::new());
    let first = other.head(7);
    other.send(&*store, &first).unwrap();
    let stranger = Other { key: SigningKey::make().unwrap(), chain: other.chain };
    let elsewhere = Head { chain: ChainId::make().unwrap(), ..other.head(20) };
    let forked = Head { place: Place([0; 32]), ..first };
    assert_eq!(stranger.send(&*store, &other.head(8)), Err(KeptError::OtherKey));
    assert_eq!(other.send(&*store, &elsewhere), Err(KeptError::OtherChain));
    assert_eq!(other.send(&*store, &other.head(6)), Err(KeptError::Behind { count: 6, known: 7 }));
    assert_eq!(other.send(&*store, &forked), Err(KeptError::Forked { count: 7 }));
    let unsigned = keep(&*store, &other.head(8).sign(&stranger.key), other.key.verifying_key().as_bytes());
    assert_eq!(unsigned, Err(KeptError::NotSigned));
    assert_eq!(keep(&*store, &[7; 5_000], &[7; 32]), Err(KeptError::NotSigned));
    let said = ["done", "other-key", "other-chain", "behind", "forked", "not-signed", "not-signed"];
    assert_eq!(results(&*store), said);
    // What was kept is as it was, and the right one goes on.
    assert_eq!(kept(&*store).unwrap().heads, [first]);
    assert_eq!(other.send(&*store, &other.head(8)), Ok(other.head(8)));
}

/// Each head alone fits the one before; only whoever holds the records against all of them sees it.
pub fn a_chain_that_was_written_anew_is_found_with_what_was_kept(database: &impl Database) {
    let (over_there, here) = (database.open(), crate::sqlite::File::new());
    let (here, key) = (open(&here.address()).unwrap(), SigningKey::make().unwrap());
    let send = || {
        let reached = over_there.reached().unwrap();
        let head = Head { chain: reached.chain, count: reached.count, place: reached.place, at: 1_780_000_000 };
        keep(&*here, &head.sign(&key), key.verifying_key().as_bytes())
    };
    let verdict = || {
        let heads = signed_heads(kept(&*here).unwrap().lines.as_bytes());
        verify(&*over_there, &heads, Some(&key.verifying_key())).unwrap()
    };
    for _ in 0..3 {
        add(&*over_there, "a", 10);
        send().unwrap();
    }
    assert!(verdict().is_intact(), "{}", verdict());
    let records = over_there.records(1, 100).unwrap();
    database.put_records(&records[..14]);
    assert_eq!(verdict().broken, Some(Broken { number: 15, flaw: Flaw::Missing }));
    assert_eq!(send(), Err(KeptError::Behind { count: 14, known: 30 }));
    add(&*over_there, "other", 40);
    send().unwrap();
    assert_eq!(verdict().broken, Some(Broken { number: 20, flaw: Flaw::PlaceDiffers { from: 11 } }));
}

pub fn a_new_chain_begins_when_it_is_allowed(database: &impl Database) {
    let (store, old, new) = (database.open(), Other::new(), Other::new());
    old.send(&*store, &old.head(9)).unwrap();
    assert_eq!(new.send(&*store, &new.head(2)), Err(KeptError::OtherKey));
    begin_anew(&*store).unwrap();
    assert_eq!(kept(&*store).unwrap().heads, []);
    new.send(&*store, &new.head(2)).unwrap();
    assert_eq!(kept(&*store).unwrap().heads, [new.head(2)]);
    assert_eq!(old.send(&*store, &old.head(10)), Err(KeptError::OtherKey));
    // That it was allowed, and what was kept before, stays in the chain.
    assert_eq!(results(&*store), ["done", "other-key", "done", "other-key"]);
}
