//! A PostgreSQL database in a cluster that these tests start, `tests/postgres`; it ends with them, however they end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mykarte_state::Record;
use postgres::{Client, NoTls};

use crate::Database;

pub struct Cluster {
    /// The script's input is open as long as this is.
    _script: Child,
    pub url: String,
}

impl Cluster {
    /// Starts one; `None` where there is no PostgreSQL.
    pub fn start(how: &[&str]) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres");
        let mut script = Command::new(script).args(how).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut url).unwrap();
        if url.is_empty() {
            script.wait().unwrap();
            assert!(std::env::var_os("CI").is_none(), "no PostgreSQL to test with");
            return None;
        }
        Some(Self { _script: script, url: url.trim().to_owned() })
    }

    /// A part of its address.
    pub fn part(&self, name: &str) -> &str {
        let after = self.url.split_once(&format!("{name}=")).unwrap().1;
        after.split('&').next().unwrap()
    }
}

pub struct Base {
    pub url: String,
}

impl Base {
    /// An empty database in a cluster that all tests share; `None` where there is no PostgreSQL.
    pub fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(|| Cluster::start(&[]));
        let cluster = CLUSTER.as_ref()?;
        let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        Client::connect(&cluster.url, NoTls).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Some(Self { url: cluster.url.replace("/postgres?", &format!("/{name}?")) })
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.url, NoTls).unwrap()
    }
}

impl Database for Base {
    fn address(&self) -> String {
        self.url.clone()
    }

    fn put_records(&self, records: &[Record]) {
        let mut client = self.client();
        client.batch_execute("ALTER TABLE audit DISABLE TRIGGER USER; DELETE FROM audit").unwrap();
        for Record { number, json, place } in records {
            let (number, place) = (number.cast_signed(), &place.0[..]);
            client.execute("INSERT INTO audit VALUES ($1, $2, $3)", &[&number, json, &place]).unwrap();
        }
    }
}
