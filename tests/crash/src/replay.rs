//! What is run: a share of all cases, or the one that `MYKARTE_CRASH` names.

use std::fmt;
use std::str::FromStr;

/// One case; printed when it fails, and typed back to run it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The operation.
    pub operation: String,
    /// How it ends, or what fails.
    pub mode: String,
    /// At which step.
    pub n: usize,
    /// Of a torn write.
    pub seed: u64,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.operation, self.mode, self.n, self.seed)
    }
}

impl Case {
    /// Whether it is to be run: all are, where none was named.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        wanted().is_none_or(|wanted| wanted == *self)
    }

    /// Runs it; a panic in it is followed by the command that repeats it: the same place of the same operation, in a vault
    /// with other keys.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let said = Said(self);
        let done = work();
        std::mem::forget(said);
        done
    }
}

struct Said<'a>(&'a Case);

impl Drop for Said<'_> {
    #[expect(clippy::print_stderr, reason = "what a person types next")]
    fn drop(&mut self) {
        eprintln!("again: MYKARTE_CRASH='{}' cargo test -p mykarte-crash -- --include-ignored", self.0);
    }
}

/// The case that was named, in the words it was printed with.
#[must_use]
pub fn wanted() -> Option<Case> {
    let text = std::env::var("MYKARTE_CRASH").ok()?;
    let words: Vec<&str> = text.split(' ').collect();
    let [operation, mode, n, seed] = words[..] else { panic!("MYKARTE_CRASH: OPERATION MODE N SEED") };
    let (n, seed) = (n.parse().unwrap(), seed.parse().unwrap());
    Some(Case { operation: operation.to_owned(), mode: mode.to_owned(), n, seed })
}

/// Whether another operation was named.
#[must_use]
pub fn is_left_out(operation: &str) -> bool {
    wanted().is_some_and(|wanted| wanted.operation != operation)
}

/// A number from the environment, as `./x evidence` gives it.
#[must_use]
pub fn number<T: FromStr>(name: &str, bounded: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(bounded)
}
