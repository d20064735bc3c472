//! What clusters say about a resource: who made it, and what only `DeleteCluster` may take down.

use super::cluster_resources::{MADE, UNCLEAR, USED};
use crate::model::Resource;
use crate::resources::Neighbours;

/// On everything that ACK and its components make for a cluster; the value is the cluster's id
/// (kubernetes/cloud-provider-alibaba-cloud `pkg/util/constant.go`).
pub(in crate::resources) const CLUSTER_TAG: &str = "ack.aliyun.com";

/// On the instances of a node pool (ACK documentation of node pools).
const NODE_POOL_TAG: &str = "ack.alibabacloud.com/nodepool-id";

/// On load balancers that the cloud controller made for a Service; those of API servers have only [`CLUSTER_TAG`]
/// (kubernetes/cloud-provider-alibaba-cloud `isLoadBalancerReusable`).
const SERVICE_TAG: &str = "kubernetes.do.not.delete";

/// `cluster_type` of clusters whose control plane runs on instances of the account.
const DEDICATED: &str = "Kubernetes";

/// Why the answers of `DescribeClusterResources` keep a resource, unless the user names it: code and fact.
pub(in crate::resources) fn said_by_clusters(
    resource: &Resource,
    near: &Neighbours<'_>,
) -> Option<(&'static str, String)> {
    let mut clusters: Vec<&Resource> = near.of_type(resource, "ack.cluster").collect();
    clusters.sort_by(|a, b| a.id.cmp(&b.id));
    let names = |cluster: &Resource, list: &str| {
        let said = cluster.attributes.text_list(list).unwrap_or_default();
        said.iter().any(|name| {
            name.split_once('/')
                .is_some_and(|(_, id)| id == resource.id.id)
        })
    };
    let mut makers = 0_usize;
    let mut users = Vec::new();
    for cluster in clusters {
        if names(cluster, MADE) {
            makers += 1;
        } else if names(cluster, USED) {
            users.push(("made_by_user", "auto_create=0", &cluster.id.id));
        } else if names(cluster, UNCLEAR) {
            users.push(("unreadable", "auto_create", &cluster.id.id));
        }
    }
    match (makers, users.first()) {
        (0, Some((code, fact, cluster))) => Some((
            code,
            format!("{fact} in DescribeClusterResources of {cluster}"),
        )),
        (1.., Some((_, _, cluster))) => Some((
            "shared",
            format!("cluster {cluster} uses what another one made"),
        )),
        (2.., None) => Some(("shared", "several clusters claim it".to_owned())),
        (0 | 1, None) => None,
    }
}

/// Whether a CLB or NLB stands in front of an API server: only `DeleteCluster` takes it down.
pub(in crate::resources) fn is_in_front_of_an_api_server(
    resource: &Resource,
    near: &Neighbours<'_>,
) -> bool {
    let named = near.of_type(resource, "ack.cluster").any(|cluster| {
        let listed = cluster
            .attributes
            .text_list("control_plane_load_balancer_ids")
            .unwrap_or_default();
        cluster.text("external_load_balancer_id") == Some(&resource.id.id)
            || listed.contains(&resource.id.id)
    });
    named || (resource.tag(CLUSTER_TAG).is_some() && resource.tag(SERVICE_TAG).is_none())
}

/// Whether an instance is, or may be, a master of a dedicated cluster: only `DeleteCluster` takes it down. What belongs to such a
/// cluster and to none of its node pools counts as one.
pub(in crate::resources) fn is_dedicated_master(
    instance: &Resource,
    near: &Neighbours<'_>,
) -> bool {
    let is_marked = near.of_type(instance, "k8s.node").any(|node| {
        let roles = node.attributes.text_list("roles").unwrap_or_default();
        node.text("instance_id") == Some(&instance.id.id)
            && roles
                .iter()
                .any(|role| matches!(role.as_str(), "master" | "control-plane"))
    });
    let cluster = instance
        .tag(CLUSTER_TAG)
        .and_then(|id| near.get(instance, "ack.cluster", id));
    let is_loose = instance.tag(NODE_POOL_TAG).is_none();
    is_marked
        || cluster.is_some_and(|cluster| {
            is_loose
                && cluster
                    .text("cluster_type")
                    .is_none_or(|kind| kind == DEDICATED)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attribute, TypeId};
    use crate::resources::testing::{cell, resource};

    fn cluster(id: &str, lists: &[(&str, &str)]) -> Resource {
        let mut cluster = resource(&cell("r"), "ack.cluster", id);
        for list in [MADE, USED, UNCLEAR] {
            let names = lists.iter().filter(|(held, _)| *held == list);
            let names = names.map(|(_, name)| (*name).to_owned()).collect();
            cluster.attributes.set(list, Attribute::TextList(names));
        }
        cluster
    }

    #[test]
    fn who_made_it_decides_and_two_clusters_share_it() {
        let vpc = resource(&cell("r"), "vpc.vpc", "vpc-1");
        let name = "ALIYUN::ECS::VPC/vpc-1";
        for (first, second, expected) in [
            (vec![(MADE, name)], vec![], None),
            (vec![(USED, name)], vec![], Some("made_by_user")),
            (vec![(UNCLEAR, name)], vec![], Some("unreadable")),
            (vec![(MADE, name)], vec![(USED, name)], Some("shared")),
            (vec![(MADE, name)], vec![(MADE, name)], Some("shared")),
            (vec![(USED, "ALIYUN::ECS::VPC/vpc-12")], vec![], None),
        ] {
            let clusters = [cluster("c1", &first), cluster("c2", &second)];
            let near = Neighbours::new(clusters.iter().chain([&vpc]));
            let said = said_by_clusters(&vpc, &near).map(|(code, _)| code);
            assert_eq!(said, expected, "{first:?} {second:?}");
        }
    }

    #[test]
    fn load_balancers_of_api_servers_are_told_from_those_of_services() {
        let mut named = cluster("c1", &[]);
        named
            .attributes
            .set_text("external_load_balancer_id", "lb-1");
        let balancer = |tags: &[&str]| {
            let mut balancer = resource(&cell("r"), "slb.load_balancer", "lb-1");
            for key in tags {
                balancer.tags.insert((*key).to_owned(), "c1".to_owned());
            }
            balancer
        };
        let plain = balancer(&[]);
        let near = Neighbours::new([&named, &plain]);
        assert!(is_in_front_of_an_api_server(&plain, &near));
        let alone = Neighbours::default();
        assert!(!is_in_front_of_an_api_server(&plain, &alone));
        assert!(is_in_front_of_an_api_server(
            &balancer(&[CLUSTER_TAG]),
            &alone
        ));
        let of_service = balancer(&[CLUSTER_TAG, SERVICE_TAG]);
        assert!(!is_in_front_of_an_api_server(&of_service, &alone));
    }

    #[test]
    fn what_a_dedicated_cluster_has_outside_its_pools_counts_as_master() {
        let mut instance = resource(&cell("r"), "ecs.instance", "i-1");
        instance.tags.insert(CLUSTER_TAG.into(), "c1".into());
        let with_type = |kind: Option<&str>| {
            let mut cluster = cluster("c1", &[]);
            if let Some(kind) = kind {
                cluster.attributes.set_text("cluster_type", kind);
            }
            cluster
        };
        for (kind, is_master) in [
            (Some("Kubernetes"), true),
            (None, true),
            (Some("ManagedKubernetes"), false),
        ] {
            let cluster = with_type(kind);
            let near = Neighbours::new([&cluster]);
            assert_eq!(is_dedicated_master(&instance, &near), is_master, "{kind:?}");
        }
        let dedicated = with_type(Some("Kubernetes"));
        let mut worker = instance.clone();
        worker.tags.insert(NODE_POOL_TAG.into(), "np1".into());
        assert!(!is_dedicated_master(
            &worker,
            &Neighbours::new([&dedicated])
        ));
        let mut node = resource(&cell("r"), "k8s.node", "c1/master");
        node.attributes.set_text("instance_id", "i-1");
        let roles = Attribute::TextList(vec!["control-plane".to_owned()]);
        node.attributes.set("roles", roles);
        assert!(is_dedicated_master(&worker, &Neighbours::new([&node])));
        assert_eq!(node.id.type_id, TypeId::from_static("k8s.node"));
    }
}
