//! What can be asked of the drill.

use super::{hospital, not_blank};
use chrono::NaiveDate;
use clap::Args;
use mykarte::record::summary::Hospital;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Verify {
    #[arg(required_unless_present = "compare", value_name = "STORAGE")]
    pub storages: Vec<PathBuf>,
    #[arg(long, num_args = 2, action = clap::ArgAction::Set, value_names = ["OLD", "NEW"], conflicts_with = "storages")]
    pub compare: Option<Vec<PathBuf>>,
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub withhold: Option<PathBuf>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with_all = ["patient", "since"])]
    pub sample: Option<u32>,
    #[arg(long, value_name = "S", default_value_t = 1, requires = "sample")]
    pub seed: u64,
    #[arg(long, value_name = "ID", value_parser = not_blank, conflicts_with = "since")]
    pub patient: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<NaiveDate>,
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    #[arg(long)]
    pub show_text: bool,
    #[arg(long, value_name = "ID[=NAME]", value_parser = hospital)]
    pub hospital: Option<Hospital>,
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: u16,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| String::new())
}

impl Verify {
    /// All files that are written.
    pub fn outputs(&self) -> impl Iterator<Item = &Path> {
        [&self.json, &self.html, &self.list].into_iter().flatten().map(PathBuf::as_path)
    }

    /// All storages that are read.
    pub fn places(&self) -> &[PathBuf] {
        self.compare.as_deref().unwrap_or(&self.storages)
    }
}
