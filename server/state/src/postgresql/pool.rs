//! A few connections, made when they are needed and kept. All writes pass one lock, so few are enough.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Failure;
use super::connect::{Address, Link};
use crate::StateError;

/// One that writes, one that waits to, and some that read. PostgreSQL gives 100 to all its users together.
const MOST: usize = 8;

pub(super) struct Pool {
    address: Address,
    state: Mutex<State>,
    came_back: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Link>,
    lent: usize,
}

/// The right to one connection; given back when dropped, also by a panic.
struct Turn<'a>(&'a Pool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state().lent -= 1;
        self.0.came_back.notify_one();
    }
}

impl Pool {
    pub(super) fn new(address: Address) -> Self {
        Self { address, state: Mutex::default(), came_back: Condvar::new() }
    }

    /// Runs some work on a connection, and once more on a new one where the connection was lost. One that failed is
    /// dropped with whatever it had begun; so is one whose work panics.
    pub(super) fn with<T>(&self, mut work: impl FnMut(&mut Link) -> Result<T, Failure>) -> Result<T, StateError> {
        let _turn = self.turn();
        let idle = self.state().idle.pop();
        if let Some(link) = idle {
            match self.run(link, &mut work) {
                Err(Failure { is_lost: true, .. }) => {}
                done => return done.map_err(|failure| failure.error),
            }
            // What ended this one, a restart of the database, ended the others too.
            let others = std::mem::take(&mut self.state().idle);
            drop(others);
        }
        self.run(Link::make(&self.address)?, &mut work).map_err(|failure| failure.error)
    }

    fn run<T>(&self, mut link: Link, work: &mut impl FnMut(&mut Link) -> Result<T, Failure>) -> Result<T, Failure> {
        let done = work(&mut link)?;
        self.state().idle.push(link);
        Ok(done)
    }

    fn turn(&self) -> Turn<'_> {
        let waited = self.came_back.wait_while(self.state(), |state| state.lent >= MOST);
        waited.unwrap_or_else(PoisonError::into_inner).lent += 1;
        Turn(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    /// A connection says goodbye when it is dropped, and must not do so on a thread that drives asynchronous work.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.state().idle);
        let closed = std::thread::Builder::new().spawn(move || drop(idle));
        // Where there is no thread to be had, the connections went with the closure.
        let _ = closed.map(std::thread::JoinHandle::join);
    }
}
