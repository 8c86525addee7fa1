//! What every command of the issuer begins with: settings, state, the line to the publisher, the key list.

use super::args::At;
use crate::cmd::keys::Folder;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::issuer as words;
use mykarte::vault::package::{KeyList, SigningKey};
use mykarte_issuer::counter::Counter;
use mykarte_issuer::link::Link;
use mykarte_issuer::settings::Settings;
use mykarte_state::Store;
use mykarte_state::heads::{HeadError, existing_head_key};
use mykarte_wire::Token;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

/// What a command needs that only looks: no publisher, no token, no key list.
pub struct Books {
    pub settings: Settings,
    pub state: Arc<dyn Store>,
    /// The key of the signed heads.
    pub key_path: PathBuf,
}

/// Everything that any other needs.
pub struct Place {
    pub settings: Settings,
    pub state: Arc<dyn Store>,
    pub link: Link,
    pub list: KeyList,
    address: String,
    /// The key of the signed heads.
    pub key_path: PathBuf,
}

impl Books {
    /// Opens them. The state has to be there: `init` makes it, and an empty one would look as if nobody were enrolled.
    pub fn open(at: &At, out: &Out) -> Result<Books, Failure> {
        let settings = Settings::read(&at.settings);
        let settings = settings.map_err(|error| Failure::Refused(words::settings(&error, out.language)))?;
        Books::of(settings, at, out)
    }

    fn of(settings: Settings, at: &At, out: &Out) -> Result<Books, Failure> {
        let state = mykarte_state::open_existing(&settings.state)
            .map_err(|error| Failure::Refused(words::state(&error, out.language)))?;
        Ok(Books { settings, state: Arc::from(state), key_path: at.settings.with_file_name("issuer-head.key") })
    }

    /// The key of the signed heads, where there is one; none is made.
    pub fn head_key(&self, out: &Out) -> Result<Option<SigningKey>, Failure> {
        match existing_head_key(&self.key_path) {
            Ok(key) => Ok(Some(key)),
            Err(HeadError::Key { kind: ErrorKind::NotFound }) => Ok(None),
            Err(error) => Err(Failure::Refused(words::heads(&error, out.language))),
        }
    }
}

impl Place {
    /// Opens it; what is wrong is said with its next step.
    pub fn open(at: &At, out: &Out) -> Result<Place, Failure> {
        let refused = |text: String| Failure::Refused(text);
        let settings = Settings::read(&at.settings).map_err(|error| refused(words::settings(&error, out.language)))?;
        let token = settings.token().map_err(|error| refused(words::settings(&error, out.language)))?;
        Place::of(settings, &token, at, out)
    }

    /// Opens it with this token, whatever lies in the token's file.
    pub fn of(settings: Settings, token: &Token, at: &At, out: &Out) -> Result<Place, Failure> {
        let refused = |text: String| Failure::Refused(text);
        let list = Folder(&settings.keys).list(out)?;
        let link = Link::to(&settings.publisher, token, settings.ca.as_deref(), at.dangerous_single_host);
        let link = link.map_err(|error| refused(words::link(&error, out.language)))?;
        let address = settings.publisher.as_str().trim_end_matches('/').to_owned();
        let Books { settings, state, key_path } = Books::of(settings, at, out)?;
        Ok(Place { settings, state, link, list, address, key_path })
    }

    /// The counter of this place.
    pub fn counter(&self) -> Counter<'_> {
        Counter { state: self.state.as_ref(), link: &self.link, list: &self.list, address: &self.address }
    }
}
