//! Whether this computer's clock is set by a time server: a time in a record is worth as much as the clock that gave it.
//!
//! systemd is asked, at most once a minute and beside the work: a change never waits for it.

use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// What is known of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// A time server sets it.
    Synchronised,
    /// Nobody sets it.
    NotSynchronised,
    /// This system cannot say (no systemd, a container).
    Unknown,
}

const FRESH: Duration = Duration::from_secs(60);
/// How long a program that begins waits for its first answer.
const PATIENCE: Duration = Duration::from_secs(1);

struct Asked {
    when: Option<Instant>,
    answer: Option<Clock>,
}

static LAST: Mutex<Asked> = Mutex::new(Asked { when: None, answer: None });
static ANSWERED: Condvar = Condvar::new();

fn last() -> MutexGuard<'static, Asked> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was known of the clock within the last minute or two.
#[must_use]
pub fn clock() -> Clock {
    let mut last = last();
    if last.when.is_none_or(|when| when.elapsed() > FRESH) {
        last.when = Some(Instant::now());
        std::thread::spawn(|| {
            let answer = ask();
            self::last().answer = Some(answer);
            ANSWERED.notify_all();
        });
    }
    last.answer.unwrap_or(Clock::Unknown)
}

/// Lets the first answer come, for a moment; afterwards [`clock`] knows one.
pub(crate) fn begin() {
    let _ = clock();
    let answered = ANSWERED.wait_timeout_while(last(), PATIENCE, |last| last.answer.is_none());
    drop(answered);
}

/// Seconds since 1970; 0 from a clock that stands before.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn ask() -> Clock {
    let mut command = Command::new("timedatectl");
    command.args(["show", "-p", "NTPSynchronized", "--value"]).stdin(Stdio::null()).stderr(Stdio::null());
    match command.output().map(|output| output.stdout).as_deref() {
        Ok(b"yes\n") => Clock::Synchronised,
        Ok(b"no\n") => Clock::NotSynchronised,
        _ => Clock::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_at_once_and_the_same() {
        begin();
        let begun = Instant::now();
        let first = clock();
        assert_eq!(clock(), first);
        assert!(begun.elapsed() < FRESH / 10);
        assert_eq!(first, ask());
        assert!(now() > 1_780_000_000);
    }
}
