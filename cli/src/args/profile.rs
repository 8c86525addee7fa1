//! What can be asked about profiles. A `PROFILE` is a bundled id or a file.

use super::{hospital, not_blank};
use clap::{Args, Subcommand};
use mykarte::record::Section;
use mykarte::record::profile::Profile;
use mykarte::record::summary::Hospital;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum ProfileCommand {
    List,
    Show {
        #[arg(value_name = "PROFILE")]
        profile: PathBuf,
    },
    New {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "ID", default_value = "gemini-standard", value_parser = bundled)]
        from: String,
    },
    Check {
        #[arg(value_name = "PROFILE")]
        profile: PathBuf,
    },
    Diff {
        #[arg(value_name = "A", display_order = 1)]
        before: PathBuf,
        #[arg(value_name = "B", display_order = 2)]
        after: PathBuf,
    },
    Preview(Preview),
    Schema,
}

#[derive(Args)]
pub struct Preview {
    #[arg(value_name = "PROFILE")]
    pub profile: PathBuf,
    #[arg(required = true, value_name = "STORAGE")]
    pub storages: Vec<PathBuf>,
    #[arg(long, value_name = "ID", value_parser = not_blank)]
    pub patient: String,
    #[arg(long, value_name = "ID[=NAME]", value_parser = hospital)]
    pub hospital: Option<Hospital>,
    #[arg(long, value_name = "FILE")]
    pub withhold: Option<PathBuf>,
    #[arg(long, value_name = "SECTION", value_parser = section)]
    pub section: Option<Section>,
}

fn bundled(text: &str) -> Result<String, String> {
    let known = Profile::bundled().iter().any(|(id, _)| *id == text);
    if known { Ok(text.to_string()) } else { Err(String::new()) }
}

/// The section of this key.
pub(super) fn section(text: &str) -> Result<Section, String> {
    Section::ALL.into_iter().find(|s| s.key() == text).ok_or_else(String::new)
}
