//! `vault`: what is in a file, a copy of it, a record taken out of it.
//!
//! ```text
//! held -> the records as these commands name them
//! info, copy, delete -> one module a command
//! ```

mod copy;
mod delete;
mod held;
mod info;

use crate::args::VaultCommand;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::errors;
use mykarte::package::ReceiveError;
use std::path::Path;

/// Does what was asked.
pub fn run(command: &VaultCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        VaultCommand::Info { place, json } => info::run(place, *json, out),
        VaultCommand::Copy { to, place } => copy::run(to, place, out),
        VaultCommand::Delete(args) => delete::run(args, out),
    }
}

fn refused(error: &ReceiveError, path: &Path, out: &Out) -> Failure {
    Failure::Refused(errors::receiving(error, path, out.language))
}
