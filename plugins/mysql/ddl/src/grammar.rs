//! Statements that are put in the place of a source's own.

use crate::{
    Flavor, OtherObject, Parsed, StatementKind,
    lex::{TokenKind, lex},
    parse,
};
use tidegate_model::{Grammar, Session, Statement};

impl Grammar for Flavor {
    fn read(&self, sql: &str, session: &Session) -> Result<Statement, String> {
        let is_end = |kind: &TokenKind| *kind == TokenKind::Symbol(';');
        let kinds: Vec<TokenKind> = lex(sql, session, *self).tokens.iter().map(|token| token.kind).collect();
        if kinds.iter().skip_while(|kind| !is_end(kind)).any(|kind| !is_end(kind)) {
            return Err("it is more than one statement".to_owned());
        }
        let definition = match parse(sql, session, *self).map_err(|error| error.to_string())? {
            Parsed::Ddl(definition) => definition,
            Parsed::Ignored(OtherObject::Nothing) => return Err("it is empty".to_owned()),
            Parsed::Ignored(object) => return Err(format!("it is about {object}, which are not replicated")),
            Parsed::Transaction(_) => return Err("it bounds a transaction".to_owned()),
            Parsed::Dml(dml) => return Err(format!("it is no schema change but {}", dml.name())),
            Parsed::Unknown => return Err("it begins like no statement that is known".to_owned()),
        };
        match &definition.kind {
            StatementKind::CreateTable(create) if create.as_select => {
                Err("it fills a table by a query, and the rows of a table come from the log".to_owned())
            }
            _ => Ok(definition.statement),
        }
    }
}
