//! The sink on real servers, driven through its contract with batches made by hand.

mod check;
mod consistency;
mod ddl;
mod exactly_once;
mod failover;
mod feed;
mod images;
mod lanes;
mod limits;
mod servers;
mod stage;
mod tables;
