//! End-to-end tests: the `tidegate` binary between real servers.

mod basics;
