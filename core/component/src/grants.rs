//! The clock and random numbers: real ones where the pipeline file grants them, the same in each instance elsewhere.

use crate::bindings::runtime::tidegate::plugin::grants::Host;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a pipeline file grants a component. With any of it, its filter is no pure function any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// The time.
    pub clock: bool,
    /// Random numbers of the operating system.
    pub randomness: bool,
}

impl Grants {
    /// Tells whether anything is granted.
    pub const fn any(self) -> bool {
        self.clock || self.randomness
    }
}

/// What an instance sees of the clock and of random numbers.
pub(crate) struct Granted {
    grants: Grants,
    /// The state of the random numbers that are the same in each instance; never 0.
    state: u64,
}

impl Granted {
    pub(crate) const fn new(grants: Grants) -> Self {
        Self { grants, state: 0x2545_f491_4f6c_dd1d }
    }

    /// xorshift64
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}

impl Host for Granted {
    fn time(&mut self) -> wasmtime::Result<u64> {
        if !self.grants.clock {
            return Ok(0);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    fn random(&mut self) -> wasmtime::Result<u64> {
        if !self.grants.randomness {
            return Ok(self.next());
        }
        getrandom::u64().map_err(|error| {
            wasmtime::Error::msg(format!("the operating system gives no random numbers: {error}"))
        })
    }
}
