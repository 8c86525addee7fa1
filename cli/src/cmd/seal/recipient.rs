//! `--recipient`: a device's public key, as text or in a file.

use crate::failure::Failure;
use crate::files;
use crate::out::Out;
use crate::words::errors;
use mykarte::vault::package::{PackageError, SignedOffer};
use std::io::ErrorKind;
use std::path::Path;

/// Reads it and checks its signature. Whose device it is, the desk has to know.
pub fn read(given: &str, out: &Out) -> Result<SignedOffer, Failure> {
    let refused = |error: &PackageError| errors::offer(error, out.language);
    match SignedOffer::parse(given) {
        Err(PackageError::NotAKey) => {}
        parsed => return parsed.map_err(|error| Failure::Refused(refused(&error))),
    }
    let path = Path::new(given);
    let not_a_key = refused(&PackageError::NotAKey);
    let text = match files::begin(path, 4096) {
        Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
        // A key that was cut off is no path.
        Err(ErrorKind::NotFound) if given.contains(['.', '/', '\\']) => {
            return Err(Failure::Refused(errors::unreadable(path, ErrorKind::NotFound, out.language)));
        }
        Err(ErrorKind::NotFound | ErrorKind::InvalidFilename) => return Err(Failure::Refused(not_a_key)),
        Err(kind) => return Err(Failure::Refused(errors::unreadable(path, kind, out.language))),
    };
    let place = path.display();
    SignedOffer::parse(&text).map_err(|error| Failure::Refused(format!("{place}: {}", refused(&error))))
}
