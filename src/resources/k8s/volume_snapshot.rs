//! `k8s.volume_snapshot`: a `VolumeSnapshot`, which stands for a snapshot of a disk.
//!
//! Trap: with deletion policy `Delete` the CSI driver deletes the disk's snapshot along with it. A cluster without the snapshot
//! component does not serve the kind: then there is none.
//!
//! Fields: kubernetes-csi/external-snapshotter `client/apis/volumesnapshot/v1/types.go`.
//! <https://kubernetes.io/docs/concepts/storage/volume-snapshots/>

use serde_json::Value;

use super::object::Kind;
use super::quantity;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.volume_snapshot`
pub struct VolumeSnapshot;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "snapshot.storage.k8s.io",
    version: "v1",
    plural: "volumesnapshots",
    kind: "VolumeSnapshot",
    namespaced: true,
    optional: true,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.volume_snapshot"),
    title: Title {
        en: "VolumeSnapshot",
        zh: "存储快照",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/concepts/storage/volume-snapshots/",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        attributes: &[
            Field::text("claim_name", "spec.source.persistentVolumeClaimName"),
            Field::text("content_name", "status.boundVolumeSnapshotContentName"),
            Field::text("snapshot_class", "spec.volumeSnapshotClassName"),
            Field::boolean("ready_to_use", "status.readyToUse"),
            Field::time("taken", "status.creationTime"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for VolumeSnapshot {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &[
        "ack.cluster",
        "k8s.namespace",
        "k8s.persistent_volume_claim",
    ];

    fn read(raw: &Value, resource: &mut Resource) {
        if let Some(gib) = quantity::gib_at(raw, "/status/restoreSize") {
            let gib = Attribute::Decimal(gib);
            resource.attributes.set("restore_size_gib", gib);
        }
    }

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(claim) = resource.text("claim_name") {
            let (kind, to) = (LinkKind::MadeFrom, "k8s.persistent_volume_claim");
            let namespace = resource.text("namespace");
            let via = "spec.source.persistentVolumeClaimName";
            links.extend(object::within(resource, kind, to, namespace, claim, via));
        }
        links
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    loses: Some(Title {
        en: "with deletion policy Delete, the snapshot of the disk",
        zh: "删除策略为 Delete 时，对应的云盘快照",
    }),
    ..removal::Removal::new(&VolumeSnapshot, &API)
};
