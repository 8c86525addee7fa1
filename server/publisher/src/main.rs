//! `mykarte-publisher`: arguments, log lines, signals.

use clap::{Parser, Subcommand};
use data_encoding::BASE64URL_NOPAD;
use mykarte_publisher::settings::Settings;
use mykarte_publisher::{http, start};
use mykarte_state::audit::verify;
use mykarte_vault::package::VerifyingKey;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Freed memory is wiped (design D15).
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Hands sealed packages to the phones they are sealed for
#[derive(Parser)]
#[command(name = "mykarte-publisher", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C
    Serve(At),
    /// Look whether it could serve, and say what is wrong
    Check(At),
    /// Verify the audit chain; exit 1 if a record is not as it was written
    Audit {
        #[command(flatten)]
        at: At,
        /// A signed head from elsewhere; without one nobody can say whether the end was cut off
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
        /// The public key that signed it, as `audit` prints it
        #[arg(long, value_name = "KEY", requires = "head")]
        key: Option<String>,
    },
    /// Print the interface as OpenAPI
    Openapi,
}

#[derive(clap::Args)]
struct At {
    /// The settings
    #[arg(long, value_name = "FILE", default_value = "publisher.toml")]
    settings: PathBuf,
    /// Allow keys and storage on this machine: for a trial, never for patients
    #[arg(long)]
    dangerous_single_host: bool,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_target(false).init();
    allow_descriptors();
    // Whoever asks for TLS without naming a provider gets the one that all others have.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!("the system starts no threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(Arguments::parse().command)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Connections, packages and the database are descriptors all; systems give 1,024 to whoever does not ask for more.
fn allow_descriptors() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        // Twice the connections that are served at once: each may read a package.
        const DESCRIPTORS: u64 = 4_352;
        let limit = getrlimit(Resource::Nofile);
        let wanted = limit.maximum.map_or(DESCRIPTORS, |most| most.min(DESCRIPTORS));
        if limit.current.is_some_and(|current| current < wanted) {
            // Where it may not, connections wait that it has no descriptor for.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit });
        }
    }
}

/// `Ok(false)`: it was found that something is wrong, and said.
async fn run(command: Command) -> Result<bool, start::StartError> {
    match command {
        Command::Serve(at) => {
            let ready = start::look(&at.settings, at.dangerous_single_host).await?;
            if at.dangerous_single_host {
                tracing::warn!("--dangerous-single-host: keys and storage may lie here; never use this for patients");
            }
            if let Some(address) = ready.address() {
                tracing::info!("serving at {address}");
            }
            let stop = ready.stopper();
            tokio::spawn(async move {
                signalled().await;
                tracing::info!("ending; calls under way finish");
                let _ = stop.send(true);
            });
            ready.serve().await.map(|()| true)
        }
        Command::Check(at) => {
            start::look(&at.settings, at.dangerous_single_host).await?;
            tracing::info!("everything that the settings name is there and answers");
            Ok(true)
        }
        Command::Audit { at, head, key } => audit(&at.settings, head.as_deref(), key.as_deref()).await,
        Command::Openapi => {
            say(&http::openapi());
            Ok(true)
        }
    }
}

fn say(text: &str) {
    use std::io::Write;
    // Whoever does not listen to the end has heard enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}

async fn audit(settings: &Path, head: Option<&Path>, key: Option<&str>) -> Result<bool, start::StartError> {
    let unreadable =
        |path: &Path, detail: &str| start::StartError::Unreadable { path: path.into(), detail: detail.into() };
    let own = start::own_key(settings)?.verifying_key();
    let state = start::open_state(&Settings::read(settings)?).await?;
    let bytes = head.map(|path| std::fs::read(path).map_err(|error| unreadable(path, &error.to_string())));
    let bytes = bytes.transpose()?;
    let named = key.map(|text| {
        let bytes = BASE64URL_NOPAD.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let key = bytes.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok());
        key.ok_or_else(|| unreadable(Path::new("--key"), "no public key of a head"))
    });
    let key = named.transpose()?.unwrap_or(own);
    let verdict = tokio::task::spawn_blocking(move || verify(state.as_ref(), bytes.as_deref(), Some(&key))).await;
    let Ok(verdict) = verdict else { return Ok(false) };
    let verdict = verdict?;
    say(&format!("{verdict}\nkey of this publisher's heads: {}", BASE64URL_NOPAD.encode(own.as_bytes())));
    Ok(verdict.is_intact())
}

/// SIGTERM or Ctrl-C.
async fn signalled() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
