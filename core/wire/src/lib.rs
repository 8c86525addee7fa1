//! What phone, publisher and issuer say to each other over HTTP. `docs/download-protocol.md` tells the whole story.
//!
//! ```text
//! phone  --request, next key, revocation-->  publisher  <--ticket verifiers, packages, key list--  issuer
//! phone  <--status, package, key list------  publisher  ---requests, next keys, revocations----->  issuer
//! ```
//!
//! Bodies are JSON with bytes as base64url (RFC 4648, 5, without padding); packages and key lists travel as they are.
//! Unknown members are ignored, so that an older phone reads what a newer publisher says.

pub mod address;
pub mod bytes;
pub mod etag;
pub mod issuer;
pub mod path;
pub mod phone;
pub mod problem;
pub mod token;

pub use problem::{Kind, Problem};
pub use token::{Token, TokenHash};

/// The media type of a package, a key list and everything else that is sealed or signed bytes.
pub const OCTETS: &str = "application/octet-stream";
/// The media type of bodies.
pub const JSON: &str = "application/json";
/// The header that carries the token for the next download, beside a package.
pub const NEXT_TOKEN: &str = "mykarte-next-token";
/// The most bytes of a JSON body; an honest one has below 2 KiB.
pub const MAX_JSON: usize = 16 * 1024;
/// The most bytes of a package (design D14: 64 MiB sealed, and its header).
pub const MAX_PACKAGE: usize = (64 << 20) + 256;
/// Wrong birth dates after which a ticket is locked.
pub const MAX_WRONG: u32 = 10;
