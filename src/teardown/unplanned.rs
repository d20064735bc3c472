//! What a deletion would take along that the plan does not know: what came since, and what hangs on it by the policies of now.

use std::collections::BTreeMap;

use super::plan::{Action, Plan, Step};
use super::surroundings::{Around, goes_with, list, name};
use super::{cluster_options, egress, namespace_contents, nodes};
use crate::graph::edges::cluster_of;
use crate::graph::volume::{is_made_by_alibaba_cloud, may_delete, may_go_with_its_claim};
use crate::model::{Cell, LinkKind, Resource, ResourceId};
use crate::resources::teardown::Call;
use crate::resources::{ListError, ListedPer, Reader, find, linking_to};

const CLAIM: &str = "k8s.persistent_volume_claim";
const NAT: &str = "vpc.nat_gateway";

/// Whether the plan takes it down, or it ends with what the plan takes down.
pub(super) fn is_planned(plan: &Plan, id: &ResourceId) -> bool {
    has_step(plan, id) || plan.implied.contains(id)
}

/// Whether the plan takes it down, with the step that looks after it.
fn has_step(plan: &Plan, id: &ResourceId) -> bool {
    plan.steps.iter().any(|step| step.fingerprint.id == *id)
}

/// What a deletion would take along that the plan does not know.
pub(super) async fn unplanned(
    reader: &Reader,
    plan: &Plan,
    step: &Step,
    resource: &Resource,
) -> Result<Vec<String>, ListError> {
    let mut found = match resource.id.type_id.as_str() {
        "k8s.namespace" => namespace_contents::unplanned(reader, plan, resource).await,
        "ack.cluster" => {
            let mut found = step
                .calls()
                .last()
                .and_then(|planned| match &planned.call {
                    Call::Cloud(call) => Some(call),
                    Call::Cluster(_) => None,
                })
                .map(|call| cluster_options::made_since(&step.holds, resource, call))
                .unwrap_or_default();
            found.extend(new_members(reader, plan, resource).await?);
            found.extend(gateways_of_others(reader, plan, step).await?);
            Ok(found)
        }
        "ack.node_pool" | "ess.scaling_group" => new_members(reader, plan, resource).await,
        "k8s.stateful_set" => owned_claims(reader, plan, resource).await,
        NAT => new_senders(reader, plan, &[resource]).await,
        _ => contained(reader, plan, resource).await,
    }?;
    if resource.id.type_id.is_kubernetes() {
        found.extend(handed_over(reader, plan, step, resource).await?);
    }
    Ok(found)
}

/// Instances in the plan's scaling groups that the plan neither takes nor keeps: somebody put them there since, and the end of
/// cluster, pool or group would release them.
async fn new_members(
    reader: &Reader,
    plan: &Plan,
    near: &Resource,
) -> Result<Vec<String>, ListError> {
    let is_known =
        |id: &ResourceId| is_planned(plan, id) || plan.kept.iter().any(|kept| kept.id == *id);
    let has_groups = plan
        .steps
        .iter()
        .any(|step| step.fingerprint.id.type_id.as_str() == nodes::SCALING_GROUP);
    let Some(groups) = find(nodes::SCALING_GROUP).filter(|_| has_groups) else {
        return Ok(Vec::new());
    };
    let cell = Cell {
        account: near.id.account.clone(),
        region: near.id.region.clone(),
        parent: None,
    };
    let mut found = Vec::new();
    for group in list(reader, groups, &cell).await? {
        if is_planned(plan, &group.id) {
            let members = nodes::listed(&group);
            found.extend(members.filter(|id| !is_known(id)).map(|id| name(&id)));
        }
    }
    Ok(found)
}

/// A claim whose end is at hand: its namespace, its name and the volume that it names.
struct Claim<'a> {
    namespace: &'a str,
    name: &'a str,
    volume: Option<&'a str>,
}

impl<'a> Claim<'a> {
    /// By its id, `cluster/namespace/name`.
    fn of(id: &'a ResourceId) -> Option<Self> {
        let mut parts = id.id.split('/').skip(1);
        Some(Self {
            namespace: parts.next()?,
            name: parts.next()?,
            volume: None,
        })
    }

    fn has(&self, volume: &Resource) -> bool {
        let is_named = volume.text("claim_namespace") == Some(self.namespace)
            && volume.text("claim_name") == Some(self.name);
        is_named || (self.volume.is_some() && self.volume == volume.name.as_deref())
    }
}

/// What the deletion of claims hands over by the policies of now: the volume whose policy somebody set to `Delete` since, and
/// what is behind it, which the plan keeps. The claims are the step's own and those that it takes along.
async fn handed_over(
    reader: &Reader,
    plan: &Plan,
    step: &Step,
    resource: &Resource,
) -> Result<Vec<String>, ListError> {
    let own = (resource.id.type_id.as_str() == CLAIM)
        .then(|| Claim::of(&resource.id))
        .flatten()
        .map(|claim| Claim {
            volume: resource.text("volume_name"),
            ..claim
        });
    let along = plan.taken_along(&step.id).into_iter();
    let along = along
        .map(|step| &step.fingerprint.id)
        .filter(|id| id.type_id.as_str() == CLAIM)
        .filter_map(Claim::of);
    let claims: Vec<Claim<'_>> = own.into_iter().chain(along).collect();
    let Some(volumes_type) = find("k8s.persistent_volume").filter(|_| !claims.is_empty()) else {
        return Ok(Vec::new());
    };
    let volumes = objects_beside(reader, "k8s.persistent_volume", resource).await?;
    // One that has a step went into the plan with what is behind it. What others than Alibaba Cloud's drivers provide ends with
    // its cluster, where the plan says so.
    let is_known = |volume: &Resource| {
        has_step(plan, &volume.id)
            || (!is_made_by_alibaba_cloud(volume) && plan.implied.contains(&volume.id))
    };
    let mut found = Vec::new();
    for volume in volumes.iter().filter(|volume| {
        claims.iter().any(|claim| claim.has(volume))
            && may_go_with_its_claim(volume)
            && !is_known(volume)
    }) {
        let links = volumes_type.links(volume);
        let behind = links
            .iter()
            .map(|link| &link.to)
            .filter(|to| may_delete(volume, to.type_id.as_str()));
        let taken = std::iter::once(&volume.id).chain(behind);
        found.extend(taken.filter(|id| !has_step(plan, id)).map(name));
    }
    Ok(found)
}

/// Claims that end with a `StatefulSet` by its policy of now.
async fn owned_claims(
    reader: &Reader,
    plan: &Plan,
    set: &Resource,
) -> Result<Vec<String>, ListError> {
    let claims = objects_beside(reader, CLAIM, set).await?;
    let Some(claims_type) = find(CLAIM) else {
        return Ok(Vec::new());
    };
    let is_owned = |claim: &&Resource| {
        let links = claims_type.links(claim);
        links
            .iter()
            .any(|link| link.kind == LinkKind::Manages && link.from == set.id)
    };
    let owned = claims.iter().filter(is_owned);
    Ok(owned
        .filter(|claim| !has_step(plan, &claim.id))
        .map(|claim| name(&claim.id))
        .collect())
}

/// The objects of a kind in the cluster that an object is in.
async fn objects_beside(
    reader: &Reader,
    type_id: &str,
    object: &Resource,
) -> Result<Vec<Resource>, ListError> {
    let Some(resource_type) = find(type_id) else {
        return Ok(Vec::new());
    };
    let cell = Cell {
        account: object.id.account.clone(),
        region: object.id.region.clone(),
        parent: cluster_of(&object.id),
    };
    list(reader, resource_type, &cell).await
}

/// Others in the VPCs of the NAT gateways that the end of a cluster takes along.
async fn gateways_of_others(
    reader: &Reader,
    plan: &Plan,
    cluster: &Step,
) -> Result<Vec<String>, ListError> {
    let taken: Vec<&ResourceId> = plan
        .steps
        .iter()
        .filter(|step| step.fingerprint.id.type_id.as_str() == NAT && !step.reason.is_by_id())
        .filter(|step| matches!(&step.action, Action::Manager { manager, .. } if *manager == cluster.id))
        .map(|step| &step.fingerprint.id)
        .collect();
    let (Some(gateway), Some(type_of_gateways)) = (taken.first(), find(NAT)) else {
        return Ok(Vec::new());
    };
    let cell = Cell {
        account: gateway.account.clone(),
        region: gateway.region.clone(),
        parent: None,
    };
    let gateways = list(reader, type_of_gateways, &cell).await?;
    let gateways: Vec<&Resource> = gateways
        .iter()
        .filter(|found| taken.contains(&&found.id))
        .collect();
    new_senders(reader, plan, &gateways).await
}

/// What goes out through a NAT gateway and came into its VPC after planning: everything else there goes with the plan, or the
/// gateway would have been kept.
async fn new_senders(
    reader: &Reader,
    plan: &Plan,
    gateways: &[&Resource],
) -> Result<Vec<String>, ListError> {
    let is_by_id = |id: &ResourceId| {
        let mut steps = plan.steps.iter();
        steps.any(|step| step.fingerprint.id == *id && step.reason.is_by_id())
    };
    let mut found = Vec::new();
    for gateway in gateways.iter().filter(|gateway| !is_by_id(&gateway.id)) {
        let mut around = Around {
            reader,
            plan,
            resource: gateway,
            known: BTreeMap::new(),
        };
        let Some(vpc) = gateway.text("vpc_id") else {
            continue;
        };
        for resource_type in linking_to("vpc.vpc") {
            let type_id = resource_type.spec().type_id.as_str();
            if !egress::sends_by_itself(type_id) {
                continue;
            }
            around.learn(resource_type).await?;
            let others = around.known.get(type_id).into_iter().flatten();
            found.extend(
                others
                    .filter(|other| other.text("vpc_id") == Some(vpc))
                    .filter(|other| other.attributes.boolean("service_managed") != Some(true))
                    .filter(|other| !is_planned(plan, &other.id))
                    .map(|other| name(&other.id)),
            );
        }
    }
    Ok(found)
}

/// What goes with its container (Logstores with their project) and has no step.
async fn contained(
    reader: &Reader,
    plan: &Plan,
    resource: &Resource,
) -> Result<Vec<String>, ListError> {
    let type_id = resource.id.type_id.as_str();
    let mut found = Vec::new();
    for inner in linking_to(type_id).filter(|inner| goes_with(*inner, type_id)) {
        let cell = Cell {
            account: resource.id.account.clone(),
            region: resource.id.region.clone(),
            parent: (inner.spec().listed_per == ListedPer::Parent(static_id(type_id)))
                .then(|| resource.id.clone()),
        };
        for item in list(reader, inner, &cell).await? {
            let is_inside = inner.links(&item).iter().any(|link| link.to == resource.id);
            if is_inside && !is_planned(plan, &item.id) {
                found.push(name(&item.id));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The id of a known type as the type itself has it.
fn static_id(type_id: &str) -> &'static str {
    find(type_id).map_or("", |known| known.spec().type_id.as_str())
}
