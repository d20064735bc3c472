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
    "yunsweep.protect",
];

/// A resource as it was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// Account, region, type and id.
    pub id: ResourceId,
    /// Creation time as the vendor says it; for Kubernetes objects the UID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<String>,
    /// How it is paid for.
    pub charge_type: ChargeType,
    /// The tags that say whose it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owner_tags: BTreeMap<String, String>,
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
        Self {
            id: resource.id.clone(),
            born: resource
                .text("uid")
                .map(str::to_owned)
                .or_else(|| resource.created.map(time::format)),
            charge_type: resource.charge_type,
            owner_tags,
        }
    }
}
