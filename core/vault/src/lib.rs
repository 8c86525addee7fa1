//! Keys and sealing: the encrypted store on the device. Knows bytes, not medicine.
//!
//! A [`Vault`] is one file that opens for its passcode on the worst day and for nobody else on any day. It holds
//! *records*, each an immutable *generation* of sealed chunks under a random key of its own; a new import makes a new
//! generation and switches to it in one durable transaction. `docs/vault-format.md` describes every byte.
//!
//! ```
//! # fn main() -> Result<(), mykarte_vault::VaultError> {
//! use mykarte_vault::{KdfParams, Passcode, Vault};
//! # let dir = tempfile::tempdir().expect("a temporary folder");
//! # let path = dir.path().join("record.mykarte-vault");
//! let passcode = Passcode::new("いざというとき".as_bytes())?;
//! let mut vault = Vault::create(&path, &passcode, KdfParams::dangerous_floor())?;
//! let draft = vault.begin(None)?;
//! let chunk = draft.seal("labs", 0, b"{\"entries\":1}", b"[...]")?;
//! let record = vault.commit(draft, b"label", b"summary", vec![chunk])?;
//! drop(vault);
//!
//! let vault = Vault::open(&path, &passcode)?;
//! assert_eq!(vault.records()?[0].catalogue.as_ref().map(|bytes| bytes.as_slice()), Ok(&b"summary"[..]));
//! assert_eq!(vault.chunk(record.id, "labs", 0)?.as_slice(), b"[...]");
//! # Ok(())
//! # }
//! ```
//!
//! Inside: `secret`, `kdf`, `aead` and `codec` are the tools; `header`, `slot`, `head`, `manifest`, `pack` and `draft` the
//! sealed structures, pure and without I/O; `store` alone touches the file; `vault` puts them together.

// In tests a failed unwrap is a failed test.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod aead;
pub mod chain;
mod codec;
mod draft;
mod error;
mod head;
mod header;
mod ids;
mod kdf;
mod manifest;
mod pack;
pub mod package;
mod secret;
mod slot;
mod store;
mod text;
pub mod ticket;
mod unlock;
mod vault;

#[cfg(test)]
mod tests;

pub use draft::{Draft, Packed, SealedChunk};
pub use error::{Limit, Part, VaultError, WeakReason};
pub use ids::{ChainId, RecordId};
pub use kdf::KdfParams;
pub use secret::{DataKey, Passcode};
pub use unlock::{BiometricSecret, InstallationSecret, RecoveryCode, SlotKind, Unlock};
pub use vault::{Anchor, AnchorCheck, ChunkIndex, NewSlots, Outside, Ready, RecordHead, SectionIndex, SlotInfo, Vault};
