//! The wait that wrong passcodes cost: counted down on a terminal, ended by Ctrl-C.

use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::words::errors;
use indicatif::{ProgressBar, ProgressStyle};
use mykarte::record::labels::Language;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often it looks whether somebody wants to stop.
const TICK: Duration = Duration::from_millis(100);

/// Returns when the next passcode is taken.
pub fn sit_out(time: Duration, out: &Out) -> Result<(), Failure> {
    let until = Instant::now() + time;
    let keep = Keep::new();
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            bar.finish_and_clear();
            return Ok(());
        }
        if keep.flag().load(Ordering::Relaxed) {
            bar.finish_and_clear();
            return Err(Failure::Refused(errors::stopped(out.language).to_string()));
        }
        bar.set_message(message(left, out.language));
        std::thread::sleep(left.min(TICK));
    }
}

fn message(left: Duration, language: Language) -> String {
    let seconds = left.as_millis().div_ceil(1000);
    match language {
        Language::Ja => format!("あと {seconds} 秒（Ctrl-C で中止）"),
        Language::En => format!("{seconds} seconds left (Ctrl-C stops)"),
    }
}
