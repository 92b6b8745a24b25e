//! What a run depends on, looked at before it.

use crate::{config::SourceConfig, dump::Follower, link::Identity, server::Server};
use tidegate_plugin::{PluginError, Result, SourceReport};

pub(crate) async fn clashing_reader(
    _server: &mut Server,
    _follower: &Follower,
) -> Result<Option<PluginError>> {
    Ok(None)
}

pub(crate) async fn check(_config: &SourceConfig, _identity: &Identity) -> Result<SourceReport> {
    Ok(SourceReport::default())
}
