//! ACK clusters: `DeleteCluster` with its defaults and delete options, and `ModifyCluster`.
//!
//! What ACK deletes and what it leaves: parameter documentation of `alibabacloud_cs20151215` 7.2.3 (`DeleteClusterRequest`), the
//! vendor's page on deleting clusters, and reports of what stays in practice. Where they leave something open the emulator
//! leaves the resource behind; see [`super::super::assumptions`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::filters::Condition;
use super::super::lookup;
use super::super::route::Call;
use super::super::world::World;
use super::super::world::removal::{Step, Which, texts};
use super::{Scene, is_true, task};

/// The tag that ACK and its controllers put on what they make.
const CLUSTER_TAG: &str = "ack.aliyun.com";
/// The tag on a load balancer that a Service only uses.
const REUSED_TAG: &str = "kubernetes.reused.by.user";

/// Seconds from the call: nodes are released first, the network goes last. 3 to 10 minutes are usual for the whole.
const NODES: u32 = 60;
const SCALING_GROUPS: u32 = 100;
const LOAD_BALANCERS: u32 = 150;
const NETWORK: u32 = 180;
const END: u32 = 300;
/// After the task has ended: what waited for the network interfaces, which lag behind their instances.
const LAGGING: u32 = 340;
const VSWITCHES: [u32; 2] = [400, 420];

/// What rows of `DescribeClusterResources` are items of, and when ACK removes those that it made. Disks, SNAT entries and network
/// interfaces go with what they belong to; the EIP of the NAT gateway stays.
const MADE: &[(&str, &str, u32)] = &[
    (
        "ALIYUN::ESS::ScalingGroup",
        "ess/scaling_group",
        SCALING_GROUPS,
    ),
    ("ALIYUN::SLB::LoadBalancer", "slb/load_balancer", NETWORK),
    ("ALIYUN::VPC::NatGateway", "vpc/nat_gateway", NETWORK),
    ("ALIYUN::ECS::SecurityGroup", "ecs/security_group", LAGGING),
    ("ALIYUN::ECS::VPC", "vpc/vpc", VSWITCHES[1] + 60),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteOption {
    resource_type: String,
    delete_mode: String,
}

/// What the caller wants to keep or to have deleted.
struct Wishes {
    /// Whether ACK deletes resources of that option.
    deletes: BTreeMap<&'static str, bool>,
    retained: BTreeSet<String>,
    retain_all: bool,
}

impl Wishes {
    fn read(call: &Call) -> Result<Self, Refusal> {
        // The defaults of the documentation: load balancers of Services go, everything else stays.
        let mut deletes = BTreeMap::from([
            ("ALB", false),
            ("PrivateZone", false),
            ("SLB", !is_true(call, "keep_slb")),
            ("SLS_ControlPlane", false),
            ("SLS_Data", false),
        ]);
        let invalid = |what: String| Refusal::invalid_parameter(call.family, what);
        if let Some(text) = call.argument("delete_options") {
            let options: Vec<DeleteOption> = serde_json::from_str(text)
                .map_err(|error| invalid(format!("delete_options: {error}")))?;
            for option in options {
                let delete = match option.delete_mode.as_str() {
                    "delete" => true,
                    "retain" => false,
                    mode => return Err(invalid(format!("delete_mode {mode}"))),
                };
                let known = deletes
                    .get_mut(option.resource_type.as_str())
                    .ok_or_else(|| invalid(format!("resource_type {}", option.resource_type)))?;
                *known = delete;
            }
        }
        let retained = call.argument("retain_resources").map_or_else(
            || Ok(BTreeSet::new()),
            |text| {
                serde_json::from_str(text)
                    .map_err(|error| invalid(format!("retain_resources: {error}")))
            },
        )?;
        Ok(Self {
            deletes,
            retained,
            retain_all: is_true(call, "retain_all_resources"),
        })
    }

    fn deletes(&self, option: &str) -> bool {
        self.deletes.get(option).copied().unwrap_or_default()
    }
}

/// `DeleteCluster`
pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let id = call.argument("cluster_id").unwrap_or_default().to_owned();
    let which = scene
        .world
        .named("cs/cluster", &id)
        .ok_or_else(|| lookup::absent("cs/cluster"))?;
    let wishes = Wishes::read(call)?;
    let (detail, region) = scene
        .world
        .at(&which)
        .map_or_else(Default::default, |item| {
            (item.value.clone(), item.region.clone())
        });
    if detail.get("deletion_protection").and_then(Value::as_bool) == Some(true) {
        return Err(Refusal::new(
            403,
            "StatusForbidden",
            "The cluster is protected against deletion.",
        ));
    }
    // A cluster that is being deleted answers with the task that does it.
    if let Some(running) = detail.get("_task").and_then(Value::as_str) {
        return Ok(json!({"cluster_id": id, "task_id": running}));
    }
    let (task_id, task) = task::begin(scene, &region, &id, "cluster_delete", ("cluster", &id));
    let world = &mut *scene.world;
    let changed = [
        ("state".to_owned(), json!("deleting")),
        ("_task".to_owned(), json!(task_id)),
    ];
    world.set_fields(&which, changed.iter().map(|(path, value)| (path, value)));
    if !wishes.retain_all {
        for (seconds, item) in plan(world, &id, &detail, &wishes) {
            world.later(seconds, Step::Begin(item));
        }
    }
    world.later(END, Step::ClusterEnds(which, task));
    Ok(json!({"cluster_id": id, "task_id": task_id}))
}

/// What ACK removes, and when.
fn plan(world: &mut World, id: &str, detail: &Value, wishes: &Wishes) -> Vec<(u32, Which)> {
    let mut found: Vec<(u32, Which)> = Vec::new();
    for node in nodes(world, id, &wishes.retained) {
        found.push((NODES, node));
    }
    let made: Vec<(String, String)> = world
        .items("cs/resource")
        .iter()
        .filter(|row| text(&row.value, "_cluster_id") == id)
        .filter(|row| row.value.get("auto_create").and_then(Value::as_i64) == Some(1))
        .map(|row| {
            (
                text(&row.value, "resource_type").to_owned(),
                text(&row.value, "instance_id").to_owned(),
            )
        })
        .collect();
    for (kind, collection, seconds) in MADE {
        let ids = made.iter().filter(|(made, _)| made == kind);
        found.extend(ids.filter_map(|(_, id)| Some((*seconds, world.named(collection, id)?))));
    }
    let vswitches = made
        .iter()
        .filter(|(kind, _)| kind == "ALIYUN::ECS::VSwitch");
    // One after the other: the VPC refuses two at once.
    for ((_, id), seconds) in vswitches.zip(VSWITCHES) {
        found.extend(world.named("vpc/vswitch", id).map(|which| (seconds, which)));
    }
    let api_server = text(detail, "external_loadbalancer_id");
    if wishes.deletes("SLB") {
        let services = tagged(world, "slb/load_balancer", id);
        found.extend(services.into_iter().map(|which| (LOAD_BALANCERS, which)));
    }
    found.extend(
        world
            .named("slb/load_balancer", api_server)
            .map(|which| (NETWORK, which)),
    );
    if wishes.deletes("ALB") {
        let balancers = tagged(world, "alb/load_balancer", id);
        found.extend(balancers.into_iter().map(|which| (LOAD_BALANCERS, which)));
    }
    if wishes.deletes("SLS_Data") {
        let project = world.named("sls/project", &format!("k8s-log-{id}"));
        found.extend(project.map(|which| (LAGGING, which)));
    }
    let loose = tagged(world, "ecs/network_interface", id);
    found.extend(loose.into_iter().map(|which| (LAGGING - 20, which)));
    let mut seen = BTreeSet::new();
    found.retain(|(_, which)| {
        let is_retained = world
            .at(which)
            .and_then(|item| item.id(&which.0))
            .is_some_and(|id| wishes.retained.contains(id));
        // The API server's load balancer bears the cluster's tag too: what is found twice keeps its first time.
        !is_retained && seen.insert(which.clone())
    });
    found
}

/// The instances of the cluster that ACK releases: members of node pools with a desired size. All others are kept, and marked so
/// that their scaling group does not take them along.
fn nodes(world: &mut World, cluster: &str, retained: &BTreeSet<String>) -> Vec<Which> {
    let sized: BTreeSet<String> = world
        .items("cs/node_pool")
        .iter()
        .filter(|pool| text(&pool.value, "_cluster_id") == cluster)
        .filter(|pool| {
            let size = pool
                .value
                .get("scaling_group")
                .and_then(|group| group.get("desired_size"));
            size.is_some_and(Value::is_number)
        })
        .flat_map(|pool| texts(&pool.value, "nodepool_info.nodepool_id"))
        .collect();
    let (released, kept): (Vec<_>, Vec<_>) = world
        .items("cs/node")
        .iter()
        .filter(|node| text(&node.value, "_cluster_id") == cluster)
        .map(|node| {
            let instance = text(&node.value, "instance_id").to_owned();
            let goes =
                sized.contains(text(&node.value, "nodepool_id")) && !retained.contains(&instance);
            (instance, goes)
        })
        .partition(|(_, goes)| *goes);
    for (instance, _) in kept {
        world.set("ecs/instance", &instance, "_kept", json!(true));
    }
    released
        .into_iter()
        .filter_map(|(instance, _)| world.named("ecs/instance", &instance))
        .collect()
}

/// Items with the cluster's tag that are not the user's own.
fn tagged(world: &World, collection: &str, cluster: &str) -> Vec<Which> {
    let tag = |key: &str, value: &str| Condition::Tag {
        key: key.to_owned(),
        value: Some(value.to_owned()),
    };
    let (owned, reused) = (tag(CLUSTER_TAG, cluster), tag(REUSED_TAG, "true"));
    world.which(collection, |item| {
        owned.admits(&item.value) && !reused.admits(&item.value)
    })
}

/// The end of the task: the cluster is gone, whatever is left of it.
pub(in crate::emulator) fn ends(world: &mut World, which: &Which, task: &Which) {
    if world.vanish(which) {
        task::end(world, task, None);
    } else {
        let failed = [
            ("state".to_owned(), json!("delete_failed")),
            ("_task".to_owned(), Value::Null),
        ];
        world.set_fields(which, failed.iter().map(|(path, value)| (path, value)));
        task::end(world, task, Some("the cluster could not be deleted"));
    }
}

/// `ModifyCluster`, of which the emulator does the deletion protection.
pub(super) fn modify(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let id = call.argument("cluster_id").unwrap_or_default().to_owned();
    let which = scene
        .world
        .named("cs/cluster", &id)
        .ok_or_else(|| lookup::absent("cs/cluster"))?;
    let fields = call.json.as_ref().and_then(Value::as_object);
    let mut protection = None;
    for (name, value) in fields.into_iter().flatten() {
        match name.as_str() {
            "deletion_protection" => protection = Some(value.clone()),
            // Without effect since July 2026, says the parameter documentation.
            "instance_deletion_protection" | "client_token" => {}
            _ => {
                return Err(Refusal::not_emulated(format!(
                    "the emulator does not know what {name} of ModifyCluster does"
                )));
            }
        }
    }
    let region = scene
        .world
        .at(&which)
        .map(|item| item.region.clone())
        .unwrap_or_default();
    if let Some(on) = protection {
        scene
            .world
            .set_fields(&which, [(&"deletion_protection".to_owned(), &on)]);
    }
    let (task_id, task) = task::begin(scene, &region, &id, "cluster_modify", ("cluster", &id));
    task::end(scene.world, &task, None);
    Ok(json!({"cluster_id": id, "task_id": task_id}))
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
