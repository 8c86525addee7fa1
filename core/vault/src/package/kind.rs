//! Files told apart by how they begin; of the rest nothing is believed.

use super::{header, list};

/// What a file is, by its first eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A package.
    Package,
    /// A key list.
    KeyList,
}

impl FileKind {
    /// What these bytes are the beginning of.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let kinds = [(header::MAGIC, Self::Package), (list::MAGIC, Self::KeyList)];
        kinds.into_iter().find(|(magic, _)| bytes.starts_with(*magic)).map(|(_, kind)| kind)
    }
}
