//! Why a package, a key or a key list is refused, one variant a cause, each with its next step.

use super::IssueNumber;
use crate::error::VaultError;
use crate::ids::{HospitalId, KeyId};

/// What is wrong with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureFlaw {
    /// There is none: 64 zero bytes stand in its place.
    Missing,
    /// It is written in a form that verifiers read in different ways.
    NotCanonical,
    /// It is another key's, or of another text.
    Wrong,
}

/// A limit of D14 that a package exceeds, which only a hospital's own key can have signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bomb {
    /// Bytes of the payload.
    Payload,
    /// A compressed part is not one zstd frame without trailing bytes.
    Frames,
    /// A part does not state its size.
    SizeMissing,
    /// Plain bytes of one part, above 1 MiB.
    Part,
    /// Window of the compression, above 8 MiB.
    Window,
    /// A compression dictionary.
    Dictionary,
    /// Plain bytes in all, above 64 MiB.
    Total,
    /// Plain bytes are more than 200 times the compressed ones.
    Ratio,
    /// More parts than a record can have.
    Parts,
    /// JSON nested more than 16 deep.
    Depth,
    /// More than a million entries.
    Entries,
}

/// Why a package, key or key list is refused. Nothing of its content reached the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// Something else.
    #[error("this file is not a package; choose another file")]
    NotAPackage,
    /// Shorter or longer than its header says.
    #[error("the package is cut short or has something appended; fetch it again")]
    WrongLength,
    /// Written by a newer version.
    #[error("the package has format {format}, newer than this program reads; update the program")]
    NewerFormat {
        /// The format that it states.
        format: u32,
    },
    /// An unknown cipher suite.
    #[error("the package uses cipher suite {suite}, unknown to this program; update the program")]
    UnknownSuite {
        /// The suite that it states.
        suite: u32,
    },
    /// A public key that is weak or not in its only form.
    #[error("a public key is weak or not canonical; ask for another one")]
    WeakKey,
    /// Not a key, key list or offer as this program writes them.
    #[error("this is no key of this program; compare it with the original")]
    NotAKey,
    /// The package names another hospital than the key list.
    #[error("the package is of another hospital ({hospital}); use that hospital's key list")]
    OtherHospital {
        /// The one that it names.
        hospital: HospitalId,
    },
    /// The key list does not hold the key that the package names.
    #[error("the package was signed with key {key}, which the key list does not hold; fetch a newer key list")]
    UnknownKey {
        /// The key that it names.
        key: KeyId,
    },
    /// The hospital has declared the key compromised.
    #[error(
        "the package was signed with key {key}, which the hospital has revoked; ask the hospital for a new package"
    )]
    CompromisedKey {
        /// The key that it names.
        key: KeyId,
    },
    /// The epoch of the package is beyond that of the key list.
    #[error("the package is of epoch {epoch}, which the key list does not know; fetch a newer key list")]
    UnknownEpoch {
        /// The epoch that it states.
        epoch: u32,
    },
    /// The signature over header and ciphertext.
    #[error("the hospital's signature on the package is not valid ({flaw:?}); fetch it again from the hospital")]
    OuterSignature {
        /// What is wrong with it.
        flaw: SignatureFlaw,
    },
    /// Sealed to another key than the one at hand.
    #[error("the package is sealed for another device; ask the hospital for one for this device's key")]
    OtherDevice,
    /// Signed on the outside, and does not open with the key it names.
    #[error("the package does not open with this device's key; ask the hospital for a new one")]
    DoesNotOpen,
    /// The signature inside is not of the key that signed the outside.
    #[error(
        "the signature inside the package is not of the hospital that signed the outside ({flaw:?}); tell the hospital"
    )]
    InnerSignature {
        /// What is wrong with it.
        flaw: SignatureFlaw,
    },
    /// What is signed inside differs from what is signed outside.
    #[error("inside and outside of the package say different things; tell the hospital")]
    SignaturesDisagree,
    /// The content is not what the manifest says.
    #[error("the content of the package is not as its manifest says; ask the hospital for a new one")]
    Malformed,
    /// A limit is exceeded.
    #[error("the package exceeds a limit ({bomb:?}) and was not unpacked; tell the hospital")]
    Bomb {
        /// Which limit.
        bomb: Bomb,
    },
    /// Older than what is held.
    #[error("the package ({offered:?}) is older than the record that is held ({held:?}); the newer one stays")]
    Older {
        /// Number and issue time (Unix seconds) of the package.
        offered: (IssueNumber, u64),
        /// The same of what is held.
        held: (IssueNumber, u64),
    },
    /// Another package has the number of the one that is held.
    #[error("another package with the same number was received before; ask the hospital for a new one")]
    SameNumber,
    /// The list is of another root key than the one pinned.
    #[error("the key list is of another hospital's root key; compare the root key with the one on paper")]
    OtherRoot,
    /// The root's signature on the key list.
    #[error("the root key's signature on the key list is not valid ({flaw:?}); fetch the key list again")]
    ListSignature {
        /// What is wrong with it.
        flaw: SignatureFlaw,
    },
    /// The key list is older than the one that is known.
    #[error("the key list has number {offered}, older than {known}, which is known; the newer one stays")]
    ListRolledBack {
        /// The number known.
        known: u64,
        /// The number of this one.
        offered: u64,
    },
    /// Another list has the number of the one that is known.
    #[error("another key list has the number {number} too; ask the hospital")]
    ListForked {
        /// The number of both.
        number: u64,
    },
    /// A key that was declared compromised is said to be good again, or is left out, so that a later list could say so.
    #[error("the key list takes back or leaves out that key {key} is compromised; ask the hospital")]
    KeyRevived {
        /// The key.
        key: KeyId,
    },
    /// The signature on a device's key.
    #[error("the signature on the device's key is not valid ({flaw:?}); read the key from the device again")]
    OfferSignature {
        /// What is wrong with it.
        flaw: SignatureFlaw,
    },
    /// An input exceeds what a package can hold.
    #[error("the record is too large for a package; narrow the profile")]
    TooLarge,
    /// Randomness, or another failure of the vault's tools.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<Bomb> for PackageError {
    fn from(bomb: Bomb) -> Self {
        Self::Bomb { bomb }
    }
}
