//! `mykarte-publisher`: arguments, log lines, signals.

mod audit;

use clap::{Parser, Subcommand};
use mykarte_publisher::{backup, http, start};
use std::path::PathBuf;
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
    /// Verify the audit chain, print it, or write the issuer's heads that are kept here
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Copy database, settings and the heads' key into a new folder, while it serves or not
    Backup {
        /// The settings
        #[arg(long, value_name = "FILE", default_value = "publisher.toml")]
        settings: PathBuf,
        /// The folder to be made; one that is there is refused
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
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
    mykarte_state::process::keep_memory_in();
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
            match start::check(&at.settings, at.dangerous_single_host).await? {
                true => tracing::info!("everything that the settings name is there and answers; it is serving already"),
                false => tracing::info!("everything that the settings name is there and answers"),
            }
            Ok(true)
        }
        Command::Audit(command) => audit::run(command).await,
        Command::Backup { settings, out } => {
            backup::run(&settings, &out)?;
            say(&format!("backed up: {}", out.display()));
            Ok(true)
        }
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
