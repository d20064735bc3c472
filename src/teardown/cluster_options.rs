//! What `DeleteCluster` is told to delete and to keep.
//!
//! Load balancers of Services are deleted by ACK unless told otherwise; ALB, logs and private zones are kept
//! (`alibabacloud_cs20151215` 7.2.3, `DeleteClusterRequest`). All options are written out, so that a plan says what happens and
//! a changed default changes nothing: what ACK keeps has steps of its own. Ids of what stays go to `retain_resources`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::world::World;
use crate::graph::edges::cluster_of;
use crate::model::{Resource, ResourceId};
use crate::resources::teardown::{CloudCall, Wishes};

/// The lists that a cluster keeps of `DescribeClusterResources`: what ACK says it made, what it says was there before, and what it
/// does not say it of.
const MADE: &str = "resources_made";
const USED: &str = "resources_used";
const UNCLEAR: &str = "resources_unclear";

/// Types of which ACK is told to keep everything: the plan deletes them itself, or not at all.
const LEFT_TO_STEPS: &[&str] = &[
    "alb.load_balancer",
    "alb.server_group",
    "nlb.load_balancer",
    "sls.project",
    "sls.logstore",
    "arms.environment",
];

/// ROS types and the option of `DeleteCluster` that decides about all of the kind.
const OPTION_OF: &[(&str, &str)] = &[
    ("ALIYUN::ALB::LoadBalancer", "ALB"),
    ("ALIYUN::PVTZ::Zone", "PrivateZone"),
    ("ALIYUN::SLB::LoadBalancer", "SLB"),
    ("ALIYUN::SLS::Project", "SLS_Data"),
];

/// Whether `DeleteCluster`, called as the plan calls it, takes a resource along that ACK says it made.
pub(super) fn takes_along(cluster: &Resource, resource: &ResourceId) -> bool {
    if LEFT_TO_STEPS.contains(&resource.type_id.as_str()) {
        return false;
    }
    !listed(cluster, "resources_kept_by_default").contains(resource.id.as_str())
}

/// Whether ACK names a resource in its list of what the cluster has. Only what is in it can be kept by its id.
pub(super) fn lists(cluster: &Resource, resource: &ResourceId) -> bool {
    [MADE, USED, UNCLEAR]
        .into_iter()
        .any(|list| listed(cluster, list).contains(resource.id.as_str()))
}

/// The delete options and the ids to keep. Kept is everything on ACK's list that the plan does not delete itself: what it keeps,
/// what was there before, what nobody is sure about and what is in no inventory. Left to ACK is only what it says it
/// made and what is no resource of its own for us (entries of a NAT gateway, a RAM role).
pub(super) fn wishes(
    cluster: &Resource,
    world: &World<'_>,
    is_going: impl Fn(&ResourceId) -> bool,
) -> Wishes {
    let beside: Vec<&Resource> = world
        .beside(&cluster.id)
        .filter(|resource| resource.id != cluster.id && !resource.id.type_id.is_kubernetes())
        .collect();
    let goes = |id: &str| {
        beside
            .iter()
            .any(|resource| resource.id.id == id && is_going(&resource.id))
    };
    let linked: BTreeSet<&str> = world
        .links_from(&cluster.id)
        .iter()
        .map(|link| link.to.id.as_str())
        .collect();
    let is_ours =
        |id: &str| linked.contains(id) || beside.iter().any(|resource| resource.id.id == id);
    let made = listed(cluster, MADE).into_iter().filter(|id| is_ours(id));
    let not_made = [USED, UNCLEAR]
        .into_iter()
        .flat_map(|list| listed(cluster, list));
    let retained: BTreeSet<&str> = made.chain(not_made).filter(|id| !goes(id)).collect();
    // A Service's load balancer that ACK does not list has no id to retain it by: then all of them are kept.
    let keeps_balancer = beside.iter().any(|resource| {
        resource.id.type_id.as_str() == "slb.load_balancer"
            && !is_going(&resource.id)
            && !retained.contains(resource.id.id.as_str())
            && may_be_of(resource, cluster, world)
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
        retained: retained.into_iter().map(str::to_owned).collect(),
    }
}

/// Whether anything connects a load balancer with a cluster: its owner, a tag, or a Service that made or only uses it.
fn may_be_of(balancer: &Resource, cluster: &Resource, world: &World<'_>) -> bool {
    let owner = balancer
        .owner
        .as_ref()
        .and_then(|owner| owner.cluster.as_deref());
    let id = cluster.id.id.as_str();
    owner == Some(id)
        || balancer.tags.values().any(|value| value == id)
        || world
            .links_to(&balancer.id)
            .iter()
            .any(|link| cluster_of(&link.from).is_some_and(|of| of == cluster.id))
}

/// What `DeleteCluster` may take along: the entries that ACK made, or does not say who made.
pub(super) fn made(cluster: &Resource) -> Vec<String> {
    if cluster.id.type_id.as_str() != "ack.cluster" {
        return Vec::new();
    }
    let list = |name| cluster.attributes.text_list(name).unwrap_or_default();
    let mut made: Vec<String> = list("resources_made")
        .iter()
        .chain(list("resources_unclear"))
        .cloned()
        .collect();
    made.sort();
    made.dedup();
    made
}

/// The entries of a cluster as it is now that were not there at planning, and that its deletion, called as planned, does not
/// keep.
pub(super) fn made_since(known: &[String], cluster: &Resource, call: &CloudCall) -> Vec<String> {
    let list = |name: &str| -> Vec<Value> {
        let text = call.arguments.get(name).map_or("[]", String::as_str);
        serde_json::from_str(text).unwrap_or_default()
    };
    let retained = list("retain_resources");
    let kept_kinds: Vec<String> = list("delete_options")
        .iter()
        .filter(|option| option["delete_mode"] == "retain")
        .filter_map(|option| option["resource_type"].as_str().map(str::to_owned))
        .collect();
    let kept_by_default = listed(cluster, "resources_kept_by_default");
    let is_kept = |entry: &str| {
        let Some((ros_type, id)) = entry.split_once('/') else {
            return false;
        };
        let option = OPTION_OF.iter().find(|(known, _)| *known == ros_type);
        match option {
            // An option says it for all of a kind, whatever the default.
            Some((_, option)) if kept_kinds.iter().any(|kind| kind == option) => true,
            Some(_) => retained.iter().any(|kept| kept == id),
            None => kept_by_default.contains(id) || retained.iter().any(|kept| kept == id),
        }
    };
    made(cluster)
        .into_iter()
        .filter(|entry| !known.contains(entry) && !is_kept(entry))
        .collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Attribute;
    use crate::teardown::testing::id;

    fn cluster(made: &[&str], kept_by_default: &[&str]) -> Resource {
        let mut cluster = Resource::new(id("ack.cluster/c1"));
        for (name, entries) in [
            ("resources_made", made),
            ("resources_kept_by_default", kept_by_default),
        ] {
            let entries = entries.iter().map(|entry| (*entry).to_owned()).collect();
            cluster.attributes.set(name, Attribute::TextList(entries));
        }
        cluster
    }

    fn call(options: &Value, retained: &Value) -> CloudCall {
        CloudCall {
            product: "cs".to_owned(),
            action: "DeleteCluster".to_owned(),
            region: crate::model::Region::from_static("cn-hangzhou"),
            arguments: [
                ("delete_options".to_owned(), options.to_string()),
                ("retain_resources".to_owned(), retained.to_string()),
            ]
            .into(),
            body: None,
            takes_client_token: false,
        }
    }

    #[test]
    fn what_ack_made_since_and_would_delete_is_named() {
        let known = made(&cluster(
            &["ALIYUN::ECS::VPC/vpc-1", "ALIYUN::ROS::Stack/s-1"],
            &[],
        ));
        let options = json!([
            {"resource_type": "SLB", "delete_mode": "delete"},
            {"resource_type": "ALB", "delete_mode": "retain"},
        ]);
        let call = call(&options, &json!(["lb-kept"]));
        let now =
            |entries: &[&str], kept: &[&str]| made_since(&known, &cluster(entries, kept), &call);
        for entry in [
            "ALIYUN::ECS::VPC/vpc-1",
            "ALIYUN::ROS::Stack/s-1",
            // Kept: by its id, by the option for its kind.
            "ALIYUN::SLB::LoadBalancer/lb-kept",
            "ALIYUN::ALB::LoadBalancer/alb-new",
        ] {
            assert!(now(&[entry], &[]).is_empty(), "{entry}");
        }
        for entry in [
            "ALIYUN::SLB::LoadBalancer/lb-new",
            "ALIYUN::ECS::SecurityGroup/sg-new",
            "ALIYUN::Something::Else/x",
        ] {
            assert_eq!(now(&[entry], &[]), [entry]);
        }
        // What ACK keeps by default stays, unless an option decides about its kind.
        assert!(
            now(
                &["ALIYUN::Something::Else/x"],
                &["ALIYUN::Something::Else/x"]
            )
            .is_empty()
        );
        let balancer = "ALIYUN::SLB::LoadBalancer/lb-new";
        assert_eq!(now(&[balancer], &[balancer]), [balancer]);
    }
}
