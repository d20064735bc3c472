//! A client that can delete. Only the teardown holds one: it is made from a kubeconfig, never from a reader.

use std::path::Path;
use std::sync::Arc;

use http::Method;
use hyper::body::Bytes;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::client::{ClientOptions, ClusterClient, InProcessServer};
use super::error::{ErrorClass, KubernetesError};
use super::kubeconfig::KubeconfigError;
use super::object::{Life, ObjectRef, says_gone};

/// What happens with the objects that an object owns. There is no default: servers have two (Jobs leave their Pods behind).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They go after it.
    Background,
    /// They go before it.
    Foreground,
    /// They stay.
    Orphan,
}

impl Propagation {
    fn as_str(self) -> &'static str {
        match self {
            Self::Background => "Background",
            Self::Foreground => "Foreground",
            Self::Orphan => "Orphan",
        }
    }
}

/// What a deletion came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// The server took it. Whether the object is gone only [`ClusterClient::find`] says.
    Accepted,
    /// The object was not there, by the server's own word.
    Gone,
    /// Another object has the name now; nothing was deleted.
    Replaced {
        /// The uid of the other one.
        uid: String,
    },
}

/// Deletes in one cluster.
#[derive(Debug)]
pub struct ClusterEditor {
    client: Arc<ClusterClient>,
}

impl ClusterEditor {
    /// As [`ClusterClient::from_remote_kubeconfig`].
    pub async fn from_remote_kubeconfig(
        text: &str,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        let client = ClusterClient::from_remote_kubeconfig(text, options).await?;
        Ok(Self::over(client))
    }

    /// As [`ClusterClient::from_file`].
    pub async fn from_file(
        path: &Path,
        context: Option<&str>,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        let client = ClusterClient::from_file(path, context, options).await?;
        Ok(Self::over(client))
    }

    /// As [`ClusterClient::in_process`].
    pub fn in_process(
        server: InProcessServer,
        token: SecretString,
        options: &ClientOptions,
    ) -> Self {
        Self::over(ClusterClient::in_process(server, token, options))
    }

    /// As [`ClusterClient::from_remote_kubeconfig_in_process`].
    pub fn from_remote_kubeconfig_in_process(
        text: &str,
        server: InProcessServer,
        options: &ClientOptions,
    ) -> Result<Self, KubeconfigError> {
        let client = ClusterClient::from_remote_kubeconfig_in_process(text, server, options)?;
        Ok(Self::over(client))
    }

    fn over(client: ClusterClient) -> Self {
        Self {
            client: Arc::new(client),
        }
    }

    /// The reader of the same cluster, with the same login.
    pub fn reader(&self) -> &Arc<ClusterClient> {
        &self.client
    }

    /// Asks once to delete the object with this uid. An error below HTTP leaves open whether the server did it: look with
    /// [`ClusterClient::find`] before asking again, which is harmless with the uid.
    pub async fn delete(
        &self,
        object: &ObjectRef,
        uid: &str,
        propagation: Propagation,
    ) -> Result<DeleteOutcome, KubernetesError> {
        self.send_delete(object, uid, propagation, false).await
    }

    /// The same without deleting anything: whether the server would take it. `dryRun` is in the body, because the server does
    /// not read it from the query of a request with a body.
    pub async fn try_delete(
        &self,
        object: &ObjectRef,
        uid: &str,
        propagation: Propagation,
    ) -> Result<DeleteOutcome, KubernetesError> {
        self.send_delete(object, uid, propagation, true).await
    }

    async fn send_delete(
        &self,
        object: &ObjectRef,
        uid: &str,
        propagation: Propagation,
        dry_run: bool,
    ) -> Result<DeleteOutcome, KubernetesError> {
        let body = options(uid, propagation, dry_run);
        let path = object.path();
        let request = (Method::DELETE, path.as_str(), Bytes::from(body.to_string()));
        let answer = self
            .client
            .attempt("delete", &object.resource(), request)
            .await;
        match answer {
            Ok(_) => Ok(DeleteOutcome::Accepted),
            Err((error, _)) if says_gone(&error) => Ok(DeleteOutcome::Gone),
            Err((error, _)) if error.class == ErrorClass::Conflict => {
                self.explain_conflict(object, uid, error).await
            }
            Err((error, _)) => Err(error),
        }
    }

    /// A 409 is another uid, or the end of a namespace that has begun already; the object itself tells which.
    async fn explain_conflict(
        &self,
        object: &ObjectRef,
        uid: &str,
        error: KubernetesError,
    ) -> Result<DeleteOutcome, KubernetesError> {
        let Some(present) = self.client.find(object).await? else {
            return Ok(DeleteOutcome::Gone);
        };
        match Life::of(&present) {
            Some(life) if life.uid != uid => Ok(DeleteOutcome::Replaced { uid: life.uid }),
            Some(life) if life.is_deleting => Ok(DeleteOutcome::Accepted),
            _ => Err(error),
        }
    }
}

fn options(uid: &str, propagation: Propagation, dry_run: bool) -> Value {
    let mut options = json!({
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "preconditions": {"uid": uid},
        "propagationPolicy": propagation.as_str(),
    });
    if dry_run && let Some(options) = options.as_object_mut() {
        options.insert("dryRun".to_owned(), json!(["All"]));
    }
    options
}
