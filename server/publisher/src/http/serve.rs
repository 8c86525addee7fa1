//! Connections: TLS 1.3 or plain behind a proxy, HTTP/1.1 and 2, time limits for whoever is slow, an end that lets calls finish.

use super::limits::network;
use crate::shares::Shares;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use mykarte_state::files::read_secret;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 2_000;
/// Of one address; a proxy's are all of them.
const OF_ONE_ADDRESS: usize = 256;
/// For a handshake, and for the header of a call.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// How long a connection may neither take nor give a byte; a store that is slow to take a package counts, too.
const STALL_TIME: Duration = Duration::from_secs(120);
/// How long calls may go on after the end was asked for.
const LAST_TIME: Duration = Duration::from_secs(30);

/// How to serve.
pub struct Serving {
    /// Where calls come in.
    pub listener: TcpListener,
    /// TLS; `None`: a proxy does it.
    pub tls: Option<Arc<ServerConfig>>,
    /// All connections are a proxy's, which counts its own callers.
    pub behind_proxy: bool,
    /// Becomes `true` when it shall end.
    pub stop: watch::Receiver<bool>,
}

type Timed<S> = Pin<Box<TimeoutStream<S>>>;

/// TLS 1.3 with a certificate and its key, both PEM.
///
/// # Errors
/// A sentence: what is wrong with which file.
pub fn tls(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).map_err(|error| wrong(certificate, &error))?.collect();
    let chain = chain.map_err(|error| wrong(certificate, &error))?;
    let pem = read_secret(key).map_err(|error| wrong(key, &error))?;
    let private = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| wrong(key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| wrong(certificate, &error))?;
    let mut config =
        builder.with_no_client_auth().with_single_cert(chain, private).map_err(|error| wrong(certificate, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves until it shall end, and then until calls under way have finished.
pub async fn serve(mut serving: Serving, router: Router) {
    let acceptor = serving.tls.map(TlsAcceptor::from);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let (builder, graceful, guests) = (builder(), GracefulShutdown::new(), Arc::new(Shares::default()));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = serving.listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // No descriptors left, or the caller was gone: others may be served.
                Err(error) => {
                    tracing::warn!("a connection was not accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stopped(&mut serving.stop) => break,
        };
        let most = if serving.behind_proxy { CONNECTIONS } else { OF_ONE_ADDRESS };
        // One more than its share is let go at once: the place may be needed by somebody else.
        let Some(guest) = guests.take(network(peer.ip()), most) else { continue };
        let _ = stream.set_nodelay(true);
        let service = router.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let service = TowerToHyperService::new(service);
        let (acceptor, builder, watcher) = (acceptor.clone(), builder.clone(), graceful.watcher());
        tokio::spawn(async move {
            let (_permit, _guest) = (permit, guest);
            // How a connection ended is its caller's business: scanners end theirs in a hundred ways.
            match acceptor {
                None => {
                    let builder = builder.http1_only();
                    let _ = watcher
                        .watch(builder.serve_connection(TokioIo::new(timed(stream)), service).into_owned())
                        .await;
                }
                Some(acceptor) => {
                    let Some((stream, is_h2)) = handshake(&acceptor, stream).await else { return };
                    let builder = if is_h2 { builder.http2_only() } else { builder.http1_only() };
                    let _ = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await;
                }
            }
        });
    }
    drop(serving.listener);
    if tokio::time::timeout(LAST_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("calls that did not finish within {} seconds were cut off", LAST_TIME.as_secs());
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone asks for the end, too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Time limits and sizes of both versions of HTTP.
fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(32)
        .max_header_list_size(32 * 1024)
        .max_send_buf_size(64 * 1024);
    builder
}

fn timed(stream: TcpStream) -> Timed<TcpStream> {
    let mut timed = TimeoutStream::new(stream);
    timed.set_read_timeout(Some(STALL_TIME));
    timed.set_write_timeout(Some(STALL_TIME));
    Box::pin(timed)
}

type Secured = tokio_rustls::server::TlsStream<Timed<TcpStream>>;

async fn handshake(acceptor: &TlsAcceptor, stream: TcpStream) -> Option<(Secured, bool)> {
    let accepted = tokio::time::timeout(HEADER_TIME, acceptor.accept(timed(stream))).await;
    let stream = accepted.ok()?.ok()?;
    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    Some((stream, is_h2))
}
