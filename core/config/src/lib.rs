//! The pipeline file: parsing with spans, diagnostics, secrets, JSON Schema.
