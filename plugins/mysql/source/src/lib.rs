//! The mysql source: follows a binary log.
