//! One module a command.

mod demo;
mod enrol;
mod fetch;
mod import;
mod inspect;
pub mod keys;
mod package;
mod passcode;
mod patients;
pub mod profile;
mod receive;
mod seal;
mod show;
mod target;
mod vault;
mod verify;

use crate::args::{Cli, Command, PasscodeCommand, RecoveryCodeCommand};
use crate::failure::Failure;
use crate::out::Out;

/// Does what was asked.
pub fn run(cli: Cli, out: &mut Out) -> Result<(), Failure> {
    match cli.command {
        Command::Patients { storages } => patients::run(&storages, out),
        Command::Import(args) => import::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Profile { command } => profile::run(&command, out),
        Command::Keys { command } => keys::run(&command, out),
        Command::Enrol(args) => enrol::run(&args, out),
        Command::Seal(args) => seal::run(&args, out),
        Command::Receive(args) => receive::run(&args, out),
        Command::Fetch(args) => fetch::run(&args, out),
        Command::Package { command } => package::run(&command, out),
        Command::Inspect { file } => inspect::run(&file, out),
        Command::Verify(args) => verify::run(&args, out),
        Command::Demo => demo::run(out),
        Command::Vault { command } => vault::run(&command, out),
        Command::Passcode { command: PasscodeCommand::Change(place) } => passcode::change(&place, out),
        Command::RecoveryCode { command: RecoveryCodeCommand::New(place) } => passcode::new_recovery_code(&place, out),
        Command::Rekey(place) => passcode::rekey(&place, out),
    }
}
