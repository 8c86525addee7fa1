//! SQLite gets no more memory: what is to be written is written or refused, and reading goes on when there is some again.
//! A process has one such limit, so this is a program of its own.

use mykarte_crash::disk::{image_of, lay_out};
use mykarte_crash::limit_memory;
use mykarte_crash::operations;
use mykarte_crash::oracle::{Expected, judge, wrapped_keys_in};
use mykarte_crash::record::{Fault, Kind};
use mykarte_crash::replay::number;
use mykarte_crash::view::folder;
use mykarte_vault::VaultError;

/// Nothing else fails.
const NOTHING: Fault = Fault { kind: Kind::Any, n: u32::MAX - 1, lasting: false };

#[test]
#[expect(clippy::print_stdout, reason = "the numbers of docs/evidence.md")]
fn without_memory_it_is_done_or_refused() {
    let step: usize = number("MYKARTE_CRASH_MEMORY", 80 << 10);
    for operation in operations::ALL.iter().filter(|operation| !operation.passcodes) {
        let rehearsal = operation.rehearse(operation.start());
        let keys = wrapped_keys_in(&rehearsal.start);
        let (mut refused, mut done) = (0, 0);
        for bytes in (1..).step_by(step) {
            let place = folder();
            lay_out(&rehearsal.start, place.path());
            limit_memory(Some(bytes));
            let ((acknowledged, error), _) = operation.attempt(place.path(), NOTHING);
            limit_memory(None);
            let allowed = operation.allowed(&rehearsal.states, acknowledged);
            let are_gone = operation.deletes && error.is_none();
            let expected = Expected { allowed: &allowed, keys: &keys, are_gone, reserves: operation.reserves };
            judge(operation, &image_of(place.path()), &expected);
            match error {
                Some(error) => {
                    // Not a word of damage: there is none.
                    let is_said = matches!(
                        error,
                        VaultError::OutOfMemory | VaultError::Database { .. } | VaultError::NotYetErased
                    );
                    assert!(is_said, "{}, {bytes} bytes: {error:?}", operation.name);
                    refused += 1;
                }
                None => done += 1,
            }
            // Enough is enough; what is done all the same with too little is done.
            if done > refused && bytes > 1 << 20 {
                break;
            }
        }
        println!("{}: refused {refused}, done {done}", operation.name);
        assert!(refused > 0, "{}: the limit holds", operation.name);
    }
}
