//! A copy of what a publisher needs to go on: database, settings, the key of its heads. Packages are issued again.

use crate::settings::Settings;
use crate::start::{HEAD_KEY, StartError};
use mykarte_state::{back_up, is_postgresql};
use std::path::Path;

/// Copies everything into a new folder, its owner's alone.
///
/// # Errors
/// [`StartError::Settings`], [`StartError::State`]; [`StartError::Unreadable`] for a folder that is there, and for what cannot
/// be copied. What fails leaves no folder.
pub fn run(settings_path: &Path, out: &Path) -> Result<(), StartError> {
    let settings = Settings::read(settings_path)?;
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(out).map_err(|error| failed(out, &error))?;
    copy_all(settings_path, &settings, out).inspect_err(|_| {
        // Why it failed is the graver news.
        let _ = std::fs::remove_dir_all(out);
    })
}

fn copy_all(settings_path: &Path, settings: &Settings, out: &Path) -> Result<(), StartError> {
    let head_key = settings_path.with_file_name(HEAD_KEY);
    for (from, name) in [(settings_path, "publisher.toml"), (&head_key, HEAD_KEY)] {
        // The key is made on first use.
        if from.exists() {
            std::fs::copy(from, out.join(name)).map_err(|error| failed(from, &error))?;
        }
    }
    if is_postgresql(&settings.state) {
        tracing::warn!("the database is in PostgreSQL and is not in it; make a pg_dump, too");
        return Ok(());
    }
    Ok(back_up(Path::new(&settings.state), &out.join("publisher.sqlite"))?)
}

fn failed(path: &Path, error: &std::io::Error) -> StartError {
    StartError::Unreadable { path: path.into(), detail: error.to_string() }
}
