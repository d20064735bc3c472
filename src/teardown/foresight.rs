//! What would stop the end of a namespace, looked for while its plan is made.
//!
//! A scan reads the kinds that it knows. Right before its call a namespace is asked for all kinds, and an object that the plan
//! does not know stops it: the resource of an operator, which may stand for something in the cloud. Whoever plans wants to know
//! that before anything is deleted, and while the operator is still there that cleans up after its resource.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::namespace_contents::not_in;
use super::plan::Plan;
use crate::graph::edges::cluster_of;
use crate::kubernetes::{AggregatedApi, ClusterClient, Discovery};
use crate::model::ResourceId;
use crate::resources::cluster::ClusterError;
use crate::resources::{ListError, Reader};

/// Something that would stop a namespace of a plan.
#[derive(Debug)]
pub struct Obstacle {
    /// The namespace.
    pub namespace: ResourceId,
    /// What.
    pub kind: Kind,
}

/// What would stop it.
#[derive(Debug)]
pub enum Kind {
    /// Objects that no step takes down and nothing of the plan owns, by kind and name.
    Holds(Vec<String>),
    /// A part of the API is served from it: once that is gone, no namespace of the cluster can end.
    Serves(Vec<String>),
    /// Nobody can say what is in it.
    Unread(ListError),
}

/// What would stop the namespaces of a plan, in their order.
pub async fn obstacles(reader: &Reader, plan: &Plan) -> Vec<Obstacle> {
    let mut by_cluster: BTreeMap<ResourceId, Vec<&ResourceId>> = BTreeMap::new();
    for step in &plan.steps {
        let id = &step.fingerprint.id;
        if id.type_id.as_str() == "k8s.namespace"
            && let Some(cluster) = cluster_of(id)
        {
            by_cluster.entry(cluster).or_default().push(id);
        }
    }
    let mut found = Vec::new();
    for (cluster, namespaces) in by_cluster {
        let looked = in_cluster(reader, plan, &cluster, &namespaces).await;
        found.extend(looked.unwrap_or_else(|error| {
            // One error for all of them: the cluster does not answer.
            let namespace = namespaces.first().map(|first| (*first).clone());
            namespace
                .map(|namespace| Obstacle {
                    namespace,
                    kind: Kind::Unread(error),
                })
                .into_iter()
                .collect()
        }));
    }
    found
}

async fn in_cluster(
    reader: &Reader,
    plan: &Plan,
    cluster: &ResourceId,
    namespaces: &[&ResourceId],
) -> Result<Vec<Obstacle>, ListError> {
    let client = reader.cluster(cluster).await?;
    let mut discovery = client.discover().await.map_err(ClusterError::from)?;
    if let Some(error) = discovery.unreadable.pop() {
        return Err(ClusterError::from(error).into());
    }
    let apis = client.aggregated_apis().await.map_err(ClusterError::from)?;
    let mut found = Vec::new();
    for namespace in namespaces {
        let mut kinds = Vec::new();
        let served = served_from(&apis, namespace);
        if !served.is_empty() {
            kinds.push(Kind::Serves(served));
        }
        kinds.extend(contents(&client, &discovery, plan, namespace).await);
        found.extend(kinds.into_iter().map(|kind| Obstacle {
            namespace: (*namespace).clone(),
            kind,
        }));
    }
    Ok(found)
}

async fn contents(
    client: &Arc<ClusterClient>,
    discovery: &Discovery,
    plan: &Plan,
    namespace: &ResourceId,
) -> Option<Kind> {
    let (_, name) = namespace.id.split_once('/')?;
    let mut contents = client.contents_of(discovery, name).await;
    if let Some(error) = contents.unreadable.pop() {
        return Some(Kind::Unread(ClusterError::from(error).into()));
    }
    let holds = not_in(plan, &contents.objects);
    (!holds.is_empty()).then_some(Kind::Holds(holds))
}

fn served_from(apis: &[AggregatedApi], namespace: &ResourceId) -> Vec<String> {
    let name = namespace.id.split_once('/').map(|(_, name)| name);
    let served = apis
        .iter()
        .filter(|api| Some(api.namespace.as_str()) == name);
    served.map(|api| api.name.clone()).collect()
}
