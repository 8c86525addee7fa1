//! Every bit of the plain tables, of header and slot, through the passcode: none may be another and the vault open.
//! `MYKARTE_BIT_STEP` 1 tries each; they cost a key derivation each, so a test run tries some.

use mykarte_vault::{Part, Vault, VaultError};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::common::{Place, passcode};
use super::setting;

/// All of both tables but the count of wrong tries, which is a bound for fingers (D13).
const COLUMNS: [(&str, &[&str]); 2] = [
    ("header", &["id", "format", "suite", "vault_id", "flags", "commitment"]),
    ("slot", &["id", "kind", "m_kib", "t", "p", "salt", "wrapped"]),
];

#[test]
fn every_bit_of_header_and_slot_counts() {
    let step = setting("MYKARTE_BIT_STEP", 41) as usize;
    let (place, _) = Place::with_records(&[1]);
    let conn = Connection::open(&place.path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;").unwrap();
    let (mut tried, mut at) = (0, 0);
    for (table, columns) in COLUMNS {
        for column in columns {
            let good: Value = conn.query_row(&format!("SELECT {column} FROM {table}"), [], |row| row.get(0)).unwrap();
            for bit in 0..bits(&good) {
                at += 1;
                if at % step == 0 {
                    let set =
                        |value: &Value| conn.execute(&format!("UPDATE {table} SET {column} = ?1"), params![value]);
                    set(&bent(&good, bit)).unwrap();
                    check(&place, &format!("{table}.{column}, bit {bit}"));
                    set(&good).unwrap();
                    tried += 1;
                    if tried % 4 == 0 {
                        // Before the fifth wrong try would have to wait.
                        Vault::open(&place.path, &passcode()).unwrap();
                    }
                }
            }
        }
    }
    println!("{tried} of {at} bits of header and slot: each keeps the passcode from opening");
    assert!(Vault::open(&place.path, &passcode()).is_ok());
    assert!(at > 1500, "{at}");
}

fn bits(value: &Value) -> usize {
    match value {
        Value::Blob(bytes) => bytes.len() * 8,
        _ => 63,
    }
}

fn bent(value: &Value, bit: usize) -> Value {
    match value {
        Value::Integer(number) => Value::Integer(number ^ (1 << bit)),
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            Value::Blob(bytes)
        }
        other => panic!("{other:?}"),
    }
}

fn check(place: &Place, what: &str) {
    let error = Vault::open(&place.path, &passcode()).expect_err(what);
    let is_said = match error {
        VaultError::WrongPasscode { .. }
        | VaultError::KdfOutOfBounds { .. }
        | VaultError::NoSlot { .. }
        | VaultError::NewerFormat { .. }
        | VaultError::UnknownSuite { .. }
        | VaultError::InstallationSecretNeeded => true,
        VaultError::Damaged { part } => part == Part::SlotTable || part == Part::Header,
        _ => false,
    };
    assert!(is_said, "{what}: {error:?}");
}
