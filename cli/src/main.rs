//! `mykarte`, the command line for hospital staff and QA.
//!
//! ```text
//! args  -> what was asked          words   -> every sentence, Japanese and English
//! cmd   -> one module a command    print   -> lines: width, colour, escapes, dates
//! out   -> the only way out        secrets -> what opens a vault, typed or read
//! files -> read and written whole  confirm -> yes or no
//! http  -> the network             qr      -> a code in a picture
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
mod out;
mod print;
mod qr;
mod secrets;
mod words;

use failure::Failure;
use out::Out;
use std::process::ExitCode;

/// Wipes every block of memory when it is given back: patient text and keys pass through many of them.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let mut out = Out::new(args::language(&words));
    let done = args::parse(&words, &mut out).and_then(|cli| cmd::run(cli, &mut out)).and_then(|()| out.finish());
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
