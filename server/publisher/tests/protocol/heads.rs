//! The issuer's signed heads at the publisher, and the program's own words about its chain.

use crate::support::{Answer, Hospital, Place, place};
use mykarte_vault::ChainId;
use mykarte_vault::chain::{Head, Place as Led};
use mykarte_vault::package::SigningKey;
use mykarte_wire::issuer::Heads;
use mykarte_wire::path;
use mykarte_wire::problem::Kind;
use std::process::Command;

struct Issuer {
    key: SigningKey,
    chain: ChainId,
}

impl Issuer {
    fn new() -> Issuer {
        Issuer { key: SigningKey::make().unwrap(), chain: ChainId::make().unwrap() }
    }

    fn sends(&self, place: &Place, count: u64, led: u8) -> Answer {
        let head = Head { chain: self.chain, count, place: Led([led; 32]), at: 1_780_000_000 };
        let heads = Heads { head: head.sign(&self.key), key: *self.key.verifying_key().as_bytes() };
        place.issuer("POST", path::ISSUER_HEADS, &heads)
    }
}

/// The program, on the same settings: exit code and what it says.
fn program(place: &Place, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mykarte-publisher"));
    let settings = place.dir.path().join("publisher.toml");
    let done = command.args(args).arg("--settings").arg(settings).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

fn health(place: &Place) -> serde_json::Value {
    place.call("GET", path::HEALTH, &[], None).is(200).json()
}

#[test]
fn a_replaced_or_shorter_chain_of_the_issuer_is_refused_and_seen() {
    let (place, issuer) = (place(), Issuer::new());
    let ours: Heads = issuer.sends(&place, 5, 5).is(200).json();
    assert_eq!(health(&place), serde_json::json!({ "status": "ok" }));
    let stranger = Issuer { key: SigningKey::make().unwrap(), chain: issuer.chain };
    let elsewhere = Issuer { key: SigningKey::dangerous_from_bytes(issuer.key.dangerous_bytes()), ..Issuer::new() };
    for refused in [
        stranger.sends(&place, 9, 9),
        elsewhere.sends(&place, 9, 9),
        issuer.sends(&place, 4, 4),
        issuer.sends(&place, 5, 6),
    ] {
        assert_eq!(refused.is(409).problem(), Kind::Conflict);
        assert_eq!(health(&place)["issuer_heads"], "refused");
    }
    let again: Heads = issuer.sends(&place, 8, 8).is(200).json();
    assert_eq!((again.key, health(&place)), (ours.key, serde_json::json!({ "status": "ok" })));
    // All that were taken are written out, and none that was refused.
    let file = place.dir.path().join("heads of the issuer");
    let (code, out, _) = program(&place, &["audit", "heads", "--out", file.to_str().unwrap()]);
    assert!(code == Some(0) && out.contains("heads of the issuer: 2"), "{out}");
    let lines = std::fs::read_to_string(&file).unwrap();
    let counts: Vec<&str> = lines.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(counts, ["5", "8"]);
    // Never over a file.
    assert_eq!(program(&place, &["audit", "heads", "--out", file.to_str().unwrap()]).0, Some(1));
    // A new chain, once it is allowed.
    let other = place.dir.path().join("once more");
    let new = Issuer::new();
    new.sends(&place, 1, 1).is(409);
    assert_eq!(program(&place, &["audit", "heads", "--out", other.to_str().unwrap(), "--begin-anew"]).0, Some(0));
    new.sends(&place, 1, 1).is(200);
}

#[test]
fn its_own_chain_is_verified_with_what_the_issuer_got_and_shown() {
    let (place, issuer) = (place(), Issuer::new());
    Hospital::at(&place);
    let heads: Vec<Heads> = (1..=3).map(|n| issuer.sends(&place, n, 1).is(200).json()).collect();
    let hex = |heads: &Heads| format!("0 0 {}\n", data_encoding::HEXLOWER.encode(&heads.head));
    let file = place.dir.path().join("kept");
    std::fs::write(&file, heads.iter().map(hex).collect::<String>()).unwrap();
    let verify = ["audit", "verify", "--head", file.to_str().unwrap()];
    let (code, out, _) = program(&place, &verify);
    assert!(code == Some(0) && out.contains("vouches for the first 5"), "{out}");
    let (code, out, _) = program(&place, &["audit", "verify"]);
    assert!(code == Some(0) && out.contains("missing at the end only a signed head"), "{out}");
    let (_, out, _) = program(&place, &["audit", "show"]);
    assert!(out.lines().count() == 5 && out.contains("key-list") && out.contains("+09:00"), "{out}");
    let (_, out, _) = program(&place, &["audit", "show", "--last", "2", "--json", "--since", "2026-01-01"]);
    let json: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json.iter().map(|record| record["n"].as_u64().unwrap()).collect::<Vec<_>>(), [4, 5]);
    let (_, out, _) = program(&place, &["audit", "show", "--since", "2999-01-01"]);
    assert_eq!(out, "");
}

/// A slip in `state` must not be answered with an empty database that is all right.
#[test]
fn what_only_looks_makes_no_database() {
    let place = place();
    let settings = place.dir.path().join("publisher.toml");
    let text = std::fs::read_to_string(&settings).unwrap().replace("state.sqlite", "stat.sqlite");
    std::fs::write(&settings, text).unwrap();
    let out = place.dir.path().join("out");
    let all: [&[&str]; 4] =
        [&["check"], &["audit", "verify"], &["audit", "show"], &["audit", "heads", "--out", out.to_str().unwrap()]];
    for args in all {
        let (code, _, said) = program(&place, args);
        assert!(code == Some(1) && said.contains("there is no database at `state`"), "{args:?}: {said}");
        assert!(!place.dir.path().join("stat.sqlite").exists(), "{args:?}");
    }
}

/// A colleague's notes, a share that came unmounted: the publisher says so, and patients are served.
#[test]
fn what_cannot_be_read_beside_the_heads_is_said_and_no_reason_not_to_start() {
    let place = place();
    let settings = place.dir.path().join("publisher.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("heads = \"heads\"\n{text}")).unwrap();
    std::fs::create_dir_all(place.dir.path().join("heads/other.head")).unwrap();
    let (code, _, said) = program(&place, &["check"]);
    assert!(code == Some(0) && said.contains("other.head") && said.contains("passed over"), "{said}");
}
