//! The API servers of a scenario's clusters, each on its own listener.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::kubernetes::{
    Infrastructure, KubernetesApi, KubernetesServer, ServerError, Store, StoreError, User,
};
use super::scenario::{Cluster, Scenario};
use super::world::cloud::Cloud;
use crate::context::Clock;

/// A cluster whose API server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A manifest that the store refuses.
    #[error("cluster {cluster}: a manifest cannot be used")]
    Manifest {
        /// The cluster.
        cluster: String,
        /// Why.
        source: StoreError,
    },
    /// No listener.
    #[error("cluster {cluster}: its API server cannot be started")]
    Server {
        /// The cluster.
        cluster: String,
        /// Why.
        source: ServerError,
    },
}

/// The running API servers, by cluster id.
pub(super) struct Clusters {
    servers: BTreeMap<String, Arc<KubernetesServer>>,
}

impl Clusters {
    /// Starts one server for each cluster. `cloud` is what its controllers act on, `clock` the real time, which tokens go by.
    pub(super) async fn start(
        scenario: &Scenario,
        address: IpAddr,
        cloud: &Arc<Cloud>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, ClusterError> {
        let mut servers = BTreeMap::new();
        for cluster in &scenario.clusters {
            let id = cluster.id().unwrap_or_default().to_owned();
            let api = api(cluster, &id, &scenario.account.user_id, cloud.now())
                .map_err(|source| ClusterError::Manifest {
                    cluster: id.clone(),
                    source,
                })?
                .with_clock(Arc::clone(clock))
                .with_infrastructure(Infrastructure {
                    cloud: Arc::clone(cloud),
                    cluster: id.clone(),
                    region: region(cluster, scenario),
                });
            let server = KubernetesServer::start(Arc::new(api), SocketAddr::new(address, 0))
                .await
                .map_err(|source| ClusterError::Server {
                    cluster: id.clone(),
                    source,
                })?;
            let server = Arc::new(server);
            listen(cloud, &id, &server);
            servers.insert(id, server);
        }
        Ok(Self { servers })
    }

    /// The servers of all clusters.
    pub(super) fn all(&self) -> impl Iterator<Item = &KubernetesServer> {
        self.servers.values().map(Arc::as_ref)
    }

    /// The server of that cluster.
    pub(super) fn find(&self, cluster: &str) -> Option<&KubernetesServer> {
        self.servers.get(cluster).map(Arc::as_ref)
    }
}

/// Ties a cluster to the cloud's time and to its own end. The cloud outlives it, so it is held weakly there.
fn listen(cloud: &Cloud, id: &str, server: &Arc<KubernetesServer>) {
    let cluster = Arc::downgrade(server);
    cloud.on_time(move |_| {
        if let Some(server) = cluster.upgrade() {
            server.api().run_controllers();
        }
    });
    let (cluster, id) = (Arc::downgrade(server), id.to_owned());
    cloud.on_cluster_gone(move |gone| {
        if gone == id
            && let Some(server) = cluster.upgrade()
        {
            server.close();
        }
    });
}

fn region(cluster: &Cluster, scenario: &Scenario) -> String {
    cluster
        .detail
        .get("region_id")
        .and_then(Value::as_str)
        .unwrap_or(&scenario.region)
        .to_owned()
}

fn api(
    cluster: &Cluster,
    id: &str,
    user: &str,
    now: DateTime<Utc>,
) -> Result<KubernetesApi, StoreError> {
    let text = |name: &str| cluster.detail.get(name).and_then(Value::as_str);
    let created = text("created")
        .and_then(|time| DateTime::parse_from_rfc3339(time).ok())
        .map_or(now, |time| time.with_timezone(&Utc));
    let store = Store::from_manifests(id, created, &cluster.kubernetes.objects)?;
    let version = text("current_version").map_or_else(String::new, |version| format!("v{version}"));
    Ok(KubernetesApi::new(
        store,
        vec![User::without_token(user)],
        &version,
    ))
}
