//! Tags that ACK and its controllers set. A tag found is a strong signal, never an authority to delete.
//!
//! Sources of the exact strings: the cloud controller manager (`kubernetes/cloud-provider-alibaba-cloud`), the CSI driver
//! (`kubernetes-sigs/alibaba-cloud-csi-driver`) and Terway (`AliyunContainerService/terway`).

use super::signal::{Signal, World, evidence, is_cluster_id, object};
use crate::model::{Confidence, Resource};

const CLUSTER: &str = "ack.aliyun.com";
const NODE_POOL: &str = "ack.alibabacloud.com/nodepool-id";
const REUSED: &str = "kubernetes.reused.by.user";
const EXCLUDED: &str = "terway.alibabacloud.com/excluded";
const ALB_CONFIG: &str = "ingress.k8s.alibaba/albconfig";
const SERVICE_NAMESPACE: &str = "ingress.k8s.alibaba/service_ns";
const SERVICE_NAME: &str = "ingress.k8s.alibaba/service_name";
const CLAIM_NAME: &str = "kubernetes.io/created-for/pvc/name";
const CLAIM_NAMESPACE: &str = "kubernetes.io/created-for/pvc/namespace";
const CREATED_BY: &str = "createdby";
const CSI_PLUGIN: &str = "alibabacloud-csi-plugin";
const VOLUME: &str = "csi.alibabacloud.com/volume-name";
const SNAPSHOT_NAME: &str = "csi.alibabacloud.com/snapshot/name";
const SNAPSHOT_NAMESPACE: &str = "csi.alibabacloud.com/snapshot/namespace";
const KARPENTER_CLUSTER: &str = "karpenter.sh/cluster-id";

pub(super) fn signals(resource: &Resource, world: &World<'_>, found: &mut Vec<Signal>) {
    let is_true = |tag: &str| resource.tag(tag) == Some("true");
    if resource.id.type_id.is_kubernetes()
        || is_true(REUSED)
        || is_true(EXCLUDED)
        || super::kubernetes::is_reused(resource, world)
    {
        return;
    }
    // Anybody can set a tag: what cannot be a cluster's id names none.
    let cluster = resource.tag(CLUSTER).filter(|value| is_cluster_id(value));
    let tag = |key: &str| evidence(format!("tag {key}"), resource.tag(key).unwrap_or_default());
    if let Some(cluster) = cluster {
        found.push(world.cluster(cluster, Confidence::Strong, tag(CLUSTER)));
    } else if let Some(cluster) = resource
        .tag(KARPENTER_CLUSTER)
        .filter(|value| is_cluster_id(value))
    {
        found.push(world.cluster(cluster, Confidence::Strong, tag(KARPENTER_CLUSTER)));
    }
    if let Some(pool) = resource.tag(NODE_POOL).filter(|value| !value.is_empty()) {
        found.push(world.node_pool(pool, cluster, Confidence::Strong, tag(NODE_POOL)));
    }
    // Reused ALBs get the same tags: a tag never authorises, and the live AlbConfig wins over it.
    if let Some(config) = resource.tag(ALB_CONFIG) {
        let owner = if let (Some(namespace), Some(service)) =
            (resource.tag(SERVICE_NAMESPACE), resource.tag(SERVICE_NAME))
        {
            object(
                format!("Service {namespace}/{service}"),
                cluster,
                Confidence::Strong,
                tag(SERVICE_NAME),
            )
        } else {
            let name = config.rsplit('/').next().unwrap_or(config);
            object(
                format!("AlbConfig {name}"),
                cluster,
                Confidence::Strong,
                tag(ALB_CONFIG),
            )
        };
        found.push(owner);
    }
    if resource.tag(CREATED_BY) == Some(CSI_PLUGIN) {
        if let (Some(namespace), Some(claim)) =
            (resource.tag(CLAIM_NAMESPACE), resource.tag(CLAIM_NAME))
        {
            let name = format!("PersistentVolumeClaim {namespace}/{claim}");
            found.push(object(name, cluster, Confidence::Strong, tag(CLAIM_NAME)));
        } else if let (Some(namespace), Some(snapshot)) = (
            resource.tag(SNAPSHOT_NAMESPACE),
            resource.tag(SNAPSHOT_NAME),
        ) {
            let name = format!("VolumeSnapshot {namespace}/{snapshot}");
            let why = tag(SNAPSHOT_NAME);
            found.push(object(name, cluster, Confidence::Strong, why));
        } else if let Some(volume) = resource.tag(VOLUME) {
            found.push(object(
                format!("PersistentVolume {volume}"),
                cluster,
                Confidence::Strong,
                tag(VOLUME),
            ));
        }
    }
}
