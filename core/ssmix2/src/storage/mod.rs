//! The storage on disk: folders, file names, and which file counts.
//!
//! The only part of the crate that touches the disk. A storage may lie in
//! several roots (volumes); the user may point at a root, at its parent, at one
//! patient's folder or anywhere between. The tree is walked; a path is never
//! computed from an id, because nobody wrote down how short ids are split.

mod everybody;
mod name;
mod select;
mod walk;

pub use everybody::Everybody;
pub use name::{FileName, Flag};
pub use select::{Fate, Selection, select};
pub use walk::{Found, Listing, PatientFolder, date_folders, find_patients, list_date_folder};

use crate::kind::DataType;
use crate::{Code, Diagnostic, Location};
use std::io::Read;
use std::path::{Path, PathBuf};

/// No message is larger than this; a larger file is not one.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// Nor has any so many fields and components: each takes some hundred bytes once it is taken apart.
const MAX_PARTS: usize = 1 << 18;

/// Fields, repetitions, components and segments, by the usual delimiters.
fn parts(bytes: &[u8]) -> usize {
    memchr::memchr3_iter(b'|', b'^', b'~', bytes).count() + memchr::memchr3_iter(b'&', b'\r', b'\n', bytes).count()
}

/// Why a storage cannot be used at all. `input` is the position of the path in
/// what the caller gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Nothing there.
    #[error("no such folder (input {input}): check the path")]
    NotFound {
        /// Which of the given paths.
        input: usize,
    },
    /// A file where a folder was expected.
    #[error("a file, not a folder (input {input}): give the storage's folder")]
    NotAFolder {
        /// Which of the given paths.
        input: usize,
    },
    /// A zip archive.
    #[error("a zip archive (input {input}): unpack it first")]
    Zip {
        /// Which of the given paths.
        input: usize,
    },
    /// Permission or I/O.
    #[error("the folder cannot be read (input {input}): {kind}")]
    Unreadable {
        /// Which of the given paths.
        input: usize,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// `TR_*.DAT`: the append log, not the standardised storage.
    #[error("a transaction storage (input {input}): give the standardised storage instead")]
    TransactionStorage {
        /// Which of the given paths.
        input: usize,
    },
}

impl StorageError {
    /// The same of an input that stands so many places further back in what the caller's caller gave.
    #[must_use]
    pub fn behind(mut self, inputs: usize) -> StorageError {
        match &mut self {
            StorageError::NotFound { input }
            | StorageError::NotAFolder { input }
            | StorageError::Zip { input }
            | StorageError::Unreadable { input, .. }
            | StorageError::TransactionStorage { input } => *input += inputs,
        }
        self
    }
}

/// What a file is, by its folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One of the 26 data types of the standardised storage.
    Standard(DataType),
    /// A document of the extended storage: the data type folder's parts
    /// (`local code ^ local name ^ local system ^ code ^ name ^ system`).
    Extended([String; 6]),
}

impl Kind {
    /// Whether it is an emergency memo (design D5).
    pub fn is_memo(&self) -> bool {
        matches!(self, Kind::Extended(parts) if parts[0] == "L-EMERGENCY-MEMO")
    }

    /// The standard data type, if it is one.
    pub fn standard(&self) -> Option<DataType> {
        match self {
            Kind::Standard(t) => Some(*t),
            Kind::Extended(_) => None,
        }
    }
}

/// One file that the grammar knows.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Position of its patient folder among those found (0-based).
    pub folder: usize,
    /// Its name, taken apart.
    pub name: FileName,
    /// What it is. The folder decides; the name's own word is in `name`.
    pub kind: Kind,
    /// Contradictions between name and folders.
    pub notes: Vec<Code>,
}

/// Why a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadError(pub Code);

/// Reads a whole file, up to [`MAX_FILE_BYTES`].
pub fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    read_file_into(path, &mut bytes)?;
    Ok(bytes)
}

/// The same into a buffer that serves one file after the other.
pub fn read_file_into<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], ReadError> {
    buffer.clear();
    // What one giant took is not held for the rest.
    buffer.shrink_to(1 << 20);
    buffer.reserve(1 << 16);
    let file = std::fs::File::open(path).map_err(|_| ReadError(Code::FileUnreadable))?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(buffer).map_err(|_| ReadError(Code::FileUnreadable))?;
    match buffer.len() as u64 {
        0 => Err(ReadError(Code::EmptyFile)),
        n if n > MAX_FILE_BYTES => Err(ReadError(Code::FileTooLarge)),
        _ if buffer.starts_with(b"#SSMIX") => Err(ReadError(Code::TransactionFile)),
        n if n > MAX_PARTS as u64 && parts(buffer) > MAX_PARTS => Err(ReadError(Code::FileTooLarge)),
        _ => Ok(buffer),
    }
}

/// A finding about a file as a whole.
pub fn file_diagnostic(code: Code, file: u32) -> Diagnostic {
    Diagnostic { code, at: Location { file, ..Location::default() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Taken apart, one of these would be gigabytes.
    #[test]
    fn a_file_of_delimiters_is_no_message() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut bytes = b"MSH|^~\\&|".to_vec();
        bytes.resize(MAX_PARTS, b'a');
        std::fs::write(file.path(), &bytes).expect("written");
        assert!(read_file(file.path()).is_ok());
        bytes.resize(2 * MAX_PARTS + 1, b'^');
        std::fs::write(file.path(), &bytes).expect("written");
        assert_eq!(read_file(file.path()), Err(ReadError(Code::FileTooLarge)));
    }
}
