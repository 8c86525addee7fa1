//! Transactions a second, for docs/evidence.md: a document read and written, and a record.

use std::time::Instant;

use crate::Database;
use crate::cases::increment;

#[expect(clippy::print_stdout, reason = "a measurement")]
fn measure(name: &str, database: &impl Database) {
    const TIMES: u32 = 2_000;
    let store = database.open();
    for threads in [1, 16] {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (store, id) = (&*store, thread.to_string());
                scope.spawn(move || (0..TIMES / threads).for_each(|_| assert!(increment(store, &id).is_ok())));
            }
        });
        let a_second = f64::from(TIMES / threads * threads) / begun.elapsed().as_secs_f64();
        println!("{name}, {threads} threads: {a_second:.0} transactions a second");
    }
}

#[test]
#[ignore = "a measurement"]
fn of_each_database() {
    measure("SQLite", &crate::sqlite::File::new());
    if let Some(base) = crate::postgres::Base::new() {
        measure("PostgreSQL", &base);
    }
}
