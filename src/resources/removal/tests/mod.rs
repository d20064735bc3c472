//! Every type that can be deleted: what keeps it, its calls against the contracts, and what each answer to a look means.

mod calls;
mod looks;
mod refusals;

use crate::model::{Attribute, Cell, Resource, ResourceId, TypeId};
use crate::resources::field::FieldKind;
use crate::resources::testing::{cell, cell_of, resource};
use crate::resources::{ListedPer, RESOURCE_TYPES, ResourceType, find};

/// The id of a sample of a type.
pub(super) fn sample_id(type_id: &str) -> &'static str {
    match type_id {
        "sls.logstore" => "p-1/store",
        "cr.namespace" => "cri-1/apps",
        "cr.repository" => "cri-1/apps/web",
        id if !id.starts_with("k8s.") => "x-1",
        "k8s.namespace"
        | "k8s.node"
        | "k8s.persistent_volume"
        | "k8s.storage_class"
        | "k8s.ingress_class"
        | "k8s.alb_config" => "c1/thing",
        _ => "c1/app/thing",
    }
}

/// A resource of which every declared attribute is there, with protection on and bound to something.
pub(super) fn sample(of: &'static dyn ResourceType) -> Resource {
    sample_without(of, "")
}

/// The same without one of its attributes.
pub(super) fn sample_without(of: &'static dyn ResourceType, absent: &str) -> Resource {
    let spec = of.spec();
    let type_id = spec.type_id.as_str();
    let mut sample = resource(&cell("cn-hangzhou"), "ecs.disk", sample_id(type_id));
    sample.id.type_id = spec.type_id.clone();
    sample.status = Some("Available".to_owned());
    sample.name = Some("thing".to_owned());
    let empty = [
        "share_type",
        "bandwidth_package_id",
        "gateway_ids",
        "reused_load_balancer_id",
    ];
    let is_there = |name: &str| name != absent && !empty.contains(&name);
    for field in spec
        .fields
        .attributes
        .iter()
        .filter(|field| is_there(field.name))
    {
        let value = match field.kind {
            FieldKind::Text => Attribute::Text(format!("{}-1", field.name)),
            FieldKind::Integer => Attribute::Integer(1),
            FieldKind::Boolean => Attribute::Boolean(true),
            FieldKind::TextList => Attribute::TextList(vec![format!("{}-1", field.name)]),
            FieldKind::Decimal | FieldKind::Time | FieldKind::TextMap => continue,
        };
        sample.attributes.set(field.name, value);
    }
    let flags = [
        "service_managed",
        "is_default",
        "is_shared",
        "is_public",
        "reuses_load_balancer",
    ];
    for name in flags {
        if sample.attributes.get(name).is_some() {
            sample.attributes.set(name, Attribute::Boolean(false));
        }
    }
    // A policy that no disk uses.
    for name in ["disk_count", "volume_count"] {
        if sample.attributes.get(name).is_some() {
            sample.attributes.set(name, Attribute::Integer(0));
        }
    }
    for (name, text) in [
        ("modification_protection", "ConsoleProtection"),
        ("owner_alias", "self"),
        ("owner_account_id", "42"),
        ("instance_id", "i-1"),
        ("prometheus_instance_id", "prometheus-1"),
    ] {
        if sample.attributes.get(name).is_some() {
            sample.attributes.set_text(name, text);
        }
    }
    let more: &[(&str, &str)] = match type_id {
        "ack.cluster" => &[
            ("cluster_type", "ManagedKubernetes"),
            ("profile", "Default"),
        ],
        "ack.node_pool" => &[("cluster_id", "c1")],
        "cr.namespace" => &[("edition", "Enterprise"), ("instance_id", "cri-1")],
        "cr.repository" => &[
            ("edition", "Enterprise"),
            ("repository_id", "repository_id-1"),
        ],
        "vpc.eip" => &[("instance_type", "EcsInstance")],
        _ => &[],
    };
    for (name, text) in more.iter().filter(|(name, _)| is_there(name)) {
        sample.attributes.set_text(name, *text);
    }
    if type_id == "slb.load_balancer" {
        let on = Attribute::Boolean(true);
        sample.attributes.set("deletion_protection", on);
    }
    if spec.type_id.is_kubernetes() {
        for (name, text) in [("cluster_id", "c1"), ("uid", "uid-1"), ("namespace", "app")] {
            if is_there(name) {
                sample.attributes.set_text(name, text);
            }
        }
    }
    if type_id == "ack.cluster" && is_there("resources_made") {
        let nothing = Attribute::TextList(Vec::new());
        sample.attributes.set("resources_made", nothing);
    }
    sample
}

/// The type of that id.
pub(super) fn type_of(type_id: &str) -> &'static dyn ResourceType {
    find(type_id).unwrap_or_else(|| panic!("{type_id} is not registered"))
}

/// The types that can be deleted.
pub(super) fn deletable() -> impl Iterator<Item = &'static dyn ResourceType> {
    RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|found| found.teardown().is_some())
}

/// The cell that a sample of a type is listed in.
pub(super) fn cell_of_sample(of: &dyn ResourceType) -> Cell {
    let region = cell("cn-hangzhou");
    let parent = |type_id: &'static str, id: &str| {
        cell_of(
            "cn-hangzhou",
            ResourceId {
                account: region.account.clone(),
                region: region.region.clone(),
                type_id: TypeId::from_static(type_id),
                id: id.to_owned(),
            },
        )
    };
    let id = sample_id(of.spec().type_id.as_str());
    match of.spec().listed_per {
        ListedPer::Parent(kind) | ListedPer::RegionAndParent(kind) => {
            let (above, _) = id.rsplit_once('/').unwrap_or(("c1", id));
            let above = if of.spec().type_id.is_kubernetes() {
                "c1"
            } else {
                above
            };
            parent(kind, above)
        }
        ListedPer::Account | ListedPer::Region => region,
    }
}
