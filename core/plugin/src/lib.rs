//! The contract of sources, filters and sinks, and the registry of plugins.
