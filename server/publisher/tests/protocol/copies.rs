//! A copy in an object store: a real S3-speaking server on loopback, with keys that are checked.

use crate::fetching::objects;
use crate::support::{Hospital, Place, program_with};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use mykarte_wire::issuer::Withdrawn;
use mykarte_wire::path;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use std::net::SocketAddr;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The store; it ends with its runtime.
struct Store {
    dir: TempDir,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Store {
    fn start() -> Store {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("mykarte-west")).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(dir.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single("testing", "testing-secret"));
        let service = builder.build();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Store { dir, address, runtime: Some(runtime) }
    }

    /// A publisher with two folders and this store.
    fn publisher(&self) -> Place {
        let url = format!("s3://mykarte-west?endpoint=http://{}", self.address);
        program_with(&format!("[[copies]]\nname = \"store\"\nurl = \"{url}\"\n"))
    }

    fn objects(&self) -> usize {
        objects(&self.dir.path().join("mykarte-west/packages"))
    }

    /// The data centre is gone.
    fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.stop();
    }
}

#[test]
fn a_store_keeps_a_copy_serves_it_and_forgets_it() {
    let store = Store::start();
    let place = store.publisher();
    let hospital = Hospital::at(&place);
    let mut phone = hospital.enrolled(&place);
    let first = hospital.publish(&place, &phone, b"[]");
    assert_eq!(store.objects(), 1);
    // Both folders lost theirs: the store serves, whole and from a byte on.
    for folder in ["east", "west"] {
        std::fs::remove_dir_all(place.dir.path().join(folder).join("packages")).unwrap();
    }
    let answer = place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(200);
    assert_eq!(answer.body, first);
    phone.token = Some(answer.next());
    let answer = place.get(&phone.at(path::PACKAGE), phone.token(), &[("range", "bytes=70000-")]).is(206);
    assert_eq!(answer.body, first[70_000..]);
    hospital.publish(&place, &phone, b"[1]");
    assert_eq!(store.objects(), 1, "only the latest is kept");
    let withdrawn: Withdrawn = place.issuer_bytes("DELETE", &phone.at(path::ISSUER_ENROLMENT), None).is(200).json();
    assert!(withdrawn.copies.len() == 3 && withdrawn.copies.iter().all(|copy| copy.gone), "{withdrawn:?}");
    assert_eq!(store.objects(), 0);
}

/// A package is in every copy before anybody is told of it, and none is said to be empty that cannot be asked.
#[test]
fn a_store_that_is_gone_is_said_and_what_was_there_stays() {
    let mut store = Store::start();
    let place = store.publisher();
    let hospital = Hospital::at(&place);
    let phone = hospital.enrolled(&place);
    let first = hospital.publish(&place, &phone, b"[]");
    store.stop();
    let next = hospital.package(&phone, b"[1]");
    place.issuer_bytes("PUT", &phone.at(path::ISSUER_PACKAGE), Some(&next)).is(503);
    assert_eq!(place.get(&phone.at(path::PACKAGE), phone.token(), &[]).is(200).body, first);
    let withdrawn: Withdrawn = place.issuer_bytes("DELETE", &phone.at(path::ISSUER_ENROLMENT), None).is(200).json();
    let gone: Vec<(&str, bool)> = withdrawn.copies.iter().map(|copy| (copy.name.as_str(), copy.gone)).collect();
    assert_eq!(gone, [("east", true), ("west", true), ("store", false)]);
}
