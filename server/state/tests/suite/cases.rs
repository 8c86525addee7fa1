//! What one caller sees.

use mykarte_state::{Change, Key, StateError, Store, Tx, documents};
use mykarte_vault::chain::Place;
use serde::{Deserialize, Serialize};

use crate::Database;

/// A document of these tests.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Count {
    pub count: u64,
}

/// A record of these tests.
#[derive(Serialize)]
struct Counted<'a> {
    event: &'static str,
    which: &'a str,
    count: u64,
}

pub fn counter(id: &str) -> Key {
    Key::new("counter", id)
}

/// Counts one on, with a record of it.
pub fn increment(store: &dyn Store, id: &str) -> Result<u64, StateError> {
    store.change(&[counter(id)], |tx: &mut Tx| {
        let mut count: Count = tx.get(&counter(id))?.unwrap_or_default();
        count.count += 1;
        tx.put(counter(id), &count);
        tx.record(&Counted { event: "counted", which: id, count: count.count });
        Ok(count.count)
    })
}

pub fn add(store: &dyn Store, id: &str, times: usize) {
    for _ in 0..times {
        increment(store, id).unwrap();
    }
}

pub fn a_document_comes_back_as_it_was_put(database: &impl Database) {
    let store = database.open();
    let odd = b" {\"a\" : 1.0e2,\"\xe6\xbc\xa2\":\"\\u0000\xf0\xa0\xae\xb7\", \"a\":2}\n".to_vec();
    let keys = [Key::new("odd", "1"), Key::new("odd", "漢字"), Key::new("other", "1")];
    let write = |writes: Vec<Option<Vec<u8>>>| {
        store
            .transact(&keys, &mut |_| {
                let writes = keys.iter().cloned().zip(writes.clone()).collect();
                Some(Change { writes, records: Vec::new() })
            })
            .unwrap();
        keys.each_ref().map(|key| store.read(key).unwrap())
    };
    let big = vec![b'7'; 300_000];
    assert_eq!(write(vec![Some(odd.clone()), Some(big.clone()), None]), [Some(odd.clone()), Some(big), None]);
    assert_eq!(write(vec![None, Some(odd.clone()), Some(b"0".to_vec())]), [None, Some(odd), Some(b"0".to_vec())]);
}

pub fn an_unknown_document_is_none(database: &impl Database) {
    let store = database.open();
    assert_eq!(store.read(&counter("none")).unwrap(), None);
    assert_eq!(store.get::<Count>(&counter("none")).unwrap(), None);
    store
        .transact(&[counter("none")], &mut |loaded| {
            assert_eq!(loaded, [None]);
            Some(Change { writes: vec![(counter("none"), None)], records: Vec::new() })
        })
        .unwrap();
    assert!(store.list("counter", None, 10).unwrap().is_empty());
    let word = (counter("word"), Some(b"\"word\"".to_vec()));
    store.transact(&[], &mut |_| Some(Change { writes: vec![word.clone()], records: Vec::new() })).unwrap();
    assert_eq!(store.get::<Count>(&counter("word")), Err(StateError::Document { kind: "counter" }));
}

/// Of documents and records that one transaction leaves behind there are all, or, where one cannot be kept, none.
pub fn a_transaction_is_whole(database: &impl Database) {
    let store = database.open();
    add(&*store, "a", 2);
    let before = store.reached().unwrap();
    let too_long = "x".repeat(129);
    let both = |second: &str| {
        let (first, second) = (counter("first"), counter(second));
        store.change(&[first.clone(), second.clone()], |tx: &mut Tx| {
            tx.put(first.clone(), &Count { count: 1 });
            tx.record(&Counted { event: "both", which: "1", count: 0 });
            tx.put(second.clone(), &Count { count: 2 });
            tx.record(&Counted { event: "both", which: "2", count: 0 });
            tx.delete(counter("a"));
            Ok::<_, StateError>(())
        })
    };
    assert!(matches!(both(&too_long), Err(StateError::Unavailable { .. })));
    assert_eq!(store.list("counter", None, 10).unwrap().len(), 1);
    assert_eq!(store.reached().unwrap(), before);
    both("second").unwrap();
    let ids: Vec<String> = store.list("counter", None, 10).unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["first", "second"]);
    assert_eq!(store.reached().unwrap().count, 4);
}

pub fn a_refusal_writes_nothing(database: &impl Database) {
    let store = database.open();
    add(&*store, "a", 1);
    let before = store.reached().unwrap();
    let refused = store.change(&[counter("a")], |tx: &mut Tx| {
        tx.put(counter("a"), &Count { count: 99 });
        assert_eq!(tx.get::<Count>(&counter("a"))?, Some(Count { count: 99 }));
        tx.record(&Counted { event: "refused", which: "a", count: 99 });
        Err::<(), _>(StateError::Foreign)
    });
    assert_eq!(refused, Err(StateError::Foreign));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.transact(&[counter("a")], &mut |_| panic!("while it decides"))
    }));
    assert!(panicked.is_err());
    assert_eq!(store.get(&counter("a")).unwrap(), Some(Count { count: 1 }));
    assert_eq!(store.reached().unwrap(), before);
    assert_eq!(increment(&*store, "a"), Ok(2));
}

pub fn pages_go_through_a_kind_in_order(database: &impl Database) {
    let store = database.open();
    // Bytes decide, on every database: capitals before small letters, a prefix before what is longer.
    let ids = ["0", "00", "A", "B", "_", "a", "aa", "b", "あ", "漢"];
    for id in ids.iter().rev() {
        increment(&*store, id).unwrap();
    }
    let aside = (Key::new("counters", "c"), Some(b"0".to_vec()));
    store.transact(&[], &mut |_| Some(Change { writes: vec![aside.clone()], records: Vec::new() })).unwrap();
    for limit in [1, 3, 10, usize::MAX] {
        let (mut found, mut last) = (Vec::new(), None::<String>);
        loop {
            let page = store.list("counter", last.as_deref(), limit).unwrap();
            assert!(page.len() <= limit);
            let Some((id, _)) = page.last() else { break };
            last = Some(id.clone());
            found.extend(page.into_iter().map(|(id, _)| id));
        }
        assert_eq!(found, ids, "{limit}");
    }
    assert!(store.list("counter", Some("b"), 1).unwrap()[0].0 == "あ");
    let all = |kind| documents(&*store, kind).map(|found| found.unwrap().0).collect::<Vec<_>>();
    assert_eq!(all("counter"), ids);
    // Some pages, the last of them full.
    let many: Vec<String> = (0..1000).map(|n| format!("{n:04}")).collect();
    let writes = || many.iter().map(|id| (Key::new("many", id), Some(b"0".to_vec()))).collect();
    store.transact(&[], &mut |_| Some(Change { writes: writes(), records: Vec::new() })).unwrap();
    assert_eq!(all("many"), many);
    assert_eq!(all("none"), Vec::<String>::new());
}

pub fn records_come_in_order(database: &impl Database) {
    let store = database.open();
    let start = store.reached().unwrap();
    assert_eq!((start.count, start.place), (0, Place::start(start.chain)));
    assert!(store.records(1, 10).unwrap().is_empty());
    add(&*store, "a", 25);
    let all = store.records(1, 100).unwrap();
    let mut place = start.place;
    for (number, record) in (1..).zip(&all) {
        place = place.after(number, &record.json);
        assert_eq!((record.number, record.place), (number, place));
    }
    assert_eq!(all.len(), 25);
    assert_eq!(store.records(11, 5).unwrap(), all[10..15]);
    assert!(store.records(26, 5).unwrap().is_empty());
    let reached = store.reached().unwrap();
    assert_eq!((reached.chain, reached.count, reached.place), (start.chain, 25, place));
}

pub fn records_begin_with_the_stores_fields(database: &impl Database) {
    let store = database.open();
    add(&*store, "a", 1);
    let json = store.records(1, 1).unwrap().remove(0).json;
    let text = String::from_utf8(json).unwrap();
    let (at, rest) = text.strip_prefix(r#"{"n":1,"at":"#).unwrap().split_once(',').unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 600..=now).contains(&at.parse().unwrap()), "{text}");
    let clock = serde_json::to_string(&mykarte_state::clock()).unwrap();
    assert_eq!(rest, format!(r#""clock":{clock},"count":1,"event":"counted","which":"a"}}"#));
}

pub fn it_is_found_again(database: &impl Database) {
    let store = database.open();
    add(&*store, "a", 3);
    let reached = store.reached().unwrap();
    drop(store);
    let store = database.open();
    assert_eq!(store.reached().unwrap(), reached);
    assert_eq!(increment(&*store, "a"), Ok(4));
    assert_eq!(store.records(4, 9).unwrap()[0].place, store.reached().unwrap().place);
}

pub fn what_only_reads_makes_nothing(database: &impl Database) {
    let existing = || mykarte_state::open_existing(&database.address());
    assert_eq!(existing().err(), Some(StateError::Absent));
    assert_eq!(existing().err(), Some(StateError::Absent), "the first try made something");
    add(&*database.open(), "a", 1);
    assert_eq!(existing().unwrap().reached().unwrap().count, 1);
}
