//! The second places of the audit chain: a folder, and the publisher, whose chain has one of its own here.
//!
//! ```text
//! our head -> publisher, its head -> a record here; then our head -> the folder
//! ```

use super::place::Place;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::issuer as words;
use mykarte::record::labels::Language;
use mykarte::vault::chain::Head;
use mykarte_issuer::link::LinkError;
use mykarte_state::Reached;
use mykarte_state::heads::{HeadError, HeadKeeper, head_key, in_turn, is_due};
use mykarte_state::kept::{KeptError, keep};
use mykarte_wire::Kind;
use mykarte_wire::issuer::Heads;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// How often a command that goes on looks whether heads are due.
const PAUSE: Duration = Duration::from_secs(5);

/// Why a head is not in its second place.
pub enum Trouble {
    Folder(HeadError),
    /// A file beside the heads that could not be held against this chain. It is passed over.
    Unread(PathBuf),
    Publisher(LinkError),
    Kept(KeptError),
}

impl Trouble {
    /// Whether two places contradict each other: somebody has to look. Else a place was not reached.
    fn is_contradiction(&self) -> bool {
        match self {
            Trouble::Folder(error) => {
                matches!(error, HeadError::Broken { .. } | HeadError::OtherChain | HeadError::OtherKey)
            }
            Trouble::Unread(_) => false,
            Trouble::Publisher(error) => error.kind() == Some(Kind::Conflict),
            Trouble::Kept(error) => !matches!(error, KeptError::State(_)),
        }
    }

    pub fn text(&self, language: Language) -> String {
        match self {
            Trouble::Folder(error) => words::heads(error, language),
            Trouble::Unread(path) => words::head_unread(path, language),
            Trouble::Publisher(_) if self.is_contradiction() => words::head_refused(language).to_owned(),
            Trouble::Publisher(error) => words::link(error, language),
            Trouble::Kept(error) => words::publisher_head(error, language),
        }
    }
}

impl Place {
    /// Does a command's work, and leaves heads: while it goes on, when they are due, and at its end, whatever came of it. A
    /// contradiction between the places makes the command fail, after its work.
    pub fn work(
        &self,
        out: &mut Out,
        work: impl FnOnce(&Place, &mut Out) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let begun = self.count();
        let (stop, stopped) = channel();
        let done = std::thread::scope(|scope| {
            // Where there is no thread to be had, the end of the work is early enough.
            let _ = Builder::new().spawn_scoped(scope, || self.leave_when_due(stopped));
            let done = work(self, out);
            drop(stop);
            done
        });
        if done.is_err() && begun.is_some() && begun == self.count() {
            // It failed before anything was done.
            return done;
        }
        let shown = out.finish();
        let left = tell(&self.leave_heads(), out);
        done.and(shown).and(left)
    }

    fn count(&self) -> Option<u64> {
        self.state.reached().ok().map(|reached| reached.count)
    }

    /// Until the work is done. What fails here is said at the end, when it is tried again.
    fn leave_when_due(&self, stopped: Receiver<()>) {
        let (mut count, mut when) = (self.count().unwrap_or(0), Instant::now());
        while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            let now = self.count().unwrap_or(count);
            if is_due(now.saturating_sub(count), when.elapsed()) {
                let _ = self.leave_heads();
                (count, when) = (self.count().unwrap_or(now), Instant::now());
            }
        }
    }

    /// Leaves the chain's head in its second places, and takes the publisher's.
    pub fn leave_heads(&self) -> Vec<Trouble> {
        // Two counters at once would send theirs in another order than they signed them.
        let _turn = match in_turn(&self.key_path) {
            Ok(turn) => turn,
            Err(error) => return vec![Trouble::Folder(error)],
        };
        let exchanged = self.exchange();
        // Last: so it covers what the exchange wrote down.
        let signed = self.settings.heads.as_ref().map_or(Ok(Vec::new()), |folder| self.sign_into(folder));
        let signed = signed.unwrap_or_else(|error| vec![Trouble::Folder(error)]);
        exchanged.err().into_iter().chain(signed).collect()
    }

    /// Into the folder; what was passed over there.
    fn sign_into(&self, folder: &Path) -> Result<Vec<Trouble>, HeadError> {
        let keeper = HeadKeeper::open(self.state.clone(), &self.key_path, folder)?;
        keeper.finish()?;
        Ok(keeper.passed_over().iter().cloned().map(Trouble::Unread).collect())
    }

    fn exchange(&self) -> Result<(), Trouble> {
        let key = head_key(&self.key_path).map_err(Trouble::Folder)?;
        let reached = self.state.reached().map_err(|error| Trouble::Kept(error.into()))?;
        let Reached { chain, count, place } = reached;
        let head = Head { chain, count, place, at: mykarte_state::now() }.sign(&key);
        let ours = Heads { head, key: *key.verifying_key().as_bytes() };
        let theirs = self.link.exchange_heads(&ours).map_err(Trouble::Publisher)?;
        keep(self.state.as_ref(), &theirs.head, &theirs.key).map(drop).map_err(Trouble::Kept)
    }
}

/// Says what is wrong; exit 1 where places contradict each other.
fn tell(troubles: &[Trouble], out: &Out) -> Result<(), Failure> {
    for trouble in troubles {
        let text = trouble.text(out.language);
        if trouble.is_contradiction() { out.error(&text) } else { out.warn(&text) }
    }
    if troubles.iter().any(Trouble::is_contradiction) { Err(Failure::Told(1)) } else { Ok(()) }
}
