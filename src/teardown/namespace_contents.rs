//! What is in a namespace right before its deletion, of every kind that the API server knows, held against the plan.
//!
//! Deleting a namespace deletes everything in it: objects that were made after planning, and kinds that no scan reads
//! (snapshots of volumes, the resources of operators), with whatever their controllers then delete in the cloud. So each object
//! must be the plan's own, or made by a controller for something that is, or be of a kind that has nothing outside the cluster:
//! those a plan says by words (`loses`), for what was there when it was made.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::inside_only::is_inside_only;
use super::plan::Plan;
use crate::graph::edges::cluster_of;
use crate::kubernetes::{Content, Contents};
use crate::model::{Resource, time};
use crate::resources::cluster::ClusterError;
use crate::resources::{ListError, Reader};

/// Kinds that the control plane itself writes, at any time.
const OF_THE_CONTROL_PLANE: &[(&str, &str)] = &[
    ("", "endpoints"),
    ("", "events"),
    ("coordination.k8s.io", "leases"),
    ("discovery.k8s.io", "endpointslices"),
    ("events.k8s.io", "events"),
];

/// Made in each namespace by the controller manager.
const IN_EACH: &[(&str, &str)] = &[
    ("configmaps", "kube-root-ca.crt"),
    ("serviceaccounts", "default"),
];

/// Kinds of the inventory that controllers make for their owners, and that hold nothing by themselves. Whatever else is owned by an
/// object of the plan may stand for something in the cloud (a Gateway, a claim, a Challenge of cert-manager), and has to be planned.
const CHILDREN: &[(&str, &str)] = &[("", "pods"), ("apps", "deployments")];

/// Kinds of which a controller makes one for a Pod, under the Pod's name and without an owner reference, and takes it away after it:
/// Terway's network interface of a Pod (AliyunContainerService/terway `pkg/controller/pod/pod_controller.go`).
const OF_A_POD: &[(&str, &str)] = &[("network.alibabacloud.com", "podenis")];

/// Names what is in the namespace and not in the plan. An error: nobody can say what all is in it.
pub(super) async fn unplanned(
    reader: &Reader,
    plan: &Plan,
    namespace: &Resource,
) -> Result<Vec<String>, ListError> {
    let unusable = || ListError::Unusable(format!("{} names no namespace", namespace.id));
    let cluster = cluster_of(&namespace.id).ok_or_else(unusable)?;
    let (_, name) = namespace.id.id.split_once('/').ok_or_else(unusable)?;
    let client = reader.cluster(&cluster).await?;
    let contents = client.contents(name).await.map_err(ClusterError::from)?;
    let Contents {
        objects,
        mut unreadable,
    } = contents;
    if let Some(error) = unreadable.pop() {
        return Err(ClusterError::from(error).into());
    }
    Ok(not_in(plan, &objects))
}

/// The objects that the plan does not know, by kind and name.
pub(super) fn not_in(plan: &Plan, objects: &[Content]) -> Vec<String> {
    let planned: BTreeSet<&str> = plan
        .steps
        .iter()
        .filter(|step| step.fingerprint.id.type_id.is_kubernetes())
        .filter_map(|step| step.fingerprint.born.as_deref())
        .collect();
    let mut known: BTreeSet<&str> = objects
        .iter()
        .filter(|object| {
            let uid = object.life.uid.as_str();
            planned.contains(uid)
                || is_trivial(object)
                || was_there(object, plan.binding.read_at)
                || is_of_a_pod(object, plan, objects)
        })
        .map(|object| object.life.uid.as_str())
        .collect();
    // Who owns whom: a chain, from the objects of the plan down.
    loop {
        let before = known.len();
        for object in objects {
            let is_child = object
                .owners
                .iter()
                .any(|owner| known.contains(owner.as_str()) || planned.contains(owner.as_str()));
            if is_child && (object.is_one_of(CHILDREN) || is_inside_only(object)) {
                known.insert(&object.life.uid);
            }
        }
        if known.len() == before {
            break;
        }
    }
    let mut found: Vec<String> = objects
        .iter()
        // Whoever deleted it already, the namespace changes nothing about that.
        .filter(|object| !object.life.is_deleting && !known.contains(object.life.uid.as_str()))
        .map(|object| format!("{}/{}", object.object.resource(), object.object.name))
        .collect();
    found.sort();
    found
}

/// Whether it belongs to a Pod that the plan takes down, or that is in the namespace and is judged by itself.
fn is_of_a_pod(object: &Content, plan: &Plan, objects: &[Content]) -> bool {
    if !object.is_one_of(OF_A_POD) {
        return false;
    }
    let name = &object.object.name;
    let namespace = object.object.namespace.as_deref().unwrap_or_default();
    let is_there = objects
        .iter()
        .any(|pod| pod.is_one_of(&[("", "pods")]) && pod.object.name == *name);
    is_there
        || plan.steps.iter().any(|step| {
            let id = &step.fingerprint.id;
            id.type_id.as_str() == "k8s.pod" && id.id.ends_with(&format!("/{namespace}/{name}"))
        })
}

fn is_trivial(object: &Content) -> bool {
    object.is_one_of(OF_THE_CONTROL_PLANE)
        || (object.object.group.is_empty()
            && IN_EACH.contains(&(object.object.plural.as_str(), object.object.name.as_str())))
}

/// Whether it has nothing outside the cluster and was there when the plan was made.
fn was_there(object: &Content, planned_at: DateTime<Utc>) -> bool {
    is_inside_only(object)
        && object
            .created
            .as_deref()
            .and_then(time::parse)
            .is_some_and(|created| created <= planned_at)
}

#[cfg(test)]
#[path = "namespace_contents_tests.rs"]
mod tests;
