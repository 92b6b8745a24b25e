//! `check`: looks at everything that a run depends on, changes nothing.

use crate::{
    admission::{follows, objections},
    settings::{Consistency, SinkSettings},
    sink::{max_packet, target},
    target::{Catalog, TargetTable, narrower},
};
use mysql_async::{Conn, prelude::Queryable};
use tidegate_mysql_connection::{Flavor, Grants, Scope, ServerFacts};
use tidegate_plugin::{Finding, Result, RoutedTable, settings::ByteSize};

/// What a filter costs that is granted a clock or randomness.
pub(crate) const ONE_LANE: &str = "rows are applied by one lane: a filter is granted a clock or randomness, and what it says cannot be asked for again";

/// Connects and looks.
///
/// # Errors
/// If the connection fails.
pub(crate) async fn check(
    settings: &SinkSettings,
    pipeline: &str,
    tables: &[RoutedTable],
) -> Result<Vec<Finding>> {
    let (mut conn, facts) = target(settings).await?;
    let mut findings = vec![Finding::ok("target-version", format!("the target is {}", facts.version))];
    if !settings.tls.mode().verifies() {
        findings.push(
            Finding::warning("target-tls", "the target's certificate is not verified")
                .remedy("name the authority in `tls: { ca: … }`"),
        );
    }
    if settings.impure {
        findings.push(
            Finding::warning("lanes", ONE_LANE)
                .remedy("take the filter's `grants` away, if it can do without"),
        );
    }
    if pipeline.len() > 255 {
        findings.push(Finding::error("pipeline-name", "the pipeline's name has more than 255 bytes"));
    }
    findings.extend(durability(&mut conn, &facts).await);
    findings.extend(limits(&mut conn, &facts, settings).await);
    findings.extend(rights(&mut conn, &facts, tables).await?);
    let mut catalog = Catalog::new(facts.flavor());
    for routed in tables {
        for name in &routed.targets {
            if let Err(error) = catalog.load(&mut conn, name).await {
                let finding = Finding::warning("target-table", error.message.clone());
                findings
                    .push(finding.remedy("create it before its first row arrives, or replicate its CREATE"));
                continue;
            }
            findings.extend(table_findings(catalog.tables().get(name)?, routed, settings, facts.flavor()));
        }
    }
    let _ = conn.disconnect().await;
    Ok(findings)
}

/// That the target commits durably is assumed.
async fn durability(conn: &mut Conn, facts: &ServerFacts) -> Vec<Finding> {
    if facts.flavor() == Flavor::TiDb {
        return Vec::new();
    }
    let query = "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit";
    match conn.query_first::<u64, _>(query).await {
        Ok(Some(1)) => vec![Finding::ok("target-durability", "the target commits durably")],
        Ok(Some(value)) => vec![
            Finding::warning(
                "target-durability",
                format!(
                    "innodb_flush_log_at_trx_commit is {value}: a crash of the target may lose the last commits; the \
                     pipeline then goes back to what is left"
                ),
            )
            .remedy("SET GLOBAL innodb_flush_log_at_trx_commit = 1"),
        ],
        _ => Vec::new(),
    }
}

/// How much the target takes at once: what is larger stops the pipeline.
async fn limits(conn: &mut Conn, facts: &ServerFacts, settings: &SinkSettings) -> Vec<Finding> {
    let size = |bytes: usize| ByteSize(bytes as u64);
    let packet = max_packet(facts);
    let mut findings = vec![Finding::ok(
        "target-packet",
        format!(
            "the target takes statements of up to {} (max_allowed_packet), and so rows with about {} of binary strings",
            size(packet),
            size(packet / 2)
        ),
    )];
    if facts.flavor() != Flavor::TiDb {
        return findings;
    }
    let limit =
        |name| format!("SELECT JSON_EXTRACT(@@tidb_config, '$.performance.\"txn-{name}-size-limit\"')");
    // A server that hides its configuration refuses.
    let row: Option<u64> = conn.query_first(limit("entry")).await.unwrap_or_default();
    let total: Option<u64> = conn.query_first(limit("total")).await.unwrap_or_default();
    let (Some(row), Some(total)) = (row, total) else {
        return findings;
    };
    let message = format!(
        "the target takes rows of up to {} (txn-entry-size-limit) and transactions of up to {} (txn-total-size-limit)",
        ByteSize(row),
        ByteSize(total)
    );
    findings.push(if settings.window_bytes().0 > total / 2 {
        let remedy =
            "lower `window-bytes` to less than half of that, or raise txn-total-size-limit at the target";
        Finding::warning("target-transaction", message).remedy(remedy)
    } else {
        Finding::ok("target-transaction", message)
    });
    findings
}

async fn rights(conn: &mut Conn, facts: &ServerFacts, tables: &[RoutedTable]) -> Result<Vec<Finding>> {
    let grants = Grants::read(conn, facts.lower_case_table_names()).await?;
    let mut findings = Vec::new();
    let mut need = |privilege: &str, scope: Scope<'_>, name: &str| {
        if !grants.has(privilege, scope) {
            findings.push(
                Finding::error("target-rights", format!("the account may not {privilege} on {name}"))
                    .remedy(format!("GRANT {privilege} ON {name} TO the account of the sink")),
            );
        }
    };
    for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP"] {
        need(privilege, Scope::Schema("tidegate"), "`tidegate`.*");
    }
    for name in tables.iter().flat_map(|routed| &routed.targets) {
        for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
            need(privilege, Scope::Table(name), &name.quoted());
        }
    }
    if facts.flavor() == Flavor::MySql && !grants.has("PROCESS", Scope::Server) {
        findings.push(
            Finding::warning(
                "target-process",
                "without the PROCESS privilege an interrupted EXCHANGE PARTITION cannot be decided, and other \
                 connections of the pipeline not be ended",
            )
            .remedy("GRANT PROCESS ON *.* TO the account of the sink"),
        );
    }
    if findings.is_empty() {
        findings.push(Finding::ok("target-rights", "the account has the privileges that it needs"));
    }
    Ok(findings)
}

fn table_findings(
    table: &TargetTable,
    routed: &RoutedTable,
    settings: &SinkSettings,
    flavor: Flavor,
) -> Vec<Finding> {
    let name = &table.name;
    let mut findings: Vec<Finding> = objections(table, settings)
        .into_iter()
        .map(|objection| Finding::error(objection.item, objection.message).remedy(objection.remedy))
        .collect();
    if table.hides_triggers && !settings.allow_triggers.contains(&name.to_string()) {
        let message = format!(
            "the account may not see whether {name} has triggers, which would fire for replicated rows"
        );
        findings.push(Finding::error("target-rights", message).remedy(format!(
            "GRANT TRIGGER ON {} TO the account of the sink, or name the table in `allow-triggers: [{name}]`",
            name.quoted()
        )));
    }
    if routed.unlogged_cascades
        && let Err(error) = follows(table, &routed.table)
    {
        let finding = Finding::error("target-foreign-keys", error.message);
        findings.push(finding.remedy(error.hint.unwrap_or_default()));
    }
    for column in &routed.columns {
        let index = table.column(&column.name);
        let Some((index, target)) = index.and_then(|index| Some((index, table.columns.get(index)?))) else {
            if column.generated.is_none() {
                let message = format!("the target table {name} has no column `{}`", column.name);
                findings.push(
                    Finding::error("target-column", message).remedy("add it, or leave it out with a filter"),
                );
            }
            continue;
        };
        if let (None, Some(why)) = (target.generated, narrower(&column.kind, &target.kind, flavor)) {
            let message = format!(
                "the column `{}` of {name} cannot hold every value of the source's: {why}",
                column.name
            );
            findings.push(Finding::error("target-type", message).remedy("give it the source's type"));
        }
        if target.generated.is_none() && table.digits.contains_key(&index) {
            let message = format!(
                "the column `{}` of {name} rounds numbers: one that has more digits stops the pipeline, unless the source's \
                 column rounds it likewise",
                column.name
            );
            findings.push(Finding::warning("target-type", message).remedy("give it the source's type"));
        }
    }
    let lacks = table.finding_key().is_some_and(|key| {
        let mut columns = table.keys[key].columns().filter_map(|column| table.columns.get(column));
        columns.any(|column| {
            !routed.columns.iter().any(|own| own.name.to_lowercase() == column.name.to_lowercase())
        })
    });
    if lacks {
        let message =
            format!("rows of {} lack a column of the key by which {name} finds a row", routed.table.name);
        findings.push(Finding::error("target-key", message).remedy("give both tables the same primary key"));
    }
    if table.finding_key().is_none() {
        let message = format!(
            "{name} has no key: it goes through one lane, and each change looks through the whole table"
        );
        findings.push(Finding::warning("target-key", message).remedy("give it a primary key"));
    }
    if let (Some(family), Consistency::Row) = (&table.family, settings.consistency) {
        let message = format!(
            "cascading foreign keys link {name} with {family}: where the source's log does not tell what these change (before \
             MySQL 9.6, or with innodb_native_foreign_keys = ON), the tables go through one lane, in the order of the source"
        );
        findings.push(Finding::warning("target-foreign-keys", message));
    }
    if findings.is_empty() {
        findings.push(Finding::ok("target-table", format!("{name} is ready")));
    }
    findings
}
