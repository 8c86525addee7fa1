//! Whether the harness would notice: what the vault synced is taken for not synced, and some crash must show it.

use mykarte_crash::disk::{Crash, Event};
use mykarte_crash::operations::{self, Operation, Rehearsal};
use mykarte_crash::oracle::{Expected, judge_quietly, wrapped_keys_in};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Torn disks at each step.
const SEEDS: u64 = 8;

/// Whether a crash of a run without these events leaves what must not be.
fn is_noticed(operation: &Operation, rehearsal: &Rehearsal, is_forgotten: impl Fn(usize, &Event) -> bool) -> bool {
    let keys = wrapped_keys_in(&rehearsal.start);
    let mut disk = rehearsal.heard.start.clone();
    let mut acknowledged = 0;
    rehearsal.heard.events.iter().enumerate().any(|(n, event)| {
        acknowledged += usize::from(matches!(event, Event::Acknowledged));
        if !is_forgotten(n, event) {
            disk.apply(event);
        }
        let allowed = operation.allowed(&rehearsal.states, acknowledged);
        let torn = (0..SEEDS).map(|seed| Crash::Torn(n as u64 * SEEDS + seed));
        [Crash::Power, Crash::PowerNames].into_iter().chain(torn).any(|crash| {
            let expected = Expected { allowed: &allowed, keys: &keys, are_gone: false, reserves: false };
            let image = disk.after(crash);
            catch_unwind(AssertUnwindSafe(|| judge_quietly(operation, &image, &expected))).is_err()
        })
    })
}

fn operation(name: &str) -> (&'static Operation, Rehearsal) {
    let operation = operations::ALL.iter().find(|operation| operation.name == name).expect("one of the list");
    (operation, operation.rehearse(operation.start()))
}

fn is_sync(event: &Event) -> bool {
    matches!(event, Event::Synced { .. } | Event::FolderSynced)
}

#[test]
fn a_vault_that_never_synced_a_file_or_a_name_is_found_out() {
    for name in ["create", "slot-replace"] {
        let (operation, rehearsal) = operation(name);
        let files = is_noticed(operation, &rehearsal, |_, event| matches!(event, Event::Synced { .. }));
        let names = is_noticed(operation, &rehearsal, |_, event| matches!(event, Event::FolderSynced));
        assert!(files && names, "{name}: files {files}, names {names}");
    }
    // And nothing is found where nothing was left out.
    let (operation, rehearsal) = operation("create");
    assert!(!is_noticed(operation, &rehearsal, |_, _| false));
}

/// Each by itself. What is not noticed is made good by the next sync of the same file before anybody is told that it is
/// done, or is of a transaction that only overwrites what is free.
#[test]
#[ignore = "minutes: ./x evidence"]
#[expect(clippy::print_stdout, reason = "the numbers of docs/evidence.md")]
fn each_sync_by_itself() {
    for name in ["create", "re-import", "delete"] {
        let (operation, rehearsal) = operation(name);
        let events = rehearsal.heard.events.iter().enumerate();
        let syncs: Vec<usize> = events.filter(|(_, event)| is_sync(event)).map(|(n, _)| n).collect();
        let noticed = syncs.iter().filter(|sync| is_noticed(operation, &rehearsal, |n, _| n == **sync)).count();
        println!("{name}: a crash shows {noticed} of {} syncs that are left out", syncs.len());
        assert!(2 * noticed >= syncs.len(), "{name}");
    }
}
