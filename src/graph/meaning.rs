//! What each link means for order, as a table: the first row that fits decides.
//!
//! `docs/links-and-order.md` shows the same table; a test holds the two together.

use crate::model::LinkKind;

/// What a link means for the order of deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// The end that has the link goes first.
    FromFirst,
    /// The end that has the link is an object whose controller deletes the far end: the object goes first, then the far
    /// end, and both before the cluster, because the controller runs there.
    HandedToController,
    /// The far end goes first and takes this one along: what is inside a container goes with it.
    ToFirst,
    /// Nothing.
    Nothing,
}

impl Order {
    /// The code shown in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FromFirst => "from first",
            Self::HandedToController => "from first, to before the cluster",
            Self::ToFirst => "to first, from goes along",
            Self::Nothing => "nothing",
        }
    }
}

/// One row: links of this kind between these types, and what they mean. `*` is any type, `k8s.*` any Kubernetes object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Kind of link.
    pub kind: LinkKind,
    /// Type of the end that has the link.
    pub from: &'static str,
    /// Type of the far end.
    pub to: &'static str,
    /// What it means.
    pub order: Order,
    /// Why, in a sentence.
    pub because: &'static str,
}

/// The table. Special rows stand before the general row of their kind.
///
/// Sources: the vendor's SDK descriptions of `DeleteImage`, `DeleteSnapshot`, `DeleteVSwitch` and `DeleteProject`, and the
/// controllers `kubernetes/cloud-provider-alibaba-cloud` and `kubernetes-sigs/alibaba-cloud-csi-driver`.
pub static MEANINGS: &[Meaning] = &[
    Meaning {
        kind: LinkKind::Uses,
        from: "sls.logstore",
        to: "sls.project",
        order: Order::ToFirst,
        because: "deleting a project deletes its Logstores",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "k8s.persistent_volume",
        to: "ecs.disk",
        order: Order::HandedToController,
        because: "the CSI driver deletes the disk of a dynamic volume; of a static or retained one it only lets go",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "k8s.persistent_volume",
        to: "nas.file_system",
        order: Order::HandedToController,
        because: "the CSI driver deletes a file system that it made for one volume, where the storage class says deleteVolume; any other it leaves",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "ecs.instance",
        to: "ecs.disk",
        order: Order::FromFirst,
        because: "an attached disk cannot be deleted (DiskStillAttached), unless it is a volume's: the CSI driver detaches that, and the link orders nothing",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "ess.scaling_group",
        to: "slb.load_balancer",
        order: Order::Nothing,
        because: "an attachment that neither side refuses to lose",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "ess.scaling_group",
        to: "alb.server_group",
        order: Order::Nothing,
        because: "an attachment that neither side refuses to lose",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "k8s.*",
        to: "ack.cluster",
        order: Order::FromFirst,
        because: "an object uses its cluster: finalizers are only run while the controllers run",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "ecs.image",
        to: "ecs.snapshot",
        order: Order::FromFirst,
        because: "a snapshot that an image stands on cannot be deleted, by force neither (SnapshotCreatedImage)",
    },
    Meaning {
        kind: LinkKind::Uses,
        from: "*",
        to: "*",
        order: Order::FromFirst,
        because: "the user goes before the used",
    },
    Meaning {
        kind: LinkKind::Manages,
        from: "*",
        to: "*",
        order: Order::FromFirst,
        because: "the manager goes first, or it makes again what is deleted; what it manages is then observed",
    },
    Meaning {
        kind: LinkKind::Exposes,
        from: "k8s.*",
        to: "*",
        order: Order::HandedToController,
        because: "the controller deletes the cloud side in answer to the object's deletion",
    },
    Meaning {
        kind: LinkKind::Exposes,
        from: "*",
        to: "*",
        order: Order::FromFirst,
        because: "what exposes goes before the exposed",
    },
    Meaning {
        kind: LinkKind::MadeFrom,
        from: "ecs.instance",
        to: "ecs.image",
        order: Order::FromFirst,
        because: "an image that instances were made from is only deleted by force (ImageUsingByInstance)",
    },
    Meaning {
        kind: LinkKind::MadeFrom,
        from: "ecs.disk",
        to: "ecs.snapshot",
        order: Order::FromFirst,
        because: "a snapshot that disks were made from is only deleted by force (SnapshotCreatedDisk)",
    },
    Meaning {
        kind: LinkKind::MadeFrom,
        from: "*",
        to: "*",
        order: Order::Nothing,
        because: "what something was made from may go at any time",
    },
];

/// The row for a link. Every kind ends with a row for all types, so that there always is one.
pub fn meaning(kind: LinkKind, from: &str, to: &str) -> Option<&'static Meaning> {
    MEANINGS
        .iter()
        .find(|row| row.kind == kind && fits(row.from, from) && fits(row.to, to))
}

fn fits(pattern: &str, type_id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => type_id.starts_with(prefix),
        None => pattern == type_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_has_a_meaning() {
        for kind in [
            LinkKind::Uses,
            LinkKind::Manages,
            LinkKind::Exposes,
            LinkKind::MadeFrom,
        ] {
            assert!(
                meaning(kind, "new.type", "other.type").is_some(),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn special_rows_win_over_general_ones() {
        let order = |kind, from, to| meaning(kind, from, to).unwrap().order;
        assert_eq!(
            order(LinkKind::MadeFrom, "ecs.snapshot", "ecs.disk"),
            Order::Nothing
        );
        assert_eq!(
            order(LinkKind::MadeFrom, "ecs.disk", "ecs.snapshot"),
            Order::FromFirst
        );
        assert_eq!(
            order(LinkKind::Exposes, "k8s.service", "slb.load_balancer"),
            Order::HandedToController
        );
        assert_eq!(
            order(LinkKind::Uses, "sls.logstore", "sls.project"),
            Order::ToFirst
        );
    }

    #[test]
    fn the_document_shows_this_table() {
        let document = include_str!("../../docs/links-and-order.md");
        for row in MEANINGS {
            let line = format!(
                "| {} | `{}` | `{}` | {} | {} |",
                row.kind.as_str(),
                row.from,
                row.to,
                row.order.as_str(),
                row.because
            );
            assert!(document.contains(&line), "missing in the document:\n{line}");
        }
        let rows = document.lines().filter(|line| {
            ["| uses ", "| manages ", "| exposes ", "| made_from "]
                .iter()
                .any(|start| line.starts_with(start))
        });
        assert_eq!(rows.count(), MEANINGS.len());
    }
}
