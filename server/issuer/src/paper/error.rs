//! Why a ticket is not printed.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a ticket is not printed, one variant a cause, each with its next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaperError {
    /// None of the usual places has a font.
    #[error("no Japanese font on this machine; `apt install fonts-ipafont-gothic`, or name one with --font FILE")]
    NoFont,
    /// A font's file cannot be read.
    #[error("the font {path} cannot be read ({kind}); check the path, or name another with --font FILE")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// A file that is no font, or not all of it.
    #[error("{path} is no TrueType or OpenType font; name another with --font FILE")]
    NotAFont {
        /// The file.
        path: PathBuf,
    },
    /// The font's maker does not let it be embedded.
    #[error(
        "the font {path} must not be embedded in a PDF; `apt install fonts-ipafont-gothic`, or name another with --font FILE"
    )]
    MayNotBeEmbedded {
        /// The file.
        path: PathBuf,
    },
    /// Characters would be printed as empty boxes.
    #[error(
        "the font {path} lacks characters of the sheet ({characters}); `apt install fonts-ipafont-gothic`, or name another with --font FILE"
    )]
    MissingGlyphs {
        /// The file.
        path: PathBuf,
        /// The first of them, each once.
        characters: String,
    },
    /// A text that does not fit on the page.
    #[error("{part} does not fit on the page; shorten it in the settings")]
    TooLong {
        /// Which one.
        part: Part,
    },
    /// More than a QR code holds, or not a ticket's characters.
    #[error("the ticket does not fit in a QR code; shorten the publisher's address")]
    NoCode,
    /// A ticket's expiry lies beyond every calendar.
    #[error("the ticket's date is out of range; make a new ticket")]
    NoDate,
    /// The PDF library refuses.
    #[error("the PDF cannot be made ({reason}); print the HTML page, or name another font with --font FILE")]
    Pdf {
        /// What it says.
        reason: String,
    },
}

/// A text that the caller gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The hospital's name.
    Name,
    /// The hospital's facility id.
    Facility,
    /// Whom to ask.
    Contact,
    /// All of it together.
    Sheet,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Name => "the hospital's name",
            Part::Facility => "the facility id",
            Part::Contact => "the contact line",
            Part::Sheet => "the text",
        })
    }
}
