//! The sink on real servers, driven through its contract with batches made by hand.

mod check;
mod consistency;
mod ddl;
mod exactly_once;
mod feed;
mod lanes;
mod servers;
mod stage;
mod tables;
