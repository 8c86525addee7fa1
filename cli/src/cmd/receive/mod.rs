//! `receive`: packages and key lists from a USB stick go into the vault of the device.
//!
//! ```text
//! files -> what each file is, and in which order they are taken
//! take  -> one package: whose it is, the question, what became of it
//! ```

mod files;
mod take;

use super::target::check_kind;
use crate::args::Receive;
use crate::failure::Failure;
use crate::out::Out;
use crate::secrets::Source;
use crate::words::{errors, receive as words};
use files::{Given, KeyListFile};
use mykarte::Archive;
use mykarte::package::ReceiveError;
use mykarte::vault::package::PackageError;

pub use take::{Taking, settle};

/// Key lists first, then packages, the oldest first; one that is refused keeps no other away.
pub fn run(args: &Receive, out: &mut Out) -> Result<(), Failure> {
    let given = Given::read(&args.files, out)?;
    let vault = Source::new(&args.secret).unlock(&args.vault, out)?;
    check_kind(&vault, &args.vault, out)?;
    let mut archive = Archive::of(vault);
    given.strays.iter().for_each(|text| out.error(text));
    let mut refused = given.strays.len();
    for list in &given.lists {
        refused += usize::from(!take_list(&mut archive, list, args, out)?);
    }
    for (at, package) in given.packages.iter().enumerate() {
        if at > 0 {
            out.blank()?;
        }
        let taken = take::run(&mut archive, package, args, out);
        if let Err(failure) = taken {
            match failure {
                Failure::Refused(_) => {
                    out.finish()?;
                    failure.tell(out);
                    refused += 1;
                }
                other => return Err(other),
            }
        }
    }
    out.finish()?;
    if refused > 0 { Err(Failure::Told(1)) } else { Ok(()) }
}

/// `Ok(false)` when it is refused. One that merely lies beside a package is taken if it is newer, and no word is lost about
/// it otherwise, unless somebody tampers with it.
fn take_list(archive: &mut Archive, list: &KeyListFile, args: &Receive, out: &mut Out) -> Result<bool, Failure> {
    let place = list.path.display();
    let error = match archive.update_key_list(&list.bytes) {
        Ok(0) if list.is_beside => return Ok(true),
        Ok(0) => {
            out.line(words::list_known(&place.to_string(), out.language))?;
            return Ok(true);
        }
        Ok(_) => {
            out.line(words::list_taken(&place.to_string(), out.language))?;
            return Ok(true);
        }
        Err(error) => error,
    };
    out.finish()?;
    let text = match &error {
        ReceiveError::Package(error) => errors::list(error, out.language),
        other => errors::receiving(other, &args.vault, out.language),
    };
    let text = format!("{place}: {text}");
    match error {
        ReceiveError::NotEnrolled | ReceiveError::Package(PackageError::ListRolledBack { .. }) if list.is_beside => {}
        // The list that is known stays, and packages are held against it.
        ReceiveError::Package(PackageError::ListRolledBack { .. }) => out.warn(&text),
        ReceiveError::Package(_) if list.is_beside => out.warn(&text),
        _ => {
            out.error(&text);
            return Ok(false);
        }
    }
    Ok(true)
}
