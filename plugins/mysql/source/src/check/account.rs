//! What the account may do.

use crate::server::Server;
use tidegate_mysql_connection::{Flavor, Grants, Scope};
use tidegate_plugin::{Finding, Result};

/// The names of a privilege at different servers, the one to grant first.
const FOLLOW: &[&str] = &["REPLICATION SLAVE", "REPLICATION REPLICA"];
const SEE_LOG: &[&str] = &["REPLICATION CLIENT", "BINLOG MONITOR", "SUPER"];

pub(super) async fn findings(server: &mut Server) -> Result<Vec<Finding>> {
    let grants = Grants::read(&mut server.conn, server.facts.lower_case_table_names()).await?;
    Ok(judge(&grants, server.facts.flavor()))
}

fn judge(grants: &Grants, flavor: Flavor) -> Vec<Finding> {
    let mut missing = Vec::new();
    if !grants.has_any(FOLLOW, Scope::Server) {
        missing.push("REPLICATION SLAVE");
    }
    if !grants.has_any(SEE_LOG, Scope::Server) {
        missing.push(if flavor == Flavor::MariaDb { "BINLOG MONITOR" } else { "REPLICATION CLIENT" });
    }
    let mut findings = vec![match missing.as_slice() {
        [] => Finding::ok("grants", "the account may follow the log"),
        missing => {
            let list = missing.join(", ");
            Finding::error("grants", format!("the account lacks {list} on *.*"))
                .remedy(format!("GRANT {list} ON *.* TO <the account>"))
        }
    }];
    if !grants.has("SELECT", Scope::Server) {
        let message = "the account has no SELECT on all tables: what it may not see is not checked, and its current \
                       schema cannot be learnt";
        findings.push(
            Finding::warning("grants", message)
                .remedy("GRANT SELECT ON <each replicated schema>.* TO <the account>"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::Level;

    #[test]
    fn what_is_missing_is_told_as_a_statement() {
        let grants =
            Grants::parse(["GRANT SELECT, REPLICATION SLAVE, INVOKE LAMBDA ON *.* TO `u`@`%`"], false);
        let findings = judge(&grants, Flavor::MySql);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].level, Level::Error);
        assert_eq!(findings[0].remedy.as_deref(), Some("GRANT REPLICATION CLIENT ON *.* TO <the account>"));
    }

    #[test]
    fn mariadb_has_names_of_its_own() {
        let line = "GRANT REPLICATION SLAVE, BINLOG MONITOR, SELECT ON *.* TO `u`@`%`";
        let grants = Grants::parse([line], false);
        assert!(judge(&grants, Flavor::MariaDb).iter().all(|finding| finding.level == Level::Ok));
    }
}
