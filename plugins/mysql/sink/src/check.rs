//! `check`: looks at everything that a run depends on, changes nothing.

use crate::settings::SinkSettings;
use tidegate_plugin::{Finding, Result, RoutedTable};

/// Connects and looks.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn check(
    settings: &SinkSettings,
    pipeline: &str,
    tables: &[RoutedTable],
) -> Result<Vec<Finding>> {
    let _ = (settings, pipeline, tables);
    Ok(Vec::new())
}
