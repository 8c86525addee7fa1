//! An SS-MIX2 storage on disk, read into typed clinical entries.
