//! What only a database in a process of its own can do: be another's, go away, ask for a password, speak TLS.

use std::cell::Cell;
use std::process::Command;

use mykarte_state::{Change, StateError, open};
use postgres::{Client, NoTls};

use crate::Database;
use crate::cases::{add, counter, increment};
use crate::postgres::{Base, Cluster};

#[test]
fn what_is_not_ours_is_refused_and_left_as_it_is() {
    let Some(base) = Base::new() else { return };
    base.client().batch_execute("CREATE TABLE chain(id bytea)").unwrap();
    assert_eq!(open(&base.url).err(), Some(StateError::Foreign));
    let tables = base.client().query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace", &[]).unwrap();
    assert_eq!(tables.len(), 1);
}

#[test]
fn a_newer_format_is_named() {
    let Some(base) = Base::new() else { return };
    drop(base.open());
    base.client().batch_execute("UPDATE chain SET mykarte_state_format = 9").unwrap();
    assert_eq!(open(&base.url).err(), Some(StateError::NewerFormat { format: 9 }));
}

#[test]
fn its_trigger_refuses_what_is_not_an_append() {
    let Some(base) = Base::new() else { return };
    let store = base.open();
    add(&*store, "a", 3);
    for slip in ["UPDATE audit SET record = '{}' WHERE number = 2", "DELETE FROM audit", "TRUNCATE audit"] {
        assert!(base.client().batch_execute(slip).is_err(), "{slip}");
    }
    assert_eq!(store.records(1, 10).unwrap().len(), 3);
}

/// Ends every connection of the database but the one that asks for it.
fn end_connections(client: &mut Client) {
    let all = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    client.execute(all, &[]).unwrap();
}

#[test]
fn a_lost_connection_is_made_again() {
    let Some(base) = Base::new() else { return };
    let store = base.open();
    add(&*store, "a", 1);
    end_connections(&mut base.client());
    assert_eq!(increment(&*store, "a"), Ok(2));
    end_connections(&mut base.client());
    assert_eq!(store.reached().unwrap().count, 2);
    // In the middle of a transaction, before anything was written: it is decided once more.
    let decided = Cell::new(0);
    store
        .transact(&[counter("a")], &mut |loaded| {
            decided.set(decided.get() + 1);
            if decided.get() == 1 {
                end_connections(&mut base.client());
            }
            let writes = vec![(counter("b"), loaded[0].clone())];
            Some(Change { writes, records: Vec::new() })
        })
        .unwrap();
    assert_eq!(decided.get(), 2);
    assert_eq!(store.read(&counter("b")).unwrap(), store.read(&counter("a")).unwrap());
}

/// A connection that breaks while it commits: nobody knows whether it was done, so it is not done again by itself.
#[test]
fn a_commit_of_unknown_outcome_is_not_repeated() {
    let Some(base) = Base::new() else { return };
    let store = base.open();
    add(&*store, "a", 1);
    let at_commit = "
        CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION leave()";
    base.client().batch_execute(at_commit).unwrap();
    let decided = Cell::new(0);
    let outcome = store.transact(&[], &mut |_| {
        decided.set(decided.get() + 1);
        Some(Change { writes: Vec::new(), records: vec![serde_json::Map::new()] })
    });
    assert!(matches!(outcome, Err(StateError::Unavailable { .. })), "{outcome:?}");
    assert_eq!(decided.get(), 1);
    base.client().batch_execute("DROP TRIGGER leave ON audit").unwrap();
    assert_eq!(increment(&*store, "a"), Ok(2));
}

/// Whoever holds the lock and stops does not stop the others for ever; a session that was stopped is one that ends here.
#[test]
fn more_callers_than_connections_wait_for_one() {
    let Some(base) = Base::new() else { return };
    let store = base.open();
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| increment(&*store, "a").unwrap());
        }
    });
    assert_eq!(store.reached().unwrap().count, 64);
    let now = base.client().query_one("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()", &[]);
    assert!((2..=9).contains(&now.unwrap().get::<_, i64>(0)));
}

#[test]
fn a_database_that_is_gone_is_said_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let addresses = [
        format!("postgres://user:geheim@/base?host={}", dir.path().display()),
        "postgres://user:geheim@localhost:1/base".to_owned(),
        "postgres://user:geheim@no-such-host.invalid/base?sslmode=disable".to_owned(),
    ];
    for address in addresses {
        let error = open(&address).err().unwrap();
        assert!(matches!(error, StateError::Unavailable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
    }
}

/// The servers are asynchronous programs: their stores are used beside that, and may be dropped within.
#[test]
fn an_asynchronous_program_can_use_and_drop_it() {
    let Some(base) = Base::new() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async {
        let url = base.url.clone();
        let store = tokio::task::spawn_blocking(move || {
            let store = open(&url).unwrap();
            add(&*store, "a", 3);
            store
        });
        drop(store.await.unwrap());
    });
}

const ADDRESS: &str = "MYKARTE_TEST_TLS";

/// In a process of its own, for which certificates are believed is a matter of its environment.
fn opened_by_another(address: &str, believed: &str) -> (bool, String) {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "postgres_only::opens_and_writes", "--ignored", "--nocapture"]);
    let output = program.env(ADDRESS, address).env("SSL_CERT_FILE", believed).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.success(), said)
}

#[test]
fn over_a_network_a_certificate_and_a_password_are_asked_for() {
    let Some(cluster) = Cluster::start(&["tls"]) else { return };
    let mut client = Client::connect(&cluster.url, NoTls).unwrap();
    client.batch_execute("CREATE ROLE careful LOGIN SUPERUSER PASSWORD 'geheim!'").unwrap();
    let (ca, port) = (format!("{}/ca.pem", cluster.part("host")), cluster.part("port"));
    let at =
        |password: &str, mode: &str| format!("postgres://careful:{password}@localhost:{port}/postgres?sslmode={mode}");
    let (is_open, said) = opened_by_another(&at("geheim!", "require"), &ca);
    assert!(is_open, "{said}");
    let tls = "SELECT count(*) FROM chain, audit";
    assert_eq!(client.query_one(tls, &[]).unwrap().get::<_, i64>(0), 1);
    let other = make_other_certificate();
    for (address, believed, why) in [
        (at("wrong-geheim", "require"), &ca, "password authentication failed"),
        (at("geheim!", "disable"), &ca, "no encryption"),
        (at("geheim!", "require"), &other.path().to_str().unwrap().to_owned(), "certificate"),
        (at("geheim!", "require").replace("localhost", "127.0.0.1"), &ca, "certificate"),
    ] {
        let (is_open, said) = opened_by_another(&address, believed);
        assert!(!is_open && said.contains(why), "{why}: {said}");
        assert!(!said.contains("geheim"), "{said}");
    }
}

/// A certificate that vouches for nothing here.
fn make_other_certificate() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=other",
    ]);
    openssl.args(["-keyout", "/dev/null", "-out"]).arg(file.path());
    assert!(openssl.output().unwrap().status.success());
    file
}

#[test]
#[ignore = "run by over_a_network_a_certificate_and_a_password_are_asked_for"]
fn opens_and_writes() {
    let store = open(&std::env::var(ADDRESS).unwrap()).unwrap();
    increment(&*store, "a").unwrap();
}
