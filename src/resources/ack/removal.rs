//! How clusters and node pools are taken down.
//!
//! `DeleteCluster` removes the control plane, the node pools with their pay-as-you-go nodes, and what ACK made with the
//! cluster; what it keeps by default it is told per kind (`delete_options`) and per id (`retain_resources`). Both are decided by
//! the plan. Vendor page:
//! <https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/developer-reference/api-cs-2015-12-15-deletecluster>

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::cluster_kind::ClusterKind;
use super::cluster_resources::{KEY, MADE};
use super::{Cluster, NodePool, cluster};
use crate::model::{Cell, Resource, ResourceId, TypeId};
use crate::resources::removal::{
    Operation, Source, in_whole_list, is_code_of, kept, never, pace, present, strictest,
    unless_named, unreadable,
};
use crate::resources::teardown::{
    Call, CloudCall, Kept, Observation, Pace, PlannedCall, Purpose, Refusal, Teardown, Wishes,
};
use crate::resources::{Neighbours, Reader, ResourceType, Title};

/// Codes of a cluster that does not exist.
const CLUSTER_GONE: &[&str] = &["ErrorClusterNotFound"];

/// The deletion of a cluster.
pub(super) struct ClusterRemoval;

/// The deletion of a node pool.
pub(super) struct NodePoolRemoval;

fn modify(cluster: &Resource, protection: bool) -> Call {
    let mut arguments = BTreeMap::new();
    arguments.insert("cluster_id".to_owned(), cluster.id.id.clone());
    Call::Cloud(CloudCall {
        product: "cs".to_owned(),
        action: "ModifyCluster".to_owned(),
        region: cluster.id.region.clone(),
        arguments,
        body: Some(json!({ "deletion_protection": protection })),
        takes_client_token: false,
    })
}

/// `DeleteCluster` with what the plan computed. What it does not name goes by ACK's defaults; never everything at once
/// (`retain_all_resources`).
fn delete(cluster: &Resource, wishes: &Wishes) -> Call {
    let mut arguments = BTreeMap::new();
    arguments.insert("cluster_id".to_owned(), cluster.id.id.clone());
    if !wishes.cluster_options.is_empty() {
        let options: Vec<Value> = wishes
            .cluster_options
            .iter()
            .map(|(kind, mode)| json!({ "resource_type": kind, "delete_mode": mode }))
            .collect();
        arguments.insert("delete_options".to_owned(), json!(options).to_string());
    }
    if !wishes.retained.is_empty() {
        let retained = json!(wishes.retained).to_string();
        arguments.insert("retain_resources".to_owned(), retained);
    }
    Call::Cloud(CloudCall {
        product: "cs".to_owned(),
        action: "DeleteCluster".to_owned(),
        region: cluster.id.region.clone(),
        arguments,
        body: None,
        takes_client_token: false,
    })
}

/// A cluster of a sort whose deletion is not understood here is left alone, whatever the user names.
fn kind_refusal(cluster: &Resource) -> Option<Refusal> {
    let because = match ClusterKind::of(cluster) {
        Some(kind) => kind.refusal()?.to_owned(),
        None => format!(
            "cluster_type={}, profile={}: not a sort of cluster that yunsweep knows",
            cluster.text("cluster_type")?,
            cluster.text("profile").unwrap_or("?"),
        ),
    };
    Some(kept(Kept::Always, "unsupported", because))
}

impl Teardown for ClusterRemoval {
    fn refuse(&self, resource: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
        // Without it nobody can say what goes along: the delete options would be guesses.
        let ledger = resource.attributes.text_list(MADE);
        let is_whole = ledger.is_some() && !resource.unreadable.iter().any(|name| name == KEY);
        let unknown = (!is_whole).then(|| unreadable("DescribeClusterResources"));
        let protected = (resource.attributes.boolean("deletion_protection") == Some(true))
            .then(|| kept(Kept::UnlessNamed, "protected", "deletion_protection is on"));
        strictest([
            never(Cluster.spec(), resource, &["cluster_type"]),
            kind_refusal(resource),
            unknown,
            protected,
            unless_named(resource, near, &[]),
        ])
    }

    // No cluster claims a cluster or a node pool in `DescribeClusterResources`.
    fn rests_on(&self) -> &'static [&'static str] {
        &[]
    }

    fn calls(
        &self,
        resource: &Resource,
        _near: &Neighbours<'_>,
        wishes: &Wishes,
    ) -> Vec<PlannedCall> {
        let mut calls = Vec::new();
        if resource.attributes.boolean("deletion_protection") == Some(true) {
            calls.push(PlannedCall {
                purpose: Purpose::Unprotect,
                call: modify(resource, false),
                undo: Some(modify(resource, true)),
            });
        }
        calls.push(PlannedCall {
            purpose: Purpose::Delete,
            call: delete(resource, wishes),
            undo: None,
        });
        calls
    }

    fn sends(&self) -> Vec<(&'static str, &'static str)> {
        vec![("cs", "ModifyCluster"), ("cs", "DeleteCluster")]
    }

    fn observe<'a>(&'a self, api: &'a Reader, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        Box::pin(observe_cluster(api, id))
    }

    fn pace(&self) -> Pace {
        // Minutes as a rule; the Terraform provider waits an hour.
        pace(30, 3600)
    }

    fn loses(&self, _resource: &Resource) -> Option<Title> {
        Some(Title {
            en: "everything in the cluster: workloads, Secrets, ConfigMaps, and the data of its nodes",
            zh: "集群内的一切：工作负载、Secret、ConfigMap 以及节点上的数据",
        })
    }

    fn assumptions(&self) -> &'static [&'static str] {
        &["ack.cluster/nat-address", "ack.cluster/terway-interfaces"]
    }
}

/// The cluster itself, completed as when it is listed; when it is not found, the list of its region.
async fn observe_cluster(api: &Reader, id: &ResourceId) -> Observation {
    let cell = cell_of(id);
    let error = match cluster::described(api, &cell, &id.id).await {
        Ok(raw) => return present(&Cluster, &raw, &cell, id),
        Err(error) => error,
    };
    if !is_code_of(&error, CLUSTER_GONE) {
        return Observation::Unknown(error);
    }
    match in_whole_list(&Cluster, api, &cell, id).await {
        Ok(None) => Observation::Gone,
        Ok(Some(raw)) => present(&Cluster, &raw, &cell, id),
        Err(error) => Observation::Unknown(error),
    }
}

fn cell_of(id: &ResourceId) -> Cell {
    Cell {
        account: id.account.clone(),
        region: id.region.clone(),
        parent: None,
    }
}

/// With force: without it a pool that has nodes is refused.
const DELETE_NODE_POOL: Operation = Operation::new(
    "cs",
    "DeleteClusterNodepool",
    &[
        ("cluster_id", Source::Attribute("cluster_id")),
        ("nodepool_id", Source::Id),
        ("force", Source::Text("true")),
    ],
);

impl Teardown for NodePoolRemoval {
    fn refuse(&self, resource: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
        // Its nodes stand where those of its cluster do.
        let cluster = resource
            .text("cluster_id")
            .and_then(|id| near.get(resource, "ack.cluster", id));
        strictest([
            never(NodePool.spec(), resource, &["cluster_id"]),
            cluster.and_then(kind_refusal),
            unless_named(resource, near, &[]),
        ])
    }

    // No cluster claims a cluster or a node pool in `DescribeClusterResources`.
    fn rests_on(&self) -> &'static [&'static str] {
        &[]
    }

    fn calls(
        &self,
        resource: &Resource,
        _near: &Neighbours<'_>,
        _wishes: &Wishes,
    ) -> Vec<PlannedCall> {
        let call = DELETE_NODE_POOL.call(resource).ok();
        call.map(|call| PlannedCall {
            purpose: Purpose::Delete,
            call: Call::Cloud(call),
            undo: None,
        })
        .into_iter()
        .collect()
    }

    fn sends(&self) -> Vec<(&'static str, &'static str)> {
        vec![(DELETE_NODE_POOL.product, DELETE_NODE_POOL.action)]
    }

    fn observe<'a>(&'a self, api: &'a Reader, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        Box::pin(async move {
            match observe_node_pool(api, id).await {
                // One round of lists that lack it is one look.
                Observation::Gone => observe_node_pool(api, id).await,
                other => other,
            }
        })
    }

    fn pace(&self) -> Pace {
        pace(30, 3600)
    }

    fn loses(&self, _resource: &Resource) -> Option<Title> {
        Some(Title {
            en: "its pay-as-you-go nodes with their system disks and local data",
            zh: "其按量付费节点，包括系统盘和本地数据",
        })
    }
}

/// The id of a node pool does not say its cluster, so the pools of every cluster of the region are listed.
async fn observe_node_pool(api: &Reader, id: &ResourceId) -> Observation {
    let region = cell_of(id);
    let clusters = match cluster::ids(api, &region).await {
        Ok(clusters) => clusters,
        Err(error) => return Observation::Unknown(error),
    };
    for cluster in clusters {
        let cell = Cell {
            parent: Some(ResourceId {
                type_id: TypeId::from_static("ack.cluster"),
                id: cluster,
                ..id.clone()
            }),
            ..region.clone()
        };
        match in_whole_list(&NodePool, api, &cell, id).await {
            Ok(Some(raw)) => return present(&NodePool, &raw, &cell, id),
            Ok(None) => {}
            // A cluster that goes meanwhile takes its pools along, when it is proven gone.
            Err(error) if is_code_of(&error, CLUSTER_GONE) => {
                let Some(parent) = &cell.parent else {
                    return Observation::Unknown(error);
                };
                if !matches!(observe_cluster(api, parent).await, Observation::Gone) {
                    return Observation::Unknown(error);
                }
            }
            Err(error) => return Observation::Unknown(error),
        }
    }
    Observation::Gone
}
