//! A credential, and where the client gets one. The sources themselves are in `credentials`, which this layer never imports.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

/// An AccessKey, permanent or temporary.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Key id. Not secret, but shown masked.
    pub access_key_id: String,
    /// Secret.
    pub secret: SecretString,
    /// Token of a temporary credential.
    pub security_token: Option<SecretString>,
    /// When a temporary credential ends.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Credential {
    /// The secret, for signing.
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The security token, for signing.
    pub fn token(&self) -> Option<&str> {
        self.security_token
            .as_ref()
            .map(ExposeSecret::expose_secret)
    }

    /// The key id with only its first and last four characters.
    pub fn masked_id(&self) -> String {
        const SHORTEST_SHOWN: usize = 12;
        let id = &self.access_key_id;
        match (
            id.get(..4),
            id.len().checked_sub(4).and_then(|start| id.get(start..)),
        ) {
            (Some(head), Some(tail)) if id.len() >= SHORTEST_SHOWN => format!("{head}****{tail}"),
            _ => "****".to_owned(),
        }
    }
}

/// A source that is configured but gives no credential. Never a reason to try another identity.
#[derive(Debug, thiserror::Error)]
#[error("{source_name}: {what}")]
pub struct CredentialError {
    /// The source: "environment", "profile `lab` of ~/.aliyun/config.json".
    pub source_name: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
    /// What lies beneath.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Gives credentials and renews temporary ones.
pub trait CredentialProvider: Send + Sync {
    /// A credential that is valid now.
    fn credential(&self) -> BoxFuture<'_, Result<Credential, CredentialError>>;

    /// A new credential, because the server says the last one has ended. `Ok(None)`: this source cannot renew.
    fn renew(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>>;

    /// Where credentials come from, for a person.
    fn describe(&self) -> String;
}

/// Always the same credential.
#[derive(Debug)]
pub struct StaticCredential {
    credential: Credential,
    source_name: String,
}

impl StaticCredential {
    /// A credential and the name of its source.
    pub fn new(credential: Credential, source_name: impl Into<String>) -> Self {
        Self {
            credential,
            source_name: source_name.into(),
        }
    }
}

impl CredentialProvider for StaticCredential {
    fn credential(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async { Ok(self.credential.clone()) })
    }

    fn renew(&self) -> BoxFuture<'_, Result<Option<Credential>, CredentialError>> {
        Box::pin(async { Ok(None) })
    }

    fn describe(&self) -> String {
        self.source_name.clone()
    }
}
