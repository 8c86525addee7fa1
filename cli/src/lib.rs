//! The command lines: `mykarte` for hospital staff and QA, `mykarte-issuer` for the counter and its administrator.
//!
//! ```text
//! args  -> what was asked          words   -> every sentence, Japanese and English
//! cmd   -> one module a command    print   -> lines: width, colour, escapes, dates
//! out   -> the only way out        secrets -> what opens a vault, typed or read
//! files -> read and written whole  confirm -> yes or no
//! http  -> the network             qr      -> a code in a picture
//! issuer -> mykarte-issuer: its arguments and commands
//! ```
//!
//! Data goes to stdout, progress and hints to stderr. Exit 0: done; 1: nothing
//! written, nothing found, or refused; 2: usage.

mod args;
mod cmd;
mod confirm;
mod failure;
mod files;
mod http;
mod interrupt;
mod issuer;
mod out;
mod print;
mod qr;
mod secrets;
mod words;

use failure::Failure;
use out::Out;
use std::ffi::OsString;
use std::process::ExitCode;

/// Wipes every block of memory when it is given back: patient text and keys pass through many of them.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// `mykarte`.
pub fn main() -> ExitCode {
    run(|words, out| args::parse(words, out).and_then(|cli| cmd::run(cli, out)))
}

/// `mykarte-issuer`.
pub fn issuer_main() -> ExitCode {
    run(|words, out| issuer::parse(words, out).and_then(|command| issuer::run(&command, out)))
}

fn run(work: impl FnOnce(&[OsString], &mut Out) -> Result<(), Failure>) -> ExitCode {
    mykarte_state::process::keep_memory_in();
    let words: Vec<OsString> = std::env::args_os().collect();
    let mut out = Out::new(args::language(&words));
    let done = work(&words, &mut out).and_then(|()| out.finish());
    match done {
        // Whoever reads us has enough: nothing to complain about.
        Ok(()) | Err(Failure::ReaderGone) => ExitCode::SUCCESS,
        Err(failure) => {
            // What was printed before the failure comes before its sentence.
            let _ = out.finish();
            failure.tell(&out);
            ExitCode::from(failure.code())
        }
    }
}
