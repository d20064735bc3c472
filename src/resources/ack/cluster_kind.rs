//! What sort of cluster one is, and what that means for its teardown.
//!
//! `docs/cluster-types.md` tells people the same; the values are those of `DescribeClusterDetail` (`alibabacloud_cs20151215` 7.2.3,
//! `cluster_type` and `profile`).

use crate::model::Resource;

/// The sorts of clusters that ACK answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClusterKind {
    /// The control plane is ACK's.
    Managed,
    /// The control plane runs on instances of the account.
    Dedicated,
    /// Without nodes: Pods are container groups.
    Serverless,
    /// Its nodes may stand anywhere.
    Edge,
    /// Its nodes are machines of another product.
    Lingjun,
    /// It runs elsewhere and is only known to ACK.
    Registered,
}

impl ClusterKind {
    /// The sort of a cluster; `None` where the answer names one that is not known here. A managed cluster without a profile has
    /// `Default`, which is the documented default of that parameter.
    pub(super) fn of(cluster: &Resource) -> Option<Self> {
        match (cluster.text("cluster_type")?, cluster.text("profile")) {
            ("Kubernetes", _) => Some(Self::Dedicated),
            ("ExternalKubernetes", _) => Some(Self::Registered),
            ("ManagedKubernetes", None | Some("" | "Default")) => Some(Self::Managed),
            ("ManagedKubernetes", Some("Serverless")) => Some(Self::Serverless),
            ("ManagedKubernetes", Some("Edge")) => Some(Self::Edge),
            ("ManagedKubernetes", Some("Lingjun")) => Some(Self::Lingjun),
            _ => None,
        }
    }

    /// The code shown to people and in JSON.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::Dedicated => "dedicated",
            Self::Serverless => "serverless",
            Self::Edge => "edge",
            Self::Lingjun => "lingjun",
            Self::Registered => "registered",
        }
    }

    /// Why a teardown leaves it alone. Their nodes stand where no inventory of ours looks, so that nothing could be proven gone,
    /// and what runs on them may be somebody's production.
    pub(super) fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Managed | Self::Dedicated | Self::Serverless => None,
            Self::Edge => Some("cluster_kind=edge: its nodes may stand outside of the cloud"),
            Self::Lingjun => Some("cluster_kind=lingjun: its nodes belong to another product"),
            Self::Registered => Some("cluster_kind=registered: it runs outside of ACK"),
        }
    }
}

/// `basic` or `pro` (`cluster_spec`, which only managed clusters have); `None` where the answer does not say.
pub(super) fn edition(cluster: &Resource) -> Option<&'static str> {
    match cluster.text("cluster_spec")? {
        "ack.standard" => Some("basic"),
        spec if spec.starts_with("ack.pro.") => Some("pro"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::testing::{cell, resource};

    fn cluster(attributes: &[(&str, &str)]) -> Resource {
        let mut cluster = resource(&cell("r"), "ack.cluster", "c1");
        for (name, value) in attributes {
            cluster.attributes.set_text(name, *value);
        }
        cluster
    }

    #[test]
    fn type_and_profile_tell_the_sort_and_who_is_left_alone() {
        for (cluster_type, profile, expected, is_refused) in [
            ("ManagedKubernetes", "Default", Some("managed"), false),
            ("ManagedKubernetes", "", Some("managed"), false),
            ("ManagedKubernetes", "Serverless", Some("serverless"), false),
            ("ManagedKubernetes", "Edge", Some("edge"), true),
            ("ManagedKubernetes", "Lingjun", Some("lingjun"), true),
            ("ManagedKubernetes", "Acs", None, false),
            ("Kubernetes", "Default", Some("dedicated"), false),
            ("ExternalKubernetes", "Default", Some("registered"), true),
            ("Swarm", "Default", None, false),
        ] {
            let cluster = cluster(&[("cluster_type", cluster_type), ("profile", profile)]);
            let kind = ClusterKind::of(&cluster);
            assert_eq!(kind.map(ClusterKind::as_str), expected, "{cluster_type}");
            let refused = kind.and_then(ClusterKind::refusal);
            assert_eq!(refused.is_some(), is_refused, "{cluster_type} {profile}");
        }
        assert_eq!(ClusterKind::of(&cluster(&[("profile", "Edge")])), None);
        let silent = cluster(&[("cluster_type", "ManagedKubernetes")]);
        assert_eq!(ClusterKind::of(&silent), Some(ClusterKind::Managed));
    }

    #[test]
    fn the_edition_is_that_of_the_specification() {
        for (spec, expected) in [
            ("ack.standard", Some("basic")),
            ("ack.pro.small", Some("pro")),
            ("ack.pro.4xlarge", Some("pro")),
            ("ack.new", None),
        ] {
            assert_eq!(edition(&cluster(&[("cluster_spec", spec)])), expected);
        }
        assert_eq!(edition(&cluster(&[])), None);
    }
}
