//! What is due by itself: counts written down, old tickets and left-behind objects deleted.

use super::{Publisher, blocking, now};
use crate::error::Refused;
use crate::model::{Enrolment, Ticket, enrolment, ticket};
use crate::record::{Action, Entry};
use mykarte_state::{Key, read};
use mykarte_vault::package::EnrolmentId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Documents looked at in one go.
const PAGE: usize = 500;

impl Publisher {
    /// Writes down that the program began to serve.
    ///
    /// # Errors
    /// Those of the state.
    pub fn write_start(&self) -> Result<(), Refused> {
        self.state.change(&[], |tx| {
            Entry::done(Action::Start).write(tx);
            Ok(())
        })
    }

    /// Writes down how many calls came with tickets that are not known. One record for all of them: whoever has no ticket
    /// shall not be able to fill the disk.
    ///
    /// # Errors
    /// Those of the state; the count is kept for the next time then.
    pub fn write_unknown(&self) -> Result<(), Refused> {
        let count = self.unknown.swap(0, Ordering::Relaxed);
        if count == 0 {
            return Ok(());
        }
        let written = self.state.change(&[], |tx| {
            Entry::done(Action::UnknownTickets).count(count).write(tx);
            Ok(())
        });
        if written.is_err() {
            self.unknown.fetch_add(count, Ordering::Relaxed);
        }
        written
    }

    /// Deletes tickets that nobody needs any more.
    ///
    /// # Errors
    /// Those of the state.
    pub fn delete_old_tickets(&self) -> Result<(), Refused> {
        let mut last: Option<String> = None;
        loop {
            let found = self.state.list(ticket::KIND, last.as_deref(), PAGE)?;
            let is_over = |json: &[u8]| read::<Ticket>(ticket::KIND, json).is_ok_and(|ticket| ticket.is_over(now()));
            let over = found.iter().filter(|(_, json)| is_over(json)).map(|(id, _)| Key::new(ticket::KIND, id));
            let over: Vec<Key> = over.collect();
            if !over.is_empty() {
                self.state.change(&over, |tx| -> Result<(), Refused> {
                    over.iter().for_each(|key| tx.delete(key.clone()));
                    Ok(())
                })?;
            }
            match found.last() {
                Some((id, _)) if found.len() == PAGE => last = Some(id.clone()),
                _ => return Ok(()),
            }
        }
    }

    /// Deletes objects that an interrupted run left behind.
    ///
    /// # Errors
    /// Those of the state and of the copies.
    pub async fn sweep(self: &Arc<Self>) -> Result<(), Refused> {
        let this = self.clone();
        let packages = blocking(move || this.packages()).await?;
        let is_left = |id, object: &str| packages.get(&id).is_some_and(|name| name.as_deref() != Some(object));
        Ok(self.copies.sweep(&is_left).await?)
    }

    /// Every enrolment that is known, and its object.
    fn packages(&self) -> Result<BTreeMap<EnrolmentId, Option<String>>, Refused> {
        let (mut all, mut last) = (BTreeMap::new(), None::<String>);
        loop {
            let found = self.state.list(enrolment::KIND, last.as_deref(), PAGE)?;
            let is_end = found.len() < PAGE;
            for (id, json) in found {
                let package = match read(enrolment::KIND, &json)? {
                    Enrolment::Open(open) => open.package().map(|package| package.object.clone()),
                    Enrolment::Ended { .. } => None,
                };
                all.extend(EnrolmentId::parse(&id).map(|name| (name, package)));
                last = Some(id);
            }
            if is_end {
                return Ok(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Copies;
    use mykarte_state::Store;
    use mykarte_vault::package::SigningKey;
    use mykarte_wire::Token;
    use std::path::Path;
    use std::time::{Duration, SystemTime};
    use url::Url;

    fn publisher(dir: &Path) -> Arc<Publisher> {
        let url = Url::from_directory_path(dir.join("east")).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let copies = runtime.block_on(Copies::open(&[("east".to_owned(), url)])).unwrap();
        let state: Arc<dyn Store> = Arc::from(mykarte_state::open(dir.join("state").to_str().unwrap()).unwrap());
        let hash = Token::make().unwrap().hash();
        Arc::new(Publisher::new(state, copies, hash, SigningKey::make().unwrap()).unwrap())
    }

    /// An object that was put two hours ago.
    fn object(dir: &Path, enrolment: EnrolmentId) -> std::path::PathBuf {
        let path = dir.join(format!("east/packages/{enrolment}/object"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, b"ciphertext").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(7_200)).unwrap();
        path
    }

    /// A database that was set up anew, or is another publisher's, knows nobody: nothing may be deleted for that.
    #[test]
    fn a_sweep_takes_what_is_known_to_be_left_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let publisher = publisher(dir.path());
        let (ended, unknown) = (EnrolmentId::make().unwrap(), EnrolmentId::make().unwrap());
        publisher.withdraw(ended).unwrap();
        let (left, others) = (object(dir.path(), ended), object(dir.path(), unknown));
        tokio::runtime::Runtime::new().unwrap().block_on(publisher.sweep()).unwrap();
        assert!(!left.exists() && others.exists());
    }
}
