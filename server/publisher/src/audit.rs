//! `audit`: whether the chain is as it was written, what stands in it, and the issuer's heads that are kept in it.

use clap::Subcommand;
use data_encoding::BASE64URL_NOPAD;
use mykarte_publisher::settings::Settings;
use mykarte_publisher::start::{self, StartError};
use mykarte_state::audit::verify;
use mykarte_state::heads::signed_heads;
use mykarte_state::kept::{begin_anew, kept};
use mykarte_state::show::{Shown, Wanted, show, time};
use mykarte_state::{StateError, Store};
use mykarte_vault::package::VerifyingKey;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Subcommand)]
pub enum Audit {
    /// Verify the chain; exit 1 if a record is not as it was written
    Verify {
        #[command(flatten)]
        at: super::At,
        /// Signed heads from elsewhere (*.head, *.heads, what the issuer's `audit heads` writes); without one nobody can say whether the end was cut off
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
        /// The public key that signed them, as `audit verify` printed it
        #[arg(long, value_name = "KEY", requires = "head")]
        key: Option<String>,
    },
    /// Print the records, times in Japan
    Show {
        #[command(flatten)]
        at: super::At,
        /// From this day in Japan on (YYYY-MM-DD)
        #[arg(long, value_name = "DATE")]
        since: Option<chrono::NaiveDate>,
        /// Only the last so many
        #[arg(long, value_name = "N")]
        last: Option<usize>,
        /// Each as a line of JSON, byte for byte as it was hashed
        #[arg(long)]
        json: bool,
    },
    /// Write the issuer's heads that are kept here, to verify its chain with
    Heads {
        #[command(flatten)]
        at: super::At,
        /// The file to be made
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Then take the next head's key and chain for the issuer's: where its database or key is a new one on purpose
        #[arg(long)]
        begin_anew: bool,
    },
}

/// Does what was asked; `false`: something is wrong, and was said.
pub async fn run(audit: Audit) -> Result<bool, StartError> {
    let settings = match &audit {
        Audit::Verify { at, .. } | Audit::Show { at, .. } | Audit::Heads { at, .. } => at.settings.clone(),
    };
    let state = start::open_existing_state(&Settings::read(&settings)?).await?;
    let done = tokio::task::spawn_blocking(move || match audit {
        Audit::Verify { head, key, .. } => verified(&settings, &state, head.as_deref(), key.as_deref()),
        Audit::Show { since, last, json, .. } => shown(&state, &Wanted { since, last, with: None }, json),
        Audit::Heads { out, begin_anew, .. } => exported(&state, &out, begin_anew),
    });
    // A task that panicked has said so by itself.
    done.await.unwrap_or(Ok(false))
}

fn unreadable(path: &Path, detail: &str) -> StartError {
    StartError::Unreadable { path: path.into(), detail: detail.into() }
}

fn verified(
    settings: &Path,
    state: &Arc<dyn Store>,
    head: Option<&Path>,
    key: Option<&str>,
) -> Result<bool, StartError> {
    let own = start::existing_key(settings)?.map(|key| key.verifying_key());
    let file = head.map(|path| std::fs::read(path).map_err(|error| unreadable(path, &error.to_string())));
    let heads = file.transpose()?.map(|file| signed_heads(&file)).unwrap_or_default();
    let named = key.map(|text| {
        let bytes = BASE64URL_NOPAD.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let key = bytes.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok());
        key.ok_or_else(|| unreadable(Path::new("--key"), "no public key of a head"))
    });
    let verdict = verify(state.as_ref(), &heads, named.transpose()?.or(own).as_ref())?;
    super::say(&verdict.to_string());
    super::say(&match own {
        Some(own) => format!("key of this publisher's heads: {}", BASE64URL_NOPAD.encode(own.as_bytes())),
        None => format!(
            "this publisher has no {}: restore it from the backup; a new installation makes it with `serve`",
            start::HEAD_KEY
        ),
    });
    Ok(verdict.is_intact())
}

fn shown(state: &Arc<dyn Store>, wanted: &Wanted, is_json: bool) -> Result<bool, StartError> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    show::<StateError>(state.as_ref(), wanted, |record| {
        let line = if is_json { record.json_line() } else { line(&record).into_bytes() };
        // Whoever does not listen to the end has heard enough.
        let _ = out.write_all(&line);
        Ok(())
    })?;
    let _ = out.flush();
    Ok(true)
}

fn line(record: &Shown) -> String {
    let at = record.text("at").parse().ok().and_then(time).map(|at| at.to_rfc3339()).unwrap_or_default();
    let [clock, action, result] = ["clock", "action", "result"].map(|name| record.text(name));
    let rest = match record.fields {
        Some(_) => record.rest(&["n", "at", "clock", "action", "result", "head"]),
        None => "cannot be read; see audit verify".to_owned(),
    };
    let line = format!("{:>7}  {at:25}  {clock:16}  {action:15}  {result:12}  {rest}", record.number);
    // A record that somebody changed shall not speak to the terminal.
    line.trim_end().replace(char::is_control, "?") + "\n"
}

fn exported(state: &Arc<dyn Store>, out: &Path, is_anew: bool) -> Result<bool, StartError> {
    let all = kept(state.as_ref())?;
    let Some(key) = all.key else {
        tracing::error!("the issuer has left no head here yet; it does with its next command");
        return Ok(false);
    };
    let written = File::create_new(out).and_then(|mut file| {
        file.write_all(all.lines.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| unreadable(out, &error.to_string()))?;
    let key = BASE64URL_NOPAD.encode(&key);
    super::say(&format!("heads of the issuer: {}\nkey of the issuer's heads: {key}", all.heads.len()));
    if is_anew {
        begin_anew(state.as_ref())?;
        super::say("the issuer's next head begins anew");
    }
    Ok(true)
}
