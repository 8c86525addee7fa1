//! End-to-end tests: fixtures, conformance, command line.
