//! Somebody who looks at each message beside the reader: the drill. The record comes out the same.

use ssmix2::charset::Charset;
use ssmix2::message::Message;
use ssmix2::storage::StoredFile;

/// Looks at what was read; called from any thread, once a file that holds a message or is a document.
pub trait Inspect: Sync {
    /// One file.
    fn file(&self, file: &Inspected<'_>);
}

/// A file that was decoded.
pub struct Inspected<'a> {
    /// Its number in the import's report, before [`super::Imported::number_files`].
    pub number: u32,
    /// Its place and name.
    pub stored: &'a StoredFile,
    /// Its bytes; none of a document.
    pub bytes: &'a [u8],
    /// How it is written.
    pub charset: Charset,
    /// Its messages; nearly always one, none of a document that is no HL7 and is not opened.
    pub messages: &'a [Message<'a>],
}
