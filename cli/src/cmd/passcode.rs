//! `passcode change`, `recovery-code new`, `rekey`: other secrets for the same record.
//!
//! While the file is written, and until a new code is on the screen, Ctrl-C waits: a code that is in the file and that
//! nobody has seen helps nobody.

use crate::args::Place;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::secrets::{self, Line, Source};
use crate::words::errors;
use mykarte::package::holds_keys;
use mykarte::vault::{KdfParams, NewSlots, Part, RecoveryCode, SlotKind, Vault, VaultError};

/// Sets another passcode.
pub fn change(place: &Place, out: &mut Out) -> Result<(), Failure> {
    let source = Source::new(&place.secret);
    let mut vault = source.unlock(&place.vault, out)?;
    check_changeable(&vault, place, out)?;
    let had = has(&vault, SlotKind::Passcode);
    let new = source.make(Line::NewPasscode, out)?;
    new.warn_if_short(out);
    let keep = Keep::new();
    if let Err(error) = vault.change_passcode(&new.passcode, None, KdfParams::default()) {
        return Err(half_changed(&vault, &error, place, out));
    }
    drop(keep);
    done("パスコードを変えました", "the passcode is changed", place, out)?;
    if had {
        out.hint(out.pick(
            "以前の複製は以前のパスコードで開きます。知られたおそれがあるときは rekey を使い、複製も作り直してください。",
            "Older copies of the file still open with the old passcode. If somebody knows it, use rekey and copy anew.",
        ));
    }
    Ok(())
}

/// Says which passcode opens now.
fn half_changed(vault: &Vault, error: &VaultError, place: &Place, out: &Out) -> Failure {
    let passcodes = vault.slots().iter().filter(|slot| slot.kind == SlotKind::Passcode).count();
    if passcodes > 1 {
        out.warn(out.pick(
            "新旧どちらのパスコードでも開く状態です。もう一度実行すると古い方がなくなります。",
            "both the old and the new passcode open the file now; run this again to remove the old one.",
        ));
    }
    refused(error, place, out)
}

/// Makes a recovery code and shows it.
pub fn new_recovery_code(place: &Place, out: &mut Out) -> Result<(), Failure> {
    let mut vault = Source::new(&place.secret).unlock(&place.vault, out)?;
    let had = has(&vault, SlotKind::Recovery);
    let keep = Keep::new();
    let code = make_code(place, out)?;
    set_or_show(vault.set_recovery_code(&code), Some(&code), &vault, place, out)?;
    secrets::show_code(&code, &vault, out)?;
    drop(keep);
    if holds_keys(&vault).unwrap_or(false) {
        out.hint(out.pick(
            "前からある写し（もう1本の媒体など）は、このコードでは開きません。このファイルを写し直してください。",
            "Copies of before, as on the other medium, do not open with it: copy this file there anew.",
        ));
    }
    if had {
        out.hint(out.pick(
            "前の復旧コードは、このファイルではもう使えません（以前の複製は前のコードで開きます）。",
            "The earlier recovery code no longer opens this file (older copies still open with it).",
        ));
    }
    done("復旧コードを作りました", "a recovery code is made", place, out)
}

/// Makes a new data key with new secrets around it.
pub fn rekey(place: &Place, out: &mut Out) -> Result<(), Failure> {
    let source = Source::new(&place.secret);
    let mut vault = source.unlock(&place.vault, out)?;
    check_changeable(&vault, place, out)?;
    let (recovery, biometric) = (has(&vault, SlotKind::Recovery), has(&vault, SlotKind::Biometric));
    let new = source.make(Line::NewPasscode, out)?;
    new.warn_if_short(out);
    // Whoever knew the old one would still know it.
    if vault.opens_with(&new.passcode).map_err(|e| refused(&e, place, out))? {
        return Err(Failure::Refused(
            out.pick(
                "いまと同じパスコードです。知られたかもしれない秘密を換えるため、別のものにしてください。",
                "this is the present passcode; choose another, or whoever knows it still opens the file.",
            )
            .to_string(),
        ));
    }
    let code = if recovery { Some(make_code(place, out)?) } else { None };
    let slots = NewSlots {
        passcode: Some((&new.passcode, None)),
        biometric: None,
        recovery: code.as_ref(),
        params: KdfParams::default(),
    };
    let keep = Keep::new();
    set_or_show(vault.rekey(slots), code.as_ref(), &vault, place, out)?;
    if let Some(code) = &code {
        secrets::show_code(code, &vault, out)?;
        out.hint(out.pick("前の復旧コードは使えません。", "The earlier recovery code no longer opens this file."));
    }
    drop(keep);
    done("鍵とパスコードを新しくしました", "key and passcode are new", place, out)?;
    out.hint(out.pick(
        "以前に作った複製は、以前のパスコードや復旧コードで開きます。要らない複製は消してください。",
        "Copies made before still open with the old secrets; destroy those that are not needed.",
    ));
    if biometric {
        out.hint(out.pick(
            "生体認証では開けなくなりました。端末で設定し直してください。",
            "Biometrics no longer open it; set them up again on the device.",
        ));
    }
    Ok(())
}

fn make_code(place: &Place, out: &Out) -> Result<RecoveryCode, Failure> {
    RecoveryCode::make().map_err(|e| refused(&e, place, out))
}

/// A failure that may have come after the change was in the file must not take the new code with it.
fn set_or_show(
    outcome: Result<(), VaultError>,
    code: Option<&RecoveryCode>,
    vault: &Vault,
    place: &Place,
    out: &Out,
) -> Result<(), Failure> {
    let Err(error) = outcome else { return Ok(()) };
    if let (Some(code), VaultError::Damaged { .. } | VaultError::Database { .. } | VaultError::Io { .. }) =
        (code, &error)
    {
        out.warn(out.pick(
            "変更がファイルに入ったか分かりません。念のため、次の復旧コードも控えてください。",
            "it is not known whether the change is in the file; note this recovery code to be safe.",
        ));
        secrets::show_code(code, vault, out)?;
    }
    Err(refused(&error, place, out))
}

/// Before anybody types a new passcode that cannot be set.
fn check_changeable(vault: &Vault, place: &Place, out: &Out) -> Result<(), Failure> {
    if vault.needs_installation_secret() {
        let text = format!("{}: {}", place.vault.display(), errors::device_only(out.language));
        return Err(Failure::Refused(text));
    }
    if !vault.slot_table_intact() {
        return Err(refused(&VaultError::Damaged { part: Part::SlotTable }, place, out));
    }
    Ok(())
}

fn has(vault: &Vault, kind: SlotKind) -> bool {
    vault.slots().iter().any(|slot| slot.kind == kind)
}

fn refused(error: &VaultError, place: &Place, out: &Out) -> Failure {
    Failure::Refused(errors::vault_at(error, &place.vault, out.language))
}

/// What was done, before the hints that follow from it.
fn done(ja: &str, en: &str, place: &Place, out: &mut Out) -> Result<(), Failure> {
    let text = format!("{}: {}", out.pick(ja, en), place.vault.display());
    out.line(text)?;
    out.finish()
}
