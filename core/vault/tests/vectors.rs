//! Committed vaults of every released format open for ever. `tests/vectors/README.md` says what is in them.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]

mod common;

use std::fs;
use std::path::PathBuf;

use common::read_all;
use mykarte_vault::{BiometricSecret, InstallationSecret, KdfParams, Passcode, RecoveryCode, Unlock, Vault};

const PASSCODE: &str = "いざというとき";

fn vector() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/v1.mykarte-vault")
}

fn labs() -> Vec<u8> {
    (0..2000).flat_map(|n| format!("{{\"n\":{n}}}\n").into_bytes()).collect()
}

#[test]
fn format_1_opens_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("copy");
    fs::copy(vector(), &path).unwrap();
    let vault = Vault::open(&path, &Passcode::new(PASSCODE.as_bytes()).unwrap()).unwrap();
    let records = vault.records().unwrap();
    assert_eq!(records.iter().map(|record| record.generation).collect::<Vec<_>>(), [2, 1]);
    let mut seen = read_all(&vault).unwrap();
    // Ids and generations stand first in each record: the ids are random.
    let second = seen.iter().position(|bytes| bytes == records[1].id.as_bytes()).unwrap();
    seen.drain(second..second + 2);
    seen.drain(..2);
    let expected: [&[u8]; 14] = [
        "{\"facility\":\"1319910000\",\"patient\":\"0000001\"}".as_bytes(),
        "second summary".as_bytes(),
        b"basics",
        b"",
        "患者　太郎".as_bytes(),
        b"labs",
        b"{\"entries\":2000}",
        &labs(),
        b"",
        b"last",
        b"label of the second record",
        b"",
        b"memos",
        b"",
    ];
    assert_eq!(seen[..14], expected);
    assert_eq!(seen[14..], [b"memo".to_vec()]);
    assert!(vault.slot_table_intact());
    assert_eq!(vault.anchor().counter, 3);
}

/// All three kinds of slot, and an installation secret.
const CODE: &str = "H6EX6-VFWAX-82FVB-7SG9Z-QPC1V-2T";
const DEVICE: [u8; 32] = *b"installation secret of a phone 1";
const FACE: [u8; 32] = *b"biometric secret of the phone  1";

fn slots_vector() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/v1-slots.mykarte-vault")
}

#[test]
fn every_slot_of_format_1_opens_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("copy");
    fs::copy(slots_vector(), &path).unwrap();
    let (passcode, code) = (Passcode::new(PASSCODE.as_bytes()).unwrap(), RecoveryCode::parse(CODE).unwrap());
    let (device, face) = (InstallationSecret::from_bytes(&DEVICE), BiometricSecret::from_bytes(&FACE));
    for unlock in [Unlock::PasscodeWithSecret(&passcode, &device), Unlock::Recovery(&code), Unlock::Biometric(&face)] {
        let vault = Vault::unlock(&path, unlock).unwrap();
        assert_eq!(vault.records().unwrap()[0].catalogue.as_ref().unwrap().as_slice(), b"summary");
        assert!(vault.slot_table_intact() && vault.needs_installation_secret());
    }
}

#[test]
#[ignore = "makes tests/vectors/v1-slots.mykarte-vault, once"]
fn make_slots_vector() {
    let passcode = Passcode::new(PASSCODE.as_bytes()).unwrap();
    let device = InstallationSecret::from_bytes(&DEVICE);
    let floor = KdfParams::dangerous_floor();
    let (mut vault, code) = Vault::create_with_secret(slots_vector(), &passcode, &device, floor).unwrap();
    vault.set_biometric(&BiometricSecret::from_bytes(&FACE)).unwrap();
    let draft = vault.begin(None).unwrap();
    vault.commit(draft, b"label", b"summary", Vec::new()).unwrap();
    panic!("write this down as CODE: {}", code.dangerous_text().as_str());
}

/// Makes the vector where there is none. A vector that exists is never made again: a test that fails on it has found a
/// format break.
#[test]
#[ignore = "makes tests/vectors/v1.mykarte-vault, once"]
fn make_vector() {
    let passcode = Passcode::new(PASSCODE.as_bytes()).unwrap();
    let mut vault = Vault::create(vector(), &passcode, KdfParams::dangerous_floor()).unwrap();
    let label = "{\"facility\":\"1319910000\",\"patient\":\"0000001\"}".as_bytes();
    let draft = vault.begin(None).unwrap();
    let first = vault.commit(draft, label, b"first summary", Vec::new()).unwrap();
    let draft = vault.begin(None).unwrap();
    let memo = draft.seal("memos", 0, b"", b"memo").unwrap();
    vault.commit(draft, b"label of the second record", b"", vec![memo]).unwrap();
    let draft = vault.begin(Some(first.id)).unwrap();
    let chunks = vec![
        draft.seal("basics", 0, b"", "患者　太郎".as_bytes()).unwrap(),
        draft.seal("labs", 0, b"{\"entries\":2000}", &labs()).unwrap(),
        draft.seal("labs", 1, b"", b"last").unwrap(),
    ];
    vault.commit(draft, label, b"second summary", chunks).unwrap();
}
