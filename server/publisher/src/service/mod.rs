//! What the publisher does, without a word of HTTP: each call is one transaction over documents, then perhaps an object.
//!
//! ```text
//! phone   what a phone asks          issuer   what the issuer asks          keep   what is due by itself
//! ending  every way to an end        turns    one at a time for each enrolment
//! downloads  open packages, counted  refusals  what came in vain, counted
//! ```

mod downloads;
mod ending;
mod issuer;
mod keep;
mod phone;
mod refusals;
#[cfg(test)]
mod tests;
mod turns;

pub use downloads::Download;
pub use phone::{Conditions, Fetched, Promised};

use crate::error::Refused;
use crate::model::{Enrolment, Ticket};
use crate::packages::Copies;
use mykarte_state::{Key, Store};
use mykarte_vault::package::{EnrolmentId, HospitalId, SigningKey, VerifyingKey};
use mykarte_vault::ticket::TicketId;
use mykarte_wire::problem::Kind;
use mykarte_wire::{Problem, Token, TokenHash};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The kind of a hospital's key list: its bytes as JSON.
const KEY_LIST: &str = "key-list";

/// The publisher.
pub struct Publisher {
    state: Arc<dyn Store>,
    copies: Copies,
    issuer: TokenHash,
    /// Signs the heads of the audit chain, and nothing else.
    head_key: SigningKey,
    downloads: downloads::Downloads,
    /// Requests to enrol that came in vain, since they were last written down.
    refusals: refusals::Refusals,
    /// The database's journal may hold what is not to be kept.
    has_leavings: AtomicBool,
    /// The issuer's last head contradicted those that are kept.
    heads_refused: AtomicBool,
    turns: turns::Turns,
    /// Checked where there is no ticket, so that an answer takes as long.
    nobody: VerifyingKey,
}

impl Publisher {
    /// A publisher over a database and its copies; `issuer`: the hash of the link's token.
    ///
    /// # Errors
    /// [`Refused::NoRandomness`].
    pub fn new(
        state: Arc<dyn Store>,
        copies: Copies,
        issuer: TokenHash,
        head_key: SigningKey,
    ) -> Result<Publisher, Refused> {
        let nobody = SigningKey::make().map_err(|_| Refused::NoRandomness)?.verifying_key();
        Ok(Publisher {
            state,
            copies,
            issuer,
            head_key,
            downloads: downloads::Downloads::default(),
            refusals: refusals::Refusals::default(),
            // An interrupted run's.
            has_leavings: AtomicBool::new(true),
            heads_refused: AtomicBool::new(false),
            turns: turns::Turns::default(),
            nobody,
        })
    }

    /// Whether a token is the issuer's.
    pub fn is_issuer(&self, token: Option<&Token>) -> bool {
        token.is_some_and(|token| self.issuer.is_of(token))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Refused::State`].
    pub fn check(&self) -> Result<(), Refused> {
        Ok(self.state.reached().map(drop)?)
    }

    fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Refused> {
        Ok(self.state.get(&Ticket::place(id))?)
    }

    fn enrolment(&self, id: EnrolmentId) -> Result<Option<Enrolment>, Refused> {
        Ok(self.state.get(&Enrolment::place(id))?)
    }

    fn key_list_place(hospital: HospitalId) -> Key {
        Key::new(KEY_LIST, hospital)
    }
}

/// Runs what waits for the database beside the threads that serve.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    // A task that panicked has said so by itself; its caller is told that the service cannot answer.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refused::Problem(Problem::new(Kind::Unavailable))))
}

/// Runs to its end although its caller hangs up meanwhile: what was begun at a copy is finished, or taken back.
pub async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refused>> + Send + 'static,
) -> Result<T, Refused> {
    tokio::spawn(work).await.unwrap_or(Err(Refused::Problem(Problem::new(Kind::Unavailable))))
}

fn make_token() -> Result<Token, Refused> {
    Token::make().ok_or(Refused::NoRandomness)
}
