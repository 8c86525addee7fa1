//! `enrol --end ID`: the keys of an enrolment are destroyed; its record stays. Its publisher is told, if it has one.

use super::list;
use crate::args::Enrol;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::http::Network;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::words::{download, enrol as words, errors};
use mykarte::download::{DownloadError, linked, revoke};
use mykarte::package::EnrolmentInfo;

/// Shows which one, asks, ends it.
pub fn run(args: &Enrol, prefix: &str, out: &mut Out) -> Result<(), Failure> {
    let (mut archive, all) = list::read(args, out)?;
    let found: Vec<&EnrolmentInfo> = all.iter().filter(|info| info.id.to_string().starts_with(prefix)).collect();
    // One that was ended and whose keys could not be erased then is not in the list any more.
    if found.is_empty() && archive.vault_mut().erase_leftovers().unwrap_or(false) {
        return out.line(words::traces_erased(out.language));
    }
    let [info] = found[..] else {
        return Err(Failure::Refused(words::which(found.len(), out.language).to_string()));
    };
    list::print(info, out)?;
    match confirm::ask(args.yes, words::end_question(out.language), out)? {
        Answer::Yes => {}
        Answer::No => return Err(Failure::Refused(words::not_ended(out.language).to_string())),
        Answer::Nobody => return Err(Failure::Refused(words::nobody_ends(out.language).to_string())),
    }
    let refused = |error: DownloadError| Failure::Refused(errors::downloading(&error, &args.vault, out.language));
    let has_publisher = linked(&archive).map_err(refused)?.iter().any(|linked| linked.id == info.id);
    let network = has_publisher.then(|| Network::new(args.ca.as_deref(), out)).transpose()?;
    let keep = Keep::new();
    let is_told = match &network {
        Some(network) => revoke(&mut archive, info.id, network),
        None => archive.end_enrolment(info.id).map(|()| true).map_err(Into::into),
    };
    let is_told = is_told.map_err(refused)?;
    drop(keep);
    out.line(out.pick("登録を終えました。", "the enrolment is ended.").to_string())?;
    out.finish()?;
    if !is_told {
        out.warn(download::not_told(out.language));
    }
    out.hint(words::after_end(out.language));
    Ok(())
}
