//! Every bit of the plain tables, of header and slots, through the secret of the slot: none may be another and the vault open
//! by it. `MYKARTE_BIT_STEP` 1 tries each; a passcode costs a key derivation each time, so a test run tries some.

use mykarte_vault::{BiometricSecret, RecoveryCode, Unlock, Vault};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::common::{Place, is_refusal, passcode};
use super::setting;

/// All of both tables but the count of wrong tries, which is a bound for fingers (D13).
const HEADER: &[&str] = &["id", "format", "suite", "vault_id", "flags", "commitment"];
/// What a key derivation costs is a passcode's alone; the others have zeros there, which are held against their wrapped key.
const SLOT: &[&str] = &["id", "kind", "m_kib", "t", "p", "salt", "wrapped"];

#[test]
fn every_bit_of_header_and_slots_counts() {
    let step = setting("MYKARTE_BIT_STEP", 41) as usize;
    let (place, _) = Place::with_records(&[1]);
    let (passcode, face, code) = (passcode(), BiometricSecret::make().unwrap(), RecoveryCode::make().unwrap());
    let mut vault = place.open().unwrap();
    vault.set_biometric(&face).unwrap();
    vault.set_recovery_code(&code).unwrap();
    let slots: Vec<u32> = vault.slots().into_iter().map(|slot| slot.id).collect();
    drop(vault);
    let ways = [Unlock::Passcode(&passcode), Unlock::Biometric(&face), Unlock::Recovery(&code)];
    let conn = Connection::open(&place.path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;").unwrap();
    let (mut tried, mut at) = (0, 0);
    let mut all = |table: &str, row: u32, columns: &[&str], way: Unlock<'_>| {
        for column in columns {
            let sql = format!("SELECT {column} FROM {table} WHERE id = {row}");
            let good: Value = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
            for bit in 0..bits(&good) {
                let bent = bent(&good, bit);
                if *column == "id" && slots.iter().any(|id| bent == Value::Integer((*id).into())) {
                    continue; // That row is another's.
                }
                at += 1;
                if at % step == 0 {
                    let id = if *column == "id" { bent.clone() } else { Value::Integer(row.into()) };
                    let set = |value: &Value, id: &Value| {
                        let sql = format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2");
                        assert_eq!(conn.execute(&sql, params![value, id]), Ok(1), "{table}.{column}, bit {bit}");
                    };
                    set(&bent, &Value::Integer(row.into()));
                    let what = format!("{table}.{column}, bit {bit}");
                    let error = Vault::unlock(&place.path, way).map(drop).expect_err(&what);
                    assert!(is_refusal(&error), "{what}: {error:?}");
                    set(&good, &id);
                    tried += 1;
                    if tried % 4 == 0 {
                        // Before the fifth wrong try would have to wait.
                        Vault::unlock(&place.path, ways[2]).unwrap();
                    }
                }
            }
        }
    };
    all("header", 1, HEADER, ways[0]);
    slots.iter().zip(ways).for_each(|(row, way)| all("slot", *row, SLOT, way));
    println!("{tried} of {at} bits of header and slots: each keeps the secret from opening");
    assert_eq!((slots.len(), tried), (3, at / step));
    ways.into_iter().for_each(|way| drop(Vault::unlock(&place.path, way).unwrap()));
}

fn bits(value: &Value) -> usize {
    match value {
        Value::Blob(bytes) => bytes.len() * 8,
        _ => 64,
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
