//! Publishers: a vault enrols with a ticket and fetches packages over the app's own HTTP.
//!
//! ```text
//! enrolWithTicket -> enrolmentState until staff have confirmed -> fetch -> Arrival, accepted as one from a file
//!                                                                 announceNextKey, when it was accepted
//! ```
//!
//! The app sends and reads (`HttpClient`, below in `client`); what is sent, kept, resumed and believed is decided in the core.
//! The vault is never held while the network is waited for: it can be locked meanwhile, and the call then fails with `Locked`.

mod client;

pub use client::{HttpBody, HttpCall, HttpClient, HttpFailure, HttpHeader, HttpMethod, HttpResponse};

use crate::error::MyKarteError;
use crate::guard::guarded;
use crate::import::{Cancellation, ListenerError};
use crate::package::{Arrival, Enrolment};
use crate::vault::Vault;
use client::Bridge;
use mykarte::Archive;
use mykarte::download::{self, DownloadError, DownloadWatch, ListNews, News, Turns};
use mykarte::package::ReceiveError;
use mykarte::vault::package::EnrolmentId;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How far an enrolment is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum EnrolmentState {
    /// The counter has not looked yet: ask again in a few seconds.
    Waiting,
    /// Show the digits; staff compare them with theirs. Ask again.
    Compare {
        /// Six digits.
        digits: String,
    },
    /// Staff have confirmed; nothing was issued yet.
    Confirmed,
    /// There is a package: fetch it.
    Issued,
    /// The hospital withdrew it, or a device ended it. The record stays.
    Ended,
    /// A state that this version does not know: ask again, or update the app.
    Unknown,
}

/// What came of the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum FetchOutcome {
    /// Nothing was issued yet.
    NothingIssued,
    /// What the vault holds is the newest.
    Unchanged,
    /// A package arrived and waits to be accepted.
    Arrived,
}

/// What came of a fetch.
#[derive(uniffi::Record)]
pub struct Fetched {
    /// Of the package.
    pub outcome: FetchOutcome,
    /// The package, where one arrived: accept it, then call `announceNextKey`.
    pub arrival: Option<Arc<Arrival>>,
    /// A newer key list of the hospital was taken.
    pub newer_key_list: bool,
    /// A key list was refused, for it is forged or contradicts the known one, which stays: tell the hospital.
    pub key_list_refused: bool,
}

/// Watches a download, in the thread that called for it. It may call whatever it likes; what it throws ends the download.
#[uniffi::export(foreign)]
pub trait DownloadListener: Send + Sync {
    /// Bytes that came, and bytes in all where that is known.
    fn on_progress(&self, done: u64, total: Option<u64>) -> Result<(), ListenerError>;
}

/// A birth date as people type it (`19550311`, `昭和30年3月11日`, `S30.3.11`) in the form that `enrolWithTicket` takes; absent for
/// what is no day.
#[uniffi::export]
pub fn parse_birth_date(typed: String) -> Result<Option<String>, MyKarteError> {
    guarded(|| Ok(download::birth_date(&typed)))
}

#[uniffi::export]
impl Vault {
    /// Enrols with a ticket as it was scanned, and the patient's birth date (`YYYY-MM-DD`). After a failure of the network call
    /// it again with the same; after `WrongBirthDate` with another date, or `giveUpTicket`. Durable when it returns: ask
    /// `enrolmentState` then.
    pub fn enrol_with_ticket(
        &self,
        ticket: String,
        birth_date: String,
        client: Arc<dyn HttpClient>,
    ) -> Result<Enrolment, MyKarteError> {
        let id =
            self.online(client, None, |turns, http| download::enrol_with_ticket(turns, &ticket, &birth_date, http))?;
        self.enrolments()?.into_iter().find(|made| made.id == id.to_string()).ok_or(MyKarteError::NoSuchRecord)
    }

    /// Lets go of what a ticket began and nobody confirmed. Nothing of it is no error.
    pub fn give_up_ticket(&self, ticket: String) -> Result<(), MyKarteError> {
        self.write(|open| Ok(download::give_up(&mut open.archive, &ticket)?))
    }

    /// How far an enrolment is. Where the digits would be another person's, it throws (`TicketRefused`): show none then.
    pub fn enrolment_state(&self, id: String, client: Arc<dyn HttpClient>) -> Result<EnrolmentState, MyKarteError> {
        let id = parse(&id)?;
        let state = self.online(client, None, |turns, http| download::enrolment_state(turns, id, http))?;
        Ok(match state {
            download::EnrolmentState::Waiting => EnrolmentState::Waiting,
            download::EnrolmentState::Compare { digits } => EnrolmentState::Compare { digits },
            download::EnrolmentState::Confirmed => EnrolmentState::Confirmed,
            download::EnrolmentState::Issued => EnrolmentState::Issued,
            download::EnrolmentState::Ended => EnrolmentState::Ended,
            download::EnrolmentState::Unknown => EnrolmentState::Unknown,
        })
    }

    /// Fetches what is new for an enrolment: key list, then package. What breaks is resumed; what came of a call that failed
    /// waits in memory for the next one, until the vault is locked. Long: call it from a thread of its own.
    #[uniffi::method(default(listener = None, cancellation = None))]
    pub fn fetch(
        self: Arc<Self>,
        id: String,
        client: Arc<dyn HttpClient>,
        listener: Option<Arc<dyn DownloadListener>>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Fetched, MyKarteError> {
        let id = parse(&id)?;
        let (mut partial, since) = self.read(|open| Ok((open.partial.take(), open.since)))?;
        let (stop, failed) = (AtomicBool::new(false), AtomicBool::new(false));
        // Whoever locks does not wait for the rest of it.
        let is_locked = || self.read(|open| open.check_since(since)).is_err();
        let is_over = || cancellation.as_ref().is_some_and(|app| app.is_cancelled()) || is_locked();
        let progress = |done, total| {
            let is_failing = |listener: &Arc<dyn DownloadListener>| listener.on_progress(done, total).is_err();
            if listener.as_ref().is_some_and(is_failing) {
                failed.store(true, Ordering::Relaxed);
            }
            // It may have cancelled, or locked.
            stop.fetch_or(failed.load(Ordering::Relaxed) || is_over(), Ordering::Relaxed);
        };
        let fetched = self.online(client, Some((&stop, &is_over)), |turns, http| {
            download::fetch(turns, id, http, &DownloadWatch { progress: &progress, cancel: &stop }, &mut partial)
        });
        if partial.is_some() {
            // A lock meanwhile has emptied everything; then it is fetched from its beginning.
            let _ = self.read(|open| open.check_since(since).map(|()| open.partial = partial));
        }
        match fetched {
            Err(_) if failed.into_inner() => Err(MyKarteError::ListenerFailed),
            Err(MyKarteError::Cancelled) if is_locked() => Err(MyKarteError::Locked),
            fetched => self.arrived(fetched?, since),
        }
    }

    /// Gives the publisher the key for the next package, after an arrival was accepted. One that fails is made up for by the
    /// next fetch.
    pub fn announce_next_key(&self, id: String, client: Arc<dyn HttpClient>) -> Result<(), MyKarteError> {
        let id = parse(&id)?;
        self.online(client, None, |turns, http| download::announce_next_key(turns, id, http))
    }

    /// Ends an enrolment: keys and tokens are destroyed, the record stays, and the publisher is told. `false`: it could not
    /// be told, `tellEnded` says it later.
    pub fn revoke(&self, id: String, client: Arc<dyn HttpClient>) -> Result<bool, MyKarteError> {
        let id = parse(&id)?;
        self.online(client, None, |turns, http| download::revoke(turns, id, http))
    }

    /// Tells publishers of enrolments that ended while there was no network. Returns how many still have not heard.
    pub fn tell_ended(&self, client: Arc<dyn HttpClient>) -> Result<u32, MyKarteError> {
        let left = self.online(client, None, |turns, http| download::tell_ended(turns, http))?;
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }
}

impl Vault {
    /// Work that takes turns at the vault, with the app's HTTP in between.
    fn online<T>(
        &self,
        client: Arc<dyn HttpClient>,
        stop: Option<(&AtomicBool, &dyn Fn() -> bool)>,
        work: impl FnOnce(&mut VaultTurns<'_>, &Bridge<'_>) -> Result<T, DownloadError>,
    ) -> Result<T, MyKarteError> {
        let since = self.read(|open| {
            open.archive.vault().check_writable()?;
            Ok(open.since)
        })?;
        let mut turns = VaultTurns { vault: self, since, failed: None };
        let done = guarded(|| Ok(work(&mut turns, &Bridge { client, stop })))?;
        // What the vault itself said counts more than what became of it.
        match (done, turns.failed) {
            (Ok(done), _) => Ok(done),
            (Err(_), Some(failed)) => Err(failed),
            (Err(DownloadError::Receive(ReceiveError::NotEnrolled)), None) => Err(MyKarteError::NoSuchRecord),
            (Err(error), None) => Err(error.into()),
        }
    }

    fn arrived(self: Arc<Self>, fetched: download::Fetched, since: u64) -> Result<Fetched, MyKarteError> {
        let (outcome, arrival) = match fetched.package {
            News::NothingIssued => (FetchOutcome::NothingIssued, None),
            News::Unchanged => (FetchOutcome::Unchanged, None),
            News::Arrived(arrival) => {
                let number = self.write_since(since, |open| Ok(open.keep_arrival(*arrival)))?;
                (FetchOutcome::Arrived, Some(Arc::new(Arrival::new(&self, number, since))))
            }
        };
        Ok(Fetched {
            outcome,
            arrival,
            newer_key_list: matches!(fetched.list, ListNews::Newer),
            key_list_refused: matches!(fetched.list, ListNews::Refused(_)),
        })
    }
}

/// Turns at a vault of one unlocking.
struct VaultTurns<'v> {
    vault: &'v Vault,
    since: u64,
    failed: Option<MyKarteError>,
}

impl Turns for VaultTurns<'_> {
    fn turn<T>(&mut self, work: impl FnOnce(&mut Archive) -> Result<T, DownloadError>) -> Result<T, DownloadError> {
        match self.vault.write_since(self.since, |open| Ok(work(&mut open.archive))) {
            Ok(done) => done,
            Err(error) => {
                self.failed = Some(error);
                Err(DownloadError::Locked)
            }
        }
    }
}

fn parse(id: &str) -> Result<EnrolmentId, MyKarteError> {
    EnrolmentId::parse(id).ok_or(MyKarteError::NoSuchRecord)
}
