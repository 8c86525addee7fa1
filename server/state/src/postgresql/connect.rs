//! One connection: over TLS to another computer, and with what a transaction needs to be durable and to end.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::{DbError, Severity, SqlState};
use postgres::{Client, Config, NoTls, Statement};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::schema;
use crate::StateError;

/// What a session is set to. `synchronous_commit` off would answer before a change is durable. The limits end a wait for
/// whoever holds the lock, and a transaction of a program that was stopped in the middle of it.
const SESSION: &str = "
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '30s'; SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'";
/// For a database that does not answer, where the address names no limits of its own.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where a database is, with user and password; never shown.
pub(super) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads `postgres://user:password@host/database?...`. Another computer is spoken to over TLS only, except where
    /// `sslmode=disable` says so; whose certificate is believed, the system's store says (or `SSL_CERT_FILE`).
    pub(super) fn parse(url: &str) -> Result<Self, StateError> {
        // The library's own words might quote a piece of a password that was not written as it should.
        let not_one = |_| StateError::Unavailable {
            detail: "its address is not one of PostgreSQL; special characters of a password are written %XX".into(),
        };
        let mut config: Config = url.parse().map_err(not_one)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("mykarte");
        }
        let is_plain = match config.get_ssl_mode() {
            SslMode::Disable => true,
            SslMode::Prefer => is_here(&config),
            _ => false,
        };
        config.ssl_mode(if is_plain { SslMode::Disable } else { SslMode::Require });
        let tls = if is_plain { None } else { Some(tls()?) };
        Ok(Self { config, tls })
    }

    pub(super) fn connect(&self) -> Result<Client, StateError> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let mut client = connected.map_err(|error| failure(&error))?;
        client.batch_execute(SESSION).map_err(|error| failure(&error))?;
        Ok(client)
    }
}

/// Whether it is this computer, and nothing passes a network.
fn is_here(config: &Config) -> bool {
    let names = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    names && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

fn tls() -> Result<MakeRustlsConnect, StateError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(StateError::Unavailable {
            detail: "this system knows no certificate to believe; install its package of them, or name SSL_CERT_FILE"
                .into(),
        });
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("`ring` speaks every version that rustls has")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// A connection with its statements.
pub(super) struct Link {
    pub(super) client: Client,
    pub(super) load: Statement,
    pub(super) write: Statement,
    pub(super) list: Statement,
    pub(super) reached: Statement,
    pub(super) records: Statement,
}

impl Link {
    pub(super) fn make(address: &Address) -> Result<Self, StateError> {
        let mut client = address.connect()?;
        let mut prepare = |sql| client.prepare(sql).map_err(|error| failure(&error));
        let (load, write) = (prepare(schema::LOAD)?, prepare(schema::WRITE)?);
        let (list, reached, records) = (prepare(schema::LIST)?, prepare(schema::REACHED)?, prepare(schema::RECORDS)?);
        Ok(Self { client, load, write, list, reached, records })
    }
}

/// Whether the connection is of no more use, and another one may be.
pub(super) fn is_lost(error: &postgres::Error) -> bool {
    error.as_db_error().is_none_or(is_fatal)
}

fn is_fatal(error: &DbError) -> bool {
    matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// Classes of SQLSTATE whose message names at most a user, a database or a table: connection, authorisation, catalogue,
/// resources, operator. Messages of others may quote a value.
const SAFE_CLASSES: [&str; 6] = ["08", "28", "3D", "53", "57", "55"];

pub(super) fn failure(error: &postgres::Error) -> StateError {
    let detail = match error.as_db_error() {
        Some(db) if *db.code() == SqlState::DISK_FULL => return StateError::Full,
        Some(db) if SAFE_CLASSES.iter().any(|class| db.code().code().starts_with(class)) => db.message().to_owned(),
        Some(db) if *db.code() == SqlState::INSUFFICIENT_PRIVILEGE => db.message().to_owned(),
        Some(db) => format!("SQLSTATE {}", db.code().code()),
        // "Connection refused", "invalid peer certificate": causes of this kind know no statement.
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    };
    StateError::Unavailable { detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Option<SslMode> {
        Address::parse(url).ok().map(|address| address.config.get_ssl_mode())
    }

    #[test]
    fn another_computer_is_spoken_to_over_tls() {
        for here in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql", ""] {
            assert_eq!(mode(&format!("postgres://u@{here}/d?host=/run")), Some(SslMode::Disable), "{here}");
        }
        for there in ["db.hospital.example/d", "10.0.0.7/d", "localhost/d?sslmode=require", "localhost,10.0.0.7/d"] {
            // Where this system has no certificates, it is refused instead.
            assert_ne!(mode(&format!("postgres://u@{there}")), Some(SslMode::Disable), "{there}");
        }
        assert_eq!(mode("postgres://u@10.0.0.7/d?sslmode=disable"), Some(SslMode::Disable));
        assert_ne!(mode("postgres://u@localhost/d?hostaddr=10.0.0.7"), Some(SslMode::Disable));
    }

    #[test]
    fn an_address_that_cannot_be_read_is_not_quoted() {
        for url in ["postgres://user:a@host:geheim@x/d", "postgres://user:a@host/d?geheim=1", "postgres://h:geheim/d"] {
            let error = Address::parse(url).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
        }
    }
}
