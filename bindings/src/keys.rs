//! The keys of a vault: passcode, biometrics, recovery code, a copy for a new phone; and the anchor that notices when an
//! older file was put back.

use crate::error::{KeyKind, MyKarteError};
use crate::secrets::{self, RecoveryCode};
use crate::vault::Vault;
use mykarte::vault::{self, KdfParams, NewSlots};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A way to unlock the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct KeyInfo {
    /// Its number, by which it is removed.
    pub id: u32,
    /// What it is opened with.
    pub kind: KeyKind,
    /// It opens without this device's keystore.
    pub opens_anywhere: bool,
}

/// A copy of the vault.
#[derive(uniffi::Record)]
pub struct Copied {
    /// The only key of the copy.
    pub recovery_code: Arc<RecoveryCode>,
    /// Parts that were damaged and are so in the copy: keep the source then.
    pub damaged_parts: u32,
}

/// What the platform keeps outside the file, to notice that an older file was put back. Keep the new one after every
/// call that changes the vault.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Anchor {
    /// Grows with every change.
    pub counter: u64,
    /// SHA-256 of the sealed head, 32 bytes.
    pub root: Vec<u8>,
    /// The writer's clock at the change. For display.
    pub written_at: SystemTime,
}

/// What an anchor says of the file. Never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AnchorCheck {
    /// No anchor was kept.
    NotChecked,
    /// The file is the state the anchor was made of.
    Same,
    /// The file is newer: the app was stopped between change and anchor. Keep the new anchor.
    Ahead,
    /// The file is an older state: a copy was put back. Warn, with both dates.
    RolledBack {
        /// When the file's state was written.
        file: SystemTime,
        /// When the anchor's state was.
        kept: SystemTime,
    },
}

#[uniffi::export]
impl Vault {
    /// The ways to unlock it.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, MyKarteError> {
        self.read(|open| {
            let info = |slot: vault::SlotInfo| KeyInfo {
                id: slot.id,
                kind: slot.kind.into(),
                opens_anywhere: slot.opens_anywhere,
            };
            Ok(open.archive.vault().slots().into_iter().map(info).collect())
        })
    }

    /// Sets or changes the passcode. Whoever has an older copy of the file is not locked out: that is what `rekey` and a
    /// new recovery code are for.
    pub fn change_passcode(&self, passcode: &[u8], installation_secret: &[u8]) -> Result<(), MyKarteError> {
        self.read(|open| {
            let (passcode, secret) = (secrets::passcode(passcode)?, secrets::installation(installation_secret)?);
            Ok(open.archive.vault_mut().change_passcode(&passcode, Some(&secret), KdfParams::default())?)
        })
    }

    /// The same for a vault that has no installation secret.
    pub fn change_passcode_only(&self, passcode: &[u8]) -> Result<(), MyKarteError> {
        self.read(|open| {
            let passcode = secrets::passcode(passcode)?;
            Ok(open.archive.vault_mut().change_passcode(&passcode, None, KdfParams::default())?)
        })
    }

    /// Lets a biometric secret open the vault; an older one no longer does.
    pub fn set_biometric_secret(&self, secret: &[u8]) -> Result<(), MyKarteError> {
        self.read(|open| Ok(open.archive.vault_mut().set_biometric(&secrets::biometric(secret)?)?))
    }

    /// Makes a recovery code; an older one no longer opens the vault.
    pub fn make_recovery_code(&self) -> Result<Arc<RecoveryCode>, MyKarteError> {
        self.read(|open| {
            let code = vault::RecoveryCode::make()?;
            open.archive.vault_mut().set_recovery_code(&code)?;
            Ok(Arc::new(RecoveryCode::of(code)))
        })
    }

    /// Removes a way to unlock, never the last one that opens without this device's keystore.
    pub fn remove_key(&self, id: u32) -> Result<(), MyKarteError> {
        self.read(|open| Ok(open.archive.vault_mut().remove_slot(id)?))
    }

    /// New keys throughout, for a secret that somebody has seen: passcode, installation secret and a recovery code, which
    /// is returned. Biometrics have to be set up again. Older copies of the file still open with the old secrets.
    pub fn rekey(&self, passcode: &[u8], installation_secret: &[u8]) -> Result<Arc<RecoveryCode>, MyKarteError> {
        self.read(|open| {
            let (passcode, secret) = (secrets::passcode(passcode)?, secrets::installation(installation_secret)?);
            let code = vault::RecoveryCode::make()?;
            open.archive.vault_mut().rekey(NewSlots {
                passcode: Some((&passcode, Some(&secret))),
                biometric: None,
                recovery: Some(&code),
                params: KdfParams::default(),
            })?;
            Ok(Arc::new(RecoveryCode::of(code)))
        })
    }

    /// Writes a copy for a new phone, which opens with the returned code alone. Nothing here is changed.
    pub fn copy(&self, path: String) -> Result<Copied, MyKarteError> {
        self.read(|open| {
            let code = vault::RecoveryCode::make()?;
            let damaged_parts = open.archive.vault().copy(&path, Some(&code))?;
            Ok(Copied { recovery_code: Arc::new(RecoveryCode::of(code)), damaged_parts })
        })
    }

    /// The anchor of the state that is open here.
    pub fn anchor(&self) -> Result<Anchor, MyKarteError> {
        self.read(|open| {
            let anchor = open.archive.vault().anchor();
            Ok(Anchor { counter: anchor.counter, root: anchor.head_hash.to_vec(), written_at: time(anchor.written_at) })
        })
    }

    /// Holds the open state against the anchor the platform kept.
    pub fn check_anchor(&self, kept: Option<Anchor>) -> Result<AnchorCheck, MyKarteError> {
        self.read(|open| {
            let kept = kept.as_ref().map(to_core).transpose()?;
            Ok(match open.archive.vault().check_anchor(kept.as_ref()) {
                vault::AnchorCheck::NotChecked => AnchorCheck::NotChecked,
                vault::AnchorCheck::Same => AnchorCheck::Same,
                vault::AnchorCheck::Ahead => AnchorCheck::Ahead,
                vault::AnchorCheck::RolledBack { file, kept } => {
                    AnchorCheck::RolledBack { file: time(file), kept: time(kept) }
                }
            })
        })
    }
}

fn to_core(anchor: &Anchor) -> Result<vault::Anchor, MyKarteError> {
    let invalid = || MyKarteError::invalid("anchor");
    Ok(vault::Anchor {
        counter: anchor.counter,
        head_hash: anchor.root.as_slice().try_into().map_err(|_| invalid())?,
        written_at: anchor.written_at.duration_since(UNIX_EPOCH).map_err(|_| invalid())?.as_secs(),
    })
}

fn time(seconds: u64) -> SystemTime {
    // A date beyond what the platform holds is shown as the beginning of time rather than not at all.
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}
