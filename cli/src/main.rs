//! `mykarte`, the command line.
fn main() {}
