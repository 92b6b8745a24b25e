//! Encryption, with as much checking of the server's certificate as the mode asks for.

use super::Stream;
use crate::{ConnectionConfig, TlsConfig, TlsMode};
use mysql_async::Error;
use std::{io, path::Path, sync::Arc};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
        SignatureScheme,
        client::{
            WebPkiServerVerifier,
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        },
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    },
};

/// Encrypts a stream.
pub(crate) async fn encrypt(
    stream: Box<dyn Stream>,
    config: &ConnectionConfig,
) -> Result<Box<dyn Stream>, Error> {
    let client = client(&config.tls).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let name = ServerName::try_from(config.host.clone()).map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidInput, "the host's name cannot be that of a certificate")
    })?;
    let connected = TlsConnector::from(Arc::new(client)).connect(name, stream).await?;
    Ok(Box::new(connected))
}

fn client(config: &TlsConfig) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let verifier = Verifier::new(config, provider)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let (Some(certificate), Some(key)) = (&config.cert, &config.key) else {
        return Ok(builder.with_no_client_auth());
    };
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| format!("{}: {error}", key.display()))?;
    builder.with_client_auth_cert(certificates(certificate)?, key).map_err(|error| error.to_string())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let explained = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    CertificateDer::pem_file_iter(file)
        .map_err(|error| explained(&error))?
        .collect::<Result<_, _>>()
        .map_err(|error| explained(&error))
}

/// Looks at the server's certificate as far as the mode says.
#[derive(Debug)]
struct Verifier {
    mode: TlsMode,
    provider: Arc<CryptoProvider>,
    authorities: Option<Arc<WebPkiServerVerifier>>,
}

impl Verifier {
    fn new(config: &TlsConfig, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let mode = config.mode();
        if !mode.verifies() {
            return Ok(Self { mode, provider, authorities: None });
        }
        let mut roots = RootCertStore::empty();
        match &config.ca {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                for certificate in certificates(file)? {
                    roots.add(certificate).map_err(|error| format!("{}: {error}", file.display()))?;
                }
            }
        }
        let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { mode, provider, authorities: Some(authorities) })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        let Some(authorities) = &self.authorities else { return Ok(ServerCertVerified::assertion()) };
        // The name is the last thing that is looked at: whoever fails there has passed the rest.
        match authorities.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(TlsError::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }))
                if self.mode == TlsMode::VerifyCa =>
            {
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
