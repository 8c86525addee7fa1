//! What can be asked of the issuer. The help texts are in [`crate::words::help`].

use crate::failure::Failure;
use crate::out::Out;
use crate::words::{help, usage};
use chrono::NaiveDate;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use data_encoding::BASE64URL_NOPAD;
use mykarte::vault::package::VerifyingKey;
use mykarte_issuer::admission::IdentityCheck;
use std::ffi::OsString;
use std::path::PathBuf;
use url::Url;

#[derive(Parser)]
#[command(name = "mykarte-issuer", version)]
pub struct Issuer {
    // Read before all others, as for `mykarte`; here so that clap knows it.
    #[arg(long, global = true, value_enum, default_value = "ja", value_name = "ja|en")]
    lang: Lang,
    #[command(subcommand)]
    pub command: IssuerCommand,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    Ja,
    En,
}

#[derive(Subcommand)]
pub enum IssuerCommand {
    Init(Init),
    Check(At),
    Enrol(Enrol),
    Confirm(Confirm),
    Cancel(OneTicket),
    Issue(Issue),
    Withdraw(Withdraw),
    List(List),
    #[command(subcommand)]
    Audit(Audit),
    Backup(Backup),
    Link {
        #[command(subcommand)]
        command: LinkCommand,
    },
}

#[derive(Subcommand)]
pub enum LinkCommand {
    NewToken(NewToken),
}

/// Where the issuer's settings are.
#[derive(Args)]
pub struct At {
    #[arg(long, value_name = "FILE", default_value = "issuer.toml")]
    pub settings: PathBuf,
    #[arg(long)]
    pub dangerous_single_host: bool,
}

#[derive(Args)]
pub struct Init {
    #[arg(long, value_name = "FILE", default_value = "issuer.toml")]
    pub settings: PathBuf,
    #[arg(long, value_name = "URL")]
    pub publisher: Url,
    #[arg(long, required = true, value_name = "STORAGE")]
    pub storage: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,
    #[arg(long, value_name = "PROFILE", default_value = "gemini-standard")]
    pub profile: String,
    #[arg(long, value_name = "TEXT")]
    pub contact: Option<String>,
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    #[arg(long, value_name = "DIR")]
    pub heads: Option<PathBuf>,
}

#[derive(Args)]
pub struct Enrol {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "ID")]
    pub patient: String,
    #[arg(long, value_name = "ID")]
    pub staff: String,
    #[arg(long, value_name = "HOW", value_parser = identity_check)]
    pub identity_check: IdentityCheck,
    #[arg(long, value_name = "VERSION")]
    pub consent: String,
    #[arg(long, value_name = "RELATION", requires = "until")]
    pub proxy: Option<String>,
    #[arg(long, value_name = "DATE", requires = "proxy", value_parser = day)]
    pub until: Option<NaiveDate>,
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub out: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
    #[arg(long)]
    pub no_wait: bool,
}

#[derive(Args)]
pub struct OneTicket {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "NUMBER")]
    pub ticket: String,
    #[arg(long, value_name = "ID")]
    pub staff: String,
}

#[derive(Args)]
pub struct Confirm {
    #[command(flatten)]
    pub one: OneTicket,
    /// Empty: to be typed.
    #[arg(long, value_name = "DIGITS", num_args = 0..=1, default_missing_value = "")]
    pub digits: Option<String>,
}

#[derive(Args)]
pub struct Issue {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    #[arg(long)]
    pub again: bool,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: u16,
    #[arg(long)]
    pub passcode_stdin: bool,
}

#[derive(Args)]
pub struct Withdraw {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "ID", required_unless_present = "unknown")]
    pub patient: Option<String>,
    #[arg(long, value_name = "NUMBER", requires = "patient")]
    pub enrolment: Option<String>,
    #[arg(long, conflicts_with = "patient")]
    pub unknown: bool,
    #[arg(long, value_name = "N", requires = "unknown")]
    pub count: Option<usize>,
    #[arg(long, value_name = "ID")]
    pub staff: String,
    #[arg(long)]
    pub yes: bool,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
}

#[derive(Subcommand)]
pub enum Audit {
    Verify(AuditVerify),
    Show(AuditShow),
    Heads(AuditHeads),
}

#[derive(Args)]
pub struct AuditVerify {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
    #[arg(long, value_name = "KEY", requires = "head", value_parser = head_key)]
    pub key: Option<VerifyingKey>,
}

#[derive(Args)]
pub struct AuditShow {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<NaiveDate>,
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct AuditHeads {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[arg(long)]
    pub begin_anew: bool,
}

#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

#[derive(Args)]
pub struct NewToken {
    #[command(flatten)]
    pub at: At,
    #[arg(long, value_name = "ID")]
    pub staff: String,
    #[arg(long)]
    pub yes: bool,
}

/// Reads the command line; help and version are answered here.
pub fn parse(words: &[OsString], out: &mut Out) -> Result<IssuerCommand, Failure> {
    let command = help::localise("issuer", Issuer::command(), out.language);
    let parsed = command.try_get_matches_from(words).and_then(|matches| Issuer::from_arg_matches(&matches));
    parsed.map(|issuer| issuer.command).map_err(|error| usage::failure(&error, out))
}

fn identity_check(word: &str) -> Result<IdentityCheck, String> {
    IdentityCheck::parse(word).ok_or_else(String::new)
}

fn head_key(text: &str) -> Result<VerifyingKey, String> {
    let bytes = BASE64URL_NOPAD.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok()).ok_or_else(String::new)
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| String::new())
}
