//! Connections to real servers, in every mode of encryption.

// Marks helpers as tests too, where clippy lets them unwrap.
#![cfg(test)]

use mysql_async::prelude::Queryable;
use std::path::{Path, PathBuf};
use tidegate_mysql_connection::{
    ConnectionConfig, Flavor, Grants, Scope, ServerFacts, Session, TlsConfig, TlsMode, connect,
    default_connect_timeout, wire::Wire,
};
use tidegate_plugin::{ErrorKind, PluginError, settings::Secret};
use tidegate_test_servers::{MariaDb, MySql, Server, TiDb, Tls, server_or_skip};

fn config(server: &Server, mode: TlsMode, ca: Option<PathBuf>) -> ConnectionConfig {
    ConnectionConfig {
        host: server.host().to_owned(),
        port: server.port(),
        user: server.user().to_owned(),
        password: Secret::new(server.password()),
        tls: TlsConfig { mode: Some(mode), ca, ..TlsConfig::default() },
        connect_timeout: default_connect_timeout(),
    }
}

/// Connects in both ways and tells whether the connections are encrypted.
async fn encrypted(config: &ConnectionConfig) -> Result<bool, PluginError> {
    let mut conn = connect(config, &Session::new("test").setup("SET @x = 1")).await?;
    let (_, cipher): (String, String) =
        conn.query_first("SHOW SESSION STATUS LIKE 'Ssl_cipher'").await.unwrap().unwrap();
    let answer: Option<String> = conn.query_first("SELECT REPEAT('x', 3000000)").await.unwrap();
    assert_eq!(answer.unwrap().len(), 3_000_000);
    conn.disconnect().await.unwrap();
    let mut wire = Wire::connect(config, "test").await?;
    wire.execute("SET @x = 1").await?;
    assert_eq!(wire.is_encrypted(), !cipher.is_empty());
    Ok(wire.is_encrypted())
}

async fn each_mode(server: &Server, ca: &Path) {
    use TlsMode::{Disabled, Preferred, Required, VerifyCa, VerifyIdentity};
    assert!(!encrypted(&config(server, Disabled, None)).await.unwrap());
    assert!(encrypted(&config(server, Preferred, None)).await.unwrap());
    assert!(encrypted(&config(server, Required, None)).await.unwrap());
    assert!(encrypted(&config(server, VerifyCa, Some(ca.to_owned()))).await.unwrap());
    // The certificate comes from that authority, but does not name the host.
    let error = encrypted(&config(server, VerifyIdentity, Some(ca.to_owned()))).await.unwrap_err();
    assert!(error.kind == ErrorKind::World && error.hint.is_some(), "{error:?}");
    // Nobody else vouches for it.
    for mode in [VerifyCa, VerifyIdentity] {
        let error = encrypted(&config(server, mode, None)).await.unwrap_err();
        assert!(error.kind == ErrorKind::World && error.hint.is_some(), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_in_every_mode() {
    let server = server_or_skip!(MySql::builder().tls(Tls::On).start());
    each_mode(&server, &server.data_dir().join("ca.pem")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_encryption_is_refused_only_if_it_is_asked_for() {
    let server = server_or_skip!(MySql::builder().start());
    // The password is not in the server's memory yet: it travels encrypted for the server's own key.
    let fresh = config(&server, TlsMode::Preferred, None);
    drop(Wire::connect(&fresh, "test").await.unwrap());
    assert!(!encrypted(&fresh).await.unwrap());
    for mode in [TlsMode::Required, TlsMode::VerifyCa] {
        let error = encrypted(&config(&server, mode, None)).await.unwrap_err();
        assert!(
            error.message.contains("offers no encryption") && error.kind == ErrorKind::World,
            "{error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_of_itself() {
    let server = server_or_skip!(MariaDb::builder().start());
    let mut conn = connect(&config(&server, TlsMode::Preferred, None), &Session::new("test")).await.unwrap();
    let facts = ServerFacts::read(&mut conn).await.unwrap();
    assert!(
        facts.version.at_least(Flavor::MariaDb, (10, 11, 0))
            && facts.has_gtids()
            && facts.server_uuid.is_none()
    );
    let grants = Grants::read(&mut conn, facts.lower_case_table_names()).await.unwrap();
    assert!(grants.has("SELECT", Scope::Server));
    let server = server_or_skip!(TiDb::builder().start());
    let mut conn = connect(&config(&server, TlsMode::Preferred, None), &Session::new("test").found_rows())
        .await
        .unwrap();
    let facts = ServerFacts::read(&mut conn).await.unwrap();
    assert_eq!(facts.flavor(), Flavor::TiDb);
    assert!(Grants::read(&mut conn, 2).await.unwrap().has("INSERT", Scope::Server));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_tells_what_to_do_and_no_secret() {
    let server = server_or_skip!(MySql::builder().start());
    let mut wrong = config(&server, TlsMode::Preferred, None);
    wrong.password = Secret::new("hush-hush");
    for error in
        [connect(&wrong, &Session::new("test")).await.err(), Wire::connect(&wrong, "test").await.err()]
    {
        let error = error.unwrap();
        assert!(error.kind == ErrorKind::World && error.hint.is_some(), "{error:?}");
        assert!(!format!("{error:?}").contains("hush"));
    }
    wrong.port = 1;
    assert_eq!(connect(&wrong, &Session::new("test")).await.unwrap_err().kind, ErrorKind::Transient);
    // A name server may be away for a while, and says the same then.
    wrong.host = "no.such.host.invalid".to_owned();
    let error = connect(&wrong, &Session::new("test")).await.unwrap_err();
    assert_eq!((error.kind, error.hint.as_deref()), (ErrorKind::Transient, Some("check `host`")));
}
