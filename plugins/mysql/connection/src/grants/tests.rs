use super::*;

fn table(schema: &str, table: &str) -> TableName {
    TableName::new(schema, table)
}

#[test]
fn privileges_on_the_server_hold_everywhere() {
    let grants = Grants::parse(
        [
            "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `repl`@`%`",
            "GRANT `r`@`%` TO `repl`@`%`",
        ],
        false,
    );
    assert!(grants.has("REPLICATION SLAVE", Scope::Server));
    assert!(grants.has("SELECT", Scope::Table(&table("shop", "orders"))));
    assert!(!grants.has("INSERT", Scope::Schema("shop")));
}

#[test]
fn what_aurora_adds_does_not_get_in_the_way() {
    let grants = Grants::parse(
        [
            "GRANT SELECT, RELOAD, LOAD FROM S3, SELECT INTO S3, INVOKE LAMBDA, INVOKE SAGEMAKER ON *.* TO 'a'@'%' WITH GRANT OPTION",
            "GRANT APPLICATION_PASSWORD_ADMIN,ROLE_ADMIN ON *.* TO `a`@`%` WITH GRANT OPTION",
            "GRANT PROXY ON ``@`` TO 'a'@'%'",
            "GRANT EXECUTE ON PROCEDURE `mysql`.`rds_x` TO `a`@`%`",
        ],
        false,
    );
    assert!(grants.has("SELECT", Scope::Server));
    assert!(grants.has("INVOKE LAMBDA", Scope::Server));
    assert!(grants.has("ROLE_ADMIN", Scope::Server));
    assert!(!grants.has("EXECUTE", Scope::Server));
}

#[test]
fn schema_names_are_patterns() {
    let grants = Grants::parse(
        [r"GRANT SELECT ON `shop\_%`.* TO `u`@`%`", "GRANT INSERT ON `a_c`.* TO `u`@`%`"],
        false,
    );
    assert!(grants.has("SELECT", Scope::Schema("shop_1")));
    assert!(!grants.has("SELECT", Scope::Schema("shopx1")));
    assert!(grants.has("INSERT", Scope::Table(&table("abc", "t"))));
    assert!(!grants.has("INSERT", Scope::Schema("ABC")));
    assert!(Grants::parse(["GRANT INSERT ON `a_c`.* TO `u`@`%`"], true).has("INSERT", Scope::Schema("ABC")));
}

#[test]
fn all_privileges_leave_out_the_grant_option() {
    let grants = Grants::parse(["GRANT ALL PRIVILEGES ON `odd``name`.* TO `u`@`%`"], false);
    assert!(grants.has("DROP", Scope::Schema("odd`name")));
    assert!(!grants.has("GRANT OPTION", Scope::Schema("odd`name")));
    assert!(!grants.has("DROP", Scope::Server));
}

#[test]
fn a_privilege_on_columns_is_none_on_the_table() {
    let grants = Grants::parse(["GRANT SELECT (`a`, `b`), INSERT ON `s`.`t` TO `u`@`%`"], false);
    assert!(!grants.has("SELECT", Scope::Table(&table("s", "t"))));
    assert!(grants.has("INSERT", Scope::Table(&table("s", "t"))));
    assert!(!grants.has("INSERT", Scope::Table(&table("s", "u"))));
}

#[test]
fn a_partial_revoke_takes_a_schema_away() {
    let grants =
        Grants::parse(["GRANT SELECT ON *.* TO `u`@`%`", "REVOKE SELECT ON `mysql`.* FROM `u`@`%`"], false);
    assert!(grants.has("SELECT", Scope::Schema("shop")));
    assert!(!grants.has("SELECT", Scope::Schema("mysql")));
}

#[test]
fn mariadb_names_its_own_privileges() {
    let line =
        "GRANT SELECT, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*AB'";
    let grants = Grants::parse([line], false);
    assert!(grants.has_any(&["REPLICATION CLIENT", "BINLOG MONITOR", "SUPER"], Scope::Server));
}
