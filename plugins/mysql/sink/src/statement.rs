//! SQL for rows: from the shares of a plan to packets of statements, and what each statement must answer.

mod compare;
mod json_text;
mod literal;
mod render;
mod rounding;
mod row;
mod text;

pub(crate) use render::{CHECKED, Expected, Limits, Packet, Renderer, STRICT, Verb};
pub(crate) use text::quoted;
