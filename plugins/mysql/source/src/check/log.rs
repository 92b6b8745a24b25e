//! How the server writes its log, and how long it keeps it.

use crate::server::Server;
use mysql_async::prelude::Queryable;
use tidegate_mysql_connection::{Flavor, ServerFacts};
use tidegate_plugin::{Finding, Result};

const DAY: u64 = 86_400;

pub(super) async fn findings(server: &mut Server) -> Result<Vec<Finding>> {
    let facts = &server.facts;
    if !facts.has_log() {
        return Ok(vec![
            Finding::error("log-bin", "the server writes no binary log")
                .remedy("set log_bin in the server's configuration (Aurora: binlog_format in the cluster's parameter group) and restart it"),
        ]);
    }
    let mut findings = vec![
        Finding::ok("log-bin", "the server writes a binary log"),
        format(facts),
        image(facts),
        metadata(facts),
        gtids(facts),
    ];
    if facts.server_id == 0 {
        findings.push(
            Finding::error("source-server-id", "the source has server id 0 and refuses to send its log")
                .remedy("set server_id in the server's configuration"),
        );
    }
    findings.push(retention(server).await);
    Ok(findings)
}

/// Returns the statement that sets a global variable for good, as far as the server can.
fn set(facts: &ServerFacts, variable: &str, value: &str) -> String {
    if facts.aurora_version().is_some() {
        return format!("set {variable} = {value} in the cluster's parameter group");
    }
    let word = if facts.version.at_least(Flavor::MySql, (8, 0, 0)) { "PERSIST" } else { "GLOBAL" };
    let note = if word == "GLOBAL" { ", and the same in the server's configuration" } else { "" };
    format!("SET {word} {variable} = '{value}'{note}")
}

fn format(facts: &ServerFacts) -> Finding {
    match facts.binlog_format() {
        "ROW" => Finding::ok("binlog-format", "changes are logged row by row"),
        other => Finding::error(
            "binlog-format",
            format!(
                "binlog_format is {other}: the first change that is logged as a statement stops the pipeline"
            ),
        )
        .remedy(format!("{}, then reconnect the sessions that write", set(facts, "binlog_format", "ROW"))),
    }
}

fn image(facts: &ServerFacts) -> Finding {
    match facts.binlog_row_image() {
        "FULL" => Finding::ok("binlog-row-image", "row images are complete"),
        other => Finding::warning(
            "binlog-row-image",
            format!("binlog_row_image is {other}: filters that need absent columns fail, and more rows go one by one"),
        )
        .remedy(set(facts, "binlog_row_image", "FULL")),
    }
}

fn metadata(facts: &ServerFacts) -> Finding {
    let item = "binlog-row-metadata";
    if facts.binlog_row_metadata() == "FULL" {
        return Finding::ok(item, "the log says what its tables look like");
    }
    let finding = Finding::warning(
        item,
        "the log does not say what its tables look like: schemas come from CREATE statements in it, from the checkpoint, \
         from `schema-file`, or from the server after looking through the log for DDL",
    );
    match facts.variable("binlog_row_metadata") {
        Some(_) => finding.remedy(set(facts, "binlog_row_metadata", "FULL")),
        None => finding,
    }
}

fn gtids(facts: &ServerFacts) -> Finding {
    if facts.has_gtids() {
        return Finding::ok("gtid-mode", "the log has GTIDs, so reading can go on at another server");
    }
    let mode = facts.gtid_mode().unwrap_or("OFF");
    Finding::warning("gtid-mode", format!("gtid_mode is {mode}: after a fail-over reading cannot go on")).remedy(
        "step gtid_mode from OFF to OFF_PERMISSIVE, ON_PERMISSIVE and ON, with enforce_gtid_consistency = ON",
    )
}

async fn retention(server: &mut Server) -> Finding {
    let item = "log-retention";
    // RDS and Aurora keep logs by a setting of their own. Elsewhere the table is missing.
    let query = "SELECT value FROM mysql.rds_configuration WHERE name = 'binlog retention hours'";
    if let Ok(rows) = server.conn.query::<Option<String>, _>(query).await {
        let hours = rows.into_iter().next().flatten().and_then(|text| text.parse::<u64>().ok());
        let remedy = "CALL mysql.rds_set_configuration('binlog retention hours', 72)";
        return match hours {
            Some(hours) if hours >= 24 => Finding::ok(item, format!("log files are kept for {hours} hours")),
            Some(hours) => {
                Finding::warning(item, format!("log files are kept for {hours} hours only")).remedy(remedy)
            }
            None => {
                Finding::warning(item, "log files are dropped as soon as the service likes").remedy(remedy)
            }
        };
    }
    judge_retention(&server.facts)
}

fn judge_retention(facts: &ServerFacts) -> Finding {
    let item = "log-retention";
    match facts.log_retention() {
        Some(0) => Finding::ok(item, "log files are kept until somebody purges them"),
        Some(seconds) if seconds >= DAY => {
            Finding::ok(item, format!("log files are kept for {} days", seconds / DAY))
        }
        Some(seconds) => {
            let message =
                format!("log files are kept for {seconds} seconds only: a longer stop loses the position");
            Finding::warning(item, message).remedy(set(facts, "binlog_expire_logs_seconds", "259200"))
        }
        None => Finding::warning(item, "the server does not say how long it keeps log files"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::Level;

    fn facts(rows: &[(&str, &str)]) -> ServerFacts {
        ServerFacts::from_variables(
            rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn the_statement_that_enables_metadata_fits_the_server() {
        for (version, remedy) in [
            ("8.0.36", Some("SET PERSIST binlog_row_metadata = 'FULL'")),
            (
                "10.11.6-MariaDB",
                Some("SET GLOBAL binlog_row_metadata = 'FULL', and the same in the server's configuration"),
            ),
        ] {
            let finding = metadata(&facts(&[("version", version), ("binlog_row_metadata", "MINIMAL")]));
            assert_eq!(finding.remedy.as_deref(), remedy, "{version}");
        }
        assert_eq!(metadata(&facts(&[("version", "5.7.44")])).remedy, None);
    }

    #[test]
    fn a_day_is_enough() {
        let kept = |seconds| {
            judge_retention(&facts(&[("version", "8.0.36"), ("binlog_expire_logs_seconds", seconds)])).level
        };
        assert_eq!([kept("0"), kept("86400"), kept("3600")], [Level::Ok, Level::Ok, Level::Warning]);
    }

    #[test]
    fn statement_format_is_an_error() {
        assert_eq!(format(&facts(&[("version", "8.0.36"), ("binlog_format", "MIXED")])).level, Level::Error);
    }
}
