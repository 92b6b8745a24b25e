//! The sink on real servers, driven through its contract with batches made by hand.

mod ddl;
mod exactly_once;
mod feed;
mod lanes;
mod stage;
mod tables;
