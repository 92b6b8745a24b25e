//! The discard sink: counts and drops.
