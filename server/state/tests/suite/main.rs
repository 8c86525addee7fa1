//! One suite for every database: what a store promises, promised by SQLite and PostgreSQL alike.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod cases;
mod crash;
mod heads;
mod kept;
mod postgres;
mod postgres_only;
mod show;
mod speed;
mod sqlite;
mod tamper;
mod together;

use mykarte_state::{Record, Store, open};

/// A database of its own for one test.
pub trait Database: Send + Sync {
    /// What [`open`] is given.
    fn address(&self) -> String;

    /// Opens it, once more if it is open.
    fn open(&self) -> Box<dyn Store> {
        open(&self.address()).unwrap()
    }

    /// Puts other records in place of all that are there, with SQL, past the store and its triggers.
    fn put_records(&self, records: &[Record]);
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
                records_begin_with_the_stores_fields, it_is_found_again,
                what_only_reads_makes_nothing;
            together: increments_of_many_threads_are_all_counted, two_stores_on_one_database_count_together;
            tamper: what_was_written_is_intact, an_edit_is_named, a_deletion_is_named, an_insertion_is_named,
                another_order_is_named, a_cut_tail_is_named_by_a_head, a_head_that_says_nothing_is_said, many_heads_say_where;
            heads: a_head_is_signed_when_it_is_due, a_chain_that_leaves_its_head_is_not_signed_over,
                a_replaced_database_is_refused, heads_of_another_program_are_no_reproach;
            kept: every_head_is_kept_and_none_replaced, what_contradicts_a_head_is_refused_and_recorded,
                a_chain_that_was_written_anew_is_found_with_what_was_kept, a_new_chain_begins_when_it_is_allowed;
            show: records_are_shown_by_day_and_name_and_from_the_end;
            crash: a_killed_program_keeps_what_it_acknowledged;
        }
    };
}

mod on_postgres {
    suite_on!(crate::postgres::Base::new());
}

mod on_sqlite {
    suite_on!(Some(crate::sqlite::File::new()));
}
