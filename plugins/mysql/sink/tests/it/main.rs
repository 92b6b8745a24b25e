//! The sink on real servers, driven through its contract with batches made by hand.

mod exactly_once;
mod feed;
mod stage;
mod tables;
