//! `mykarte-issuer`: the counter, issuing, withdrawing, and what shows that all of it was done.
//!
//! ```text
//! place   settings, state, link and key list, opened together    heads    the audit chain's second places
//! enrol   the ticket's sheet, then the six digits      issue    packages for whoever has something new
//! init, check, list, withdraw, audit                   what their names say
//! ```

mod args;
mod audit;
mod check;
mod enrol;
mod heads;
mod init;
mod issue;
mod list;
mod place;
mod withdraw;

use crate::failure::Failure;
use crate::out::Out;
use args::IssuerCommand;

#[cfg(test)]
pub use args::Issuer;
pub use args::parse;

/// Does what was asked.
pub fn run(command: &IssuerCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        IssuerCommand::Init(args) => init::run(args, out),
        IssuerCommand::Check(at) => check::run(at, out),
        IssuerCommand::Enrol(args) => enrol::run(args, out),
        IssuerCommand::Confirm(args) => enrol::confirm(args, out),
        IssuerCommand::Cancel(args) => enrol::cancel(args, out),
        IssuerCommand::Issue(args) => issue::run(args, out),
        IssuerCommand::Withdraw(args) => withdraw::run(args, out),
        IssuerCommand::List(args) => list::run(args, out),
        IssuerCommand::Audit(args) => audit::run(args, out),
    }
}
