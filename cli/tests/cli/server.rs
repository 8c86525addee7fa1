//! The publisher of the tests behind a real socket, with TLS or without: one connection at a time.

use mykarte::download::Method;
use mykarte_tests::publisher::{Call, Publisher, Reply};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A server that runs until the test ends.
pub struct Server {
    pub publisher: Arc<Publisher>,
    /// Its address, as a ticket has it.
    pub address: String,
    /// The certificate that signed its own, as PEM; none without TLS.
    pub ca: Option<String>,
}

/// Serves on this machine alone.
pub fn serve(publisher: Publisher, with_tls: bool) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (ca, tls) = if with_tls { tls() } else { Default::default() };
    let address = if with_tls { format!("https://localhost:{port}") } else { format!("http://127.0.0.1:{port}") };
    let publisher = Arc::new(publisher);
    let own = Arc::clone(&publisher);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            // Who does not trust the certificate hangs up.
            let _ = match &tls {
                Some(config) => one(StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream), &own),
                None => one::<TcpStream>(stream, &own),
            };
        }
    });
    Server { publisher, address, ca }
}

fn tls() -> (Option<String>, Option<Arc<ServerConfig>>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_string()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    (Some(made.cert.pem()), Some(Arc::new(config)))
}

/// One request of one connection.
fn one<S: Read + Write>(stream: S, publisher: &Publisher) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let method = match words.next() {
        Some("GET") => Method::Get,
        Some("POST") => Method::Post,
        Some("PUT") => Method::Put,
        _ => return Ok(()),
    };
    let path = words.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    let reply = publisher.answer(Call { method, path, headers, body });
    if reply.lost.is_some() {
        return Ok(());
    }
    let Reply { status, headers, body, cut, .. } = reply;
    let stream = stream.get_mut();
    write!(stream, "HTTP/1.1 {status} said\r\n")?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "Connection: close\r\n\r\n")?;
    stream.write_all(&body[..cut.unwrap_or(body.len()).min(body.len())])?;
    stream.flush()
}
