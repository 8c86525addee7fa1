//! One module a command.

mod demo;
mod import;
mod inspect;
mod patients;
mod show;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::out::Out;

/// Does what was asked.
pub fn run(cli: Cli, out: &mut Out) -> Result<(), Failure> {
    match cli.command {
        Command::Patients { storages } => patients::run(&storages, out),
        Command::Import(args) => import::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Inspect { file } => inspect::run(&file, out),
        Command::Demo => demo::run(out),
    }
}
