//! The ticket on paper: what a patient takes from the counter to the phone.
//!
//! ```text
//! Ticket --text--> qr      modules: PNG, terminal, and shapes for the two pages
//! Sheet  --words-> sheet   what stands on the page, in Japanese; holds no name, patient id or birth date
//!                  layout  lines and boxes on A4, measured with the font
//!                  pdf     the page with a font of this machine (font) embedded
//!                  html    the same page for a machine without one
//! ```
//!
//! The secret is in the code only, never in a page's text or metadata. What is made here is wiped when dropped; what the
//! libraries keep while they work is left to the binary's wiping allocator.

mod error;
mod font;
mod html;
mod layout;
mod pdf;
mod qr;
mod sheet;
#[cfg(test)]
mod tests;
mod words;
mod wrap;

pub use error::{PaperError, Part};
pub use font::Font;
pub use html::html;
pub use pdf::pdf;
pub use qr::{Code, Ink};
pub use sheet::{Hospital, Sheet};
