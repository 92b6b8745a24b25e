//! Checks of the repository itself: arrows, generated files, sizes.
