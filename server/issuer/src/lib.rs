//! The issuer, inside the hospital.

// In tests a failed unwrap is a failed test.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod paper;
