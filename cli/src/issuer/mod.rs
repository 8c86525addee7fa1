//! `mykarte-issuer`: the counter, issuing, withdrawing, and what shows that all of it was done.
//!
//! ```text
//! place   settings, state, link and key list, opened together    heads    the audit chain's second places
//! enrol   the ticket's sheet, then the six digits      issue    packages for whoever has something new
//! link    another token for the line to the publisher
//! init, check, list, withdraw, audit, backup           what their names say
//! ```

mod args;
mod audit;
mod backup;
mod check;
mod enrol;
mod heads;
mod init;
mod issue;
mod link;
mod list;
mod place;
mod withdraw;

use crate::failure::Failure;
use crate::out::Out;
use args::{IssuerCommand, LinkCommand};
use place::Place;

#[cfg(test)]
pub use args::Issuer;
pub use args::parse;

/// Does what was asked.
pub fn run(command: &IssuerCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        IssuerCommand::Init(args) => init::run(args, out),
        IssuerCommand::Check(at) => check::run(at, out),
        IssuerCommand::Enrol(args) => Place::open(&args.at, out)?.work(out, |place, out| enrol::run(place, args, out)),
        IssuerCommand::Confirm(args) => {
            Place::open(&args.one.at, out)?.work(out, |place, out| enrol::confirm(place, args, out))
        }
        IssuerCommand::Cancel(args) => {
            Place::open(&args.at, out)?.work(out, |place, out| enrol::cancel(place, args, out))
        }
        IssuerCommand::Issue(args) => Place::open(&args.at, out)?.work(out, |place, out| issue::run(place, args, out)),
        IssuerCommand::Withdraw(args) => {
            Place::open(&args.at, out)?.work(out, |place, out| withdraw::run(place, args, out))
        }
        IssuerCommand::List(args) => list::run(args, out),
        IssuerCommand::Audit(args) => audit::run(args, out),
        IssuerCommand::Backup(args) => {
            Place::open(&args.at, out)?.work(out, |place, out| backup::run(place, args, out))
        }
        IssuerCommand::Link { command: LinkCommand::NewToken(args) } => link::new_token(args, out),
    }
}
