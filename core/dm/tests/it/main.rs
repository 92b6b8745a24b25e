//! DM's files as people have them: what they become, and what is said of mistakes in them.

mod mistakes;
mod page;
mod samples;
mod support;
