//! Why an attempt did not succeed, and whose move it is.

use tidegate_mysql_connection::error::{explain, is_disconnected, kind};
use tidegate_plugin::{ErrorKind, PluginError};

/// Why an attempt did not succeed.
#[derive(Debug)]
pub(crate) enum Setback {
    /// It will not succeed here; the error's kind says what the engine does.
    Stop(PluginError),
    /// The transaction is to be rolled back, and the same attempt may succeed; the connection works.
    Again(PluginError),
    /// The connection is lost; nobody knows what became of the transaction.
    Unknown(PluginError),
    /// The server answered COMMIT with an error that would come again; whether it committed, only the lane's row tells.
    Refused(PluginError),
    /// It would succeed if updates went as updates.
    PlainUpdates,
}

impl Setback {
    /// Decides what follows from an error before COMMIT.
    pub(crate) fn of(error: &mysql_async::Error, doing: impl std::fmt::Display) -> Self {
        let explained = explain(error, doing);
        if is_disconnected(error) {
            Self::Unknown(PluginError { kind: ErrorKind::Transient, ..explained })
        } else if kind(error) == ErrorKind::Transient {
            Self::Again(explained)
        } else {
            Self::Stop(explained)
        }
    }

    /// Says where it happened.
    #[must_use]
    pub(crate) fn at(mut self, place: Option<String>) -> Self {
        if let (
            Self::Stop(error) | Self::Again(error) | Self::Unknown(error) | Self::Refused(error),
            Some(place),
        ) = (&mut self, place)
        {
            error.place = Some(place);
        }
        self
    }
}
