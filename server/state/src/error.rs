//! Why the state cannot be read or changed.

/// Why the state cannot be read or changed. Nothing was changed; for the one exception see [`StateError::Unavailable`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The database does not answer, or answers with an error. Where the connection broke at the very commit the change may
    /// have been made: whoever repeats it must decide anew from the documents as they are then.
    #[error("the database does not answer ({detail}); check that it runs and that its address is right")]
    Unavailable {
        /// What the database's library says of it: no statement, no value, no password.
        detail: String,
    },
    /// No space left.
    #[error("the database's disk is full; free some space")]
    Full,
    /// A document that is not of the form that its kind has.
    #[error("a document of kind {kind} cannot be read; it is damaged or of a newer version of this program")]
    Document {
        /// Its kind.
        kind: &'static str,
    },
    /// The database is of a newer version.
    #[error("the database has format {format}, newer than this program reads; update the program")]
    NewerFormat {
        /// The format that it states.
        format: u32,
    },
    /// No database there, or one that nothing was ever put into.
    #[error("there is no database there; check `state` in the settings. Nothing was made")]
    Absent,
    /// Another program's database.
    #[error("this database is not one of this program; give it one of its own")]
    Foreign,
}
