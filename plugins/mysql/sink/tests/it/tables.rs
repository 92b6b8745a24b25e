//! Tables of all shapes.
