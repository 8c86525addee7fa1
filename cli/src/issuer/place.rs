//! What every command of the issuer begins with: settings, state, the line to the publisher, the key list.

use super::args::At;
use crate::cmd::keys::Folder;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::issuer as words;
use mykarte::vault::chain::Head;
use mykarte::vault::package::{KeyList, SigningKey};
use mykarte_issuer::counter::Counter;
use mykarte_issuer::link::Link;
use mykarte_issuer::settings::Settings;
use mykarte_state::heads::{HeadKeeper, head_key};
use mykarte_state::{Key, Reached, Store};
use mykarte_wire::Kind;
use mykarte_wire::issuer::Heads;
use std::path::PathBuf;
use std::sync::Arc;

/// The kind of the publisher's last head.
const PUBLISHER_HEAD: &str = "publisher-head";

/// Everything that a command needs.
pub struct Place {
    pub settings: Settings,
    pub state: Arc<dyn Store>,
    pub link: Link,
    pub list: KeyList,
    address: String,
    key_path: PathBuf,
}

impl Place {
    /// Opens it; what is wrong is said with its next step.
    pub fn open(at: &At, out: &Out) -> Result<Place, Failure> {
        let refused = |text: String| Failure::Refused(text);
        let settings = Settings::read(&at.settings).map_err(|error| refused(words::settings(&error, out.language)))?;
        let token = settings.token().map_err(|error| refused(words::settings(&error, out.language)))?;
        let list = Folder(&settings.keys).list(out)?;
        let link = Link::to(&settings.publisher, &token, settings.ca.as_deref(), at.dangerous_single_host);
        let link = link.map_err(|error| refused(words::link(&error, out.language)))?;
        let state =
            mykarte_state::open(&settings.state).map_err(|error| refused(words::state(&error, out.language)))?;
        let address = settings.publisher.as_str().trim_end_matches('/').to_owned();
        let key_path = at.settings.with_file_name("issuer-head.key");
        Ok(Place { settings, state: Arc::from(state), link, list, address, key_path })
    }

    /// The counter of this place.
    pub fn counter(&self) -> Counter<'_> {
        Counter { state: self.state.as_ref(), link: &self.link, list: &self.list, address: &self.address }
    }

    /// The key of the signed heads.
    pub fn head_key(&self, out: &Out) -> Result<SigningKey, Failure> {
        head_key(&self.key_path).map_err(|error| Failure::Refused(words::heads(&error, out.language)))
    }

    /// Leaves the audit chain's head in its second places: a folder, and the publisher. What fails is said, and stops
    /// nothing that is done already.
    pub fn leave_heads(&self, out: &Out) {
        if let Some(folder) = &self.settings.heads {
            let kept = HeadKeeper::open(self.state.clone(), &self.key_path, folder).and_then(|keeper| keeper.finish());
            if let Err(error) = kept {
                out.warn(&words::heads(&error, out.language));
            }
        }
        if let Err(text) = self.exchange(out) {
            out.warn(&text);
        }
    }

    fn exchange(&self, out: &Out) -> Result<(), String> {
        let language = out.language;
        let key = head_key(&self.key_path).map_err(|error| words::heads(&error, language))?;
        let Reached { chain, count, place } = self.state.reached().map_err(|error| words::state(&error, language))?;
        let head = Head { chain, count, place, at: mykarte_state::now() }.sign(&key);
        let ours = Heads { head, key: *key.verifying_key().as_bytes() };
        let theirs = self.link.exchange_heads(&ours).map_err(|error| match error.kind() {
            Some(Kind::Conflict) => words::head_refused(language).to_owned(),
            _ => words::link(&error, language),
        })?;
        let place = [Key::new(PUBLISHER_HEAD, "last")];
        let kept = self.state.change(&place, |tx| -> Result<(), mykarte_state::StateError> {
            tx.put(place[0].clone(), &theirs);
            Ok(())
        });
        kept.map_err(|error| words::state(&error, language))
    }
}
