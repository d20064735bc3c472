//! Opens the API servers of clusters, each once per run.
//!
//! A kubeconfig comes from this machine where the user names one, else from ACK, for an hour. The
//! first look at `/version` decides whether the cluster is readable at all; what it says is kept, so
//! that an unreachable server costs one timeout and not one per type.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::kubernetes::{
    ClientOptions, ClusterClient, ClusterEditor, ErrorClass, KubeconfigError, KubernetesError,
};
use crate::model::{CoverageState, ResourceId};
use crate::openapi::{self, ApiError, Request};

/// Validity that is asked of ACK for a kubeconfig, in minutes. ACK takes 15 to 4320
/// (`alibabacloud_cs20151215` 7.2.3, `DescribeClusterUserKubeconfigRequest`).
const KUBECONFIG_MINUTES: &str = "60";

/// Why a cluster's API server cannot be read. The cell says which cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// ACK refused to give a kubeconfig.
    #[error(transparent)]
    Ack(Box<ApiError>),
    /// ACK's answer has no kubeconfig in it.
    #[error("ACK answered DescribeClusterUserKubeconfig without a kubeconfig")]
    NoKubeconfig,
    /// The kubeconfig cannot be used.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    /// The API server.
    #[error(transparent)]
    Kubernetes(#[from] KubernetesError),
}

impl ClusterError {
    /// How the coverage matrix shows it.
    pub fn coverage_state(&self) -> CoverageState {
        match self {
            Self::Ack(error) => super::reader::state_of(error.class),
            Self::NoKubeconfig | Self::Kubeconfig(_) => CoverageState::Failed,
            Self::Kubernetes(error) => state_of(&error.class),
        }
    }

    /// The missing permission: a RAM action, or a Kubernetes verb and resource.
    pub fn missing_permission(&self) -> Option<String> {
        match self {
            Self::Ack(error) => {
                let missing = error.missing_permission.as_ref()?;
                Some(missing.action.clone())
            }
            Self::NoKubeconfig | Self::Kubeconfig(_) => None,
            Self::Kubernetes(error) => error.missing_permission(),
        }
    }
}

fn state_of(class: &ErrorClass) -> CoverageState {
    match class {
        ErrorClass::Unreachable(_) => CoverageState::Unreachable,
        ErrorClass::Unauthorized | ErrorClass::Denied { .. } => CoverageState::Denied,
        ErrorClass::NotInstalled => CoverageState::NotOffered,
        ErrorClass::Throttled => CoverageState::Throttled,
        ErrorClass::Expired | ErrorClass::Decode | ErrorClass::Endless => CoverageState::Incomplete,
        ErrorClass::Conflict
        | ErrorClass::Credentials
        | ErrorClass::NotFound
        | ErrorClass::Server
        | ErrorClass::Unexpected => CoverageState::Failed,
    }
}

/// A kubeconfig of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalKubeconfig {
    /// The file.
    pub path: PathBuf,
    /// The context; without one the file's current.
    pub context: Option<String>,
}

type Opened = Arc<OnceCell<Result<Arc<ClusterClient>, Arc<ClusterError>>>>;

/// The clusters of a run.
pub struct Clusters {
    options: ClientOptions,
    private_endpoint: bool,
    local: BTreeMap<String, LocalKubeconfig>,
    opened: Mutex<HashMap<ResourceId, Opened>>,
}

impl Clusters {
    /// Clusters read with these options, through their private endpoints or their public ones.
    pub fn new(options: ClientOptions, private_endpoint: bool) -> Self {
        Self {
            options,
            private_endpoint,
            local: BTreeMap::new(),
            opened: Mutex::default(),
        }
    }

    /// Reads the cluster of that id with a kubeconfig of this machine.
    #[must_use]
    pub fn with_local(mut self, cluster_id: &str, kubeconfig: LocalKubeconfig) -> Self {
        self.local.insert(cluster_id.to_owned(), kubeconfig);
        self
    }

    /// Reads a cluster through a client that is there already.
    #[must_use]
    pub fn with_client(mut self, cluster: &ResourceId, client: Arc<ClusterClient>) -> Self {
        let opened = self
            .opened
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let cell = OnceCell::new_with(Some(Ok(client)));
        opened.insert(cluster.clone(), Arc::new(cell));
        self
    }

    /// The client of a cluster; opened at the first call, and the same answer for ever after.
    pub async fn client(
        &self,
        api: &openapi::Reader,
        cluster: &ResourceId,
    ) -> Result<Arc<ClusterClient>, Arc<ClusterError>> {
        let cell = {
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(opened.entry(cluster.clone()).or_default())
        };
        cell.get_or_init(|| async { self.open(api, cluster).await.map_err(Arc::new) })
            .await
            .clone()
    }

    /// A client of a cluster that can delete, made anew. For the teardown alone.
    pub async fn editor(
        &self,
        api: &openapi::Reader,
        cluster: &ResourceId,
    ) -> Result<ClusterEditor, ClusterError> {
        let editor = if let Some(local) = self.local.get(&cluster.id) {
            let context = local.context.as_deref();
            ClusterEditor::from_file(&local.path, context, &self.options).await
        } else {
            let text = self.kubeconfig(api, cluster).await?;
            ClusterEditor::from_remote_kubeconfig(&text, &self.options).await
        };
        Ok(editor?)
    }

    async fn open(
        &self,
        api: &openapi::Reader,
        cluster: &ResourceId,
    ) -> Result<Arc<ClusterClient>, ClusterError> {
        let client = if let Some(local) = self.local.get(&cluster.id) {
            let context = local.context.as_deref();
            ClusterClient::from_file(&local.path, context, &self.options).await
        } else {
            let text = self.kubeconfig(api, cluster).await?;
            ClusterClient::from_remote_kubeconfig(&text, &self.options).await
        };
        let client = client?;
        let version = client.version().await?;
        tracing::debug!(
            cluster = cluster.id,
            server = client.server(),
            version = version.git_version,
            "cluster opened"
        );
        Ok(Arc::new(client))
    }

    /// What ACK answers in `config`. The text holds a key: it is neither logged nor kept.
    async fn kubeconfig(
        &self,
        api: &openapi::Reader,
        cluster: &ResourceId,
    ) -> Result<String, ClusterError> {
        let request = Request::new("cs", "DescribeClusterUserKubeconfig", &cluster.region)
            .path("cluster_id", &cluster.id)
            .query("PrivateIpAddress", self.private_endpoint.to_string())
            .query("TemporaryDurationMinutes", KUBECONFIG_MINUTES);
        let answer = api
            .read(request)
            .await
            .map_err(|error| ClusterError::Ack(Box::new(error)))?;
        answer
            .get("config")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or(ClusterError::NoKubeconfig)
    }
}
