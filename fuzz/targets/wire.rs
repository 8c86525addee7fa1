//! Any bytes as a body between phone, publisher and issuer, and as the head of an audit chain: refused, or read so that it
//! says the same when written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_vault::chain::Head;
use mykarte_vault::package::SigningKey;
use mykarte_wire::Problem;
use mykarte_wire::issuer::{EnrolmentPage, Heads, NewTicket, ShowNonce, TicketStatus, Withdrawn};
use mykarte_wire::phone::{Enrol, Enrolled, NextKey, Revoke, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn body<T: Serialize + DeserializeOwned>(bytes: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(bytes) {
        let written = serde_json::to_vec(&read).unwrap();
        let again: T = serde_json::from_slice(&written).unwrap();
        assert_eq!(serde_json::to_vec(&again).unwrap(), written);
    }
}

fuzz_target!(|bytes: &[u8]| {
    body::<NewTicket>(bytes);
    body::<ShowNonce>(bytes);
    body::<Heads>(bytes);
    body::<TicketStatus>(bytes);
    body::<EnrolmentPage>(bytes);
    body::<Withdrawn>(bytes);
    body::<Enrol>(bytes);
    body::<Enrolled>(bytes);
    body::<Status>(bytes);
    body::<NextKey>(bytes);
    body::<Revoke>(bytes);
    body::<Problem>(bytes);
    if let Ok(problem) = serde_json::from_slice::<Problem>(bytes) {
        let _ = problem.kind();
    }
    let key = SigningKey::dangerous_from_bytes(&[7; 32]).verifying_key();
    assert!(Head::read(bytes, &key).is_err());
});
