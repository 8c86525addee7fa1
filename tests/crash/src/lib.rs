//! The vault on a disk that crashes, fails and fills up: before or after, never between, and what was acknowledged is there.
//!
//! `vfs` stands between the vault and SQLite's file functions, `calls` between both and the C library; `record` notes what
//! passes, `disk` (of `file`s) makes of it what a crash at any moment would leave, `operations` are what is cut off, `oracle` opens what is
//! left, over SQLite's own functions, and judges it. These two are the one place of the workspace with `unsafe`.
//!
//! Format 1 is the first: the next one adds its migration to [`operations::ALL`]. Until then a made-up one is cut off in the
//! vault's own `store/migrate.rs`.

// In tests a failed unwrap is a failed test; this crate is nothing else.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]
#![cfg(target_os = "linux")]

mod calls;
pub mod disk;
mod file;
pub mod operations;
pub mod oracle;
mod random;
pub mod record;
pub mod replay;
mod vfs;
pub mod view;

pub use vfs::limit_memory;
