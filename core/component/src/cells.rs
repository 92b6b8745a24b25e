//! Values crossing the border: Arrow arrays on our side, the contract's lists on the other.

mod give;
mod spans;
mod take;

pub(crate) use give::{give, give_text};
pub(crate) use take::take;

#[cfg(test)]
mod tests;
