//! `profile`: which sections and fields a university shows its patients.
//!
//! ```text
//! source  -> a profile by its id or file       list, show, diff -> profiles for people
//! new, check -> for whoever writes one         preview -> what it makes of one patient
//! ```

mod check;
mod diff;
mod entries;
mod list;
mod new;
mod preview;
mod show;
pub mod source;

use crate::args::ProfileCommand;
use crate::failure::Failure;
use crate::out::Out;
use mykarte::record::profile::document;

/// Does what was asked.
pub fn run(command: &ProfileCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        ProfileCommand::List => list::run(out),
        ProfileCommand::Show { profile } => show::run(profile, out),
        ProfileCommand::New { file, from } => new::run(file, from, out),
        ProfileCommand::Check { profile } => check::run(profile, out),
        ProfileCommand::Diff { before, after } => diff::run(before, after, out),
        ProfileCommand::Preview(args) => preview::run(args, out),
        ProfileCommand::Schema => schema(out),
    }
}

/// The JSON Schema by which an editor completes and checks.
fn schema(out: &mut Out) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&document::schema()).unwrap_or_default();
    out.raw(text.as_bytes())?;
    out.blank()
}
