//! The network of the command line: `ureq`, TLS with the platform's roots, one request at a time.

use crate::failure::Failure;
use crate::files;
use crate::out::Out;
use crate::words::errors;
use mykarte::download::{Http, HttpAnswer, HttpError, HttpRequest, Method};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, http};

/// Until there is a connection.
const CONNECT: Duration = Duration::from_secs(15);
/// Until a call has gone, until its answer's head is there, and from piece to piece; all of a body the core limits.
const SILENCE: Duration = Duration::from_secs(30);
/// The most bytes of a file of certificates.
const MAX_CA: u64 = 1 << 20;

/// HTTP as the core wants it.
pub struct Network(Agent);

impl Network {
    /// With the roots of the platform, and those of a file.
    pub fn new(ca: Option<&Path>, out: &Out) -> Result<Network, Failure> {
        let mut roots = ca.map(|path| certificates(path, out)).transpose()?.unwrap_or_default();
        let native = rustls_native_certs::load_native_certs().certs;
        roots.extend(native.iter().map(|cert| Certificate::from_der(cert).to_owned()));
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            // The token would go along.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_send_request(Some(SILENCE))
            .timeout_send_body(Some(SILENCE))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .user_agent(concat!("mykarte/", env!("CARGO_PKG_VERSION")));
        Ok(Network(config.build().new_agent()))
    }
}

impl Http for Network {
    fn call<'a>(&'a self, request: &HttpRequest<'_>) -> Result<HttpAnswer<'a>, HttpError> {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        };
        let mut builder = http::Request::builder().method(method).uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(*name, value.as_str());
        }
        // Addresses and headers are checked before: what is none of them leads nowhere.
        let answer = match request.method {
            Method::Get => builder.body(()).map(|request| self.0.run(request)),
            Method::Post | Method::Put => builder.body(request.body).map(|request| self.0.run(request)),
        };
        let answer = answer.map_err(|_| HttpError::Unreachable)?.map_err(|error| why(&error))?;
        let text = |value: &http::HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = answer.status().as_u16();
        // The core counts what it reads.
        let body = answer.into_body().into_with_config().limit(u64::MAX).reader();
        Ok(HttpAnswer { status, headers, body: Box::new(body) })
    }
}

fn why(error: &ureq::Error) -> HttpError {
    use ureq::Error as E;
    match error {
        E::Timeout(_) => HttpError::TimedOut,
        E::HostNotFound | E::ConnectionFailed | E::BadUri(_) | E::InvalidProxyUrl => HttpError::Unreachable,
        E::Tls(_) | E::Rustls(_) | E::Pem(_) => HttpError::Untrusted,
        E::Io(error) => match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => HttpError::TimedOut,
            // What TLS refuses while it greets.
            ErrorKind::InvalidData => HttpError::Untrusted,
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                HttpError::Unreachable
            }
            _ => HttpError::Broken,
        },
        _ => HttpError::Broken,
    }
}

/// The certificates of a PEM file.
fn certificates(path: &Path, out: &Out) -> Result<Vec<Certificate<'static>>, Failure> {
    let unreadable = |kind| Failure::Refused(errors::unreadable(path, kind, out.language));
    let pem = files::begin(path, MAX_CA).map_err(unreadable)?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(Failure::Refused(format!("{}: {}", path.display(), errors::no_certificate(out.language))));
    }
    Ok(certificates)
}
