//! One module a command.

mod demo;
mod import;
mod inspect;
mod keys;
mod patients;
mod profile;
mod show;
mod vault;

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
        Command::Inspect { file } => inspect::run(&file, out),
        Command::Demo => demo::run(out),
        Command::Vault { command } => vault::run(&command, out),
        Command::Passcode { command: PasscodeCommand::Change(place) } => keys::change_passcode(&place, out),
        Command::RecoveryCode { command: RecoveryCodeCommand::New(place) } => keys::new_recovery_code(&place, out),
        Command::Rekey(place) => keys::rekey(&place, out),
    }
}
