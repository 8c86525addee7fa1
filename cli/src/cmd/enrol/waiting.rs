//! Waiting at the counter: the digits are shown, and staff confirm. Ctrl-C ends the waiting, not the enrolment.

use crate::failure::Failure;
use crate::http::Network;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line;
use crate::words::{download as words, errors};
use mykarte::Archive;
use mykarte::download::{DownloadError, EnrolmentState, enrolment_state};
use mykarte::vault::package::EnrolmentId;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often the publisher is asked.
const POLL: Duration = Duration::from_secs(2);
/// After an answer that failed: the network may come back.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How often it looks whether somebody wants to stop.
const TICK: Duration = Duration::from_millis(100);

/// Returns when staff have confirmed.
pub fn run(
    archive: &mut Archive,
    id: EnrolmentId,
    network: &Network,
    vault: &Path,
    out: &mut Out,
) -> Result<(), Failure> {
    let keep = Keep::new();
    let mut said = String::new();
    loop {
        let (text, wait) = match enrolment_state(archive, id, network) {
            Ok(EnrolmentState::Confirmed | EnrolmentState::Issued) => break,
            Ok(EnrolmentState::Ended) => {
                return Err(Failure::Refused(errors::downloading(&DownloadError::Ended, vault, out.language)));
            }
            Ok(EnrolmentState::Compare { digits }) => (words::digits(&digits, out.language), POLL),
            Ok(EnrolmentState::Waiting | EnrolmentState::Unknown) => (words::waiting(out.language).to_owned(), POLL),
            Err(error) if error.is_passing() => (errors::downloading(&error, vault, out.language), AFTER_FAILURE),
            Err(error) => return Err(Failure::Refused(errors::downloading(&error, vault, out.language))),
        };
        if text != said {
            out.hint(Line::new().bold(text.clone()));
            said = text;
        }
        pause(wait, &keep, out)?;
    }
    drop(keep);
    out.line(Line::new().bold(words::confirmed(out.language)))?;
    out.finish()?;
    out.hint(words::now_fetch(out.language));
    Ok(())
}

fn pause(time: Duration, keep: &Keep, out: &Out) -> Result<(), Failure> {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if keep.flag().load(Ordering::Relaxed) {
            return Err(Failure::Refused(words::goes_on_later(out.language).to_string()));
        }
        std::thread::sleep(TICK);
    }
    Ok(())
}
