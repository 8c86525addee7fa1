//! One suite for every database: what a store promises, promised by SQLite and PostgreSQL alike.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod cases;
mod sqlite;
mod together;

use mykarte_state::Store;

/// A database of its own for one test.
pub trait Database: Send + Sync {
    /// Opens it, once more if it is open.
    fn open(&self) -> Box<dyn Store>;

    /// Runs SQL past the store, and past its triggers where it switches them off.
    fn tamper(&self, sql: &str);
}

/// Every case on a database that `$make` makes; `None` where there is none on this computer.
macro_rules! suite {
    ($make:expr; $($module:ident: $($case:ident),+;)+) => {
        $($(
            #[test]
            fn $case() {
                if let Some(database) = $make {
                    crate::$module::$case(&database);
                }
            }
        )+)+
    };
}

macro_rules! suite_on {
    ($make:expr) => {
        suite! { $make;
            cases: a_document_comes_back_as_it_was_put, a_transaction_is_whole, a_refusal_writes_nothing,
                an_unknown_document_is_none, pages_go_through_a_kind_in_order, records_come_in_order,
                records_begin_with_the_stores_fields, it_is_found_again;
            together: increments_of_many_threads_are_all_counted, two_stores_on_one_database_count_together;
        }
    };
}

mod on_sqlite {
    suite_on!(Some(crate::sqlite::File::new()));
}
