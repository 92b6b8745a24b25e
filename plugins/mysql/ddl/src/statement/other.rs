//! Statements that change no table and no schema.

use std::fmt;

/// Objects and acts that are not replicated; each is worth one line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "see `OtherObject::name`")]
pub enum OtherObject {
    View,
    Trigger,
    Event,
    Routine,
    Package,
    Library,
    LoadableFunction,
    Sequence,
    TemporaryTable,
    User,
    Role,
    Grant,
    Password,
    Tablespace,
    LogfileGroup,
    Server,
    ResourceGroup,
    SpatialReferenceSystem,
    Component,
    Plugin,
    Instance,
    Flush,
    TableMaintenance,
    KeyCache,
    /// No statement at all: a comment that stands for an event that was taken out.
    Nothing,
}

impl OtherObject {
    /// Returns what the statement is about, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "views",
            Self::Trigger => "triggers",
            Self::Event => "events",
            Self::Routine => "stored procedures and functions",
            Self::Package => "packages",
            Self::Library => "libraries",
            Self::LoadableFunction => "loadable functions",
            Self::Sequence => "sequences",
            Self::TemporaryTable => "temporary tables",
            Self::User => "users",
            Self::Role => "roles",
            Self::Grant => "grants",
            Self::Password => "passwords",
            Self::Tablespace => "tablespaces",
            Self::LogfileGroup => "log file groups",
            Self::Server => "servers",
            Self::ResourceGroup => "resource groups",
            Self::SpatialReferenceSystem => "spatial reference systems",
            Self::Component => "components",
            Self::Plugin => "plugins",
            Self::Instance => "the instance",
            Self::Flush => "FLUSH",
            Self::TableMaintenance => "maintenance of tables",
            Self::KeyCache => "key caches",
            Self::Nothing => "nothing",
        }
    }
}

impl fmt::Display for OtherObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A change of rows, logged as a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the statement of the same name")]
pub enum Dml {
    Insert,
    Update,
    Delete,
    Replace,
    Load,
    Call,
    Do,
    /// SELECT, WITH, VALUES, TABLE: logged if they call something that changes rows.
    Query,
    /// EXECUTE IMMEDIATE and the like.
    Execute,
}

impl Dml {
    /// Returns the statement's keyword, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Replace => "REPLACE",
            Self::Load => "LOAD DATA",
            Self::Call => "CALL",
            Self::Do => "DO",
            Self::Query => "SELECT",
            Self::Execute => "EXECUTE",
        }
    }
}

/// The bounds of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TransactionControl {
    /// BEGIN, START TRANSACTION.
    Begin,
    /// COMMIT.
    Commit,
    /// ROLLBACK of the whole transaction.
    Rollback,
    /// SAVEPOINT.
    Savepoint,
    /// ROLLBACK TO a savepoint.
    RollbackTo,
    /// RELEASE SAVEPOINT.
    Release,
    /// XA START, XA BEGIN.
    XaStart(Xid),
    /// XA END.
    XaEnd(Xid),
    /// XA PREPARE.
    XaPrepare(Xid),
    /// XA COMMIT, in one phase or of a prepared transaction.
    XaCommit {
        /// Which transaction.
        xid: Xid,
        /// Whether it was not prepared before.
        one_phase: bool,
    },
    /// XA ROLLBACK.
    XaRollback(Xid),
}

/// The id of an XA transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Xid {
    /// `formatID`, 1 by default.
    pub format: u64,
    /// `gtrid`.
    pub global: Vec<u8>,
    /// `bqual`.
    pub branch: Vec<u8>,
}
