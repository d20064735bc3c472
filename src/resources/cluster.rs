//! Opens the API servers of clusters, and opens them again when their login ends.
//!
//! A kubeconfig comes from this machine where the user names one, else from ACK, for an hour. The
//! first look at `/version` decides whether the cluster is readable at all. A failure is kept for a
//! moment, so that an unreachable server costs one timeout and not one per type; never for a whole
//! run, in which it may be reachable again.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::context::Clock;
use crate::kubernetes::{
    ClientOptions, ClusterClient, ClusterEditor, ErrorClass, InProcessServer, KubeconfigError,
    KubernetesError,
};
use crate::model::{CoverageState, ResourceId};
use crate::openapi::{self, ApiError, Request};

/// Validity that is asked of ACK for a kubeconfig, in minutes. ACK takes 15 to 4320
/// (`alibabacloud_cs20151215` 7.2.3, `DescribeClusterUserKubeconfigRequest`).
const KUBECONFIG_MINUTES: &str = "60";
/// After that long a new one is asked for: a teardown waits for hours.
const KUBECONFIG_HOLDS: TimeDelta = TimeDelta::minutes(50);
/// How long before its end a login is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(1);
/// How long a failure stands for all who ask.
const FAILURE_HOLDS: TimeDelta = TimeDelta::seconds(10);

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

/// What opening a cluster came to, and how long that stands.
enum Opened {
    /// By the wall clock, which logins go by.
    Client(Arc<ClusterClient>, Option<DateTime<Utc>>),
    /// By the clock that waits go by.
    Failed(Arc<ClusterError>, DateTime<Utc>),
}

type Cell = Arc<Mutex<Option<Opened>>>;

/// The clusters of a run.
pub struct Clusters {
    options: ClientOptions,
    wall_clock: Arc<dyn Clock>,
    private_endpoint: bool,
    local: BTreeMap<String, LocalKubeconfig>,
    in_process: BTreeMap<String, InProcessServer>,
    opened: std::sync::Mutex<HashMap<ResourceId, Cell>>,
}

impl Clusters {
    /// Clusters read with these options, through their private endpoints or their public ones. Logins end by `wall_clock`.
    pub fn new(options: ClientOptions, wall_clock: Arc<dyn Clock>, private_endpoint: bool) -> Self {
        Self {
            options,
            wall_clock,
            private_endpoint,
            local: BTreeMap::new(),
            in_process: BTreeMap::new(),
            opened: std::sync::Mutex::default(),
        }
    }

    /// Reads the cluster of that id with a kubeconfig of this machine.
    #[must_use]
    pub fn with_local(mut self, cluster_id: &str, kubeconfig: LocalKubeconfig) -> Self {
        self.local.insert(cluster_id.to_owned(), kubeconfig);
        self
    }

    /// Reaches the cluster of that id in this process: the login is asked of ACK, the server is this one.
    #[must_use]
    pub fn with_server(mut self, cluster_id: &str, server: InProcessServer) -> Self {
        self.in_process.insert(cluster_id.to_owned(), server);
        self
    }

    /// Reads a cluster through a client that is there already.
    #[must_use]
    pub fn with_client(mut self, cluster: &ResourceId, client: Arc<ClusterClient>) -> Self {
        let opened = self
            .opened
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let cell = Mutex::new(Some(Opened::Client(client, None)));
        opened.insert(cluster.clone(), Arc::new(cell));
        self
    }

    /// The client of a cluster; opened at the first call, and again when its login has ended or is not accepted.
    pub async fn client(
        &self,
        api: &openapi::Reader,
        cluster: &ResourceId,
    ) -> Result<Arc<ClusterClient>, Arc<ClusterError>> {
        let cell = {
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(opened.entry(cluster.clone()).or_default())
        };
        // Whoever else asks for the same cluster meanwhile waits for this answer.
        let mut opened = cell.lock().await;
        match opened.as_ref() {
            Some(Opened::Client(client, until)) if self.is_good(client, *until) => {
                return Ok(Arc::clone(client));
            }
            Some(Opened::Failed(error, until)) if self.options.clock.now() < *until => {
                return Err(Arc::clone(error));
            }
            _ => {}
        }
        match self.open(api, cluster).await {
            Ok(client) => {
                let until = self.ends(cluster, &client);
                *opened = Some(Opened::Client(Arc::clone(&client), until));
                Ok(client)
            }
            Err(error) => {
                let (error, now) = (Arc::new(error), self.options.clock.now());
                let until = now.checked_add_signed(FAILURE_HOLDS).unwrap_or(now);
                *opened = Some(Opened::Failed(Arc::clone(&error), until));
                Err(error)
            }
        }
    }

    /// Whether a client that was made of a kubeconfig may still be used.
    pub fn is_good(&self, client: &ClusterClient, until: Option<DateTime<Utc>>) -> bool {
        !client.is_rejected() && until.is_none_or(|until| self.wall_clock.now() < until)
    }

    /// Until when a client that is made now may be used.
    pub fn ends(&self, cluster: &ResourceId, client: &ClusterClient) -> Option<DateTime<Utc>> {
        let own = client
            .good_until()
            .and_then(|until| until.checked_sub_signed(MARGIN));
        let from_ack = (!self.local.contains_key(&cluster.id))
            .then(|| self.wall_clock.now().checked_add_signed(KUBECONFIG_HOLDS))
            .flatten();
        own.into_iter().chain(from_ack).min()
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
            match self.in_process.get(&cluster.id) {
                Some(server) => {
                    let server = Arc::clone(server);
                    ClusterEditor::from_remote_kubeconfig_in_process(&text, server, &self.options)
                }
                None => ClusterEditor::from_remote_kubeconfig(&text, &self.options).await,
            }
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
            match self.in_process.get(&cluster.id) {
                Some(server) => {
                    let server = Arc::clone(server);
                    ClusterClient::from_remote_kubeconfig_in_process(&text, server, &self.options)
                }
                None => ClusterClient::from_remote_kubeconfig(&text, &self.options).await,
            }
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

#[cfg(test)]
#[path = "cluster_tests.rs"]
mod tests;
