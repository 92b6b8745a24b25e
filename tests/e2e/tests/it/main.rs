//! End-to-end tests: the `tidegate` binary between real servers.

#![cfg(test)]

mod basics;
mod crash;
mod ddl;
mod faults;
mod filters;
mod histories;
mod starts;
