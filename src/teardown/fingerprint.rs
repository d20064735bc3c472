//! What makes a resource the one that was planned: compared again right before each call.
//!
//! Status and links are no part of it, or our own steps would look like drift.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{ChargeType, Resource, ResourceId, time};

/// Tags that say whose a resource is; a change of any of them is a change of owner.
const OWNER_TAGS: &[&str] = &[
    "ack.aliyun.com",
    "kubernetes.do.not.delete",
    "kubernetes.reused.by.user",
    "ingress.k8s.alibaba/albconfig",
    "terway.alibabacloud.com/excluded",
    "yunsweep.protect",
];

/// Attributes that tell a resource from a later namesake, for types whose answers have no creation time.
const MARKS: &[(&str, &str)] = &[("cr.namespace", "namespace_id")];

/// Types whose answers have neither, and whose ids the vendor makes at random, for one resource and never again.
const KNOWN_BY_ID: &[&str] = &["nlb.server_group"];

/// Types of which some resources have nothing of the kind (Personal edition of Container Registry): all that is known of them is
/// compared, and the step says what that rests on.
const UNMARKED: &[&str] = &["cr.namespace", "cr.repository"];

/// Attributes that decide what else goes when the resource goes: whether a Service has a load balancer, and it and a volume's disk
/// stay.
const TERMS: &[&str] = &[
    "preserves_load_balancer",
    "reclaim_policy",
    "reuses_load_balancer",
    "service_type",
];

/// What the assumption of a step is called whose resource nothing tells from a later namesake.
pub const NO_BIRTH_MARK: &str = "no-birth-mark";

/// A resource as it was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// Account, region, type and id.
    pub id: ResourceId,
    /// What no later namesake has: the creation time as the vendor says it, for Kubernetes objects the UID, for some types an id
    /// that the vendor gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<String>,
    /// How it is paid for.
    pub charge_type: ChargeType,
    /// The tags that say whose it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owner_tags: BTreeMap<String, String>,
    /// Attributes that decide what else goes with it; where nothing tells it from a later namesake, all attributes and the name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<String, String>,
}

impl Fingerprint {
    /// The fingerprint of a resource.
    pub fn of(resource: &Resource) -> Self {
        let owner_tags = resource
            .tags
            .iter()
            .filter(|(key, _)| OWNER_TAGS.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let mark = MARKS
            .iter()
            .find(|(type_id, _)| resource.id.type_id.as_str() == *type_id)
            .and_then(|(_, attribute)| resource.text(attribute));
        let id = KNOWN_BY_ID
            .contains(&resource.id.type_id.as_str())
            .then_some(resource.id.id.as_str());
        let born = resource
            .text("uid")
            .or(mark)
            .or(id)
            .map(str::to_owned)
            .or_else(|| resource.created.map(time::format));
        Self {
            id: resource.id.clone(),
            known: all_that_is_known(resource)
                .into_iter()
                .filter(|(name, _)| born.is_none() || TERMS.contains(&name.as_str()))
                .collect(),
            born,
            charge_type: resource.charge_type,
            owner_tags,
        }
    }

    /// Whether nothing tells the resource from a later namesake although its type has something that does: an answer left it
    /// out, and nobody can say whether a later one is about the same resource.
    pub fn lacks_birth_mark(&self) -> bool {
        self.born.is_none() && !UNMARKED.contains(&self.id.type_id.as_str())
    }
}

fn all_that_is_known(resource: &Resource) -> BTreeMap<String, String> {
    let name = resource.name.iter();
    let name = name.map(|name| ("name".to_owned(), name.clone()));
    resource
        .attributes
        .iter()
        .map(|(attribute, value)| (attribute.to_owned(), value.to_string()))
        .chain(name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::RESOURCE_TYPES;
    use crate::resources::testing::{cell, resource};
    use crate::teardown::guard::differences;

    #[test]
    fn each_type_that_is_deleted_has_a_birth_mark_or_says_that_it_has_none() {
        for found in RESOURCE_TYPES {
            let spec = found.spec();
            let type_id = spec.type_id.as_str();
            if found.teardown().is_none()
                || UNMARKED.contains(&type_id)
                || KNOWN_BY_ID.contains(&type_id)
            {
                continue;
            }
            // Objects of a cluster have their UID.
            assert!(
                spec.type_id.is_kubernetes() || !spec.fields.created.is_empty(),
                "{type_id}: nothing tells one from a later namesake"
            );
        }
        for type_id in UNMARKED {
            let spec = crate::resources::find(type_id).unwrap().spec();
            let said = format!("{NO_BIRTH_MARK}: ");
            assert!(
                spec.unverified.iter().any(|line| line.starts_with(&said)),
                "{type_id}"
            );
        }
    }

    #[test]
    fn a_namespace_of_an_enterprise_instance_is_told_by_the_id_that_it_was_given() {
        let namespace = |id: &str| {
            let mut namespace = resource(&cell("r"), "cr.namespace", "cri-1/images");
            namespace.attributes.set_text("namespace_id", id);
            namespace
        };
        let planned = Fingerprint::of(&namespace("crn-1"));
        assert_eq!(planned.born.as_deref(), Some("crn-1"));
        assert!(planned.known.is_empty());
        assert!(differences(&planned, &namespace("crn-1")).is_empty());
        assert_eq!(
            differences(&planned, &namespace("crn-2")),
            ["born: crn-1 -> crn-2"]
        );
    }

    #[test]
    fn a_service_that_would_now_take_its_load_balancer_along_is_another_one() {
        let service = |preserves: bool| {
            let mut service = resource(&cell("r"), "k8s.service", "c1/default/web");
            service.attributes.set_text("uid", "1");
            service.attributes.set_text("cluster_ip", "10.0.0.1");
            let preserves = crate::model::Attribute::Boolean(preserves);
            service.attributes.set("preserves_load_balancer", preserves);
            service
        };
        let planned = Fingerprint::of(&service(true));
        assert_eq!(planned.known.len(), 1);
        assert!(differences(&planned, &service(true)).is_empty());
        assert_eq!(
            differences(&planned, &service(false)),
            ["preserves_load_balancer: true -> false"]
        );
    }

    #[test]
    fn a_service_that_got_a_load_balancer_since_is_another_one() {
        let service = |kind: &str| {
            let mut service = resource(&cell("r"), "k8s.service", "c1/default/web");
            service.attributes.set_text("uid", "1");
            service.attributes.set_text("service_type", kind);
            service
        };
        let planned = Fingerprint::of(&service("ClusterIP"));
        assert_eq!(
            differences(&planned, &service("LoadBalancer")),
            ["service_type: ClusterIP -> LoadBalancer"]
        );
    }

    #[test]
    fn what_nothing_tells_apart_is_compared_in_all_that_is_known() {
        let repository = |summary: &str| {
            let mut repository = resource(&cell("r"), "cr.repository", "images/app");
            repository.name = Some("app".to_owned());
            repository.attributes.set_text("summary", summary);
            repository.status = Some(summary.to_owned());
            repository
        };
        let planned = Fingerprint::of(&repository("one"));
        assert_eq!(
            (planned.born.as_ref(), planned.lacks_birth_mark()),
            (None, false)
        );
        assert!(differences(&planned, &repository("one")).is_empty());
        assert_eq!(
            differences(&planned, &repository("two")),
            ["summary: one -> two"]
        );
        // Of any other type an answer has left it out.
        let vpc = Fingerprint::of(&resource(&cell("r"), "vpc.vpc", "vpc-1"));
        assert!(vpc.lacks_birth_mark());
    }
}
