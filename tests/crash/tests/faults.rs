//! The disk refuses: the n-th open, read, write, sync, truncation, deletion or lock fails, once or from then on, and the n-th
//! write no longer fits.

use std::collections::{BTreeMap, HashSet};
use std::iter;

use mykarte_crash::disk::{Crash, Image, image_of, lay_out};
use mykarte_crash::operations::{self, Operation, Rehearsal};
use mykarte_crash::oracle::{Expected, judge, wrapped_keys_in};
use mykarte_crash::record::{Fault, KINDS, Kind};
use mykarte_crash::replay::{Case, is_left_out, number, wanted};
use mykarte_crash::view::folder;

/// Every so many steps one fails; `./x evidence` asks for each. Syncs of the folder are few, and where one is taken for
/// done that was not, what was acknowledged is lost: each of them fails every time.
fn stride(kind: Kind) -> usize {
    if kind == Kind::SyncFolder { 1 } else { number("MYKARTE_CRASH_STRIDE", 60) }
}

#[test]
fn whatever_fails_it_is_done_or_refused() {
    let mut total = 0;
    std::thread::scope(|scope| {
        let all: Vec<_> = operations::ALL.iter().map(|operation| scope.spawn(|| fail_all(operation))).collect();
        total =
            all.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).sum();
    });
    assert!(total > 0 || wanted().is_some(), "nothing failed");
}

/// Fails one operation everywhere, prints and returns how often.
#[expect(clippy::print_stdout, reason = "the numbers of docs/evidence.md")]
fn fail_all(operation: &Operation) -> usize {
    if is_left_out(operation.name) {
        return 0;
    }
    let rehearsal = operation.rehearse(operation.start());
    let keys = wrapped_keys_in(&rehearsal.start);
    let mut counts = BTreeMap::<String, (usize, usize)>::new();
    let mut judged = HashSet::new();
    for (kind, lasting) in KINDS.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
        let mode = format!("{kind:?}{}", if lasting { "-lasting" } else { "" });
        let first = wanted().map_or(0, |wanted| wanted.n);
        for n in (first..).step_by(stride(kind)) {
            let case = Case { operation: operation.name.to_owned(), mode: mode.clone(), n, seed: 0 };
            if !case.is_wanted() {
                break;
            }
            let fault = Fault { kind, n: n as u32, lasting };
            let Some(refused) = case.run(|| fail(operation, &rehearsal, &keys, fault, &mut judged)) else { break };
            let count = counts.entry(mode.clone()).or_default();
            *count = (count.0 + 1, count.1 + usize::from(refused));
        }
    }
    println!("{}: failed, and of it refused: {counts:?}", operation.name);
    counts.values().map(|(all, _)| all).sum()
}

/// `None` when the operation has no n-th step of the kind; else whether it was refused. Disks that were judged are not
/// judged again.
fn fail(
    operation: &Operation,
    rehearsal: &Rehearsal,
    keys: &[Vec<u8>],
    fault: Fault,
    judged: &mut HashSet<(usize, Image)>,
) -> Option<bool> {
    let place = folder();
    lay_out(&rehearsal.start, place.path());
    let ((acknowledged, error), heard) = operation.attempt(place.path(), fault);
    if !heard.failed {
        assert_eq!(error, None, "refused, and nothing failed");
        return None;
    }
    let allowed = operation.allowed(&rehearsal.states, acknowledged);
    let are_gone = operation.deletes && error.is_none();
    let reserves = operation.reserves || matches!(fault.kind, Kind::Link | Kind::Any);
    let expected = Expected { allowed: &allowed, keys, are_gone, reserves };
    let mut disk = heard.start;
    heard.events.iter().for_each(|event| disk.apply(event));
    // And the power fails, too: what a failed sync did not save was not acknowledged.
    let crashes = [Crash::Power, Crash::PowerNames, Crash::Torn(fault.n.into()), Crash::Torn(u64::from(fault.n) + 1)];
    let images = crashes.into_iter().map(|crash| disk.after(crash));
    for image in iter::once(image_of(place.path())).chain(images) {
        if judged.insert((acknowledged, image.clone())) {
            judge(operation, &image, &expected);
        }
    }
    Some(error.is_some())
}
