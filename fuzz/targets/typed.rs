//! Any text where a person types a key, a code, an address or a day: refused, or written again and read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte::download::birth_date;
use mykarte_vault::package::{EnrolmentId, RootPin};
use mykarte_vault::{Passcode, RecoveryCode};
use mykarte_wire::{Token, address, etag};

fuzz_target!(|text: &str| {
    if let Ok(pin) = RootPin::parse(text) {
        assert_eq!(RootPin::parse(&pin.to_string()), Ok(pin));
    }
    if let Ok(code) = RecoveryCode::parse(text) {
        let written = code.dangerous_text();
        assert_eq!(RecoveryCode::parse(&written).unwrap().dangerous_text(), written);
    }
    if let Some(id) = EnrolmentId::parse(text) {
        assert_eq!(EnrolmentId::parse(&id.to_string()), Some(id));
    }
    if let Some(token) = Token::parse(text) {
        assert_eq!(token.dangerous_text().as_str(), text);
    }
    if let Some(hash) = etag::read(text) {
        assert_eq!(etag::write(&hash), text.trim());
    }
    if let Ok(address) = address::check(text) {
        assert_eq!(address::check(address), Ok(address));
    }
    if let Some(day) = birth_date(text) {
        assert_eq!(birth_date(&day), Some(day.clone()));
    }
    let _ = Passcode::new(text.as_bytes()).unwrap().check_strength();
});
