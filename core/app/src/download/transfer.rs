//! The bytes of a package, over a connection that may break at any of them.
//!
//! ```text
//! 200  begins anew      206  goes on where it broke, if it is still the same package      304  it is the one that is held
//! ```
//!
//! What came is kept and asked for no more; how much may come is decided before room is made for it; and it is a package
//! only when length and hash are those that were announced.

use super::ask::{self, Call};
use super::http::{Http, HttpAnswer, HttpError};
use super::{DownloadError, Turns};
use mykarte_vault::VaultError;
use mykarte_vault::package::EnrolmentId;
use mykarte_wire::{Kind, MAX_PACKAGE, Problem, etag, path};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Bytes that are read at a time.
const PIECE: usize = 64 << 10;
/// Tries in a row that bring no byte.
const TRIES: u32 = 4;
/// Tries in all: who gives a byte at a time does not keep a phone busy for ever.
const MOST_TRIES: u32 = 24;
/// The pause after the first of them; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a pause looks whether somebody wants to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Who watches a download and may stop it.
pub struct DownloadWatch<'a> {
    /// Bytes that came, and bytes in all where that is known.
    pub progress: &'a dyn Fn(u64, Option<u64>),
    /// Set it to stop.
    pub cancel: &'a AtomicBool,
}

/// The beginning of a package that did not come whole: ciphertext. Given to the next fetch it is not asked for again; let go
/// of, nothing is lost.
pub struct Partial {
    enrolment: EnrolmentId,
    hash: [u8; 32],
    total: Option<usize>,
    bytes: Vec<u8>,
}

/// What a publisher has.
pub(super) enum Transfer {
    Nothing,
    Unchanged,
    Whole(Vec<u8>),
}

/// One download: of which enrolment, the hash of what is held, and what came so far.
pub(super) struct Download<'a> {
    pub enrolment: EnrolmentId,
    pub held: Option<[u8; 32]>,
    pub http: &'a dyn Http,
    pub watch: &'a DownloadWatch<'a>,
    /// What came, also where it fails.
    pub partial: &'a mut Option<Partial>,
    /// The package was another one than before, so often.
    pub changes: u32,
}

impl Download<'_> {
    /// Fetches the package of an enrolment unless it is the one that is held.
    pub fn run(&mut self, turns: &mut impl Turns) -> Result<Transfer, DownloadError> {
        use DownloadError as E;
        self.partial.take_if(|partial| partial.enrolment != self.enrolment);
        let mut in_vain = 0;
        for _ in 0..MOST_TRIES {
            let before = self.there();
            let error = match self.attempt(turns) {
                Ok(Some(done)) => return Ok(done),
                Ok(None) => continue,
                Err(error) => error,
            };
            in_vain = if self.there() > before { 0 } else { in_vain + 1 };
            if !error.is_passing() || in_vain >= TRIES {
                // What a strange answer was about is not asked about again.
                let may_go_on = error.is_passing() || matches!(error, E::Cancelled | E::Locked | E::Receive(_));
                self.partial.take_if(|_| !may_go_on);
                return Err(error);
            }
            self.pause(PAUSE * 2_u32.pow(in_vain))?;
        }
        Err(HttpError::Broken.into())
    }

    fn there(&self) -> usize {
        self.partial.as_ref().map_or(0, |partial| partial.bytes.len())
    }

    /// `None`: what was begun is no more, from the beginning again.
    fn attempt(&mut self, turns: &mut impl Turns) -> Result<Option<Transfer>, DownloadError> {
        self.check()?;
        let mut answer = self.call().authorised(turns, self.enrolment, self.http)?;
        match answer.status {
            200 => {
                let next = Partial::begin(self.enrolment, &answer)?;
                let hash = next.hash;
                if self.partial.replace(next).is_some_and(|before| before.hash != hash) {
                    self.change()?;
                }
            }
            206 => {
                let begun = self.partial.as_mut().ok_or(DownloadError::NotAPublisher { what: "a whole package" })?;
                if !begun.goes_on(&answer)? {
                    return self.change().map(|()| None);
                }
            }
            304 if self.held.is_some() => return Ok(Some(Transfer::Unchanged)),
            status => {
                let problem = ask::problem(&mut answer);
                return match problem.as_ref().map(Problem::kind) {
                    Some(Kind::NothingIssued) => Ok(Some(Transfer::Nothing)),
                    // Outside of the package that is there now: it is a shorter one.
                    Some(Kind::Range) if self.partial.is_some() => self.change().map(|()| None),
                    _ => Err(ask::explain(problem.as_ref(), status)),
                };
            }
        }
        self.pour(&mut answer)?;
        self.finish().map(|package| Some(Transfer::Whole(package)))
    }

    fn call(&self) -> Call {
        let call = Call::get(path::fill(path::PACKAGE, &self.enrolment));
        match self.partial.as_ref().filter(|partial| !partial.bytes.is_empty()) {
            Some(begun) => {
                call.with("range", format!("bytes={}-", begun.bytes.len())).with("if-range", etag::write(&begun.hash))
            }
            None => self.held.iter().fold(call, |call, hash| call.with("if-none-match", etag::write(hash))),
        }
    }

    /// It is another package than the one that was begun: once is an accident.
    fn change(&mut self) -> Result<(), DownloadError> {
        self.changes += 1;
        if self.changes > 1 {
            *self.partial = None;
            return Err(DownloadError::Changing);
        }
        // A new one that has begun stays; of the old one nothing does.
        self.partial.take_if(|partial| !partial.bytes.is_empty());
        Ok(())
    }

    /// Adds what comes, and no byte more than was announced.
    fn pour(&mut self, answer: &mut HttpAnswer<'_>) -> Result<(), DownloadError> {
        let mut piece = vec![0; PIECE];
        loop {
            self.check()?;
            let begun = self.partial.as_mut().ok_or(DownloadError::NotAPublisher { what: "a package" })?;
            let came = match answer.body.read(&mut piece) {
                Ok(0) => break,
                Ok(came) => &piece[..came],
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ask::cut(&error)),
            };
            if begun.bytes.len() + came.len() > begun.total.unwrap_or(MAX_PACKAGE) {
                let is_announced = begun.total.is_some();
                *self.partial = None;
                return Err(match is_announced {
                    true => DownloadError::NotAsAnnounced { what: "length" },
                    false => DownloadError::TooLarge,
                });
            }
            begun.bytes.extend_from_slice(came);
            (self.watch.progress)(begun.bytes.len() as u64, begun.total.map(|total| total as u64));
        }
        let is_cut =
            self.partial.as_ref().is_some_and(|begun| begun.total.is_some_and(|total| begun.bytes.len() < total));
        if is_cut { Err(HttpError::Broken.into()) } else { Ok(()) }
    }

    /// All of it came.
    fn finish(&mut self) -> Result<Vec<u8>, DownloadError> {
        let whole = self.partial.take().ok_or(DownloadError::NotAPublisher { what: "a package" })?;
        let hash: [u8; 32] = Sha256::digest(&whole.bytes).into();
        if hash == whole.hash { Ok(whole.bytes) } else { Err(DownloadError::NotAsAnnounced { what: "hash" }) }
    }

    fn pause(&self, time: Duration) -> Result<(), DownloadError> {
        let mut left = time;
        while !left.is_zero() {
            self.check()?;
            let step = left.min(LOOK);
            self.http.pause(step);
            left -= step;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), DownloadError> {
        if self.watch.cancel.load(Ordering::Relaxed) { Err(DownloadError::Cancelled) } else { Ok(()) }
    }
}

impl Partial {
    /// Makes room for a package, if it may be as long as it says.
    fn begin(enrolment: EnrolmentId, answer: &HttpAnswer<'_>) -> Result<Partial, DownloadError> {
        let hash = answer.header("etag").and_then(etag::read);
        let hash = hash.ok_or(DownloadError::NotAPublisher { what: "a package's ETag" })?;
        let total = answer.header("content-length").map(length).transpose()?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(total.unwrap_or_default()).map_err(|_| VaultError::OutOfMemory)?;
        Ok(Partial { enrolment, hash, total, bytes })
    }

    /// Whether an answer goes on where this ends; `false` when it is of another package.
    fn goes_on(&mut self, answer: &HttpAnswer<'_>) -> Result<bool, DownloadError> {
        let range = answer.header("content-range").and_then(|range| range.strip_prefix("bytes ")?.split_once('/'));
        let strange = DownloadError::NotAPublisher { what: "the range that was asked for" };
        let Some((range, total)) = range else { return Err(strange) };
        let total = length(total)?;
        let is_same = answer.header("etag").is_none_or(|tag| etag::read(tag) == Some(self.hash));
        if !is_same || self.total.is_some_and(|known| known != total) {
            return Ok(false);
        }
        let first = range.split_once('-').and_then(|(first, _)| first.parse().ok());
        if first != Some(self.bytes.len()) {
            return Err(strange);
        }
        self.total = Some(total);
        Ok(true)
    }
}

/// A length that was announced, if any package may have it.
fn length(text: &str) -> Result<usize, DownloadError> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let length = text.parse().ok().filter(|length| *length <= MAX_PACKAGE);
    // More digits than a number has are a large one, too.
    length.ok_or(if is_number { DownloadError::TooLarge } else { DownloadError::NotAPublisher { what: "a length" } })
}

impl fmt::Debug for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partial({} of {:?} bytes)", self.bytes.len(), self.total)
    }
}
