//! End-to-end tests: the `tidegate` binary between real servers.

#![cfg(test)]

mod basics;
mod big;
mod broken;
mod corpus;
mod crash;
mod ddl;
mod faults;
mod files;
mod filters;
mod foreign_keys;
mod histories;
mod images;
mod keys;
mod replay;
mod starts;
mod types;
mod xa;
