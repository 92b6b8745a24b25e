//! Statements about other objects than tables and schemas, and changes of rows.
//!
//! Source: MySQL manual, "SQL Statements"; MariaDB manual, "SQL Statements".

use super::parser::Parser;
use crate::{Dml, OtherObject, Parsed};

impl Parser<'_> {
    /// Tells what CREATE, ALTER, DROP or RENAME is about, if not tables, indexes or schemas.
    pub(super) fn other_object(mut self) -> Parsed {
        self.view_and_routine_head();
        let Some(word) = self.keyword_text() else {
            return Parsed::Unknown;
        };
        Parsed::Ignored(match word.as_str() {
            "VIEW" => OtherObject::View,
            "JSON" | "MATERIALIZED" if self.is_view_of_another_sort() => OtherObject::View,
            "TRIGGER" => OtherObject::Trigger,
            "EVENT" => OtherObject::Event,
            "PROCEDURE" => OtherObject::Routine,
            "FUNCTION" if self.is_loadable() => OtherObject::LoadableFunction,
            "FUNCTION" => OtherObject::Routine,
            "AGGREGATE" if self.is_loadable() => OtherObject::LoadableFunction,
            "AGGREGATE" => OtherObject::Routine,
            "PACKAGE" => OtherObject::Package,
            "LIBRARY" => OtherObject::Library,
            "SEQUENCE" => OtherObject::Sequence,
            "USER" => OtherObject::User,
            "ROLE" => OtherObject::Role,
            "TABLESPACE" => OtherObject::Tablespace,
            "UNDO" if self.is(1, "TABLESPACE") => OtherObject::Tablespace,
            "LOGFILE" if self.is(1, "GROUP") => OtherObject::LogfileGroup,
            "SERVER" => OtherObject::Server,
            "RESOURCE" if self.is(1, "GROUP") => OtherObject::ResourceGroup,
            "SPATIAL" if self.is(1, "REFERENCE") => OtherObject::SpatialReferenceSystem,
            "INSTANCE" => OtherObject::Instance,
            _ => return Parsed::Unknown,
        })
    }

    /// Passes ALGORITHM = …, DEFINER = …, SQL SECURITY …, which come before VIEW, TRIGGER and the like.
    fn view_and_routine_head(&mut self) {
        self.accept("MATERIALIZED");
        loop {
            if self.accept("ALGORITHM") {
                self.accept_symbol('=');
                self.advance();
            } else if self.accept_words(&["SQL", "SECURITY"]) {
                self.advance();
            } else if self.accept("DEFINER") {
                self.accept_symbol('=');
                while !self.at_end() && !self.is_any(0, AFTER_DEFINER) {
                    self.advance();
                }
            } else {
                return;
            }
        }
    }

    fn is_view_of_another_sort(&self) -> bool {
        (1..4).any(|ahead| self.is(ahead, "VIEW"))
    }

    /// Tells whether SONAME follows.
    fn is_loadable(&self) -> bool {
        (1..10).any(|ahead| self.is(ahead, "SONAME"))
    }

    /// Tells what a statement is that begins with none of CREATE, ALTER, DROP, RENAME and TRUNCATE.
    pub(super) fn other(&self, word: &str) -> Parsed {
        let dml = match word {
            "INSERT" => Dml::Insert,
            "UPDATE" => Dml::Update,
            "DELETE" => Dml::Delete,
            "REPLACE" => Dml::Replace,
            "LOAD" if self.is(1, "INDEX") => return Parsed::Ignored(OtherObject::KeyCache),
            "LOAD" => Dml::Load,
            "CALL" => Dml::Call,
            "DO" => Dml::Do,
            "SELECT" | "WITH" | "VALUES" | "TABLE" | "HANDLER" => Dml::Query,
            "EXECUTE" => Dml::Execute,
            _ => return self.administration(word),
        };
        Parsed::Dml(dml)
    }

    fn administration(&self, word: &str) -> Parsed {
        let set_of = |object: &[&str]| self.is_any(1, object);
        Parsed::Ignored(match word {
            "FLUSH" => OtherObject::Flush,
            "GRANT" | "REVOKE" => OtherObject::Grant,
            "ANALYZE" | "OPTIMIZE" | "REPAIR" | "CHECK" | "CHECKSUM" => OtherObject::TableMaintenance,
            "CACHE" => OtherObject::KeyCache,
            "SET" if set_of(&["PASSWORD"]) => OtherObject::Password,
            "SET" if set_of(&["DEFAULT", "ROLE"]) => OtherObject::Role,
            "SET" if set_of(&["RESOURCE"]) => OtherObject::ResourceGroup,
            "INSTALL" | "UNINSTALL" if set_of(&["COMPONENT"]) => OtherObject::Component,
            "INSTALL" | "UNINSTALL" => OtherObject::Plugin,
            _ => return Parsed::Unknown,
        })
    }
}

const AFTER_DEFINER: &[&str] =
    &["SQL", "VIEW", "TRIGGER", "EVENT", "PROCEDURE", "FUNCTION", "AGGREGATE", "PACKAGE"];
