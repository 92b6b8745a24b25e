//! The connection phase: greeting, encryption, authentication.

use super::{Wire, tls};
use crate::ConnectionConfig;
use mysql_async::{DriverError, Error};
use mysql_common::{
    constants::CapabilityFlags,
    crypto,
    io::ParseBuf,
    packets::{
        AuthPlugin, AuthPluginData, AuthSwitchRequest, HandshakePacket, HandshakeResponse, SslRequest,
    },
    proto::MySerialize,
};
use std::{collections::HashMap, mem};

/// How long an event's packets may become: as long as the protocol allows.
const PACKET_MAX: u32 = 1 << 30;
/// utf8mb4_general_ci, which every server knows.
const COLLATION: u8 = 45;

impl Wire {
    pub(super) async fn shake_hands(
        &mut self,
        config: &ConnectionConfig,
        role: &str,
        encrypted: bool,
    ) -> Result<(), Error> {
        let packet = self.read_packet().await?;
        let greeting: HandshakePacket<'_> = ParseBuf(&packet).parse(())?;
        let mut capabilities = CapabilityFlags::CLIENT_PROTOCOL_41
            | CapabilityFlags::CLIENT_SECURE_CONNECTION
            | CapabilityFlags::CLIENT_PLUGIN_AUTH
            | CapabilityFlags::CLIENT_CONNECT_ATTRS
            | CapabilityFlags::CLIENT_LONG_PASSWORD
            | CapabilityFlags::CLIENT_TRANSACTIONS;
        capabilities &= greeting.capabilities();
        if encrypted {
            if !greeting.capabilities().contains(CapabilityFlags::CLIENT_SSL) {
                return Err(DriverError::NoClientSslFlagFromServer.into());
            }
            capabilities |= CapabilityFlags::CLIENT_SSL;
            self.encrypt(config, capabilities).await?;
        }
        let nonce = greeting.nonce();
        let plugin = match greeting.auth_plugin() {
            Some(plugin @ (AuthPlugin::CachingSha2Password | AuthPlugin::MysqlNativePassword)) => plugin,
            // The server answers with a request for the plugin of the account.
            _ => AuthPlugin::MysqlNativePassword,
        };
        let password = config.password.expose();
        let data = plugin.gen_data(Some(password), &nonce).map(|data| bytes(&data));
        let program = format!("tidegate {role}");
        let attributes = greeting.capabilities().contains(CapabilityFlags::CLIENT_CONNECT_ATTRS);
        let response = HandshakeResponse::new(
            data,
            greeting.server_version_parsed().unwrap_or((5, 7, 0)),
            Some(config.user.as_bytes()),
            None::<&[u8]>,
            Some(plugin.clone()),
            capabilities,
            attributes.then(|| HashMap::from([("program_name".to_owned(), program)])),
            PACKET_MAX,
        );
        self.write_struct(&response).await?;
        self.authenticate(plugin.into_owned(), nonce, password).await
    }

    async fn encrypt(
        &mut self,
        config: &ConnectionConfig,
        capabilities: CapabilityFlags,
    ) -> Result<(), Error> {
        self.write_struct(&SslRequest::new(capabilities, PACKET_MAX, COLLATION)).await?;
        let plain = mem::replace(&mut self.stream, Box::new(tokio::io::empty()));
        self.stream = tls::encrypt(plain, config).await?;
        self.encrypted = true;
        Ok(())
    }

    async fn authenticate(
        &mut self,
        mut plugin: AuthPlugin<'static>,
        mut nonce: Vec<u8>,
        password: &str,
    ) -> Result<(), Error> {
        let mut switched = false;
        loop {
            let packet = self.read_packet().await?;
            match (packet.first(), packet.get(1)) {
                (Some(0), _) => return Ok(()),
                (Some(0xfe), Some(_)) if !switched => {
                    switched = true;
                    let request: AuthSwitchRequest<'_> = ParseBuf(&packet).parse(())?;
                    plugin = supported(&request.auth_plugin())?;
                    nonce = request.plugin_data().to_vec();
                    let data = plugin.gen_data(Some(password), &nonce).map(|data| bytes(&data));
                    self.write_packet(&data.unwrap_or_default()).await?;
                }
                // caching_sha2_password: the server remembers the password …
                (Some(1), Some(3)) => {}
                // … or does not, and wants it whole.
                (Some(1), Some(4)) if plugin == AuthPlugin::CachingSha2Password => {
                    self.send_password(password, &nonce).await?;
                }
                _ => return Err(DriverError::UnexpectedPacket { payload: Vec::new() }.into()),
            }
        }
    }

    /// Sends the password through the encrypted connection, or encrypted for the server's public key.
    async fn send_password(&mut self, password: &str, nonce: &[u8]) -> Result<(), Error> {
        let mut password = password.as_bytes().to_vec();
        password.push(0);
        if self.encrypted {
            return self.write_packet(&password).await;
        }
        self.write_packet(&[2]).await?;
        let key = self.read_packet().await?;
        let Some((1, key)) = key.split_first().map(|(first, key)| (*first, key)) else {
            return Err(DriverError::UnexpectedPacket { payload: Vec::new() }.into());
        };
        for (byte, mask) in password.iter_mut().zip(nonce.iter().cycle()) {
            *byte ^= mask;
        }
        self.write_packet(&crypto::encrypt(&password, key)).await
    }

    async fn write_struct(&mut self, packet: &(impl MySerialize + Sync)) -> Result<(), Error> {
        let mut bytes = Vec::new();
        packet.serialize(&mut bytes);
        self.write_packet(&bytes).await
    }
}

fn bytes(data: &AuthPluginData<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    data.serialize(&mut bytes);
    bytes
}

fn supported(plugin: &AuthPlugin<'_>) -> Result<AuthPlugin<'static>, Error> {
    match plugin {
        AuthPlugin::CachingSha2Password => Ok(AuthPlugin::CachingSha2Password),
        AuthPlugin::MysqlNativePassword => Ok(AuthPlugin::MysqlNativePassword),
        other => {
            let name = String::from_utf8_lossy(other.as_bytes()).into_owned();
            Err(DriverError::UnknownAuthPlugin { name }.into())
        }
    }
}
