//! What a patient holds in hand, read back as a phone and a finder would.

mod code;
mod page;
mod words;

use std::process::Command;

use mykarte_vault::package::{HospitalId, RootPin};
use mykarte_vault::ticket::Ticket;

use super::{Font, Hospital, PaperError, Sheet};

/// 2026-11-24 17:30 in Japan.
const EXPIRES: u64 = 1_795_509_000;
const ADDRESS: &str = "https://mykarte.example.ac.jp";

fn ticket(address: &str) -> Ticket {
    let root = RootPin::from_bytes(std::array::from_fn(|at| at as u8 * 7));
    Ticket::make(HospitalId::make().unwrap(), root, address, EXPIRES).unwrap().0
}

fn sheet(ticket: &Ticket) -> Sheet<'_> {
    let hospital = Hospital { name: "見本大学医学部附属病院".to_owned(), facility: "1319999999".to_owned() };
    let contact = Some("医療情報部 マイカルテ窓口　電話 03-0000-0000（平日 9時〜17時）".to_owned());
    Sheet { ticket, hospital, contact }
}

/// A font of this machine. Without one a test says so and ends, except where all tools were installed.
fn font(sheet: &Sheet) -> Option<Font> {
    match Font::find(None, sheet) {
        Err(PaperError::NoFont) => skip("a Japanese font (fonts-ipafont-gothic)"),
        found => Some(found.unwrap()),
    }
}

/// A program of poppler-utils, or none here.
fn tool(name: &str) -> Option<Command> {
    match Command::new(name).arg("-v").output() {
        Ok(_) => Some(Command::new(name)),
        Err(_) => skip("poppler-utils"),
    }
}

#[allow(clippy::print_stderr)]
fn skip<T>(what: &str) -> Option<T> {
    assert!(std::env::var_os("CI").is_none(), "this test needs {what}; ./x test installs it");
    eprintln!("skipped: {what} is not on this machine");
    None
}
