//! What can be asked about packages: a hospital's keys, a device's enrolment, sealing, receiving and fetching.

use super::{Secret, hospital, not_blank};
use clap::{ArgGroup, Args, Subcommand};
use mykarte::download::birth_date;
use mykarte::record::summary::Hospital;
use mykarte::vault::package::RootPin;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum KeysCommand {
    NewRoot {
        #[arg(long, value_name = "DIR")]
        keys: PathBuf,
        #[arg(long, value_name = "ID[=NAME]", value_parser = hospital)]
        hospital: Hospital,
        #[arg(long)]
        passcode_stdin: bool,
    },
    NewSigning(RootUse),
    #[command(group = ArgGroup::new("which").required(true).args(["file", "keys"]))]
    List {
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[arg(long, value_name = "DIR")]
        keys: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    Revoke(Revoke),
    NewEpoch(RootUse),
}

/// A hospital's folder of keys, and its root key.
#[derive(Args)]
pub struct RootUse {
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
    #[arg(long)]
    pub passcode_stdin: bool,
}

#[derive(Args)]
pub struct Revoke {
    #[arg(value_name = "KEY", value_parser = prefix)]
    pub key: String,
    #[command(flatten)]
    pub with: RootUse,
    #[arg(long)]
    pub yes: bool,
}

#[derive(Args)]
pub struct Enrol {
    #[arg(long, value_name = "FILE")]
    pub vault: PathBuf,
    #[arg(long, value_name = "TEXT|PNG", conflicts_with_all = ["list", "out", "enrolment", "end"], value_parser = not_blank)]
    pub ticket: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD", requires = "ticket", value_parser = born)]
    pub birth_date: Option<String>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "out"])]
    pub ca: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "root")]
    pub list: Option<PathBuf>,
    #[arg(long, value_name = "KEY", requires = "list", value_parser = pin)]
    pub root: Option<RootPin>,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "ID", conflicts_with = "list", requires = "out", value_parser = prefix)]
    pub enrolment: Option<String>,
    #[arg(long, value_name = "ID", conflicts_with_all = ["list", "out"], value_parser = prefix)]
    pub end: Option<String>,
    #[arg(long, requires = "end")]
    pub yes: bool,
    #[command(flatten)]
    pub secret: Secret,
}

#[derive(Args)]
pub struct Seal {
    #[arg(required = true, value_name = "STORAGE")]
    pub storages: Vec<PathBuf>,
    #[arg(long, value_name = "ID", value_parser = not_blank)]
    pub patient: String,
    #[arg(long, value_name = "PROFILE")]
    pub profile: PathBuf,
    #[arg(long, value_name = "PUBLIC KEY|FILE", value_parser = not_blank)]
    pub recipient: String,
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,
    #[arg(long, value_name = "FILE|FOLDER")]
    pub out: PathBuf,
    #[arg(long, value_name = "ID[=NAME]", value_parser = hospital)]
    pub hospital: Option<Hospital>,
    #[arg(long, value_name = "FILE")]
    pub withhold: Option<PathBuf>,
    #[arg(long)]
    pub accept_other_patient: bool,
    #[arg(long, value_name = "FILE.json")]
    pub report: Option<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: u16,
    #[arg(long)]
    pub passcode_stdin: bool,
}

#[derive(Args)]
pub struct Receive {
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub vault: PathBuf,
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub secret: Secret,
}

#[derive(Args)]
pub struct Fetch {
    #[arg(long, value_name = "FILE")]
    pub vault: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub secret: Secret,
}

#[derive(Subcommand)]
pub enum PackageCommand {
    Inspect {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        json: bool,
    },
    Verify {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "KEY", value_parser = pin)]
        root: RootPin,
        #[arg(long, value_name = "FILE")]
        list: Option<PathBuf>,
    },
}

fn born(text: &str) -> Result<String, String> {
    birth_date(text).ok_or_else(String::new)
}

fn pin(text: &str) -> Result<RootPin, String> {
    RootPin::parse(text).map_err(|_| String::new())
}

/// The first hexadecimal digits of an id, enough of them that a slip is no other id.
fn prefix(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let is_hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex && (8..=32).contains(&text.len()) { Ok(text) } else { Err(String::new()) }
}

#[cfg(test)]
mod tests {
    use super::{pin, prefix};

    #[test]
    fn ids_may_be_cut_short_but_not_too_short() {
        assert_eq!(prefix(" 0123ABcd ").as_deref(), Ok("0123abcd"));
        assert!(["0123abc", "0123abcg", "", &"0".repeat(33)].iter().all(|text| prefix(text).is_err()));
    }

    #[test]
    fn a_root_key_is_taken_as_people_type_it() {
        let typed = "aaaa bbbb-CCCCDDDD ".to_owned() + &"A".repeat(36);
        assert!(pin(&typed).is_ok() && pin(&typed[1..]).is_err());
    }
}
