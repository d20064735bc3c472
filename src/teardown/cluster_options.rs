//! What `DeleteCluster` is told to delete and to keep.
//!
//! Load balancers of Services are deleted by ACK unless told otherwise; ALB, logs and private zones are kept
//! (`alibabacloud_cs20151215` 7.2.3, `DeleteClusterRequest`). All options are written out, so that a plan says what happens and
//! a changed default changes nothing: what ACK keeps has steps of its own. Ids of what stays go to `retain_resources`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Resource, ResourceId};
use crate::resources::teardown::Wishes;

/// Types of which ACK is told to keep everything: the plan deletes them itself, or not at all.
const LEFT_TO_STEPS: &[&str] = &[
    "alb.load_balancer",
    "alb.server_group",
    "nlb.load_balancer",
    "sls.project",
    "sls.logstore",
    "arms.environment",
];

/// Whether `DeleteCluster`, called as the plan calls it, takes a resource along that ACK says it made.
pub(super) fn takes_along(cluster: &Resource, resource: &ResourceId) -> bool {
    if LEFT_TO_STEPS.contains(&resource.type_id.as_str()) {
        return false;
    }
    !listed(cluster, "resources_kept_by_default").contains(resource.id.as_str())
}

/// The delete options and the ids to keep, from what ACK says and what the plan keeps.
pub(super) fn wishes(cluster: &Resource, kept: &[&Resource]) -> Wishes {
    let made = listed(cluster, "resources_made");
    let mut retained: Vec<String> = kept
        .iter()
        .filter(|resource| made.contains(resource.id.id.as_str()))
        .filter(|resource| takes_along(cluster, &resource.id))
        .map(|resource| resource.id.id.clone())
        .collect();
    retained.sort();
    // A Service's load balancer that ACK does not list has no id to retain it by: then all of them are kept.
    let keeps_balancer = kept.iter().any(|resource| {
        resource.id.type_id.as_str() == "slb.load_balancer"
            && !retained.contains(&resource.id.id)
            && resource
                .owner
                .as_ref()
                .is_some_and(|owner| owner.cluster.as_deref() == Some(cluster.id.id.as_str()))
    });
    let options = [
        ("ALB", "retain"),
        ("PrivateZone", "retain"),
        ("SLB", if keeps_balancer { "retain" } else { "delete" }),
        ("SLS_ControlPlane", "retain"),
        ("SLS_Data", "retain"),
    ];
    Wishes {
        is_named: true,
        cluster_options: options
            .into_iter()
            .map(|(option, mode)| (option.to_owned(), mode.to_owned()))
            .collect::<BTreeMap<_, _>>(),
        retained,
    }
}

/// The ids of a list of `DescribeClusterResources`; its entries are `<ROS type>/<id>`.
fn listed<'a>(cluster: &'a Resource, list: &str) -> BTreeSet<&'a str> {
    cluster
        .attributes
        .text_list(list)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| entry.split_once('/').map(|(_, id)| id))
        .collect()
}
