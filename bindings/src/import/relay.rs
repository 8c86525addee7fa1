//! Between the core, which tells of every file from many threads, and a listener, who hears of a hundredth of them.
//!
//! The files are read in threads of their own, and the listener is called in the one that asked for the import, with
//! nothing held. So it may call whatever it likes, another import included: a worker that waited for it would meanwhile
//! take up other files of this import, and their news would wait for the listener.

use super::{Cancellation, ImportListener, ImportProgress};
use crate::error::MyKarteError;
use crate::guard::guarded;
use mykarte::{Step, Watch};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct Relay {
    listener: Option<Arc<dyn ImportListener>>,
    /// The app's, which a failing listener leaves alone.
    cancellation: Option<Arc<Cancellation>>,
    /// What the core looks at.
    stop: AtomicBool,
    failed: AtomicBool,
}

impl Relay {
    pub fn new(listener: Option<Arc<dyn ImportListener>>, cancellation: Option<Arc<Cancellation>>) -> Relay {
        Relay { listener, cancellation, stop: AtomicBool::new(false), failed: AtomicBool::new(false) }
    }

    /// Works in another thread and tells the listener here, until it is done.
    pub fn watch<T: Send>(
        &self,
        work: impl FnOnce(&Watch<'_>) -> Result<T, MyKarteError> + Send,
    ) -> Result<T, MyKarteError> {
        let (sender, steps) = channel();
        let work = move || {
            let news = Mutex::new(News { percent: None, sender });
            let progress = |step| {
                self.look();
                news.lock().unwrap_or_else(PoisonError::into_inner).pass_on(step);
            };
            guarded(|| work(&Watch { progress: &progress, cancel: &self.stop }))
        };
        std::thread::scope(|scope| {
            let working = std::thread::Builder::new().spawn_scoped(scope, work);
            let working = working.map_err(|_| MyKarteError::System { reason: "no worker threads".into() })?;
            // It ends with the work, which holds the other end.
            steps.iter().for_each(|step| self.tell(step));
            working.join().unwrap_or_else(|_| Err(MyKarteError::Defect { place: "relay".into() }))
        })
    }

    /// Calls the listener, unless it failed before.
    pub fn tell(&self, step: Step) {
        self.look();
        let Some(listener) = self.listener.as_ref().filter(|_| !self.has_failed()) else { return };
        if listener.on_progress(progress(step)).is_err() {
            self.failed.store(true, Ordering::Relaxed);
            self.stop.store(true, Ordering::Relaxed);
        }
        // It may have cancelled.
        self.look();
    }

    /// What the core looks at while it writes: nobody is told of anything then.
    pub fn quiet<T>(&self, work: impl FnOnce(&Watch<'_>) -> T) -> T {
        work(&Watch { progress: &|_| self.look(), cancel: &self.stop })
    }

    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Passes on what the app has cancelled.
    fn look(&self) {
        if self.cancellation.as_ref().is_some_and(|app| app.is_cancelled()) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// On the side of the workers.
struct News {
    percent: Option<usize>,
    sender: Sender<Step>,
}

impl News {
    fn pass_on(&mut self, step: Step) {
        if self.is_news(step) {
            // Nobody listens any more only where the import has ended.
            let _ = self.sender.send(step);
        }
    }

    /// Threads finish their files in any order: a count that goes back is no news.
    fn is_news(&mut self, step: Step) -> bool {
        let Step::Read { done, total } = step else { return true };
        let percent = done * 100 / total.max(1);
        let is_news = self.percent.is_none_or(|last| percent > last);
        if is_news {
            self.percent = Some(percent);
        }
        is_news
    }
}

fn progress(step: Step) -> ImportProgress {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match step {
        Step::Survey => ImportProgress::Survey,
        Step::Read { done, total } => ImportProgress::Read { done: count(done), total: count(total) },
        Step::Build => ImportProgress::Build,
        Step::Store => ImportProgress::Store,
    }
}
