//! Any text as a ticket's QR code holds it, any fields behind a right check sum, and any bytes as a phone's request: refused, or
//! written again as it was.
#![no_main]

use data_encoding::BASE32_NOPAD;
use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{edited, vector};
use mykarte_vault::package::{Enrolment, HospitalId, RootPin};
use mykarte_vault::ticket::{Request, Ticket};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

static PHONE: LazyLock<Enrolment> = LazyLock::new(|| Enrolment::decode(&vector("package-v1/enrolment.bin")).unwrap());
static TICKET: LazyLock<Ticket> = LazyLock::new(|| {
    let root = RootPin::from_bytes([7; 32]);
    Ticket::make(HospitalId::from_bytes([1; 16]), root, "https://karte.example.jp", 1_767_225_600).unwrap().0
});
static REQUEST: LazyLock<Request> = LazyLock::new(|| TICKET.request("1957-03-08", &PHONE.offer()));

fn typed(text: &str) {
    if let Ok(ticket) = Ticket::parse(text) {
        let again = Ticket::parse(&ticket.dangerous_text()).unwrap();
        assert_eq!(again.dangerous_text(), ticket.dangerous_text());
        let request = ticket.request("1957-03-08", &PHONE.offer());
        assert!(again.verifier("1957-03-08").has_birth_date(&request));
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((first, input)) = input.split_first() else { return };
    let text = TICKET.dangerous_text();
    let fields = BASE32_NOPAD.decode(&text.as_bytes()["MYKARTE1:".len()..]).unwrap();
    let bytes = if *first >= 128 { input.to_vec() } else { edited(&fields[..fields.len() - 4], input) };
    typed(&String::from_utf8_lossy(input));
    let summed = [&bytes[..], &Sha256::digest(&bytes)[..4]].concat();
    typed(&format!("MYKARTE1:{}", BASE32_NOPAD.encode(&summed)));
    let bytes = if *first >= 128 { input.to_vec() } else { edited(REQUEST.as_bytes(), input) };
    if let Ok(request) = Request::read(&bytes) {
        assert_eq!(request.as_bytes(), bytes);
        let key = TICKET.verifier("1957-03-08").key;
        assert_eq!(request.verify(&key).is_ok(), request == *REQUEST);
    }
});
