//! Looking around before serving: everything that can be wrong is said now, with what to do about it.

mod error;
mod surroundings;

use crate::error::Refused;
use crate::http::{self, Limits, Serving};
use crate::packages::Copies;
use crate::service::{Publisher, blocking};
use crate::settings::Settings;
use mykarte_state::heads::{HeadError, HeadKeeper, existing_head_key};
use mykarte_state::{Clock, StateError, Store, clock, now};
use mykarte_vault::package::SigningKey;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use error::StartError;
use surroundings::{folder_of, is_for_everybody, nothing_inside};

/// The key of the signed heads, beside the settings.
pub const HEAD_KEY: &str = "head.key";

/// A publisher that may serve.
pub struct Ready {
    /// What it does.
    pub publisher: Arc<Publisher>,
    serving: Serving,
    limits: Arc<Limits>,
    keeper: Option<Arc<HeadKeeper>>,
    stop: watch::Sender<bool>,
    /// For as long as it serves.
    _alone: Option<File>,
}

/// Everything that the settings name but the address.
struct Around {
    settings: Settings,
    tls: Option<Arc<rustls::ServerConfig>>,
    copies: Copies,
    state: Arc<dyn Store>,
    head_key: SigningKey,
    keeper: Option<Arc<HeadKeeper>>,
}

/// Looks at everything the settings name, takes the address, and makes the database where there is none yet.
///
/// # Errors
/// [`StartError`].
pub async fn look(settings_path: &Path, single_host: bool) -> Result<Ready, StartError> {
    let around = around(settings_path, single_host, mykarte_state::open).await?;
    let alone = alone(settings_path)?;
    let listener = listen(&around.settings).await?;
    let Around { settings, tls, copies, state, head_key, keeper } = around;
    let publisher = Arc::new(Publisher::new(state, copies, settings.link_token_hash, head_key)?);
    let limits = Limits::new(settings.limits.calls, settings.limits.enrolments, settings.behind_proxy);
    let (stop, stopped) = watch::channel(false);
    let serving = Serving { listener, tls, behind_proxy: settings.behind_proxy, stop: stopped };
    Ok(Ready { publisher, serving, limits: Arc::new(limits), keeper, stop, _alone: alone })
}

/// Looks at everything the settings name; `true` where it is serving with them already, and so has the address. The database
/// has to be there.
///
/// # Errors
/// [`StartError`]; where the database is not there, certificate and copies were found to be right.
pub async fn check(settings_path: &Path, single_host: bool) -> Result<bool, StartError> {
    let around = around(settings_path, single_host, mykarte_state::open_existing).await?;
    match alone(settings_path) {
        Err(StartError::Serving) => Ok(true),
        Err(error) => Err(error),
        Ok(_alone) => listen(&around.settings).await.map(|_| false),
    }
}

/// How a database is opened.
type Open = fn(&str) -> Result<Box<dyn Store>, StateError>;

async fn around(settings_path: &Path, single_host: bool, open: Open) -> Result<Around, StartError> {
    let settings = Settings::read(settings_path)?;
    if !single_host {
        let copies = settings.copies.iter().filter_map(|copy| copy.url.to_file_path().ok());
        let beside = [settings_path.to_owned(), PathBuf::from(&settings.state)];
        let beside = beside.iter().map(|path| folder_of(path));
        copies.chain(beside).chain(settings.heads.clone()).try_for_each(|folder| nothing_inside(&folder))?;
    }
    let tls = settings.tls.as_ref().map(|tls| http::tls(&tls.certificate, &tls.key)).transpose();
    let tls = tls.map_err(|detail| StartError::Tls { detail })?;
    let copies = Copies::open(&settings.named_copies()).await?;
    let (state, head_key) = (open_state(&settings, open).await?, own_key(settings_path)?);
    let keeper = open_keeper(&settings, settings_path, &state).await?;
    if clock() == Clock::NotSynchronised {
        tracing::warn!("no time server sets this computer's clock: the audit records will say so; see timedatectl");
    }
    for path in keeper.iter().flat_map(|keeper| keeper.passed_over()) {
        tracing::warn!(
            "{}: this file beside the signed heads cannot be read, and was passed over; move away what does not belong there",
            path.display()
        );
    }
    if keeper.is_none() {
        tracing::warn!(
            "no `heads` folder: that the audit chain's end is cut off shows only where the issuer keeps heads"
        );
    }
    if settings.behind_proxy && is_for_everybody(settings.listen.ip()) {
        tracing::warn!(
            "behind_proxy = true, and {} may be reached without the proxy: who comes past it writes X-Forwarded-For \
             himself, chooses whose limit he uses up, and speaks without TLS. Listen at 127.0.0.1, or let a firewall admit the \
             proxy alone",
            settings.listen
        );
    }
    Ok(Around { settings, tls, copies, state, head_key, keeper })
}

/// The lock that a publisher holds while it serves: on the file of its heads' key, which no editor replaces. A file system
/// without locks has none, and the address tells.
fn alone(settings_path: &Path) -> Result<Option<File>, StartError> {
    let Ok(file) = File::open(settings_path.with_file_name(HEAD_KEY)) else { return Ok(None) };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(StartError::Serving),
        _ => Ok(Some(file)),
    }
}

async fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = settings.listen;
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| StartError::Listen { address, detail: error.to_string() })
}

/// The database of the settings, which has to be there.
///
/// # Errors
/// [`StartError::State`].
pub async fn open_existing_state(settings: &Settings) -> Result<Arc<dyn Store>, StartError> {
    open_state(settings, mykarte_state::open_existing).await
}

async fn open_state(settings: &Settings, open: Open) -> Result<Arc<dyn Store>, StartError> {
    let place = settings.state.clone();
    let opened = blocking(move || Ok(Arc::from(open(&place)?)));
    opened.await.map_err(|refused| match refused {
        Refused::State(StateError::Absent) => StartError::NoState,
        Refused::State(error) => StartError::State(error),
        other => StartError::Refused(other),
    })
}

/// Who signs heads, where the settings name a folder for them.
async fn open_keeper(
    settings: &Settings,
    settings_path: &Path,
    state: &Arc<dyn Store>,
) -> Result<Option<Arc<HeadKeeper>>, StartError> {
    let Some(folder) = settings.heads.clone() else { return Ok(None) };
    let (state, key) = (state.clone(), settings_path.with_file_name(HEAD_KEY));
    let opened = blocking(move || Ok(HeadKeeper::open(state, &key, &folder)?));
    opened.await.map(|keeper| Some(Arc::new(keeper))).map_err(|refused| match refused {
        Refused::Heads(error) => StartError::Heads(error),
        other => StartError::Refused(other),
    })
}

/// The key of the signed heads: beside the settings, made on first use. It signs nothing else.
///
/// # Errors
/// [`StartError::Heads`].
pub fn own_key(settings_path: &Path) -> Result<SigningKey, StartError> {
    Ok(mykarte_state::heads::head_key(&settings_path.with_file_name(HEAD_KEY))?)
}

/// The same, if there is one: for whoever makes nothing.
///
/// # Errors
/// As [`own_key`].
pub fn existing_key(settings_path: &Path) -> Result<Option<SigningKey>, StartError> {
    match existing_head_key(&settings_path.with_file_name(HEAD_KEY)) {
        Err(HeadError::Key { kind: ErrorKind::NotFound }) => Ok(None),
        found => Ok(Some(found?)),
    }
}

impl Ready {
    /// The address that it serves at.
    pub fn address(&self) -> Option<std::net::SocketAddr> {
        self.serving.listener.local_addr().ok()
    }

    /// Ends it, from anywhere.
    pub fn stopper(&self) -> watch::Sender<bool> {
        self.stop.clone()
    }

    /// Serves until it is ended; calls under way finish.
    ///
    /// # Errors
    /// Where not even its beginning can be written down.
    pub async fn serve(self) -> Result<(), StartError> {
        let publisher = self.publisher.clone();
        blocking(move || publisher.write_start()).await?;
        let keeping = tokio::spawn(keep(self.publisher.clone(), self.limits.clone(), self.keeper.clone()));
        http::serve(self.serving, http::router(self.publisher.clone(), self.limits)).await;
        keeping.abort();
        let (publisher, keeper) = (self.publisher, self.keeper);
        let ended = blocking(move || {
            publisher.write_refusals()?;
            Ok(keeper.map_or(Ok(None), |keeper| keeper.finish()).map(drop)?)
        });
        Ok(ended.await?)
    }
}

/// What is due every few seconds (a hundred records come quickly), every minute, and every hour.
async fn keep(publisher: Arc<Publisher>, limits: Arc<Limits>, keeper: Option<Arc<HeadKeeper>>) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    let (mut of_heads, mut of_leavings) = (Once::default(), Once::default());
    for round in 0_u64.. {
        tick.tick().await;
        if let Some(keeper) = keeper.clone() {
            of_heads.say(blocking(move || Ok(keeper.tick().map(drop)?)).await);
        }
        let shared = publisher.clone();
        of_leavings.say(blocking(move || shared.erase_leavings()).await);
        if round.is_multiple_of(12) {
            limits.tidy();
            let shared = publisher.clone();
            say(blocking(move || shared.write_refusals()).await);
        }
        if round.is_multiple_of(720) {
            let shared = publisher.clone();
            say(blocking(move || shared.tidy_tickets(now())).await);
            say(publisher.sweep().await);
        }
    }
}

/// Says an error when it begins, and not every five seconds for a night.
#[derive(Default)]
struct Once(Option<String>);

impl Once {
    fn say(&mut self, done: Result<(), Refused>) {
        let failed = done.err().map(|error| error.to_string());
        if let Some(text) = failed.as_ref().filter(|_| failed != self.0) {
            tracing::error!("{text}");
        }
        self.0 = failed;
    }
}

fn say(done: Result<(), Refused>) {
    if let Err(error) = done {
        tracing::error!("{error}");
    }
}
