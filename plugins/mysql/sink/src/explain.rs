//! `explain`: how a table is applied, and why.

use crate::settings::SinkSettings;
use tidegate_plugin::{Result, RoutedTable};

/// Connects and says how a table is applied.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn explain(settings: &SinkSettings, table: &RoutedTable) -> Result<Vec<String>> {
    let _ = (settings, table);
    Ok(Vec::new())
}
