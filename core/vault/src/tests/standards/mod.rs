//! The primitives are the standards' own: what others have published, put through the very functions that this crate calls.
//!
//! `published` has the vectors of RFCs and drafts, `wycheproof` the attacks that Wycheproof collects. Dependencies run some
//! of both themselves (`argon2/tests/kat.rs`, `chacha20poly1305/tests`, `hkdf/tests/{rfc5869,wycheproof}.rs`,
//! `hmac/tests`, `ed25519-dalek/tests`, `x25519-dalek/tests`, `sha2/tests`): that shows that theirs is right, this that
//! ours calls it right, with our features. HPKE's own run needs a file that its package leaves out.

mod published;
mod wycheproof;

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap()
}
