//! `vault copy`: the same records in another file, which only a recovery code opens.

use crate::args::Place;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::shell::quoted;
use crate::secrets::{self, Source};
use crate::words::errors;
use mykarte::vault::{Part, RecoveryCode, VaultError};
use std::path::Path;

/// Copies, and says how the copy is taken into use. Where the source has no recovery code that could open the copy, the
/// copy gets one of its own: nothing is written into the source, so a damaged one can be copied too.
pub fn run(to: &Path, place: &Place, out: &mut Out) -> Result<(), Failure> {
    let refused = |error: &VaultError| Failure::Refused(errors::vault_at(error, about(error, to, place), out.language));
    check_free(to).map_err(|e| refused(&e))?;
    let vault = Source::new(&place.secret).unlock(&place.vault, out)?;
    let keep = Keep::new();
    let (damaged, new) = match vault.copy(to, None) {
        Err(VaultError::NoSlot { .. } | VaultError::Damaged { part: Part::SlotTable }) => {
            let code = RecoveryCode::make().map_err(|e| refused(&e))?;
            (vault.copy(to, Some(&code)), Some(code))
        }
        done => (done, None),
    };
    let damaged = damaged.map_err(|e| refused(&e))?;
    if let Some(code) = &new {
        secrets::show_code(code, &vault, out)?;
    }
    drop(keep);
    if damaged > 0 {
        warn_of_damage(damaged, out);
    }
    let done = format!("{}: {}", out.pick("複製しました", "copied to"), to.display());
    out.line(done)?;
    let next = format!("mykarte passcode change --vault {} --recovery-code-stdin", quoted(&to.display().to_string()));
    let text = format!("{}: {next}", out.pick("パスコードを設定するには", "to set a passcode there"));
    out.line(text)?;
    out.finish()?;
    out.hint(match new {
        None => out.pick(
            "複製は、いまの復旧コードだけで開きます（パスコードでは開きません）。",
            "The copy opens with the present recovery code only, not with the passcode.",
        ),
        Some(_) => out.pick(
            "複製は、上の復旧コードだけで開きます（パスコードでは開きません）。元のファイルは変わりません。",
            "The copy opens with the recovery code above only, not with the passcode. The source is unchanged.",
        ),
    });
    Ok(())
}

fn warn_of_damage(damaged: u32, out: &Out) {
    let (ja, en) = (
        format!(
            "元のファイルが壊れています（{damaged} か所）。複製でも同じ所が読めません。元のファイルを残し、病院で取り込み直してください。"
        ),
        format!(
            "the source is damaged ({damaged} parts), and so is the copy there; keep the source and import again at the hospital."
        ),
    );
    out.warn(out.pick(&ja, &en));
}

/// Before anybody types a passcode for nothing.
fn check_free(to: &Path) -> Result<(), VaultError> {
    if to.symlink_metadata().is_ok() {
        return Err(VaultError::AlreadyExists);
    }
    let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() { Ok(()) } else { Err(VaultError::NotFound) }
}

/// Which of the two files an error is about.
fn about<'a>(error: &VaultError, to: &'a Path, place: &'a Place) -> &'a Path {
    use VaultError as E;
    match error {
        E::AlreadyExists | E::LeftoverJournal | E::NotFound | E::ReadOnly | E::DiskFull | E::Io { .. } => to,
        _ => &place.vault,
    }
}
