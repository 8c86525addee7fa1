//! The package: one record, sealed for one device and signed by its hospital (D14). `docs/package-format.md` describes
//! every byte.
//!
//! ```text
//! parts --join--> body --cut, pad--> chunks --HPKE--> ciphertext --sign--> package
//! package --verify--> who issued it --open--> parts, or nothing at all
//! ```
//!
//! A hospital is known by its root key, which a device pins when it enrols. The root key signs the [`KeyList`]; a key of
//! that list signs packages, once over the ciphertext and once inside; the device's [`Enrolment`] holds what opens them.

mod body;
mod enrolment;
mod error;
mod header;
mod keys;
mod kind;
mod list;
mod offer;
mod open;
mod origin;
mod proof;
mod random;
mod revocation;
mod seal;
#[cfg(test)]
mod tests;

pub use crate::ids::{EnrolmentId, HospitalId, KeyId};
pub use body::Part;
pub use enrolment::{Enrolment, Order, Received};
pub use error::{Bomb, PackageError, SignatureFlaw};
pub use header::{IssueNumber, Outside};
pub(crate) use keys::SIGNATURE;
pub use keys::{DeviceKey, DevicePublicKey, SigningKey, VerifyingKey};
#[cfg(test)]
pub(crate) use keys::{HpkeAead, HpkeKdf, HpkeKem};
pub use kind::FileKind;
pub use list::{KeyList, KeyState, ListedKey, Listing, RootPin};
pub use offer::{Offer, SignedOffer};
pub use open::{Opened, Verified, verify};
pub use origin::{Origin, Subject};
pub use proof::{Proof, Proven};
#[cfg(test)]
pub(crate) use random::Once;
pub use revocation::Revocation;
pub use seal::Issue;

/// The version of packages, key lists and offers.
const FORMAT: u32 = 1;
/// HPKE base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305; Ed25519; SHA-256.
const SUITE: u32 = 1;
