//! `audit`: whether every record of the chain is as it was written.

use super::args::Audit;
use super::place::Place;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::{errors, issuer as words};
use mykarte_state::audit::verify;

/// Walks the chain; exit 1 where something is wrong.
pub fn run(args: &Audit, out: &mut Out) -> Result<(), Failure> {
    let place = Place::open(&args.at, out)?;
    let head = args.head.as_ref().map(|path| {
        std::fs::read(path).map_err(|error| Failure::Refused(errors::unreadable(path, error.kind(), out.language)))
    });
    let key = place.head_key(out)?.verifying_key();
    let verdict = verify(place.state.as_ref(), head.transpose()?.as_deref(), Some(&key));
    let verdict = verdict.map_err(|error| Failure::Refused(words::state(&error, out.language)))?;
    out.line(words::verdict(&verdict, out.language))?;
    out.finish()?;
    if verdict.is_intact() { Ok(()) } else { Err(Failure::Told(1)) }
}
