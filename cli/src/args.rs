//! What can be asked on the command line. The help texts are in [`crate::words::help`].

mod drill;
mod package;
mod profile;

use crate::failure::Failure;
use crate::out::Out;
use crate::words::{help, usage};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use mykarte::record::labels::Language;
use mykarte::record::summary::Hospital;
use mykarte::record::{Section, search::Query};
use mykarte::ssmix2::types::Timestamp;
use std::ffi::OsString;
use std::path::PathBuf;

pub use drill::Verify;
pub use package::{Enrol, Fetch, KeysCommand, PackageCommand, Receive, Revoke, RootUse, Seal};
pub use profile::{Preview, ProfileCommand};

#[derive(Parser)]
#[command(name = "mykarte", version)]
pub struct Cli {
    // Read before all others, see `language`; here so that clap knows it.
    #[arg(long, global = true, value_enum, default_value = "ja", value_name = "ja|en")]
    lang: Lang,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    Ja,
    En,
}

#[derive(Subcommand)]
pub enum Command {
    Patients {
        #[arg(required = true, value_name = "STORAGE")]
        storages: Vec<PathBuf>,
    },
    Import(Import),
    Show(Show),
    Profile {
        #[command(subcommand)]
        command: ProfileCommand,
    },
    Vault {
        #[command(subcommand)]
        command: VaultCommand,
    },
    Passcode {
        #[command(subcommand)]
        command: PasscodeCommand,
    },
    RecoveryCode {
        #[command(subcommand)]
        command: RecoveryCodeCommand,
    },
    Rekey(Place),
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    Enrol(Enrol),
    Seal(Seal),
    Receive(Receive),
    Fetch(Fetch),
    Package {
        #[command(subcommand)]
        command: PackageCommand,
    },
    Inspect {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Verify(Verify),
    Demo,
}

#[derive(Subcommand)]
pub enum PasscodeCommand {
    Change(Place),
}

#[derive(Subcommand)]
pub enum RecoveryCodeCommand {
    New(Place),
}

#[derive(Subcommand)]
pub enum VaultCommand {
    Info {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        json: bool,
    },
    Copy {
        #[arg(value_name = "DST")]
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    Delete(Delete),
}

#[derive(Args)]
pub struct Delete {
    #[command(flatten)]
    pub place: Place,
    #[arg(long, value_name = "ID", value_parser = not_blank)]
    pub patient: String,
    #[arg(long, value_name = "ID", value_parser = not_blank)]
    pub hospital: Option<String>,
    #[arg(long)]
    pub yes: bool,
}

/// A vault, and what opens it.
#[derive(Args)]
pub struct Place {
    #[arg(long, value_name = "FILE")]
    pub vault: PathBuf,
    #[command(flatten)]
    pub secret: Secret,
}

/// Where the secret comes from; from a prompt if neither is given.
#[derive(Args)]
pub struct Secret {
    #[arg(long)]
    pub passcode_stdin: bool,
    #[arg(long, conflicts_with = "passcode_stdin")]
    pub recovery_code_stdin: bool,
}

#[derive(Args)]
pub struct Import {
    #[arg(required = true, value_name = "STORAGE")]
    pub storages: Vec<PathBuf>,
    #[arg(long, value_name = "ID", value_parser = not_blank)]
    pub patient: String,
    #[arg(long, value_name = "FILE")]
    pub vault: PathBuf,
    #[arg(long, value_name = "ID[=NAME]", value_parser = hospital)]
    pub hospital: Option<Hospital>,
    #[arg(long, value_name = "FILE.json")]
    pub report: Option<PathBuf>,
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub withhold: Option<PathBuf>,
    #[arg(long)]
    pub accept_other_patient: bool,
    #[arg(long)]
    pub replace: bool,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: u16,
    #[command(flatten)]
    pub secret: Secret,
}

#[derive(Args)]
pub struct Show {
    #[arg(value_name = "SECTION", value_parser = view)]
    pub view: Option<View>,
    #[arg(long, value_name = "FILE")]
    pub vault: PathBuf,
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    #[arg(long, value_name = "ID")]
    pub hospital: Option<String>,
    #[arg(long, value_name = "WORD", value_parser = query)]
    pub search: Option<Query>,
    #[arg(long, value_name = "D", value_parser = date)]
    pub from: Option<Timestamp>,
    #[arg(long, value_name = "D", value_parser = date)]
    pub to: Option<Timestamp>,
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub secret: Secret,
}

/// What `show` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Summary,
    Section(Section),
}

/// The language asked for, known before anything can go wrong.
pub fn language(words: &[OsString]) -> Language {
    let is_en = |w: &OsString| w == "--lang=en";
    let pair = |w: &[OsString]| w[0] == "--lang" && w[1] == "en";
    if words.iter().any(is_en) || words.windows(2).any(pair) { Language::En } else { Language::Ja }
}

/// Reads the command line; help and version are answered here.
pub fn parse(words: &[OsString], out: &mut Out) -> Result<Cli, Failure> {
    let command = help::localise("", Cli::command(), out.language);
    let parsed = command.try_get_matches_from(words).and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| usage::failure(&error, out))
}

fn view(text: &str) -> Result<View, String> {
    if text == "summary" { Ok(View::Summary) } else { profile::section(text).map(View::Section) }
}

fn not_blank(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err(String::new()) } else { Ok(text.to_string()) }
}

fn hospital(text: &str) -> Result<Hospital, String> {
    let (id, name) = match text.split_once('=') {
        Some((id, name)) => (id.trim(), Some(name.trim().to_string()).filter(|n| !n.is_empty())),
        None => (text.trim(), None),
    };
    if id.is_empty() { Err(String::new()) } else { Ok(Hospital { id: id.to_string(), name }) }
}

fn query(text: &str) -> Result<Query, String> {
    Query::new(text).ok_or_else(String::new)
}

/// `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYYMMDD`.
fn date(text: &str) -> Result<Timestamp, String> {
    let plain = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let written = if plain { format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]) } else { text.to_string() };
    if written.len() > 10 {
        return Err(String::new());
    }
    written.parse().map_err(|_| String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_every_accepted_form() {
        for (text, want) in
            [("2011", "2011"), ("2011-07", "2011-07"), ("2011-07-01", "2011-07-01"), ("20110701", "2011-07-01")]
        {
            assert_eq!(date(text).map(|t| t.to_string()).as_deref(), Ok(want));
        }
        for text in ["", "yesterday", "2011-02-30", "20111301", "2011-07-01T10", "201107"] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_hospital_may_have_a_name() {
        assert_eq!(
            hospital("1310000001=登呂病院").ok(),
            Some(Hospital { id: "1310000001".into(), name: Some("登呂病院".into()) })
        );
        assert!(hospital("=登呂病院").is_err());
    }

    #[test]
    fn the_command_line_is_well_formed() {
        help::localise("", Cli::command(), Language::Ja).debug_assert();
        help::localise("", Cli::command(), Language::En).debug_assert();
    }
}
