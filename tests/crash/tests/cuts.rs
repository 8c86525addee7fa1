//! Cut off at every write, sync, truncate, creation and deletion.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use mykarte_crash::disk::{Crash, Event, Image};
use mykarte_crash::operations::{self, Operation, Rehearsal};
use mykarte_crash::oracle::{Expected, judge, wrapped_keys_in};
use mykarte_crash::replay::{Case, is_left_out, number, wanted};

/// Every so many steps one is cut at; `./x evidence` asks for each.
fn stride() -> usize {
    number("MYKARTE_CRASH_STRIDE", 17)
}

/// Torn disks at each cut.
fn seeds() -> u64 {
    number("MYKARTE_CRASH_SEEDS", 2)
}

#[test]
fn every_operation_is_done_or_not_done() {
    let mut total = 0;
    std::thread::scope(|scope| {
        let all: Vec<_> =
            operations::ALL.iter().map(|operation| scope.spawn(|| cut_all(operation, stride(), seeds()))).collect();
        total =
            all.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).sum();
    });
    assert!(total > 0 || wanted().is_some(), "nothing was cut off");
}

/// Cuts one operation off, prints and returns how often.
#[expect(clippy::print_stdout, reason = "the numbers of docs/evidence.md")]
fn cut_all(operation: &Operation, stride: usize, seeds: u64) -> usize {
    if is_left_out(operation.name) {
        return 0;
    }
    let rehearsal = operation.rehearse(operation.start());
    let keys = wrapped_keys_in(&rehearsal.start);
    let mut disk = rehearsal.heard.start.clone();
    let (mut acknowledged, mut counts) = (0, BTreeMap::<&str, usize>::new());
    let mut judged = HashSet::new();
    for n in 0..=rehearsal.heard.events.len() {
        if let Some(event) = n.checked_sub(1).map(|last| &rehearsal.heard.events[last]) {
            disk.apply(event);
            acknowledged += usize::from(matches!(event, Event::Acknowledged));
        }
        // The whole of it is always looked at, and what was named.
        if n % stride != 0 && n != rehearsal.heard.events.len() && wanted().is_none() {
            continue;
        }
        for (mode, seed, crash) in crashes(n, seeds) {
            let case = Case { operation: operation.name.to_owned(), mode: mode.to_owned(), n, seed };
            if !case.is_wanted() {
                continue;
            }
            *counts.entry(mode).or_default() += 1;
            let image = disk.after(crash);
            if judged.insert((acknowledged, digest(&image))) {
                case.run(|| check(operation, &rehearsal, acknowledged, &image, &keys));
            }
        }
    }
    let steps = rehearsal.heard.events.len();
    println!("{}: {steps} steps, cut {counts:?}, {} different disks", operation.name, judged.len());
    counts.values().sum()
}

fn crashes(n: usize, seeds: u64) -> Vec<(&'static str, u64, Crash)> {
    let mut all =
        vec![("process", 0, Crash::Process), ("power", 0, Crash::Power), ("power-names", 0, Crash::PowerNames)];
    let seed = |i: u64| n as u64 * 1_000_003 + i;
    let torn = wanted().map_or_else(|| (0..seeds).map(seed).collect(), |wanted| vec![wanted.seed]);
    all.extend(torn.into_iter().map(|seed| ("torn", seed, Crash::Torn(seed))));
    all
}

/// Disks that were judged are not judged again.
fn digest(image: &Image) -> u64 {
    let mut hasher = DefaultHasher::new();
    image.hash(&mut hasher);
    hasher.finish()
}

fn check(operation: &Operation, rehearsal: &Rehearsal, acknowledged: usize, image: &Image, keys: &[Vec<u8>]) {
    let allowed = operation.allowed(&rehearsal.states, acknowledged);
    let are_gone = operation.erases && acknowledged == rehearsal.states.len() - 1;
    judge(operation, image, &Expected { allowed: &allowed, keys, are_gone, reserves: operation.reserves });
}

#[test]
#[ignore = "minutes: ./x evidence"]
fn one_that_does_not_fit_the_cache_is_done_or_not_done() {
    cut_all(&operations::LARGE, 199, 2);
}
