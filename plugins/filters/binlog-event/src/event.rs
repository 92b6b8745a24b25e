//! The event names of rules.

use tidegate_model::{DdlEvent, Operation};

/// What a rule's `events` may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventName {
    All,
    AllDdl,
    AllDml,
    None,
    NoneDdl,
    NoneDml,
    Incompatible,
    Rows(Operation),
    Ddl(DdlEvent),
}

/// What happened, as rules are asked about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occurrence {
    Rows(Operation),
    Ddl(DdlEvent),
    /// A statement of which only the text is known: no event name speaks of it.
    Unknown,
}

impl EventName {
    /// Reads a name, whatever its case; `schema` stands for `database`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lowered = text.to_lowercase();
        Self::all().find(|(name, _)| *name == lowered).map(|(_, event)| event)
    }

    /// Returns every name, aliases included.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, Self)> {
        let groups = [
            ("all", Self::All),
            ("all ddl", Self::AllDdl),
            ("all dml", Self::AllDml),
            ("none", Self::None),
            ("none ddl", Self::NoneDdl),
            ("none dml", Self::NoneDml),
            ("incompatible ddl changes", Self::Incompatible),
            ("create schema", Self::Ddl(DdlEvent::CreateDatabase)),
            ("alter schema", Self::Ddl(DdlEvent::AlterDatabase)),
            ("drop schema", Self::Ddl(DdlEvent::DropDatabase)),
        ];
        let rows = [Operation::Insert, Operation::Update, Operation::Delete];
        let rows = rows.into_iter().map(|operation| (operation.name(), Self::Rows(operation)));
        let ddl = DdlEvent::ALL.iter().map(|event| (event.name(), Self::Ddl(*event)));
        groups.into_iter().chain(rows).chain(ddl)
    }

    /// Returns the name if nothing that happens is ever called so.
    pub(crate) fn never(self) -> Option<&'static str> {
        match self {
            Self::None => Some("none"),
            Self::Ddl(event) if !event.occurs() => Some(event.name()),
            _ => None,
        }
    }

    /// Tells whether the name speaks of the occurrence, and if so, whether it hits: `none …` ends a rule's events
    /// without a hit.
    pub(crate) fn answer(self, occurrence: Occurrence) -> Option<bool> {
        if occurrence == Occurrence::Unknown {
            return None;
        }
        let is_ddl = matches!(occurrence, Occurrence::Ddl(_));
        match self {
            Self::All => Some(true),
            Self::None => Some(false),
            Self::AllDdl => is_ddl.then_some(true),
            Self::NoneDdl => is_ddl.then_some(false),
            Self::AllDml => (!is_ddl).then_some(true),
            Self::NoneDml => (!is_ddl).then_some(false),
            Self::Incompatible => {
                matches!(occurrence, Occurrence::Ddl(event) if event.is_incompatible()).then_some(true)
            }
            Self::Rows(operation) => (occurrence == Occurrence::Rows(operation)).then_some(true),
            Self::Ddl(event) => (occurrence == Occurrence::Ddl(event)).then_some(true),
        }
    }
}
