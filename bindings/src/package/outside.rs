//! What a package shows without a vault.

use super::PackageNumber;
use crate::error::MyKarteError;
use crate::guard::guarded;
use mykarte::vault::package::{KeyList, Outside, RootPin, verify};

/// What stands outside a package.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PackageOutside {
    /// The enrolment that it is for: an `id` of `enrolments` if it is for this vault.
    pub enrolment_id: String,
    /// The hospital's key that it names as its signer.
    pub signing_key_id: String,
    /// Its number.
    pub number: PackageNumber,
    /// Its length in bytes.
    pub length: u64,
}

/// Reads the outside of a package without believing it: to find out which enrolment a file is for.
#[uniffi::export]
pub fn inspect_package(bytes: Vec<u8>) -> Result<PackageOutside, MyKarteError> {
    guarded(|| Ok(PackageOutside::of(&Outside::read(&bytes)?, bytes.len())))
}

/// Checks that a package was issued by the hospital of a root key, without opening it. Needs no vault.
#[uniffi::export]
pub fn verify_package(bytes: Vec<u8>, key_list: Vec<u8>, root_key: String) -> Result<PackageOutside, MyKarteError> {
    guarded(|| {
        let list = KeyList::read(&key_list, &RootPin::parse(&root_key)?)?;
        Ok(PackageOutside::of(verify(&bytes, &list)?.outside(), bytes.len()))
    })
}

impl PackageOutside {
    fn of(outside: &Outside, length: usize) -> PackageOutside {
        PackageOutside {
            enrolment_id: outside.enrolment.to_string(),
            signing_key_id: outside.signing_key.to_string(),
            number: outside.number.into(),
            length: length as u64,
        }
    }
}
