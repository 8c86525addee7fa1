//! Records as somebody looks at them.

use mykarte_state::show::{Shown, Wanted, show, time};
use mykarte_state::{StateError, Store};

use crate::Database;
use crate::cases::add;

fn shown(store: &dyn Store, wanted: &Wanted) -> Vec<Shown> {
    let mut all = Vec::new();
    show::<StateError>(store, wanted, |one| {
        all.push(one);
        Ok(())
    })
    .unwrap();
    all
}

fn numbers(store: &dyn Store, wanted: &Wanted) -> Vec<u64> {
    shown(store, wanted).into_iter().map(|one| one.number).collect()
}

pub fn records_are_shown_by_day_and_name_and_from_the_end(database: &impl Database) {
    let store = database.open();
    add(&*store, "a", 2);
    add(&*store, "b", 3);
    let all = Wanted::default();
    assert_eq!(numbers(&*store, &all), [1, 2, 3, 4, 5]);
    let with = |which: &str| Some(("which", which.to_owned()));
    assert_eq!(numbers(&*store, &Wanted { with: with("a"), ..all.clone() }), [1, 2]);
    assert_eq!(numbers(&*store, &Wanted { with: with("b"), last: Some(2), ..all.clone() }), [4, 5]);
    assert!(numbers(&*store, &Wanted { last: Some(0), ..all.clone() }).is_empty());
    let record = shown(&*store, &all).remove(0);
    assert_eq!((record.text("which"), record.text("count"), record.text("none")), ("a".into(), "1".into(), "".into()));
    assert_eq!(record.rest(&["n", "at", "clock", "event"]), "count=1 which=a");
    // A record of yesterday, and one that is none any more: that one is never kept back.
    let today = time(record.text("at").parse().unwrap()).unwrap().date_naive();
    let mut records = store.records(1, 10).unwrap();
    records[0].json = br#"{"n":1,"at":1772463599,"which":"a"}"#.to_vec();
    records[2].json = b"no JSON".to_vec();
    database.put_records(&records);
    assert_eq!(numbers(&*store, &Wanted { since: Some(today), ..all.clone() }), [2, 3, 4, 5]);
    assert_eq!(numbers(&*store, &Wanted { since: Some(today), with: with("a"), ..all.clone() }), [2, 3]);
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(numbers(&*store, &Wanted { since: day("2026-03-02"), ..all.clone() }).len(), 5);
    assert_eq!(numbers(&*store, &Wanted { since: day("2026-03-03"), ..all.clone() }).len(), 4, "the day is Japan's");
    assert_eq!(shown(&*store, &all)[2].json_line(), b"{\"n\":3,\"unreadable\":true}\n");
}
