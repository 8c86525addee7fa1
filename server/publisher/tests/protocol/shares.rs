//! How much one phone may have at once: it gets its share, and nobody else gets less for it.

use crate::many::noise;
use crate::support::{Answer, Hospital, Phone, Place, place};
use mykarte_publisher::http::{self, Limits, Serving};
use mykarte_publisher::packages::Copies;
use mykarte_publisher::service::Publisher;
use mykarte_vault::package::SigningKey;
use mykarte_wire::path;
use mykarte_wire::problem::Kind;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use url::Url;

/// Begins a download, reads its first bytes, and then no more: whether it was begun, and the connection.
fn begin(place: &Place, phone: &Phone) -> (bool, TcpStream) {
    let mut stream = TcpStream::connect(place.base.trim_start_matches("http://")).unwrap();
    let bearer = phone.token().dangerous_text();
    write!(stream, "GET {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", phone.at(path::PACKAGE), *bearer)
        .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    match &first {
        b"HTTP/1.1 200" => (true, stream),
        b"HTTP/1.1 429" => (false, stream),
        other => panic!("{}", String::from_utf8_lossy(other)),
    }
}

fn fetch(place: &Place, phone: &Phone) -> Answer {
    place.get(&phone.at(path::PACKAGE), phone.token(), &[])
}

#[test]
fn a_phone_has_its_share_of_downloads_and_another_phone_has_its_own() {
    let place = place();
    let hospital = Hospital::at(&place);
    let (greedy, other) = (hospital.enrolled(&place), hospital.enrolled(&place));
    // More than all buffers between the two hold: a download that nobody reads stays open.
    let package = hospital.publish(&place, &greedy, &noise(16 << 20));
    let small = hospital.publish(&place, &other, b"[]");
    let begun: Vec<_> = (0..40).map(|_| begin(&place, &greedy)).collect();
    let open = begun.iter().filter(|(is_begun, _)| *is_begun).count();
    assert!((1..=8).contains(&open), "{open} downloads of one phone are open");

    let refused = fetch(&place, &greedy).is(429);
    assert_eq!(refused.problem(), Kind::TooMany);
    let seconds: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=120).contains(&seconds));
    assert!(!refused.headers.contains_key(mykarte_wire::NEXT_TOKEN), "nothing was handed out");
    // What opens no package is not counted.
    let etag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&Sha256::digest(&package)));
    place.get(&greedy.at(path::PACKAGE), greedy.token(), &[("if-none-match", &etag)]).is(304);
    place.get(&greedy.at(path::STATUS), greedy.token(), &[]).is(200);
    assert_eq!(fetch(&place, &other).is(200).body, small);

    drop(begun);
    // The program notices that they are gone when it writes the next piece.
    let since = Instant::now();
    let again = loop {
        match fetch(&place, &greedy) {
            answer if answer.status == 429 && since.elapsed() < Duration::from_secs(20) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            answer => break answer.is(200),
        }
    };
    assert!(again.body == package, "a download arrived as something else");
    // Downloads that came whole give their place back.
    (0..20).for_each(|_| drop(fetch(&place, &other).is(200)));
}

/// The same publisher once more, over TLS: HTTP/2, where one connection carries many downloads.
fn over_tls(place: &Place, runtime: &Runtime) -> SocketAddr {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (place.dir.path().join("cert.pem"), place.dir.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    let state = Arc::from(mykarte_state::open(place.dir.path().join("state.sqlite").to_str().unwrap()).unwrap());
    let east = ("east".to_owned(), Url::from_directory_path(place.dir.path().join("east")).unwrap());
    let copies = runtime.block_on(Copies::open(&[east])).unwrap();
    let publisher = Publisher::new(state, copies, place.link.hash(), SigningKey::make().unwrap()).unwrap();
    let limits = Limits::new(NonZeroU32::MAX, NonZeroU32::MAX, false);
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let tls = Some(http::tls(&certificate, &key).unwrap());
    let serving = Serving { listener, tls, behind_proxy: false, stop: stopped };
    runtime.spawn(async move {
        let _until_the_runtime_ends = stop;
        http::serve(serving, http::router(Arc::new(publisher), Arc::new(limits))).await;
    });
    address
}

#[test]
fn streams_of_one_connection_are_counted_as_downloads_are() {
    let place = place();
    let hospital = Hospital::at(&place);
    let phone = hospital.enrolled(&place);
    hospital.publish(&place, &phone, &noise(16 << 20));
    let runtime = Runtime::new().unwrap();
    let address = over_tls(&place, &runtime);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).build().unwrap();
    let bearer = format!("Bearer {}", *phone.token().dangerous_text());
    let ask = || async {
        let url = format!("https://{address}{}", phone.at(path::PACKAGE));
        let answer = client.get(url).header("authorization", &bearer).send().await.unwrap();
        assert_eq!(answer.version(), reqwest::Version::HTTP_2);
        answer
    };
    runtime.block_on(async {
        let mut answers = Vec::new();
        for _ in 0..20 {
            answers.push(ask().await);
        }
        let open = answers.iter().filter(|answer| answer.status() == 200).count();
        assert!((1..=8).contains(&open), "{open} downloads of one phone are open");
        assert!(answers.iter().all(|answer| [200, 429].contains(&answer.status().as_u16())));
        // The phone goes on over the same connection, and wants no more of what it had begun.
        drop(answers);
        let since = Instant::now();
        while ask().await.status() == 429 {
            assert!(since.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}
