//! Runs one pipeline: stages, back-pressure, checkpoints, error policy.
