//! A resource: one thing that exists, as the scan saw it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Attributes, Owner, ResourceId};

/// How a resource is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeType {
    /// Billed by the hour or by use (`PostPaid`).
    PayAsYouGo,
    /// Paid ahead for a term (`PrePaid`); deleting it refunds nothing, and it is never deleted.
    Subscription,
    /// A spot (preemptible) instance: billed by the hour at the market price.
    Spot,
    /// Nothing is billed for this resource itself.
    Free,
    /// The answer does not say.
    Unknown,
}

impl ChargeType {
    /// The code shown to people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PayAsYouGo => "pay_as_you_go",
            Self::Subscription => "subscription",
            Self::Spot => "spot",
            Self::Free => "free",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the vendor's codes: `PostPaid`, `PrePaid` (ECS, VPC, ESS), `PostPay` (ALB, NLB), `PayOnDemand`, `PrePay`
    /// (CLB), in any spelling of case.
    pub fn from_vendor(code: &str) -> Self {
        match code.to_ascii_lowercase().as_str() {
            "postpaid" | "payasyougo" | "postpay" | "pay_as_you_go" | "payondemand" => {
                Self::PayAsYouGo
            }
            "prepaid" | "subscription" | "prepay" => Self::Subscription,
            _ => Self::Unknown,
        }
    }
}

/// One resource of an inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What it is and where.
    pub id: ResourceId,
    /// Name given by people or tools; untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The vendor's status code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Zone, where it lives in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Creation time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<DateTime<Utc>>,
    /// End of a subscription; absent for pay-as-you-go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// How it is paid for.
    pub charge_type: ChargeType,
    /// Resource group id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_group: Option<String>,
    /// Tags (Kubernetes objects: labels that we know); untrusted text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// What this type keeps beyond the common fields.
    pub attributes: Attributes,
    /// Names of money-relevant attributes that the answer did not carry in a shape we know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Who owns it, as far as the evidence goes; filled after the scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
}

impl Resource {
    /// A resource about which only its id is known.
    pub fn new(id: ResourceId) -> Self {
        Self {
            id,
            name: None,
            status: None,
            zone: None,
            created: None,
            expires: None,
            charge_type: ChargeType::Unknown,
            resource_group: None,
            tags: BTreeMap::new(),
            attributes: Attributes::default(),
            unreadable: Vec::new(),
            owner: None,
        }
    }

    /// A text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.text(name)
    }

    /// A tag's value.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.get(key).map(String::as_str)
    }
}
