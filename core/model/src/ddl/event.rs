//! The kinds of schema change that filters tell apart, in TiDB DM's vocabulary.

/// What an element of a DDL statement does.
///
/// The names are those of DM's binlog event filter, which also names some that no source emits, so that people's files
/// keep their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is DM's event of the same name")]
pub enum DdlEvent {
    CreateDatabase,
    AlterDatabase,
    CreateTable,
    CreateIndex,
    CreateView,
    DropView,
    AlterTable,
    AddTablePartition,
    DropDatabase,
    DropTable,
    TruncateTable,
    RenameTable,
    DropIndex,
    DropTablePartition,
    TruncateTablePartition,
    AddForeignKey,
    DropForeignKey,
    ValueRangeDecrease,
    PrecisionDecrease,
    ModifyColumn,
    RenameColumn,
    RenameIndex,
    DropColumn,
    DropPrimaryKey,
    DropUniqueKey,
    ModifyDefaultValue,
    ModifyConstraint,
    ModifyColumnsOrder,
    ModifyCharset,
    ModifyCollation,
    RemoveAutoIncrement,
    ModifyStorageEngine,
    ReorganizeTablePartition,
    RebuildTablePartition,
    CoalesceTablePartition,
    SplitTablePartition,
    ExchangeTablePartition,
    ModifySchemaCharsetAndCollate,
    ModifyTableCharsetAndCollate,
    ModifyTableComment,
    RecoverTable,
    AlterTablePartitioning,
    RemoveTablePartitioning,
    AddColumn,
    SetDefaultValue,
    RebaseAutoId,
    AddPrimaryKey,
    AlterIndexVisibility,
    AlterTtlInfo,
    AlterTtlRemove,
    MultiSchemaChange,
}

impl DdlEvent {
    /// Every event, those that keep old readers of a table working first, as DM orders them.
    pub const ALL: &[Self] = &[
        Self::CreateDatabase,
        Self::AlterDatabase,
        Self::CreateTable,
        Self::CreateIndex,
        Self::CreateView,
        Self::DropView,
        Self::AlterTable,
        Self::AddTablePartition,
        Self::DropDatabase,
        Self::DropTable,
        Self::TruncateTable,
        Self::RenameTable,
        Self::DropIndex,
        Self::DropTablePartition,
        Self::TruncateTablePartition,
        Self::AddForeignKey,
        Self::DropForeignKey,
        Self::ValueRangeDecrease,
        Self::PrecisionDecrease,
        Self::ModifyColumn,
        Self::RenameColumn,
        Self::RenameIndex,
        Self::DropColumn,
        Self::DropPrimaryKey,
        Self::DropUniqueKey,
        Self::ModifyDefaultValue,
        Self::ModifyConstraint,
        Self::ModifyColumnsOrder,
        Self::ModifyCharset,
        Self::ModifyCollation,
        Self::RemoveAutoIncrement,
        Self::ModifyStorageEngine,
        Self::ReorganizeTablePartition,
        Self::RebuildTablePartition,
        Self::CoalesceTablePartition,
        Self::SplitTablePartition,
        Self::ExchangeTablePartition,
        Self::ModifySchemaCharsetAndCollate,
        Self::ModifyTableCharsetAndCollate,
        Self::ModifyTableComment,
        Self::RecoverTable,
        Self::AlterTablePartitioning,
        Self::RemoveTablePartitioning,
        Self::AddColumn,
        Self::SetDefaultValue,
        Self::RebaseAutoId,
        Self::AddPrimaryKey,
        Self::AlterIndexVisibility,
        Self::AlterTtlInfo,
        Self::AlterTtlRemove,
        Self::MultiSchemaChange,
    ];

    /// Returns DM's name of the event.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateDatabase => "create database",
            Self::AlterDatabase => "alter database",
            Self::CreateTable => "create table",
            Self::CreateIndex => "create index",
            Self::CreateView => "create view",
            Self::DropView => "drop view",
            Self::AlterTable => "alter table",
            Self::AddTablePartition => "add table partition",
            Self::DropDatabase => "drop database",
            Self::DropTable => "drop table",
            Self::TruncateTable => "truncate table",
            Self::RenameTable => "rename table",
            Self::DropIndex => "drop index",
            Self::DropTablePartition => "drop table partition",
            Self::TruncateTablePartition => "truncate table partition",
            Self::AddForeignKey => "add foreign key",
            Self::DropForeignKey => "drop foreign key",
            Self::ValueRangeDecrease => "value range decrease",
            Self::PrecisionDecrease => "precision decrease",
            Self::ModifyColumn => "modify column",
            Self::RenameColumn => "rename column",
            Self::RenameIndex => "rename index",
            Self::DropColumn => "drop column",
            Self::DropPrimaryKey => "drop primary key",
            Self::DropUniqueKey => "drop unique key",
            Self::ModifyDefaultValue => "modify default value",
            Self::ModifyConstraint => "modify constraint",
            Self::ModifyColumnsOrder => "modify columns order",
            Self::ModifyCharset => "modify charset",
            Self::ModifyCollation => "modify collation",
            Self::RemoveAutoIncrement => "remove auto increment",
            Self::ModifyStorageEngine => "modify storage engine",
            Self::ReorganizeTablePartition => "reorganize table partition",
            Self::RebuildTablePartition => "rebuild table partition",
            Self::CoalesceTablePartition => "coalesce table partition",
            Self::SplitTablePartition => "split table partition",
            Self::ExchangeTablePartition => "exchange table partition",
            Self::ModifySchemaCharsetAndCollate => "modify schema charset and collate",
            Self::ModifyTableCharsetAndCollate => "modify table charset and collate",
            Self::ModifyTableComment => "modify table comment",
            Self::RecoverTable => "recover table",
            Self::AlterTablePartitioning => "alter table partitioning",
            Self::RemoveTablePartitioning => "remove table partitioning",
            Self::AddColumn => "add column",
            Self::SetDefaultValue => "set default value",
            Self::RebaseAutoId => "rebase auto id",
            Self::AddPrimaryKey => "add primary key",
            Self::AlterIndexVisibility => "alter index visibility",
            Self::AlterTtlInfo => "alter ttl info",
            Self::AlterTtlRemove => "alter ttl remove",
            Self::MultiSchemaChange => "multi schema change",
        }
    }

    /// Tells whether DM counts the event among the *incompatible* DDL changes.
    pub fn is_incompatible(self) -> bool {
        !matches!(
            self,
            Self::CreateDatabase
                | Self::AlterDatabase
                | Self::CreateTable
                | Self::CreateIndex
                | Self::CreateView
                | Self::DropView
                | Self::AlterTable
                | Self::AddTablePartition
        )
    }

    /// Tells whether any statement is ever said to be this. DM's vocabulary has more: what other programs of its makers
    /// tell apart, and views, which are not replicated.
    pub fn occurs(self) -> bool {
        !matches!(
            self,
            Self::CreateView
                | Self::DropView
                | Self::AddTablePartition
                | Self::AddForeignKey
                | Self::DropForeignKey
                | Self::SplitTablePartition
                | Self::ModifySchemaCharsetAndCollate
                | Self::ModifyTableCharsetAndCollate
                | Self::ModifyTableComment
                | Self::RecoverTable
                | Self::AlterTablePartitioning
                | Self::RemoveTablePartitioning
                | Self::AddColumn
                | Self::SetDefaultValue
                | Self::RebaseAutoId
                | Self::AddPrimaryKey
                | Self::AlterIndexVisibility
                | Self::AlterTtlInfo
                | Self::AlterTtlRemove
                | Self::MultiSchemaChange
        )
    }

    /// Tells whether the event is about a schema and not about a table.
    pub fn is_schema_level(self) -> bool {
        matches!(
            self,
            Self::CreateDatabase
                | Self::AlterDatabase
                | Self::DropDatabase
                | Self::ModifySchemaCharsetAndCollate
        )
    }
}
