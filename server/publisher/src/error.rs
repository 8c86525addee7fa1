//! Why a call is not answered as it was asked.

use crate::packages::CopyError;
use mykarte_state::StateError;
use mykarte_state::heads::HeadError;
use mykarte_wire::Problem;
use mykarte_wire::problem::Kind;

/// Why a call is not answered as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The caller's fault, or simply not there.
    #[error("{}", .0.title)]
    Problem(Problem),
    /// The database.
    #[error(transparent)]
    State(#[from] StateError),
    /// A place that keeps packages.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The signed heads.
    #[error(transparent)]
    Heads(#[from] HeadError),
    /// The system gives no randomness.
    #[error("the operating system gives no random numbers; nothing was handed out")]
    NoRandomness,
}

impl From<Kind> for Refused {
    fn from(kind: Kind) -> Self {
        Refused::Problem(Problem::new(kind))
    }
}

impl Refused {
    /// What the caller is told: of our own troubles only that there are some.
    pub fn problem(&self) -> Problem {
        match self {
            Refused::Problem(problem) => problem.clone(),
            Refused::State(_) | Refused::Copy(_) | Refused::Heads(_) | Refused::NoRandomness => {
                Problem::new(Kind::Unavailable)
            }
        }
    }
}
