//! One at a time for each enrolment: a package that is put while its enrolment ends would be left behind.

use mykarte_vault::package::EnrolmentId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Whose turn it is at which enrolment.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<EnrolmentId, Arc<Turn<()>>>>);

impl Turns {
    /// Waits for its turn, and has it until the guard is dropped.
    pub async fn take(&self, enrolment: EnrolmentId) -> OwnedMutexGuard<()> {
        self.of(enrolment).lock_owned().await
    }

    fn of(&self, enrolment: EnrolmentId) -> Arc<Turn<()>> {
        // A map is whole whatever panicked beside it.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Of those that nobody waits for none is kept.
        all.retain(|_, turn| Arc::strong_count(turn) > 1);
        all.entry(enrolment).or_default().clone()
    }
}
