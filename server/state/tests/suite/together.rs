//! What many callers see: each as if it were alone.

use mykarte_state::Store;

use crate::Database;
use crate::cases::{Count, counter, increment};

/// 1,000 increments by 16 threads, each on one of the stores.
fn count(stores: &[Box<dyn Store>]) {
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let store = &*stores[thread % stores.len()];
            let share = 1_000 / 16 + usize::from(thread < 1_000 % 16);
            scope.spawn(move || {
                for _ in 0..share {
                    increment(store, "shared").unwrap();
                }
            });
        }
    });
    for store in stores {
        assert_eq!(store.get(&counter("shared")).unwrap(), Some(Count { count: 1_000 }));
        assert_eq!(store.reached().unwrap().count, 1_000);
    }
    let counts = stores[0]
        .records(1, 2_000)
        .unwrap()
        .into_iter()
        .map(|record| serde_json::from_slice::<Count>(&record.json).unwrap().count);
    assert!(counts.eq(1..=1_000), "the records tell of every increment, in order");
}

pub fn increments_of_many_threads_are_all_counted(database: &impl Database) {
    count(&[database.open()]);
}

pub fn two_stores_on_one_database_count_together(database: &impl Database) {
    let stores = std::thread::scope(|scope| {
        // Both make it, if it is to be made.
        let opening = [(), ()].map(|()| scope.spawn(|| database.open()));
        opening.map(|thread| thread.join().unwrap())
    });
    assert_eq!(stores[0].reached().unwrap().chain, stores[1].reached().unwrap().chain);
    count(&stores);
}
