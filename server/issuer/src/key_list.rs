//! The hospital's key list on its way to the publisher, where phones get it.

use crate::link::{Link, LinkError};
use crate::model::SentKeyList;
use crate::record::{Action, Entry};
use mykarte_state::{StateError, Store};
use mykarte_vault::package::KeyList;
use sha2::{Digest, Sha256};

/// Sends it. Always, for a publisher that was restored has an older one; that another than the last one goes out stands in
/// the audit chain, before it does and with what came of it.
///
/// # Errors
/// Those of the publisher and of the state.
pub fn send<E: From<LinkError> + From<StateError>>(state: &dyn Store, link: &Link, list: &KeyList) -> Result<(), E> {
    let (listing, hash) = (list.listing(), Sha256::digest(list.as_bytes()).into());
    let key = [SentKeyList::place()];
    let entry = |result| Entry::with(Action::KeyList, result).list(listing.number);
    // One that cannot be read says nothing of what was sent.
    let is_new = state.get(&key[0]).ok().flatten() != Some(SentKeyList { hash });
    if is_new {
        state.change(&[], |tx| -> Result<(), StateError> {
            entry("begun").write(tx);
            Ok(())
        })?;
    }
    let sent = link.put_key_list(listing.hospital, list.as_bytes());
    if is_new {
        state.change(&key, |tx| -> Result<(), StateError> {
            if sent.is_ok() {
                tx.put(key[0].clone(), &SentKeyList { hash });
            }
            entry(if sent.is_ok() { "done" } else { "publisher" }).write(tx);
            Ok(())
        })?;
    }
    Ok(sent?)
}
