//! Words of the counter and its administrator.

mod counter;
mod issuing;
mod setup;
mod withdrawing;

pub use super::audit::{begins_anew, kept_heads, no_head_key, no_kept_heads, own_head_key, record, verdict};
pub use super::errors::issuer::{counter, issuer, link, no_pdf, no_storage, not_issued, paper, settings, withdrawing};
pub use super::errors::state::{head_refused, head_unread, heads, publisher_head, state};
pub use counter::*;
pub use issuing::*;
pub use setup::*;
pub use withdrawing::*;

/// The number that staff use of a name.
fn short(id: &str) -> &str {
    &id[..id.len().min(8)]
}
