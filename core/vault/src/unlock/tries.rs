//! Wrong passcodes: counted in the file before Argon2id runs, and slowed down in this process.
//!
//! From the fifth wrong one a delay of 30 seconds, doubling to 5 minutes and never more. Nothing is ever wiped, and the
//! recovery code and the biometric slot are never delayed: whoever is locked out by a child's fingers has a way in. The
//! delay runs on the process's monotonic clock, so no change of the date shortens or lengthens it; a process that
//! meets a vault with wrong tries for the first time waits as if the last of them were just now. The count in the file is
//! not authenticated: a copied file can be reset (SECURITY.md). This library never sleeps.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong tries that cost nothing but themselves.
const FREE: u32 = 4;
const FIRST_DELAY: Duration = Duration::from_secs(30);
const LONGEST_DELAY: Duration = Duration::from_secs(300);

/// How long after the last wrong try the next one may be made.
pub(crate) fn delay(wrong: u32) -> Duration {
    match wrong.checked_sub(FREE + 1) {
        None => Duration::ZERO,
        // 2^4 times the first is longer than the longest already.
        Some(more) => (FIRST_DELAY * (1 << more.min(4))).min(LONGEST_DELAY),
    }
}

/// What this process knows of each vault it met; also where the file cannot be written.
static KNOWN: Mutex<BTreeMap<[u8; 16], Known>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Copy)]
struct Known {
    wrong: u32,
    last: Instant,
    /// A success here outweighs what the file says, should it not have been written.
    reset: bool,
}

/// Wrong tries so far and how long to wait before the next; counts none.
pub(crate) fn look(vault: [u8; 16], in_file: u32, now: Instant) -> (u32, Duration) {
    let known = meet(&mut KNOWN.lock().unwrap_or_else(PoisonError::into_inner), vault, in_file, now);
    (known.wrong, known.wait(now))
}

/// Counts one try as wrong until [`succeeded`] says otherwise. `Err` is how many there were and how long to wait; then
/// nothing was counted.
pub(crate) fn begin(vault: [u8; 16], in_file: u32, now: Instant) -> Result<u32, (u32, Duration)> {
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = meet(&mut all, vault, in_file, now);
    let wait = known.wait(now);
    if !wait.is_zero() {
        return Err((known.wrong, wait));
    }
    let wrong = known.wrong.saturating_add(1);
    all.insert(vault, Known { wrong, last: now, ..known });
    Ok(wrong)
}

/// The try that was begun last could not be made.
pub(crate) fn take_back(vault: [u8; 16]) {
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get_mut(&vault) {
        known.wrong = known.wrong.saturating_sub(1);
    }
}

/// What process and file know together.
fn meet(all: &mut BTreeMap<[u8; 16], Known>, vault: [u8; 16], in_file: u32, now: Instant) -> Known {
    let known = all.entry(vault).or_insert(Known { wrong: in_file, last: now, reset: false });
    if !known.reset {
        known.wrong = known.wrong.max(in_file);
    }
    *known
}

impl Known {
    fn wait(self, now: Instant) -> Duration {
        delay(self.wrong).saturating_sub(now.saturating_duration_since(self.last))
    }
}

/// Any way of unlocking succeeded.
pub(crate) fn succeeded(vault: [u8; 16], now: Instant) {
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    all.insert(vault, Known { wrong: 0, last: now, reset: true });
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn delays_grow_to_five_minutes_and_no_further() {
        let seconds = |wrong| delay(wrong).as_secs();
        assert_eq!(
            [0, 4, 5, 6, 7, 8, 9, 10, 1000, u32::MAX].map(seconds),
            [0, 0, 30, 60, 120, 240, 300, 300, 300, 300]
        );
    }

    #[test]
    fn the_fifth_wrong_try_costs_half_a_minute_and_a_success_clears_it() {
        let (vault, start) = ([1; 16], Instant::now());
        assert_eq!((1..=5).map(|_| begin(vault, 0, start)).collect::<Vec<_>>(), (1..=5).map(Ok).collect::<Vec<_>>());
        assert_eq!(look(vault, 0, start), (5, 30 * SECOND));
        assert_eq!(begin(vault, 0, start), Err((5, 30 * SECOND)));
        assert_eq!(begin(vault, 5, start + 29 * SECOND), Err((5, SECOND)));
        // Waiting is no try, and no try is counted while waiting.
        assert_eq!(begin(vault, 5, start + 30 * SECOND), Ok(6));
        assert_eq!(begin(vault, 6, start + 31 * SECOND), Err((6, 59 * SECOND)));
        succeeded(vault, start + 32 * SECOND);
        // Also where the file could not be written and still says 6.
        assert_eq!(begin(vault, 6, start + 33 * SECOND), Ok(1));
    }

    /// Without memory for the key derivation, say: it costs nobody a try.
    #[test]
    fn a_try_that_could_not_be_made_is_none() {
        let (vault, now) = ([4; 16], Instant::now());
        assert_eq!((begin(vault, 3, now), begin(vault, 3, now)), (Ok(4), Ok(5)));
        take_back(vault);
        assert_eq!(look(vault, 3, now), (4, Duration::ZERO));
    }

    #[test]
    fn a_new_process_waits_once_for_what_the_file_says() {
        let (vault, start) = ([2; 16], Instant::now());
        assert_eq!(begin(vault, 1000, start), Err((1000, 300 * SECOND)));
        take_back(vault);
        assert_eq!(begin(vault, 1000, start), Err((1000, 300 * SECOND)));
        assert_eq!(begin(vault, 1000, start + 300 * SECOND), Ok(1001));
        assert_eq!(begin([3; 16], 4, start), Ok(5));
    }
}
