//! Names of things: account, region, resource type, resource.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// Wraps a value known at compile time.
            pub const fn from_static(value: &'static str) -> Self {
                Self(Cow::Borrowed(value))
            }

            /// Wraps a value.
            pub fn new(value: impl Into<String>) -> Self {
                Self(Cow::Owned(value.into()))
            }

            /// The value as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::new(value)
            }
        }
    };
}

text_newtype! {
    /// The 16-digit id of an Alibaba Cloud account (the main account, not a RAM user).
    AccountId
}

text_newtype! {
    /// A region id such as `cn-hangzhou`; [`Region::GLOBAL`] for what has none.
    Region
}

text_newtype! {
    /// A resource type, `product.thing`, such as `ecs.disk`. Type ids are for ever: they stand in snapshots and plans.
    TypeId
}

impl Region {
    /// Resources that belong to the account and to no region.
    pub const GLOBAL: Region = Region::from_static("global");

    /// Whether this is [`Region::GLOBAL`].
    pub fn is_global(&self) -> bool {
        *self == Self::GLOBAL
    }
}

impl TypeId {
    /// The part before the dot: `ecs` of `ecs.disk`.
    pub fn product(&self) -> &str {
        self.0
            .split_once('.')
            .map_or(self.as_str(), |(product, _)| product)
    }

    /// Whether this is an object inside a Kubernetes cluster.
    pub fn is_kubernetes(&self) -> bool {
        self.product() == "k8s"
    }
}

/// Identifies one resource in the world: no two resources share it, in any account or region.
///
/// `id` is the vendor's id. Where that is unique only within a parent, the parent's id comes first, separated by `/`:
/// `k8s-log-c1/audit` (Logstore), `c1.../my-app/web` (Kubernetes object: cluster, namespace, name).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceId {
    /// Account that is billed for it.
    pub account: AccountId,
    /// Region it lives in.
    pub region: Region,
    /// Resource type.
    #[serde(rename = "type")]
    pub type_id: TypeId,
    /// Vendor id, see above.
    pub id: String,
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.type_id, self.id, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_is_the_part_before_the_dot() {
        assert_eq!(TypeId::from_static("ecs.disk").product(), "ecs");
        assert!(TypeId::from_static("k8s.service").is_kubernetes());
        assert!(!TypeId::from_static("ecs.disk").is_kubernetes());
    }
}
