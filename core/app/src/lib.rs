//! The use cases: import, open, read, search.
